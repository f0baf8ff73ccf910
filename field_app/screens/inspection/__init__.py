"""A visit: its form and its summary."""
