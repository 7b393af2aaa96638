"""Make what a transport takes from an edition and the deliveries of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from django.conf import settings

from newsletter.errors import UnfilledField
from newsletter.publishing.models import Publication
from newsletter.rendering import Recipient, Variant
from newsletter.sending.editions import compiled
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.sending.splitting import portions
from newsletter.transports.base import ATTEMPT, DELIVERY, Addressee, Letter, Transport
from subscribers.links import links
from subscribers.models import first_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What goes in one request: `addressees` stand in the order of `deliveries`."""

    letter: Letter
    deliveries: tuple[int, ...]
    addressees: tuple[Addressee, ...]


class Reader(NamedTuple):
    """One person of a batch, and the number of the delivery to them.

    A plain tuple of columns: a batch has a thousand, and models would cost more than the mail.
    """

    delivery: int
    address: str
    subscriber: int
    name: str
    attributes: dict[str, str]


def compose(attempt: Attempt, transport: Transport) -> tuple[list[Parcel], dict[int, str]]:
    """Return the parcels of a batch, and the deliveries that cannot be mailed, with why.

    There is one parcel, or one per variant where the edition has several, and none holds more
    people than the transport takes at a time.
    """
    send = Send.objects.select_related("issue__publication").get(pk=attempt.batch.send_id)
    return packed(send, waiting(attempt), attempt.key, transport)


def packed(
    send: Send, readers: Iterable[Reader], key: str, transport: Transport
) -> tuple[list[Parcel], dict[int, str]]:
    """Return the parcels for some people of a send; `key` is the attempt's."""
    edition, as_recipient = compiled(send.edition_id), recipients_of(send)
    groups: dict[str, list[tuple[int, Addressee]]] = {}
    letters: dict[str, Letter] = {}
    unfit: dict[int, str] = {}
    for reader in readers:
        person = as_recipient(reader)
        try:
            variant = edition.variant(person)
            values = variant.values(person)
        except UnfilledField as error:
            unfit[reader.delivery] = str(error)
            continue
        if variant.key not in letters:
            letters[variant.key] = letter_of(send, variant)
        mail = addressee(reader, person, values, key)
        if why := transport.unfit(letters[variant.key], mail):
            unfit[reader.delivery] = why
        else:
            groups.setdefault(variant.key, []).append((reader.delivery, mail))
    size = transport.largest_batch
    parcels = (parcels_of(letters[each], people, size) for each, people in groups.items())
    return list(chain.from_iterable(parcels)), unfit


def parcels_of(
    letter: Letter, people: Sequence[tuple[int, Addressee]], size: int
) -> Iterator[Parcel]:
    """Yield a letter to people, at most `size` of them at a time."""
    for portion in portions(people, size):
        numbers, addressees = zip(*portion, strict=True)
        yield Parcel(letter=letter, deliveries=numbers, addressees=addressees)


def waiting(attempt: Attempt) -> Iterator[Reader]:
    """Yield the people to hand over, always in one order."""
    rows = Delivery.objects.filter(batch=attempt.batch_id, outcome=None).order_by("pk")
    columns = ("pk", "address", "subscriber", "subscriber__name", "subscriber__attributes")
    return map(Reader._make, rows.values_list(*columns))


def letter_of(send: Send, variant: Variant) -> Letter:
    """Return what people who get the same variant share."""
    publication = send.issue.publication
    return Letter(
        from_email=publication.from_email,
        from_name=publication.from_name,
        reply_to=publication.reply_to,
        subject=variant.subject,
        html=variant.html,
        text=variant.text,
        headers=list_headers(publication, send),
        categories=(publication.slug,),
        labels={"nl_send": str(send.pk)},
    )


def addressee(reader: Reader, person: Recipient, values: Mapping[str, str], key: str) -> Addressee:
    """Return one person as a transport takes them."""
    return Addressee(
        address=reader.address,
        values=values,
        headers=unsubscribe_headers(person.unsubscribe_url),
        labels={DELIVERY: str(reader.delivery), ATTEMPT: key},
    )


def recipients_of(send: Send) -> Callable[[Reader], Recipient]:
    """Return what tells an edition what it may know of a reader of a send."""
    lists = tuple(send.lists.order_by("pk").values_list("pk", flat=True))
    base_url = settings.CONFIG.site.base_url

    def recipient(reader: Reader) -> Recipient:
        unsubscribe_url, preferences_url = links(base_url, reader.subscriber, lists)
        return Recipient(
            email=reader.address,
            name=reader.name,
            first_name=first_name(reader.name, reader.attributes),
            attributes=reader.attributes,
            unsubscribe_url=unsubscribe_url,
            preferences_url=preferences_url,
        )

    return recipient


def unsubscribe_headers(url: str) -> dict[str, str]:
    """Return the headers of RFC 2369 and RFC 8058 for leaving with one click."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def list_headers(publication: Publication, send: Send) -> dict[str, str]:
    """Return the headers that name the list (RFC 2919, RFC 2369) and the send (Feedback-ID)."""
    domain = publication.from_email.rpartition("@")[2]
    return {
        "List-Id": f"<{publication.slug}.{domain}>",
        "List-Owner": f"<mailto:{publication.reply_to or publication.from_email}>",
        "List-Post": "NO",
        "Feedback-ID": f"{send.pk}:{publication.slug}:newsletter:{feedback_sender(domain)}",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def feedback_sender(domain: str) -> str:
    """Return the constant last field of Feedback-ID: letters and digits of the domain."""
    return "".join(sign for sign in domain if sign.isalnum())[:15]
