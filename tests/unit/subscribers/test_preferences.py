"""What the preference page does: pauses, another address, data, erasure, reasons."""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.core import mail
from django.db.models.signals import post_init, pre_save
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.errors import NewsletterError, NotSubmitted, OutcomeUnknown
from newsletter.publishing.models import Publication
from newsletter.sending.models import Exclusion, Send
from subscribers.links import make_token, preferences_url, unsubscribe_url
from subscribers.list_suppressions import (
    is_suppressed_for_list,
    lists_suppressed_for,
    suppress_for_list,
)
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences import address_changes, counting, pages, pauses
from subscribers.preferences.counting import find_refusers
from subscribers.preferences.mails import write_due_mails
from subscribers.preferences.models import AddressChange, Pause, PausedIssue
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.models import ErasedAddress
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import Reason, is_suppressed, suppress
from subscribers.views import Visitor, come_back
from tests.publications import create_publication
from tests.unit.subscribers.conftest import Person


@pytest.fixture(autouse=True)
def _outbox(settings: Settings) -> None:
    """Keep mails in memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def jane(weekly: List, person: Person) -> Subscriber:
    """Somebody who gets the weekly digest."""
    return person("jane@lowen.org", name="Jane Doe", weekly="active")


@pytest.fixture
def prefer(jane: Subscriber) -> str:
    """The path of her preferences link."""
    return preferences_url("", jane.pk)


def post(client: Client, path: str, status: int = 200, **form: object) -> str:
    """Return the page that a form leads to."""
    answer = client.post(path, form)
    assert answer.status_code == status, answer.content.decode()
    return " ".join(answer.content.decode().split())


def states(person: Subscriber) -> dict[str, str]:
    """Return a person's lists with the state on each."""
    return dict(person.subscriptions.values_list("list__slug", "state"))


def kinds(person: Subscriber) -> list[str]:
    """Return what the history says of a person."""
    return list(person.changes.values_list("kind", flat=True))


def ask_for(client: Client, prefer: str, email: str) -> str:
    """Ask for another address, write the mails, and return the answer of the page."""
    said = post(client, prefer, act="address", email=email)
    write_due_mails()
    return said


def confirm_path() -> str:
    """Return the path of the link in the last mail."""
    start = mail.outbox[-1].body.index("/a/")
    return str(mail.outbox[-1].body)[start:].split()[0]


def test_pause_is_chosen_and_ended(client: Client, jane: Subscriber, prefer: str) -> None:
    """The page says how long it lasts, and the history has both."""
    assert "next 3 issues do not come" in post(client, prefer, act="pause", issues="3")
    assert pauses.remaining(jane) == 3
    assert "The pause is over" in post(client, prefer, act="resume")
    assert pauses.remaining(jane) == 0
    assert kinds(jane) == ["paused", "resumed"]


def test_counting_is_refused_and_allowed_again(
    client: Client, jane: Subscriber, prefer: str, weekly: List
) -> None:
    """The page speaks of it only where a publication of theirs counts, or the person refuses."""
    assert "Opens and clicks" not in client.get(prefer).text
    digest = create_publication("Tideline Digest")
    Publication.objects.update(count_clicks=True)
    assert "Opens and clicks" not in client.get(prefer).text
    digest.lists.add(weekly)
    said = client.get(prefer).text
    assert "Tideline Digest: our mail provider counts which links" in said
    assert "a picture in the mail" not in said

    assert "You are not counted any more" in post(client, prefer, act="uncount")
    assert counting.is_refused(jane)
    assert find_refusers([jane.pk, jane.pk + 1]) == {jane.pk}
    Publication.objects.update(count_clicks=False)
    assert "Let it be counted again" in client.get(prefer).text
    held = post(client, prefer, act="data")
    assert "not counted, as you asked" in held
    assert "refusals" not in held
    post(client, prefer, act="uncount")
    assert "may be counted again" in post(client, prefer, act="count")
    post(client, prefer, act="count")

    assert not counting.is_refused(jane)
    assert kinds(jane) == ["uncounted", "counted"]
    assert "Opens and clicks" not in client.get(prefer).text


def test_refusal_goes_along_to_another_address(
    jane: Subscriber, person: Person, weekly: List
) -> None:
    """Who becomes somebody that was known refuses there, too; erasure takes it away."""
    other = person("other@lowen.org", weekly="active")
    counting.refuse(jane)

    change = address_changes.ask_for_change(jane, other.email)
    address_changes.confirm_change(address_changes.make_secret(change))

    assert counting.is_refused(other)
    erase_person(other)
    assert not counting.refuse(other)
    assert find_refusers([jane.pk, other.pk]) == set()


@pytest.mark.parametrize("by", ["a link of the old mailbox", "who they became", "before"])
def test_refusal_holds_for_each_row_of_a_person(
    client: Client, jane: Subscriber, prefer: str, person: Person, weekly: List, by: str
) -> None:
    """One person had both addresses, and each has had mail that may still be opened."""
    other = person("other@lowen.org", weekly="active")
    if by == "before":
        counting.refuse(other)

    change = address_changes.ask_for_change(jane, other.email)
    address_changes.confirm_change(address_changes.make_secret(change))
    if by == "who they became":
        counting.refuse(other)
    if by == "a link of the old mailbox":
        post(client, prefer, act="uncount")

    assert find_refusers([jane.pk, other.pk]) == {jane.pk, other.pk}
    post(client, prefer, act="count")
    assert find_refusers([jane.pk, other.pk]) == {other.pk}


@pytest.mark.parametrize("issues", ["0", "13", "-1", "x", "", "9999999"])
def test_odd_pauses_are_refused(client: Client, jane: Subscriber, prefer: str, issues: str) -> None:
    """What the page does not offer pauses nobody."""
    assert "1 to 12 issues" in post(client, prefer, 400, act="pause", issues=issues)
    assert pauses.remaining(jane) == 0


def test_language_is_saved_and_spoken(client: Client, jane: Subscriber, prefer: str) -> None:
    """The page speaks the person's own language from then on, whatever the browser asks for."""
    page = post(client, prefer, act="save", name="Jane Doe", language="ja", lists="")

    jane.refresh_from_db()
    assert jane.language == "ja"
    assert '<html lang="ja"' in page
    english = client.get(prefer, headers={"accept-language": "en"}).content.decode()
    assert '<html lang="ja"' in english
    assert "language" in kinds(jane)


def test_no_language_is_refused(client: Client, jane: Subscriber, prefer: str) -> None:
    """A forged form changes nothing."""
    assert "no language" in post(client, prefer, 400, act="save", language="<script>")
    jane.refresh_from_db()
    assert (jane.language, states(jane)) == ("", {"weekly": "active"})


def test_one_list_is_left_with_a_reason(client: Client, weekly: List, person: Person) -> None:
    """The others stay; the reason is in the history, in the person's own words if there are any."""
    List.objects.create(name="Monthly", slug="monthly")
    joe = person("joe@lowen.org", weekly="active", monthly="active")

    said = post(
        client,
        preferences_url("", joe.pk),
        act="leave",
        list=weekly.pk,
        reason="=too_many",
        words=" Too  much ",
    )

    assert "You have left this list" in said
    assert states(joe) == {"weekly": "unsubscribed", "monthly": "active"}
    assert joe.changes.get().reason == "Too much"


def test_list_of_others_is_not_left(client: Client, jane: Subscriber, prefer: str) -> None:
    """A number that is none of the person's lists leaves nothing, and not everything."""
    post(client, prefer, 400, act="leave", list="999")
    assert states(jane) == {"weekly": "active"}


def test_reason_after_unsubscribing(client: Client, jane: Subscriber, weekly: List) -> None:
    """The page after the button asks why; only a choice of the page, or own words, are kept."""
    leave = unsubscribe_url("", jane.pk, [weekly.pk])
    assert "Why?" in post(client, leave, confirm="1")

    assert "Thank you" in post(client, leave, why="1", reason="=never_asked")

    assert jane.changes.get().reason == "=never_asked"
    assert states(jane) == {"weekly": "unsubscribed"}


def test_new_address_counts_once_it_is_confirmed(
    client: Client, jane: Subscriber, prefer: str
) -> None:
    """A mail goes to the new address; its page asks, its button acts; the old one is told."""
    assert "Open the link in that mail" in ask_for(client, prefer, "Janet@Lowen.org")
    assert [each.to for each in mail.outbox] == [["Janet@lowen.org"]]
    path = confirm_path()
    for method in (client.get, client.head):
        assert method(path).status_code == 200
    jane.refresh_from_db()
    assert jane.email == "jane@lowen.org"

    assert "Your address is changed" in post(client, path, confirm="1")
    assert "Your address is changed" in post(client, path, confirm="1")
    write_due_mails()
    write_due_mails()

    jane.refresh_from_db()
    assert (jane.email, jane.key) == ("Janet@lowen.org", "janet@lowen.org")
    assert states(jane) == {"weekly": "active"}
    assert [each.to for each in mail.outbox[1:]] == [["jane@lowen.org"]]
    assert "J…@lowen.org" in mail.outbox[1].body
    assert "Janet" not in mail.outbox[1].body
    assert AddressChange.objects.get().old_email == ""
    assert kinds(jane) == ["address"]


def test_known_address_gets_the_lists_of_both(
    client: Client, jane: Subscriber, prefer: str, person: Person
) -> None:
    """Two people become one; rows of both stay, for the ledger counts them."""
    List.objects.create(name="Monthly", slug="monthly")
    other = person("other@lowen.org", monthly="active")
    pauses.pause(jane, 2)

    ask_for(client, prefer, other.email)
    post(client, confirm_path(), confirm="1")

    other.refresh_from_db()
    assert states(other) == {"weekly": "active", "monthly": "active"}
    assert states(jane) == {"weekly": "unsubscribed"}
    assert (other.name, pauses.remaining(other)) == ("Jane Doe", 2)


def test_another_address_ends_no_suppression_for_a_list(
    jane: Subscriber, person: Person, weekly: List
) -> None:
    """Nor evades it; but a mailbox that does not exist says nothing of another one."""
    monthly, daily = (List.objects.create(name=name, slug=name) for name in ("monthly", "daily"))
    other = person("other@lowen.org", weekly="active", monthly="active")
    for one in (monthly, daily):
        Subscription.objects.create(subscriber=jane, list=one)
    suppress_for_list(jane.email, daily)
    suppress_for_list(other.email, weekly, Reason.COMPLAINED)
    change = address_changes.ask_for_change(jane, other.email)
    address_changes.confirm_change(address_changes.make_secret(change))

    assert states(other) == {"weekly": "active", "monthly": "active"}
    assert is_suppressed_for_list(other.email, weekly.pk)

    suppress_for_list(other.email, monthly, Reason.BOUNCED)
    change = address_changes.ask_for_change(other, "new@lowen.org")
    address_changes.confirm_change(address_changes.make_secret(change))

    assert lists_suppressed_for("new@lowen.org") == {weekly.pk}


def test_saving_a_name_ends_no_subscription(
    client: Client, jane: Subscriber, weekly: List, prefer: str
) -> None:
    """The page does not show a list as chosen that the person is suppressed for."""
    suppress_for_list(jane.email, weekly)

    post(client, prefer, act="save", name="Jane D.")

    assert states(jane) == {"weekly": "active"}
    assert is_suppressed_for_list(jane.email, weekly.pk)


def test_running_pause_moves_to_who_has_a_used_up_one(
    jane: Subscriber, person: Person, weekly: List
) -> None:
    """What remains counts, and an issue that left somebody out before is known to the pause."""
    other = person("other@lowen.org", weekly="active")
    pauses.pause(jane, 2)
    pauses.pause(other, 1)
    PausedIssue.objects.create(pause=Pause.objects.get(subscriber=other), issue=7, send=1)

    change = address_changes.ask_for_change(jane, other.email)
    address_changes.confirm_change(address_changes.make_secret(change))

    assert pauses.remaining(other) == 2
    assert PausedIssue.objects.get().pause.subscriber == other


def test_longer_pause_of_who_is_known_stays(jane: Subscriber, person: Person, weekly: List) -> None:
    """The one with more issues to come counts."""
    other = person("other@lowen.org", weekly="active")
    pauses.pause(jane, 2)
    pauses.pause(other, 3)

    change = address_changes.ask_for_change(jane, other.email)
    address_changes.confirm_change(address_changes.make_secret(change))

    assert pauses.remaining(other) == 3


def test_address_taken_at_the_same_time_is_no_error(client: Client, jane: Subscriber) -> None:
    """Somebody new gets the address while it is confirmed."""
    change = address_changes.ask_for_change(jane, "new@lowen.org")
    secret = address_changes.make_secret(change)

    def take(**_signal: object) -> None:
        pre_save.disconnect(take, sender=Subscriber)
        Subscriber.objects.create(email="new@lowen.org")

    pre_save.connect(take, sender=Subscriber)
    try:
        said = post(client, reverse("confirm_address", args=[secret]), confirm="1")
    finally:
        pre_save.disconnect(take, sender=Subscriber)

    assert "Your address is changed" in said


def test_change_that_is_gone_by_now_is_said_in_words(client: Client, jane: Subscriber) -> None:
    """It is taken back in another tab while it is confirmed here."""
    change = address_changes.ask_for_change(jane, "new@lowen.org")
    secret = address_changes.make_secret(change)

    seen: list[object] = []

    def take_back(instance: Subscriber, **_signal: object) -> None:
        # The page and the change find the person with the link; then the row is locked.
        seen.append(instance.pk)
        if len(seen) == 3:
            AddressChange.objects.all().delete()

    post_init.connect(take_back, sender=Subscriber)
    try:
        said = post(client, reverse("confirm_address", args=[secret]), 404, confirm="1")
    finally:
        post_init.disconnect(take_back, sender=Subscriber)

    assert len(seen) == 3
    assert "This link does not work" in said


def test_answer_is_the_same_for_every_address(
    client: Client, jane: Subscriber, prefer: str, person: Person
) -> None:
    """Nobody learns from the page whether an address is known or suppressed."""
    person("known@lowen.org", weekly="active")
    suppress("gone@lowen.org")
    answers = []
    for email in ("new@lowen.org", "known@lowen.org", "gone@lowen.org"):
        answers.append(ask_for(client, prefer, email).replace(email, "ADDRESS"))
        post(client, prefer, act="keep_address")

    assert len(set(answers)) == 1
    assert [each.to for each in mail.outbox] == [["new@lowen.org"], ["known@lowen.org"]]


@pytest.mark.parametrize("email", ["", "jane", "jane@lowen", "JANE@lowen.org"])
def test_wrong_address_is_said_at_its_field(
    client: Client, jane: Subscriber, prefer: str, email: str
) -> None:
    """What is no address, or the same one, is refused and kept in the field."""
    page = post(client, prefer, 400, act="address", email=email)

    assert f'value="{email}" aria-invalid="true"' in page
    assert not AddressChange.objects.exists()


def test_address_link_works_for_seven_days_and_once_replaced_no_more(
    client: Client, jane: Subscriber, prefer: str
) -> None:
    """The newest wish counts, and an old or unknown link says so."""
    ask_for(client, prefer, "one@lowen.org")
    old = confirm_path()
    ask_for(client, prefer, "two@lowen.org")

    for path in (old, reverse("confirm_address", args=["nonsense"])):
        assert "This link does not work" in post(client, path, 404, confirm="1")
    AddressChange.objects.update(created_at="2026-01-01T00:00:00Z")
    post(client, confirm_path(), 404, confirm="1")
    jane.refresh_from_db()
    assert jane.email == "jane@lowen.org"


def test_mail_that_cannot_leave_is_tried_again(
    client: Client,
    jane: Subscriber,
    prefer: str,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not before a minute; the link of the first try dies with it; the log names nobody."""
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"
    ask_for(client, prefer, "new@lowen.org")
    assert AddressChange.objects.get().mailed_at is None
    assert "waits" in caplog.text
    assert "new@" not in caplog.text

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert write_due_mails() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        assert write_due_mails() == 1
        assert write_due_mails() == 0


class Refuses:
    """A way out that is closed."""

    error: NewsletterError = NotSubmitted("new@lowen.org: try later")

    def __init__(self, **_options: object) -> None:
        """Take what Django gives."""

    def send_messages(self, _mails: object) -> int:
        """Refuse."""
        raise self.error


class Silent(Refuses):
    """A way out that gives no answer."""

    error = OutcomeUnknown("new@lowen.org: reset")


def test_mail_that_may_have_left_is_not_sent_again(
    client: Client, jane: Subscriber, prefer: str, settings: Settings
) -> None:
    """Neither the mail to the new address nor the one to the old one."""
    ask_for(client, prefer, "new@lowen.org")
    path = confirm_path()
    settings.EMAIL_BACKEND = f"{__name__}.Silent"
    AddressChange.objects.update(mailed_at=None)
    write_due_mails()
    assert AddressChange.objects.get().mailed_at is not None
    secret = path.rstrip("/").rpartition("/")[2]
    AddressChange.objects.update(secret_hash=address_changes.hash_secret(secret))
    post(client, path, confirm="1")
    write_due_mails()

    assert AddressChange.objects.get().told_at is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        assert write_due_mails() == 0


def test_old_mailbox_gets_no_link_of_somebody_else(
    client: Client, jane: Subscriber, prefer: str, person: Person, weekly: List
) -> None:
    """After two people became one, the old address is told with its own page alone."""
    other = person("other@lowen.org", weekly="active")
    ask_for(client, prefer, other.email)
    post(client, confirm_path(), confirm="1")

    write_due_mails()

    assert mail.outbox[-1].to == ["jane@lowen.org"]
    assert preferences_url("", jane.pk) in mail.outbox[-1].body
    assert preferences_url("", other.pk) not in mail.outbox[-1].body


@pytest.mark.parametrize("form", [{"List-Unsubscribe": "One-Click"}, {"confirm": "1"}])
def test_links_of_earlier_mails_leave_for_whoever_the_person_became(
    client: Client, jane: Subscriber, weekly: List, person: Person, form: dict[str, str]
) -> None:
    """Through any number of changes, for the lists of the link alone; other pages stay closed."""
    List.objects.create(name="Monthly", slug="monthly")
    between, last = person("k@lowen.org"), person("l@lowen.org", monthly="active")
    for one, into in ((jane, between), (between, last)):
        change = address_changes.ask_for_change(one, into.email)
        address_changes.confirm_change(address_changes.make_secret(change))
    link = unsubscribe_url("", jane.pk, [weekly.pk])
    assert states(last) == {"weekly": "active", "monthly": "active"}
    assert "Unsubscribe?" in client.get(link).content.decode()

    post(client, link, **form)

    assert states(last) == {"weekly": "unsubscribed", "monthly": "active"}
    assert "already" in client.get(link).content.decode()
    assert "j…@lowen.org" in client.get(preferences_url("", jane.pk)).content.decode()


def test_reason_without_signs_that_a_database_refuses(
    client: Client, jane: Subscriber, prefer: str, weekly: List
) -> None:
    """Control characters in the words do not keep anybody from leaving."""
    post(client, prefer, act="leave", list=weekly.pk, words="Too\0 much\x1b")

    assert states(jane) == {"weekly": "unsubscribed"}
    assert jane.changes.get().reason == "Too much"


def test_data_is_shown_and_downloaded(client: Client, jane: Subscriber, prefer: str) -> None:
    """As a page in words, and as JSON with the same rows."""
    page = post(client, prefer, act="data")
    assert "Weekly digest: active" in page
    assert "jane@lowen.org" in page

    answer = client.post(prefer, {"act": "download"})

    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(answer.content)["subscriber"]["email"] == "jane@lowen.org"


def test_erase_asks_first(client: Client, jane: Subscriber, prefer: str) -> None:
    """The first button only asks; after the second nothing is held but a suppression."""
    assert "cannot be undone" in post(client, prefer, act="erase")
    assert Subscriber.objects.exists()

    assert "You are erased" in post(client, prefer, act="erase", sure="1")

    assert not Subscriber.objects.exists()
    assert is_suppressed("jane@lowen.org")
    assert "We hold no address" in post(client, prefer, act="save", name="Back")
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {"act": "save", "name": "Jane Doe", "language": "en", "lists": "1"},
        {"act": "pause", "issues": "2"},
        {"act": "resume"},
        {"act": "address", "email": "new@lowen.org"},
        {"act": "leave"},
        {"act": "lift"},
        {"act": "data"},
        {"act": "download"},
        {"act": "erase", "sure": "1"},
    ],
)
@pytest.mark.parametrize("counted", [False, True])
def test_acts_on_who_was_erased_meanwhile_do_nothing(
    rf: RequestFactory,
    jane: Subscriber,
    send: Send,
    form: dict[str, str],
    counted: bool,
) -> None:
    """A page that was opened before the erasure changes nothing after it, and is no error."""
    if counted:
        Exclusion.objects.create(send=send, subscriber=jane, reason="pending")
    visitor = Visitor(make_token(jane.pk), Subscriber.objects.get(pk=jane.pk), (), "en")
    erase_person(jane)
    before = snapshot()

    said, answer = pages.do_act(form["act"], rf.post("/", form), visitor)

    assert (said.person, answer) == (None, {})
    assert snapshot() == before


def test_nobody_erased_comes_back_by_a_page_of_before(
    rf: RequestFactory, jane: Subscriber, weekly: List, send: Send
) -> None:
    """The button that undoes leaving finds nobody; erasing twice keeps one hash."""
    Exclusion.objects.create(send=send, subscriber=jane, reason="pending")
    unsubscribe(jane.pk)
    visitor = Visitor(make_token(jane.pk), Subscriber.objects.get(pk=jane.pk), (weekly.pk,), "en")
    erase_person(jane)
    erase_person(jane)

    page = come_back(rf.post("/", {"undo": "1", "lists": str(weekly.pk)}), visitor)

    assert "We hold no address" in page.content.decode()
    assert states(jane) == {"weekly": "unsubscribed"}
    assert ErasedAddress.objects.count() == 1


def test_scanners_change_nothing(
    client: Client, jane: Subscriber, weekly: List, prefer: str
) -> None:
    """GET and HEAD of every link of every page and mail leave every row as it is."""
    ask_for(client, prefer, "new@lowen.org")
    paths = [prefer, unsubscribe_url("", jane.pk, [weekly.pk]), confirm_path()]
    before = snapshot()

    for path in paths:
        for query in ("", "?act=leave", "?act=erase&sure=1", "?confirm=1", "?act=lift"):
            for method in (client.get, client.head):
                assert method(path + query).status_code == 200

    assert snapshot() == before


def snapshot() -> list[object]:
    """Return every row of this app."""
    from django.apps import apps

    models = sorted(apps.get_app_config("subscribers").get_models(), key=lambda each: each.__name__)
    return [list(model._default_manager.order_by("pk").values()) for model in models]
