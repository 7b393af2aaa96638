"""What the exports of other systems say about people: who may be mailed, who left, and why.

The knowledge is data, in tables that anybody can extend:

- `meanings` holds what a person can be here: active, pending, unsubscribed, suppressed (why).
- `systems` is the table of the well-known systems: their columns, their values, their files.
- `words` holds the values of status columns and the spellings of yes and no, in many languages.
- `titles` tells by its title whether a column says something of the kind.
- `files` tells by its name or its columns whether a whole file is about people who left.
- `dates` reads the dates that stand beside it.

One rule holds everywhere: what says that somebody left is believed, and what nobody understands
is asked about. The most restrictive of several statements counts.
"""
