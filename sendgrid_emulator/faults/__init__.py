"""Faults on demand: which requests they hit, what they do; not what SendGrid always refuses."""
