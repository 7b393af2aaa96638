"""Fortnight: compose an issue and send it on its rhythm, to nobody twice, skipping nobody."""
