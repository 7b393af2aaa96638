"""The tables of alarms, step by step."""
