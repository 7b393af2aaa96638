"""This machine: the rules of time zones, fonts for the PDF, and who sends."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import tzdata

from newsletter.dates import read_zone
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import counted_phrase, phrase

ZONES = Topic("time-zones", phrase("Time zones"))
FONTS = Topic("fonts", phrase("Fonts for the PDF"))
WORKERS = Topic("workers", phrase("Workers"))

#: Rules change several times in a year; older ones may be wrong by an hour somewhere.
OLD_YEARS = 2
#: A few letters of a language, as its texts need them.
SAMPLES = {
    "ar": "نشرة",
    "bn": "সংবাদ",
    "el": "νέα",
    "fa": "خبرنامه",
    "he": "עלון",
    "hi": "समाचार",
    "ja": "号外の見出し",
    "ko": "소식지",
    "ru": "новости",
    "ta": "செய்தி",
    "th": "จดหมายข่าว",
    "uk": "новини",
    "zh": "简报標題",
}


def check_zones(around: Surroundings) -> Iterator[Result]:
    """Check that the zones of all publications are known, and how old the rules are."""
    names = {sender.time_zone for sender in around.senders} | {around.config.site.time_zone}
    unknown = sorted(name for name in names if read_zone(name) is None)
    yield judge_zones(unknown, zone_version(), dt.datetime.now(dt.UTC).year)


def zone_version() -> str:
    """Return the release of the rules that are used, such as `2026b`; empty if not known.

    Those of the system come first, as in Python (PEP 615).
    """
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / "tzdata.zi"
        if path.is_file():
            with path.open(encoding="utf-8") as file:
                return file.readline().removeprefix("# version").strip()
        if Path(folder).is_dir():
            return ""
    return str(tzdata.IANA_VERSION)


def judge_zones(unknown: list[str], version: str, year: int) -> Result:
    """Judge the zones that are not known, and the age of the rules."""
    update = phrase("Update the package tzdata of the system.")
    if unknown:
        return ZONES.wrong(phrase("not known: {zones}", zones=", ".join(unknown)), update)
    if version[:4].isdecimal() and int(version[:4]) < year - OLD_YEARS:
        return ZONES.look(phrase("the rules are those of {version}", version=version), update)
    return ZONES.right(phrase("the rules are those of {version}", version=version or "–"))


def check_fonts(around: Surroundings) -> Iterator[Result]:
    """Check that some font has the letters of each publication's language."""
    from newsletter.rendering.pdf.characters import missing_characters

    pdf = around.config.pdf
    if not pdf.offer:
        return
    folder = around.config.root / pdf.fonts if pdf.fonts else None
    if folder is not None and not folder.is_dir():
        yield FONTS.wrong(
            phrase("there is no folder {folder}", folder=str(folder)),
            phrase("Correct [pdf] fonts in config.toml."),
        )
        return
    languages = sorted({sender.language.partition("-")[0] for sender in around.senders})
    lacking = [each for each in languages if missing_characters(SAMPLES.get(each, ""), folder)]
    yield judge_fonts(lacking)


def judge_fonts(lacking: list[str]) -> Result:
    """Judge by the languages whose letters no font has."""
    if not lacking:
        return FONTS.right(phrase("they have the letters of all languages in use"))
    return FONTS.look(
        phrase("no font has the letters of: {languages}", languages=", ".join(lacking)),
        phrase("Install a font that has them, or put one into [pdf] fonts: docs/reference/pdf.md"),
    )


def check_workers(around: Surroundings) -> Iterator[Result]:
    """Check that somebody sends: a worker with a sign of life, or `serve`."""
    from newsletter.sending.ledger.job_queue import is_used
    from newsletter.sending.reporting.jobs import read_overview, table_exists

    count, beside = around.config.sender_count, around.config.sending.has_sender_process
    if not is_used():
        yield judge_embedded(count, beside=beside)
        return
    alive = [each for each in read_overview().workers if each.alive] if table_exists() else []
    yield judge_workers(len(alive), beside=count * beside)


def judge_embedded(concurrency: int, *, beside: bool) -> Result:
    """Judge the senders inside of `serve`, or in the process beside it."""
    if beside:
        return judge_beside(concurrency)
    if concurrency:
        return WORKERS.right(
            counted_phrase(
                "{number} sender in newsletter serve",
                "{number} senders in newsletter serve",
                concurrency,
            )
        )
    return WORKERS.look(
        phrase("[sending] concurrency is 0, so newsletter serve does not send"),
        phrase("Run newsletter worker beside it."),
    )


def judge_beside(number: int) -> Result:
    """Tell of the process that `serve` starts; while nothing is to be sent there is none."""
    return WORKERS.right(
        counted_phrase(
            "{number} sender in a process that newsletter serve starts when something is to be"
            " sent",
            "{number} senders in a process that newsletter serve starts when something is to be"
            " sent",
            number,
        )
    )


def judge_workers(alive: int, *, beside: int) -> Result:
    """Judge by the workers that give a sign of life, and the senders of a process of `serve`."""
    if alive:
        return WORKERS.right(
            counted_phrase("{number} worker is alive", "{number} workers are alive", alive)
        )
    if beside:
        return judge_beside(beside)
    return WORKERS.wrong(
        phrase("no worker gives a sign of life: nothing is sent"),
        phrase("Start newsletter worker."),
    )
