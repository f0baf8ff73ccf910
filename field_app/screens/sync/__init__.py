"""How syncing goes, in plain words."""
