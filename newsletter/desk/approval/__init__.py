"""Approving an issue: the page, who is told, and where it stands. Queues nothing."""
