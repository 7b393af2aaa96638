"""HTML and links in Markdown: what a mail may hold passes, all else is seen and said."""

from __future__ import annotations

import dataclasses
import re

import pytest

from newsletter import rendering
from newsletter.rendering.content import Text
from newsletter.rendering.pipeline.sample_issues import FULL, READER
from newsletter.rendering.preflight.checking import check_edition
from newsletter.rendering.preflight.context import PreflightContext
from newsletter.rendering.text.markdown import to_html
from tests.environment import ROOT

TEMPLATE = rendering.load_template(ROOT / "templates" / "email", "digest")


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("one<br>two<BR/>three", "<p>one<br>two<br>three</p>\n"),
        ("<small>s</small><sup>1</sup>", "<p><small>s</small><sup>1</sup></p>\n"),
        (
            '<a href="https://example.org/?a=1&amp;b=2">y</a>',
            '<p><a href="https://example.org/?a=1&amp;b=2">y</a></p>\n',
        ),
        (
            '<p align="center"><img src="https://example.org/x.png" width="300" alt="x"></p>',
            '<p><img src="https://example.org/x.png" width="300" alt="x"></p>',
        ),
        (
            "<details><summary>S</summary>\n\n*inside*\n\n</details>",
            "<p><strong>S</strong></p>\n<p><em>inside</em></p>\n",
        ),
        (
            "<details>\n<summary>S</summary>\na *b*\n</details>",
            "<p><strong>S</strong></p><p>a *b*</p>\n",
        ),
        ("<div>a <i>b</i><ul><li>c</ul>d</div>", "<p>a <i>b</i></p><ul><li>c</li></ul><p>d</p>\n"),
        ("<ul><li>a</ul>b<hr>c", "<ul><li>a</li></ul><p>b</p>\n<hr><p>c</p>\n"),
        ("<div>a</div><div>b</div>", "<p>a</p><p>b</p>"),
        ("<font color='red'>a</font> <strike>b</strike>", "<p>a <s>b</s></p>\n"),
        ("<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("List<String> stays", "<p>List&lt;String&gt; stays</p>\n"),
        ("<?php x ?> y", "<p>&lt;?php x ?&gt; y</p>\n"),
        ("a <script>b</script>", "<p>a &lt;script&gt;b&lt;/script&gt;</p>\n"),
        ("<style>p{}</style>", "<p>&lt;style&gt;p{}&lt;/style&gt;</p>\n"),
        ("`<br>` and \\<br>", "<p><code>&lt;br&gt;</code> and &lt;br&gt;</p>\n"),
        ('<b onclick="x" style="y">z</b>', "<p><b>z</b></p>\n"),
        ('<a href="javascript:x">z</a>', "<p><a>z</a></p>\n"),
        ("[z]() <a href=' '>y</a>", "<p><a>z</a> <a>y</a></p>\n"),
        ("![z](//example.org/a.png)", '<p><img src="https://example.org/a.png" alt="z"></p>\n'),
    ],
)  # fmt: skip
def test_html(markdown: str, made: str) -> None:
    """Tags of the allow-list pass, some become paragraphs, and no word is lost."""
    assert to_html(markdown) == made


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("www.example.org", "https://www.example.org"),
        ("www.example.org/a?b#c", "https://www.example.org/a?b#c"),
        ("example.org/x", "https://example.org/x"),
        ("desk@example.org", "mailto:desk@example.org"),
        ("desk@example.org?subject=x", "mailto:desk@example.org?subject=x"),
        ("mail:desk@example.org", "mailto:desk@example.org"),
        ("https//example.org", "https://example.org"),
        ("https:/example.org", "https://example.org"),
        ("htps://example.org", "https://example.org"),
        ("ttps://example.org", "https://example.org"),
        ("htttps://example.org", "https://example.org"),
        ("http://example.org", "http://example.org"),
        ("//example.org/x", "https://example.org/x"),
        ("https://example.org", "https://example.org"),
        ("sms:+123", "sms:+123"),
        ("tel:+123", "tel:+123"),
        ("webcal://example.org/c.ics", "webcal://example.org/c.ics"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("#item-2", "#item-2"),
        ("irc://irc.example.org/x", "#irc://irc.example.org/x"),
        ("ftp://example.org/a.pdf", "#ftp://example.org/a.pdf"),
        ("matrix:r/x:y", "#matrix:r/x:y"),
    ],
)
def test_addresses(written: str, address: str) -> None:
    """What was meant is clear, or the address is kept where preflight finds it."""
    for source in (f"[x]({written})", f'<a href="{written}">x</a>', f"[x][1]\n\n[1]: {written}"):
        assert f'href="{address}"' in to_html(source)


def findings(markdown: str) -> set[tuple[str, str]]:
    """Return codes and places of what is found in an issue with a text."""
    content = dataclasses.replace(FULL, blocks=(Text(body=to_html(markdown)),))
    edition = rendering.compile(content, TEMPLATE)
    around = PreflightContext(headers=[], reader=READER)
    return {(each.code, each.place) for each in check_edition(content, edition, TEMPLATE, around)}


@pytest.mark.parametrize("left", ["<!-- open", "<?php x", "<![CDATA[x", "</ x", "<!x"])
@pytest.mark.parametrize("before", ["<!-- c --> a", "<b>a</b>", "<p>a</p>", "<div>\na"])
def test_what_is_no_tag_hides_nothing(before: str, left: str) -> None:
    """A comment that never ends is text: all that follows stays."""
    html = to_html(f"{before} {left}\n\nBehind it.")

    assert "Behind it." in html
    assert "&lt;" in html


@pytest.mark.parametrize("sign", ["\u200b", "\xad", "\ufeff", "\u2060", "\u200e"])
def test_invisible_signs_are_no_part_of_an_address(sign: str) -> None:
    """Copied with an address, they would lead elsewhere."""
    html = to_html(
        f"[a](https://example.org/{sign}x{sign}) <a href='https://example.org/x{sign}'>b</a>"
    )

    assert html.count('"https://example.org/x"') == 2


@pytest.mark.parametrize("name", ["iframe", "script", "form", "video", "style", "svg"])
def test_refused_tags_are_errors(name: str) -> None:
    """What readers would see as code is said."""
    markdown = f"A text.\n\nAnd <{name} a='b'>x</{name}> here."

    assert ("html-shown", "block 1") in findings(markdown)


@pytest.mark.parametrize("markdown", ["`<iframe>`", "```\n<form>\n```", "List<String>", "a<br>b"])
def test_code_and_allowed_tags_are_no_errors(markdown: str) -> None:
    """Code is meant to be read."""
    assert "html-shown" not in {code for code, _ in findings(markdown)}


EVERY_LINK = """
[a](https://example.org/a) <https://example.org/b> [c](www.example.org/c) [d](desk@example.org)
[e](htps://example.org/e) [f](irc://example.org/f) [g](ftp://example.org/g) [h](sms:+1) ![i][k]
[j][l] <a href="https://example.org/m">m</a> <a href="gopher://example.org/n">n</a>
[![o](https://example.org/o.png)](https://example.org/p) *[q **r**](mail:a@example.org)*

| [s](https://example.org/s) |
|---|
| [t](geo:1,2) |

> - [u](tel:+1)

[k]: https://example.org/k.png
[l]: https://example.org/l
"""


def test_every_link_of_the_source_is_in_the_mail_or_a_finding() -> None:
    """None vanishes on the way, and none comes from nowhere."""
    content = dataclasses.replace(FULL, blocks=(Text(body=to_html(EVERY_LINK)),))
    edition = rendering.compile(content, TEMPLATE)
    mail = edition.variant(READER).parts(READER).html
    around = PreflightContext(headers=[], reader=READER)
    said = " ".join(each.message for each in check_edition(content, edition, TEMPLATE, around))
    plain = dataclasses.replace(content, blocks=())
    without = rendering.compile(plain, TEMPLATE).variant(READER).parts(READER).html
    links = re.compile(r'<a\b[^<>]*?\shref="([^"]*)"')
    added = set(links.findall(mail)) - set(links.findall(without))

    opened = {f"https://example.org/{path}" for path in "abcelmps"} - {"https://example.org/c"}
    opened |= {"https://www.example.org/c", "mailto:desk@example.org", "mailto:a@example.org"}
    opened |= {"sms:+1", "tel:+1"}
    refused = {"irc://example.org/f", "ftp://example.org/g", "gopher://example.org/n", "geo:1,2"}
    assert added == opened | {f"#{each}" for each in refused}
    assert all(each in said for each in refused)
