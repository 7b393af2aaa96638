"""The page on which what is unknown is resolved: what it shows, asks, does and refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.publishing.models import Publication
from newsletter.sending.models import (
    Attempt,
    Batch,
    Delivery,
    Edition,
    Evidence,
    ProviderBatch,
    Send,
)
from newsletter.sending.resolution import proof, unresolved
from sendgrid_emulator import Emulator
from subscribers.models import Subscriber
from tests import desks
from tests.unit.desk.conftest import LogIn


def lose(send: Send, number: int, people: int) -> Attempt:
    """Give a send a batch whose answer was lost two hours ago."""
    batch = Batch.objects.create(send=send, number=number, state=Batch.State.UNKNOWN)
    for place in range(people):
        address = f"reader{number}-{place}@tideline.example"
        person = Subscriber.objects.create(email=address)
        Delivery.objects.create(send=send, batch=batch, subscriber=person, address=address)
    now = timezone.now()
    return Attempt.objects.create(
        key=f"k{number}",
        batch=batch,
        state=Attempt.State.UNKNOWN,
        size=people,
        lease_until=now,
        posted_at=now - dt.timedelta(hours=2),
        answer="no answer within 30 s",
    )


@pytest.fixture
def send(publication: Publication) -> Send:
    """A send that is submitted, with batches of three and of two people in doubt."""
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="S", document="{}", hash="h")
    send = Send.objects.create(
        issue=issue, edition=edition, state=Send.State.UNRESOLVED, at=timezone.now()
    )
    lose(send, 1, 3)
    lose(send, 2, 2)
    Send.objects.filter(pk=send.pk).update(candidates=5, planned=5)
    return send


@pytest.fixture
def client(log_in: LogIn, send: Send) -> Client:
    """The browser of somebody who may decide."""
    return log_in("Senders")


def read(client: Client, send: Send, place: str = "", **query: object) -> str:
    """Return what a page says, without its line breaks."""
    answer = client.get(f"/admin/sends/{send.pk}/resolve/{place}", query, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def decide(client: Client, send: Send, **told: object) -> str:
    """Confirm a decision on the first batch, or as told otherwise; return what is said then."""
    first = Attempt.objects.get(key="k1")
    form = {"attempts": first.pk, "people": 3, "resolution": "accepted", "why": "Bo has it"} | told
    answer = client.post(f"/admin/sends/{send.pk}/resolve/decide/", form, follow=True)
    return " ".join(answer.content.decode().split())


def states(send: Send) -> list[str]:
    """Return where the batches stand, by number."""
    return list(send.batches.order_by("number").values_list("state", flat=True))


def speak_against() -> None:
    """Make all evidence there can be against the acceptance of the first batch."""
    now, first = timezone.now(), Attempt.objects.get(key="k1")
    for minutes in (60, 5):
        proof.add_evidence([first.pk], Evidence.Kind.ABSENT, at=now - dt.timedelta(minutes=minutes))
    Attempt.objects.filter(key="k2").update(
        posted_at=now - dt.timedelta(minutes=90), heard_at=now - dt.timedelta(minutes=80)
    )


def test_what_is_known(client: Client, send: Send) -> None:
    """The page counts who is in doubt, shows answer and evidence, and what is missing."""
    proof.add_evidence(
        [Attempt.objects.get(key="k1").pk], Evidence.Kind.ABSENT, text="3 looked for"
    )

    said = read(client, send)

    assert "<strong>5</strong> people are in doubt, in 2 batches" in said
    assert "Batch 1: 3 people" in said
    assert "no answer within 30 s" in said
    assert "The provider&#x27;s log does not have it (3 looked for)" in said
    assert "two queries of the provider&#x27;s log, 10 minutes apart" in said


def test_nothing_is_chosen_beforehand(client: Client, send: Send) -> None:
    """No batch is ticked, and without a tick or a choice nothing is asked, let alone decided."""
    assert "checked" not in read(client, send).split("What is known")[1]
    assert "No batch is ticked" in read(client, send, "decide/", resolution="accepted")
    assert "Nothing was chosen" in read(client, send, "decide/", batch="1")
    assert states(send) == ["unknown", "unknown"]


def test_the_send_leads_there(client: Client, send: Send) -> None:
    """The page of the send has the way, for who may decide and for who may only look."""
    said = client.get(f"/admin/sends/{send.pk}/").content.decode()

    assert "Resolve what is unknown…" in said
    assert f'href="/admin/sends/{send.pk}/resolve/"' in said


def test_taken_for_accepted(client: Client, send: Send) -> None:
    """The question says for how many and what follows; then it counts, with who and why."""
    asked = read(client, send, "decide/", resolution="accepted", batch=["1", "2"])
    assert "<strong>5</strong> people" in asked
    assert "nobody of them is mailed again" in asked
    assert states(send) == ["unknown", "unknown"]

    said = decide(client, send)

    assert "the mail of 3 people counts as accepted" in said
    assert "counted as accepted by senders, batch 1 (3 people): Bo has it" in said
    assert states(send) == ["accepted", "unknown"]
    kept = Evidence.objects.get(kind="accepted")
    assert (kept.by, kept.note) == ("senders", "Bo has it")


def test_all_of_them(client: Client, send: Send) -> None:
    """All batches can be resolved together, which ends the send."""
    asked = read(client, send, "decide/", resolution="accepted", batch="all")
    attempts = " ".join(str(each.attempt) for each in unresolved.unresolved_batches(send))
    assert f'value="{attempts}"' in asked

    decide(client, send, attempts=attempts, people=5)

    send.refresh_from_db()
    assert send.state == Send.State.SENT


def test_again_against_the_risk(client: Client, send: Send) -> None:
    """Without evidence only who types how many may get it twice has them mailed again."""
    asked = read(client, send, "decide/", resolution="again", batch="1")
    assert "Up to 3 people would get it twice" in asked

    for typed in ("", "yes", "5"):
        assert "Nothing was decided" in decide(client, send, resolution="again", typed=typed)
    assert states(send) == ["unknown", "unknown"]
    decide(client, send, resolution="again", typed="3")

    assert states(send) == ["planned", "unknown"]
    assert Evidence.objects.get(kind="again").note == "without evidence; Bo has it"
    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_again_with_evidence(client: Client, send: Send) -> None:
    """Where all speaks against acceptance a reason is enough, but it must be there."""
    speak_against()
    assert "All there can be speaks against" in read(client, send)
    assert "Type 3" not in read(client, send, "decide/", resolution="again", batch="1")

    assert "Say why" in decide(client, send, resolution="again", why=" ")
    decide(client, send, resolution="again")

    assert states(send) == ["planned", "unknown"]


def test_of_a_cancelled_send(client: Client, send: Send) -> None:
    """Nothing of a cancelled send is mailed again; that is said, and refused."""
    Send.objects.update(state=Send.State.CANCELLED)

    assert "mail them again…" not in read(client, send)
    assert "cancelled" in decide(client, send, resolution="again", typed="3")
    assert states(send) == ["unknown", "unknown"]


def test_what_waits_at_the_provider(client: Client, send: Send) -> None:
    """What is being cancelled is not mailed again by hand meanwhile."""
    at = timezone.now() + dt.timedelta(hours=1)
    provider_batch = ProviderBatch.objects.create(
        send=send, group=1, state="cancelling", provider_id="f", at=at
    )
    Attempt.objects.filter(key="k1").update(provider_batch=provider_batch)

    assert "being cancelled" in read(client, send)
    assert "being cancelled" in decide(client, send, resolution="again", typed="3")
    assert states(send) == ["unknown", "unknown"]


MEANWHILE = [
    pytest.param({"people": 2}, id="other-number"),
    pytest.param({"attempts": "999999"}, id="resolved"),
    pytest.param({"resolution": "perhaps"}, id="no-resolution"),
]


@pytest.mark.parametrize("told", MEANWHILE)
def test_what_changed_is_looked_at_again(
    client: Client, send: Send, told: dict[str, object]
) -> None:
    """A decision that would mean something else than was shown is not taken."""
    said = decide(client, send, **told)

    assert "In doubt" in said
    assert states(send) == ["unknown", "unknown"]


def test_resolved_twice(client: Client, send: Send) -> None:
    """Of two who decide on the same batch, the second is told and changes nothing."""
    decide(client, send)

    said = decide(client, send, resolution="again", typed="3")

    assert "Something became known meanwhile" in said
    assert states(send) == ["accepted", "unknown"]


def test_the_log_proves(client: Client, send: Send, settings: Settings) -> None:
    """A press asks the provider's log, and says what came of it."""
    with Emulator() as sendgrid:
        use(settings, sendgrid.url)
        answer = client.post(f"/admin/sends/{send.pk}/resolve/look/", follow=True)

    assert "asked about 2 of the batches; it has 0 of them" in answer.content.decode()
    assert Evidence.objects.filter(kind="absent").count() == 2


def test_the_log_is_away(client: Client, send: Send, settings: Settings) -> None:
    """A log that does not answer is no evidence; the page says so."""
    use(settings, "http://127.0.0.1:9")

    answer = client.post(f"/admin/sends/{send.pk}/resolve/look/", follow=True)

    assert "could not be asked" in answer.content.decode()
    assert not Evidence.objects.exists()


def use(settings: Settings, url: str) -> None:
    """Have the provider be there."""
    there = settings.CONFIG.sendgrid.model_copy(update={"base_url": url})
    settings.CONFIG = settings.CONFIG.model_copy(update={"sendgrid": there})


def test_looking_changes_nothing(client: Client, send: Send) -> None:
    """Every page of it can be opened without anything being looked for or decided."""
    for place in ("", "look/", "decide/"):
        read(client, send, place)

    assert states(send) == ["unknown", "unknown"]
    assert not Evidence.objects.exists()


def test_who_may(log_in: LogIn, send: Send) -> None:
    """Who may not queue decides nothing and asks nobody."""
    editor = log_in("Writers")

    for place in ("", "look/", "decide/"):
        assert editor.post(f"/admin/sends/{send.pk}/resolve/{place}").status_code == 302
    decide(editor, send)

    assert states(send) == ["unknown", "unknown"]


def test_nothing_in_doubt(client: Client, send: Send) -> None:
    """Where all is known the page says that."""
    Batch.objects.update(state=Batch.State.ACCEPTED)

    assert "Nothing is in doubt." in read(client, send)
    assert "Resolve what is unknown" not in client.get(f"/admin/sends/{send.pk}/").content.decode()
