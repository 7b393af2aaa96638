"""Reminders by mail to the people concerned, and on the first page of the desk.

`conditions` finds what there is to remind of, `people` whom, and `notices` writes, once to each.
Each person can switch each kind off.
"""
