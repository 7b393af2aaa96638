"""Find people by any part of an address or name, by list, state, segment and source.

A million people are found in the time of one look through an index, without an index of parts of
words: it would make every import slower, and would not find names of one or two characters.
`filters` says what is asked, `texts` how a part of a text is asked of each database, `pages` finds
a page of people and counts them.
"""
