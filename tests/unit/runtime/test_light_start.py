"""What a service loads when it starts: nothing large that only some later work needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

#: What each is needed for; until then it would only take memory, 25 MB together.
NEEDED_LATER = {
    "cryptography": "the first post of events, or the first check of DKIM",
    "css_inline": "the first issue, where a template asks for it",
    "cssutils": "the first issue",
    "fontTools": "the first PDF with a letter that no font has",
    "icalendar": "the first calendar feed",
    "mammoth": "the first Word file",
    "mjml": "the first issue",
    "nh3": "the first text",
    "openpyxl": "the first table of Excel",
    "premailer": "the first issue",
    "sendgrid": "the first request to SendGrid",
    "typst": "the first PDF or card",
}
START = """
import sys
from newsletter.cli import app
from newsletter.runtime.startup import set_up_django
set_up_django()
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from newsletter.runtime.service import Service
from newsletter.transports.factory import open_cancellation, open_transport
get_wsgi_application()
import newsletter.urls
open_transport(settings.CONFIG), open_cancellation(settings.CONFIG)
print(*sys.modules)
"""


@pytest.mark.once
def test_a_service_at_rest_has_loaded_nothing_large_that_only_later_work_needs() -> None:
    """With SendGrid as its transport, and everything that `serve` runs."""
    found = subprocess.run(
        [sys.executable, "-c", START],
        env={
            **os.environ,
            "NEWSLETTER_SENDING_TRANSPORT": "sendgrid",
            "SENDGRID_API_KEY": "SG.trial",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(found.stdout.split())

    assert "newsletter.transports.sendgrid.submission" in loaded
    assert {name: why for name, why in NEEDED_LATER.items() if name in loaded} == {}
