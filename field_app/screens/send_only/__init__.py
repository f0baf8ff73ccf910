"""An app that is too old for its data."""
