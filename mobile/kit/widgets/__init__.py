"""The widgets, one purpose to a file: import them from their file."""
