"""Every transport keeps the promise of the seam: to return is a yes, an error is a decision.

One suite over all of them, against real servers on loopback: the emulator, mail servers with and
without encryption, a folder.  What is peculiar to one has a file of its own.
"""

from __future__ import annotations

import dataclasses
import mailbox
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from newsletter.errors import (
    AccountError,
    NotSubmitted,
    OutcomeUnknown,
    PartiallySubmitted,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.transports.base import Message, Recipient, Transport
from newsletter.transports.deadline import Deadline
from newsletter.transports.maildir.submission import MaildirTransport
from newsletter.transports.memory import MemoryTransport
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from newsletter.transports.smtp.connection import Server
from newsletter.transports.smtp.submission import SmtpTransport
from sendgrid_emulator.server import Emulator
from tests.mailserver import CUT, HANG, PASSWORD, USER, MailServer, make_certificate

NAME, CITY = "Kq3fj81mZp0XvT5aLw9B", "Rt7yUu2pQe4sWd6fGh8J"
MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="editors@tideline.example",
    subject=f"Vol 1.1 for {NAME}",
    html=f"<p>Good morning, {NAME} of {CITY}</p>",
    text=f"Good morning, {NAME} of {CITY}\n.\nA line that began with a dot",
    headers={"List-Id": "<tideline.tideline.example>", "List-Post": "NO"},
    categories=("tideline",),
    labels={"nl_send": "1"},
)
QUICK = Limits(connect=1, answer=1)


def people(count: int) -> list[Recipient]:
    """Return so many recipients."""
    return [person(number) for number in range(count)]


def person(number: int, address: str = "") -> Recipient:
    """Return one recipient."""
    return Recipient(
        address=address or f"reader{number}@tideline.example",
        values={NAME: f"Leser Jürgen {number}", CITY: "東京"},
        headers={
            "List-Unsubscribe": f"<https://tideline.example/u/{number}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        labels={"nl_delivery": str(number), "nl_attempt": "a1b2"},
    )


@dataclasses.dataclass
class Way:
    """A transport, what arrived behind it, and how to make things go wrong there."""

    transport: Transport
    arrived: Callable[[], list[tuple[str, EmailMessage]]]
    break_it: dict[str, Callable[[], object]] = dataclasses.field(default_factory=dict)

    def outcome(self, recipients: list[Recipient], message: Message = MESSAGE) -> dict[int, str]:
        """Hand over; return what is known of each person then, in the words of the ledger."""
        places = range(len(recipients))
        try:
            self.transport.submit(message, recipients)
        except PartiallySubmitted as error:
            rest = decision(error.cause) if error.cause else "nobody"
            known = dict.fromkeys(places, rest)
            known |= dict.fromkeys(error.accepted, "accepted")
            known |= dict.fromkeys(error.refused, "refused")
            return known | dict.fromkeys(error.unknown, "unknown")
        except Refused as error:
            again = "again" if error.persons else "refused"
            return dict.fromkeys(places, again) | dict.fromkeys(error.persons, "refused")
        except TransportError as error:
            return dict.fromkeys(places, decision(error))
        return dict.fromkeys(places, "accepted")


def decision(error: TransportError) -> str:
    """Return what an error means for whoever it is about."""
    kinds = {
        Throttled: "wait",
        NotSubmitted: "again",
        AccountError: "held",
        OutcomeUnknown: "unknown",
    }
    return next(word for kind, word in kinds.items() if isinstance(error, kind))


def read(data: bytes) -> EmailMessage:
    """Return a message as the standard library reads it."""
    found = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


@contextmanager
def to_sendgrid(_: Path) -> Iterator[Way]:
    """The API, with the emulator behind it."""
    with Emulator() as emulator:
        transport = SendGridTransport(base_url=emulator.url, api_key="SG.test", limits=QUICK)
        faults = {
            "not-submitted": lambda: emulator.faults.add("refuse"),
            "throttled": lambda: emulator.faults.add("429", seconds=7),
            "account-error": lambda: emulator.faults.add("401"),
            "outcome-unknown": lambda: emulator.faults.add("accept_then_reset"),
            "silent": lambda: emulator.faults.add("accept_then_hang", seconds=30),
        }
        yield Way(
            transport,
            lambda: [(mail.address, mail.mime()) for mail in emulator.mailbox],
            faults,
        )
        transport.close()


@contextmanager
def to_mail_server(folder: Path, *, security: str, pipelining: bool = True) -> Iterator[Way]:
    """SMTP, with a mail server behind it that asks for a password where it can."""
    certificate = make_certificate(folder / "server.pem") if security != "none" else None
    behind = MailServer(
        certificate=certificate,
        implicit=security == "tls",
        login=certificate is not None,
        pipelining=pipelining,
    )
    behind.start()
    server = Server(
        host="127.0.0.1",
        port=behind.port,
        security=security,  # type: ignore[arg-type]
        user=USER if certificate else "",
        password=PASSWORD if certificate else "",
        ca_file=str(certificate or ""),
        connect=2,
        answer=1,
    )
    transport = SmtpTransport(server, connections=2)

    def answer(stage: str, reply: str) -> Callable[[], object]:
        return lambda: behind.rules.answers.update({stage: lambda _: reply})

    def arrived() -> list[tuple[str, EmailMessage]]:
        return [(mail.address, mail.message()) for mail in behind.mailbox]

    faults = {
        "not-submitted": answer("MAIL", CUT),
        "throttled": answer("MAIL", "451 4.7.1 slow down"),
        "account-error": answer("MAIL", "553 5.7.1 not your address"),
        "outcome-unknown": answer("DATA", CUT),
        "silent": answer("DATA", HANG),
    }
    yield Way(transport, arrived, faults)
    transport.close()
    behind.stop()


@contextmanager
def to_folder(folder: Path) -> Iterator[Way]:
    """Files in a Maildir."""
    maildir = folder / "maildir"

    def arrived() -> list[tuple[str, EmailMessage]]:
        if not (maildir / "new").is_dir():
            return []
        kept = mailbox.Maildir(maildir, create=False)
        found = [read(kept.get_bytes(key)) for key in kept.iterkeys()]
        return [(str(each["To"]), each) for each in found]

    def spoil() -> None:
        shutil.rmtree(maildir, ignore_errors=True)
        maildir.write_text("not a folder")

    yield Way(MaildirTransport(maildir), arrived, {"account-error": spoil})


@contextmanager
def to_memory(_: Path) -> Iterator[Way]:
    """The transport of the tests themselves."""
    transport = MemoryTransport()

    def next_answer(error: TransportError) -> Callable[[], object]:
        return lambda: transport._answers.append(error)

    faults = {
        "not-submitted": next_answer(NotSubmitted()),
        "throttled": next_answer(Throttled()),
        "account-error": next_answer(AccountError()),
        "outcome-unknown": next_answer(OutcomeUnknown()),
    }
    yield Way(
        transport, lambda: [(address, EmailMessage()) for address in transport.addresses()], faults
    )


WAYS = {
    "sendgrid": to_sendgrid,
    "smtp": lambda folder: to_mail_server(folder, security="none"),
    "smtp-one-by-one": lambda folder: to_mail_server(folder, security="none", pipelining=False),
    "smtp-starttls": lambda folder: to_mail_server(folder, security="starttls"),
    "smtp-tls": lambda folder: to_mail_server(folder, security="tls"),
    "maildir": to_folder,
    "memory": to_memory,
}
REAL = [name for name in WAYS if name != "memory"]


@pytest.fixture
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    """The way out that a test names."""
    with WAYS[request.param](tmp_path) as found:
        yield found


everywhere = pytest.mark.parametrize("way", WAYS, indirect=True)
really = pytest.mark.parametrize("way", REAL, indirect=True)


@everywhere
def test_yes_means_everybody_once(way: Way) -> None:
    """After a yes, each person of the largest batch has been handed over exactly once."""
    recipients = people(way.transport.max_batch_size)

    result = way.transport.submit(MESSAGE, recipients)

    assert result.status in (202, 250)
    assert result.message_id
    assert sorted(address for address, _ in way.arrived()) == sorted(
        each.address for each in recipients
    )


@really
def test_each_person_gets_their_own(way: Way) -> None:
    """Values, headers and unsubscribe link reach their person and nobody else, without a key."""
    way.transport.submit(MESSAGE, people(3))

    mails = dict(way.arrived())
    assert len(mails) == 3
    for number in range(3):
        mail = mails[f"reader{number}@tideline.example"]
        name = f"Leser Jürgen {number}"
        assert str(mail["Subject"]) == f"Vol 1.1 for {name}"
        assert mail["From"].addresses[0].addr_spec == "desk@tideline.example"
        assert str(mail["Reply-To"]) == "editors@tideline.example"
        assert [each.addr_spec for each in mail["To"].addresses] == [
            f"reader{number}@tideline.example"
        ]
        assert mail["List-Unsubscribe"] == f"<https://tideline.example/u/{number}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Id"] == "<tideline.tideline.example>"
        assert mail["Date"]
        assert mail["Message-ID"]
        plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert plain.get_content().splitlines() == [
            f"Good morning, {name} of 東京",
            ".",
            "A line that began with a dot",
        ]
        assert html.get_content().strip() == f"<p>Good morning, {name} of 東京</p>"
        assert not re.search(f"{NAME}|{CITY}", mail.as_string())


def broken() -> list[object]:
    """Return every fault on every way that knows it."""
    known = {
        "maildir": ["account-error"],
        "memory": ["not-submitted", "throttled", "account-error"],
    }
    known["memory"].append("outcome-unknown")
    usual = ["not-submitted", "throttled", "account-error", "outcome-unknown", "silent"]
    return [
        pytest.param(name, fault, id=f"{name}-{fault}")
        for name in WAYS
        for fault in known.get(name, usual)
        if (name, fault) not in {("smtp-tls", "silent"), ("smtp-starttls", "silent")}
    ]


#: What may be known of people after a fault; one word at least must be.
KNOWN = {
    "not-submitted": {"again"},
    "throttled": {"wait"},
    "account-error": {"held"},
    "outcome-unknown": {"unknown", "again"},
    "silent": {"unknown", "again"},
}


@pytest.mark.parametrize(("way", "fault"), broken(), indirect=["way"])
def test_fault_leads_to_its_decision(way: Way, fault: str) -> None:
    """Each way to fail has one decision, and what is said of a person is true of them."""
    way.break_it[fault]()
    recipients = people(3)

    known = way.outcome(recipients)

    assert set(known.values()) <= KNOWN[fault]
    assert ("unknown" in known.values()) is ("unknown" in KNOWN[fault])
    arrived = Counter(address for address, _ in way.arrived())
    for place, word in known.items():
        if word != "unknown":
            assert arrived[recipients[place].address] == 0
    assert max(arrived.values(), default=1) == 1


@really
def test_bad_address_is_refused_alone(way: Way) -> None:
    """One bad address is named, the others are not blamed, and what is said is true."""
    recipients = people(5)
    recipients[3] = person(3, address="two@@tideline.example")

    known = way.outcome(recipients)

    assert [place for place, word in known.items() if word == "refused"] == [3]
    assert set(known.values()) <= {"accepted", "again", "refused"}
    arrived = {address for address, _ in way.arrived()}
    assert arrived == {recipients[place].address for place in known if known[place] == "accepted"}


@really
def test_nothing_leaves_when_its_term_is_over(way: Way) -> None:
    """A sender that slept since it said what it was going to post gives everybody back."""
    late = dataclasses.replace(MESSAGE, deadline=Deadline(-1.0))
    assert way.outcome(people(3), late) == dict.fromkeys(range(3), "again")
    assert way.arrived() == []

    in_time = dataclasses.replace(MESSAGE, deadline=Deadline(60.0))
    assert way.outcome(people(3), in_time) == dict.fromkeys(range(3), "accepted")
    assert len(way.arrived()) == 3


@really
def test_rehearsal_mails_nobody(way: Way) -> None:
    """A rehearsal of what would be accepted succeeds, and nothing arrives."""
    way.transport.dry_run(MESSAGE, people(3))

    assert way.arrived() == []


@really
def test_rehearsal_names_a_bad_address(way: Way) -> None:
    """A rehearsal finds the person whose address will be refused."""
    recipients = people(3)
    recipients[1] = person(1, address="two@@tideline.example")

    with pytest.raises(Refused) as raised:
        way.transport.dry_run(MESSAGE, recipients)

    assert raised.value.persons == {1}
    assert way.arrived() == []


@really
def test_rehearsal_finds_what_would_hold_a_send(way: Way) -> None:
    """What would hold the send is found by the rehearsal."""
    way.break_it["account-error"]()

    with pytest.raises(AccountError):
        way.transport.dry_run(MESSAGE, people(3))


@really
def test_errors_hold_no_secrets(way: Way) -> None:
    """Neither a key, a password nor an address stands in an error."""
    recipients = people(2)
    recipients[0] = person(0, address="hidden@@tideline.example")
    said = ""
    try:
        way.transport.submit(MESSAGE, recipients)
    except TransportError as error:
        said += f"{error}{getattr(error, 'refused', '')}"
    way.break_it["account-error"]()
    try:
        way.transport.submit(MESSAGE, people(1))
    except TransportError as error:
        said += f"{error}{error.hint}"

    assert said
    for secret in ("hidden", "reader", "SG.", PASSWORD, "@tideline"):
        assert secret not in said


@really
def test_nothing_is_sent_after_closing_and_opening(way: Way) -> None:
    """A transport that was closed can be used again, and mails nobody twice by it."""
    way.transport.submit(MESSAGE, people(2))
    way.transport.close()
    way.transport.submit(MESSAGE, [person(7)])

    assert len(way.arrived()) == 3
