"""Alarms: what needs a person (`conditions`), kept (`rows`), told (`messages`). Fixes nothing."""
