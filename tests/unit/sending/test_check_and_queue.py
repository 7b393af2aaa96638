"""What queueing refuses, the check reports; what the check passes, queueing takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.errors import NewsletterError
from newsletter.publishing.models import Issue
from newsletter.sending.planning import queue, readiness
from subscribers.models import Subscriber
from tests import desks

NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def text(markdown: str) -> dict[str, Any]:
    """Fields of a draft with one text."""
    return {"body": [desks.digest("Reed beds", "Ferries"), ("markdown", markdown)]}


#: Fields of a draft by what is special about it.
DRAFTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "no subject and no preheader": {"subject": "", "preheader": ""},
    "tag of another program": text("Dear *|FNAME|*"),
    "tag of ours in another case": text("Dear [First_Name | reader]"),
    "misspelt tag": text("Dear [first_nam|reader]"),
    "tag of another program in the subject": {"subject": "For {{ name }}"},
    "merge tag in a link": text("[x](https://example.org/?n=[first_name|reader])"),
    "refused HTML": text("<iframe src='https://example.org'></iframe>"),
    "HTML that passes": text("A<br>B <small>c</small>"),
    "shortcode": text("[gallery ids='1']"),
    "emoji by name": text("Well :smile: done"),
    "emoji": text("Well 🎈 done"),
    "letter without a font": text("private \U000ffffd here"),
    "footnote": text("One[^1].\n\n[^1]: Note."),
    "footnote that is missing": text("One[^1]."),
    "link of another kind": text("[chat](irc://irc.example.org/x)"),
    "link without a scheme": text("[x](www.example.org)"),
    "dead anchor": text("[x](#nowhere)"),
    "link without words": text("[](https://example.org)"),
    "link that lies": text("[https://example.org](https://example.com)"),
    "name that looks like a host": text("[Vite.js](https://example.org)"),
    "picture without https": text("![A quay](http://example.org/a.png)"),
    "picture without a width": text("![A quay](https://example.org/a.png)"),
    "picture without a description": text("![](https://example.org/a.png)"),
    "placeholder": text("Write to [insert name]"),
    "left-over word": text("The time is TBD."),
    "far too long": text("word " * 30_000),
    "far too deep": text("> " * 80 + "deep"),
    "item without text": {
        "body": [
            (
                "digest",
                {
                    "show_headlines": True,
                    "items": [{"headline": "Alone", "body": "", "markdown": ""}],
                },
            )
        ]
    },
    "nothing at all": {"body": []},
}


def refusal(attempt: Callable[[], object]) -> bool:
    """Say whether something is refused, in words."""
    try:
        attempt()
    except NewsletterError as error:
        return bool(str(error))
    return False


@pytest.mark.parametrize("fields", DRAFTS.values(), ids=DRAFTS)
def test_check_and_queue_agree(
    issue: Issue, add_people: Callable[..., list[Subscriber]], fields: dict[str, Any]
) -> None:
    """For every kind of refusal, the check stops an issue exactly where queueing does."""
    add_people(2)
    draft = issue.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision()

    def check() -> None:
        if errors := readiness.check_draft(issue).errors:
            raise NewsletterError(str(errors))

    stopped = refusal(check)

    assert refusal(lambda: queue.queue(issue, at=NOW, batch_size=10)) == stopped
