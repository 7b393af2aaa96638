"""Tell by its title what a column holds: the address, a name, or an attribute."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsletter.errors import BadInput

#: What the columns we know are called, without case, spaces and signs.
SPELLINGS: Mapping[str, frozenset[str]] = {
    "email": frozenset(
        [
            "email",
            "emailaddress",
            "emailadresse",
            "email1",
            "email1value",
            "mail",
            "mailaddress",
            "primaryemail",
            "eメール",
            "eメールアドレス",
            "メール",
            "メールアドレス",
            "電子メール",
            "電子メールアドレス",
        ]
    ),
    "name": frozenset(["name", "fullname", "displayname", "名前", "お名前", "氏名"]),
    "first_name": frozenset(
        ["firstname", "givenname", "forename", "fname", "vorname", "prénom", "名"]
    ),
    "last_name": frozenset(
        ["lastname", "familyname", "surname", "lname", "nachname", "姓", "苗字", "名字"]
    ),
}
#: Titles of family names that stand in front of the given name.
FAMILY_FIRST = frozenset(["姓", "苗字", "名字"])
LONGEST_NAME = 200
LONGEST_VALUE = 1000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """What each column holds: a key of `SPELLINGS`, the key of an attribute, or '' for nothing."""

    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    email: int
    name: int | None
    #: Places of the given name and the family name, in the order they are written in.
    name_parts: tuple[int, ...]
    #: Place and key of every column that becomes an attribute; parts of names do too.
    attributes: tuple[tuple[int, str], ...]

    def described(self) -> dict[str, str]:
        """Return what each title was taken for."""
        return {
            title or f"(column {place})": kind or "left out: it has no title"
            for place, (title, kind) in enumerate(zip(self.titles, self.kinds, strict=True), 1)
        }

    def read(self, cells: Sequence[str]) -> tuple[str, dict[str, str]]:
        """Return the whole name and the attributes in tidy cells; blank cells say nothing.

        Raises `BadInput` when one of them is too long to be meant.
        """
        attributes = {key: cells[place] for place, key in self.attributes if cells[place]}
        name = cells[self.name] if self.name is not None else ""
        name = name or " ".join(cells[place] for place in self.name_parts)
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise BadInput(f"the name has {len(name)} characters; {LONGEST_NAME} at most")
        for key, value in attributes.items():
            if len(value) > LONGEST_VALUE:
                raise BadInput(f"{key!r} has {len(value)} characters; {LONGEST_VALUE} at most")
        return name, attributes


def read_header(header: Sequence[str]) -> Columns:
    """Return what the columns hold, or raise `BadInput` naming those that are there."""
    titles = tuple(tidy(header))
    kinds = tuple(kind_of(title) for title in titles)
    check_kinds(titles, kinds)
    places = {kind: place for place, kind in enumerate(kinds)}
    parts = [places[kind] for kind in ("first_name", "last_name") if kind in places]
    if "last_name" in places and squeezed(titles[places["last_name"]]) in FAMILY_FIRST:
        parts.reverse()
    return Columns(
        titles=titles,
        kinds=kinds,
        email=places["email"],
        name=places.get("name"),
        name_parts=tuple(parts),
        attributes=tuple(
            (place, kind) for place, kind in enumerate(kinds) if kind not in {"", "email", "name"}
        ),
    )


def check_kinds(titles: Sequence[str], kinds: Sequence[str]) -> None:
    """Raise `BadInput` unless one column holds addresses and no two hold the same."""
    shown = ", ".join(repr(title[:40]) for title in titles[:10]) + ", …" * (len(titles) > 10)
    if "email" not in kinds:
        raise BadInput(
            f"no column holds e-mail addresses; the columns are: {shown}",
            hint="The first line must hold titles; call that column 'email'.",
        )
    for kind in filter(None, kinds):
        if kinds.count(kind) > 1:
            raise BadInput(f"two columns hold {kind!r}; the columns are: {shown}")


def kind_of(title: str) -> str:
    """Return what a column of that title holds."""
    plain = squeezed(title)
    for kind, spellings in SPELLINGS.items():
        if plain in spellings:
            return kind
    return attribute_key(title)


def squeezed(title: str) -> str:
    """Return a title without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())


def attribute_key(title: str) -> str:
    """Return a title as lower_snake: letters of any script, digits and single underscores."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", title).lower())
    key = "_".join(words)
    return f"_{key}" if key[:1].isdigit() else key


def tidy(cells: Sequence[str]) -> list[str]:
    """Return cells without what surrounds and what cannot be seen in them."""
    whole = "".join(cells)
    if whole.isascii() and whole.isprintable():
        return [cell.strip() for cell in cells]
    return [clean(cell) for cell in cells]


def clean(text: str) -> str:
    """Return a text in Unicode form C, with plain line ends, without signs for terminals."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return CONTROL.sub("", text).strip()
