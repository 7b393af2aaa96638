"""What tests of the sign-up share: a publication with an open form, and mails that are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import altcha
import pytest
import time_machine
from django.utils import timezone

from newsletter.conf.config import load
from newsletter.errors import TransportError
from newsletter.publishing.models import Publication
from subscribers.models import List, Subscriber
from subscribers.sign_up import follow_up, forms, proof
from subscribers.sign_up.models import SignUp, SignUpForm
from tests.publications import create_publication

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@dataclass
class KeptMail:
    """A mail that is kept instead of being submitted."""

    mailer: Mailer
    kind: str
    address: str
    url: str = ""

    def submit(self) -> None:
        """Keep it, or fail as the mailer says."""
        if self.mailer.answers and (answer := self.mailer.answers.pop(0)):
            raise answer
        self.mailer.sent.append(self)


@dataclass
class Mailer:
    """Keeps the mails; raises the next of `answers`, where there is one."""

    sent: list[KeptMail] = field(default_factory=list)
    answers: list[TransportError | None] = field(default_factory=list)
    #: Addresses whose mails cannot be made.
    broken: set[str] = field(default_factory=set)

    def make(self, kind: str, address: str, url: str = "") -> KeptMail:
        """Return a mail, or fail as nobody expects."""
        if address in self.broken:
            raise ZeroDivisionError(kind)
        return KeptMail(self, kind, address, url)

    def confirmation(self, sign_up: SignUp, url: str, _ends_at: dt.datetime) -> KeptMail:
        """Return a confirmation mail."""
        return self.make("confirm", sign_up.email, url)

    def already(self, _sign_up: SignUp, person: Subscriber) -> KeptMail:
        """Return a mail to somebody who is subscribed."""
        return self.make("already", person.email)

    def welcome(self, _sign_up: SignUp, person: Subscriber) -> KeptMail:
        """Return a welcome mail."""
        return self.make("welcome", person.email)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the mails, in their order."""
        return [mail.kind for mail in self.sent]

    def token(self) -> str:
        """Return the end of the link of the last mail."""
        return self.sent[-1].url.rpartition("/")[2]


@pytest.fixture
def clock() -> time_machine.Traveller:
    """Stop the clock on a Monday morning."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication with one list."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def readers(publication: Publication) -> List:
    """The list of the publication."""
    return publication.lists.get()


@pytest.fixture
def form(readers: List) -> SignUpForm:
    """The open form of the list."""
    return forms.change_form(readers, {"is_open": True})


@pytest.fixture
def mailer() -> Mailer:
    """What keeps the mails."""
    return Mailer()


@pytest.fixture
def ask(readers: List) -> Callable[..., SignUp]:
    """Write down that somebody asked, as a form does."""

    def write(email: str = "jane@example.org", **values: object) -> SignUp:
        now = timezone.now()
        row, made = SignUp.objects.get_or_create(
            list=readers,
            key=email,
            defaults={"email": email, "due_at": now, "first_asked_at": now, "asked_at": now}
            | values,
        )
        if not made:
            SignUp.objects.filter(pk=row.pk).update(due_at=now, asked_at=now, **values)
        row.refresh_from_db()
        return row

    return write


@pytest.fixture(autouse=True)
def cheap_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a proof take a hundredth of the work that the settings ask for; its form is the same."""
    config = load()
    sign_up = config.sign_up.model_copy(update={"proof_cost": config.sign_up.proof_cost // 100})
    cheap = config.model_copy(update={"sign_up": sign_up})
    monkeypatch.setattr(proof, "load", lambda: cheap)


def deal(mailer: Mailer) -> int:
    """Deal with everything that is due now."""
    return follow_up.follow_up(mailer, timezone.now())


def solved() -> str:
    """Return a proof of work that was computed."""
    challenge = altcha.Challenge.from_dict(proof.make_challenge(timezone.now()))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()
