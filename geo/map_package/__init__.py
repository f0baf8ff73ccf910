"""Offline map packages: one MBTiles file of drawn tiles for one area, made in a process of its own."""
