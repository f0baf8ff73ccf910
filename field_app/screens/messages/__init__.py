"""What the team tells each other."""
