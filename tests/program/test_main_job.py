"""The main job, as a person does it: import, queue, let the schedule send, read the mail."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.conf.config import EMULATOR_KEY
from sendgrid_emulator import Emulator
from sendgrid_emulator.checks.link_scanner import Site
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace

#: How links to the site begin in these mails; it is served elsewhere.
BASE = "http://127.0.0.1:1"
#: What the emulator on this machine is spoken to with; nothing may say it.
KEY = EMULATOR_KEY


def test_published_issues_reach_everybody_once(
    workspace: Callable[..., Workspace], sendgrid: Emulator, published_issues: tuple[Path, ...]
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
        workspaces.wait_until(lambda: len(sendgrid.mailbox) >= PEOPLE * len(references))
        workspaces.wait_until(lambda: place.states() == {"sent"})
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    pairs = Counter((mail.address, mail.subject) for mail in sendgrid.mailbox)
    assert len(pairs) == PEOPLE * len(references)
    assert set(pairs.values()) == {1}
    assert sendgrid.account.checks.keys_used == {KEY}, "else nobody looks for it in the log"


@pytest.mark.once
def test_scanners_change_nothing(workspace: Callable[..., Workspace], sendgrid: Emulator) -> None:
    """A mail scanner that opens every link of every mail takes nobody off a list."""
    place = workspace(site_base_url=BASE)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.wait_until(lambda: place.states() == {"sent"})
        site = workspaces.wait_until(lambda: served(place))

        # Two links of one's own each, and those that all mails share.
        assert sendgrid.scan_links(site, lambda: people(place)) > 2 * PEOPLE
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    assert place.ask("SELECT * FROM subscribers_suppression") == []


def served(place: Workspace) -> Site | None:
    """Return the site as mails have it and where it is served, once it is."""
    found = re.search(r"serves (http://\S+)", place.said())
    return Site(BASE, found[1]) if found else None


def people(place: Workspace) -> list[tuple[object, ...]]:
    """Return who is on what list."""
    return place.ask("SELECT * FROM subscribers_subscription ORDER BY id")


@pytest.mark.once
def test_one_click_from_the_mail_ends_it(
    workspace: Callable[..., Workspace], sendgrid: Emulator
) -> None:
    """The header of a mail unsubscribes by one POST, and the next issue does not come."""
    place = workspace(site_base_url=BASE)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.wait_until(lambda: place.states() == {"sent"})
        mail = next(iter(sendgrid.mailbox))
        site = workspaces.wait_until(lambda: served(place))

        for link in site.links(mail):
            with urllib.request.urlopen(link, timeout=60) as page:
                assert page.status == 200
        [person] = place.run("subscriber", "export", mail.address)["subscribers.subscription"]
        assert person["state"] == "active"

        sendgrid.press_one_click(mail, site)
        [person] = place.run("subscriber", "export", mail.address)["subscribers.subscription"]
        assert person["state"] == "unsubscribed"

        (place.folder / "next.md").write_text(workspaces.ISSUE.replace("number: 1", "number: 2"))
        place.run("issue", "import", "next.md")
        place.run("issue", "queue", "1.2", "--at", "now")
        workspaces.wait_until(lambda: len(sendgrid.mailbox) >= 2 * PEOPLE - 1)
        workspaces.wait_until(lambda: place.states() == {"sent"})
        assert len(sendgrid.mailbox.to(mail.address)) == 1
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()
