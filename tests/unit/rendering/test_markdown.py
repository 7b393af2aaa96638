"""What editors write becomes clean HTML, whatever they write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsletter.rendering.text.markdown import sanitise, to_html


@pytest.mark.parametrize(
    ("markdown", "result"),
    [
        pytest.param("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        pytest.param("~~old~~", "<p><s>old</s></p>\n", id="strike"),
        pytest.param(
            "# a\n## b\n### c\n#### d", "<h3>a</h3>\n<h3>b</h3>\n<h3>c</h3>\n<h4>d</h4>\n"
        ),
        pytest.param("a\\\nb", "<p>a<br>\nb</p>\n", id="break"),
        pytest.param("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n', id="start"),
        pytest.param(
            "[a][1]\n\n[1]: https://example.org/x 'T'",
            '<p><a href="https://example.org/x" title="T">a</a></p>\n',
            id="reference",
        ),
        pytest.param("a <b>b</b> & c", "<p>a <b>b</b> &amp; c</p>\n", id="raw-html"),
        pytest.param(
            "![x](https://example.org/i.png)",
            '<p><img src="https://example.org/i.png" alt="x"></p>\n',
        ),
    ],
)
def test_markdown(markdown: str, result: str) -> None:
    """CommonMark with strike-through becomes the HTML one expects."""
    assert to_html(markdown) == result


def test_tables_keep_alignment() -> None:
    """The alignment of a column is an attribute, since styles are not allowed."""
    table = to_html("|a|b|\n|:-|-:|\n|1|2|")

    assert '<th align="left">a</th>' in table
    assert '<td align="right">2</td>' in table


@pytest.mark.parametrize(
    ("markdown", "result"),
    [
        pytest.param("a <!-- no --> b", "<p>a  b</p>\n", id="within-a-line"),
        pytest.param("a\n\n<!-- one\n\ntwo -->\nb", "<p>a</p>\n<p>b</p>\n", id="over-blank-lines"),
        pytest.param("<!-- no --> text", "<p>text</p>\n", id="before-text"),
        pytest.param("`<!-- yes -->`", "<p><code>&lt;!-- yes --&gt;</code></p>\n", id="in-code"),
        pytest.param("<!-- open", "<p>&lt;!-- open</p>\n", id="never-closed"),
        pytest.param("> <!-- no -->\n\nb", "<blockquote></blockquote>\n<p>b</p>\n", id="in-quote"),
    ],
)
def test_comments_are_dropped(markdown: str, result: str) -> None:
    """HTML comments are notes to oneself."""
    assert to_html(markdown).replace("<blockquote>\n", "<blockquote>") == result


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/?a=1&b=2",
        "http://example.org",
        "mailto:a@example.org",
        "tel:+1",
        "#item-1",
    ],
)
def test_good_links_stay(url: str) -> None:
    """Web pages, addresses, telephone numbers and anchors may be linked."""
    [link] = html.fragment_fromstring(to_html(f"[x]({url})")).iter("a")

    assert link.get("href") == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///x",
        ),
        *("//evil.example", "/relative", "page.html", "ftp://example.org", "java\tscript:alert(1)"),
        "https\n://example.org:x",
    ],
)
def test_other_links_go(url: str) -> None:
    """Any other link loses its address, the words stay."""
    result = sanitise(f'<a href="{url}">words</a>')

    assert result == "<a>words</a>"


@pytest.mark.parametrize(
    ("rich", "result"),
    [
        pytest.param("<p onclick='x()' class=c style='top:0'>a</p>", "<p>a</p>", id="attributes"),
        pytest.param("a<script>x</script><style>p{}</style>b", "ab", id="script"),
        pytest.param("<iframe src='https://x'></iframe><b>open", "<b>open</b>", id="balance"),
        pytest.param("<h1>a</h1><h6>b</h6>", "<h3>a</h3><h4>b</h4>", id="headings"),
        pytest.param(
            "<img src='https://x.org/i' width='3' height='3em'>",
            '<img alt="" src="https://x.org/i" width="3">',
        ),
        pytest.param("<img src='data:image/png;base64,AA' alt='x'>", '<img alt="x">', id="data"),
        pytest.param("a<!-- no -->b", "ab", id="comment"),
        pytest.param(
            '<img title="a > b" alt="x">', '<img title="a &gt; b" alt="x">', id="angle-in-attribute"
        ),
        pytest.param("<h2x>a</h2x>", "a", id="unknown"),
        pytest.param("x < y", "x &lt; y", id="less"),
    ],
)
def test_rich_text_is_cleaned(rich: str, result: str) -> None:
    """Rich text from elsewhere keeps known tags and attributes, and is balanced."""
    assert sanitise(rich) == result


def test_relative_addresses_are_resolved() -> None:
    """Where the caller knows what relative addresses belong to, they are kept, absolute."""
    rich = '<a href="/x">a</a><img src="i.png" alt=""><a href="//e.org">b</a><a href="#c">c</a>'

    result = sanitise(rich, resolve=lambda url: f"https://example.org/{url.lstrip('/')}")

    assert 'href="https://example.org/x"' in result
    assert 'src="https://example.org/i.png"' in result
    assert 'href="#c"' in result


@given(st.text(alphabet="<>/=\"'abh1 script&#;:\n-!"))
def test_cleaning_is_final(text: str) -> None:
    """Cleaning what is clean changes nothing."""
    once = sanitise(text)

    assert sanitise(once) == once
