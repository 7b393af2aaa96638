"""An issue of the usual size, and people to send it to; made without any database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from newsletter.rendering import RecipientData
from newsletter.rendering.content import Content, Digest, Item, LeadImage, Publisher, Text
from newsletter.rendering.text.markdown import to_html

SITE = "https://news.example.org"
PICTURE = f"{SITE}/lead.png"
FILLING = (
    "The harbour office counted more ships this fortnight than in any other since spring, and "
    "the pilots say that the new channel holds. [The tables]({site}/tables/{number}) show each "
    "berth with its hours; what they leave out is how long the trucks waited at the gate. "
)
#: Five merge fields, counting those of the two links in the footer.
GREETING = (
    "Dear [first_name|reader],\n\nthis issue reaches you in [attributes.city|your town], at "
    "[email|your address]. "
)


def issue() -> Content:
    """Return a digest with a lead image, a greeting, five items and a boilerplate."""
    return Content(
        publication="Quay and Crane",
        title="Quay and Crane Vol 3.11",
        subject="[first_name|Reader], five stories from the quay",
        preheader="What moved, what waited, and why",
        volume=3,
        number=11,
        date=dt.date(2026, 6, 4),
        language="en",
        direction="ltr",
        publisher=Publisher(
            name="The Harbour House",
            postal_address="1 Sample Street, Exampleton",
            email="desk@example.org",
            privacy_url=f"{SITE}/privacy",
            signup_url=f"{SITE}/subscribe",
        ),
        lead=LeadImage(
            src=PICTURE, alt="Two cranes at dusk", credit="The desk", width=1280, height=720
        ),
        blocks=(Text(body=to_html(GREETING + filling(0, 1))), Digest(items=tuple(items()))),
        boilerplate=to_html("*Quay and Crane* appears every second week."),
        web_url=f"{SITE}/3-11/",
        pdf_url=f"{SITE}/3-11/3-11.pdf",
    )


def items() -> Iterator[Item]:
    """Yield five items of about a hundred and fifty words each."""
    for number in range(1, 6):
        body = to_html("\n\n".join([filling(number, 2), filling(number, 1)]))
        yield Item(id=f"item-{number}", headline=f"Story number {number} of the quay", body=body)


def filling(number: int, times: int) -> str:
    """Return some sentences with a link."""
    return FILLING.format(site=SITE, number=number) * times


def people(count: int) -> Iterator[RecipientData]:
    """Yield people, of every fifth of whom nothing is known but an address."""
    for number in range(count):
        known = number % 5
        yield RecipientData(
            email=f"person{number}@example.org",
            name=f"Ann{number} O'Neil" if known else "",
            first_name=f"Ann{number}" if known else "",
            attributes={"city": "Rome & Ostia", "lang": "en", "plan": "free"} if known else {},
            unsubscribe_url=f"{SITE}/u/{number:032d}",
            preferences_url=f"{SITE}/p/{number:032d}",
        )
