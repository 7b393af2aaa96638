"""Django's backend for SQLite with a fairer wait for the write lock, and how a database begins."""
