"""Django's backend for SQLite: a fairer wait for the lock, a database's start; knows no table."""
