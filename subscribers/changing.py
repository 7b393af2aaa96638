"""Change what is known of one person, stop mail to them, and allow it again; by somebody here."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition
from subscribers import list_suppressions, suppressions
from subscribers.history.models import SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.importing.columns import (
    MAX_KEY_LENGTH,
    MAX_NAME_LENGTH,
    MAX_VALUE_LENGTH,
    clean_text,
)
from subscribers.models import List, Subscriber
from subscribers.people import lock_person
from subscribers.preferences.person import (
    MAX_TAG_LENGTH,
    NAME_PARTS,
    TAG,
    choose_language,
    rename,
)
from subscribers.subscriptions import unsubscribe

Kind = SubscriptionChange.Kind
MAX_ATTRIBUTES = 300


def tidy_name(text: str) -> str:
    """Return a name on one line, or raise `BadInput` where it is too long."""
    name = " ".join(clean_text(text).split())
    if len(name) > MAX_NAME_LENGTH:
        raise BadInput(_("a name has at most {most} characters").format(most=MAX_NAME_LENGTH))
    return name


def check_language(tag: str) -> str:
    """Return a language tag (RFC 5646); blank where none is known.  Raises `BadInput`."""
    tag = tag.strip()
    if tag and (len(tag) > MAX_TAG_LENGTH or not TAG.fullmatch(tag)):
        raise BadInput(
            _("{tag} is no language tag").format(tag=repr(tag[:40])),
            hint=_("For example en, ja or pt-BR."),
        )
    return tag


def check_attributes(given: Mapping[str, str]) -> dict[str, str]:
    """Return attributes without blanks around them and without blank ones, or raise `BadInput`."""
    found = {name.strip(): clean_text(value).strip() for name, value in given.items()}
    kept = {name: value for name, value in found.items() if value}
    if len(kept) > MAX_ATTRIBUTES:
        raise BadInput(_("a person has at most {most} attributes").format(most=MAX_ATTRIBUTES))
    for name, value in kept.items():
        if not name or len(name) > MAX_KEY_LENGTH or set(name) & set('"\\\n'):
            raise BadInput(
                _("{name} is no name of an attribute").format(name=repr(name[:40])),
                hint=_("It has 1 to {most} characters, no quotation mark and no backslash.").format(
                    most=MAX_KEY_LENGTH
                ),
            )
        if len(value) > MAX_VALUE_LENGTH:
            raise BadInput(
                _("the attribute {name} has at most {most} characters").format(
                    name=name, most=MAX_VALUE_LENGTH
                )
            )
    return kept


def must_exist(person: Subscriber) -> Subscriber:
    """Return a person, locked, or raise `InvalidTransition` for one who was erased."""
    locked = lock_person(person.pk)
    if locked is None:
        raise InvalidTransition(_("this person was erased"))
    return locked


@transaction.atomic
def change_person(
    person: Subscriber,
    *,
    name: str | None = None,
    language: str | None = None,
    attributes: Mapping[str, str] | None = None,
    by: str = "",
) -> bool:
    """Change what is given, and record it; return whether anything is new.

    `attributes` replace all there were; blank ones go.  With a new name, parts of the old one go,
    which would still be used to greet.  Raises `BadInput` or `InvalidTransition`.
    """
    locked = must_exist(person)
    before = dict(locked.attributes)
    renamed = name is not None and rename(locked, tidy_name(name), by=by)
    spoken = language is not None and choose_language(locked, check_language(language), by=by)
    changed = False
    if attributes is not None:
        wanted = check_attributes(attributes)
        if renamed:
            stale = {part for part in NAME_PARTS if wanted.get(part) == before.get(part)}
            wanted = {key: value for key, value in wanted.items() if key not in stale}
        changed = set_attributes(locked, wanted, by=by)
    person.refresh_from_db()
    return renamed or spoken or changed


def set_attributes(person: Subscriber, wanted: dict[str, str], *, by: str) -> bool:
    """Save the attributes of a locked person, and record which are others; say whether any is."""
    known = person.attributes
    names = sorted(key for key in known.keys() | wanted.keys() if known.get(key) != wanted.get(key))
    if not names:
        return False
    person.attributes = wanted
    person.save(update_fields=["attributes"])
    changed = {"source": ", ".join(names)[:300]}
    record(Change(subscriber_id=person.pk, kind=Kind.ATTRIBUTES, by=by, detail=changed))
    return True


def leave_lists(person: Subscriber, lists: Collection[List], *, reason: str, by: str) -> int:
    """Unsubscribe a person from these lists, or from all; return how many they left."""
    return unsubscribe(person.pk, [each.pk for each in lists], by=by, reason=clean_text(reason))


def stop_mail(person: Subscriber, *, reason: str, by: str, of: List | None = None) -> None:
    """Suppress a person's address for a reason: for all mail, or for one list.

    Raises `BadInput` without a reason, and `InvalidTransition` for who was erased.
    """
    if person.erased:
        raise InvalidTransition(_("this person was erased"))
    why = must_say_why(reason)
    if of is None:
        suppressions.suppress(person.email, note=why, by=by)
    else:
        list_suppressions.suppress_for_list(person.email, of, note=why, by=by)


def allow_mail(
    person: Subscriber, *, reason: str, by: str, confirmed: bool = False, of: List | None = None
) -> None:
    """Remove a person's suppression for a reason: that for all mail, or that for one list.

    Raises as `suppressions.remove` does.
    """
    why = must_say_why(reason)
    if of is None:
        suppressions.remove(person.email, why=why, by=by, confirmed=confirmed)
    else:
        list_suppressions.remove_for_list(person.email, of, why=why, by=by, confirmed=confirmed)


def must_say_why(reason: str) -> str:
    """Return a reason on one line, or raise `BadInput` where it is blank."""
    said = " ".join(clean_text(reason).split())
    if not said:
        raise BadInput(_("say why"))
    return said[:300]
