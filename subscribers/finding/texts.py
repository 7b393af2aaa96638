"""How a part of an address or name is asked of each database.

An address is compared by its key, so that its spelling does not matter.  Names are compared without
regard to case; a name is found when it holds each of the words, in any order.
"""

from __future__ import annotations

import unicodedata
from functools import reduce
from operator import and_, or_

from django.db import connection
from django.db.models import Q

from subscribers.addresses import keys_of_part

#: Sorts after every character that an address may contain.
LAST = "\U0010ffff"


def begins_with(key: str, column: str = "key") -> Q:
    """Return the condition for a key that begins with a text, as each database can use an index.

    SQLite has none for LIKE with an escape.  PostgreSQL has one made for LIKE; there only the
    lower bound is certain, for the order of texts depends on the language of the database.
    """
    bounds = Q(**{f"{column}__gte": key})
    if connection.vendor == "sqlite":
        return bounds & Q(**{f"{column}__lt": key + LAST})
    return bounds & Q(**{f"{column}__startswith": key})


def address_holds(text: str) -> Q:
    """Return the condition for an address with a text in it."""
    if "\0" in text:
        return Q(pk__in=())  # no text of a database holds it, and PostgreSQL takes none that does
    return reduce(or_, (Q(key__contains=key) for key in keys_of_part(text)))


def name_holds(text: str) -> Q | None:
    """Return the condition for a name with each word of a text in it; nothing for an address."""
    if "@" in text or "\0" in text:
        return None
    words = text.split()
    return reduce(and_, map(word_in_name, words)) if words else None


def word_in_name(word: str) -> Q:
    """Return the condition for a name with a word in it, in any case and width of its letters."""
    return column_holds("name", word)


def column_holds(column: str, word: str) -> Q:
    """Return the condition for a column with a word in it, in any case and width of its letters.

    Without letters that have a case, as in Japanese, a comparison byte by byte is the same, and
    PostgreSQL does it in half the time.
    """
    spellings = dict.fromkeys((word, unicodedata.normalize("NFKC", word)))
    if word.upper() == word.lower():
        lookup = f"{column}__contains"
    else:
        lookup = f"{column}__icontains"
        if not word.isascii():
            # SQLite, and PostgreSQL in the locale C, fold the letters of ASCII alone.
            cases = [case(each) for each in spellings for case in (str.lower, str.title, str.upper)]
            spellings |= dict.fromkeys(cases)
    return reduce(or_, (Q(**{lookup: each}) for each in spellings))


def holds_text(text: str) -> Q:
    """Return the condition for an address or name with a text in it."""
    named = name_holds(text)
    return address_holds(text) if named is None else address_holds(text) | named
