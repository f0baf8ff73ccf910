"""The list of today's work."""
