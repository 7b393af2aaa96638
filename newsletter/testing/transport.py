"""Every transport keeps one promise: to return is a yes, and an error is a decision.

Derive a class from `TransportConformance`, give it a fixture `under_test`, and pytest runs all of
this over your transport.  Use a real server on this machine behind it: a fake proves nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import ClassVar

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

#: Merge keys, as an edition has them in the place of what differs between people.
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

#: What may be known of people after a fault, in the words of the ledger.
ALLOWED: Mapping[str, frozenset[str]] = {
    # Nothing of the request has left: nobody listens, the connection breaks at once.
    "not-submitted": frozenset({"again"}),
    # The provider asks to wait.
    "throttled": frozenset({"wait"}),
    # The key, the quota or the sender is refused.
    "account-error": frozenset({"held"}),
    # The provider takes the mail, and the connection breaks before it says so.
    "outcome-unknown": frozenset({"unknown", "again"}),
    # The same, but the provider falls silent.
    "silent": frozenset({"unknown", "again"}),
}
#: The faults that a transport over a network knows.
FAULTS = tuple(ALLOWED)
#: What an error means for those whom it is about; the first that fits.
DECISIONS: Sequence[tuple[type[TransportError], str]] = (
    (Throttled, "wait"),
    (NotSubmitted, "again"),
    (AccountError, "held"),
    (OutcomeUnknown, "unknown"),
)


@dataclasses.dataclass(kw_only=True)
class TransportUnderTest:
    """A transport, what arrived behind it, and how to make things go wrong there."""

    transport: Transport
    #: Returns each mail that arrived: to whom, and the mail.
    arrived: Callable[[], list[tuple[str, EmailMessage]]]
    #: What makes the next request fail, by the names in `FAULTS`.
    faults: Mapping[str, Callable[[], object]] = dataclasses.field(default_factory=dict)
    #: Keys and passwords, which may stand in no error.
    secrets: tuple[str, ...] = ()

    def submit(self, recipients: Sequence[Recipient], message: Message = MESSAGE) -> dict[int, str]:
        """Submit; return what is known of each person then, by their places."""
        places = range(len(recipients))
        try:
            self.transport.submit(message, recipients)
        except PartiallySubmitted as error:
            rest = decision_of(error.cause) if error.cause else "nobody"
            known = dict.fromkeys(places, rest)
            known |= dict.fromkeys(error.accepted, "accepted")
            known |= dict.fromkeys(error.refused, "refused")
            return known | dict.fromkeys(error.unknown, "unknown")
        except Refused as error:
            again = "again" if error.persons else "refused"
            return dict.fromkeys(places, again) | dict.fromkeys(error.persons, "refused")
        except TransportError as error:
            return dict.fromkeys(places, decision_of(error))
        return dict.fromkeys(places, "accepted")


def decision_of(error: TransportError) -> str:
    """Return what an error means for those whom it is about."""
    return next(word for kind, word in DECISIONS if isinstance(error, kind))


def make_recipients(count: int) -> list[Recipient]:
    """Return this many recipients."""
    return [make_recipient(number) for number in range(count)]


def make_recipient(number: int, address: str = "") -> Recipient:
    """Return one recipient, with values, headers and labels of their own."""
    return Recipient(
        address=address or f"reader{number}@tideline.example",
        values={NAME: f"Leser Jürgen {number}", CITY: "東京"},
        headers={
            "List-Unsubscribe": f"<https://tideline.example/u/{number}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        labels={"nl_delivery": str(number), "nl_attempt": "a1b2"},
    )


def read_mail(data: bytes) -> EmailMessage:
    """Return a mail as the standard library reads it."""
    found = message_from_bytes(data, policy=policy.SMTP)
    assert isinstance(found, EmailMessage)
    return found


def check_mail(mail: EmailMessage, number: int) -> None:
    """Check that a mail is the one for a recipient, and has nothing of another."""
    name = f"Leser Jürgen {number}"
    assert str(mail["Subject"]) == f"Vol 1.1 for {name}"
    assert mail["From"].addresses[0].addr_spec == "desk@tideline.example"
    assert str(mail["Reply-To"]) == "editors@tideline.example"
    assert [to.addr_spec for to in mail["To"].addresses] == [f"reader{number}@tideline.example"]
    assert mail["List-Unsubscribe"] == f"<https://tideline.example/u/{number}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<tideline.tideline.example>"
    assert mail["Date"]
    assert mail["Message-ID"]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    lines = [f"Good morning, {name} of 東京", ".", "A line that began with a dot"]
    assert plain.get_content().splitlines() == lines
    assert html.get_content().strip() == f"<p>Good morning, {name} of 東京</p>"
    assert not re.search(f"{NAME}|{CITY}", mail.as_string())


class SubmissionConformance:
    """What holds even of a transport that delivers nothing."""

    #: The faults that can happen to this transport; files on a disk know fewer than a network.
    possible_faults: ClassVar[Sequence[str]] = FAULTS

    @pytest.fixture
    def under_test(self) -> TransportUnderTest:
        """Return the transport to test: every class has a fixture of its own."""
        raise NotImplementedError(f"{type(self).__name__} needs a fixture `under_test`")

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run the test of faults once for each that is possible."""
        if "fault" in metafunc.fixturenames:
            metafunc.parametrize("fault", self.possible_faults)

    def test_yes_means_everybody_once(self, under_test: TransportUnderTest) -> None:
        """After a yes, each person of the largest batch has been submitted exactly once."""
        recipients = make_recipients(under_test.transport.max_batch_size)

        result = under_test.transport.submit(MESSAGE, recipients)

        assert 200 <= result.status < 300
        assert result.message_id
        arrived = sorted(address for address, _ in under_test.arrived())
        assert arrived == sorted(recipient.address for recipient in recipients)

    def test_fault_leads_to_its_decision(self, under_test: TransportUnderTest, fault: str) -> None:
        """Each way to fail has one decision, and what is said of a person is true of them."""
        under_test.faults[fault]()
        recipients = make_recipients(3)

        known = under_test.submit(recipients)

        assert set(known.values()) <= ALLOWED[fault]
        assert ("unknown" in known.values()) is ("unknown" in ALLOWED[fault])
        arrived = Counter(address for address, _ in under_test.arrived())
        for place, word in known.items():
            if word != "unknown":
                assert arrived[recipients[place].address] == 0
        assert max(arrived.values(), default=1) == 1


class TransportConformance(SubmissionConformance):
    """What holds of every transport that mail really goes through."""

    def test_each_person_gets_their_own(self, under_test: TransportUnderTest) -> None:
        """Values, headers and unsubscribe link reach their person alone, and no key is left."""
        under_test.transport.submit(MESSAGE, make_recipients(3))

        mails = dict(under_test.arrived())
        assert len(mails) == 3
        for number in range(3):
            check_mail(mails[f"reader{number}@tideline.example"], number)

    def test_bad_address_is_refused_alone(self, under_test: TransportUnderTest) -> None:
        """One bad address is named, the others are not blamed, and what is said is true."""
        recipients = make_recipients(5)
        recipients[3] = make_recipient(3, address="two@@tideline.example")

        known = under_test.submit(recipients)

        assert [place for place, word in known.items() if word == "refused"] == [3]
        assert set(known.values()) <= {"accepted", "again", "refused"}
        arrived = {address for address, _ in under_test.arrived()}
        accepted = {recipients[place].address for place in known if known[place] == "accepted"}
        assert arrived == accepted

    def test_nothing_leaves_after_its_deadline(self, under_test: TransportUnderTest) -> None:
        """A sender that slept since it said what it was going to post gives everybody back."""
        late = dataclasses.replace(MESSAGE, deadline=Deadline(-1.0))
        assert under_test.submit(make_recipients(3), late) == dict.fromkeys(range(3), "again")
        assert under_test.arrived() == []

        in_time = dataclasses.replace(MESSAGE, deadline=Deadline(60.0))
        assert under_test.submit(make_recipients(3), in_time) == dict.fromkeys(range(3), "accepted")
        assert len(under_test.arrived()) == 3

    def test_dry_run_mails_nobody(self, under_test: TransportUnderTest) -> None:
        """A dry run of what would be accepted succeeds, and nothing arrives."""
        under_test.transport.dry_run(MESSAGE, make_recipients(3))

        assert under_test.arrived() == []

    def test_dry_run_names_a_bad_address(self, under_test: TransportUnderTest) -> None:
        """A dry run finds the person whose address will be refused."""
        recipients = make_recipients(3)
        recipients[1] = make_recipient(1, address="two@@tideline.example")

        with pytest.raises(Refused) as raised:
            under_test.transport.dry_run(MESSAGE, recipients)

        assert raised.value.persons == {1}
        assert under_test.arrived() == []

    def test_dry_run_finds_what_would_hold_a_send(self, under_test: TransportUnderTest) -> None:
        """What would hold the send is found by the dry run."""
        under_test.faults["account-error"]()

        with pytest.raises(AccountError):
            under_test.transport.dry_run(MESSAGE, make_recipients(3))

    def test_errors_hold_no_secrets(self, under_test: TransportUnderTest) -> None:
        """Neither a key, a password nor an address stands in an error."""
        recipients = make_recipients(2)
        recipients[0] = make_recipient(0, address="hidden@@tideline.example")
        said = ""
        try:
            under_test.transport.submit(MESSAGE, recipients)
        except TransportError as error:
            said += f"{error}{getattr(error, 'refused', '')}"
        under_test.faults["account-error"]()
        try:
            under_test.transport.submit(MESSAGE, make_recipients(1))
        except TransportError as error:
            said += f"{error}{error.hint}"

        assert said
        for secret in ("hidden", "reader", "@tideline", *under_test.secrets):
            assert secret not in said

    def test_works_again_after_closing(self, under_test: TransportUnderTest) -> None:
        """A transport that was closed can be used again, and mails nobody twice by it."""
        under_test.transport.submit(MESSAGE, make_recipients(2))
        under_test.transport.close()
        under_test.transport.submit(MESSAGE, [make_recipient(7)])

        assert len(under_test.arrived()) == 3
