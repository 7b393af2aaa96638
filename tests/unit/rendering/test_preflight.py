"""Every code of preflight is raised by what it is about, and by nothing else."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

import pytest

from newsletter import rendering
from newsletter.rendering import Template
from newsletter.rendering.content import Content, Digest, Divider, Html, Item, Text
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.preflight import contrast as contrasts
from newsletter.rendering.preflight.checking import NOBODY, check_edition
from newsletter.rendering.preflight.codes import CODES
from newsletter.rendering.preflight.context import PreflightContext
from newsletter.rendering.preflight.sources import Written
from newsletter.rendering.preflight.words import width_of
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples

HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")
#: One line of prose of about seventy bytes.
LINE = "The harbour master counts the ships, and the ships count the hours. "


def run(
    content: Content = samples.ENGLISH, template: Template | None = None, **around: Any
) -> tuple[Finding, ...]:
    """What is found in an issue of our own."""
    template = template or samples.digest()
    facts = {"headers": HEADERS, "reader": samples.ANN, **around}
    edition = rendering.compile(content, template)
    return check_edition(content, edition, template, PreflightContext(**facts))


def english(**changes: Any) -> Content:
    """The sample issue with changes."""
    return dataclasses.replace(samples.ENGLISH, **changes)


def saying(markdown: str) -> Content:
    """The sample issue with another text in it."""
    return english(blocks=(*samples.ENGLISH.blocks, Text(body=to_html(markdown))))


def template(file: str, old: str, new: str) -> Template:
    """The digest with other words in one of its files."""
    shipped = samples.digest()
    assert old in shipped.files[file]
    files = {**shipped.files, file: shipped.files[file].replace(old, new)}
    return dataclasses.replace(shipped, files=files)


def lead(**changes: Any) -> Content:
    """The sample issue with another lead image."""
    assert samples.ENGLISH.lead
    return english(lead=dataclasses.replace(samples.ENGLISH.lead, **changes))


def without_text() -> Digest:
    """A digest whose second item has a headline and nothing else."""
    digest = next(block for block in samples.ENGLISH.blocks if isinstance(block, Digest))
    first, second, *others = digest.items
    second = dataclasses.replace(second, body=Html("<p> </p>"))
    return dataclasses.replace(digest, items=(first, second, *others))


def twice() -> Content:
    """The sample issue with a headline that two items share."""
    item = Item(id="item-1", headline="Reed beds", body=Html("<p>They grow.</p>"))
    other = dataclasses.replace(item, id="item-2", headline="Reed  Beds")
    return english(blocks=(Digest(items=(item, other)),))


def nameless() -> Content:
    """The sample issue with an item that has no headline."""
    item = Item(id="item-1", headline=" ", body=Html("<p>They grow.</p>"))
    return english(blocks=(Digest(items=(item,), show_headlines=False),))


def unlawful() -> Content:
    """The sample issue of a publication without an address."""
    publisher = dataclasses.replace(samples.PUBLISHER, postal_address="")
    return english(publisher=publisher)


NO_WAY_OUT = template("footer.mjml", "{{ unsubscribe_url }}", "{{ preferences_url }}")
NO_TEXT = template("page.txt", '{% include "blocks/" ~ block.kind ~ ".txt" %}', "")
PALE = template("theme.toml", 'muted = "#5c6470"', 'muted = "#9aa0a8"')

#: For each code an issue that has it: arguments of `run`, and where it is found.
CASES: Mapping[str, tuple[dict[str, Any], str]] = {
    "placeholder-left": ({"content": english(subject="Issue {{ number }}")}, "subject"),
    "html-shown": ({"content": saying("An <iframe src='x'></iframe> here")}, "block 3"),
    "markup-shown": ({"content": saying("A note :smile: here")}, "block 3"),
    "link-scheme": ({"content": saying("[chat](irc://irc.example.org/x)")}, "block 3"),
    "words-left": ({"content": english(subject="An island TODO")}, "subject"),
    "text-unfinished": ({"content": english(subject="An island [insert name]")}, "subject"),
    "no-unsubscribe": ({"template": NO_WAY_OUT}, "HTML"),
    "no-list-unsubscribe": ({"headers": ("list-unsubscribe",)}, "headers"),
    "no-postal-address": ({"content": unlawful()}, "publication"),
    "too-large": ({"content": saying(f"{LINE * 50}\n\n" * 24)}, ""),
    "nearly-too-large": ({"content": saying(f"{LINE * 50}\n\n" * 19)}, ""),
    "image-alt": ({"content": lead(alt="")}, "lead image"),
    "image-not-https": ({"content": lead(src="http://example.org/i.png")}, "lead image"),
    "image-width": ({"content": saying("![a map](https://example.org/map.png)")}, "block 3"),
    "link-empty": ({"content": saying("[](https://example.org/)")}, "block 3"),
    "link-dead": ({"content": saying("[above](#item-99)")}, "block 3"),
    "link-other-domain": (
        {"content": saying("[www.example.org](https://example.net/)")},
        "block 3",
    ),
    "link-other-name": ({"content": saying("[example.org](https://example.net/)")}, "block 3"),
    "subject-empty": ({"content": english(subject="", title="")}, "subject"),
    "content-empty": ({"content": english(lead=None, blocks=(Divider(),))}, "body"),
    "language-missing": ({"content": english(language="")}, ""),
    "text-thin": ({"template": NO_TEXT}, "text"),
    "headline-without-item": (
        {"content": english(blocks=(without_text(),))},
        "item 2",
    ),
    "subject-long": ({"content": english(subject="An island " * 8)}, "subject"),
    "preheader-missing": ({"content": english(preheader=" ")}, "preheader"),
    "preheader-repeats": (
        {"content": english(preheader=samples.ENGLISH.subject.upper())},
        "preheader",
    ),
    "link-not-https": ({"content": saying("[a report](http://example.org/)")}, "block 3"),
    "link-vague": ({"content": saying("The report is [here](https://example.org/).")}, "block 3"),
    "bidi-control": ({"content": saying("an \u202eodd text")}, "block 3"),
    "citation-shown": ({"content": saying("As [@mehta2024, p. 3] says")}, "block 3"),
    "mention": ({"content": saying("Thanks to @anna")}, "block 3"),
    "headline-missing": ({"content": nameless()}, "item 1"),
    "headline-repeated": ({"content": twice()}, "item 2"),
    "template-words": ({"content": english(language="cy")}, "template"),
    "contrast-low": ({"template": PALE}, "theme.toml [light]"),
    "number-used": ({"number_used_by": "The Pacific Ports Digest Vol 3.11"}, "number"),
    "site-unreachable": ({"site": "http://127.0.0.1:8000"}, "site"),
    "sender-placeholder": ({"sender": "newsletter@example.org"}, "publication"),
    "site-local": ({"site": "http://127.0.0.1:8000", "stays_here": True}, "site"),
    "client-support": ({}, ""),
    "sizes": ({}, ""),
    "requests": ({"audience": 2500}, ""),
}
#: Raised only by asking the network; see test_preflight_links.py.
ASKING = {"link-broken", "link-private", "link-unsure", "image-heavy"}
#: Raised where the PDF is made, and where people are known: see tests/unit/publishing.
PRINTING = {
    *("pdf-missing", "field-unknown", "template-field-unknown"),
    *("audience-empty", "date-differs", "language-differs", "name-differs"),
    *(
        "bad-input",
        "block-left-out",
        "footnote-unused",
        "limit-exceeded",
        "link-relative",
        "link-unused",
    ),
    "merge-tag",
}
#: Raised only in a browser; see tests/browser/test_accessibility.py.
LOOKING = {"accessibility", "accessibility-minor"}


def test_every_code_has_a_case() -> None:
    """Each code is raised by a test, here or where links are asked or a browser looks."""
    assert {*CASES} | ASKING | PRINTING | LOOKING == {*CODES}


@pytest.mark.parametrize("code", CASES)
def test_code_is_raised(code: str) -> None:
    """An issue with one thing wrong has that finding, where it is, with a way to fix it."""
    arguments, place = CASES[code]

    found = [each for each in run(**arguments) if each.code == code]

    assert found
    assert found[0].where == place
    assert found[0].message
    assert found[0].fix == CODES[code].fix
    assert found[0].severity is CODES[code].severity


@pytest.mark.parametrize("code", [code for code in CASES if CODES[code].severity != "info"])
def test_nothing_else_is_raised(code: str) -> None:
    """One thing wrong is one kind of finding; a headline without its item also lacks text."""
    raised = {each.code for each in run(**CASES[code][0]) if each.severity != Severity.INFO}

    assert raised == {code}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(samples.ENGLISH, id="english"),
        pytest.param(samples.JAPANESE, id="japanese"),
        pytest.param(samples.ARABIC, id="arabic"),
    ],
)
def test_what_is_right_passes(content: Content) -> None:
    """The shipped template and a whole issue have no errors and no warnings."""
    found = [
        each
        for reader in (samples.ANN, samples.NAMELESS, NOBODY)
        for each in run(content, reader=reader)
    ]

    assert [each for each in found if each.severity != Severity.INFO] == []


@pytest.mark.parametrize(
    "alt", ["map.png", "IMG_20260127.JPG", "IMG_0815", "DSC00123", "地図.webp"]
)
def test_file_names_describe_no_picture(alt: str) -> None:
    """A picture with the name of its file as alt text is one without."""
    (found,) = (each for each in run(lead(alt=alt)) if each.code == "image-alt")

    assert alt in found.message


@pytest.mark.parametrize(
    ("alt", "file_name"),
    [("quay_at-dusk", "quay_at-dusk.jpg"), ("Quay-2", "quay-2.png"), ("map-of-ports", "")],
)
def test_the_name_of_the_very_file_describes_nothing(alt: str, file_name: str) -> None:
    """The name of the picture's own file is found, with its ending or without."""
    src = "https://example.org/map-of-ports.png"
    (found,) = (
        each
        for each in run(lead(alt=alt, src=src, file_name=file_name))
        if each.code == "image-alt"
    )

    assert alt in found.message


def test_a_picture_that_only_decorates() -> None:
    """A lead picture of which somebody said so may be without words, and is no link then."""
    assert "image-alt" not in {each.code for each in run(lead(alt="", decorative=True))}


@pytest.mark.parametrize("alt", ["A map of example.png files", "Node.js", "DSC Paris", "2026"])
def test_words_describe_a_picture(alt: str) -> None:
    """Words that only hold such a name, or look a little like one, are taken."""
    assert "image-alt" not in {each.code for each in run(lead(alt=alt))}


@pytest.mark.parametrize(
    ("written", "quoted", "line"),
    [
        ("Dear *|FNAME|*,", "*|FNAME|*", 5),
        ("Dear {{ name }},", "{{ name }}", 5),
        ("`{{ name }}` is not {{ name }}", "{{ name }}", 5),
        ("*|A|* `*|FNAME|*`\n\n*|FNAME|*", "*|FNAME|*", 7),
        ("a & b{.c}", "{.c}", 5),
        ("[x](irc://irc.example.org/)", "#irc://irc.example.org/", 5),
        ("[x](ftp:a%20b)", "#ftp:a%20b", 5),
        ("[www.a.example](https://example.org/?a=1&amp;b)", "https://example.org/?a=1&b", 5),
        ("![](https://example.org/a.png)", "https://example.org/a.png", 5),
        ("<IFRAME src='x'>", "<IFRAME", 5),
        ("see [@doe99; @roe]", "[@doe99; @roe]", 5),
        ("```mermaid\ngraph\n```", "", 5),
    ],
)
def test_findings_have_the_line_of_the_source(written: str, quoted: str, line: int) -> None:
    """What is found in Markdown is quoted as it is written, with its line."""
    source = Written("block 3", f"One.\n\nTwo.\n\n{written}")

    found = [each for each in run(saying(source.markdown), sources=[source]) if each.line]

    assert (quoted, line, f"block 3, line {line}") in {
        (each.quote, each.line, each.where) for each in found
    }


@pytest.mark.parametrize(
    "cited",
    [
        *("[@key]", "[-@key]", "[see @key, p. 3]", "[@a; @b]", "[see @a; also @b]"),
        *(
            "[cf. @Doe_2019]",
            "[as in @smith04, pp. 3-5]",
            "@knuth1984",
            "@fig:map",
            "@doe99 [p. 3]",
        ),
        *("[@{doi:10.1000/x}]", "[vgl. @müller2020]", "@Smith2020a"),
    ],
)
def test_citations(cited: str) -> None:
    """What Pandoc takes for a citation is an error, in brackets and in running text."""
    found = run(saying(f"As {cited} says."))

    assert [each.quote for each in found if each.code == "citation-shown"] == [cited]


@pytest.mark.parametrize(
    "text",
    [
        *("thanks to @bjorn3", "[photo: @anna]", "desk@example.org", "`@knuth1984`"),
        *("[@anna](https://example.org/)", "@anna@example.social", "[@knuth1984](https://a.org)"),
        *("a @ b", "https://example.org/@knuth1984", "price @ 3", "@media (x)"),
    ],
)
def test_names_are_no_citations(text: str) -> None:
    """Names on social networks, addresses and code are not."""
    assert "citation-shown" not in {each.code for each in run(saying(text))}


def test_names_beside_citations_are_some() -> None:
    """In a text with citations, a name with `@` in front is one."""
    found = run(saying("[see @key, p. 3], and @roe says"))

    assert [each.quote for each in found if each.code == "citation-shown"] == [
        "[see @key, p. 3]",
        "@roe",
    ]


def test_errors_come_first() -> None:
    """Findings are ordered by how bad they are."""
    order = [each.severity for each in run(saying("[here](#x) [here](https://example.org/)"))]

    assert order == sorted(order, key=[*Severity].index)


def test_every_variant_is_looked_at() -> None:
    """What is wrong for only some readers is found, and what is wrong for all is told once."""
    split = template(
        "footer.mjml",
        "{{ words.unsubscribe }}",
        "{% if subscriber.attributes.city == 'Lagos' %}{{ words.unsubscribe }}{% endif %}",
    )

    found = [each.code for each in run(template=split) if each.severity == Severity.ERROR]

    assert sorted(found) == ["link-empty", "no-unsubscribe"]


def test_code_in_a_text_is_no_placeholder() -> None:
    """A text about templates may show them, as code."""
    found = run(saying("Write `{{ name }}` there:\n\n```\n{% if x %}\n```\n"))

    assert "placeholder-left" not in {each.code for each in found}


@pytest.mark.parametrize(
    "words",
    [
        *("{{ name }}", "{% if x %}", "*|FNAME|*", "%%name%%", "[insert date]", "[Your name]"),
        *("TODO", "TBD", "Lorem ipsum dolor"),
    ],
)
def test_placeholders_are_known(words: str) -> None:
    """What writers leave for later is found, in the ways that other systems write it too."""
    content = saying("x").blocks
    block = Text(body=Html(f"<p>On the quay {words}.</p>"))

    found = run(english(blocks=(*content, block)))

    assert {each.code for each in found} & {"placeholder-left", "text-unfinished", "words-left"}


@pytest.mark.parametrize(
    "words",
    [
        "todo list",
        "[your] country",
        "Super Bowl XXX",
        "a [[first_name]] tag",
        "100% of 5 % here",
        "{x}",
    ],
)
def test_words_are_no_placeholders(words: str) -> None:
    """Ordinary words and doubled brackets may stay."""
    found = {each.code for each in run(saying(words))}

    assert not found & {"placeholder-left", "text-unfinished", "words-left"}


@pytest.mark.parametrize("words", ["こちら", "Read more →", "CLICK HERE", "here."])
def test_vague_words_are_known(words: str) -> None:
    """Words that say nothing are known in English and Japanese."""
    found = run(saying(f"It is told [{words}](https://example.org/)."))

    assert "link-vague" in {each.code for each in found}


def test_insecure_links_to_a_host_are_told_together() -> None:
    """A site that knows no https is one finding, however many links lead there."""
    found = run(saying("[a](http://example.org/a), [b](http://example.org/b)"))

    (told,) = (each for each in found if each.code == "link-not-https")
    assert "2 links to example.org" in told.message


@pytest.mark.parametrize(
    ("site", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://news.localhost:80", True),
        ("https://news.example.org", False),
        ("http://192.168.0.7", False),
        ("http://localhost.example.org", False),
        ("", False),
    ],
)
def test_sites_on_this_machine(site: str, local: bool) -> None:
    """Only what nobody but this machine can reach is a local site; a company's network is none."""
    assert PreflightContext(headers=HEADERS, site=site).local_site == (site if local else "")


@pytest.mark.parametrize("stays_here", [True, False])
def test_what_is_on_a_local_site_is_said_once(stays_here: bool) -> None:
    """While the site is on this machine, its own pictures and links are one finding."""
    own = "http://127.0.0.1:8000"
    content = dataclasses.replace(
        lead(src=f"{own}/media/quay.png"), blocks=(Text(body=to_html(f"[a]({own}) [b]({own}/b)")),)
    )

    told = [each.code for each in run(content, site=own, stays_here=stays_here)]

    assert told.count("site-local" if stays_here else "site-unreachable") == 1
    assert not {*told} & {"image-not-https", "link-not-https"}


def test_a_neighbour_of_a_local_site_is_not_the_site() -> None:
    """An address that only begins with the same signs is judged as any other."""
    content = saying("[a](http://127.0.0.1:80/a)")

    told = [each.code for each in run(content, site="http://127.0.0.1:8", stays_here=True)]

    assert "link-not-https" in told


def test_items_are_counted_through_the_issue() -> None:
    """A place names an item by its number among all of the issue, not of its digest."""
    digest = next(block for block in samples.ENGLISH.blocks if isinstance(block, Digest))
    numbered = len(digest.items) + 2

    (found,) = (
        each
        for each in run(english(blocks=(digest, without_text())))
        if each.code == "headline-without-item"
    )

    assert found.place == f"item {numbered}"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("example.org", "https://www.example.org/a"),
        ("www.example.org", "https://news.example.org/a"),
        ("https://bücher.de", "https://xn--bcher-kva.de/"),
        ("Vite.js", "https://example.org/"),
        ("avatar.png", "https://example.org/"),
        ("1.92", "https://example.org/"),
        ("afl.rs", "https://github.com/rust-fuzz/afl.rs"),
        ("https://example.org/a", "https://example.org/b"),
        ("Vol. 3", "https://example.org/"),
        ("ann@example.org", "mailto:ann@example.org"),
    ],
)
def test_words_that_show_the_same_site_pass(words: str, address: str) -> None:
    """A link may show its own site, with or without www, or no site at all."""
    found = run(saying(f"[{words}]({address})"))

    assert not {"link-other-domain", "link-other-name"} & {each.code for each in found}


@pytest.mark.parametrize(
    ("words", "address", "code"),
    [
        ("https://bank.example.org/login", "https://evil.example.com/", "link-other-domain"),
        ("WWW.Example.org", "https://example.net/", "link-other-domain"),
        # Two owners below one suffix of the list.
        ("https://ann.github.io", "https://bob.github.io/", "link-other-domain"),
        ("www.one.co.uk", "https://two.co.uk/", "link-other-domain"),
        ("https://intranet.invalid", "https://example.org/", "link-other-domain"),
        ("afl.rs", "https://example.org/fuzz", "link-other-name"),
        ("example.com/a", "https://example.org/", "link-other-name"),
    ],
)
def test_words_that_show_another_site(words: str, address: str, code: str) -> None:
    """An address that leads elsewhere is an error; what may be a name is a warning."""
    block = Text(body=Html(f'<p><a href="{address}">{words}</a></p>'))
    found = run(english(blocks=(*samples.ENGLISH.blocks, block)))

    codes = {each.code: each.severity for each in found if each.code.startswith("link-other")}
    assert codes == {code: Severity.ERROR if code == "link-other-domain" else Severity.WARNING}


def test_width_counts_columns() -> None:
    """35 Japanese signs are as wide as 70 letters."""
    assert width_of("港" * 35) == width_of("a" * 70) == 70


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21:1, a colour on itself 1:1, and #767676 on white just suffices."""
    assert contrasts.contrast_of("#000000", "#ffffff") == pytest.approx(21)
    assert contrasts.contrast_of("#123456", "#123456") == pytest.approx(1)
    assert contrasts.contrast_of("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_it_is_quick() -> None:
    """The best of five takes 30 ms of a processor at the most."""
    content, template = samples.ALL_BLOCKS, samples.digest()
    edition = rendering.compile(content, template)
    around = PreflightContext(headers=HEADERS, reader=samples.ANN)
    times = []
    for _ in range(5):
        start = time.process_time()
        check_edition(content, edition, template, around)
        times.append(time.process_time() - start)

    assert min(times) < 0.030
