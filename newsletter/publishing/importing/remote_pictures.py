"""The sizes of pictures on the web, which Markdown cannot say and Outlook needs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from newsletter.phrases import translate
from newsletter.publishing.content.issue_content import IMAGE, SIZES, content_of
from newsletter.publishing.importing.parsed_issue import ParsedIssue
from newsletter.rendering.pipeline.image_limits import read_header
from newsletter.rendering.preflight.addresses import Web
from newsletter.rendering.preflight.pages import texts_of
from newsletter.rendering.text.markdown import to_html

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue

#: Seconds for one picture, and for all together.
ONE, ALL = 8.0, 20.0
#: The same for all together while an editor waits, and until one is asked again.
AT_THE_DESK, ASK_AGAIN = 3.0, 3600.0
#: Where the metadata of a draft keep when a picture gave no answer.
ASKED = "_sizes_asked"
#: A picture in sanitised HTML that has no width.
WITHOUT_WIDTH = re.compile(r'<img\b(?![^<>]*\swidth=)[^<>]*?\ssrc="([^"]*)"')
AT_ONCE = 8
#: Bytes that are read at most: the size stands at the beginning, if not always in the first ones.
MAX_HEAD_BYTES = 5_000_000

#: Width and height in pixels, by address.
Sizes = dict[str, list[int]]


def picture_addresses(parsed_issue: ParsedIssue) -> list[str]:
    """Return the addresses of the pictures on the web in the texts of a file, each once."""
    texts = (parsed_issue.introduction, *(item.body for item in parsed_issue.items))
    found = (html.unescape(each[1]) for text in texts for each in IMAGE.finditer(to_html(text)))
    return list(dict.fromkeys(each for each in found if each.startswith(("https://", "http://"))))


def measure_pictures(issue: Issue, web: Web, now: float) -> None:
    """Ask for the sizes of pictures on the web that a draft shows and that are not known yet.

    Whoever saves waits for it, so it is short, and one without an answer is left alone for a while.
    """
    known = dict(issue.metadata.get(SIZES, {}))
    asked = {
        address: time
        for address, time in issue.metadata.get(ASKED, {}).items()
        if now - time < ASK_AGAIN
    }
    wanted = [each for each in find_unsized(issue) if each not in known and each not in asked]
    if not wanted:
        return
    found, _late = sizes_of(wanted, web, seconds=AT_THE_DESK)
    late = {each: now for each in wanted if each not in found}
    issue.metadata = {**issue.metadata, SIZES: known | found, ASKED: asked | late}


def find_unsized(issue: Issue) -> list[str]:
    """Return the addresses of pictures in the texts of a draft that have no width."""
    texts = (text for _, text in texts_of(content_of(issue, strict=False)))
    shown = (each for text in texts for each in WITHOUT_WIDTH.findall(text))
    found = dict.fromkeys(html.unescape(each) for each in shown)
    return [each for each in found if each.startswith(("https://", "http://"))]


def sizes_of(wanted: list[str], web: Web, *, seconds: float = ALL) -> tuple[Sizes, tuple[str, ...]]:
    """Return the sizes of pictures, and sentences on those whose size is not known."""
    if not wanted:
        return {}, ()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
    asked = {each: pool.submit(_size, each, web, min(ONE, seconds)) for each in wanted}
    done = wait(asked.values(), timeout=seconds).done
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {
        each: future.result() if future in done else _("no answer in time")
        for each, future in asked.items()
    }
    return (
        {each: answer for each, answer in answers.items() if isinstance(answer, list)},
        tuple(_unknown(answers)),
    )


def _size(address: str, web: Web, seconds: float) -> list[int] | str:
    answer, data = web.read(address, seconds=seconds, most=MAX_HEAD_BYTES)
    if answer.problem:
        return answer.problem
    if answer.status != 200:
        return _("status {status}").format(status=answer.status)
    try:
        header = read_header(data)
    except BadInput as error:
        return _("it {problem}").format(problem=translate(error.message))
    return [header.width, header.height]


def _unknown(answers: Mapping[str, list[int] | str]) -> Iterator[str]:
    for address, answer in answers.items():
        if isinstance(answer, str):
            yield _("The size of the picture {address} is not known: {reason}.").format(
                address=address[:120], reason=answer
            )
