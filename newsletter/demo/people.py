"""Invented subscribers whose counts tell a story."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

GIVEN = [
    "Ada",
    "Aiko",
    "Amina",
    "Anders",
    "Anouk",
    "Bao",
    "Björn",
    "Carmen",
    "Chidi",
    "Dafna",
    "Emre",
    "Farah",
    "Giulia",
    "Hana",
    "Haruto",
    "Idris",
    "Ines",
    "Jonas",
    "Kavya",
    "Kofi",
    "Lena",
    "Liam",
    "Malik",
    "Mei",
    "Nadia",
    "Noor",
    "Olu",
    "Priya",
    "Quentin",
    "Rosa",
    "Sanna",
    "Søren",
    "Tariq",
    "Uma",
    "Valentina",
    "Wanjiru",
    "Xiu",
    "Yara",
    "Yuki",
    "Zoltán",
]
FAMILY = [
    "Abe",
    "Ahmadi",
    "Andersen",
    "Baptiste",
    "Becker",
    "Castro",
    "Diallo",
    "Eriksson",
    "Fischer",
    "García",
    "Haddad",
    "Ivanova",
    "Jansen",
    "Kimura",
    "Kowalska",
    "Laurent",
    "Mbeki",
    "Nakamura",
    "Okafor",
    "Park",
    "Quispe",
    "Rossi",
    "Santos",
    "Tanaka",
    "Umar",
    "Vasquez",
    "Watanabe",
    "Xu",
    "Yılmaz",
    "Zhang",
]
CITIES = ("Bergen", "Busan", "Halifax", "Lagos", "Lisbon", "Osaka", "Rotterdam", "Valparaíso")

MALFORMED = (
    "no-at-sign.example.org",
    "two@@example.org",
    "space in@example.org",
    "dot.@example.org",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """A file of people: `good` are one person each, and of some of them more is known."""

    csv: str
    good: int
    malformed: int
    folded: int
    unsubscribed: tuple[str, ...]
    suppressed: tuple[str, ...]


def generate_people(size: int, *, seed: int = 7) -> Crowd:
    """Return `size` lines: mostly good, some malformed, some twice with other capitals."""
    chance = random.Random(seed)  # noqa: S311  a story, not a secret
    malformed = max(1, size // 250)
    folded = max(1, size // 125)
    good = size - malformed - folded
    addresses = [f"reader{number:05}@tideline.example" for number in range(1, good + 1)]
    lines = [(address, invent_name(chance), chance.choice(CITIES)) for address in addresses]
    lines += [(address.upper(), invent_name(chance), "") for address in addresses[:folded]]
    lines += [(MALFORMED[n % len(MALFORMED)], invent_name(chance), "") for n in range(malformed)]
    picked = chance.sample(addresses, max(2, size // 25))
    half = len(picked) // 2
    return Crowd(
        csv=write_csv(lines),
        good=good,
        malformed=malformed,
        folded=folded,
        unsubscribed=tuple(picked[:half]),
        suppressed=tuple(picked[half:]),
    )


def invent_name(chance: random.Random) -> str:
    """Return a name."""
    return f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"


def write_csv(lines: list[tuple[str, str, str]]) -> str:
    """Return lines as CSV with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("email", "name", "city"))
    writer.writerows(lines)
    return out.getvalue()
