"""Suppressed addresses in the desk: found, added by hand, removed with a reason, by admins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.conf.schema import SendGrid, Sending
from newsletter.publishing.models import Publication
from newsletter.runtime import list_keeper
from newsletter.tracking import list_runs
from newsletter.tracking.models import ProviderListRun, SuppressionPull
from sendgrid_emulator import Emulator
from sendgrid_emulator.state.suppressions import Entry
from subscribers.list_suppressions import is_suppressed_for_list, suppress_for_list
from subscribers.models import ListSuppression, Subscriber, Suppression, SuppressionRemoval
from subscribers.suppressions import Reason, is_suppressed, suppress, suppress_all
from tests.unit.desk.conftest import LogIn

PAGE = "/admin/suppressions/"


def test_suppressions_are_found(publication: Publication, log_in: LogIn) -> None:
    """By part of an address or note, by reason and by source; those for one list by themselves."""
    one = publication.lists.get()
    suppress("ann@tideline.example", note="by phone")
    suppress_all({"bob@tideline.example": Reason.BOUNCED}, "550 unknown")
    suppress_for_list("cy@tideline.example", one)
    client = log_in("Admins")

    def found(query: str = "") -> set[str]:
        shown = client.get(PAGE + query).content.decode()
        return {name for name in ("ann", "bob", "cy") if f"{name}@tideline.example</bdi>" in shown}

    assert found() == {"ann", "bob"}
    assert found("?q=PHONE") == {"ann"}
    assert found("?reason=bounced") == {"bob"} == found("?source=provider")
    assert found("?reason=bored&source=nobody") == {"ann", "bob"}
    assert found(f"?list={one.slug}") == {"cy"}
    assert found("?q=nobody") == set()


def test_addresses_are_added_by_hand(publication: Publication, log_in: LogIn) -> None:
    """For all mail or for one list, with who did it; an address that is none is said beside it."""
    one, client = publication.lists.get(), log_in("Admins")

    client.post(PAGE + "new/", {"address": "ann@tideline.example", "note": "by phone"})
    client.post(
        PAGE + "new/", {"address": "bob@tideline.example", "note": "letter", "list": one.slug}
    )
    empty = client.post(PAGE + "new/", {"address": " ", "note": "x"})
    lost = client.post(PAGE + "new/", {"address": "a@e.org", "note": "x", "list": "nope"})

    entry = Suppression.objects.get()
    assert (entry.key, entry.reason, entry.note) == ("ann@tideline.example", "manual", "by phone")
    assert entry.by
    assert is_suppressed_for_list("bob@tideline.example", one.pk)
    assert (empty.status_code, lost.status_code) == (422, 404)
    assert "an address has 1 to" in empty.content.decode().lower()


def test_removal_needs_a_reason(publication: Publication, log_in: LogIn) -> None:
    """What the provider said needs a word more; a complaint cannot be removed; all is recorded."""
    client = log_in("Admins")
    mine = suppress("ann@tideline.example")
    suppress_all(
        {"bob@tideline.example": Reason.BOUNCED, "cy@tideline.example": Reason.COMPLAINED}, "told"
    )
    bounced = Suppression.objects.get(reason="bounced")
    complained = Suppression.objects.get(reason="complained")
    listed = suppress_for_list("dee@tideline.example", publication.lists.get())

    def remove(pk: int, kind: str = "", **given: str) -> int:
        return client.post(f"{PAGE}{kind}{pk}/remove/", given).status_code

    assert remove(mine.pk, reason=" ") == 422
    assert remove(mine.pk, reason="a slip") == 302
    assert remove(bounced.pk, reason="works again") == 422
    assert remove(bounced.pk, reason="works again", confirmed="1") == 302
    assert remove(complained.pk, reason="they asked", confirmed="1") == 422
    assert remove(listed.pk, "list/", reason="a slip") == 302
    assert remove(999_999, reason="gone") == 302

    assert is_suppressed("cy@tideline.example")
    assert Suppression.objects.count() == 1
    assert not ListSuppression.objects.exists()
    assert set(SuppressionRemoval.objects.values_list("why", flat=True)) == {
        "a slip",
        "works again",
    }
    asked = client.get(f"{PAGE}{complained.pk}/remove/").content.decode()
    assert "only they can undo it" in asked
    assert "Remove it" not in asked


def test_reading_of_the_provider_is_told(
    publication: Publication, log_in: LogIn, settings: Settings
) -> None:
    """When its lists were read, and why they could not be; nothing where there are none."""
    client, config = log_in("Senders"), settings.CONFIG
    settings.CONFIG = config.model_copy(update={"sending": Sending(transport="maildir")})
    assert "ists of the mail provider" not in client.get(PAGE).content.decode()
    SuppressionPull.objects.create(
        provider="sendgrid",
        not_before=timezone.now(),
        read_at=timezone.now(),
        fault="SendGrid answered 403.",
    )
    settings.CONFIG = config.model_copy(update={"sending": Sending(transport="sendgrid")})

    shown = client.get(PAGE).content.decode()

    assert "The lists of the mail provider were read on" in shown
    assert "could not be read, and are tried again. SendGrid answered 403." in shown
    assert "provider-pull" not in shown


def test_the_providers_lists_are_read_and_filled_when_asked(
    publication: Publication, log_in: LogIn, provider: Emulator, settings: Settings
) -> None:
    """Once each in the background, with what was found; by who may suppress, and nobody else."""
    suppress("ann@tideline.example")
    listed_at = int(timezone.now().timestamp()) - 3600
    provider.account.suppressions.add("bounces", Entry("bob@tideline.example", listed_at))
    asked, address = log_in("Admins"), PAGE + "provider/"
    assert log_in("Senders").post(address, {"action": "pull"}).status_code in (302, 403)
    assert asked.get(address, {"action": "pull"}).status_code == 302
    assert not ProviderListRun.objects.exists()

    for action in ("pull", "push", "pull", "tidy"):
        asked.post(address, {"action": action})
    assert asked.get(PAGE + "provider/live/")["X-Import-Busy"] == "1"
    assert "are being read" in asked.get(PAGE).content.decode()
    wakes = [list_keeper.is_asked()]
    done = [list_runs.run_oldest(settings.CONFIG, timezone.now()) for _ in range(3)]
    wakes.append(list_keeper.is_asked())

    assert (done, wakes) == ([True, True, False], [True, False])
    assert asked.get(PAGE + "provider/live/")["X-Import-Busy"] == "0"
    shown = asked.get(PAGE).content.decode()
    assert "Entries read: 1. New here: 1." in shown
    assert "Suppressed here: 2. The provider did not have 1 of them." in shown
    assert is_suppressed("bob@tideline.example")
    assert ProviderListRun.objects.count() == 2


def test_a_run_whose_process_was_killed_is_taken_again(
    publication: Publication, log_in: LogIn, provider: Emulator, settings: Settings
) -> None:
    """After some minutes, and not for ever; a refusal of the provider is told in words."""
    now, config = timezone.now(), settings.CONFIG
    run = list_runs.begin_run(config, "push", by="ann")
    ProviderListRun.objects.filter(pk=run.pk).update(taken_at=now, attempts=1)
    assert not list_runs.run_oldest(config, now)
    assert list_runs.run_oldest(config, now + list_runs.TAKEN_FOR)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("done", 2)

    run = list_runs.begin_run(config, "push", by="ann")
    ProviderListRun.objects.filter(pk=run.pk).update(attempts=list_runs.MAX_ATTEMPTS)
    assert list_runs.run_oldest(config, now)

    shown = log_in("Admins").get(PAGE).content.decode()
    assert "Its process ended three times before it was done" in shown


def test_a_run_that_took_long_is_done(
    publication: Publication, provider: Emulator, settings: Settings
) -> None:
    """Taken by another process meanwhile, it is done by the first that ends, and stays so."""
    slow = list_runs.begin_run(settings.CONFIG, "push", by="ann")
    ProviderListRun.objects.filter(pk=slow.pk).update(attempts=list_runs.MAX_ATTEMPTS)
    other = ProviderListRun.objects.get(pk=slow.pk)

    list_runs.end_run(slow, state="failed", fault="no answer")
    assert ProviderListRun.objects.get().done_at is None
    list_runs.end_run(slow, state="done", result={"suppressed": 0, "pushed": 0})
    list_runs.end_run(other, state="failed", fault="three times")

    assert (ProviderListRun.objects.get().state, ProviderListRun.objects.get().fault) == (
        "done",
        "",
    )


@pytest.mark.parametrize(("group", "sees"), [("Writers", 403), ("Senders", 200)])
def test_only_admins_change_them(
    publication: Publication, log_in: LogIn, group: str, sees: int
) -> None:
    """Who may see people sees suppressions; nobody else adds or removes one."""
    entry = suppress("ann@tideline.example")
    client = log_in(group)

    assert client.get(PAGE).status_code in (sees, 302 if sees == 403 else sees)
    for address in ("new/", f"{entry.pk}/remove/"):
        given = {"address": "bob@tideline.example", "note": "x", "reason": "x"}
        assert client.post(PAGE + address, given).status_code in (302, 403)
    assert list(Suppression.objects.values_list("key", flat=True)) == ["ann@tideline.example"]


@pytest.fixture
def provider(settings: Settings) -> Iterator[Emulator]:
    """SendGrid, with an account of its own."""
    with Emulator() as running:
        changed = {
            "sendgrid": SendGrid(base_url=running.url),
            "sending": Sending(transport="sendgrid"),
        }
        settings.CONFIG = settings.CONFIG.model_copy(update=changed)
        yield running


def test_an_address_is_taken_off_the_provider_lists(
    log_in: LogIn, provider: Emulator, publication: Publication
) -> None:
    """From the list of suppressions, from the page of a person, and later from there alone."""
    client = log_in("Admins")
    lists = provider.account.suppressions
    for name in ("ann", "bob", "cem"):
        Subscriber.objects.create(email=f"{name}@e.org")
        suppress(f"{name}@e.org")
        lists.add("bounces", Entry(f"{name}@e.org", 1_700_000_000))
    ann, bob, cem = Suppression.objects.order_by("key")
    people = {person.key: f"/admin/subscribers/{person.pk}/" for person in Subscriber.objects.all()}

    asked = client.get(f"/admin/suppressions/{ann.pk}/remove/").content.decode()
    path = f"/admin/suppressions/{ann.pk}/remove/"
    removed = client.post(path, {"reason": "x", "at_provider": "1"}, follow=True)
    client.post(f"{people[bob.key]}allow/", {"reason": "x", "at_provider": "1"})
    client.post(f"{people[cem.key]}allow/", {"reason": "x"})
    page = client.get(people[cem.key]).content.decode()
    question = client.get(f"{people[cem.key]}allow/").content.decode()
    assert [entry.email for entry in lists.entries("bounces")] == ["cem@e.org"]
    later = client.post(
        f"{people[cem.key]}allow/", {"reason": "x", "at_provider": "1"}, follow=True
    )

    assert 'name="at_provider"' in asked
    assert "off these lists of the mail provider: bounces" in removed.content.decode()
    assert "Allow at the mail provider…" in page
    assert "the mail provider may have it on its own lists" in question
    assert "off these lists of the mail provider: bounces" in later.content.decode()
    assert not lists.entries("bounces")
    assert not Suppression.objects.exists()
