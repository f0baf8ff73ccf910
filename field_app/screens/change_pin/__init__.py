"""Another PIN."""
