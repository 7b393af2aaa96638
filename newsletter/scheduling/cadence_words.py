"""A cadence in words: a phrase, which each reader gets in their own language."""

from __future__ import annotations

from collections.abc import Sequence

from newsletter.phrases import Phrase, list_phrases, phrase, translate
from newsletter.scheduling.cadence import LAST, Cadence, Pattern

#: The days of the week, from Monday on.
WEEKDAYS = (
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
)
#: Which of the weekdays in a month.
ORDINAL_WORDS = {
    1: phrase("first"),
    2: phrase("second"),
    3: phrase("third"),
    4: phrase("fourth"),
    LAST: phrase("last"),
}


def phrase_cadence(cadence: Cadence) -> Phrase:
    """Return days, time and zone: `every week on Thursday at 09:07 UTC`."""
    return phrase(
        "{days} at {time} {zone}",
        days=phrase_days(cadence),
        time=f"{cadence.time:%H:%M}",
        zone=cadence.zone.key,
    )


def describe_cadence(cadence: Cadence) -> str:
    """Return the same in the reader's language."""
    return str(translate(phrase_cadence(cadence)))


def phrase_days(cadence: Cadence) -> Phrase:
    """Return on which days a cadence has its slots: `every 2 weeks on Monday and Thursday`."""
    weekdays = join_phrases([WEEKDAYS[day] for day in cadence.weekdays])
    if cadence.pattern == Pattern.WEEKS:
        if cadence.weeks == 1:
            return phrase("every week on {days}", days=weekdays)
        return phrase("every {weeks} weeks on {days}", weeks=cadence.weeks, days=weekdays)
    if cadence.pattern == Pattern.WEEKDAYS:
        which = join_phrases([ORDINAL_WORDS[each] for each in cadence.ordinals])
        return phrase("every month on the {which} {days}", which=which, days=weekdays)
    return phrase(
        "every month on {days}", days=join_phrases([phrase_month_day(day) for day in cadence.days])
    )


def phrase_month_day(day: int) -> Phrase:
    """Return a day of a month."""
    return phrase("the last day") if day == LAST else phrase("day {number}", number=day)


def join_phrases(parts: Sequence[str]) -> str:
    """Return parts with an *and* before the last."""
    if len(parts) < 2:
        return list_phrases(parts)
    return phrase("{first} and {last}", first=list_phrases(parts[:-1]), last=parts[-1])
