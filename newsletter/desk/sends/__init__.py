"""Queueing an issue, and the pages of a send from then on."""
