"""The main job, as a person does it: import, queue, let the schedule send, read the mail."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from newsletter.config import STANDIN_KEY
from newsletter.standin.server import StandIn
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace

#: A link of one person's own: to leave, or to choose lists.
LINK = re.compile(r"http://127\.0\.0\.1:1(/[up]/[\w-]+)")
#: What the stand-in on this machine is spoken to with; nothing may say it.
KEY = STANDIN_KEY


def test_published_issues_reach_everybody_once(
    workspace: Callable[..., Workspace], sendgrid: StandIn, published_issues: tuple[Path, ...]
) -> None:
    """Each published issue, and our own, is imported, sent to everybody once, and reads right."""
    place = workspace(sending_batch_size="25")
    references = ["1.1"]
    for path in published_issues:
        imported = place.run("issue", "import", str(path))
        references.append(imported["ref"])
    for reference in references:
        place.run("issue", "queue", reference, "--at", "now")
    process = place.serve()
    try:
        workspaces.until(lambda: len(sendgrid.mailbox) >= PEOPLE * len(references))
        workspaces.until(lambda: place.states() == {"sent"})
    finally:
        process.terminate()
        assert process.wait(30) == 0, place.said()

    pairs = Counter((mail.address, mail.subject) for mail in sendgrid.mailbox)
    assert len(pairs) == PEOPLE * len(references)
    assert set(pairs.values()) == {1}
    assert sendgrid.violations() == []
    assert KEY not in place.said()


def test_scanners_change_nothing(workspace: Callable[..., Workspace], sendgrid: StandIn) -> None:
    """A mail scanner that opens every link of every mail takes nobody off a list."""
    place = workspace(site_base_url="http://127.0.0.1:1")
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.until(lambda: place.states() == {"sent"})
        before = place.ask("SELECT * FROM subscribers_subscription ORDER BY id")
        address = re.search(r"serves (http://\S+)", place.said())
        assert address
        read = [f"{mail.text} {mail.html}" for mail in sendgrid.mailbox]
        links = {link for words in read for link in LINK.findall(words)}
        assert len(links) >= 2 * PEOPLE
        for link in links:
            with urllib.request.urlopen(f"{address[1]}{link}", timeout=10) as page:
                assert page.status == 200
    finally:
        process.terminate()
        assert process.wait(30) == 0, place.said()

    assert place.ask("SELECT * FROM subscribers_subscription ORDER BY id") == before
    assert place.ask("SELECT * FROM subscribers_suppression") == []


def test_one_click_from_the_mail_ends_it(
    workspace: Callable[..., Workspace], sendgrid: StandIn
) -> None:
    """The header of a mail that was sent unsubscribes by one POST; opening the link does not."""
    place = workspace(site_base_url="http://127.0.0.1:1")
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.until(lambda: place.states() == {"sent"})
        mail = next(iter(sendgrid.mailbox))
        link = re.search(r"<http://127\.0\.0\.1:1(/u/[^>]+)>", mail.mime()["List-Unsubscribe"])
        assert link
        address = re.search(r"serves (http://\S+)", place.said())
        assert address
        url = f"{address[1]}{link[1]}"

        with urllib.request.urlopen(url, timeout=10) as page:
            assert page.status == 200
        [person] = place.run("subscriber", "export", mail.address)["subscribers.subscription"]
        assert person["state"] == "active"

        body = b"List-Unsubscribe=One-Click"
        with urllib.request.urlopen(url, data=body, timeout=10) as done:
            assert done.status == 200
            assert done.url == url
        [person] = place.run("subscriber", "export", mail.address)["subscribers.subscription"]
        assert person["state"] == "unsubscribed"
    finally:
        process.terminate()
        assert process.wait(30) == 0, place.said()
