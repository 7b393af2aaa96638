"""Content to mail: pure functions, no database, no clock, no network."""
