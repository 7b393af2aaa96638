"""Queueing an issue, and the pages of a send from then on; not the issue's own pages."""
