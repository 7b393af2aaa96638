"""A mail filled in from an edition is the mail that rendering for that person would give."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from newsletter import rendering
from newsletter.rendering import CompiledEdition, RecipientData, Template
from newsletter.rendering.content import Content, Text
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples

MJML = """
<mjml lang="en" dir="ltr">
  <mj-head>
    <mj-title>{{ content.title }} for {{ subscriber.first_name|default('reader') }}</mj-title>
    <mj-preview>{{ subscriber.name }}: {{ content.preheader }}</mj-preview>
    <mj-style>p { margin: 0 0 12px 0; } .vip { font-weight: bold; } a:hover { color: #b4261a; }
      @media (prefers-color-scheme: dark) { p { color: #eeeeee !important; } }</mj-style>
  </mj-head>
  <mj-body>
    <mj-section><mj-column>
      {% if subscriber.attributes.lang == 'ja' %}
      <mj-text><p>日本語版 {{ subscriber.name }}様</p></mj-text>
      {% elif subscriber.attributes.lang %}
      <mj-text><p>{{ subscriber.attributes.lang|default('')|upper }}</p></mj-text>
      {% elif subscriber.name|length > 20 or 'x' in subscriber.name|lower %}
      <mj-text><p>{{ subscriber.name|first|default('?') }}</p></mj-text>
      {% else %}
      <mj-text><p>{{ 'no name' if not subscriber.name else subscriber.name|title }}</p></mj-text>
      {% endif %}
      {% for block in content.blocks %}
      <mj-text>{{ block.body }}
        {% if subscriber.attributes.org and loop.first %}
        <p class="vip">{{ subscriber.attributes.org|d('')|truncate(12) }}
        {{ loop.index ~ '. ' ~ subscriber.attributes.org|default('') }}</p>{% endif %}</mj-text>
      {% endfor %}
      <mj-image src="https://example.org/i.png" width="300px" alt="for {{ subscriber.name }}" />
      <mj-button href="{{ unsubscribe_url }}">{{ subscriber.email }}</mj-button>
      <mj-text><p title="{{ subscriber.name }}">
        <a href="https://example.org/?n={{ subscriber.name|urlencode }}">you</a>
        <a href="https://example.org/{{ subscriber.email }}?from=mail">you</a></p></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>
"""
TEXT = """
{{ content.title }} for {{ subscriber.first_name|default('reader') }}
{% if subscriber.attributes.lang == 'ja' %}
日本語
{% endif %}
{% for block in content.blocks %}
{{ block.body }}
{% endfor %}
{{ unsubscribe_url }}
"""
SUBJECT = "{{ subscriber.first_name|default('Reader') }}: {{ content.subject }}"

HOSTILE = [
    '<script>alert("x")</script>',
    "Ann\r\nBcc: all@example.org",
    "{{ 7*7 }}{% for x in y %}",
    "[first_name|reader] %name% \\g<0> $1",
    'O\'Brien & "Sons" > all',
    "\u202eevil\u202c \u2028 \x00\x07",
    "अनन्या शर्मा",
    "か\u3099 防衛省　本部",
    "👩‍👩‍👧‍👦 & family",
    "יעל  כהן",
    "-->--><![endif]-->",
    "javascript:alert(1)",
    "x" * 400,
]
NAMES = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
RECIPIENTS = st.builds(
    RecipientData,
    email=st.sampled_from(["a+b&c@example.org", "ann@example.org", "ü@exämple.org", '"a b"@x.org']),
    name=NAMES,
    first_name=NAMES,
    attributes=st.fixed_dictionaries(
        {}, optional={"lang": st.sampled_from(["ja", "de", ""]), "org": NAMES}
    ),
    unsubscribe_url=st.sampled_from(
        ["https://news.example.org/u/1?a=b&c=<d>", "http://127.0.0.1:8000/u/é ü"]
    ),
    preferences_url=st.just("https://news.example.org/p"),
)
CONTENT = dataclasses.replace(
    samples.ENGLISH,
    subject="News for [name|you]",
    title="Digest & “more” [first_name|reader]",
    blocks=(
        Text(
            body=to_html("Dear [first_name|R&D], see [this](https://example.org/?a=1&b=2) `{{x}}`")
        ),
        Text(body=to_html("Second, [attributes.org|no <house>] — *日本*　")),
    ),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A template that uses recipient data in every place it may stand in."""
    folder: Path = tmp_path_factory.mktemp("templates")
    return samples.template(folder, MJML, TEXT, SUBJECT)


def tree(document: str) -> bytes:
    """The document as a parser understands it: the choice of quotes and entities is free."""
    return etree.tostring(html.document_fromstring(document), encoding="utf-8")


@pytest.fixture(scope="module")
def edition(template: Template) -> CompiledEdition:
    """The edition of the sample issue."""
    return rendering.compile(CONTENT, template)


@settings(max_examples=100)
@given(recipient=RECIPIENTS)
def test_filled_in_is_rendered(
    template: Template, edition: CompiledEdition, recipient: RecipientData
) -> None:
    """Whatever the name, a filled-in mail equals the one rendered for that person alone."""
    alone = rendering.render(CONTENT, template, recipient)
    parts = edition.variant(recipient).parts(recipient)

    assert parts.subject.split() == alone.subject.split()
    assert parts.text.split() == alone.text.split()
    assert tree(parts.html) == tree(alone.html)


@pytest.fixture(scope="module")
def quick(template: Template) -> CompiledEdition:
    """The edition of the sample issue, with the fast inliner."""
    return rendering.compile(CONTENT, template, inliner="css-inline")


@settings(max_examples=60)
@given(recipient=RECIPIENTS)
def test_so_it_is_with_the_fast_inliner(
    template: Template, quick: CompiledEdition, recipient: RecipientData
) -> None:
    """With css-inline a filled-in mail is equal too, but for escapes in addresses."""
    alone = rendering.render(CONTENT, template, recipient, inliner="css-inline")
    parts = quick.variant(recipient).parts(recipient)

    # Written as HTML, so that both get the same escapes.
    written = [
        etree.tostring(html.document_fromstring(each), encoding="utf-8", method="html")
        for each in (parts.html, alone.html)
    ]
    assert written[0] == written[1]


@settings(max_examples=40)
@given(
    content=st.sampled_from([samples.ALL_BLOCKS, samples.JAPANESE, samples.ARABIC]),
    recipient=RECIPIENTS,
)
def test_digest_filled_in_is_rendered(content: Content, recipient: RecipientData) -> None:
    """The digest of the house, filled in, equals the one rendered for that person alone."""
    template = samples.digest()
    alone = rendering.render(content, template, recipient)
    parts = rendering.compile(content, template).variant(recipient).parts(recipient)

    assert parts.subject == alone.subject
    # Japanese lines break within words, and where depends on the length of the name.
    assert "".join(parts.text.split()) == "".join(alone.text.split())
    assert tree(parts.html) == tree(alone.html)


@settings(max_examples=100)
@given(recipient=RECIPIENTS)
def test_substitution_is_enough(edition: CompiledEdition, recipient: RecipientData) -> None:
    """A provider that replaces each key by its value, one after the other, gets the same mail."""
    variant = edition.variant(recipient)
    parts = variant.parts(recipient)
    replaced = [variant.subject, variant.html, variant.text]
    for key, value in variant.values(recipient).items():
        replaced = [part.replace(key, value) for part in replaced]

    assert replaced == [parts.subject, parts.html, parts.text]
