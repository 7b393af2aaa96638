"""Django's backend for PostgreSQL with what our statements want of it; knows no table."""
