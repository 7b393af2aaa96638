"""Groups of people by what is known of them: the filter language and its words, queries, counts.

A segment narrows an audience; it never adds anybody to a list.
"""
