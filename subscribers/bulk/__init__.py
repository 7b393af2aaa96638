"""Do one thing with everybody whom a filter finds: add, unsubscribe, set an attribute, delete.

`actions` says what is asked, and what would become of whom; `runs` keeps it as a run, which
`worker` applies in chunks, each in a transaction of its own with how far it came: so a run that was
killed goes on where it stood.  `undoing` takes back what a run changed, unless somebody left since.
"""
