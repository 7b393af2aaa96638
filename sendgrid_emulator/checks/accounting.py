"""Compare what an oracle says about the sender's ledger and log with the mail that came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import orjson

from sendgrid_emulator.state.check_record import CheckRecord
from sendgrid_emulator.state.ledger_oracle import LedgerOracle
from sendgrid_emulator.state.mailbox import Mailbox
from sendgrid_emulator.state.messages import DISCARDED
from sendgrid_emulator.state.violation import Violation

#: The custom arguments with the send, and the attempt, of a mail.
SEND, ATTEMPT = "nl_send", "nl_attempt"


def check_announced(record: CheckRecord, body: bytes) -> None:
    """R9: record whether the ledger knew of a request before it came."""
    if record.oracle:
        record.violations += find_unannounced(record.oracle, body)


def find_unannounced(oracle: LedgerOracle, body: bytes) -> Iterator[Violation]:
    """R9: return the attempts of a new request that the ledger does not know."""
    keys = {arguments.get(ATTEMPT, "") for arguments in _arguments(body) if SEND in arguments}
    known = set(oracle.committed(keys - {""})) if keys else set()
    for key in sorted(keys - known):
        yield Violation("R9", "", f"posted before attempt {key or '(none)'} was committed")


def _arguments(body: bytes) -> list[Mapping[str, str]]:
    """Return the custom arguments of every recipient; none for a request that sends nothing."""
    try:
        payload = orjson.loads(body)
        if payload.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return []
        shared = payload.get("custom_args", {})
        blocks = payload["personalizations"]
        return [{**shared, **block.get("custom_args", {})} for block in blocks]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def find_leaked_keys(oracle: LedgerOracle, keys: Iterable[str]) -> Iterator[Violation]:
    """R12: search the log for the API keys that were used; do not repeat them in the message."""
    said = oracle.log_text()
    if any(key in said for key in keys):
        yield Violation("R12", "", "an API key stands in the log")


def find_unaccounted(oracle: LedgerOracle, mailbox: Mailbox) -> Iterator[Violation]:
    """R15: compare the totals of the ledger with each other and with the mailbox."""
    mailed = _mailed(mailbox)
    for sums in oracle.sums():
        if sums.planned != sums.found:
            message = f"send {sums.send}: {sums.planned} planned, but {sums.found} accounted for"
            yield Violation("R15", "", message)
        have = len(mailed.get(sums.send, ()))
        most = sums.accepted + sums.unknown + sums.waiting
        if not sums.accepted <= have <= most:
            message = (
                f"send {sums.send}: {have} have it, but {sums.accepted} are accepted,"
                f" {sums.unknown} unknown and {sums.waiting} waiting"
            )
            yield Violation("R15", "", message)


def _mailed(mailbox: Mailbox) -> dict[str, set[str]]:
    """Return the people who have a mail, by send; mail cancelled before it left does not count."""
    found: dict[str, set[str]] = {}
    for mail in mailbox:
        if mail.request.phase not in DISCARDED:
            found.setdefault(mail.custom_args.get(SEND, ""), set()).add(mail.address.lower())
    return found
