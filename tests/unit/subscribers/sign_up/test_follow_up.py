"""What a request leads to: the right mail, at most once, and none to whom it must not go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from newsletter.errors import AccountError, NotSubmitted, OutcomeUnknown, Refused
from subscribers.list_suppressions import is_suppressed_for_list, suppress_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.sign_up import confirming, follow_up, forms, joining, numbers
from subscribers.sign_up.models import Consent, SignUp, SignUpForm
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import Reason, suppress
from tests.unit.subscribers.sign_up.conftest import Mailer, deal

Ask = Callable[..., SignUp]
State = Subscription.State


def subscribed(readers: List, state: str = State.ACTIVE) -> Subscriber:
    """Return somebody who is on the list already."""
    person = Subscriber.objects.create(email="jane@example.org")
    Subscription.objects.create(subscriber=person, list=readers, state=state)
    return person


def test_a_stranger_is_asked_to_confirm_once(form: SignUpForm, ask: Ask, mailer: Mailer) -> None:
    """One request is one mail, however often it is looked at; nobody is subscribed by it."""
    ask()

    deal(mailer)
    deal(mailer)

    assert mailer.kinds == ["confirm"]
    assert not Subscriber.objects.exists()


def test_a_second_click_is_not_a_second_mail(
    form: SignUpForm, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Within five minutes nothing more is mailed; afterwards a request is a new one."""
    for minutes in (0, 1, 5):
        clock.shift(dt.timedelta(minutes=minutes))
        ask()
        deal(mailer)

    assert mailer.kinds == ["confirm", "confirm"]


def test_an_address_is_asked_three_times_at_most(
    form: SignUpForm, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Whoever asks again and again causes three mails in a month."""
    for _ in range(10):
        ask()
        deal(mailer)
        clock.shift(dt.timedelta(days=1))

    assert len(mailer.sent) == 3


def test_after_a_month_it_may_be_asked_again(
    form: SignUpForm, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """A new round begins; the links of the old one are dead."""
    for _ in range(4):
        ask()
        deal(mailer)
        clock.shift(dt.timedelta(minutes=10))
    old = mailer.token()
    clock.shift(dt.timedelta(days=31))
    ask()
    deal(mailer)

    assert len(mailer.sent) == 4
    assert confirming.open_link(old, timezone.now()).stage is confirming.Stage.EXPIRED


@pytest.mark.parametrize("reason", list(Reason))
def test_nothing_is_mailed_to_a_suppressed_address(
    form: SignUpForm, ask: Ask, mailer: Mailer, reason: Reason
) -> None:
    """Whoever signs it up, and whatever it is suppressed for."""
    suppress("jane@example.org", reason)
    ask()
    deal(mailer)

    assert mailer.sent == []
    assert SignUp.objects.get().due_at is None


def test_who_is_subscribed_is_told_so_once_a_day(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Nothing is changed, and no confirmation is asked for."""
    subscribed(readers)
    for _ in range(3):
        ask()
        deal(mailer)
        clock.shift(dt.timedelta(minutes=30))

    assert mailer.kinds == ["already"]


def test_who_has_left_comes_back_by_confirming(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer
) -> None:
    """The request alone brings nobody back."""
    person = subscribed(readers, State.UNSUBSCRIBED)
    ask()
    deal(mailer)
    assert person.subscriptions.get().state == State.UNSUBSCRIBED

    confirming.confirm(mailer.token(), timezone.now())

    assert mailer.kinds == ["confirm"]
    assert person.subscriptions.get().state == State.ACTIVE


def test_the_old_link_of_somebody_who_left_does_not_bring_them_back(
    form: SignUpForm, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Neither at once, nor after somebody signed them up again."""
    ask()
    deal(mailer)
    old = mailer.token()
    confirming.confirm(old, timezone.now())
    person = Subscriber.objects.get()
    unsubscribe(person.pk)
    confirming.confirm(old, timezone.now())
    assert person.subscriptions.get().state == State.UNSUBSCRIBED

    clock.shift(dt.timedelta(hours=1))
    ask()
    deal(mailer)
    confirming.confirm(old, timezone.now())

    assert mailer.kinds == ["confirm", "confirm"]
    assert person.subscriptions.get().state == State.UNSUBSCRIBED


def test_single_opt_in_subscribes_at_once_but_nobody_who_left(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer
) -> None:
    """Without confirmation a stranger is subscribed; who has left must confirm all the same."""
    forms.change_form(readers, {"double_opt_in": False, "sends_welcome": True})
    subscribed(readers, State.UNSUBSCRIBED)
    ask("jane@example.org")
    ask("kim@example.org")

    deal(mailer)

    assert sorted(mailer.kinds) == ["confirm", "welcome"]
    assert Consent.objects.get().kind == Consent.Kind.SINGLE
    assert Consent.objects.get().subscriber.email == "kim@example.org"


def test_single_opt_in_ends_no_suppression_for_the_list(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer
) -> None:
    """Anybody can type an address: who is suppressed for the list must confirm, then it ends."""
    forms.change_form(readers, {"double_opt_in": False})
    suppress_for_list("jane@example.org", readers, Reason.COMPLAINED)
    row = ask()
    deal(mailer)

    assert mailer.kinds == ["confirm"]
    joining.join(row, Consent.Kind.SINGLE, timezone.now())
    assert is_suppressed_for_list("jane@example.org", readers.pk)
    confirming.confirm(mailer.token(), timezone.now())
    assert not is_suppressed_for_list("jane@example.org", readers.pk)


def test_who_is_suppressed_for_a_list_that_they_are_on_comes_back_by_confirming(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer
) -> None:
    """They do not get the list, so they are not told that they do; and no welcome meanwhile."""
    forms.change_form(readers, {"sends_welcome": True})
    subscribed(readers)
    suppress_for_list("jane@example.org", readers)
    ask()
    deal(mailer)
    confirming.confirm(mailer.token(), timezone.now())
    assert not is_suppressed_for_list("jane@example.org", readers.pk)

    suppress_for_list("jane@example.org", readers)
    deal(mailer)

    assert mailer.kinds == ["confirm"]
    assert SignUp.objects.get().welcome_due_at is None


def test_a_welcome_is_sent_once(form: SignUpForm, readers: List, ask: Ask, mailer: Mailer) -> None:
    """After the confirmation, and not to who has left meanwhile."""
    forms.change_form(readers, {"sends_welcome": True})
    ask()
    ask("kim@example.org")
    deal(mailer)
    for mail in list(mailer.sent):
        confirming.confirm(mail.url, timezone.now())
    unsubscribe(Subscriber.objects.get(key="kim@example.org").pk)

    deal(mailer)
    deal(mailer)

    assert [(m.kind, m.address) for m in mailer.sent[2:]] == [("welcome", "jane@example.org")]


@pytest.mark.parametrize("error", [NotSubmitted("busy"), AccountError("no credit")])
def test_what_did_not_leave_is_tried_again_and_does_not_count(
    form: SignUpForm,
    ask: Ask,
    mailer: Mailer,
    clock: time_machine.Traveller,
    error: NotSubmitted | AccountError,
) -> None:
    """A minute later, as often as it takes; who asked is counted once."""
    mailer.answers = [error] * 5
    row = ask()
    for _ in range(5):
        with pytest.raises(type(error)):
            deal(mailer)
        clock.shift(dt.timedelta(minutes=1))
    deal(mailer)

    assert mailer.kinds == ["confirm"]
    assert numbers.count_sign_ups(row.list, timezone.now()).asked == 1


@pytest.mark.parametrize("error", [OutcomeUnknown("reset"), Refused("no such user")])
def test_what_may_have_left_is_not_sent_again(
    form: SignUpForm, ask: Ask, mailer: Mailer, error: OutcomeUnknown | Refused
) -> None:
    """A lost answer may mean a mail; a refusal means that there is none to send."""
    mailer.answers = [error]
    ask()
    deal(mailer)
    deal(mailer)

    assert mailer.sent == []
    assert SignUp.objects.get().mail in {SignUp.Mail.UNKNOWN, SignUp.Mail.REFUSED}


def test_a_request_is_taken_by_one_of_two(form: SignUpForm, ask: Ask) -> None:
    """While one mail is made, another process deals with the same request: one mail leaves."""
    ask()
    first, second = Mailer(), Mailer()
    making = first.confirmation

    def slowly(sign_up: SignUp, url: str, ends_at: dt.datetime) -> object:
        deal(second)
        return making(sign_up, url, ends_at)

    first.confirmation = slowly  # type: ignore[method-assign, assignment]
    deal(first)

    assert len(first.sent) + len(second.sent) == 1


def test_a_closed_form_mails_nothing(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer
) -> None:
    """What was asked before it was closed leads to nothing."""
    ask()
    forms.change_form(readers, {"is_open": False})
    deal(mailer)

    assert mailer.sent == []


def test_a_mail_that_cannot_be_made_stops_no_other(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Neither a confirmation nor a welcome; the broken ones wait a minute."""
    forms.change_form(readers, {"sends_welcome": True})
    for name in ("ann", "bob"):
        ask(f"{name}@example.org")
    deal(mailer)
    for mail in mailer.sent:
        confirming.confirm(mail.url, timezone.now())
        clock.shift(dt.timedelta(seconds=1))
    mailer.broken = {"ann@example.org", "jane@example.org"}
    ask("jane@example.org")
    clock.shift(dt.timedelta(seconds=1))
    ask("kim@example.org")
    mailer.sent.clear()

    with pytest.raises(ZeroDivisionError):
        deal(mailer)
    deal(mailer)

    assert [(m.kind, m.address) for m in mailer.sent] == [
        ("confirm", "kim@example.org"),
        ("welcome", "bob@example.org"),
    ]
    mailer.broken.clear()
    clock.shift(dt.timedelta(minutes=1))
    deal(mailer)
    assert [(m.kind, m.address) for m in mailer.sent[2:]] == [
        ("confirm", "jane@example.org"),
        ("welcome", "ann@example.org"),
    ]


def test_what_is_given_back_is_the_mail_that_did_not_leave(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """A request of somebody who waits for a welcome is asked again; counts never fall below 0."""
    forms.change_form(readers, {"sends_welcome": True})
    ask()
    deal(mailer)
    confirming.confirm(mailer.token(), timezone.now())
    clock.shift(dt.timedelta(days=2))
    ask()
    mailer.answers = [NotSubmitted("busy")]

    with pytest.raises(NotSubmitted):
        deal(mailer)

    row = SignUp.objects.get()
    assert (row.mails, row.due_at) == (0, timezone.now() + follow_up.RETRY)
    assert row.welcome_due_at is not None
    assert row.welcome_due_at < timezone.now()
    clock.shift(dt.timedelta(minutes=1))
    deal(mailer)
    assert mailer.kinds == ["confirm", "already", "welcome"]


def test_mails_to_who_is_subscribed_use_up_no_confirmations(
    form: SignUpForm, readers: List, ask: Ask, mailer: Mailer, clock: time_machine.Traveller
) -> None:
    """Who was told three times, and then left, can come back at once; three times at most."""
    person = subscribed(readers)
    for _ in range(3):
        ask()
        deal(mailer)
        clock.shift(dt.timedelta(days=1))
    unsubscribe(person.pk)
    for _ in range(5):
        clock.shift(dt.timedelta(minutes=10))
        ask()
        deal(mailer)

    assert mailer.kinds == ["already"] * 3 + ["confirm"] * 3
