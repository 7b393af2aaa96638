"""Send a draft to a few people for a test, outside of the ledger.

It uses the configured transport, as sends do.  Nothing is written down about
the subscriber whose mail it shows.  Its labels name no attempt of ours, so that later events
of the provider are about nobody, and its links unsubscribe nobody.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from django.utils.translation import gettext as _

from newsletter.conf.config import load
from newsletter.errors import BadInput, NotFound
from newsletter.publishing.checks.checking import make_candidate
from newsletter.publishing.content.drafts import sample_reader
from newsletter.publishing.messages import build_message, build_recipient
from newsletter.publishing.models import Issue
from newsletter.rendering import RecipientData
from newsletter.sending.ledger import issue_log
from newsletter.transports.base import SubmitResult, Transport
from subscribers import links
from subscribers.addresses import key_of
from subscribers.models import Subscriber, first_name

#: Used in the labels instead of a send, a batch and a database of ours.
LABEL = "test"


def send_test(
    issue: Issue,
    transport: Transport,
    *,
    to: Sequence[str],
    by: Any = None,
    day: dt.date | None = None,
    reader: Subscriber | None = None,
) -> SubmitResult:
    """Send the latest draft to some addresses, as a subscriber would get it, and record that.

    Without a `reader`, the subscriber is invented.  Raises the errors of rendering and of the
    transport; then nothing is recorded.
    """
    if not to:
        raise BadInput(_("there is nobody to send a test to"))
    candidate = make_candidate(issue, day)
    data = data_of(reader)
    parts = candidate.edition.variant(data).parts(data)
    marked = dataclasses.replace(
        parts, subject=_("[Test] %(subject)s") % {"subject": parts.subject}
    )
    key = f"{LABEL}-{token_hex(8)}"
    message = build_message(
        candidate.draft.publication, marked, send=LABEL, attempt=key, database=LABEL
    )
    people = [
        build_recipient(address, data.unsubscribe_url, {}, f"{key}-{number}")
        for number, address in enumerate(to)
    ]
    result = transport.submit(dataclasses.replace(message, categories=(LABEL,)), people)
    facts = {"to": ", ".join(to), "hash": candidate.edition.hash}
    if reader:
        facts["reader"] = _("as %(reader)s") % {"reader": reader.email}
    issue_log.record(issue, issue_log.TESTED, by=by, **facts)
    return result


def data_of(reader: Subscriber | None) -> RecipientData:
    """Return the data of the reader for the mail, with links that change nothing."""
    base_url = load().site.base_url
    unsubscribe_url, preferences_url = links.test_links(base_url)
    if reader is None:
        return sample_reader()._replace(
            unsubscribe_url=unsubscribe_url, preferences_url=preferences_url
        )
    return RecipientData(
        reader.email,
        unsubscribe_url,
        preferences_url,
        reader.name,
        first_name(reader.name, reader.attributes),
        reader.attributes,
    )


def find_reader(address: str) -> Subscriber:
    """Return the subscriber with an address, or raise `NotFound`."""
    reader = Subscriber.objects.filter(key=key_of(address)).first()
    if reader is None or reader.erased:
        raise NotFound(
            _("there is no subscriber with the address %(address)s") % {"address": address}
        )
    return reader
