"""The sizes of pictures on the web, which Markdown cannot say and Outlook needs."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait

from newsletter.errors import BadInput
from newsletter.publishing.contents import IMAGE
from newsletter.publishing.importing.manuscript import Manuscript
from newsletter.rendering.image_limits import read_header
from newsletter.rendering.markdown import to_html
from newsletter.rendering.preflight.addresses import Web

#: Seconds for one picture, and for all together.
ONE, ALL = 8.0, 20.0
AT_ONCE = 8
#: Bytes that are read at most: the size stands at the beginning, if not always in the first ones.
ENOUGH = 5_000_000

#: Width and height in pixels, by address.
Sizes = dict[str, list[int]]


def addresses(manuscript: Manuscript) -> list[str]:
    """Return the addresses of the pictures on the web in the texts of a file, each once."""
    texts = (manuscript.introduction, *(item.body for item in manuscript.items))
    found = (html.unescape(each[1]) for text in texts for each in IMAGE.finditer(to_html(text)))
    return list(dict.fromkeys(each for each in found if each.startswith(("https://", "http://"))))


def sizes(wanted: list[str], web: Web) -> tuple[Sizes, tuple[str, ...]]:
    """Return the sizes of pictures, and sentences on those whose size is not known."""
    if not wanted:
        return {}, ()
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
    asked = {each: pool.submit(_size, each, web) for each in wanted}
    done, _ = wait(asked.values(), timeout=ALL)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {
        each: future.result() if future in done else "no answer in time"
        for each, future in asked.items()
    }
    return (
        {each: answer for each, answer in answers.items() if isinstance(answer, list)},
        tuple(_unknown(answers)),
    )


def _size(address: str, web: Web) -> list[int] | str:
    answer, data = web.read(address, seconds=ONE, most=ENOUGH)
    if answer.problem:
        return answer.problem
    if answer.status != 200:
        return f"status {answer.status}"
    try:
        header = read_header(data)
    except BadInput as error:
        return f"it {error}"
    return [header.width, header.height]


def _unknown(answers: Mapping[str, list[int] | str]) -> Iterator[str]:
    for address, answer in answers.items():
        if isinstance(answer, str):
            yield f"The size of the picture {address[:120]} is not known: {answer}."
