"""Who may send: /v3/verified_senders and /v3/whitelabel/domains, to be read."""

from __future__ import annotations

from typing import Any

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route
from sendgrid_emulator.rules import problems

_SENDERS = "/v3/verified_senders"
_DOMAINS = "/v3/whitelabel/domains"
#: What an answer holds at most, and without a limit.
MAX_LIMIT = 500
DEFAULT_LIMIT = 50
NO_NUMBER = problems.make_problem("limit, offset and lastSeenID are whole numbers")


def verified_senders(account: Account, call: Call) -> Answer:
    """List single addresses, `limit` of them behind the one with the id `lastSeenID`."""
    limit, behind = _number(call, "limit", DEFAULT_LIMIT), _number(call, "lastSeenID", 0)
    if limit is None or behind is None:
        return answers.refuse_request(400, NO_NUMBER)
    found = [each for each in _singles(account) if each["id"] > behind]
    return answers.json_answer({"results": found[: min(limit, MAX_LIMIT)]})


def domains(account: Account, call: Call) -> Answer:
    """List authenticated domains, or those of `domain`.

    An account that takes mail from everywhere has whatever domain it is asked for.
    """
    limit, offset = _number(call, "limit", DEFAULT_LIMIT), _number(call, "offset", 0)
    if limit is None or offset is None:
        return answers.refuse_request(400, NO_NUMBER)
    wanted = call.query.get("domain", "").lower()
    names = account.settings.senders
    if wanted and account.takes_all_senders():
        names = frozenset({wanted})
    known = {**dict.fromkeys(names, True), **dict.fromkeys(account.settings.pending_domains, False)}
    shown = [
        _domain(number, name, valid=valid)
        for number, (name, valid) in enumerate(sorted(known.items()), 1)
        if not wanted or name == wanted
    ]
    return answers.json_answer(shown[offset:][: min(limit, MAX_LIMIT)])


def _number(call: Call, name: str, default: int) -> int | None:
    """Return a whole number of the query; None for what is none."""
    given = call.query.get(name, str(default))
    return int(given) if given.isdecimal() else None


def _singles(account: Account) -> list[dict[str, Any]]:
    settings = account.settings
    known = {
        **dict.fromkeys(settings.verified_senders, True),
        **dict.fromkeys(settings.pending_senders, False),
    }
    return [
        {
            "id": number,
            "nickname": address.partition("@")[0],
            "from_email": address,
            "from_name": "",
            "reply_to": address,
            "reply_to_name": "",
            "address": "1 Example Street",
            "address2": "",
            "state": "",
            "city": "Exampleton",
            "zip": "",
            "country": "USA",
            "verified": verified,
            "locked": False,
        }
        for number, (address, verified) in enumerate(sorted(known.items()), 1)
    ]


def _domain(number: int, name: str, *, valid: bool) -> dict[str, Any]:
    return {
        "id": number,
        "user_id": 1,
        "subdomain": f"em{number}",
        "domain": name,
        "username": "emulator",
        "ips": [],
        "custom_spf": False,
        "default": number == 1,
        "legacy": False,
        "automatic_security": True,
        "valid": valid,
        "dns": {
            key: {
                "valid": valid,
                "type": "cname",
                "host": f"{host}.{name}",
                "data": f"{host}.wl001.sendgrid.net",
            }
            for key, host in (("mail_cname", f"em{number}"), ("dkim1", "s1._domainkey"))
        },
    }


ROUTES = (
    Route("GET", _SENDERS, "sender_verification_eligible", verified_senders),
    Route("GET", _DOMAINS, "whitelabel.read", domains),
)
