"""SendGrid's suppression lists, with the emulator behind them: read, applied, pushed, refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from newsletter.cli import suppression
from newsletter.conf.config import Config
from newsletter.conf.schema import SendGrid, Sending
from newsletter.errors import (
    AccountError,
    BadInput,
    InvalidTransition,
    NotFound,
    OutcomeUnknown,
    Throttled,
)
from newsletter.sending.models import Delivery
from newsletter.tracking import daily_pull, provider_lists, provider_removal
from newsletter.tracking.models import Event, SuppressionPull
from newsletter.transports.sendgrid.suppressions import SendGridSuppressionLists, entry_of
from newsletter.transports.suppression_lists import ListedAddress, ListKind
from sendgrid_emulator import Emulator
from sendgrid_emulator.state.suppressions import Entry
from subscribers.history.models import Actor
from subscribers.list_suppressions import lift_for_lists, suppress_for_list
from subscribers.models import (
    List,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionRemoval,
)
from subscribers.suppressions import Reason, lift_suppression, remove, suppress
from tests.conformance.test_senders import QUICK
from tests.unit.tracking.conftest import (
    SubmitMail,
    add_people,
    issue,
    publication,
    readers,
    start,
    submit_mail,
)

__all__ = ["add_people", "issue", "publication", "readers", "start", "submit_mail"]

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An account of its own."""
    with Emulator() as running:
        yield running


@pytest.fixture
def config(emulator: Emulator, settings: Settings) -> Config:
    """The settings, with that account."""
    current: Config = settings.CONFIG
    changed: Config = current.model_copy(
        update={
            "sendgrid": SendGrid(base_url=emulator.url),
            "sending": Sending(transport="sendgrid"),
        }
    )
    settings.CONFIG = changed
    return changed


def listed(emulator: Emulator, name: str, *emails: str, ago: dt.timedelta = HOUR) -> None:
    """Put addresses on a list of the provider."""
    created = int((timezone.now() - ago).timestamp())
    for email in emails:
        entry = Entry(email, created, "550 5.1.1 unknown", "5.1.1")
        emulator.account.suppressions.add(name, entry)


def test_lists_are_read_in_pages_and_times(emulator: Emulator) -> None:
    """All entries between two times come, however many pages that takes."""
    lists = SendGridSuppressionLists(base_url=emulator.url, api_key="SG.test", limits=QUICK)
    listed(emulator, "bounces", *(f"p{number}@e.org" for number in range(1200)))
    listed(emulator, "bounces", "old@e.org", ago=3 * DAY)
    now = timezone.now()

    recent = list(lists.read(ListKind.BOUNCES, since=now - DAY, until=now))
    whole = list(lists.read(ListKind.BOUNCES, since=None, until=now))

    assert [len(page) for page in recent] == [500, 500, 200]
    assert sum(len(page) for page in whole) == 1201
    assert recent[0][0].note == "5.1.1 550 5.1.1 unknown"
    assert list(lists.read(ListKind.BLOCKS, since=None, until=now)) == []
    lists.close()


@pytest.mark.parametrize(
    "entry",
    [
        {"email": "a@e.org"},
        {"email": "a@e.org", "created": "yesterday"},
        {"email": "a@e.org", "created": True},
        {"email": "a@e.org", "created": 10**15},
        {"email": ["a@e.org"], "created": 1},
        {"created": 1},
    ],
)
def test_faulty_entries_are_no_entries(entry: dict[str, object]) -> None:
    """Nothing is suppressed by an answer of another form."""
    with pytest.raises(OutcomeUnknown):
        entry_of(entry)


def test_who_is_listed_is_suppressed_here(emulator: Emulator, config: Config) -> None:
    """Each list for its reason, with source, date and history; readers' own acts end lists, too."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    for name in ("bounced", "spam", "left"):
        person = Subscriber.objects.create(email=f"{name}@e.org")
        Subscription.objects.create(subscriber=person, list=weekly)
    suppress("ours@e.org", by="mika")
    listed(emulator, "bounces", "Bounced@e.org")
    listed(emulator, "invalid_emails", "invalid@e.org")
    listed(emulator, "spam_reports", "spam@e.org")
    listed(emulator, "unsubscribes", "left@e.org", "stranger@e.org", "ours@e.org")

    now = timezone.now()
    tried = provider_lists.pull(config, since=now - DAY, until=now, dry_run=True)
    assert Suppression.objects.count() == 1
    done = provider_lists.pull(config, since=now - DAY, until=now)
    again = provider_lists.pull(config, since=now - DAY, until=now)

    assert tried.new == done.new
    assert done.new == {"bounces": 1, "invalid_emails": 1, "spam_reports": 1, "unsubscribes": 2}
    assert sum(again.new.values()) == 0
    reasons = dict(Suppression.objects.values_list("key", "reason"))
    assert reasons == {
        "bounced@e.org": "bounced",
        "invalid@e.org": "invalid",
        "spam@e.org": "complained",
        "left@e.org": "unsubscribed",
        "stranger@e.org": "unsubscribed",
        "ours@e.org": "manual",
    }
    entry = Suppression.objects.get(key="bounced@e.org")
    assert (entry.source, entry.by) == ("provider", "=provider")
    assert entry.note.startswith("on the provider's list bounces since 20")
    states = dict(Subscription.objects.values_list("subscriber__key", "state"))
    assert states == {
        "bounced@e.org": "active",
        "spam@e.org": "unsubscribed",
        "left@e.org": "unsubscribed",
    }
    left = Subscriber.objects.get(key="left@e.org")
    assert set(left.changes.values_list("kind", "by")) == {
        ("left", "=provider"),
        ("suppressed", "=provider"),
    }


def test_absence_and_old_entries_say_nothing(emulator: Emulator, config: Config) -> None:
    """Who is off the list stays suppressed; who was let back here is so only by a newer entry."""
    listed(emulator, "bounces", "a@e.org", "b@e.org", ago=2 * HOUR)
    now = timezone.now()
    provider_lists.pull(config, since=None, until=now)
    emulator.account.suppressions.remove("bounces", "a@e.org")
    remove("b@e.org", why="works again", confirmed=True)

    provider_lists.pull(config, since=None, until=now)
    assert list(Suppression.objects.values_list("key", flat=True)) == ["a@e.org"]

    emulator.account.suppressions.remove("bounces", "b@e.org")
    listed(emulator, "bounces", "b@e.org", ago=-HOUR)
    provider_lists.pull(config, since=None, until=now + 2 * HOUR)
    assert Suppression.objects.count() == 2


def test_readers_own_acts_are_forgiven_by_themselves_only(
    emulator: Emulator, config: Config
) -> None:
    """Neither the end of another suppression here, nor of one for a list, hides a complaint."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    listed(emulator, "spam_reports", "spam@e.org", "back@e.org", ago=DAY)
    listed(emulator, "unsubscribes", "left@e.org", "pushed@e.org", ago=HOUR)
    listed(emulator, "bounces", "list@e.org", ago=HOUR)
    for name in ("spam", "left", "pushed"):
        suppress(f"{name}@e.org")
    Suppression.objects.filter(key="pushed@e.org").update(created_at=timezone.now() - DAY)
    for name in ("spam", "left", "pushed"):
        remove(f"{name}@e.org", why="typed by mistake", by="mika")
    suppress("back@e.org", Reason.COMPLAINED)
    lift_suppression("back@e.org")
    suppress_for_list("list@e.org", weekly)
    lift_for_lists("list@e.org")

    provider_lists.pull(config, since=None, until=timezone.now())

    assert dict(Suppression.objects.values_list("key", "reason")) == {
        "spam@e.org": "complained",
        "left@e.org": "unsubscribed",
        "list@e.org": "bounced",
    }


def test_notes_have_no_addresses(
    emulator: Emulator, config: Config, submit_mail: SubmitMail
) -> None:
    """Servers repeat the address in what they say; the ledger must not keep it."""
    blocked = submit_mail(1).deliveries.get()
    created = int(timezone.now().timestamp()) + 1
    entry = Entry(blocked.address, created, f"450 <{blocked.address}>: full", "4.2.2")
    emulator.account.suppressions.add("blocks", entry)
    found = entry_of({"email": "a@e.org", "created": 1, "reason": "550 <a@e.org>: unknown"})
    listing = ListedAddress(blocked.address, timezone.now(), f"450 <{blocked.address}>: full")

    provider_lists.pull(config, since=None, until=timezone.now() + HOUR)

    blocked.refresh_from_db()
    assert found.note == "550 <…>: unknown"
    assert blocked.reason == Event.objects.get().reason == "4.2.2 450 <…>: full"
    assert provider_lists.missed_event(listing, blocked.pk).reason == "450 <…>: full"


def test_pull_locks_as_events_do(emulator: Emulator, config: Config) -> None:
    """First suppressions, then subscriptions: so the two do not block each other."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    person = Subscriber.objects.create(email="spam@e.org")
    Subscription.objects.create(subscriber=person, list=weekly)
    listed(emulator, "spam_reports", "spam@e.org")

    provider_lists.pull(config, since=None, until=timezone.now())

    kinds = person.changes.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["suppressed", "left"]


def test_blocks_count_as_missed_events(
    emulator: Emulator, config: Config, submit_mail: SubmitMail
) -> None:
    """Each is noted once, at the last mail to that address of which nothing is known."""
    send = submit_mail(2)
    blocked, other = send.deliveries.order_by("pk")
    listed(emulator, "blocks", blocked.address, "stranger@e.org", ago=-dt.timedelta(seconds=1))
    now = timezone.now() + HOUR

    first = provider_lists.pull(config, since=None, until=now)
    second = provider_lists.pull(config, since=None, until=now)

    assert (first.new["blocks"], second.new["blocks"]) == (1, 0)
    blocked.refresh_from_db()
    other.refresh_from_db()
    assert (blocked.outcome, other.outcome) == (Delivery.Outcome.BLOCKED, None)
    assert Event.objects.get().kind == Event.Kind.BLOCKED
    assert not Suppression.objects.exists()


def test_ours_are_pushed_once(emulator: Emulator, config: Config) -> None:
    """What the provider lists already is not sent; a dry run sends nothing."""
    listed(emulator, "bounces", "bounced@e.org")
    for name in ("bounced", "a", "b"):
        suppress(f"{name}@e.org")
    now = timezone.now()

    tried = provider_lists.push(config, until=now + HOUR, dry_run=True)
    assert not emulator.account.suppressions.entries("unsubscribes")
    done = provider_lists.push(config, until=now + HOUR)
    again = provider_lists.push(config, until=now + HOUR)

    assert (tried.pushed, done.pushed, done.suppressed, again.pushed) == (2, 2, 3, 0)
    found = emulator.account.suppressions.entries("unsubscribes")
    assert {entry.email for entry in found} == {"a@e.org", "b@e.org"}


def on_lists(emulator: Emulator, email: str) -> list[str]:
    """Return the lists of the provider that an address is on."""
    lists = emulator.account.suppressions
    return [str(kind) for kind in ListKind if lists.get(str(kind), email)]


def test_one_address_is_found_and_taken_off(emulator: Emulator) -> None:
    """Whatever signs it has, and however many others are listed; once more does no harm."""
    lists = SendGridSuppressionLists(base_url=emulator.url, api_key="SG.test", limits=QUICK)
    odd = "a+b/c?d#e%20@e.org"
    now = timezone.now()
    for kind in ListKind:
        listed(emulator, kind, *(f"p{number}@e.org" for number in range(600)), odd)
        entry = lists.find(kind, odd, until=now)
        assert entry is not None
        assert (entry.email, now - entry.at < 2 * HOUR) == (odd, True)

        lists.remove(kind, odd)
        lists.remove(kind, odd)

        assert lists.find(kind, odd, until=now) is None
        assert len(emulator.account.suppressions.entries(kind)) == 600
    lists.close()


def test_a_suppression_ends_at_the_provider_too(emulator: Emulator, config: Config) -> None:
    """With a reason, which is kept with the lists; what we pushed goes, too."""
    Subscriber.objects.create(email="A@e.org")
    suppress("a@e.org", by="mika")
    Suppression.objects.update(created_at=timezone.now() - DAY)
    listed(emulator, "unsubscribes", "a@e.org")
    listed(emulator, "bounces", "a@e.org", "b@e.org")
    with pytest.raises(BadInput):
        provider_removal.remove_everywhere(config, "a@e.org", why=" ")

    done = provider_removal.remove_everywhere(config, "a@e.org", why="typed wrong", by="mika")

    assert done.lists == ("bounces", "unsubscribes")
    assert done.removal.why == "typed wrong (also at the mail provider: bounces, unsubscribes)"
    assert on_lists(emulator, "a@e.org") == []
    assert on_lists(emulator, "b@e.org") == ["bounces"]
    assert not Suppression.objects.exists()
    provider_lists.pull(config, since=None, until=timezone.now())
    assert list(Suppression.objects.values_list("key", flat=True)) == ["b@e.org"]


def test_what_readers_did_at_the_provider_stays(emulator: Emulator, config: Config) -> None:
    """Neither they nor we lose anything: all is as before, and the answer says why."""
    for name in ("spam", "left"):
        suppress(f"{name}@e.org")
        listed(emulator, "bounces", f"{name}@e.org")
    listed(emulator, "spam_reports", "spam@e.org")
    listed(emulator, "unsubscribes", "left@e.org")

    for name, of in (("spam", "spam_reports"), ("left", "unsubscribes")):
        with pytest.raises(InvalidTransition, match=f"{name}@e.org .*{of}"):
            provider_removal.remove_everywhere(config, f"{name}@e.org", why="asked")
        assert on_lists(emulator, f"{name}@e.org") == ["bounces", of]
    assert Suppression.objects.count() == 2
    assert not SuppressionRemoval.objects.exists()


def test_what_came_after_the_end_stays(emulator: Emulator, config: Config) -> None:
    """An entry by a clock that is ahead is one, too; of a bounce nobody says that they left."""
    for name in ("left", "full"):
        suppress(f"{name}@e.org")
        remove(f"{name}@e.org", why="x")
    SuppressionRemoval.objects.update(removed_at=timezone.now() - DAY)
    listed(emulator, "unsubscribes", "left@e.org", ago=-HOUR)
    listed(emulator, "bounces", "full@e.org")

    with pytest.raises(InvalidTransition, match="unsubscribes by their own act"):
        provider_removal.remove_everywhere(config, "left@e.org", why="asked")
    with pytest.raises(InvalidTransition, match="bounces after its suppression") as fault:
        provider_removal.remove_everywhere(config, "full@e.org", why="asked")

    assert "suppression pull" in fault.value.hint
    assert on_lists(emulator, "left@e.org") == ["unsubscribes"]
    assert on_lists(emulator, "full@e.org") == ["bounces"]


def test_who_came_back_is_allowed_at_the_provider(emulator: Emulator, config: Config) -> None:
    """Later, too: their own act here outweighs what they did there before."""
    suppress("back@e.org", Reason.COMPLAINED)
    listed(emulator, "spam_reports", "back@e.org")
    lift_suppression("back@e.org")
    with pytest.raises(NotFound):
        provider_removal.remove_everywhere(config, "stranger@e.org", why="asked")

    done = provider_removal.remove_everywhere(config, "back@e.org", why="asked", by="mika")
    again = provider_removal.remove_everywhere(config, "back@e.org", why="asked", by="mika")

    assert (done.lists, again.lists) == (("spam_reports",), ())
    assert on_lists(emulator, "back@e.org") == []
    kept = SuppressionRemoval.objects.order_by("pk").values_list("by", flat=True)
    assert list(kept) == [Actor.PERSON, "mika", "mika"]


def test_nothing_ends_here_if_the_provider_refuses(emulator: Emulator, config: Config) -> None:
    """It can be done again; the answer says what the key needs."""
    suppress("a@e.org", Reason.BOUNCED)
    listed(emulator, "bounces", "a@e.org")
    emulator.account.settings.scopes = ("mail.send", "suppression.read")

    with pytest.raises(InvalidTransition):
        provider_removal.remove_everywhere(config, "a@e.org", why="asked")
    with pytest.raises(AccountError) as refused:
        provider_removal.remove_everywhere(config, "a@e.org", why="asked", confirmed=True)

    assert "full access" in refused.value.hint
    assert Suppression.objects.exists()
    assert not SuppressionRemoval.objects.exists()


def test_the_command_removes_at_the_provider(emulator: Emulator, config: Config) -> None:
    """It names the lists; without the option it says that the provider may still drop mail."""
    for name in ("a", "b"):
        suppress(f"{name}@e.org")
        listed(emulator, "bounces", f"{name}@e.org")

    def run(*words: str) -> str:
        result = CliRunner().invoke(suppression.app, ["remove", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    said = run("a@e.org", "--why", "x", "--at-provider")
    assert "It is off the provider's lists: bounces." in said
    assert "do this again with --at-provider" in run("b@e.org", "--why", "x")
    later = json.loads(run("b@e.org", "--why", "x", "--at-provider", "--json"))
    assert later["provider_lists"] == ["bounces"]
    with pytest.raises(BadInput, match="none of your lists"):
        run("b@e.org", "--why", "x", "--at-provider", "--list", "weekly")


def test_commands_pull_and_push(emulator: Emulator, config: Config) -> None:
    """They say what they did, list by list, and to programs in JSON."""
    listed(emulator, "bounces", "a@e.org")
    suppress("b@e.org")

    def run(*words: str) -> str:
        result = CliRunner().invoke(suppression.app, words, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "bounces: 1 new of 1" in run("pull", "--dry-run")
    assert json.loads(run("pull", "--all", "--json"))["new"]["bounces"] == 1
    assert json.loads(run("pull", "--json"))["new"]["bounces"] == 0
    assert SuppressionPull.objects.get().read_until is not None
    assert "Would push 1 of 2" in run("push", "--dry-run")
    assert json.loads(run("push", "--json")) == {"suppressed": 2, "pushed": 1, "dry_run": False}


def test_key_without_the_scope_is_told_what_to_do(emulator: Emulator, config: Config) -> None:
    """401 and 403 are answered with the place where the key is given its rights."""
    emulator.account.settings.scopes = ("mail.send",)

    with pytest.raises(AccountError, match="403") as refused:
        provider_lists.pull(config, since=None, until=timezone.now())

    assert "API Keys" in refused.value.hint


def test_transport_without_lists_says_so(config: Config) -> None:
    """SMTP has none."""
    smtp = config.model_copy(update={"sending": Sending(transport="smtp")})

    with pytest.raises(InvalidTransition, match="'smtp' has no suppression lists"):
        provider_lists.pull(smtp, since=None, until=timezone.now())
    assert not daily_pull.pull_if_due(smtp, timezone.now())


def test_it_is_done_once_a_day(emulator: Emulator, config: Config) -> None:
    """First a day after the first start; then by one process a day, with an overlap."""
    now = timezone.now()
    assert not daily_pull.pull_if_due(config, now)
    assert not daily_pull.pull_if_due(config, now + 23 * HOUR)
    listed(emulator, "bounces", "a@e.org")

    assert daily_pull.pull_if_due(config, now + DAY)
    assert not daily_pull.pull_if_due(config, now + DAY)
    row = SuppressionPull.objects.get()
    assert (row.new, row.fault, row.read_until) == (1, "", now + DAY)

    # Told late: the entry is older than the last reading.
    listed(emulator, "bounces", "late@e.org", ago=-22 * HOUR)
    assert daily_pull.pull_if_due(config, now + 2 * DAY)
    assert Suppression.objects.filter(key="late@e.org").exists()
    off = config.model_copy(
        update={"suppression": config.suppression.model_copy(update={"pull": False})}
    )
    assert not daily_pull.pull_if_due(off, now + 4 * DAY)


def test_a_clock_that_was_ahead_stops_no_reading(emulator: Emulator, config: Config) -> None:
    """What it wrote down holds for nothing: else whoever left there is mailed for years."""
    now = timezone.now()
    ahead = {"not_before": now + 400 * DAY, "read_until": now + 399 * DAY}
    SuppressionPull.objects.create(provider="sendgrid", **ahead)
    listed(emulator, "unsubscribes", "left@e.org", ago=2 * DAY)

    assert daily_pull.pull_if_due(config, now)

    assert Suppression.objects.filter(key="left@e.org").exists()
    assert not daily_pull.pull_if_due(config, now)


def test_faults_are_told_in_words_and_tried_again(emulator: Emulator, config: Config) -> None:
    """The row says what was wrong; the next try waits as long as the provider asks."""
    now = timezone.now()
    SuppressionPull.objects.create(provider="sendgrid", not_before=now)
    emulator.account.settings.scopes = ("mail.send",)

    assert daily_pull.pull_if_due(config, now)
    row = SuppressionPull.objects.get()
    assert "403" in row.fault
    assert row.not_before == now + HOUR
    assert not daily_pull.pull_if_due(config, now)

    daily_pull.note_fault(row, Throttled("asks to wait", seconds=7200), now)
    row.refresh_from_db()
    assert row.not_before == now + 2 * HOUR
    assert row.read_until is None
