"""Filters of templates do what Jinja's do, and no more than fits."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from jinja2.nodes import EvalContext
from markupsafe import Markup

from newsletter.rendering.personalisation import filters


@pytest.mark.parametrize(
    ("value", "replaced"),
    [
        pytest.param("Tea & cake", "Tea < cake", id="text"),
        pytest.param(Markup("<b>Tea &amp; &</b>"), Markup("<b>Tea &lt;amp; &lt;</b>"), id="markup"),
        pytest.param(7, "7", id="number"),
    ],
)
def test_replacing_keeps_what_is_markup(value: object, replaced: str) -> None:
    """What comes into markup is escaped, and it stays markup; text stays text."""
    found = filters.replace(value, "&", "<")

    assert found == replaced
    assert type(found) is type(replaced)


@pytest.mark.parametrize(
    ("autoescape", "filled"),
    [
        pytest.param(True, Markup("Tea &amp; &lt;b&gt;, 7 of {email}"), id="in-html"),
        pytest.param(False, "Tea & <b>, 7 of {email}", id="in-text"),
    ],
)
def test_filled_escapes_where_there_is_html(*, autoescape: bool, filled: str) -> None:
    """Pattern and values are escaped in HTML, as they are elsewhere; other braces stay."""
    context = EvalContext(Environment(autoescape=autoescape))

    found = filters.filled(context, "Tea & {what}, {count} of {email}", what="<b>", count=7)

    assert found == filled
    assert type(found) is type(filled)
