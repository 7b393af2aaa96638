"""The text of a published issue, as copied from its web page.

Title with volume and issue, image source, the headlines as bullets, the items as bullets, and
a closing paragraph; between and around them what the page had besides: menus, download links,
a footer.  What is taken for that is named in a note, so that nothing goes unnoticed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby, takewhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.publishing.content.credits import CREDIT
from newsletter.publishing.importing.fields import VOLUME, numbers_in, require_fit
from newsletter.publishing.importing.parsed_issue import Item, ParsedIssue, Source, escape_markdown
from newsletter.whitespace import single_spaced

_BULLET = re.compile(r"\s*([•‣◦▪●∙·*–-])(?:\s+|$)")
_HEADING = re.compile(r" {0,3}#{1,6}\s")
#: What a page has besides the issue: download links, menus and footers with bars, copyright.
_FURNITURE = re.compile(
    r"\s*(?:Download\b|©|\(c\)\s|Copyright\b|All rights reserved\b|Publications\b)"
    r"|.*(?:\s\|\s|\bPrivacy Policy\b|\bSitemap\b)",
    re.IGNORECASE,
)
#: A sentence or more, where a menu has only words.
_PROSE = re.compile(r".{100,}|.{20,}[.!?][”\"’)]*|.{10,}[。！？][」』）]*")


@dataclass(slots=True)
class Bullet:
    """A bullet: its paragraphs, its first line (from 1), and the blank lines above it.

    `after` are the lines, by their numbers, that stand behind a blank line below it.
    """

    text: str
    line: int
    gap: int
    after: dict[int, str] = field(default_factory=dict)


def is_web_page_text(source: Source) -> bool:
    """Say whether a file looks like this form: a volume and number, bullets, no Markdown."""
    lines = source.lines
    marked = any(map(_HEADING.match, lines))
    return not marked and any(map(_BULLET.match, lines)) and any(map(VOLUME.search, lines))


def read_page_text(source: Source) -> ParsedIssue:
    """Return the issue in a page's text, or raise `ImportRejected` with the line to fix."""
    above, bullets = part_lines(source.lines)
    title_line, title = title_of(source, above)
    volume, number = numbers_in(title)
    headlines, bodies = split_bullets(source, bullets)
    credit_line, credit = credit_of(source, above)
    opening = find_prose(above, title)
    loose = {*above, *(line for bullet in bullets for line in bullet.after)}
    closing = closing_paragraphs(bodies[-1].after, title)
    bodies[-1].after = {}
    used = {title_line, credit_line, *opening, *closing}
    used |= {line for body in bodies for line in body.after}
    return ParsedIssue(
        title=title,
        volume=volume,
        number=number,
        credit=credit,
        introduction=join_paragraphs(opening),
        items=tuple(map(build_item, headlines, bodies)),
        boilerplate=join_paragraphs(closing),
        notes=left_out(loose - used),
    )


def part_lines(lines: list[str]) -> tuple[dict[int, str], list[Bullet]]:
    """Return the lines above the bullets, by their numbers, and the bullets.

    All bullets look like the first.  One goes on over the lines below it until a blank line.
    """
    above: dict[int, str] = {}
    bullets: list[Bullet] = []
    sign, gap = "", 0
    for number, line in enumerate(lines, 1):
        mark = _BULLET.match(line)
        # A line of wide blanks is empty, too; within a line they are words.
        words = single_spaced(line.strip())
        if mark and mark[1] == (sign or mark[1]):
            sign = mark[1]
            bullets.append(
                Bullet(text=single_spaced(line[mark.end() :].strip()), line=number, gap=gap)
            )
        elif words and bullets:
            go_on(bullets[-1], number, words, apart=gap > 0)
        elif words:
            above[number] = words
        gap = 0 if words else gap + 1
    return above, [bullet for bullet in bullets if bullet.text]


def go_on(bullet: Bullet, number: int, words: str, *, apart: bool) -> None:
    """Add a line to a bullet, or to what stands behind it."""
    if apart or bullet.after:
        bullet.after[number] = words
    else:
        bullet.text = f"{bullet.text} {words}".strip()


def title_of(source: Source, above: dict[int, str]) -> tuple[int, str]:
    """Return the line with volume and number, and its number.

    Menus and download links repeat the title with words of their own: the shortest is it.
    """
    named = [(len(words), line) for line, words in above.items() if VOLUME.search(words)]
    if not named:
        raise source.rejected(
            _("there is no title with a volume and number above the first bullet"),
            1,
            hint=_("Begin with a line such as: Harbour Digest Vol 3.11"),
        )
    line = min(named)[1]
    require_fit(source, "title", above[line], line)
    return line, above[line]


def split_bullets(source: Source, bullets: list[Bullet]) -> tuple[list[Bullet], list[Bullet]]:
    """Return the headlines and the items: the widest gap between two bullets parts them."""
    gaps = [bullet.gap for bullet in bullets[1:]]
    widest = max(gaps, default=0)
    if not widest or gaps.count(widest) != 1:
        raise source.rejected(
            _("it does not show where the headlines end and the items begin"),
            bullets[0].line if bullets else 1,
            hint=_("Leave a blank line between the two lists, and none inside them."),
        )
    place = gaps.index(widest) + 1
    headlines, bodies = bullets[:place], bullets[place:]
    check_pairs(source, headlines, bodies)
    return headlines, bodies


def check_pairs(source: Source, headlines: list[Bullet], bodies: list[Bullet]) -> None:
    """Raise `ImportRejected` unless every headline has its item."""
    if len(headlines) != len(bodies):
        longer = max(headlines, bodies, key=len)
        alone = longer[min(len(headlines), len(bodies))]
        raise source.rejected(
            _("{counts}; the lists begin on lines {first} and {second}").format(
                counts=pair_counts(len(headlines), len(bodies)),
                first=headlines[0].line,
                second=bodies[0].line,
            ),
            alone.line,
            hint=_("Every headline needs its item, and every item its headline."),
        )
    for headline in headlines:
        require_fit(source, "headline", headline.text, headline.line)


def pair_counts(headlines: int, items: int) -> str:
    """Say how many headlines and items there are: `4 headlines for 5 items`."""
    return _("{headlines} for {items}").format(
        headlines=ngettext("{number} headline", "{number} headlines", headlines).format(
            number=headlines
        ),
        items=ngettext("{number} item", "{number} items", items).format(number=items),
    )


def build_item(headline: Bullet, body: Bullet) -> Item:
    """Return a headline with its item."""
    text = f"{escape_markdown(body.text)}\n\n{join_paragraphs(body.after)}".strip()
    return Item(headline=headline.text, body=text, line=body.line)


def credit_of(source: Source, above: dict[int, str]) -> tuple[int, str]:
    """Return whose picture it is, from a line above the headlines, and its number."""
    for line, words in above.items():
        if match := CREDIT.match(words):
            require_fit(source, "credit", match[1], line)
            return line, match[1]
    return 0, ""


def find_prose(above: dict[int, str], title: str) -> dict[int, str]:
    """Return the sentences between title and headlines: an introduction, where there is one."""
    return {
        line: words
        for line, words in above.items()
        if _PROSE.fullmatch(words) and not is_furniture(words, title) and not CREDIT.match(words)
    }


def closing_paragraphs(after: dict[int, str], title: str) -> dict[int, str]:
    """Return the sentences after the items, up to the first line that belongs to the page."""
    ours = dict(takewhile(lambda line: not is_furniture(line[1], title), after.items()))
    kept: dict[int, str] = {}
    # Lines that follow on each other keep their distance from their place in the list.
    for _distance, group in groupby(enumerate(ours), key=lambda pair: pair[1] - pair[0]):
        lines = [line for _place, line in group]
        if not _PROSE.fullmatch(" ".join(ours[line] for line in lines)):
            break
        kept |= {line: ours[line] for line in lines}
    return kept


def is_prose(words: str) -> bool:
    """Say whether words are a sentence or more, and no entry of a menu."""
    return bool(_PROSE.fullmatch(words))


def is_furniture(words: str, title: str) -> bool:
    """Say whether a line belongs to the page and not to the issue."""
    return bool(_FURNITURE.match(words)) or title in words


def join_paragraphs(lines: dict[int, str]) -> str:
    """Return lines as Markdown; those that follow on each other are one paragraph."""
    text = ""
    last = 0
    for number, words in lines.items():
        text += ("\n" if number == last + 1 else "\n\n") + escape_markdown(words)
        last = number
    return text.strip()


def left_out(lines: set[int]) -> tuple[str, ...]:
    """Say which lines were taken for page furniture."""
    if not lines:
        return ()
    named = ", ".join(map(str, sorted(lines)))
    return (_("Left out as page furniture: lines {lines}.").format(lines=named),)
