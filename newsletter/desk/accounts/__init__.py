"""Logging in, the language of an account, and the desk's mail about accounts; no subscribers."""
