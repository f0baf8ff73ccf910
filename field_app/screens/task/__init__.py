"""A task, and giving one."""
