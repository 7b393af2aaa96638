"""Suppressed addresses in the desk: found, added by hand, removed with a reason, by admins."""

from __future__ import annotations

import pytest
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.tracking.models import SuppressionPull
from subscribers.list_suppressions import is_suppressed_for_list, suppress_for_list
from subscribers.models import ListSuppression, Suppression, SuppressionRemoval
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


def test_reading_of_the_provider_is_told(publication: Publication, log_in: LogIn) -> None:
    """When its lists were read, and why they could not be."""
    client = log_in("Senders")
    assert "lists of the mail provider" not in client.get(PAGE).content.decode()
    SuppressionPull.objects.create(
        provider="sendgrid",
        not_before=timezone.now(),
        read_at=timezone.now(),
        fault="SendGrid answered 403.",
    )

    shown = client.get(PAGE).content.decode()

    assert "The lists of the mail provider were read on" in shown
    assert "could not be read, and are tried again. SendGrid answered 403." in shown


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
