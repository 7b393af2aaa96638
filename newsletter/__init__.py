"""Fortnight: compose an issue, send it on its rhythm, to each subscriber exactly once."""
