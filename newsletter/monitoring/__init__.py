"""How it runs: health for load balancers, metrics for Prometheus, alarms for people.

It reads the tables, and changes none but its own.  What an operator checks once, with the fix of
each thing, is in `newsletter.doctor`.
"""
