"""Recipient data may be printed and tested; anything else is refused with a way out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from newsletter import rendering
from newsletter.errors import BadInput, TemplateError, UnsupportedPersonalization
from newsletter.rendering import Parts, RecipientData
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ANN, ENGLISH, NAMELESS

THREE_FIELDS = (
    "{{ subscriber.email }} {{ subscriber.first_name|d('reader') }} {{ subscriber.email }}"
)
LOOP = """
{%- for block in content.blocks %}
{%- if subscriber.name == block.kind %}?{% elif subscriber.name %}{{ loop.index }}{% endif %}
{%- endfor %}
"""


def parts(folder: Path, text: str, recipient: RecipientData = ANN, mjml: str = "") -> Parts:
    """The mail that a template with that text part gives for one recipient."""
    template = samples.template(folder, samples.wrap_in_body(mjml), text)
    edition = rendering.compile(ENGLISH, template)
    return edition.variant(recipient).parts(recipient)


@pytest.mark.parametrize("text", [THREE_FIELDS, "Good morning"])
def test_values_of_many_are_those_of_each(tmp_path: Path, text: str) -> None:
    """Everybody has their own values, in the order of the people, for every key; or none at all."""
    template = samples.template(tmp_path, samples.wrap_in_body(""), text)
    variant = rendering.compile(ENGLISH, template).variant(ANN)
    people = [ANN, NAMELESS, ANN._replace(email="last@example.org")]

    values = variant.values_of(people)

    assert values == [variant.values(person) for person in people]
    shown = variant.text
    for value, person in zip(values, people, strict=True):
        filled = shown
        for key, written in value.items():
            filled = filled.replace(key, written)
        assert filled == variant.parts(person).text
        assert (person.email in filled) is (text == THREE_FIELDS)


@pytest.mark.parametrize(
    ("expression", "ann", "nameless"),
    [
        ("subscriber.first_name", "Ann", ""),
        ("subscriber['first_name']", "Ann", ""),
        ("subscriber.first_name|default('reader')", "Ann", "reader"),
        ("subscriber.first_name|default('reader', true)", "Ann", "reader"),
        ("subscriber.first_name|d(subscriber.name)|d('reader')|upper", "ANN", "READER"),
        ("subscriber.first_name|default(content.publication)", "Ann", "The Pacific Ports Digest"),
        ("'Dear ' ~ subscriber.first_name ~ '!'", "Dear Ann!", "Dear !"),
        ("subscriber.first_name if subscriber.first_name else 'you'", "Ann", "you"),
        ("'x' if subscriber.first_name else ''", "x", ""),
        ("subscriber.first_name if content.volume else 'x'", "Ann", ""),
        ("'A' if subscriber.email == 'ann@example.org' and content.blocks else 'B'", "A", "B"),
        ("'A' if not subscriber.name or subscriber.attributes.x is defined else 'B'", "B", "A"),
        ("'A' if subscriber.attributes.city in ['Lagos', 'Rome'] else 'B'", "A", "B"),
        ("subscriber.attributes.city|default('here')|replace('a', 'o')", "Logos", "here"),
        ("subscriber.attributes['ci' ~ 'ty']|default('here')", "Lagos", "here"),
        ("subscriber.name|truncate(3, true, end='…')", "An…", ""),
        ("subscriber.name|length", "12", "0"),
        ("subscriber.name|default('}} %} \\'\\\\ é日😀', true)|last|d('')", "n", "😀"),
        ("subscriber.email|urlencode", "ann%40example.org", "x%40example.org"),
        ("unsubscribe_url", ANN.unsubscribe_url, ANN.unsubscribe_url),
        ("preferences_url ~ '?from=mail'", *["https://news.example.org/p/ann?from=mail"] * 2),
    ],
)
def test_printing(tmp_path: Path, expression: str, ann: str, nameless: str) -> None:
    """Fields are printed with filters, conditions and joined to other text."""
    text = f"<{{{{ {expression} }}}}>"

    assert parts(tmp_path, text).text == f"<{ann}>\n"
    assert parts(tmp_path, text, NAMELESS).text == f"<{nameless}>\n"


@pytest.mark.parametrize(
    ("text", "ann", "nameless"),
    [
        ("{% if subscriber.name %}A{% else %}B{% endif %}", "A", "B"),
        ("{% if subscriber.attributes.city == 'Lagos' %}A{% endif %}", "A", ""),
        ("{% if not subscriber.attributes.city|d('')|lower == 'lagos' %}A{% endif %}", "", "A"),
        ("{% if subscriber.attributes.city is defined %}A{% endif %}", "A", ""),
        ("{% if content.volume > 2 and subscriber.name %}A{% endif %}", "A", ""),
        (
            "{% if subscriber.name == 'x' %}X{% elif subscriber.name %}A{% else %}B{% endif %}",
            *("A", "B"),
        ),
        (LOOP, "12", ""),
        (
            "{{ content.title ~ '{{ subscriber.name }}' }}",
            *[f"{ENGLISH.title}{{{{ subscriber.name }}}}"] * 2,
        ),
    ],
)
def test_tests(tmp_path: Path, text: str, ann: str, nameless: str) -> None:
    """Tests choose between variants, whatever stands in the branches."""
    assert parts(tmp_path, text).text == f"{ann}\n"
    assert parts(tmp_path, text, NAMELESS).text == f"{nameless}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{% set who = subscriber.name %}", "in set"),
        ("{% set who %}{{ subscriber.name }}{% endset %}", "a set block"),
        ("{% with x = subscriber.name %}{% endwith %}", "in with"),
        ("{% for letter in subscriber.name %}{% endfor %}", "in for"),
        ("{% for b in content.blocks if subscriber.name %}{% endfor %}", "in for"),
        ("{% macro m() %}{{ subscriber.name }}{% endmacro %}", "a macro"),
        ("{% macro m(subscriber) %}{% endmacro %}", "cannot be set"),
        ("{% filter upper %}{{ subscriber.name }}{% endfilter %}", "a filter block"),
        ("{% include subscriber.name %}", "in include"),
        ("{% set subscriber = 1 %}", "cannot be set"),
        ("{% for subscriber in content.blocks %}{% endfor %}", "cannot be set"),
        ("{{ range(subscriber.name|length) }}", "a call"),
        ("{{ subscriber.name.upper() }}", "a call"),
        ("{{ [subscriber.name]|join }}", "the filter 'join'"),
        ("{{ [subscriber.name] }}", "a list"),
        ("{{ {'a': subscriber.name} }}", "a dictionary"),
        ("{{ subscriber.name[0] }}", "cannot be used in this"),
        ("{{ subscriber.name * 3 }}", "in this expression (Mul)"),
        ("{{ subscriber.name is divisibleby(*[1]) }}", "tested with 'is divisibleby'"),
        ("{{ content.blocks[0].attributes[subscriber.name] }}", "in this expression (Getitem)"),
        ("{{ 'city' in subscriber.attributes }}", "'attributes' is not a field"),
        ("{{ subscriber }}", "as a whole"),
        ("{{ subscriber|tojson }}", "the filter 'tojson'"),
        ("{{ subscriber.name|safe }}", "the filter 'safe'"),
        ("{{ subscriber.attributes }}", "not a field"),
        ("{{ subscriber.id }}", "'id' is not a field"),
        ("{{ subscriber.name.first }}", "'first' is not a field"),
        ("{{ subscriber.attributes[subscriber.name] }}", "cannot be used in this"),
        ("{{ subscriber.name|default(content) }}", "Content cannot be mixed"),
        ("{{ subscriber.name|default(content.boilerplate) }}", "marked-up text"),
        ("{{ subscriber.name|default(content.subject) }}", "with a merge tag"),
    ],
)
def test_other_uses_are_refused(tmp_path: Path, text: str, says: str) -> None:
    """What cannot wait for the recipient is an error with file, line and a way out."""
    content = dataclasses.replace(ENGLISH, subject="[name|x]")
    template = samples.template(tmp_path, samples.wrap_in_body(""), f"one\n\n{text}")

    with pytest.raises(UnsupportedPersonalization) as caught:
        rendering.compile(content, template)

    assert str(caught.value).startswith("own/own.txt:3: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("mjml", "says"),
    [
        ("<mj-text><style>@page { x: {{ unsubscribe_url }} }</style></mj-text>", "in <style>"),
        ("<mj-text><p style='color:{{ subscriber.name }}'>x</p></mj-text>", "attribute 'style'"),
        ("<mj-text color='{{ subscriber.name }}'>x</mj-text>", "attribute 'style'"),
        ("<mj-text><p onclick='{{ subscriber.name }}'>x</p></mj-text>", "attribute 'onclick'"),
        ("<mj-text><x{{ subscriber.name }}>x</x{{ subscriber.name }}></mj-text>", "a tag"),
        ("<mj-text><p {{ subscriber.name }}='x'>x</p></mj-text>", "name of an attribute"),
    ],
)
def test_places_without_encoding_are_refused(tmp_path: Path, mjml: str, says: str) -> None:
    """Styles, scripts and names in tags are no place for data of others."""
    with pytest.raises(UnsupportedPersonalization) as caught:
        parts(tmp_path, "text", mjml=mjml)

    assert str(caught.value).startswith("own/own.mjml:2: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "content.subject|upper",
        "content.subject|truncate(3)",
        "content.subject.title()",
        "content.subject[:3]",
        "content.subject[0]",
        "content.subject|replace('a', 'b')",
        "content.subject|length",
    ],
)
def test_changing_merge_tags_is_refused(tmp_path: Path, text: str) -> None:
    """A template cannot change text whose final words are not known yet."""
    content = dataclasses.replace(ENGLISH, subject="Dear [first_name|reader]")
    template = samples.template(tmp_path, samples.wrap_in_body(""), f"\n{{{{ {text} }}}}")

    with pytest.raises(
        UnsupportedPersonalization, match=r"^own/own\.txt:2: .*would break a merge tag"
    ):
        rendering.compile(content, template)


@pytest.mark.parametrize(
    ("mjml", "written"),
    [
        ("<mj-text><b>{{ subscriber.name }}</b></mj-text>", '<b>&lt;i&gt; "&amp;" \'日</b>'),
        (
            "<mj-text><b title='{{ subscriber.name }}'>x</b></mj-text>",
            'title="&lt;i&gt; &quot;&amp;&quot; &#x27;日"',
        ),
        (
            '<mj-text><a href="https://x.org/{{ subscriber.name }}">x</a></mj-text>',
            'href="https://x.org/&lt;i&gt;%20&quot;&amp;&quot;%20&#x27;%E6%97%A5"',
        ),
        (
            '<mj-button href="{{ unsubscribe_url }}">x</mj-button>',
            'href="https://u.org/?a=1&amp;b=%E6%97%A5"',
        ),
        (
            "<mj-raw><!--[if mso]><p>{{ subscriber.name }}</p><![endif]--></mj-raw>",
            "<p>&lt;i&gt; &quot;&amp;&quot; &#x27;日</p>",
        ),
    ],
)
def test_encoding_follows_the_place(tmp_path: Path, mjml: str, written: str) -> None:
    """Values are encoded for text, attribute, address or Outlook's comment as they stand."""
    recipient = ANN._replace(name='<i> "&" \'日', unsubscribe_url="https://u.org/?a=1&b=日")

    assert written in parts(tmp_path, "text", recipient, mjml).html


def test_merge_tag_in_an_address(tmp_path: Path) -> None:
    """An editor's merge tag in a link is one component of it, in HTML and in text."""
    content = dataclasses.replace(ENGLISH, web_url="https://x.org/?e=[email]&f=1")
    mjml = samples.wrap_in_body('<mj-button href="{{ content.web_url }}">x</mj-button>')
    template = samples.template(tmp_path, mjml, "[email] {{ content.web_url }}")
    recipient = ANN._replace(email="a+b&c@x.org")

    made = rendering.compile(content, template).variant(recipient).parts(recipient)

    assert 'href="https://x.org/?e=a%2Bb%26c%40x.org&amp;f=1"' in made.html
    assert made.text == "[email] https://x.org/?e=a%2Bb%26c%40x.org&f=1\n"


@pytest.mark.parametrize(
    "mjml",
    [
        "<mj-button href=\"{{ subscriber.attributes.site|d('') }}\">x</mj-button>",
        '<mj-text><a href=" {{ subscriber.name }}">x</a></mj-text>',
        "<mj-button href=\"{{ 'javascript:' ~ subscriber.name }}\">x</mj-button>",
    ],
)
def test_whole_addresses_are_refused(tmp_path: Path, mjml: str) -> None:
    """Nobody's data decides alone where a link leads to; the error says how to write it."""
    with pytest.raises(UnsupportedPersonalization, match="a whole address") as caught:
        parts(tmp_path, "x", mjml=mjml)

    assert str(caught.value).startswith("own/own.mjml:2: ")
    assert "https://example.org/" in caught.value.hint


def test_a_link_that_is_all_merge_tag_is_refused(tmp_path: Path) -> None:
    """An editor's link begins with its address, too; the error names the field."""
    content = dataclasses.replace(ENGLISH, web_url="[attributes.site|https://example.org]")
    mjml = samples.wrap_in_body('<mj-button href="{{ content.web_url }}">x</mj-button>')

    with pytest.raises(UnsupportedPersonalization, match=r"^issue: web_url: .*a whole address"):
        rendering.compile(content, samples.template(tmp_path, mjml))


def test_too_many_variants_are_refused(tmp_path: Path) -> None:
    """A mail of more forms than anybody can look at is an error that names the tests."""
    tests = "".join(
        f"{{% if subscriber.attributes.a{number} %}}x{{% endif %}}" for number in range(6)
    )

    with pytest.raises(TemplateError, match=r"more than 32 variants.*subscriber\.attributes\.a0"):
        parts(tmp_path, tests)


def test_errors_of_editors_are_bad_input(tmp_path: Path) -> None:
    """A misspelt merge tag is the editor's to fix, not the designer's."""
    with pytest.raises(BadInput, match="title"):
        rendering.compile(
            dataclasses.replace(ENGLISH, title="[firstname|x]"),
            samples.template(tmp_path, samples.wrap_in_body("")),
        )
