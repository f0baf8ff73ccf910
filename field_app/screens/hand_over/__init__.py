"""Giving a case to a colleague."""
