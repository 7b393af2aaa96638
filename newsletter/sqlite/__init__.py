"""Django's backend for SQLite with a fairer wait for the write lock."""
