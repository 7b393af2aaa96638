"""Filters of templates do what Jinja's do, and no more than fits."""

from __future__ import annotations

import pytest
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
