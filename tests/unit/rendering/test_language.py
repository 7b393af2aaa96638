"""The language of recipient data has a value for everybody, and it is the one that Jinja gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, nodes

from newsletter import rendering
from newsletter.errors import UnsupportedPersonalization
from newsletter.rendering import RecipientData
from newsletter.rendering.personalisation import language, recipients
from newsletter.rendering.personalisation.filters import RECIPIENT_FILTERS
from newsletter.rendering.personalisation.residual import is_attributes
from newsletter.rendering.pipeline.environment import Missing
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ENGLISH

LINKS = {"unsubscribe_url": "https://x.example/u", "preferences_url": "https://x.example/p"}
BARE = RecipientData(email="", **LINKS)

VALUES = st.one_of(
    st.sampled_from(["", "ja", "Ann", "42", "-3.5", "inf", "nan", "9" * 400, "<b>\u202e", "日本"]),
    st.text(max_size=12),
)
PEOPLE = st.builds(
    RecipientData,
    email=VALUES,
    name=VALUES,
    first_name=VALUES,
    attributes=st.dictionaries(st.sampled_from(["city", "org", "birth place"]), VALUES),
    unsubscribe_url=st.just("https://x.example/u"),
    preferences_url=st.just("https://x.example/p"),
)

FIELDS = st.sampled_from(
    [*("subscriber.email", "subscriber.name", "subscriber['first_name']", "unsubscribe_url")]
)
ATTRIBUTES = st.sampled_from(
    [
        "subscriber.attributes.city",
        "subscriber.attributes.org",
        "subscriber.attributes['birth place']",
    ]
)
LITERALS = st.sampled_from(["'ja'", "''", "'日本'", "'it\\'s'"])
TEXT_FILTERS = st.sampled_from(
    [
        *("capitalize", "lower", "title", "trim", "upper", "urlencode", "string", "trim('a')"),
        *("truncate(5)", "truncate(3, true, end='…')", "replace('a', 'oo')", "default('reader')"),
        *("first|default('?')", "last|d('?', true)", "default('', false)"),
    ]
)
NUMBER_FILTERS = st.sampled_from(["int", "float", "length", "count", "int(7)", "float(default=1)"])


def grown(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts that are made of other texts."""
    return st.one_of(
        st.builds("{}|{}".format, texts, TEXT_FILTERS),
        st.builds("({} ~ {})".format, texts, texts),
        st.builds("({} ~ {} ~ 3)".format, LITERALS, texts),
        st.builds("{}|default({})".format, ATTRIBUTES, texts),
        st.builds("({} if {} else {})".format, texts, conditions(texts), texts),
        st.builds("({} if {} else {})".format, LITERALS, conditions(texts), LITERALS),
        st.builds("{}|default({})".format, ATTRIBUTES, LITERALS),
        st.builds("({}|{} ~ '')".format, texts, NUMBER_FILTERS),
    )


def conditions(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Tests of such texts."""
    numbers = st.builds("{}|{}".format, texts, NUMBER_FILTERS)
    orders = st.sampled_from(["<", "<=", ">", ">="])
    simple = st.one_of(
        texts,
        ATTRIBUTES,
        st.builds("({} {} {})".format, ATTRIBUTES, st.sampled_from(["==", "!="]), texts),
        st.builds("({} {} {})".format, texts, orders, texts),
        st.builds("({} {} {})".format, numbers, orders, st.sampled_from(["3", "-1", "2.5"])),
        st.builds("({} < {} <= {})".format, numbers, numbers, numbers),
        st.builds("({} {} {})".format, texts, orders, LITERALS),
        st.builds("({} in {})".format, texts, texts),
        st.builds("({} in {})".format, LITERALS, texts),
        st.builds("({} not in {})".format, texts, LITERALS),
        st.builds("({} not in ['ja', '', 3])".format, ATTRIBUTES),
        st.builds("({} is {})".format, ATTRIBUTES, st.sampled_from(["defined", "undefined"])),
    )
    return st.one_of(
        simple,
        st.builds("(not {})".format, simple),
        st.builds("({} {} {})".format, simple, st.sampled_from(["and", "or"]), simple),
    )


TEXTS = st.recursive(FIELDS, grown, max_leaves=6)

JINJA = Environment(undefined=Missing, autoescape=False)
JINJA.filters |= RECIPIENT_FILTERS


def in_jinja(source: str, person: RecipientData) -> object:
    """The value of an expression as Jinja itself finds it."""
    return JINJA.compile_expression(source, undefined_to_none=False)(recipients.scope_of(person))


@settings(max_examples=400, deadline=None)
@given(source=TEXTS, person=PEOPLE)
def test_printing_is_jinjas(source: str, person: RecipientData) -> None:
    """What is printed for a recipient is what Jinja prints."""
    assert language.compile_printing(source)(person) == str(in_jinja(source, person))


@settings(max_examples=400, deadline=None)
@given(source=conditions(TEXTS), person=PEOPLE)
def test_testing_is_jinjas(source: str, person: RecipientData) -> None:
    """A test holds for a recipient exactly where Jinja says so."""
    assert language.compile_test(source)(person) is bool(in_jinja(source, person))


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("subscriber.attributes", True),
        ("subscriber['attributes']", True),
        ("issue.attributes", False),
        ("subscriber.name", False),
        ("subscriber.a.attributes", False),
        ("attributes", False),
    ],
)
def test_attributes_are_those_of_the_subscriber(source: str, is_one: bool) -> None:
    """What another name holds under `attributes` is no data of a person."""
    [output] = JINJA.parse("{{ " + source + " }}").body
    assert isinstance(output, nodes.Output)

    assert is_attributes(output.nodes[0]) is is_one


def test_a_number_without_end_is_no_whole_one() -> None:
    """What no whole number can be made of becomes the default, like any other word."""
    person = BARE._replace(name="inf")

    assert language.compile_printing("subscriber.name|float|int(7)")(person) == "7"
    assert language.compile_printing("subscriber.name|float")(person) == "inf"


@pytest.mark.parametrize(
    ("text", "says", "fix"),
    [
        ("{{ subscriber.attributes.city }}", "missing for some", "|default('…')"),
        ("{{ subscriber.attributes.city|upper }}", "missing for some", "|default('…')"),
        ("{{ 'in ' ~ subscriber.attributes['a b'] }}", "attributes['a b'] is missing", "|default("),
        ("{{ subscriber.attributes[content.kind] }}", "missing for some", "|default('…')"),
        ("{{ subscriber.attributes.a|default(subscriber.attributes.b) }}", "missing", "nothing."),
        (
            "{{ subscriber.attributes.a if subscriber.name else 'x' }}",
            "missing for some",
            "nothing.",
        ),
        (
            "{{ 'x' if subscriber.name else subscriber.attributes.a }}",
            "missing for some",
            "nothing.",
        ),
        ("{{ subscriber.name|first }}", "subscriber.name|first is missing", "|default('…')"),
        ("{{ 'x' if subscriber.name }}", "for some and not for others", "else ''"),
        ("{{ subscriber.name == 'x' }}", "makes a test", "if … else"),
        ("{{ subscriber.name or 'x' }}", "makes a test", "|default('words')"),
        ("{{ 'Dear ' + subscriber.name }}", "join texts with ~", "Print fields"),
        ("{{ subscriber.name|length|upper }}", "takes a text, not a number", "|string"),
        ("{{ subscriber.name|truncate('x') }}", "takes int as length", ""),
        ("{{ subscriber.name|truncate(1) }}", "the filter 'truncate': expected length >= 3", ""),
        ("{{ subscriber.name|truncate(subscriber.name) }}", "argument of the filter", "Print"),
        ("{{ subscriber.name|upper('x') }}", "'upper' takes nothing besides", ""),
        ("{{ subscriber.name|replace('x') }}", "'replace' needs old, new", ""),
        ("{{ subscriber.name|replace('a', 'bcd' * 500) }}", "more than 1,000 characters", ""),
        ("{{ subscriber.name|default }}", "needs the words", "|default('words')"),
        ("{{ subscriber.name|default(words='x') }}", "takes fallback, boolean", ""),
        ("{% if subscriber.attributes.age > 3 %}{% endif %}", "missing for some", "|default('…')"),
        ("{% if subscriber.name > 3 %}{% endif %}", "a text cannot be less or more", "|int"),
        ("{% if subscriber.name > content.number %}{% endif %}", "a text cannot be less", "|int"),
        ("{% if 3 in subscriber.name %}{% endif %}", "a number cannot be in a text", "['one'"),
        ("{% if subscriber.name in 3 %}{% endif %}", "cannot be in a number", "['one'"),
        ("{% if subscriber.name is none %}{% endif %}", "tested with 'is none'", "is defined"),
        ("{% if false and subscriber.attributes.n > 3 %}{% endif %}", "missing for some", ""),
        ("{% if content.lead and false %}{{ subscriber.id }}{% endif %}", "not a field", "email"),
    ],
)
def test_what_may_fail_for_somebody_is_refused(
    tmp_path: Path, text: str, says: str, fix: str
) -> None:
    """An expression without a value for some is an error with file, line and a way out."""
    template = samples.template(tmp_path, samples.wrap_in_body(""), f"one\n\n{text}")

    with pytest.raises(UnsupportedPersonalization) as caught:
        rendering.compile(ENGLISH, template)

    assert str(caught.value).startswith("own/own.txt:3: ")
    assert says in str(caught.value)
    assert fix in caught.value.hint


@pytest.mark.parametrize(
    ("source", "sure"),
    [
        ("unsubscribe_url", True),
        ("(preferences_url ~ '?from=mail')", True),
        ("('https://x.example/' ~ subscriber.name)", True),
        ("(unsubscribe_url if subscriber.name else preferences_url)", True),
        ("(unsubscribe_url if subscriber.name else subscriber.name)", False),
        ("subscriber.attributes.site|default('https://x.example')", False),
        ("('javascript:' ~ subscriber.name)", False),
        ("(subscriber.name ~ unsubscribe_url)", False),
    ],
)
def test_addresses(source: str, sure: bool) -> None:
    """What begins as an address of ours or of the template is an address for everybody."""
    assert language.is_address(source) is sure


@pytest.mark.parametrize(
    "text",
    [
        "{{ subscriber.first_name|default('reader') }}",
        "{% if subscriber.attributes.lang == 'ja' %}A{% endif %}",
        "{{ subscriber.attributes.city|default('') }}",
        "{% if subscriber.attributes.age|default(0)|int > 3 %}A{% endif %}",
        "{% if subscriber.attributes.city in ['Lagos', content.title] %}A{% endif %}",
    ],
)
def test_an_edition_is_there_for_everybody(tmp_path: Path, text: str) -> None:
    """An edition that compiles can be filled in for a person of whom nothing is known."""
    template = samples.template(tmp_path, samples.wrap_in_body(""), text)

    (filling,) = rendering.compile(ENGLISH, template).fill([BARE])

    assert filling.values.keys() == {0}
