"""A database that is older than what was submitted: notice it, hold, restore. No backups."""
