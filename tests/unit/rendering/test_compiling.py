"""An edition is complete, frozen, and the same whenever it is made."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from pathlib import Path

import pytest

from newsletter import rendering
from newsletter.errors import BadInput, CssError, MjmlError
from newsletter.rendering import CompiledEdition
from newsletter.rendering.content import Text
from newsletter.rendering.text.markdown import to_html
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ANN, ENGLISH, NAMELESS

MJML = samples.wrap_in_body(
    "<mj-text><p title='{{ subscriber.name }}'>{{ subscriber.name }} {{ subscriber.name }}</p>"
    "{% if subscriber.attributes.city == 'Lagos' %}<b>{{ subscriber.attributes.city|d('') }}</b>"
    "{% elif subscriber.name %}<i>x</i>{% endif %}</mj-text>"
    '<mj-button href="{{ unsubscribe_url }}">{{ content.title }}</mj-button>'
)


@pytest.fixture
def template(tmp_path: Path) -> rendering.Template:
    """A template with fields in several contexts, and tests."""
    return samples.template(
        tmp_path, MJML, "{{ subscriber.name }} {{ unsubscribe_url }}", "{{ subscriber.name }}"
    )


@pytest.fixture
def edition(template: rendering.Template) -> CompiledEdition:
    """The edition of the English issue."""
    return rendering.compile(ENGLISH, template)


def test_variants(edition: CompiledEdition) -> None:
    """There is a variant for each way through the tests, and everybody has theirs."""
    rome = ANN._replace(attributes={"city": "Rome"})

    assert len(edition.variants) == 3
    keys = [edition.variant(each).key for each in (ANN, rome, NAMELESS)]
    assert len(set(keys)) == 3


def test_same_input_same_hash(template: rendering.Template, edition: CompiledEdition) -> None:
    """Compiling again gives the same hash, and other keys that cannot be guessed."""
    again = rendering.compile(ENGLISH, template)

    assert again.hash == edition.hash
    assert not again.variant(ANN).values(ANN).keys() & edition.variant(ANN).values(ANN).keys()
    assert again.variant(ANN).parts(ANN) == edition.variant(ANN).parts(ANN)


@pytest.mark.parametrize("change", [{"title": "Other"}, {"subject": "Other"}])
def test_other_content_other_hash(tmp_path: Path, change: dict[str, str]) -> None:
    """Whatever shows in the mail is in the hash."""
    template = samples.template(tmp_path, MJML, subject="{{ content.subject }}")

    first = rendering.compile(ENGLISH, template)
    second = rendering.compile(dataclasses.replace(ENGLISH, **change), template)

    assert first.hash != second.hash


def test_round_trip(edition: CompiledEdition) -> None:
    """An edition read from the ledger is the one that was written, keys and all."""
    read = CompiledEdition.from_json(edition.to_json())

    assert read.hash == edition.hash
    assert read.merge_fields == edition.merge_fields
    for recipient in (ANN, NAMELESS):
        assert read.variant(recipient).values(recipient) == edition.variant(recipient).values(
            recipient
        )
        assert read.variant(recipient).html == edition.variant(recipient).html


def test_unknown_format(edition: CompiledEdition) -> None:
    """An edition written by a later release is refused, not misread."""
    data = json.loads(edition.to_json()) | {"format": 99}

    with pytest.raises(BadInput, match="99"):
        CompiledEdition.from_json(json.dumps(data))


def test_keys(edition: CompiledEdition) -> None:
    """Keys are alphanumeric, equally long, one for each field and context, and in place."""
    variant = edition.variant(ANN)
    values = variant.values(ANN)

    assert {len(key) for key in values} == {20}
    assert all(re.fullmatch(r"[A-Za-z0-9]+", key) for key in values)
    assert [variant.html.count(key) for key in values].count(2) == 1
    assert sum(variant.subject.count(key) for key in values) == 1
    assert sum(variant.text.count(key) for key in values) == 2
    assert len(values) == 7


def test_merge_fields(edition: CompiledEdition) -> None:
    """The list of fields says what is used, how and where."""
    fields = {each.source: each for each in edition.merge_fields}

    assert sorted(fields) == [
        *("subscriber.attributes.city|d('')", "subscriber.name", "unsubscribe_url")
    ]
    assert fields["subscriber.name"].contexts == ("attribute", "header", "plain", "text")
    assert fields["subscriber.name"].places == (
        "own/own.mjml:2",
        "own/own.txt:1",
        "own/subject.txt:1",
    )
    assert edition.tests == ("(subscriber.attributes.city == 'Lagos')", "subscriber.name")


def test_values_are_never_expanded(edition: CompiledEdition) -> None:
    """A value that looks like a key, a tag or a template stays what it is."""
    variant = edition.variant(ANN)
    hostile = " ".join([*variant.values(ANN), "{{ 7*7 }}", "[name|x]", "\\g<0>"])
    recipient = ANN._replace(name=hostile)

    assert variant.parts(recipient).subject == hostile


def test_editors_text_is_data(template: rendering.Template) -> None:
    """What an editor writes is never read as a template."""
    text = "{{ 7*7 }} {% raw %} {# x #} ${x} <mj-text> </mj-text>"
    content = dataclasses.replace(ENGLISH, title=text, blocks=(Text(body=to_html(text)),))

    made = rendering.compile(content, template).variant(ANN).parts(ANN)

    assert "{{ 7*7 }} {% raw %} {# x #} ${x} &lt;mj-text&gt; &lt;/mj-text&gt;" in made.html


def test_hard_strings_everywhere(tmp_path: Path) -> None:
    """All scripts arrive unchanged from content and from recipients."""
    mjml = samples.wrap_in_body(
        "<mj-text><p title='{{ content.title }}'>{{ content.title }}</p>"
        "<p title='{{ subscriber.name }}'>{{ subscriber.name }}</p></mj-text>"
    )
    template = samples.template(tmp_path, mjml, "{{ content.title }}|{{ subscriber.name }}")
    for text in samples.HARD_STRINGS:
        edition = rendering.compile(dataclasses.replace(ENGLISH, title=text), template)
        recipient = ANN._replace(name=text)

        written, name = edition.variant(recipient).parts(recipient).text.rstrip("\n").split("|")

        assert written == text
        assert name in {text, "Café and が"}


def test_errors_name_the_template(tmp_path: Path) -> None:
    """Broken MJML and CSS in a template are errors that say so."""
    with pytest.raises(MjmlError, match=r"^own/own\.mjml \(rendered\):2:10: <p>"):
        rendering.compile(
            ENGLISH, samples.template(tmp_path, samples.wrap_in_body("<mj-text><p></mj-text>"))
        )
    head = "<mjml><mj-head><mj-style>p { top: 0</mj-style></mj-head><mj-body></mj-body></mjml>"
    with pytest.raises(CssError, match="never closed"):
        rendering.compile(ENGLISH, samples.template(tmp_path, head))


def test_threads_do_not_mix(template: rendering.Template, edition: CompiledEdition) -> None:
    """Compiling in several threads at once gives what one gives."""
    hashes: list[str] = []
    threads = [
        threading.Thread(target=lambda: hashes.append(rendering.compile(ENGLISH, template).hash))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert hashes == [edition.hash] * 4


def test_large_issue(tmp_path: Path) -> None:
    """An issue of three hundred links compiles, and every link is in it."""
    links = "\n".join(f"- [note {n}](https://example.org/{n}?a=1&b=2)" for n in range(300))
    mjml = "<mj-text>{{ content.blocks[0].body }}</mj-text>"
    template = samples.template(tmp_path, samples.wrap_in_body(mjml))
    content = dataclasses.replace(ENGLISH, blocks=(Text(body=to_html(links)),))

    html = rendering.compile(content, template).variant(ANN).parts(ANN).html

    assert html.count('href="https://example.org/') == 300
