"""A business, and the search for one."""
