"""The providers that take our mail: what all share lies here, one folder has all of one provider.

Nothing in here knows Django, the ledger or any screen.
"""
