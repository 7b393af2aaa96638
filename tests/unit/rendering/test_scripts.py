"""A text is in the script of its language, or the check says so."""

from __future__ import annotations

import pytest

from newsletter.rendering.text.scripts import script_of, unexpected_script

ENGLISH = "Reed beds clean the water of a harbour in the north."
JAPANESE = "港の水をきれいにするヨシ原について、今週の新しい研究をお伝えします。"
CHINESE = "芦苇床净化港口的水,本周我们介绍一项新的研究。"
RUSSIAN = "Тростниковые заросли очищают воду гавани на севере."
ARABIC = "تنظف أحواض القصب مياه الميناء في الشمال."


@pytest.mark.parametrize(
    ("text", "language", "script"),
    [
        (ENGLISH, "en", ""),
        (ENGLISH, "ja", "Latin"),
        (JAPANESE, "ja", ""),
        (JAPANESE, "ja-JP", ""),
        (JAPANESE, "en", "Kana"),
        (JAPANESE, "zh-Hant", "Kana"),
        (CHINESE, "zh", ""),
        (CHINESE, "ja", "Han"),
        (CHINESE, "de", "Han"),
        (RUSSIAN, "ru", ""),
        (RUSSIAN, "en", "Cyrillic"),
        (RUSSIAN, "sr", ""),
        (RUSSIAN, "sr-Latn", "Cyrillic"),
        (ARABIC, "ar", ""),
        (ARABIC, "he", "Arabic"),
        (ARABIC, "en", "Arabic"),
        ("안녕하세요, 이번 주 항구 소식입니다.", "ko", ""),
        ("Grüße aus Łódź und Tromsø, năm mới", "pl", ""),
    ],
)
def test_the_script_is_held_against_the_language(text: str, language: str, script: str) -> None:
    """A text in another script than its language's is named by that script."""
    assert unexpected_script(text, language) == script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (f"{ENGLISH} In Japanese it is called ヨシ原.", "en"),
        (f"{JAPANESE} World Port Climate Action Program, Reuters, Nature", "ja"),
        (f"{JAPANESE} https://example.org/{'a' * 400}", "ja"),
        ("港", "en"),
        ("", "en"),
    ],
)
def test_quoted_words_and_addresses_change_nothing(text: str, language: str) -> None:
    """A few words of another script, an address, and a text of a few letters are no finding."""
    assert unexpected_script(text, language) == ""


@pytest.mark.parametrize(
    ("letter", "script"), [("a", "Latin"), ("ー", "Kana"), ("1", ""), ("、", "")]
)
def test_what_all_scripts_share_is_of_none(letter: str, script: str) -> None:
    """Digits and marks are of no script."""
    assert script_of(letter) == script
