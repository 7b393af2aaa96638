"""The page of the system check, and what the first page says of it."""
