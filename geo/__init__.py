"""Pure geometry of a municipality: no web, no database, no domain."""
