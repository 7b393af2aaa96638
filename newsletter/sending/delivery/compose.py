"""Build the requests for a transport from an edition and the deliveries of a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson
from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from newsletter.publishing import messages
from newsletter.publishing.models import Publication
from newsletter.rendering import RecipientData
from newsletter.sending.ledger.editions import load_compiled
from newsletter.sending.ledger.splitting import split_into_chunks
from newsletter.sending.models import Attempt, Delivery, Send
from newsletter.sending.planning import reader_counting
from newsletter.sending.restores import identity
from newsletter.transports.base import Message, Recipient, Transport
from subscribers.links import make_links
from subscribers.models import Subscriber, first_name
from subscribers.preferences.counting import find_refusers

#: People of a batch stand close together: up to this multiple of them is read, else each by itself.
SPREAD = 3
#: What stands for the keys of a message, for each person by their place in the batch.
Values = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """The content of one request: `recipients` are in the order of `deliveries`.

    `subscribers` are the same people, by their numbers.
    """

    message: Message
    deliveries: tuple[int, ...]
    recipients: tuple[Recipient, ...]
    subscribers: tuple[int, ...]


class Person(NamedTuple):
    """One person of a batch, and the number of the delivery to them.

    A plain tuple of columns: a batch has a thousand, and models would cost more than the mail.
    """

    delivery: int
    address: str
    subscriber: int
    name: str
    attributes: dict[str, str]


def compose_requests(
    attempt: Attempt, transport: Transport
) -> tuple[list[Request], dict[int, str]]:
    """Return the requests of a batch, and the deliveries that cannot be mailed, with the reason.

    There is one request, or one per variant if the edition has several, and none has more
    people than the transport takes at a time.  Who refuses to be counted is in another one.
    """
    return build_requests(attempt.batch.send, people_waiting(attempt), attempt.key, transport)


def build_requests(
    send: Send, readers: Iterable[Person], key: str, transport: Transport
) -> tuple[list[Request], dict[int, str]]:
    """Return the requests for some people of a send; `key` is the attempt's."""
    people = list(readers)
    publication = Publication.objects.get(issues=send.issue_id)
    data = recipients_of(send, people)
    unfillable: dict[int, str] = {}
    subscribers = {reader.delivery: reader.subscriber for reader in people}
    requests: list[Request] = []
    for filling in load_compiled(send.edition_id).fill(data):
        shared = messages.build_message(
            publication,
            filling.variant,
            send=str(send.pk),
            attempt=key,
            database=identity.database_key(),
        )
        counted = reader_counting.mark_to_count(shared, send, publication)
        for message, values in leave_refusers_uncounted(counted, filling.values, people):
            numbers = [people[place].delivery for place in values]
            recipients = make_recipients(data, values, numbers)
            beyond = transport.find_over_limit(message, recipients)
            unfillable |= {numbers[place]: why for place, why in beyond.items()}
            pairs = enumerate(zip(numbers, recipients, strict=True))
            fit = [pair for place, pair in pairs if place not in beyond]
            requests += requests_of(message, fit, subscribers, transport.max_batch_size)
    return requests, unfillable


def leave_refusers_uncounted(
    message: Message, values: Values, people: Sequence[Person]
) -> Iterator[tuple[Message, Values]]:
    """Yield a message with the values of its people, by their places; refusers have their own.

    A provider counts everybody of a request or nobody, so refusers go in another request, as
    people of another variant do.
    """
    if not (message.count_opens or message.count_clicks):
        yield message, values
        return
    refusers = find_refusers([people[place].subscriber for place in values])
    refused = {place for place in values if people[place].subscriber in refusers}
    uncounted = replace(message, count_opens=False, count_clicks=False)
    if counted := {place: own for place, own in values.items() if place not in refused}:
        yield message, counted
    if refused:
        yield uncounted, {place: values[place] for place in values if place in refused}


def requests_of(
    message: Message,
    people: Sequence[tuple[int, Recipient]],
    subscribers: Mapping[int, int],
    size: int,
) -> Iterator[Request]:
    """Yield a message to people, at most `size` at a time; `subscribers` are by delivery."""
    for portion in split_into_chunks(people, size):
        numbers, recipients = zip(*portion, strict=True)
        yield Request(
            message=message,
            deliveries=numbers,
            recipients=recipients,
            subscribers=tuple(subscribers[number] for number in numbers),
        )


def people_waiting(attempt: Attempt) -> list[Person]:
    """Return the people to submit, always in the same order."""
    rows = Delivery.objects.filter(batch=attempt.batch_id, outcome=None).order_by("pk")
    mails = list(rows.values_list("pk", "address", "subscriber"))
    known = known_people([subscriber for _number, _address, subscriber in mails])
    return [
        Person(number, address, subscriber, name, orjson.loads(document))
        for number, address, subscriber in mails
        for name, document in [known[subscriber]]
    ]


def known_people(numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the name and the attributes, as JSON, of people by their numbers.

    Not by a join with the mails: PostgreSQL would read all people of a middling list for each
    batch, rather than look up a thousand.
    """
    if not numbers:
        return {}
    first, last = min(numbers), max(numbers)
    near = last - first < SPREAD * len(numbers)
    asked = {"pk__range": (first, last)} if near else {"pk__in": numbers}
    # As text: Django takes far longer over a document than it takes to read it.
    attributes = Cast("attributes", TextField())
    rows = Subscriber.objects.filter(**asked).order_by()
    return {
        number: (name, text) for number, name, text in rows.values_list("pk", "name", attributes)
    }


def make_recipients(
    data: Sequence[RecipientData], values: Mapping[int, Mapping[str, str]], numbers: Iterable[int]
) -> list[Recipient]:
    """Return the people with values, as a transport takes them; `numbers` are their deliveries."""
    return [
        messages.build_recipient(data[place].email, data[place].unsubscribe_url, own, str(number))
        for (place, own), number in zip(values.items(), numbers, strict=True)
    ]


def recipients_of(send: Send, readers: Sequence[Person]) -> list[RecipientData]:
    """Return the data of recipients that the mail of a send may show."""
    lists = tuple(send.lists.order_by("pk").values_list("pk", flat=True))
    numbers = [reader.subscriber for reader in readers]
    urls = zip(*make_links(settings.CONFIG.site.base_url, numbers, lists), strict=True)
    return [
        RecipientData(
            reader.address,
            unsubscribe_url,
            preferences_url,
            reader.name,
            first_name(reader.name, reader.attributes),
            reader.attributes,
        )
        for reader, (unsubscribe_url, preferences_url) in zip(readers, urls, strict=True)
    ]
