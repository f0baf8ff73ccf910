"""The map of today's work."""
