"""What other systems' exports say of people: who may be mailed, who left, why; stores nothing.

The knowledge is data, in tables that anybody can extend:

- `meanings` has the states of a person here: active, pending, unsubscribed, suppressed (why).
- `systems` is the table of the well-known systems: their columns, their values, their files.
- `words` holds the values of status columns and the spellings of yes and no, in many languages.
- `titles` detects status columns by their titles.
- `files` detects files of people who left, by their names or columns.
- `dates` reads the dates beside a status.
- `own` says what our own exports write, so that they come back as they went.

One rule applies everywhere: a statement that somebody left counts, and what nobody understands
is asked about. The most restrictive of several statements counts.
"""
