"""The page of the system check, and what the first page says of it; the checks are `doctor`'s."""
