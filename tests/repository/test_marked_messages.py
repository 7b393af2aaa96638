"""Every word that people read is marked for translation: in templates, and in what pages say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeGuard

import pytest
from django.template.base import Lexer, TokenType

from tests.environment import ROOT

#: The templates of the desk and of the draft's preview.
TEMPLATES = sorted(
    path
    for folder in ("newsletter/desk/templates", "newsletter/publishing/templates")
    for path in (ROOT / folder).rglob("*.html")
)
#: Names and commands are the same in every language.
SAME_EVERYWHERE = {"Fortnight", "newsletter worker"}
#: Attributes that are read out or shown.
READ_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "data-label", "label"}
WORD = re.compile(r"[^\W\d_]{2,}")
#: A text in a tag or filter that ends up on the page.
PLAIN_ARGUMENT = re.compile(
    r"(?:title|subtitle|label|heading)=\"[^\"]*[A-Za-z]|\|default:\"[^\"]*\w"
)
#: What is said by a filter is the same in every language.
ENGLISH_FILTER = re.compile(r"\|pluralize")


class Texts(HTMLParser):
    """Gathers what people read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what is read of a tag."""
        self.hidden += tag in {"script", "style"}
        self.found += [value or "" for name, value in attrs if name in READ_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not read."""
        self.hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.hidden:
            self.found.append(data)


def unmarked(source: str) -> list[str]:
    """Return the words of a template that are the same in every language."""
    kept: list[str] = []
    found: list[str] = []
    is_marked = False
    for token in Lexer(source).tokenize():
        name = token.contents.partition(" ")[0]
        if token.token_type == TokenType.BLOCK and name.endswith(("blocktranslate", "blocktrans")):
            is_marked = not name.startswith("end")
        if token.token_type == TokenType.TEXT and not is_marked:
            kept.append(token.contents)
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR}:
            kept.append("\n")
            for pattern in (PLAIN_ARGUMENT, ENGLISH_FILTER):
                found += [token.contents] if pattern.search(token.contents) else []
    page = Texts()
    page.feed("".join(kept))
    said = [" ".join(text.split()) for text in page.found]
    return found + [text for text in said if WORD.search(text) and text not in SAME_EVERYWHERE]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_word_of_a_template_is_unmarked(path: Path) -> None:
    """A page has no text, no title and no label outside of the tags that translate."""
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Words</p>", ["Words"]),
        ("<p>{% translate 'Words' %}</p>", []),
        ("{% blocktranslate count n=n %}One{% plural %}Two{% endblocktranslate %} left", ["left"]),
        ('<a aria-label="Words">{{ name }}</a>', ["Words"]),
        ('{{ n|pluralize:"is,are" }}', ['n|pluralize:"is,are"']),
        ('{{ n|default:"none" }}', ['n|default:"none"']),
        ('{% include "x.html" with title="Words" %}', ['include "x.html" with title="Words"']),
        ('{% include "x.html" with title=_("Words") %}', []),
        ("<script>let words</script>, {{ name }}: 12 s", []),
    ],
)
def test_what_counts_as_unmarked(source: str, words: list[str]) -> None:
    """Texts, labels, arguments and English plurals do; what is translated does not."""
    assert unmarked(source) == words


#: What pages of Wagtail and Django show of these arguments and attributes.
SHOWN = {
    "aria_label",
    "display_name",
    "heading",
    "help_text",
    "label",
    "menu_label",
    "verbose_name",
    "verbose_name_plural",
}
#: Code that says something to who works in the desk.
MODULES = sorted(
    path
    for pattern in (
        "newsletter/desk/**/*.py",
        "newsletter/publishing/*.py",
        "newsletter/scheduling/models.py",
        "newsletter/sending/models.py",
        "subscribers/models.py",
    )
    for path in ROOT.glob(pattern)
    if path.stem != "apps" and path.parent.name != "migrations"
)


def plain_texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts that are shown as they are written: labels, choices, messages."""
    for node in ast.walk(tree):
        if is_shown(node):
            yield from plain(node.value)
        elif isinstance(node, ast.Call) and is_message(node):
            yield from (text for argument in node.args[1:] for text in plain(argument))
        elif isinstance(node, ast.ClassDef) and is_choices(node):
            for each in node.body:
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Tuple):
                    yield from plain(each.value.elts[1])


def is_shown(node: ast.AST) -> TypeGuard[ast.keyword | ast.Assign]:
    """Whether an argument or an attribute is shown."""
    if isinstance(node, ast.keyword):
        return node.arg in SHOWN
    return isinstance(node, ast.Assign) and any(name_of(each) in SHOWN for each in node.targets)


def plain(node: ast.expr) -> Iterator[str]:
    """Yield a text, if it has words and is written where it is shown."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORD.search(node.value):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        texts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        yield from (str(text) for text in texts if WORD.search(str(text)))
    if isinstance(node, ast.BinOp | ast.IfExp):
        for child in ast.iter_child_nodes(node):
            yield from plain(child) if isinstance(child, ast.expr) else ()


def name_of(node: ast.expr) -> str:
    """Return the last part of a name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_message(node: ast.Call) -> bool:
    """Whether a call shows a message on the next page."""
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr in {"success", "error", "warning", "info"}
        and name_of(called.value) == "messages"
    )


def is_choices(node: ast.ClassDef) -> bool:
    """Whether a class is one of Django's choices."""
    return any(name_of(base) in {"TextChoices", "IntegerChoices"} for base in node.bases)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_no_label_or_message_is_unmarked(path: Path) -> None:
    """Labels, help texts, choices and messages go through gettext."""
    assert list(plain_texts(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('Column("a", label="Title")', ["Title"]),
        ('Column("a", label=_("Title"))', []),
        ('class List:\n    menu_label = "Sends"', ["Sends"]),
        ('messages.error(request, f"{name} is gone")', [" is gone"]),
        ('messages.error(request, f"{error}. {hint}")', []),
        ('class State(models.TextChoices):\n    OPEN = "open", "open"', ["open"]),
        ('class State(models.TextChoices):\n    OPEN = "open", _("open")', []),
        ('Column("a", label="Use it" if used else _("Archive"))', ["Use it"]),
    ],
)
def test_what_counts_as_plain(source: str, texts: list[str]) -> None:
    """A text that is written where it is shown, whole or in part."""
    assert list(plain_texts(ast.parse(source))) == texts


#: What makes a finding, and where in the call its message stands.
FINDERS = {"make_finding": 1, "finding_of": 1}
CHECKS = sorted(
    path
    for folder in ("newsletter/rendering/preflight", "newsletter/publishing/checks")
    for path in (ROOT / folder).rglob("*.py")
)


def unmarked_findings(tree: ast.AST) -> Iterator[str]:
    """Yield the messages of findings that are not phrases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in FINDERS and len(node.args) > 1:
            yield from plain(node.args[FINDERS[name_of(node.func)]])
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) in {"message", "fix"}:
            yield from plain(node.value)


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_no_finding_is_unmarked(path: Path) -> None:
    """What the check finds is said in phrases, so that it can be read in other languages."""
    assert list(unmarked_findings(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('make_finding("x", f"{name} is gone", "item 1")', [" is gone"]),
        ('message = "it is gone"', ["it is gone"]),
        ('make_finding("x", phrase("{name} is gone", name=name), "item 1")', []),
    ],
)
def test_what_counts_as_an_unmarked_finding(source: str, texts: list[str]) -> None:
    """A text that is no phrase, whether it has fields or not."""
    assert list(unmarked_findings(ast.parse(source))) == texts


#: What renders mail: its errors, and what Jinja turns into one of them.
RENDERING = sorted(
    path for path in (ROOT / "newsletter/rendering").rglob("*.py") if path.parent.name != "browser"
)
ERROR = re.compile(
    r"[A-Z]\w*(?:Error|Problem|Exceeded|Input|Found|Glyph|Personalization|_Mixed)|Too\w+"
)


def unmarked_errors(tree: ast.AST) -> Iterator[str]:
    """Yield the messages and hints of errors that are not phrases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ERROR.fullmatch(name_of(node.func)):
            for argument in node.args[:1]:
                yield from plain(argument)
            for keyword in node.keywords:
                if keyword.arg == "hint":
                    yield from plain(keyword.value)


@pytest.mark.parametrize("path", RENDERING, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_no_error_of_rendering_is_unmarked(path: Path) -> None:
    """What is wrong in a template or a text is said in phrases: an editor reads it in the desk."""
    assert list(unmarked_errors(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise MjmlError(f"{name} is gone", path=path)', [" is gone"]),
        ('raise BadInput(phrase("{name} is gone", name=name), hint="Look")', ["Look"]),
        ('raise TemplateError(error.message, path="a/words.txt", hint=error.hint)', []),
    ],
)
def test_what_counts_as_an_unmarked_error(source: str, texts: list[str]) -> None:
    """A message or a hint that is no phrase; files and lines are the same everywhere."""
    assert list(unmarked_errors(ast.parse(source))) == texts


def errors_in_english(tree: ast.AST) -> Iterator[str]:
    """Yield where an error that was caught is shown as text, which is English."""
    for handler in ast.walk(tree):
        if not (isinstance(handler, ast.ExceptHandler) and is_ours(handler)):
            continue
        for node in ast.walk(handler):
            shown: list[ast.expr] = []
            if isinstance(node, ast.FormattedValue):
                shown = [node.value]
            elif isinstance(node, ast.Call) and name_of(node.func) in {"str", "format"}:
                shown = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from (
                ast.unparse(node)
                for each in shown
                if isinstance(each, ast.Name) and each.id == handler.name
            )


def is_ours(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches errors whose message may be a phrase."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    ours = {"NewsletterError", "BadInput", "LimitExceeded", "TemplateError", "PdfError", "NotFound"}
    return any(each is not None and name_of(each) in {*ours, "NotReady"} for each in caught)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_errors_are_shown_in_the_language_of_the_reader(path: Path) -> None:
    """A page shows the sentences of an error, or its message translated: `str` is English."""
    assert list(errors_in_english(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ('f"{error}."', ["{error}"]),
        ("str(error)", ["str(error)"]),
        ('_("No: {why}").format(why=error)', ["_('No: {why}').format(why=error)"]),
        ("error.sentences", []),
    ],
)
def test_what_counts_as_an_error_in_english(shown: str, found: list[str]) -> None:
    """The error as text, alone or in a sentence."""
    source = f"try:\n    act()\nexcept BadInput as error:\n    show({shown})"
    assert [each.strip("f\"'") for each in errors_in_english(ast.parse(source))] == found
