"""The context of a value is where it stands in the finished document."""

from __future__ import annotations

import pytest

from newsletter.errors import UnsupportedPersonalization
from newsletter.rendering.personalisation.contexts import (
    Context,
    Positions,
    encoder_for,
    in_text_part,
)


@pytest.mark.parametrize(
    ("document", "context"),
    [
        ("zzz", Context.TEXT),
        ("<p>a zzz b</p>", Context.TEXT),
        ("<title>zzz</title>", Context.TEXT),
        ("a < zzz > b", Context.TEXT),
        ('<p title="zzz">', Context.ATTRIBUTE),
        ("<p title='a \"zzz\"'>", Context.ATTRIBUTE),
        ('<p title="a > zzz">', Context.ATTRIBUTE),
        ('<p data-href="zzz">', Context.ATTRIBUTE),
        ('<a href="zzz">', Context.ADDRESS),
        ('<a HREF = "https://x.org/zzz">', Context.URL),
        ('<img src="https://x.org/?zzz=1">', Context.URL),
        ('<table background="zzz">', Context.ADDRESS),
        ('<q cite="zzz">', Context.ADDRESS),
        ('<form action="zzz">', Context.ADDRESS),
        ('<video poster="zzz">', Context.ADDRESS),
        ("<!--[if mso]><p>zzz</p><![endif]-->", Context.COMMENT),
        ('<!-- <p title="zzz"> -->', Context.COMMENT),
        ("<!-- a --><p>zzz</p><!-- b -->", Context.TEXT),
        ("<style>p{}</style>zzz<style>p{}</style>", Context.TEXT),
    ],
)
def test_positions(document: str, context: Context) -> None:
    """Text, attributes, addresses and Outlook's comments are told apart."""
    assert Positions(document).context(document.index("zzz"), by_editor=False) is context


IN_RAW = "Test it in {% if %} and write the styles in the branches."
IN_TAG = 'Put it between the quotes of an attribute, name="..."'
IN_ATTRIBUTE = "Test it in {% if %} and write both forms."


@pytest.mark.parametrize(
    ("document", "place", "hint"),
    [
        ("<style>p { color: zzz }</style>", "stand in <style>", IN_RAW),
        ("<SCRIPT>zzz</SCRIPT>", "stand in <script>", IN_RAW),
        ('<p style="color: zzz">', "in the attribute 'style'", IN_ATTRIBUTE),
        ('<p onClick="zzz">', "in the attribute 'onclick'", IN_ATTRIBUTE),
        ("<p zzz>", "a tag or the name", IN_TAG),
        ("<p title=zzz>", "a tag or the name", IN_TAG),
        ("<p zzz='x'>", "a tag or the name", IN_TAG),
        ("</zzz>", "a tag or the name", IN_TAG),
        ("<xzzz>", "a tag or the name", IN_TAG),
    ],
)
def test_forbidden_positions(document: str, place: str, hint: str) -> None:
    """Styles, scripts, and anything in a tag but quoted values are refused, each with its fix."""
    with pytest.raises(UnsupportedPersonalization, match=place) as raised:
        Positions(document).context(document.index("zzz"), by_editor=False)

    assert raised.value.hint == hint


def test_editors_part_of_an_address() -> None:
    """An editor's tag inside an address is one component of it; at its start, an address."""
    document = '<a href="zzz"></a><a href="https://x.org/?zzz">'
    positions = Positions(document)

    found = [positions.context(at, by_editor=True) for at in (9, document.rindex("zzz"))]

    assert found == [Context.ADDRESS, Context.QUERY]


@pytest.mark.parametrize(
    ("before", "by_editor", "context"),
    [
        ("Dear ", True, Context.PLAIN),
        ("see https://x.org/?e=", True, Context.QUERY),
        ("https://x.org/?e=", True, Context.QUERY),
        ("see https://x.org/?e=", False, Context.PLAIN),
        ("https://x.org/ for ", True, Context.PLAIN),
    ],
)
def test_text_part(before: str, by_editor: bool, context: Context) -> None:
    """In plain text an editor's tag within an address is a component of it."""
    assert in_text_part(f"{before}token", len(before), by_editor) is context


VALUE = '<a> "&" \'日 é/'


@pytest.mark.parametrize(
    ("context", "written"),
    [
        (Context.TEXT, '&lt;a&gt; "&amp;" \'日 é/'),
        (Context.ATTRIBUTE, "&lt;a&gt; &quot;&amp;&quot; &#x27;日 é/"),
        (Context.COMMENT, "&lt;a&gt; &quot;&amp;&quot; &#x27;日 é/"),
        (Context.URL, "&lt;a&gt;%20&quot;&amp;&quot;%20&#x27;%E6%97%A5%20%C3%A9/"),
        (Context.QUERY, "%3Ca%3E%20%22%26%22%20%27%E6%97%A5%20%C3%A9%2F"),
        (Context.PLAIN, VALUE),
        (Context.HEADER, VALUE),
    ],
)
def test_encoding(context: Context, written: str) -> None:
    """Each context has its own encoding."""
    assert encoder_for(context)(VALUE) == written
