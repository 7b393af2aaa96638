"""A template cannot reach the process, fill its memory or hang it."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.rendering.personalisation import merge_tags, tracing
from newsletter.rendering.pipeline import mail
from tests.unit.rendering import samples
from tests.unit.rendering.samples import ENGLISH


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """Let a bomb that goes off end in a MemoryError, not in a dead machine."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, limits)


def output(folder: Path, source: str, name: str = "own.txt") -> str:
    """What a template file makes of the sample issue."""
    mjml = source if name == "own.mjml" else samples.wrap_in_body("")
    template = samples.template(folder, mjml, source)
    content = merge_tags.fill_merge_tags(ENGLISH, lambda source, _place: source)
    with tracing.Run(tracing.Trace()).current():
        return template.environment.output(name, mail.variables_of(content, template))


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ content.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__ }}",
        "{{ self.__init__ }}",
        "{{ range.__globals__ }}",
        "{{ loop_rounds.__globals__ }}",
        "{{ content.title.format.__globals__ }}",
        "{{ '{0.__class__}'.format(content) }}",
        "{{ '{0.__class__}'.format_map(content) }}",
        "{{ '%s' % content.__class__ }}",
        "{{ '%s'|format(content.__class__) }}",
        "{{ content|attr('__class__') }}",
        "{{ content['__class__'] }}",
        "{{ [1].append(2) }}",
        "{{ content.__setattr__('title', 'x') }}",
        "{% set content.title = 'x' %}",
        "{% include '/etc/passwd' %}",
        "{% include '../digest/digest.txt' %}",
        "{% import 'os' as os %}",
    ],
)
def test_escapes_fail(tmp_path: Path, source: str) -> None:
    """No way leads from a template to Python, files or the content's insides."""
    with pytest.raises(TemplateError) as caught:
        output(tmp_path, f"\n{source}")

    assert str(caught.value).startswith("own/own.txt:")


def test_attributes_by_filter_are_checked(tmp_path: Path) -> None:
    """Filters that take the name of an attribute find no private ones."""
    assert output(tmp_path, "{{ [content]|map(attribute='__class__')|list }}") == "[Undefined]"


@pytest.mark.parametrize(
    "source",
    [
        "{{ range(100001)|list|length }}",
        "{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}",
        "{% for i in range(999) %}" * 4 + "{% endfor %}" * 4,
        "{{ 'x' * 2000000000 }}",
        "{{ 2000000000 * 'x' }}",
        "{{ 9 ** 99 ** 99 }}",
        "{{ 2 ** 99999999 }}",
        "{{ [0] * 2000000000 }}",
        "{{ 'x'|center(2000000000) }}",
        "{{ '%2000000000d' % 1 }}",
        "{{ '%2000000000d'|format(1) }}",
        "{{ '{:>2000000000}'.format(1) }}",
        "{{ 'x'.center(2000000000) }}",
        "{{ 'x'.zfill(2000000000) }}",
        "{{ 'x'|indent(2000000000) }}",
        "{{ 'a'|replace('a', 'b' * 100000)|replace('b', 'c' * 100000)|length }}",
        "{{ 'x'.replace('x', 'y' * 400000) * 2 }}",
        "{{ ['x' * 400000, 'y' * 400000]|join }}",
        "{{ lipsum(n=100000)|length }}",
        "{% set a = 'x' * 400000 %}{% set b = a ~ a ~ a %}",
        "{% set a = 'x' * 400000 %}{% set b = a + a %}",
        "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x * 2 %}{% endfor %}",
        "{% for i in range(999) %}{{ 'x' * 9999 }}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'own.txt' %}",
        "{{ [1]|slice(2000000000)|list }}",
        "{{ [1]|batch(0) }}",
    ],
)
def test_bombs_do_not_go_off(tmp_path: Path, source: str) -> None:
    """What would fill the memory or take forever is an error, at once."""
    start = time.process_time()

    with pytest.raises(TemplateError, match=r"^own/own\.txt"):
        output(tmp_path, source)

    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("\n{{ content.titel }}", "2: .*'titel'"),
        ("\n{{ titel }}", "2: 'titel' is undefined"),
        ("\n{{ subscriber.name ~ titel }}", "2: 'titel' is undefined"),
        ("\n\n{% if %}", "3: Expected an expression"),
        ("{% for x in content.blocks %}", "1: Unexpected end"),
        ("\n{{ 'a'|shout }}", "2: No filter named 'shout'"),
        ("\n{{ 1 / 0 }}", "2: division by zero"),
        ("\n{{ content.date + 'x' }}", "2: unsupported operand"),
        ("\n{% include 'blocks/none.txt' %}", "2: no such template: blocks/none.txt"),
    ],
)
def test_mistakes_say_where(tmp_path: Path, source: str, says: str) -> None:
    """Misspelt names, filters and files are errors with file and line."""
    with pytest.raises(TemplateError, match=f"own/own.txt:{says}"):
        output(tmp_path, source)


def test_mistake_in_an_included_file(tmp_path: Path) -> None:
    """An error in an included file names that file and its line."""
    samples.template(tmp_path, samples.wrap_in_body(""))
    (tmp_path / "own" / "part.txt").write_text("one\n{{ nothing }}\n")

    with pytest.raises(TemplateError, match=r"^own/part\.txt:2: "):
        output(tmp_path, "{% include 'part.txt' %}")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ content.title }}", ENGLISH.title),
        ("{{ content.date.isoformat() }}", "2024-06-21"),
        ("{{ [3, 1, 2]|sort|join(', ') }}", "1, 2, 3"),
        ("{{ 'a-b'.split('-')|last|upper }}", "B"),
        ("{{ 'a' ~ 1 ~ none }}", "a1None"),
        ("{{ 'ab'[1:] }}{{ 'ab'[0] }}{{ [1, 2, 3][::2] }}", "ba[1, 3]"),
        ("{{ 2 * 3 + 2 ** 3 }} {{ 'ab' * 2 }} {{ 7 % 4 }}", "14 abab 3"),
        ("{% for row in [1, 2, 3]|batch(2) %}{{ row|join }};{% endfor %}", "12;3;"),
        ("{% for x in 'ab' %}{{ loop.index }}{{ x }}{% endfor %}", "1a2b"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(1) }}", "<1>"),
        ("{{ content.blocks|map(attribute='kind')|join(' ') }}", "text digest"),
        ("{{ '&' }}{{ content.publisher.name|e }}", "&Harbour Institute"),
    ],
)
def test_ordinary_templates_work(tmp_path: Path, source: str, result: str) -> None:
    """What designers write every day is allowed."""
    assert output(tmp_path, source) == result


def test_escaping_follows_the_file(tmp_path: Path) -> None:
    """In MJML what is printed is escaped; formatted text passes as a token."""
    result = output(tmp_path, "{{ '<b>' ~ '&' }} {{ content.boilerplate }}", "own.mjml")

    escaped, token = result.split()
    assert escaped == "&lt;b&gt;&amp;"
    assert tracing.TOKEN.fullmatch(token)


def test_formatted_text_in_plain_text(tmp_path: Path) -> None:
    """In plain text formatted text is written plain."""
    result = output(tmp_path, "{{ content.boilerplate }}|{{ content.boilerplate|text(30, '> ') }}")

    assert result.startswith("The Pacific Ports Digest is a fortnightly")
    assert "|> The Pacific Ports Digest is\n> a fortnightly" in result
