"""The log of a whole run names nobody: no address, no name, no link of a person."""

from __future__ import annotations

import quopri
import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.workspaces import Workspace

PEOPLE = ("ann.ember@tideline-news.org", "joe.stone@tideline-news.org", "sue@tideline-news.org")


def post(url: str, **form: str) -> int:
    """Post a form; return the status."""
    body = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(url, body, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def link_in(folder: Path) -> str:
    """Return the path of the preference page in some mail."""
    text = quopri.decodestring(min(folder.glob("*")).read_bytes()).decode(errors="replace")
    found = re.search(r"/p/[\w-]{20,}", text)
    assert found
    return found[0]


@pytest.mark.once
def test_a_run_names_nobody(tmp_path: Path, sendgrid: Emulator) -> None:
    """Import, send, choose, change the address, ask for nonsense, leave, erase, clean."""
    home = tmp_path / "home"
    first = Workspace(tmp_path, workspaces.environment(sendgrid_base_url=sendgrid.url))
    first.run("init", str(home), "--postal-address", "7 Quay Street")
    settings = {"sending_transport": "maildir", "web_port": "0", "canary_percent": "0"}
    place = Workspace(home, workspaces.environment(**settings))
    (home / "issue.md").write_text(workspaces.ISSUE)
    lines = "".join(f"{each},Ember Stone\n" for each in PEOPLE)
    (home / "people.csv").write_text(f"email,name\n{lines}")
    place.run("issue", "import", "issue.md")
    place.run("list", "import", "people.csv", "--basis", "consent")
    place.run("issue", "approve", "1.1")
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    try:
        workspaces.wait_until(lambda: "Fortnight serves" in place.said())
        mails = home / "var" / "maildir" / "new"
        workspaces.wait_until(lambda: len(list(mails.glob("*"))) >= len(PEOPLE))
        found = re.search(r"http://127\.0\.0\.1:\d+", place.said())
        assert found
        page = found[0] + link_in(mails)
        assert post(page, act="address", email="new.ann@tideline-news.org") == 200
        assert post(page, act="address", email="no address") == 400
        assert post(page, act="nonsense") == 400
        assert post(page.replace("/p/", "/u/"), **{"List-Unsubscribe": "One-Click"}) == 200
        workspaces.wait_until(lambda: len(list(mails.glob("*"))) > len(PEOPLE))
        assert post(page, act="erase", sure="1") == 200
        place.run("privacy", "clean")
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    said = place.said()
    assert re.findall(r"(?i)\S+@tideline-news\.org|ember|stone", said) == []
    assert link_in(mails).removeprefix("/p/") not in said
