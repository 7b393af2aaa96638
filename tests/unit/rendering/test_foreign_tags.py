"""Merge tags of other programs never go out unseen; ours are read however they are written."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter import rendering
from newsletter.rendering.content import Content, Digest, Item, LeadImage, Text
from newsletter.rendering.pipeline.sample_issues import FULL, READER
from newsletter.rendering.preflight import foreign_tags
from newsletter.rendering.preflight.checking import check_edition
from newsletter.rendering.preflight.context import PreflightContext
from newsletter.rendering.text.markdown import to_html
from tests.environment import ROOT

TEMPLATE = rendering.load_template(ROOT / "templates" / "email", "digest")

#: As the documentation of each program writes it, and what we call the same.
DIALECTS = [
    ("*|FNAME|*", "[first_name|reader]"),
    ("*|IF:FNAME|*", "[first_name|reader]"),
    ("|FNAME|", "[first_name|reader]"),
    ("*|UNSUB|*", ""),
    ("{{first_name}}", "[first_name|reader]"),
    ("{{ contact.FIRSTNAME }}", "[first_name|reader]"),
    ("{{ subscriber.first_name | default: 'friend' }}", "[first_name|reader]"),
    ("{{#if name}}", "[name|reader]"),
    ("{{{ email }}}", "[email]"),
    ("{{${first_name}}}", "[first_name|reader]"),
    ("{% if contact.email %}", "[email]"),
    ("%%FIRST%%", "[first_name|reader]"),
    ("%%First Name%%", "[first_name|reader]"),
    ("%%=v(@name)=%%", "[name|reader]"),
    ("%FIRSTNAME%", "[first_name|reader]"),
    ("%recipient.first%", "[first_name|reader]"),
    ("%first_name%", "[first_name|reader]"),
    ("%email%", "[email]"),
    ("${firstName}", "[first_name|reader]"),
    ("{$name}", "[name|reader]"),
    ("{!firstname}", "[first_name|reader]"),
    ("{!Contact.Email}", "[email]"),
    ("#{first_name}", "[first_name|reader]"),
    ("@{name}", "[name|reader]"),
    ("<<First Name>>", "[first_name|reader]"),
    ("«First_Name»", "[first_name|reader]"),
    ("<%= name %>", "[name|reader]"),
    ("@@email@@", "[email]"),
    ("##fname##", "[first_name|reader]"),
    ("-name-", "[name|reader]"),
    ("-first_name-", "[first_name|reader]"),
    ("$firstname$", "[first_name|reader]"),
    ("{name}", "[name|reader]"),
    ("{FIRST_NAME}", "[first_name|reader]"),
    ("{contactfield=firstname}", "[first_name|reader]"),
    ("[firstname,fallback=there]", "[first_name|reader]"),
    ("[Name,fallback=]", "[name|reader]"),
    ("[subscriber:firstname | default:reader]", "[first_name|reader]"),
    ("$[FNAME|Reader]$", "[first_name|reader]"),
    ("[% member:first_name %]", "[first_name|reader]"),
    ('[[data:firstname:"x"]]', "[first_name|reader]"),
    ('[[FIRSTNAME OR "Friend"]]', "[first_name|reader]"),
    ("[MERGE_FIRST_NAME]", "[first_name|reader]"),
    ("[FNAME]", "[first_name|reader]"),
    ("[UNSUBSCRIBEURL]", ""),
    ("~Contact.FirstName~", "[first_name|reader]"),
    ("|MC:SUBJECT|", ""),
    ("|fname|", "[first_name|reader]"),
    ("{# comment #}", ""),
    ("<%- name %>", "[name|reader]"),
    ("{{ .Subscriber.FirstName }}", "[first_name|reader]"),
    ("{{ TrackLink . }}", ""),
    ("{{lead.First Name:default=friend}}", "[first_name|reader]"),
    ("%%[SET @a = 1]%%", ""),
    ("%recipient%", ""),
    ("%recipient_email%", "[email]"),
    ("%subscriber:name%", "[name|reader]"),
    ("%mailing_list_unsubscribe_url%", ""),
    ("$[First Name]", "[first_name|reader]"),
    ("$[CONTACT.FIRSTNAME]", "[first_name|reader]"),
    ("$[LI:UNSUBSCRIBE]$", ""),
    ('{first_name, fallback "friend"}', "[first_name|reader]"),
    ("{name|friend}", "[name|reader]"),
    ("{First Name}", "[first_name|reader]"),
    ("{subscriber.name}", "[name|reader]"),
    ("{contact:firstname}", "[first_name|reader]"),
    ("{webview_url}", ""),
    ("{tag_unsubscribe}", ""),
    ("{%name%}", "[name|reader]"),
    ("{@name}", "[name|reader]"),
    ('[[name mode="fallback"]]', "[name|reader]"),
    ("[contact.firstname]", "[first_name|reader]"),
    ("[customer_name]", "[name|reader]"),
    ("[firstname:friend]", "[first_name|reader]"),
    ("[$firstname]", "[first_name|reader]"),
    ("[CONFIRMATIONURL]", ""),
    ("[USERTRACK]", ""),
    ("@FIRSTNAME@", "[first_name|reader]"),
    ("@CUSTOM_FIELD@", ""),
    ("#firstname#", "[first_name|reader]"),
    ("__FIRST_NAME__", "[first_name|reader]"),
    ("((firstname))", "[first_name|reader]"),
    ("<First Name>", "[first_name|reader]"),
    ("<unsubscribe>", ""),
    ("~OwnerFirstName~", ""),
    ("EmailAddress1", ""),
    ("C_FirstName", "[first_name|reader]"),
    ("｛｛name｝｝", "[name|reader]"),
    ("｛name｝", "[name|reader]"),
    ("＊｜FNAME｜＊", "[first_name|reader]"),
    ("％％first_name％％", "[first_name|reader]"),
    ("［first_name｜reader］", "[first_name|reader]"),
    ("[first_name｜reader]", "[first_name|reader]"),
    ("【name】", "[name|reader]"),
    ("［email］", "[email]"),
    ("{{ name", "[name|reader]"),
]


ORDINARY = [
    *("«Bonjour»", "100 % of 5 %", "[PDF]", "[1]", "a - name - b", "well-named", "{x}", "{}"),
    *("C# and F#", "$5 and $6", "a @ b", "~5.5~ km", "##", "a || b", "50% off, 20% more"),
    *("[[Wiki link]]", "x < y", "https://example.org/%E3%81%82%E3%81%84", "a * b | c * d"),
    *("$x_{i} = \\frac{{a}}{b}$ and $$\\sum^{N} {{x}}$$", "{$O(n)$}", "HEAD@{u}", "%APPDATA%"),
    *(
        "@name@mastodon.social",
        "|AB|",
        "~10~",
        "((a + b) * c)",
        "［注］ 【重要】 【名前】 （name）",
    ),
    *("50%% off, 5%-10%", "$[5]", "__init__ __name__", "[x] [ ] [sic] [Name: y]", "1%–2%"),
    *("https://example.org/users/{id}", "#name", "::name::", "<name@example.org>", "_name_"),
    *("e-mail-address", "5-name-tag", "#hashtag", "[name|reader]", "{1, 2}", "<3"),
]


@pytest.mark.parametrize(("tag", "meant"), DIALECTS)
def test_every_dialect_is_known(tag: str, meant: str) -> None:
    """The whole tag is found inside of a text, with what it is here."""
    [(found, ours)] = foreign_tags.in_text(f"Dear {tag}, welcome.")

    assert found == tag
    assert ours == meant


@pytest.mark.parametrize("words", ORDINARY)
def test_ordinary_words_are_none(words: str) -> None:
    """What people write without any program in mind may stay."""
    assert list(foreign_tags.in_text(f"Words: {words} and more.")) == []


@pytest.mark.parametrize(
    "written",
    [
        *("*|FNAME|*", "*|IF:FNAME|*", "\\*|FNAME|\\*", "*\\|FNAME\\|*", "*|**FNAME**|*"),
        *(
            "{{ first\\_name }}",
            "{{*name*}}",
            "**{{ name }}**",
            "{{ _first_ name }}",
            "[{{ name }}](#)",
        ),
        *("&#123;&#123; name &#125;&#125;", "\\{\\{ name \\}\\}", "&lbrace;name&rbrace;"),
        *("%%first\\_name%%", "\\[\\[firstname\\]\\]", "&#42;|FNAME|&#42;"),
        *('<span class="eloquaemail">EmailAddress1</span>', "<b>%%</b>name%%", "<unsubscribe>x"),
        *(
            "{{name}}`x`",
            "# {{ name }}",
            "| {{ name }} | b |\n|-|-|\n| c | d |",
            "- [ ] {{ name }}",
        ),
    ],
)
def test_markdown_hides_none(written: str) -> None:
    """Emphasis, escapes, entities and tags inside of a merge tag do not help it out."""
    content = dataclasses.replace(FULL, blocks=(Text(body=to_html(f"{written}\n")),))

    assert found_in(content)


@pytest.mark.parametrize(
    "written",
    [
        "`{{ name }}`",
        "```\n{% if x %}\n```",
        "    *|FNAME|*",
        "<code>%%x%%</code>",
        "<kbd>{name}</kbd>",
    ],
)
def test_code_is_meant_to_be_read(written: str) -> None:
    """Texts about templates show them."""
    assert not found_in(dataclasses.replace(FULL, blocks=(Text(body=to_html(written)),)))


def found_in(content: Content) -> set[tuple[str, str]]:
    """Return places and messages of what is left over in an issue."""
    edition = rendering.compile(content, TEMPLATE)
    around = PreflightContext(headers=[], reader=READER)
    return {
        (each.place, each.message)
        for each in check_edition(content, edition, TEMPLATE, around)
        if each.code == "placeholder-left"
    }


def test_they_are_found_wherever_they_stand() -> None:
    """In subject, preheader, text, headline, description of a picture, and address of a link."""
    content = dataclasses.replace(
        FULL,
        subject="Dear {{ a }}",
        preheader="Dear {{ b }}",
        lead=LeadImage(src="https://example.org/a.png", alt="{{ c }}", width=9, height=9),
        blocks=(
            Digest(items=(Item(id="item-1", headline="{{ d }}", body=to_html("Hi *|FNAME|*!")),)),
            Text(body=to_html("[link](<https://example.org/?n={{ e }}>)")),
            Text(body=to_html("[link](<https://example.org/?n=*|EMAIL|*>)")),
        ),
    )

    found = found_in(content)
    messages = " ".join(message for _, message in found)

    assert {"subject", "preheader", "lead image", "item 1", "block 2", "block 3"} <= {
        place for place, _ in found
    }
    assert all(f"{{{{ {name} }}}}" in messages for name in "abcde")
    assert "'|FNAME|' is not filled in by anybody; did you mean [first_name|reader]?" in messages
    assert "'*|EMAIL|*' is not filled in by anybody; did you mean [email]?" in messages


def test_ours_are_filled_in_in_links() -> None:
    """Markdown encodes the brackets; the value is encoded in their place."""
    body = to_html(
        "[a](https://example.org/?e=[email]) [b](<https://example.org/?n=[Name | dear reader]>)"
    )
    content = dataclasses.replace(FULL, blocks=(Text(body=body),))
    edition = rendering.compile(content, TEMPLATE)
    mary = READER._replace(email="mary+x@example.org", name="")
    parts = edition.variant(mary).parts(mary)

    assert 'href="https://example.org/?e=mary%2Bx%40example.org"' in parts.html
    assert 'href="https://example.org/?n=dear%20reader"' in parts.html
    assert "https://example.org/?e=mary%2Bx%40example.org" in parts.text
    assert not found_in(content)
