"""Signing in: once, online."""
