"""A phrase is its English text, whoever works; where it is shown, it is translated."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
from typing import Any

import pytest
from django.utils import translation

from newsletter.errors import BadInput, LimitExceeded
from newsletter.phrases import Day, Time, counted_phrase, from_data, phrase, to_data, translate
from newsletter.places import name_line, name_place

DAY = dt.date(2026, 11, 26)
AT = dt.datetime(2026, 11, 26, 14, 7, tzinfo=dt.UTC)
PHRASES = [
    (phrase("there is no subject"), "there is no subject", "件名がありません"),
    (
        phrase("the picture “{name}” {reason}", name="quay", reason=phrase("cannot be read")),
        "the picture “quay” cannot be read",
        "画像「quay」は読み込めません",
    ),
    (counted_phrase("one person", "{number} people", 1), "one person", "1人"),
    (counted_phrase("one person", "{number} people", 1200), "1,200 people", "1,200人"),
    (
        phrase("{time} has passed", time=Time(AT, "America/New_York")),
        "Thu 26 Nov 2026 09:07 EST has passed",
        "2026年11月26日(木) 09:07 ESTは過ぎています",
    ),
    (Day(DAY), "Thu 26 Nov 2026", "2026年11月26日(木)"),
    (
        phrase("{words!r} leads nowhere", words="{x}"),
        "'{x}' leads nowhere",
        "「{x}」のリンク先がありません",
    ),
]


@pytest.mark.parametrize(("text", "english", "japanese"), PHRASES)
def test_english_unless_it_is_shown(text: str, english: str, japanese: str) -> None:
    """It is compared and written in English, and translated with all that it is made of."""
    with translation.override("ja"):
        assert text == english
        assert f"{text}" == english
        assert translate(text) == japanese
    with translation.override("en"):
        assert translate(text) == english


@pytest.mark.parametrize(("text", "english", "japanese"), PHRASES)
def test_kept_and_copied(text: str, english: str, japanese: str) -> None:
    """What is kept as JSON, copied or given to another process can still be translated."""
    kept: list[Any] = [
        from_data(json.loads(json.dumps(to_data(text)))),
        copy.deepcopy(text),
        pickle.loads(pickle.dumps(text)),
    ]

    with translation.override("ja"):
        assert kept == [english] * 3
        assert [translate(each) for each in kept] == [japanese] * 3


def test_a_text_of_somebody_stays_as_it_is() -> None:
    """What a person or a provider wrote is no phrase, even if a phrase reads the same."""
    with translation.override("ja"):
        assert translate("there is no subject") == "there is no subject"
        assert from_data(to_data("there is no subject")) == "there is no subject"


def test_an_error_is_said_in_the_readers_language() -> None:
    """A page says what happened and what to do; programs and logs have English."""
    error = BadInput(phrase("there is no subject"), hint=phrase("Write a subject."))

    with translation.override("ja"):
        assert str(error) == "there is no subject"
        assert error.sentences == "件名がありません。件名を書いてください。"


def test_an_error_names_its_place() -> None:
    """The place and the line of an error are words, too."""
    error = LimitExceeded(phrase("it is nested too deeply"), place="item 2", line=5)

    with translation.override("ja"):
        assert str(error) == "item 2, line 5: it is nested too deeply"
        assert translate(error.message) == "項目2、5行目: 入れ子が深すぎます"


@pytest.mark.parametrize(
    ("place", "japanese"),
    [("subject", "件名"), ("item 12", "項目12"), ("digest/footer.mjml", "digest/footer.mjml")],
)
def test_places(place: str, japanese: str) -> None:
    """A place has its name in each language; a file is the same in all."""
    with translation.override("ja"):
        assert name_place(place) == place
        assert translate(name_place(place)) == japanese
        assert translate(name_line(place, 0)) == japanese
