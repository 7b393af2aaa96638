"""What runs of a template find is noted once, and counted."""

from __future__ import annotations

import pytest

from newsletter.errors import LimitExceeded
from newsletter.rendering.personalisation.tracing import MAX_USES, TOKEN, Trace


def test_printing_and_testing_are_numbered_apart() -> None:
    """An expression that is tested, too, is printed as itself."""
    trace = Trace()

    assert [trace.test(source, "a:1") for source in ("name", "city", "name")] == [0, 1, 0]
    tokens = [trace.token(source, "a:2") for source in ("city", "name", "city")]

    assert tokens[0] == tokens[2] != tokens[1]
    assert [use and use.source for use in map(trace.use, tokens)] == ["city", "name", "city"]


def test_editors_use_is_another_one() -> None:
    """In an address an editor's tag is written in another way than the template's own."""
    trace = Trace()
    tokens = [trace.token("name", place, by_editor=editor) for place, editor in
              (("a:1", False), ("issue: subject", True), ("a:7", False))]  # fmt: skip

    template, editor, again = map(trace.use, tokens)

    assert template is again
    assert template
    assert editor
    assert template.places == {"a:1", "a:7"}
    assert (editor.by_editor, editor.places) == (True, {"issue: subject"})


def test_mail_has_500_expressions_at_most() -> None:
    """Each is a value of its own for everybody: one more is refused, with its place and a way."""
    trace = Trace()
    tokens = [trace.token(f"attributes.a{number}", "a:1") for number in range(MAX_USES)]

    assert trace.token("attributes.a0", "a:9") == tokens[0]
    assert all(map(TOKEN.fullmatch, tokens))
    with pytest.raises(LimitExceeded, match="more than 500 different merge fields") as raised:
        trace.token("name", "issue: subject")
    assert raised.value.place == "subject"
    assert raised.value.hint == "Use fewer: each is a value of its own for everybody."


def test_places_of_the_texts_that_something_is_made_of() -> None:
    """An editor's texts with a token of this run: those in it, and those that it is a part of."""
    trace = Trace()
    token = trace.token("name", "issue: subject", by_editor=True)
    trace.texts = lambda: [
        (f"Dear {token}", "lead"),
        (f"{token}!", "subject"),
        (f"Bye {token}", "closing"),
        ("Dear", "credit"),
        (Trace().token("name", "x"), "elsewhere"),
    ]

    assert trace.fields(f"Dear {token}!") == ["lead", "subject"]
    assert trace.fields(token) == ["closing", "lead", "subject"]
    assert trace.fields("Dear") == ["lead"]


def test_token_of_another_run_stands_for_nothing() -> None:
    """Only what this compilation made is filled in."""
    trace, other = Trace(), Trace()
    token = other.token("name", "a:1")
    trace.token("city", "a:1")

    assert trace.use(token) is None
    assert not trace.holds_token(token)
    assert trace.holds_token(trace.nonce.upper())
