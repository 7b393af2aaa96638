"""Approving an issue: the page, who is told, what the first page and the band say of it."""
