"""Cadence, slots and the clock that fills them."""
