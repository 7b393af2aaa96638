"""Alarms: what needs a person now (`conditions`), kept (`rows`) and told (`messages`)."""
