"""One thing done with everybody whom a filter finds: add, unsubscribe, set, delete; no files.

`outcomes` says what would become of whom, and `previews` counts it beforehand.  `runs` keeps what
is asked as a run, which `worker` applies by `actions` in chunks, each in a transaction of its own
with how far it came: so a run that was killed goes on where it stood.  `undoing` takes back what a
run changed, unless somebody left since.
"""
