"""The MJML linter: what MRML takes in silence and official MJML would refuse.

MRML drops what it does not know without a word, so a slip of the pen becomes a hole in the
mail.  Here every tag is held against the tables of the official components.
"""
