"""One run of a template has one budget: whatever a mistake asks for, it ends with file and line."""

from __future__ import annotations

import re

import pytest

from newsletter.errors import TemplateError
from newsletter.rendering.personalisation import tracing
from newsletter.rendering.personalisation.budget import MAX_MADE, weigh_value
from newsletter.rendering.pipeline.environment import TemplateEnvironment

GROWING = '{% set ns = namespace(x="xxxxxxxxxx", y=[1]) %}{% for i in range(60) %}'
NESTED = "{% set a = [1] * 1000 %}{% set b = [a] * 1000 %}"
THOUSAND = "{% for i in range(1000) %}{% for j in range(49) %}"
DOUBLE = (
    "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(30) %}{% set ns.x = [ns.x, ns.x] %}"
)

SPENDERS = {
    "set doubles a text": '{% set x = "x" %}' + "{% set x = x ~ x %}" * 40,
    "a namespace doubles a text": GROWING + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "plus doubles a text": GROWING + "{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "plus doubles a list": GROWING + "{% set ns.y = ns.y + ns.y %}{% endfor %}",
    "times doubles a list": GROWING + "{% set ns.y = ns.y * 2 %}{% endfor %}",
    "a number grows": "{{ 7 ** 99999 }}",
    "a number is squared": "{% set ns = namespace(x=10) %}"
    "{% for i in range(40) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "blocks of set": "{% set a %}" + "x" * 1000 + "{% endset %}"
    + "".join("{% set a %}" + "{{ a }}" * 10 + "{% endset %}" for _ in range(9)),
    "many blocks of set": "{% set b %}" + "x" * 400_000 + "{% endset %}"
    + "".join(f"{{% set c{n} %}}{{{{ b }}}}{{{{ b }}}}{{% endset %}}" for n in range(99)),
    "fixed text in loops": THOUSAND + "{% set z %}" + "x" * 10_000 + "{% endset %}"
    "{% endfor %}{% endfor %}",
    "loops in loops": THOUSAND * 2 + "{% endfor %}" * 4,
    "a loop over a text": THOUSAND + '{% for c in "x" * 400000 %}' + "{% endfor %}" * 3,
    "a recursive loop": "{% for i in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "a macro calls itself": "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
    "a macro calls itself twice": "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}"
    "{% endmacro %}{{ f(60) }}",
    "macros in loops": "{% macro f() %}" + "x" * 10_000 + "{% endmacro %}" + THOUSAND
    + "{% set z = f() %}{% endfor %}{% endfor %}",
    "macros in macros": "{% macro a() %}{% endmacro %}{% macro b() %}" + "{{ a() }}" * 300
    + "{% endmacro %}{% macro c() %}" + "{{ b() }}" * 300 + "{% endmacro %}{{ c() }}",
    "call blocks": "{% macro f() %}{{ caller() }}{{ caller() }}{% endmacro %}"
    + "{% call f() %}" * 18 + "xxxxxxxx" + "{% endcall %}" * 18,
    "a list of lists": NESTED + "{% set c = [b] * 1000 %}{{ c }}",
    "a list of lists as text": NESTED + '{{ b ~ "" }}',
    "lists double": DOUBLE + "{% endfor %}{{ ns.x }}",
    "lists double and are compared": DOUBLE
    + "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "dictionaries double": "{% set ns = namespace(x={}) %}{% for i in range(30) %}"
    '{% set ns.x = {"a": ns.x, "b": ns.x} %}{% endfor %}{{ ns.x }}',
    "namespaces double": "{% set ns = namespace(x=1) %}{% for i in range(30) %}"
    "{% set ns.x = namespace(a=ns.x, b=ns.x) %}{% endfor %}{{ ns.x }}",
    "a namespace holds itself": "{% set ns = namespace(x=1) %}{% set ns.x = ns %}{{ ns }}",
    "lists are too deep": "{% set ns = namespace(x=[]) %}"
    "{% for i in range(900) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}",
    "a list of texts": '{% set a = ["x" * 400000] %}{% set b = a * 400 %}{{ b }}',
    "join": '{% set a = ["x" * 1000] * 400 %}{{ ([a] * 1000)|join }}',
    "a wide join": '{{ (["a"] * 100000)|join("y" * 400000) }}',
    "replace": '{{ ("x" * 400000)|replace("x", "y" * 400000) }}',
    "replace grows": '{% set ns = namespace(x="x") %}{% for i in range(100) %}'
    '{% set ns.x = ns.x|replace("x", "xx") %}{% endfor %}',
    "map replaces": '{{ range(1000)|map("replace", "", "x" * 100000)|list|length }}',
    "sum copies lists": "{{ ([[1] * 90] * 5000)|sum(start=[]) }}",
    "split again and again": "{% for i in range(1000) %}"
    '{% set x = ("a " * 200000).split() %}{% endfor %}',
    "compared again and again": '{% set a = "x" * 400000 %}{% set b = "x" * 400000 %}' + THOUSAND
    + "{% if a == b %}{% endif %}{% endfor %}{% endfor %}",
    "looked for again and again": '{% set a = "x" * 400000 %}' + THOUSAND
    + '{% if "y" in a %}{% endif %}{% endfor %}{% endfor %}',
    "sorted again and again": "{% set a = range(1000)|list %}" + THOUSAND
    + "{% set b = a|sort %}{% endfor %}{% endfor %}",
    "escapes": '{{ ("<" * 400000)|e|e|e|e|e|e }}',
    "percent-encoded": '{{ ("é" * 400000)|urlencode|urlencode|urlencode|urlencode }}',
    "a wide margin": '{{ ("x " * 200000)|wrap(900, "", "y" * 800) }}',
    "a wide indent": '{{ ("<hr>" * 90000)|text(900, "y" * 400000) }}',
    "a long range": "{{ range(10000000)|list }}",
    "rows": "{{ range(1000)|batch(0)|list }}",
    "modulo": '{{ "%1000000000d" % 1 }}',
    "format": '{{ "{:1000000000}".format(1) }}',
    "a wide text": '{{ "x".center(1000000000) }}',
    "a wide text by a filter": '{{ "x"|center(1000000000) }}',
    "tabs": '{{ ("\t" * 1000).expandtabs(1000000) }}',
    "bytes": '{{ (1).to_bytes(100000000, "big") }}',
    "lipsum": "{{ lipsum(100000) }}",
    "includes itself": '{% include "t.txt" %}',
    "imports itself": '{% import "t.txt" as t %}',
    "extends itself": '{% extends "t.txt" %}',
    "includes itself twice": "{% set n = (n if n is defined else 40) - 1 %}{% if n %}"
    '{% include "t.txt" %}{% include "t.txt" %}{% endif %}',
    "a deep expression": "{{ " + "not " * 3000 + "1 }}",
    "many parentheses": "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "many loops in each other": "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
    "a wide margin of JSON": "{{ [1, 2]|tojson(indent=1000000000) }}",
    "stray brackets as text": '{{ ("<a " * 90000)|text }}{{ nothing }}',
    "stray comments as text": '{{ ("<!-- >" * 60000)|text }}{{ nothing }}',
    "a private attribute in a sum": '{{ [range]|sum("__sizeof__") }}',
    "an assertion in a filter": '{{ "xxxxxx"|truncate(2, true, "yyyyyy") }}',
    "own names": "{{ fortnight_own_rounds(range(9), 0) }}",
    "own names are set": "{% set fortnight_own_joined = 3 %}",
    "own names as text": '{% set x = "fortnight_own_printed" %}',
}  # fmt: skip


def output(source: str) -> str:
    """Return what a template makes."""
    environment = TemplateEnvironment({"t.txt": (source, "digest/t.txt")})
    with tracing.Run(tracing.Trace()).current():
        return environment.output("t.txt", {"content": None})


def spent(source: str) -> int:
    """Return what a template is charged for what it makes."""
    environment = TemplateEnvironment({"t.txt": (source, "digest/t.txt")})
    with tracing.Run(tracing.Trace()).current() as run:
        environment.output("t.txt", {"content": None})
    return run.budget.made


@pytest.mark.parametrize("source", SPENDERS.values(), ids=SPENDERS)
def test_a_run_ends_with_an_error_of_the_template(source: str) -> None:
    """It says where, and no other kind of error comes out."""
    with pytest.raises(TemplateError, match=r"^digest/t\.txt") as error:
        output(source)

    assert not re.search(r"Error\b|object at 0x", str(error.value))


@pytest.mark.parametrize("name", ["loop_rounds", "joined", "sliced", "run_printed", "run_decided"])
def test_helpers_of_the_renderer_cannot_be_called(name: str) -> None:
    """The names that once were to be had are not there."""
    with pytest.raises(TemplateError, match=f"'{name}' is undefined"):
        output(f"{{{{ {name}(1, []) }}}}")


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("{% for a, b in [(1, 2), (3, 4)] %}{{ a + b }};{% endfor %}", "3;7;"),
        ("{% set a, b = (1, 2) %}{{ b }}", "2"),
        ('{{ ["b", "a"]|sort|join(",") ~ "!" }}', "a,b!"),
        ("{{ [1, 2, 3]|sum }}{{ 1 < 2 < 3 }}{{ 2 in [1, 2] }}", "6TrueTrue"),
        (
            "{% macro f(x) %}<{{ x }}>{{ caller() }}{% endmacro %}{% call f(1) %}c{% endcall %}",
            "<1>c",
        ),
        ('{% set x %}a{{ 1 }}{% endset %}{{ x }}{{ {"k": (1, 2)}["k"][1] }}', "a12"),
        ('{{ "abcdef"[1:3] }}{{ 7 // 2 }}{{ 2 ** 10 }}{{ -3 }}', "bc31024-3"),
        ('{{ "<p>a<!-- b -->&amp; <b>c</b></p>"|striptags }}', "a& c"),
        ("{% for i in range(3) if i != 1 %}{{ loop.index }}{{ i }}{% else %}-{% endfor %}", "1022"),
    ],
)
def test_templates_do_what_they_did(source: str, made: str) -> None:
    """The budget is not to be seen by anybody who does not spend it."""
    assert output(source) == made


@pytest.mark.parametrize(
    "name", ["map('string')|list", "max", "select|list", "sort", "unique|list"]
)
def test_what_calls_python_for_each_element_costs_ten_times_as_much(name: str) -> None:
    """Twenty million elements are soon printed; to sort them takes many seconds."""
    assert spent("{% set b = range(1000)|list|reverse|list %}") < 10_000
    assert spent(f"{{% set b = range(1000)|list|{name} %}}") > 10_000


def test_values_weigh_what_is_in_them() -> None:
    """What stands in a list twice counts twice."""
    inner = ["abc", 1]

    assert weigh_value("abc") == 3
    assert weigh_value([inner, inner]) == 1 + 2 * (1 + 4 + 1)
    assert weigh_value(range(500)) < MAX_MADE
