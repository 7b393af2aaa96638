"""What the checks are about, read once: settings, publications, and how the DNS is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newsletter.conf.config import Config
from newsletter.hostnames import ascii_mailbox
from newsletter.transports.events import Counted
from newsletter.transports.factory import provider_of

if TYPE_CHECKING:
    from dns.resolver import Resolver


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """A publication, as far as receivers see it."""

    publication: str
    address: str
    slug: str = ""
    reply_to: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    preschedules: bool = False
    counts: frozenset[Counted] = frozenset()
    people: int = 0

    @property
    def domain(self) -> str:
        """The domain of the sender's address, as it travels."""
        return domain_of(self.address)


def domain_of(address: str) -> str:
    """Return the domain of an address, as it travels."""
    return ascii_mailbox(address).rpartition("@")[2].lower()


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is looked at.  `resolver` asks the DNS; without one, that of the machine."""

    config: Config
    senders: Sequence[Sender] = ()
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    resolver: Resolver | None = None

    @property
    def stays_here(self) -> bool:
        """Whether mail stays on this machine: in files, or in an emulator."""
        return provider_of(self.config).stays_here(self.config)

    @property
    def domains(self) -> list[str]:
        """The domains that mail comes from, each once."""
        return sorted({sender.domain for sender in self.senders if sender.domain})

    @property
    def events_url(self) -> str:
        """Where the provider should post events."""
        return f"{self.config.site.base_url}/events/{self.config.sending.transport}"


def known_senders() -> list[Sender]:
    """Return the publications; none where the database cannot tell, which a check says."""
    from django.db import DatabaseError

    try:
        return read_senders()
    except DatabaseError:
        return []


def read_senders() -> list[Sender]:
    """Return the publications of the database, with how many people each would mail."""
    from newsletter.publishing.models import Publication
    from newsletter.sending.planning.reader_counting import counted_by
    from subscribers.models import Subscription

    active = Subscription.objects.filter(state=Subscription.State.ACTIVE)
    return [
        Sender(
            publication=each.name,
            address=each.from_email,
            slug=each.slug,
            reply_to=each.reply_to,
            language=each.language,
            time_zone=each.time_zone,
            preschedules=each.delivery_mode != Publication.DeliveryMode.IMMEDIATE,
            counts=counted_by(each),
            people=active.filter(list__in=each.lists.all()).count(),
        )
        for each in Publication.objects.order_by("pk")
    ]
