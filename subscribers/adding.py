"""Add one person by hand, with the consent that they gave elsewhere.

Nobody is brought back: who left, was suppressed or erased comes back by their own act alone.  Then
nothing is saved, and the error says why and what the person can do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import AddressInDoubt, BadInput, InvalidTransition
from subscribers import lists
from subscribers.addresses import Address, cell_address
from subscribers.changing import check_attributes, check_language, tidy_name
from subscribers.list_suppressions import is_suppressed_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.people import hold_people
from subscribers.sign_up.models import Consent
from subscribers.sign_up.typos import suggest_address
from subscribers.sources import BY_HAND
from subscribers.subscriptions import has_left, subscribe
from subscribers.suppressions import is_suppressed

#: Where subscriptions came from that were made by hand.
MAX_SOURCE_LENGTH, MAX_TEXT_LENGTH = 40, 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedConsent:
    """How somebody consented elsewhere: in which words, where, and on which day (default: today).

    Words or a place are needed: consent has to be shown (GDPR article 7).
    """

    text: str = ""
    source: str = ""
    given_on: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPerson:
    """Somebody to add.  `sure` says that an address that looks mistyped is meant as it is."""

    email: str
    name: str = ""
    language: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    sure: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """Who was added; `made` says whether they are new, `states` has each list's state now."""

    person: Subscriber
    made: bool
    states: dict[str, str]


def add_person(
    new: NewPerson, to: Collection[List], consent: NotedConsent, *, by: str = ""
) -> Added:
    """Add a person to lists, or raise why not; then nothing is saved.

    Of somebody who is known already, what is known stays.  Raises `BadInput` for what is missing,
    `AddressInDoubt` where the domain looks mistyped, and `InvalidTransition` for who may not be.
    """
    try:
        return add_once(new, to, consent, by=by)
    except IntegrityError:
        # Somebody else added the same address just now: the person is known by now.
        return add_once(new, to, consent, by=by)


@transaction.atomic
def add_once(new: NewPerson, to: Collection[List], consent: NotedConsent, *, by: str) -> Added:
    """Add a person as `add_person` does; raise `IntegrityError` where somebody is quicker."""
    address = check_address(new)
    name, language = tidy_name(new.name), check_language(new.language)
    attributes = check_attributes(new.attributes)
    must_name_lists(to)
    must_be_shown(consent)
    known = held(Subscriber.objects.filter(key=address.key).values_list("pk", flat=True))
    must_be_mailable(address.email, known, to)
    if known is None:
        person = Subscriber.objects.create(
            email=address.email, name=name, language=language, attributes=attributes
        )
    else:
        person = known
        fill_in(person, name=name, language=language, attributes=attributes)
    states = join_lists(person, to, consent, by=by)
    return Added(person=person, made=known is None, states=states)


@transaction.atomic
def add_to_lists(
    person: Subscriber, to: Collection[List], consent: NotedConsent, *, by: str = ""
) -> dict[str, str]:
    """Add somebody who is known to lists; return the state on each.  Raises as `add_person`."""
    must_name_lists(to)
    must_be_shown(consent)
    locked = held([person.pk])
    if locked is None:
        raise Subscriber.DoesNotExist
    must_be_mailable(locked.email, locked, to)
    return join_lists(locked, to, consent, by=by)


def held(ids: Iterable[int]) -> Subscriber | None:
    """Return the person with one of these ids, who is locked, with what they are on."""
    return next(iter(hold_people(list(ids))), None)


def check_address(new: NewPerson) -> Address:
    """Return the address of somebody new, or raise what is wrong with it."""
    address = cell_address(new.email)
    meant = suggest_address(address.email)
    if meant and not new.sure:
        raise AddressInDoubt(address.email, meant)
    return address


def must_name_lists(to: Collection[List]) -> None:
    """Raise `BadInput` where no list is named, or one takes nobody any more."""
    if not to:
        raise BadInput(_("choose a list"))
    for each in to:
        lists.must_take_people(each)


def must_be_shown(consent: NotedConsent) -> None:
    """Raise `BadInput` unless it is said how the person consented, and not in the future."""
    if not consent.text.strip() and not consent.source.strip():
        raise BadInput(
            _("say how the person consented"),
            hint=_("In which words, or where: for example “asked at our stand”."),
        )
    if len(consent.source.strip()) > MAX_SOURCE_LENGTH:
        raise BadInput(
            _("where the person consented has at most {most} characters").format(
                most=MAX_SOURCE_LENGTH
            ),
            hint=_("Put the rest into the words."),
        )
    if consent.given_on and consent.given_on > timezone.localdate():
        raise BadInput(_("the day of the consent is still to come"))


def must_be_mailable(email: str, person: Subscriber | None, to: Collection[List]) -> None:
    """Raise `InvalidTransition` for who is suppressed, was erased, or has left one of the lists."""
    own_act = _("Only the person can undo that: by signing up, or by the link in an old mail.")
    if is_suppressed(email) or (person is not None and person.erased):
        raise InvalidTransition(
            _("{address} is suppressed, and gets no mail").format(address=email), hint=own_act
        )
    for each in to:
        if is_suppressed_for_list(email, each.pk):
            raise InvalidTransition(
                _("{address} is suppressed for the list {list}").format(
                    address=email, list=each.name
                ),
                hint=own_act,
            )
        if person is not None and has_left(person, each):
            raise InvalidTransition(
                _("{address} has left the list {list}, or every list they were on").format(
                    address=email, list=each.name
                ),
                hint=own_act,
            )


def fill_in(person: Subscriber, *, name: str, language: str, attributes: Mapping[str, str]) -> None:
    """Save what was not known of a person yet."""
    person.name = person.name or name
    person.language = person.language or language
    person.attributes = {**attributes, **person.attributes}
    person.save()


def join_lists(
    person: Subscriber, to: Collection[List], consent: NotedConsent, *, by: str
) -> dict[str, str]:
    """Subscribe a person and keep the consent; return the state on each list."""
    for each in to:
        subscribe(person, each, source=BY_HAND, by=by)
        Consent.objects.create(
            subscriber=person,
            list=each,
            kind=Consent.Kind.NOTED,
            text=consent.text.strip()[:MAX_TEXT_LENGTH],
            source=consent.source.strip(),
            given_at=time_of(consent),
            by=by[:150],
        )
    rows = Subscription.objects.filter(subscriber=person, list__in=to)
    return dict(rows.values_list("list__slug", "state"))


def time_of(consent: NotedConsent) -> dt.datetime:
    """Return when a consent was given: now, or the beginning of an earlier day."""
    now = timezone.now()
    if consent.given_on is None or consent.given_on == timezone.localdate():
        return now
    return timezone.make_aware(dt.datetime.combine(consent.given_on, dt.time()))
