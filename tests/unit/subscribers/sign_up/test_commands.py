"""The command `newsletter form`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from newsletter.cli import forms
from newsletter.errors import BadInput, NotFound
from subscribers.models import List


def run(*words: str) -> str:
    """Run a command and return what it prints; errors raised on purpose come through."""
    result = CliRunner().invoke(forms.app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def run_json(*words: str) -> Any:
    """Run a command for a program and return its answer."""
    return json.loads(run(*words, "--json"))


def test_a_form_is_opened_and_shown(readers: List) -> None:
    """With all its settings; what is not named stays."""
    slug = readers.slug
    assert run_json("show", slug)["open"] is False

    run("set", slug, "--open", "--name", "--welcome", "--with-issue", "--consent", "en=I agree.")
    found = run_json("set", slug, "--frame-sites", "https://blog.example", "--no-name")

    assert found["open"] is True
    assert found["asks_name"] is False
    assert found["consent_texts"] == {"en": "I agree."}
    assert found["frame_sites"] == ["https://blog.example"]
    assert found["url"].endswith(f"/subscribe/{slug}/")
    assert "yes, with the latest issue" in run("show", slug)
    assert "double opt-in" in run("list")


def test_a_text_is_taken_back(readers: List) -> None:
    """By an empty one."""
    run("set", readers.slug, "--consent", "en=Yes.", "--consent", "ja=はい。")

    assert run_json("set", readers.slug, "--consent", "en=")["consent_texts"] == {"ja": "はい。"}


def test_code_is_printed(readers: List) -> None:
    """Ready to be copied."""
    assert run("embed", readers.slug).startswith("<form ")
    assert run("embed", readers.slug, "--as", "frame").startswith("<iframe ")
    with pytest.raises(BadInput, match="no way"):
        run("embed", readers.slug, "--as", "flash")


def test_wrong_use_is_said(readers: List) -> None:
    """Before anything is changed."""
    with pytest.raises(BadInput, match="nothing to change"):
        run("set", readers.slug)
    with pytest.raises(BadInput, match="LANGUAGE=TEXT"):
        run("set", readers.slug, "--open", "--consent", "Yes")
    with pytest.raises(NotFound):
        run("show", "nothing")
    assert run_json("show", readers.slug)["open"] is False
