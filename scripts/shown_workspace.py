"""The invented newsletter that the pictures in docs/ show: texts, pictures, people, sends."""

from __future__ import annotations

import datetime as dt
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from newsletter.publishing.models import Issue, Publication
    from newsletter.sending.models import Send

PASSWORD = "two-cranes-at-dusk-1971"  # noqa: S105  of a workspace that lives for a minute
PEOPLE = 620
#: Seconds that a send may take before something is wrong.
SEND_TIMEOUT_SECONDS = 120.0
#: How many weeks ago each sent issue went out, the oldest first.
WEEKS_AGO = (6, 4, 2)
LEAD_WORDS = "A harbour at dusk: two cranes and a ferry below a low sun"

SENT = (
    (
        "Oysters return to the estuary",
        (
            "Where the old piers rotted away, the city has laid **a reef of shells**. In its second"
            " autumn there are young oysters on every metre of it."
        ),
        "A lighthouse for sale",
        "It comes with a fog horn, eleven rooms and a duty: the lamp has to burn.",
    ),
    (
        "The pilot who counts whales",
        (
            "She guides ships by day, and notes every whale. Her **nine notebooks** are now the"
            " best record of this coast."
        ),
        "Bread from salt fields",
        (
            "A farm grows wheat where the sea comes in twice a year. It tastes of very little, and"
            " that is the news."
        ),
    ),
    (
        "Three ports share one tug",
        (
            "Tugs wait for most of their lives. Three small ports have bought **one together**, and"
            " an app that says who gets it."
        ),
        "Fog, measured",
        (
            "A school has hung forty thermometers along the quay, and knows an hour before anyone"
            " else when the fog comes."
        ),
    ),
)

DRAFT = """\
---
title: Tideline Digest Vol 1.4
volume: 1
number: 4
date: {date}
subject: "A harbour that cleans itself"
preheader: "Also: ferries that charge while you board, and a map of every tide"
image: {picture}
alt: "{alt}"
credit: Drawing by the Tideline desk
---

Good morning, [first_name|reader]. Three things worth knowing about the coast, as every second
Thursday.

## A harbour that cleans itself

Three northern ports spend the winter testing **floating reed beds** that take nitrogen out of the
water. The first beds, moored behind an old fish market, held through two gales in October.

## Ferries that charge while you board

Short crossings, the same timetable every day, a berth at both ends: no ship is as easy to
electrify as a ferry. Of [forty routes](https://example.org/tideline/ferries)

- thirty-one pay for their battery within nine years,
- six depend on the price of the shore connection, and
- three cross water that is too rough for the charging arm.

## A map that knows every tide

Volunteers have joined two centuries of harbour records into one map. It shows how far the water
came on any given day, and already shows where a beach begins.
"""

JAPANESE = """\
---
title: 汐だより 第1巻第1号
volume: 1
number: 1
date: {date}
lang: ja
subject: "港をきれいにする葦"
preheader: "渡し船の充電、二百年分の潮の地図"
image: {picture}
alt: 夕暮れの港。二基のクレーンと渡し船
---

[first_name|読者]さん、おはようございます。海辺のできごとを二つお届けします。

## 港をきれいにする葦

北の三つの港で、水に浮かべた**葦の床**が冬を越そうとしています。十月の嵐には二度とも耐えました。

## 乗るあいだに充電する渡し船

短い航路、毎日同じ時刻表、両岸の桟橋。渡し船ほど電気に向いた船はありません。
"""


def draw_harbour(path: Path, width: int = 1800, height: int = 1012) -> Path:
    """Draw a harbour at dusk, and return where it is."""
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    horizon = round(height * 0.62)
    draw_sky(draw, width, horizon)
    glow = Image.new("L", (width, height), 0)
    sun = (round(width * 0.62), round(horizon * 0.86))
    ImageDraw.Draw(glow).ellipse(circle(sun, height * 0.24), fill=150)
    picture.paste((255, 214, 150), mask=glow.filter(ImageFilter.GaussianBlur(height // 12)))
    draw.ellipse(circle(sun, height * 0.085), fill=(255, 226, 168))
    draw_hills(draw, width, horizon)
    draw_water(draw, width, height, horizon, sun[0])
    for left in (0.1, 0.24):
        draw_crane(draw, round(width * left), horizon, height)
    draw_ferry(draw, round(width * 0.78), round(height * 0.72), height)
    picture.save(path, quality=90)
    return path


def circle(middle: tuple[int, int], radius: float) -> tuple[float, float, float, float]:
    """Return the box of a circle."""
    return middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius


def blend(low: tuple[int, ...], high: tuple[int, ...], share: float) -> tuple[int, ...]:
    """Return a colour between two."""
    return tuple(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))


def draw_sky(draw: ImageDraw.ImageDraw, width: int, horizon: int) -> None:
    """Draw a sky from blue to orange."""
    for y in range(horizon):
        draw.line((0, y, width, y), fill=blend((38, 70, 110), (246, 168, 116), y / horizon))


def draw_hills(draw: ImageDraw.ImageDraw, width: int, horizon: int) -> None:
    """Draw two lines of hills, the nearer one darker."""
    for height, tone, pace in ((0.13, (118, 104, 128), 0.0041), (0.07, (70, 74, 104), 0.0069)):
        top = [
            (
                x,
                horizon
                * (1 - height * (0.55 + 0.3 * math.sin(x * pace) + 0.15 * math.sin(x / 61))),
            )
            for x in range(0, width + 6, 6)
        ]
        draw.polygon([(0, horizon), *top, (width, horizon)], fill=tone)


def draw_water(draw: ImageDraw.ImageDraw, width: int, height: int, horizon: int, sun: int) -> None:
    """Draw water that gives the sun back."""
    chance = random.Random(4)  # noqa: S311  water, not a secret
    for y in range(horizon, height):
        share = (y - horizon) / (height - horizon)
        draw.line((0, y, width, y), fill=blend((206, 146, 118), (24, 52, 84), min(1, share * 1.5)))
    for _ in range(260):
        share = chance.random() ** 1.5
        y = horizon + share * (height - horizon)
        x = sun + chance.gauss(0, 30 + 150 * share)
        length = 10 + 70 * share * chance.random()
        draw.line((x, y, x + length, y), fill=(255, 216, 160), width=2 + round(3 * share))


def draw_crane(draw: ImageDraw.ImageDraw, left: int, foot: int, height: int) -> None:
    """Draw a crane of a harbour as a shadow."""
    tone, unit = (30, 36, 60), height / 100
    for x in (left, left + 9 * unit):
        draw.rectangle((x, foot - 36 * unit, x + 1.4 * unit, foot + 2 * unit), fill=tone)
    draw.rectangle((left, foot - 20 * unit, left + 10 * unit, foot - 19 * unit), fill=tone)
    draw.rectangle(
        (left - 7 * unit, foot - 38 * unit, left + 26 * unit, foot - 36 * unit), fill=tone
    )
    tip = (left + 5 * unit, foot - 47 * unit)
    for end in (left - 7 * unit, left + 26 * unit):
        draw.line((*tip, end, foot - 37 * unit), fill=tone, width=round(unit * 0.5))
    draw.line((*tip, left + 5 * unit, foot - 37 * unit), fill=tone, width=round(unit))
    draw.line(
        (left + 20 * unit, foot - 36 * unit, left + 20 * unit, foot - 16 * unit),
        fill=tone,
        width=max(1, round(unit * 0.3)),
    )


def draw_ferry(draw: ImageDraw.ImageDraw, left: int, line: int, height: int) -> None:
    """Draw a ferry with lit windows."""
    unit = height / 100
    hull = [(left - 14, line - 5), (left + 30, line - 5), (left + 27, line), (left - 11, line)]
    draw.polygon(
        [(left + (x - left) * unit, line + (y - line) * unit) for x, y in hull], fill=(28, 36, 60)
    )
    draw.rectangle(
        (left - 8 * unit, line - 9 * unit, left + 22 * unit, line - 5 * unit), fill=(228, 214, 204)
    )
    draw.rectangle(
        (left + 1 * unit, line - 12 * unit, left + 12 * unit, line - 9 * unit), fill=(206, 190, 186)
    )
    draw.rectangle(
        (left + 6 * unit, line - 16 * unit, left + 9 * unit, line - 12 * unit), fill=(178, 70, 52)
    )
    for number in range(9):
        x = left - 6 * unit + number * 3.1 * unit
        draw.rectangle(
            (x, line - 8 * unit, x + 1.6 * unit, line - 6.4 * unit), fill=(255, 206, 120)
        )


#: What the draft leads to; nothing is there.
LINK = "https://example.org/tideline/ferries"


class Newsletter:
    """Builds what the pictures show, in an open workspace whose service runs."""

    def __init__(self, folder: Path) -> None:
        from newsletter.publishing.models import Publication

        self.folder = folder
        self.publication: Publication = Publication.objects.get()
        self.picture = draw_harbour(folder / "harbour.jpg")

    def build(self) -> None:
        """Make people, three sends, a draft that is nearly done, and a Japanese publication."""
        from newsletter.demo.story import complete_publication
        from newsletter.desk.models import HiddenSteps

        self.publication.from_email = "hello@tideline.example"
        complete_publication(self.publication)
        HiddenSteps.objects.create(publication=self.publication)
        self.add_people()
        self.users = {"en": self.add_user("ines", "en"), "ja": self.add_user("akiko", "ja")}
        self.sends = [self.send(number, SENT[number - 1]) for number in (1, 2, 3)]
        for send, weeks in zip(self.sends, WEEKS_AGO, strict=True):
            move_back(send, dt.timedelta(weeks=weeks))
        self.set_rhythm()
        self.draft = self.write_draft()
        self.japanese = self.add_japanese()
        self.skip_a_slot()

    def add_people(self) -> None:
        """Import people, and have them joined one after the other over eleven weeks."""
        from newsletter.demo.story import import_crowd
        from subscribers.models import Subscription

        import_crowd(self.publication, self.folder, PEOPLE)
        chance = random.Random(3)  # noqa: S311  a story, not a secret
        rows = list(Subscription.objects.order_by("pk"))
        for place, row in enumerate(rows):
            age = dt.timedelta(days=77 * (1 - (place / len(rows)) ** 1.6))
            row.created_at -= age
            row.changed_at -= age * (0.8 * chance.random() if row.state != "active" else 1)
        Subscription.objects.bulk_update(rows, ["created_at", "changed_at"])

    def add_user(self, name: str, language: str) -> User:
        """Add somebody who may do everything, in a language; return who it is."""
        from django.contrib.auth.models import User
        from wagtail.users.models import UserProfile

        user = User.objects.create_superuser(name, f"{name}@tideline.example", PASSWORD)
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        return user

    def send(self, number: int, words: tuple[str, str, str, str]) -> Send:
        """Write an issue, send it now, and wait for its end."""
        from django.utils import timezone

        from newsletter.publishing.importing.saving import import_issue
        from newsletter.sending.models import Send
        from newsletter.sending.planning.queue import queue

        date = dt.date.today() - dt.timedelta(weeks=WEEKS_AGO[number - 1])
        text = (
            f"---\ntitle: Tideline Digest Vol 1.{number}\nvolume: 1\nnumber: {number}\n"
            f'date: {date}\nsubject: "{words[0]}"\nimage: {self.picture.name}\n'
            f'alt: "{LEAD_WORDS}"\n---\n\nGood morning, [first_name|reader].\n\n'
            f"## {words[0]}\n\n{words[1]}\n\n## {words[2]}\n\n{words[3]}\n"
        )
        path = self.folder / f"issue-{number}.md"
        path.write_text(text, encoding="utf-8")
        issue = import_issue(path, self.publication).issue
        send = queue(issue, at=timezone.now(), batch_size=200, by=self.users["en"])
        wait(lambda: Send.objects.get(pk=send.pk).finished_at is not None)
        issue.get_latest_revision().publish()
        return send

    def set_rhythm(self) -> None:
        """Have an issue every second Thursday, the next one within the week."""
        today = dt.date.today()
        thursday = today + dt.timedelta(days=(3 - today.weekday()) % 7 or 7)
        self.publication.weekday, self.publication.time = 3, dt.time(9, 7)
        self.publication.starts_on, self.publication.time_zone = thursday, "Europe/Lisbon"
        self.publication.holiday_regions, self.publication.quiet_policy = ["PT"], "after"
        self.publication.quiet_dates = f"{thursday.year}-12-24 to {thursday.year}-12-26 Closed"
        self.publication.save()

    def write_draft(self) -> Issue:
        """Return the issue that is in the works."""
        # No network is needed: the link of the draft was looked at just before.
        from newsletter.publishing.checks.known_links import keep_answers
        from newsletter.rendering.preflight.addresses import Answer

        keep_answers({LINK: Answer(status=200)})
        return self.bring_in("draft.md", DRAFT, self.publication, alt=LEAD_WORDS)

    def bring_in(self, name: str, text: str, publication: Publication, **words: str) -> Issue:
        """Return an issue of a text with the drawing on top."""
        from newsletter.publishing.importing.saving import import_issue

        words |= {"picture": self.picture.name, "date": str(self.publication.starts_on)}
        path = self.folder / name
        path.write_text(text.format(**words), encoding="utf-8")
        return import_issue(path, publication).issue

    def add_japanese(self) -> Issue:
        """Return a draft of a second publication, in Japanese."""
        from newsletter.publishing.bootstrap import create_publication

        made = create_publication("汐だより", postal_address="大阪市港区海岸通7")
        made.language, made.time_zone = "ja", "Asia/Tokyo"
        made.starts_on = self.publication.starts_on + dt.timedelta(days=5)
        made.weekday, made.time, made.every_weeks = made.starts_on.weekday(), dt.time(7, 30), 1
        made.save()
        return self.bring_in("japanese.md", JAPANESE, made)

    def skip_a_slot(self) -> None:
        """Skip the third slot to come, with a reason."""
        from django.utils import timezone

        from newsletter.scheduling.slot_changes import skip_slot
        from newsletter.scheduling.slots import find_slot, upcoming_slots

        third = upcoming_slots(self.publication, timezone.now(), 3)[2]
        skip_slot(find_slot(self.publication, third.date), "The desk sorts its archive")


def move_back(send: Send, age: dt.timedelta) -> None:
    """Have a send and all that came of it happen earlier."""
    from django.db.models import F

    from newsletter.sending.models import Attempt, AuditEntry
    from newsletter.sending.models import Send as Sends
    from newsletter.tracking.models import Event

    wait(lambda: Event.objects.filter(delivery__send=send, kind="delivered").exists())
    rows: list[tuple[Any, str]] = [
        *((Sends.objects.filter(pk=send.pk), name) for name in ("created_at", "at")),
        *((Sends.objects.filter(pk=send.pk), name) for name in ("started_at", "finished_at")),
        (AuditEntry.objects.filter(send=send), "at"),
        (Event.objects.filter(delivery__send=send), "at"),
        *((Attempt.objects.filter(batch__send=send), name) for name in ("created_at", "posted_at")),
    ]
    for found, name in rows:
        found.update(**{name: F(name) - age})
    spread_news(send)


def spread_news(send: Send) -> None:
    """Have the news of a send come over some hours, as receivers take their time."""
    from newsletter.tracking.models import Event

    chance = random.Random(send.pk)  # noqa: S311  a story, not a secret
    events = list(Event.objects.filter(delivery__send=send))
    for each in events:
        each.at += dt.timedelta(minutes=min(chance.expovariate(1 / 70), 600))
    Event.objects.bulk_update(events, ["at"])


def wait(holds: Callable[[], bool]) -> None:
    """Wait until something holds; raise `TimeoutError` if it does not come to."""
    deadline = time.monotonic() + SEND_TIMEOUT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("a send of the example does not end; look into its folder")
        time.sleep(0.05)
