"""Reminders to those concerned, by mail and on the first page; nothing to subscribers.

`preparation` and `outcomes` find what there is to remind of, `people` whom, and `notices` writes,
once to each.  Each person can switch the mails of each kind off; the first page shows all.
"""
