"""A workspace of an older release goes on with a newer program."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.program import workspaces
from tests.program.workspaces import Workspace

SHIPPED = ROOT / "templates"
#: What an older release had copied into each workspace: the files that there were then.
OLD = ("email/digest/digest.mjml", "email/_shared/page.mjml", "email/_shared/blocks/text.mjml")


def grow_old(folder: Path) -> None:
    """Give a workspace an old, partial set of templates, changed by its people."""
    shutil.rmtree(folder / "templates", ignore_errors=True)
    for path in OLD:
        (folder / "templates" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / path, folder / "templates" / path)
    own = {
        # A colour and a word, as if the others had come later.
        "email/digest/theme.toml": '[light]\npage = "#fefefe"\n[dark]\npage = "#010101"\n',
        "email/_shared/words.toml": '[en]\nunsubscribe = "Leave the boat"\n',
        "web/404.html": "{% extends 'web/base.html' %}{% block content %}Gone to sea{% endblock %}",
    }
    for path, text in own.items():
        (folder / "templates" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "templates" / path).write_text(text, encoding="utf-8")


@pytest.mark.once
def test_an_old_partial_set_renders_and_serves(
    workspace: Callable[..., Workspace],
) -> None:
    """Mail, text and PDF are made, pages answered; what its people changed stays changed."""
    place = workspace()
    grow_old(place.folder)

    place.run("issue", "render", "1.1", "--out", "out")
    names = place.run("template", "list")
    checked = place.run("template", "check", "digest")

    [html] = (place.folder / "out").glob("*.html")
    assert "Leave the boat" in html.read_text()
    assert "#fefefe" in html.read_text()
    assert list((place.folder / "out").glob("*.txt"))
    assert names == sorted(path.parent.name for path in SHIPPED.glob("email/[!_]*/theme.toml"))
    assert checked["findings"] == []
    serve_once(place)


def serve_once(place: Workspace) -> None:
    """Serve, and ask for a page that there is and one that there is not."""
    program = place.start("serve", "--json")
    try:
        said = workspaces.wait_until(lambda: json_in(place.said()))
        with urllib.request.urlopen(f"{said['address']}/", timeout=60) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{said['address']}/nowhere/", timeout=60)
        assert missing.value.code == 404
        assert "Gone to sea" in missing.value.read().decode()
    finally:
        program.terminate()
        assert program.wait() == 0, place.said()


def json_in(text: str) -> dict[str, str]:
    """Return the JSON that a program has printed between lines of its log; nothing so far."""
    start, end = text.find("\n{") + 1 if "\n{" in text else text.find("{"), text.find("\n}")
    found: dict[str, str] = json.loads(text[start : end + 2]) if end > 0 else {}
    return found
