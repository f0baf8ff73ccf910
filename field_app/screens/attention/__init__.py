"""A command that the office must look at."""
