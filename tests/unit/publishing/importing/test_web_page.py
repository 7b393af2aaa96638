"""Web pages become issues: what is around their text is left out, and named."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from django.test import Client

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.parsed_issue import Button, ParsedIssue
from newsletter.publishing.importing.reading import parse_file
from newsletter.publishing.models import Publication
from newsletter.rendering.text.markdown import to_html
from tests import desks


def read(html: str, name: str = "page.html", **beside: bytes) -> ParsedIssue:
    """Return what is in a page."""
    files = {key.replace("_", "."): data for key, data in beside.items()}
    return parse_file(html.encode(), name=name, beside=files)


def body(html: str) -> str:
    """Return the text of the only item of a page, as HTML."""
    return to_html(read(f"<body><h2>Item</h2>{html}</body>").items[0].body).replace("\n", "")


def test_our_own_page(publication: Publication, client: Client) -> None:
    """A page of the archive, saved, is the issue that it was made of."""
    issue = desks.on_the_web(
        publication,
        12,
        preheader="Snow",
        body=[
            ("text", "<p>Good <b>morning</b>.</p>"),
            desks.digest("Reed beds", "Ferries"),
            ("button", {"label": "Visit", "url": "https://example.org/visit"}),
        ],
    )

    found = parse_file(client.get(issue.url).content, name="page.html")

    assert (found.title, found.volume, found.number) == ("Tideline Digest Vol 1.12", 1, 12)
    assert found.date == dt.date(2026, 11, 12)
    assert found.introduction == "Good **morning**."
    assert [(each.headline, each.body) for each in found.items] == [
        ("Reed beds", "About Reed beds."),
        ("Ferries", "About Ferries."),
    ]
    assert found.buttons == (Button(label="Visit", url="https://example.org/visit"),)


PAIRS = """<!doctype html><html lang="ja"><head><title>Harbour – Vol 2.18</title>
<!-- saved from url=(0034)https://example.org/digest/vol-2-18/ --></head><body>
<div class="menu"><ul><li><a href="/">Home</a></li><li>Publications</li></ul></div>
<h1>Harbour Digest Vol 2.18</h1><p>Download Harbour Digest Vol 2.18</p>
<p>Image Source: The Shimbun</p>
<ul><li>The ice-breaker is back</li><li>Who clears the snow?</li></ul>
<ul><li>She came in on Tuesday, with two new propellers and the <a href="../crew">old crew</a> of
the Harbour.</li><li>The port clears piers one to four. Nobody has ever cleared the fifth pier, in
any winter that anybody remembers.</li></ul>
<p>The Harbour Digest is a summary of harbour news.</p><p>2026 Harbour | Privacy Policy</p>
</body>"""


def test_a_page_with_two_lists() -> None:
    """A list of headlines and one of texts become items, with their links; menus are left out."""
    found = read(PAIRS)

    assert (found.title, found.volume, found.number) == ("Harbour Digest Vol 2.18", 2, 18)
    assert (found.credit, found.language) == ("The Shimbun", "ja")
    assert [each.headline for each in found.items] == [
        "The ice-breaker is back",
        "Who clears the snow?",
    ]
    assert "[old crew](<https://example.org/digest/crew>)" in found.items[0].body
    assert found.boilerplate == "The Harbour Digest is a summary of harbour news."
    assert "“Download Harbour Digest Vol 2.18”" in found.notes[0]
    assert "Privacy Policy" in found.notes[0]


def test_headlines_without_items_are_refused() -> None:
    """Three headlines for two texts are refused with both numbers, as in a plain text."""
    page = PAIRS.replace("<li>Who", "<li>Ferries</li><li>Who")

    with pytest.raises(ImportRejected, match="3 headlines for 2 items") as caught:
        read(page)

    assert caught.value.hint == "Every headline needs its item, and every item its headline."


def test_what_is_around_a_text_is_left_out() -> None:
    """Menus, side columns and footers are no part of an issue; a note names each."""
    found = read(
        "<body><header>Our site</header><main><h1>Title</h1><h2>One</h2><p>Text.</p>"
        "<aside>Read more</aside></main><footer>Imprint</footer></body>"
    )

    assert (found.title, found.items[0].body) == ("Title", "Text.")
    assert "“Read more”" in found.notes[0]


@pytest.mark.parametrize(
    ("html", "made"),
    [
        ("<p>a <b>bold</b> and <i>slanted</i></p>",
         "<p>a <strong>bold</strong> and <em>slanted</em></p>"),
        ('<p><span style="font-weight:700">heavy</span></p>', "<p><strong>heavy</strong></p>"),
        ('<b style="font-weight:normal"><p>light</p></b>', "<p>light</p>"),
        ('<p>x<span style="vertical-align:super">2</span></p>', "<p>x<sup>2</sup></p>"),
        ("<p>one<br>two</p>", "<p>one<br>two</p>"),
        ("<blockquote><p>said</p></blockquote>", "<blockquote><p>said</p></blockquote>"),
        ("<p>5 * 3 ^ 2 == 45 [x](y) &lt;b&gt; #1 ~a~</p>",
         "<p>5 * 3 ^ 2 == 45 [x](y) &lt;b&gt; #1 ~a~</p>"),
        ("<p># no heading</p><p>- no list</p><p>7. no list</p>",
         "<p># no heading</p><p>- no list</p><p>7. no list</p>"),
        ("<pre>a\n  b</pre>", "<pre><code>a  b</code></pre>"),
        ("<p><code>a`b</code></p>", "<p><code>a`b</code></p>"),
        ("<ol start=3><li>c</li><li>d<ul><li>e</li></ul></li></ol>",
         '<ol start="3"><li>c</li><li>d<ul><li>e</li></ul></li></ol>'),
        (("<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
         "<span style='mso-list:Ignore'>1.</span>one</p>"
         "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'>"
         "<span style='mso-list:Ignore'>·</span>deep</p>"),
         "<ol><li>one<ul><li>deep</li></ul></li></ol>"),
        ("<table><tr><td>layout <b>only</b></td></tr></table>",
         "<p>layout <strong>only</strong></p>"),
        ('<p>go <a href="javascript:alert(1)">here</a></p>', "<p>go here</p>"),
        ('<p><a href="mailto:a@example.org">write</a></p>',
         '<p><a href="mailto:a@example.org">write</a></p>'),
        ("<p>a<script>alert(1)</script>b<svg onload=x></svg><style>p{}</style></p>", "<p>ab</p>"),
        ('<p>seen <span style="display:none">unseen</span></p>', "<p>seen</p>"),
        ("<p>[first_name|reader], hello</p>", "<p>[first_name|reader], hello</p>"),
    ],
)  # fmt: skip
def test_html_shows_the_same(html: str, made: str) -> None:
    """What a text means is kept through Markdown; what is dangerous or unseen is not."""
    assert body(html) == made


def test_a_table_keeps_its_cells() -> None:
    """Cells stand in their columns, with those that span several, and with bars in words."""
    made = body(
        "<table><tr><th colspan=2>Both<th>C</tr><tr><td>a|b<td><p>x</p><p>y</p><td></table>"
    )

    assert "<td>a|b</td><td>x<br>y</td>" in made
    assert made.count("<th") == 3 + made.count("<thead")


def test_pictures_beside_a_saved_page() -> None:
    """Files that a browser saved beside a page are found by their names; others are named."""
    picture = desks.picture(size=(40, 30))
    found = read(
        '<body><h2>One</h2><p>T <img src="page_files/quay.png" alt="Quay"></p>'
        '<p>U <img src="page_files/lost.png"></p></body>',
        quay_png=picture,
    )

    assert "![Quay](<quay.png>)" in found.items[0].body
    assert found.enclosed == {"quay.png": picture}
    assert "lost.png" in found.notes[0]


def test_pictures_inside_a_page() -> None:
    """A picture that stands in a page as data is taken in; one that counts readers is not."""
    data = base64.b64encode(desks.picture(size=(40, 30))).decode()
    found = read(
        f'<body><p><img src="data:image/png;base64,{data}" alt="Quay"></p><h2>One</h2>'
        '<p>Text<img src="https://example.org/count.gif" width=1 height=1></p></body>'
    )

    assert found.image
    assert found.image.file in found.enclosed
    assert (found.alt, found.items[0].body) == ("Quay", "Text")


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (
            '<meta charset="shift_jis"><h1>港便り</h1><h2>埠頭</h2><p>雪。'.encode("shift_jis"),
            "港便り",
        ),
        ("<h1>Hafen</h1><h2>Möwe</h2><p>x".encode("utf-8-sig"), "Hafen"),
    ],
)
def test_encodings(data: bytes, title: str) -> None:
    """A page is read in the encoding that it names; without one it is UTF-8."""
    assert parse_file(data, name="page.htm").title == title


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no text in it"),
        (b"<body><nav>only a menu</nav></body>", "no text in it"),
        (b"<h1>M\xf6we</h1><h2>a</h2><p>b", "does not say in which encoding"),
        (b"<body><h2>" + b"x" * 300 + b"</h2><p>Text.</p>", "headline has 300 characters"),
        (b"<body><h2>a</h2>" + b"<blockquote>" * 200 + b"deep", "nested too deeply"),
        (b"<!doctype html>" + b" " * 20_000_000, "larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "page",
)
def test_bad_pages_are_refused_in_words(data: bytes, words: str) -> None:
    """What cannot be brought in is refused with the name of the file and a fix."""
    with pytest.raises(ImportRejected, match=words) as caught:
        parse_file(data, name="page.html")

    assert caught.value.path == "page.html"
    assert caught.value.hint
