"""What this app holds of a person, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers import suppressions
from subscribers.models import ListSuppression, Subscriber
from subscribers.preferences.address_changes import pending_change
from subscribers.preferences.counting import is_refused
from subscribers.preferences.leaving import describe_reason
from subscribers.preferences.pauses import remaining
from subscribers.privacy.sections import Fact, Section, register_section
from subscribers.sign_up.models import Consent, SignUp


def about_person(person: Subscriber) -> Iterator[Fact]:
    """Yield address, name, language, attributes, and whether mail is stopped."""
    yield Fact(text=_("Address: %(value)s") % {"value": person.email}, at=person.created_at)
    if person.name:
        yield Fact(text=_("Name: %(value)s") % {"value": person.name})
    if person.language:
        yield Fact(text=_("Language: %(value)s") % {"value": person.language})
    for name, value in sorted(person.attributes.items()):
        yield Fact(text=f"{name}: {value}")
    if (suppression := suppressions.find_suppression(person.key)) is not None:
        text = _("No mail is sent to this address: %(why)s") % {
            "why": suppression.get_reason_display()
        }
        yield Fact(text=text, at=suppression.created_at)
    here = ListSuppression.objects.filter(key=person.key).select_related("list")
    for each in here.order_by("created_at"):
        text = _("No mail of the list %(list)s is sent to this address: %(why)s") % {
            "list": each.list.name,
            "why": each.get_reason_display(),
        }
        yield Fact(text=text, at=each.created_at)
    if count := remaining(person):
        yield Fact(text=_("Paused for this number of issues: %(count)s") % {"count": count})
    if is_refused(person):
        yield Fact(text=_("Opens and clicks are not counted, as you asked."))
    if change := pending_change(person):
        text = _("Waits to be confirmed as a new address: %(address)s")
        yield Fact(text=text % {"address": change.email}, at=change.created_at)


def about_lists(person: Subscriber) -> Iterator[Fact]:
    """Yield the lists with the state on each, since when, and where from."""
    for each in person.subscriptions.select_related("list").order_by("list__name"):
        source = f" ({each.source})" if each.source else ""
        text = f"{each.list.name}: {each.get_state_display()}{source}"
        yield Fact(text=text, at=each.changed_at)


def about_consent(person: Subscriber) -> Iterator[Fact]:
    """Yield what the person agreed to, in the words that they read."""
    for each in Consent.objects.filter(subscriber=person).select_related("list"):
        said = f" “{each.text}”" if each.text else ""
        yield Fact(text=f"{each.list.name}: {each.get_kind_display()}{said}", at=each.given_at)


def about_sign_ups(person: Subscriber) -> Iterator[Fact]:
    """Yield the lists that were asked for at a form with this address, and where the form was."""
    for each in SignUp.objects.filter(key=person.key).select_related("list"):
        where = ", ".join(part for part in (each.source, each.site) if part)
        asked = _("{list}: asked for by a form").format(list=each.list.name)
        yield Fact(text=f"{asked} ({where})" if where else asked, at=each.asked_at)
        if each.ip_hash:
            yield Fact(text=_("Of the network address, for 30 days, only a code made from it."))


def about_history(person: Subscriber) -> Iterator[Fact]:
    """Yield what was changed, by whom, and why."""
    for each in person.changes.select_related("list"):
        parts = [each.list.name if each.list else "", each.get_kind_display()]
        parts += [each.get_by_display(), describe_reason(each.reason)]
        yield Fact(text=" · ".join(part for part in parts if part), at=each.at)


def register_own_sections() -> None:
    """Register what this app holds; called once, when the app starts."""
    own = {
        "10": (
            gettext_lazy("About you"),
            ("subscribers.pause", "subscribers.countingrefusal"),
            about_person,
        ),
        "20": (gettext_lazy("Your lists"), ("subscribers.subscription",), about_lists),
        "30": (gettext_lazy("What you agreed to"), ("subscribers.consent",), about_consent),
        "35": (gettext_lazy("How you signed up"), ("subscribers.signup",), about_sign_ups),
        "40": (
            gettext_lazy("What was changed"),
            ("subscribers.subscriptionchange", "subscribers.bulkchange"),
            about_history,
        ),
    }
    for name, (title, models, list_facts) in own.items():
        register_section(name, Section(title=title, models=models, list_facts=list_facts))
