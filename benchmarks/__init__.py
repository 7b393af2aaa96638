"""Measurements: each prints a table and compares with a baseline of the same run."""
