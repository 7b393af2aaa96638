"""Logging in, the language of an account, and the desk's own mail about accounts."""
