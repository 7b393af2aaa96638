"""What is wrong in a template or a text, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from newsletter.errors import NewsletterError
from newsletter.phrases import translate
from newsletter.rendering.personalisation import language
from newsletter.rendering.pipeline import jinja_words, mjml


def said(act: Callable[[], object]) -> tuple[str, str]:
    """Return what an error says in English and in Japanese."""
    with pytest.raises(NewsletterError) as raised:
        act()
    with translation.override("en"):
        english = raised.value.sentences
    with translation.override("ja"):
        return english, raised.value.sentences


def test_an_error_in_mjml_is_said_in_the_language_of_its_reader() -> None:
    """The place stays, what is wrong is translated."""
    assert said(lambda: mjml.to_html("<mjml><mj-body></mjml>", path="a.mjml")) == (
        "a.mjml:1:7: <mj-body> is never closed (found </mjml>).",
        "a.mjml:1:7: <mj-body> が閉じられていません（</mjml> がありました）。",
    )


def test_what_cannot_wait_for_the_subscriber_is_said_in_the_language_of_its_reader() -> None:
    """The message, the names of kinds in it, and the hint."""
    english, japanese = said(lambda: language.compile_test("subscriber.name < 3"))

    assert english.startswith("a text cannot be less or more than a number. Make a number of")
    assert japanese.startswith("テキストと数値の大小は比べられません。項目を数値にしてください")


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("'isue' is undefined", "'isue' は定義されていません"),
        ("'dict object' has no attribute 'nmae'", "'dict object' に属性 'nmae' はありません"),
        ("expected token 'end of print statement', got 'x'", "必要な場所に 'x' があります"),
        ("Encountered unknown tag 'fi'.", "'fi' というタグはありません。"),
        ("no words of Jinja's that are known", "no words of Jinja's that are known"),
    ],
)
def test_what_jinja_says_is_translated(english: str, japanese: str) -> None:
    """In English it stays word for word; what is not known stays in any language."""
    told = jinja_words.explain(english)

    assert told == english
    with translation.override("ja"):
        assert japanese in translate(told)
