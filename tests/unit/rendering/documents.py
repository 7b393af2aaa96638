"""Documents of every construct of Markdown, whose words, links and pictures are known.

CommonMark, GitHub's extensions, footnotes, the boxes of GitHub and Docusaurus, and what other
programs know and ours does not: there at least no word may be lost.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

#: A piece of Markdown, with what it says noted.
Maker = Callable[["Document"], str]


@dataclass
class Document:
    """A text in the making: every word, link and picture is unlike any other."""

    chance: random.Random
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    named_words: list[str] = field(default_factory=list)
    source: str = ""
    ends: list[str] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def word(self) -> str:
        """A word that readers see."""
        self.words.append(f"w{next(self._numbers)}w")
        return self.words[-1]

    def hidden(self) -> str:
        """A word that nobody sees, such as a label."""
        return f"h{next(self._numbers)}h"

    def named(self) -> str:
        """A word of a text that is not printed: the check names it."""
        self.named_words.append(f"n{next(self._numbers)}n")
        return self.named_words[-1]

    def link(self, plain: str = "?a=1&b=2") -> str:
        """An address that a link leads to."""
        self.links.append(f"https://example.org/l{next(self._numbers)}l{plain}")
        return self.links[-1]

    def picture(self) -> str:
        """The address of a picture."""
        self.pictures.append(f"https://example.org/p{next(self._numbers)}p.png")
        return self.pictures[-1]

    def end(self, text: str) -> None:
        """Have a definition stand at the end of the document."""
        self.ends.append(text)


def referred(it: Document, form: str) -> str:
    """A link by reference, in one of its three forms."""
    label = it.hidden() if form == "full" else it.word()
    it.end(f"[{label}]: {it.link()}")
    if form == "full":
        return f"[{it.word()}][{label}]"
    return f"[{label}][]" if form == "collapsed" else f"[{label}]"


def noted(it: Document, *, long: bool) -> str:
    """A footnote, of one paragraph or of several."""
    label = it.hidden()
    more = f"\n\n    {it.word()} [{it.word()}]({it.link()})\n\n    - {it.word()}" if long else ""
    it.end(f"[^{label}]: {it.word()} *{it.word()}*{more}")
    return f"{it.word()}[^{label}]"


def twice_noted(it: Document, text: str) -> str:
    """A footnote that stands there twice, in a list and in another footnote."""
    label, other = it.hidden(), it.hidden()
    first = f"- {it.word()}[^{label}]\n\n  [^{label}]: {it.word()}[^{other}]"
    second = f"[^{label}]: {it.named()}\n\n    [^{other}]: {it.word()}"
    # What is indented behind it would be part of the note.
    return f"{first}\n\n{text}\n\n{second}\n\n{it.word()}"


INLINE: list[Maker] = [
    lambda it: it.word(),
    lambda it: f"**{it.word()} {it.word()}** __{it.word()}__",
    lambda it: f"*{it.word()}* _{it.word()}_ ***{it.word()}***",
    lambda it: f"**{it.word()} *{it.word()} `{it.word()}`* {it.word()}**",
    lambda it: f"~~{it.word()}~~ ~{it.word()}~",
    lambda it: f"`{it.word()}` ``{it.word()} ` {it.word()}``",
    lambda it: f"[{it.word()}]({it.link()})",
    lambda it: f"[{it.word()} *{it.word()}*]({it.link()} \"title\") [{it.word()}]({it.link()} 't')",
    lambda it: f"[{it.word()}\n{it.word()}](<{it.link()}> (title))",
    lambda it: f"[{it.word()}]({it.link('_(a)')})",
    lambda it: f"[**{it.word()}** `{it.word()}`]({it.link('#part')})",
    lambda it: f"<{it.link()}>",
    lambda it: it.link("/a/b"),
    lambda it: f"({it.link('')})",
    lambda it: f"「{it.link('')}」。",
    lambda it: f'<a href="{it.link()}">{it.word()}</a>',
    lambda it: f"<a href='{it.link()}' target=_blank rel=nofollow><b>{it.word()}</b></a>",
    lambda it: referred(it, "full"),
    lambda it: referred(it, "collapsed"),
    lambda it: referred(it, "short"),
    lambda it: noted(it, long=False),
    lambda it: noted(it, long=True),
    lambda it: f"![{it.word()}]({it.picture()})",
    lambda it: f'![{it.word()} {it.word()}]({it.picture()} "title")',
    lambda it: f"[![{it.word()}]({it.picture()})]({it.link()})",
    lambda it: f'<img src="{it.picture()}" alt="{it.word()}" width="90">',
    lambda it: f'<a href="{it.link()}"><img alt="{it.word()}" src={it.picture()}></a>',
    lambda it: f"{it.word()}<br>{it.word()}<br/>{it.word()} <sup>{it.word()}</sup>",
    lambda it: f"<kbd>{it.word()}</kbd> <mark>{it.word()}</mark> <small>{it.word()}</small>",
    lambda it: f"<span class='x'>{it.word()}</span> <font color=red>{it.word()}</font>",
    lambda it: f"<abbr title='t'>{it.word()}</abbr> <q>{it.word()}</q> <u>{it.word()}</u>",
    lambda it: f"<ruby>{it.word()}<rp>(</rp><rt>{it.word()}</rt><rp>)</rp></ruby>",
    lambda it: f"{it.word()}  \n{it.word()}\\\n{it.word()}\n{it.word()}",
    lambda it: f"「{it.word()}」、{it.word()}\u3000{it.word()}\u00a0{it.word()}",
    lambda it: f"**「{it.word()}」**{it.word()}*（{it.word()}）*",
    lambda it: f"\\*{it.word()}\\* \\[{it.word()}\\] \\`{it.word()}\\` \\# {it.word()}",
    lambda it: f"&lt;{it.word()}&gt; &copy; {it.word()} &#x1F600; {it.word()} & {it.word()}",
    lambda it: f"<{it.word()}> {it.word()} < {it.word()} > {it.word()}",
    lambda it: f"=={it.word()}== ++{it.word()}++ ^{it.word()}^ ^[{it.word()}] ${it.word()}$",
    lambda it: f"[{it.word()}] [ ] ({it.word()}) {{{it.word()}}} !{it.word()} |{it.word()}|",
    lambda it: f"{it.word()}<!-- {it.hidden()} -->{it.word()}",
    lambda it: f"😀 {it.word()} ✅ {it.word()} שלום {it.word()} مرحبا {it.word()}",
    lambda it: f"snake_{it.word()}_case {it.word()}'s “{it.word()}” {it.word()}—{it.word()}…",
    lambda it: f"{'long' * 30}{it.word()}",
    lambda it: f"**{it.word()} {it.word()} *{it.word()} _{it.word()}",
]  # fmt: skip

BLOCK: list[Callable[[Document, str], str]] = [
    lambda _, text: text,
    lambda it, text: f"# {it.word()}\n\n{text}",
    lambda it, text: f"### {it.word()} *{it.word()}* ###\n{text}",
    lambda it, text: f"###### [{it.word()}]({it.link()})\n\n{text}",
    lambda it, text: f"{it.word()}\n{it.word()}\n===\n\n{text}",
    lambda it, text: f"{it.word()}\n---\n\n{text}",
    lambda it, text: f"- {it.word()}\n- {it.word()}\n  - {it.word()}\n    * {it.word()}\n\n{text}",
    lambda it, text: f"* {it.word()}\n\n  {it.word()}\n\n*\n      {it.word()}\n\n{text}",
    lambda it, text: f"7. {it.word()}\n8. {it.word()}\n\n   1) {it.word()}\n\n{text}",
    lambda it, text: f"- {text.replace(chr(10), chr(10) + '  ')}\n\n+ {it.word()}",
    lambda it, text: f"- [ ] {it.word()}\n- [x] {it.word()}\n  - [X] {it.word()}\n\n{text}",
    lambda it, text: f"> {it.word()}\n> {it.word()}\n>\n> > {it.word()}\n> - {it.word()}\n\n{text}",
    lambda it, text: f"> {text.replace(chr(10), chr(10) + '> ')}\n\n{it.word()}",
    lambda it, text: f"> {it.word()}\n{it.word()}\n\n{text}",
    lambda it, text: f"|{it.word()}|{it.word()}|\n|:-|-:|\n|{it.word()}|`{it.word()}`|\n\n{text}",
    lambda it, text: (
        f"{it.word()} | {it.word()}\n:-: | ---\n[{it.word()}]({it.link()}) | {it.word()} \\| "
        f"{it.word()}\n{it.word()}\n\n{text}"
    ),
    lambda it, text: f"```\n{it.word()}  {it.word()}\n\n  {it.word()}\n```\n\n{text}",
    lambda it, text: f"~~~py title=x\n{it.word()} <b>{it.word()}</b> [{it.word()}](x)\n~~~\n{text}",
    lambda it, text: f"    {it.word()}\n\n    {it.word()} * {it.word()}\n\n{text}",
    lambda it, text: (
        f"<details><summary>{it.word()}</summary>\n\n{it.word()}\n\n</details>\n\n{text}"
    ),
    lambda it, text: f"<div align='center'>\n\n{text}\n\n</div>\n\n{it.word()}",
    lambda it, text: f"<p align=center>{it.word()}<b>{it.word()}</b></p>\n\n{text}",
    lambda it, text: (
        f"<table><tr><th>{it.word()}</th></tr><tr><td><a href='{it.link()}'>{it.word()}</a>"
        f"</td></tr></table>\n\n{text}"
    ),
    lambda it, text: f"<dl><dt>{it.word()}</dt><dd>{it.word()}</dd></dl>\n\n{text}",
    lambda it, text: (
        f"<figure><img src='{it.picture()}' alt='{it.word()}'><figcaption>{it.word()}</figcaption>"
        f"</figure>\n\n{text}"
    ),
    lambda it, text: f"<ul>\n<li>{it.word()}</li>\n<li>{it.word()}</li>\n</ul>\n\n{text}",
    lambda it, text: f"<!-- {it.hidden()}\n\n{it.hidden()} -->\n\n{text}",
    lambda it, text: f"{it.word()}\n: {it.word()}\n\n{text}",
    lambda it, text: f"{it.word()}\n{it.word()}\n:   {it.word()}\n:   {text}\n\n{it.word()}",
    lambda it, text: (
        f"*{it.word()}* `{it.word()}`\n\n~ {it.word()}\n\n    {it.word()}\n\n    - {it.word()}\n\n"
        f"{it.word()}\n:\t{it.word()}\n{it.word()}\n\n{text}"
    ),
    lambda it, text: f"{it.word()}\n: {it.word()}\n\n  > {it.word()}\n: {it.word()}\n---\n\n{text}",
    lambda it, text: f"- {it.word()}\n\n  {it.word()}\n  : {it.word()}\n\n{text}",
    lambda it, text: f":::note\n{text}\n:::\n\n{it.word()}",
    lambda it, text: f":::: warning {it.word()}\n\n{text}\n\n::::\n",
    lambda it, text: f"> [!NOTE]\n> {it.word()}\n\n> [!tip] {it.word()}\n> {it.word()}\n\n{text}",
    lambda it, text: f"\u3000{it.word()}\n\u3000{it.word()}\n\n{text}",
    lambda it, text: f"***\n\n{text}\n\n- - -\n",
    lambda it, text: (
        f"{text}\n\n[^{(label := it.hidden())}]: {it.named()} [^{label}x]\n\n{it.word()}"
    ),
    lambda it, text: twice_noted(it, text),
    lambda it, text: f"{it.word()}\n* {it.word()}\n1. {it.word()}\n# {it.word()}\n\n{text}",
    lambda it, text: f"\t{it.word()}\n\n- \t{it.word()}\n\n{text}",
]  # fmt: skip


def document(chance: random.Random) -> Document:
    """A document of a few blocks."""
    it = Document(chance)
    blocks = []
    for _ in range(chance.randint(1, 5)):
        makers = chance.choices(INLINE, k=chance.randint(1, 4))
        around = chance.choice(BLOCK)
        blocks.append(around(it, " ".join(make(it) for make in makers)))
    it.source = "\n\n".join([*blocks, *it.ends])
    return it
