"""Which block of a page becomes what: the title, the lead picture, the headlines, their texts.

A page is read in one of two forms.  Mostly headings begin its items.  A published page may have
two lists instead, of the headlines and of their texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _
from lxml.html import HtmlElement

from newsletter.publishing.content.credits import CREDIT
from newsletter.publishing.importing.html_markdown import heading_level, is_element
from newsletter.publishing.importing.metadata import FrontMatter, Value, meaning_of
from newsletter.publishing.importing.page import Page
from newsletter.publishing.importing.parsed_issue import MAX_CHARACTERS
from newsletter.publishing.importing.web_page_text import is_furniture, is_prose
from newsletter.whitespace import MEANINGLESS, single_spaced

#: Characters of a line that is bold as a whole and may be a headline.
MAX_BOLD_HEADLINE = 150
#: Characters on average of an item in a list, so that no menu is taken for items.
MIN_ITEM_LENGTH = 60
#: How much longer the items of a list are than its headlines.
ITEM_TO_HEADLINE = 2
#: `Subject: …` on a line of its own, above the text; also with the colon of Japanese.
_KEY_LINE = re.compile(r"([^\W\d_][\w -]{0,30}?)\s*[:：]\s*(\S.*)", re.DOTALL)


@dataclass(slots=True)
class Section:
    """A headline and the blocks of its text."""

    headline: HtmlElement | None
    blocks: list[HtmlElement] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """What the blocks of a page are; `lead` is an `img`, `caption` what stands below it."""

    title: str = ""
    front_matter: dict[str, Value] = field(default_factory=dict)
    lead: HtmlElement | None = None
    caption: str = ""
    opening: list[HtmlElement] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    closing: list[HtmlElement] = field(default_factory=list)
    buttons: list[HtmlElement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def metadata(self) -> FrontMatter:
        """What stood on top as `Key: value`."""
        return FrontMatter(body_index=0, known=self.front_matter)


def outline_of(page: Page) -> Outline:
    """Return what the blocks of a page become."""
    outline = Outline(title=page.title)
    if page.number:
        outline.front_matter["number"] = Value(text=page.number, line=0)
    blocks = take_metadata(outline, page.blocks)
    if pair := find_list_pair(blocks):
        by_lists(outline, blocks, *pair)
    else:
        by_headings(outline, blocks)
    take_lead(outline)
    take_buttons(outline)
    return outline


def words_of(element: HtmlElement) -> str:
    """Return what can be read of an element, on one line."""
    return single_spaced(str(element.text_content()))


def take_metadata(outline: Outline, blocks: list[HtmlElement]) -> list[HtmlElement]:
    """Take lines such as `Subject: …` from above the text; return the other blocks."""
    left = blocks
    for block in blocks:
        lines = key_lines(block)
        if not lines and heading_level(block) != 1:
            break
        for key, value in lines:
            outline.front_matter.setdefault(key, Value(text=value.strip(MEANINGLESS), line=0))
            left = [each for each in left if each is not block]
    return left


def key_lines(block: HtmlElement) -> list[tuple[str, str]]:
    """Return the keys and values of a paragraph that holds nothing else."""
    if block.tag != "p" or block.find(".//img") is not None:
        return []
    for end in block.iter("br"):
        end.tail = f"\n{end.tail or ''}"
    lines = [line for line in str(block.text_content()).split("\n") if line.strip()]
    found = [_KEY_LINE.fullmatch(line.strip()) for line in lines]
    keys = [(meaning_of(each[1]), each[2]) for each in found if each]
    # A picture is in the document itself: `Picture: …` says whose it is.
    keys = [(key, value) for key, value in keys if key != "image"]
    return keys if len(keys) == len(lines) and all(key for key, _value in keys) else []


def find_list_pair(blocks: list[HtmlElement]) -> tuple[int, int] | None:
    """Return the places of a list of headlines and of the list of their texts, if there are any."""
    lists = [(index, each) for index, each in enumerate(blocks) if each.tag in {"ul", "ol"}]
    for (first, headlines), (second, texts) in pairwise(lists):
        between = blocks[first + 1 : second]
        if any(heading_level(each) or each.tag == "table" for each in between):
            continue
        short, long = average_length(headlines), average_length(texts)
        if long >= MIN_ITEM_LENGTH and long >= short * ITEM_TO_HEADLINE and list_rows(headlines):
            return first, second
    return None


def list_rows(element: HtmlElement) -> list[HtmlElement]:
    """Return the items of a list that say something."""
    return [each for each in element if is_element(each) and words_of(each)]


def average_length(element: HtmlElement) -> float:
    """Return how many characters the items of a list have on average."""
    found = list_rows(element)
    return sum(len(words_of(each)) for each in found) / len(found) if found else 0.0


def by_lists(outline: Outline, blocks: list[HtmlElement], first: int, second: int) -> None:
    """Sort out a page with a list of headlines and a list of their texts."""
    headlines, texts = list_rows(blocks[first]), list_rows(blocks[second])
    outline.sections = [
        Section(
            headline=headlines[at] if at < len(headlines) else None,
            blocks=[texts[at]] if at < len(texts) else [],
        )
        for at in range(max(len(headlines), len(texts)))
    ]
    above = [*blocks[:first], *blocks[first + 1 : second]]
    title = [each for each in above if heading_level(each)]
    if title and not outline.title:
        outline.title = words_of(title[0])
    outline.opening = [each for each in above if each not in title and keeps(outline, each)]
    for each in blocks[second + 1 :]:
        if is_furniture(words_of(each), outline.title or "\0") or not is_prose(words_of(each)):
            break
        outline.closing.append(each)
    used = [*title, *outline.opening, *outline.closing, blocks[first], blocks[second]]
    note_left_out(outline, [each for each in blocks if each not in used])


def keeps(outline: Outline, block: HtmlElement) -> bool:
    """Say whether a block above two lists belongs to the issue: a sentence, a picture, a credit."""
    words = words_of(block)
    if block.find(".//img") is not None or block.tag == "img" or CREDIT.match(words):
        return True
    return is_prose(words) and not is_furniture(words, outline.title or "\0")


def note_left_out(outline: Outline, blocks: list[HtmlElement]) -> None:
    """Say which blocks were taken for parts of the page around the issue."""
    found = [f"“{shortened(words_of(each))}”" for each in blocks if words_of(each)]
    if found:
        outline.notes.append(
            _("Left out as parts of the page around the text: {words}.").format(
                words=", ".join(found[:10]) + (" …" if found[10:] else "")
            )
        )


def shortened(words: str, most: int = 50) -> str:
    """Return words, cut off where they are many."""
    return words if len(words) <= most else f"{words[:most].rstrip()}…"


def by_headings(outline: Outline, blocks: list[HtmlElement]) -> None:
    """Sort out a page whose items begin with headings."""
    blocks = take_title(outline, blocks)
    levels = [heading_level(each) for each in blocks if heading_level(each)]
    if not levels:
        mark_bold_headlines(outline, blocks)
        levels = [2 for each in blocks if each.get("data-headline")]
    top = min(levels, default=2)
    section: Section | None = None
    for block in blocks:
        if heading_level(block) == top or block.get("data-headline"):
            section = Section(headline=block)
            outline.sections.append(section)
            continue
        if level := heading_level(block):
            # Headings within an item: the first below its headline is one of level 3.
            block.tag = f"h{min(6, level - top + 2)}"
        if block.get("data-closing"):
            outline.closing.append(block)
        elif section:
            section.blocks.append(block)
        elif is_furniture(words := words_of(block), outline.title or "\0") and not is_prose(words):
            note_left_out(outline, [block])
        else:
            outline.opening.append(block)


def take_title(outline: Outline, blocks: list[HtmlElement]) -> list[HtmlElement]:
    """Take the title: what is styled as one, or a single heading above all others."""
    found = [each for each in blocks if heading_level(each) == 1]
    styled = [each for each in found if "title" in (each.get("class") or "").split()]
    begins = [each for each in blocks if heading_level(each)][:1]
    only = found if len(found) == 1 and found == begins and deeper(blocks) else []
    title = (styled or only)[:1]
    if not title:
        return blocks
    outline.title = words_of(title[0]) or outline.title
    rest = [each for each in blocks if each is not title[0]]
    for more in styled[1:]:
        more.attrib.pop("class")
    return rest


def deeper(blocks: list[HtmlElement]) -> bool:
    """Say whether there are headings of a level below the first."""
    return any(heading_level(each) > 1 for each in blocks)


def mark_bold_headlines(outline: Outline, blocks: list[HtmlElement]) -> None:
    """Take lines that are bold as a whole for headlines, in a text without headings."""
    found = [each for each in blocks if is_bold_line(each)]
    followed = [each for each in found if each is not blocks[-1]]
    for each in followed:
        each.set("data-headline", "bold")
    if followed:
        outline.notes.append(
            _("There are no headings: lines that are bold as a whole are taken for headlines.")
        )


def is_bold_line(block: HtmlElement) -> bool:
    """Say whether a paragraph is short, and bold from its first letter to its last."""
    words = words_of(block)
    if (
        block.tag != "p"
        or not words
        or len(words) > MAX_BOLD_HEADLINE
        or block.find(".//img") is not None
    ):
        return False
    bold = "".join(str(each.text_content()) for each in block.xpath("./strong | ./b"))
    return single_spaced(bold) == words


def take_lead(outline: Outline) -> None:
    """Take the picture above the first item, with the line below it that says whose it is."""
    for index, block in enumerate(outline.opening):
        image = block if block.tag == "img" else block.find(".//img")
        if image is None:
            continue
        outline.lead = image
        following = outline.opening[index + 1 : index + 2]
        caption = block.find(".//figcaption")
        if caption is not None:
            outline.caption = words_of(caption)
        elif following and is_caption(following[0]):
            outline.caption = words_of(following[0])
            outline.opening.remove(following[0])
        drop_image(outline, block, image)
        break
    take_credit(outline)


def is_caption(block: HtmlElement) -> bool:
    """Say whether a paragraph below a picture speaks of it."""
    styled = "caption" in (block.get("class") or "").split()
    return (styled or bool(CREDIT.match(words_of(block)))) and bool(words_of(block))


def drop_image(outline: Outline, block: HtmlElement, image: HtmlElement) -> None:
    """Take a picture out of its block; a block with nothing else goes too."""
    others = [each for each in block.iter("img") if each is not image]
    is_figure = block.tag in {"figure", "img"} or block.find(".//figcaption") is not None
    if is_figure or not (others or words_of(block)):
        outline.opening.remove(block)
    else:
        image.drop_tree()


def take_credit(outline: Outline) -> None:
    """Take a line such as `Image Source: …` from above the items."""
    for block in list(outline.opening):
        if (found := CREDIT.match(words_of(block))) and block.tag == "p":
            outline.front_matter.setdefault("credit", Value(text=found[1], line=0))
            outline.opening.remove(block)
            return
    if outline.caption and "credit" not in outline.front_matter:
        found = CREDIT.match(outline.caption)
        credit = found[1] if found else outline.caption
        if len(credit) <= MAX_CHARACTERS["credit"]:
            outline.front_matter["credit"] = Value(text=credit, line=0)


def take_buttons(outline: Outline) -> None:
    """Take the links that stand out at the end of the last text, in their order."""
    blocks = outline.sections[-1].blocks if outline.sections else outline.opening
    found: list[HtmlElement] = []
    while blocks and (links := list(button_links(blocks[-1]))):
        found = [*links, *found]
        blocks.pop()
    outline.buttons = found


def button_links(block: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the links of a block that holds nothing but buttons."""
    links = block.findall(".//a[@href]")
    classes = {*(block.get("class") or "").split()}
    styled = "centred" in classes or all(is_button(each) for each in links)
    if (
        links
        and styled
        and words_of(block) == single_spaced(" ".join(words_of(each) for each in links))
    ):
        yield from links


def is_button(link: HtmlElement) -> bool:
    """Say whether a web page shows a link as a button."""
    names = re.split(r"[\s_-]+", f"{link.get('class') or ''} {link.get('role') or ''}".lower())
    return bool({"button", "btn", "cta"} & set(names))
