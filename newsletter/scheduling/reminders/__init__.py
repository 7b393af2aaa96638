"""Reminders by mail to the people concerned, and on the first page of the desk.

`preparation` and `outcomes` find what there is to remind of, `people` whom, and `notices` writes,
once to each.  Each person can switch the mails of each kind off; the first page shows all.
"""
