"""What the account has left: /v3/user/credits, to be read.

Source: the OpenAPI description of Twilio SendGrid's Users API.
"""

from __future__ import annotations

from sendgrid_emulator import answers
from sendgrid_emulator.account import Account
from sendgrid_emulator.answers import Answer
from sendgrid_emulator.api.calls import Call, Route

#: What an account without a limit has in a month.
PLAN = 2_500_000


def credit_balance(account: Account, _call: Call) -> Answer:
    """Show how many more people may be mailed in this period."""
    used = sum(len(request) for request in account.mailbox.requests)
    left = account.settings.credits
    remain = max(PLAN - used, 0) if left is None else left
    return answers.json_answer(
        {
            "remain": max(remain, 0),
            "total": max(remain, 0) + used,
            "overage": max(-remain, 0),
            "used": used,
            "last_reset": "2026-11-01",
            "next_reset": "2026-12-01",
            "reset_frequency": "monthly",
        }
    )


ROUTES = (Route("GET", "/v3/user/credits", "user.credits.read", credit_balance),)
