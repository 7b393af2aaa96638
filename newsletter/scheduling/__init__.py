"""Cadence, slots and the clock that fills them. Counts no audience and submits nothing."""
