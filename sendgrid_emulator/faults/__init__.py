"""Faults on demand: which requests they hit and what they do."""
