"""The words of the field app, Turkish and English."""
