"""People in the desk: find them, one person's timeline, what is held of them; no files."""
