"""Everything else: tasks, offline maps, export, settings."""
