"""MRML only ever sees what it can bear, and what it prints is put right."""

from __future__ import annotations

import re

import mjml as mrml
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsletter.errors import MjmlError
from newsletter.rendering.pipeline import mjml
from tests.unit.rendering.samples import HARD_STRINGS, wrap_in_body


def escaped(text: str) -> str:
    """The text as a template with autoescape prints it."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    )


@pytest.mark.parametrize("text", HARD_STRINGS)
def test_attributes_are_exact(text: str) -> None:
    """Every character of an alt text arrives as it was written."""
    source = wrap_in_body(f'<mj-image src="https://example.org/i.png" alt="{escaped(text)}" />')

    [image] = html.document_fromstring(mjml.to_html(source)).iter("img")

    assert image.get("alt") == text


@pytest.mark.parametrize("text", HARD_STRINGS)
def test_text_is_exact(text: str) -> None:
    """Every character between tags arrives as it was written."""
    document = mjml.to_html(wrap_in_body(f"<mj-text><p>{escaped(text)}</p></mj-text>"))

    [paragraph] = html.document_fromstring(document).iter("p")

    assert paragraph.text == text


@pytest.mark.parametrize("text", HARD_STRINGS)
def test_title_is_exact(text: str) -> None:
    """The title and the label of the body, which repeats it, are what was written."""
    source = (
        f"<mjml><mj-head><mj-title>{escaped(text)}</mj-title></mj-head><mj-body></mj-body></mjml>"
    )

    tree = html.document_fromstring(mjml.to_html(source))

    assert tree.findtext(".//title") == text
    assert tree.xpath("//@aria-label") == [text]


def test_title_with_plain_quotes() -> None:
    """Quotes that a template writes into the title do not end the label of the body."""
    source = '<mjml><mj-head><mj-title>A "q"</mj-title></mj-head><mj-body></mj-body></mjml>'

    assert 'aria-label="A &quot;q&quot;"' in mjml.to_html(source)


def test_single_quotes() -> None:
    """A value between single quotes may hold double ones, and the other way round."""
    source = wrap_in_body(
        """<mj-image src="https://example.org/i.png" alt='a "b"' title="c 'd'" />"""
    )

    [image] = html.document_fromstring(mjml.to_html(source)).iter("img")

    assert image.get("alt") == 'a "b"'


def test_plain_documents_are_untouched() -> None:
    """For plain ASCII the armour changes nothing."""
    source = wrap_in_body('<mj-text><p class="x">Plain &amp; simple</p></mj-text><mj-divider />')

    assert mjml.to_html(source) == mrml.mjml2html(source, fonts={})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('padding="0 20px"', 'padding="0px 20px"'),
        ("padding='20px 0 0'", 'padding="20px 0px 0px"'),
        ('padding-left="0"', 'padding-left="0px"'),
        ('padding="0.5px 10px"', 'padding="0.5px 10px"'),
        ('full-width="false"', ""),
        ('full-width=""', ""),
        ('full-width="full-width" padding="0"', 'full-width="full-width" padding="0px"'),
    ],
)
def test_attributes_mean_what_they_say(written: str, meant: str) -> None:
    """A zero needs no unit, and a section that is not to be full is not."""
    source = "<mjml><mj-body><mj-section {}><mj-column><mj-divider /></mj-column></mj-section>{}"
    as_written, as_meant = (source.format(each, "</mj-body></mjml>") for each in (written, meant))

    assert mjml.to_html(as_written) == mrml.mjml2html(as_meant, fonts={})


def test_widths_for_outlook_leave_room_for_padding() -> None:
    """A picture is as wide as its place, though the padding around it has a zero without unit."""
    image = '<mj-image src="https://example.org/i.png" alt="" padding="0 30px" />'

    [found] = html.document_fromstring(mjml.to_html(wrap_in_body(image))).iter("img")

    assert found.get("width") == "540"


@pytest.mark.parametrize(
    ("classes", "outlook"),
    [("one", "one-outlook"), ("one two three", "one-outlook two-outlook three-outlook")],
)
def test_classes_for_outlook(classes: str, outlook: str) -> None:
    """What stands for Outlook around an element has each class of it, marked as Outlook's."""
    source = f'<mjml><mj-body><mj-section css-class="{classes}"></mj-section></mj-body></mjml>'

    document = mjml.to_html(source)

    assert re.findall(r'class="([^"]*)"', document) == [outlook, classes]


def test_the_first_of_two_equal_attributes_counts() -> None:
    """An attribute that is given twice has its first value, as in the official MJML."""
    source = wrap_in_body('<mj-text color="#112233" color="#445566" font-size="15px">x</mj-text>')

    document = mjml.to_html(source)

    assert "#112233" in document
    assert "#445566" not in document


def test_one_side_of_a_padding_counts() -> None:
    """A side given beside the whole comes behind it, where it takes effect."""
    title = '<mj-accordion-title padding="20px" padding-top="40px">x</mj-accordion-title>'

    document = mjml.to_html(
        wrap_in_body(
            f"<mj-accordion><mj-accordion-element>{title}</mj-accordion-element></mj-accordion>"
        )
    )

    assert "padding:20px;padding-top:40px;" in document


def test_widths_of_pictures_are_whole() -> None:
    """Half a pixel is rounded down, as Outlook would read it."""
    image = '<mj-column><mj-image padding="0" src="https://example.org/i.png" alt="" /></mj-column>'
    section = f'<mj-section padding="0">{image * 2}</mj-section>'
    source = f'<mjml><mj-body width="575px">{section}</mj-body></mjml>'

    assert re.findall(r'<img[^>]* width="([^"]*)"', mjml.to_html(source)) == ["287", "287"]


def test_the_preview_text_is_neither_white_nor_tiny() -> None:
    """It is hidden without white or tiny letters, for which spam filters give points."""
    source = "<mjml><mj-head><mj-preview>Soon</mj-preview></mj-head><mj-body></mj-body></mjml>"

    [(style, shown)] = re.findall(r'<body[^>]*><div style="([^"]*)">([^<]*)', mjml.to_html(source))

    assert shown == "Soon"
    assert "display:none" in style
    assert "color" not in style
    assert "font-size" not in style


def test_same_input_same_bytes() -> None:
    """Rendering twice gives the same bytes, so that editions can be compared by hash."""
    source = wrap_in_body(
        "<mj-text>日本</mj-text><mj-navbar><mj-navbar-link>a</mj-navbar-link></mj-navbar>"
    )

    assert mjml.to_html(source) == mjml.to_html(source)


def test_no_foreign_fonts() -> None:
    """A document in the default font makes no reader fetch anything."""
    document = mjml.to_html(wrap_in_body("<mj-text>text</mj-text>"))

    assert "googleapis" not in document
    assert "@import" not in document


def test_line_breaks_in_tags() -> None:
    """Attributes may stand on lines of their own, and text keeps its line breaks."""
    source = wrap_in_body('<mj-button\n  href="https://example.org"\n\ttitle="a\nb">x</mj-button>')

    assert "\\n" not in mjml.to_html(source)


@pytest.mark.parametrize(
    ("inner", "line", "says"),
    [
        pytest.param("<mj-text>a < b</mj-text>", 2, "bare", id="less-than"),
        pytest.param("<mj-text>\n<p>x</mj-text>", 3, "<p> is never closed", id="unclosed"),
        pytest.param("</mj-column></mj-section></mj-body></mjml></b>", 2, "nothing may", id="tail"),
        pytest.param("<mj-text>\n</b></mj-text>", 3, "</b> does not match", id="unopened"),
        pytest.param("日本\n<mj-text class=x>y</mj-text>", 3, "broken attribute", id="unquoted"),
        pytest.param("<mj-text>x ]]></mj-text>", 2, "]]&gt;", id="cdata-end"),
        pytest.param("\n<!-- a -- b -->", 3, "--", id="comment"),
        pytest.param("<!--[if mso>", 2, "comment is never closed", id="open-comment"),
        pytest.param('<mj-include path="x" />', 2, "include", id="include"),
        pytest.param("<?php ?>", 2, "bare", id="instruction"),
        pytest.param("</mj-column></mj-section></mj-body></mjml>x", 2, "nothing may", id="after"),
        pytest.param("日　本\n<mj-column>\n<?x", 4, "bare", id="behind-wide-text"),
    ],
)
def test_errors_say_where(inner: str, line: int, says: str) -> None:
    """What is not well formed is an error with the template's name, line and column."""
    with pytest.raises(MjmlError) as caught:
        mjml.to_html(wrap_in_body(inner), path="own/own.mjml")

    assert caught.value.line == line
    assert str(caught.value).startswith(f"own/own.mjml:{line}:{caught.value.column}: ")
    assert says in str(caught.value)


def test_errors_of_mrml_say_where() -> None:
    """An error that MRML finds by its byte offset is reported in lines of the source."""
    source = "<mjml>\n  <mj-head>\n    <mj-title>日本　é</mj-title><mj-foo />\n</mj-head></mjml>"

    with pytest.raises(MjmlError, match=r"3:31: unexpected element, at '<?mj-foo"):
        mjml.to_html(source)


@pytest.mark.parametrize(
    "source", ["", "hello", "</b>", "<html></html>", "\x00", "<mj-body></mj-body>"]
)
def test_other_documents_are_refused(source: str) -> None:
    """What is not MJML at all is an error like any other."""
    with pytest.raises(MjmlError):
        mjml.to_html(source)


def test_text_that_looks_like_armour() -> None:
    """What the armour uses as a mark may stand in the text."""
    document = mjml.to_html(wrap_in_body("<mj-text>zqm0z zqmx1z 日本</mj-text>"))

    assert "zqm0z zqmx1z 日本" in document


@pytest.mark.parametrize("tag", ["div", "mj-wrapper"])
def test_depth_is_limited(tag: str) -> None:
    """Nesting that would overflow the stack of MRML, and end the process, is refused."""
    with pytest.raises(MjmlError, match="deeper than 200"):
        mjml.to_html(wrap_in_body(f"<{tag}>" * 5000 + f"</{tag}>" * 5000))


def test_panics_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A panic of the renderer, which is no Exception, becomes an error like any other."""
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    def crash(*_arguments: object, **_named: object) -> str:
        raise panic("byte index 3 is not a char boundary")

    monkeypatch.setattr(mrml, "mjml2html", crash)
    with pytest.raises(MjmlError, match="crashed"):
        mjml.to_html(wrap_in_body(""))


def test_interrupts_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C while rendering is no error of the document."""

    def interrupt(*_arguments: object, **_named: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(mrml, "mjml2html", interrupt)
    with pytest.raises(KeyboardInterrupt):
        mjml.to_html(wrap_in_body(""))


PIECES = st.sampled_from(
    [
        *HARD_STRINGS,
        *("<mj-text>", "</mj-text>", "<mj-image ", 'alt="', '"', "'", ">", "/>", "<!--", "-->"),
        *("<", "&", "]]>", "<p>", "</p>", "<br/>", "=", " x", "\\", "\n", "<mj-title>", "“q” >"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_else_comes_out(inner: str) -> None:
    """Any input gives a document or an `MjmlError`, never another exception."""
    try:
        document = mjml.to_html(wrap_in_body(f"<mj-text>{inner}</mj-text>"))
    except MjmlError:
        return

    assert "zqm" not in document


def test_markup_for_outlook_may_open_what_another_closes() -> None:
    """A conditional comment is passed on whole, wherever its tags end."""
    start = "<!--[if mso | IE]><table><tr><td><![endif]-->"
    end = "<!--[if mso | IE]></td></tr></table><![endif]-->"
    inside = "<mj-section><mj-column><mj-text>Hello 港</mj-text></mj-column></mj-section>"

    made = mjml.to_html(
        f"<mjml><mj-body><mj-raw>{start}</mj-raw>{inside}<mj-raw>{end}</mj-raw></mj-body></mjml>"
    )

    assert made.index(start) < made.index("Hello 港") < made.index(end)
    assert "<mj-" not in made


def test_what_all_but_outlook_show_stays() -> None:
    """A comment that other programs do not take for one keeps its two halves."""
    shown = "<!--[if !mso]><!--><i>Wave ～</i><!--<![endif]-->"

    assert shown in mjml.to_html(wrap_in_body(f"<mj-text>{shown}</mj-text>"))


@pytest.mark.parametrize(("classes", "colour"), [("a b", "#444444"), ("b  a", "#333333")])
def test_the_last_class_of_a_component_wins(classes: str, colour: str) -> None:
    """As in the official MJML."""
    head = '<mj-class name="a" color="#333333" /><mj-class name="b" color="#444444" />'
    source = wrap_in_body(f'<mj-text mj-class="{classes}">x</mj-text>').replace(
        "<mj-body", f"<mj-head><mj-attributes>{head}</mj-attributes></mj-head><mj-body", 1
    )

    assert f"color:{colour};" in mjml.to_html(source)


@pytest.mark.parametrize(
    ("padding", "width"),
    [
        ('padding="40px 30px"', 540),
        ('padding="40px"', 520),
        ('padding="1px 2px 3px 4px"', 594),
        ('padding="40px 0"', 600),
        ('padding="0 10px" padding-left="50px"', 540),
        ('padding-right="16px"', 584),
    ],
)
def test_outlook_leaves_the_padding_of_a_hero_free(padding: str, width: int) -> None:
    """The table that Outlook alone reads is as wide as its place, as in the official MJML."""
    hero = f'<mj-hero height="300px" {padding}><mj-text>On it</mj-text></mj-hero>'

    made = mjml.to_html(f"<mjml><mj-body>{hero}</mj-body></mjml>")

    before = made[: made.index('class="mj-hero-content"')]
    assert before.rindex(f'width="{width}" style="width:{width}px;"') > before.rindex("<td height")


def test_capital_tags_without_an_end() -> None:
    """Old templates write `<BR>`; it needs no end either."""
    made = mjml.to_html(wrap_in_body('<mj-text>Up<BR>and <IMG ALT="a > b"> <HR/>down</mj-text>'))

    assert "Up<br" in made
    assert 'ALT="a > b"' in made
