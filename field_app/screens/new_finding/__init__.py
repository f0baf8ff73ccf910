"""Something new that is found on the spot."""
