"""Hold every tag of an MJML document, or of a template's source, against the tables."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from newsletter.phrases import phrase
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.linting.tables import has_type, load_components, takes_all
from newsletter.rendering.pipeline.mjml import TAG

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsletter.rendering.linting.tables import Component
    from newsletter.rendering.pipeline.templates import Template

#: Stands for each sign of Jinja's, so that the rest keeps its place; no text holds it.
_UNKNOWN = "\ue000"
_JINJA = re.compile(r"\{\{.*?(?:\}\}|\Z)|\{%.*?(?:%\}|\Z)|\{#.*?(?:#\}|\Z)", re.DOTALL)
_BRANCH = re.compile(r"\{%[-+]?\s*(?P<word>if|for|elif|else|endif|endfor)\b")
_NOT_LINE_END = re.compile(r"[^\n]")
_ATTRIBUTE = re.compile(
    r"(?P<name>[\w:.-]+)(?:\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote))?", re.DOTALL
)
_SHORT_COLOUR = re.compile(r"#[0-9a-fA-F]{3}")
_EVERYWHERE = frozenset({"css-class", "mj-class"})
#: Stand in `mj-attributes`, and take any attribute.
_COLLECTIVE = frozenset({"mj-all", "mj-class"})
#: The first component in an element, behind comments.
_CHILD = re.compile(
    r"(?:\s|<!--(?:[^-]|-(?!->)){0,2000}-->){0,200}(?P<tag><(?P<name>mj-[\w-]{1,40}))"
)
_NEEDS_ALT = frozenset({"mj-image", "mj-carousel-image", "mj-social-element"})
_KINDS = {
    "color": phrase("a colour of six digits such as #1a2b3c"),
    "integer": phrase("a whole number"),
    "boolean": phrase("true or false"),
}


def lint_mjml(source: str, *, path: str = "") -> tuple[Finding, ...]:
    """Return what is wrong in an MJML document or in the source of a template file.

    Where Jinja decides, nothing is said.  That tags are closed is `mjml.to_html`'s to see.
    """
    return _lint(source, path)


def lint_template(template: Template) -> tuple[Finding, ...]:
    """Return what is wrong in the `.mjml` files of a template, with their lines."""
    return tuple(
        finding
        for name, source in sorted(template.files.items())
        if name.endswith(".mjml")
        for finding in lint_mjml(source, path=template.path(name))
    )


def lint_made(template: Template, mjml: str) -> list[Finding]:
    """Return the same, then what is wrong in the MJML that the template made of a mail.

    The second knows the values that Jinja puts in; what both find is told with its line.
    """
    found = [*lint_template(template)]
    told = {(each.code, each.message) for each in found}
    made = lint_mjml(mjml, path=f"{template.name}.mjml (rendered)")
    return found + [each for each in made if (each.code, each.message) not in told]


@lru_cache(maxsize=128)
def _lint(source: str, path: str) -> tuple[Finding, ...]:
    return tuple(_Walk(_JINJA.sub(_blanked, source), path).findings(_BRANCH.finditer(source)))


def _blanked(jinja: re.Match[str]) -> str:
    return _NOT_LINE_END.sub(_UNKNOWN, jinja[0])


@dataclass
class _Walk:
    """One way through a document; `inside` are the components around the current tag.

    `before` is what `inside` was when each open `{% if %}` or `{% for %}` began.
    """

    source: str
    path: str
    inside: list[str] = field(default_factory=list)
    before: list[list[str]] = field(default_factory=list)

    def findings(self, branches: Iterator[re.Match[str]]) -> Iterator[Finding]:
        """Yield what is wrong, from the top; `branches` are where Jinja's statements begin."""
        marks = [*TAG.finditer(self.source), *branches]
        for mark in sorted(marks, key=lambda mark: mark.start()):
            if mark.re is _BRANCH:
                self._branch(mark["word"])
            elif mark["close"]:
                self._leave(mark["name"])
            elif mark["name"] and not self._in_text():
                yield from self._tag(mark)
                if not mark["empty"] and mark["name"] in load_components():
                    self.inside.append(mark["name"])

    def _branch(self, word: str) -> None:
        """Begin every branch of a statement inside the same components."""
        if word in {"if", "for"}:
            self.before.append([*self.inside])
        elif self.before and word.startswith("end"):
            self.before.pop()
        elif self.before:
            self.inside = [*self.before[-1]]

    def _leave(self, name: str) -> None:
        if name in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(name) :]

    def _in_text(self) -> bool:
        return bool(self.inside) and load_components()[self.inside[-1]].holds_text

    def _tag(self, tag: re.Match[str]) -> Iterator[Finding]:
        name, parent = tag["name"], self.inside[-1] if self.inside else ""
        component = takes_all() if name in _COLLECTIVE else load_components().get(name)
        if component is None:
            if parent or name.startswith("mj-"):
                yield self._stranger(tag, parent)
            return
        if component.instead:
            message = phrase("MRML does not do <{name}> as it should be", name=name)
            yield self._found(tag.start(), "mjml-component", message, component.instead)
        if parent and not load_components()[parent].takes(name):
            yield self._misplaced(tag, parent)
        if (name, parent) == ("mj-raw", "mjml") and "position" not in tag["attributes"]:
            message = phrase("<mj-raw> beside head and body is lost")
            fix = phrase('Put it into mj-head or mj-body, or give it position="file-start".')
            yield self._found(tag.start(), "mjml-nesting", message, fix)
        if (
            name == "mj-class"
            and not tag["empty"]
            and (child := _CHILD.match(self.source, tag.end()))
        ):
            message = phrase(
                "<{name}> may not stand in <mj-class>: MRML refuses the document",
                name=child["name"],
            )
            fix = phrase("Write the attributes on <mj-class> itself, or a class of its own.")
            yield self._found(child.start("tag"), "mjml-nesting", message, fix)
        yield from self._attributes(tag, component)
        if parent != "mj-attributes" and name in _NEEDS_ALT:
            yield from self._alt(tag)

    def _stranger(self, tag: re.Match[str], parent: str) -> Finding:
        name = tag["name"]
        if not name.startswith("mj-"):
            return self._misplaced(tag, parent)
        if name == "mj-include":
            fix: str = phrase("Use {% include %} of Jinja.")
        else:
            fix = _meant(name, load_components(), "<{}>") or phrase(
                "MRML would drop it without a word."
            )
        message = phrase("there is no component <{name}>", name=name)
        return self._found(tag.start(), "mjml-component", message, fix)

    def _misplaced(self, tag: re.Match[str], parent: str) -> Finding:
        allowed = ", ".join(sorted(load_components()[parent].children))
        if allowed:
            fix = phrase("In <{parent}> may stand: {names}.", parent=parent, names=allowed)
        else:
            fix = phrase("Close <{parent}> first.", parent=parent)
        message = phrase("<{name}> may not stand in <{parent}>", name=tag["name"], parent=parent)
        return self._found(tag.start(), "mjml-nesting", message, fix)

    def _attributes(self, tag: re.Match[str], component: Component) -> Iterator[Finding]:
        for each in _ATTRIBUTE.finditer(
            self.source, tag.start("attributes"), tag.end("attributes")
        ):
            if each["name"] in _EVERYWHERE or (each["name"], tag["name"]) == ("name", "mj-class"):
                continue
            if problem := _problem(each, component):
                code, message, fix = problem
                message = phrase("<{name}> {message}", name=tag["name"], message=message)
                yield self._found(each.start(), code, message, fix, Severity.WARNING)

    def _alt(self, tag: re.Match[str]) -> Iterator[Finding]:
        if not re.search(rf"(?:\s|{_UNKNOWN})alt\s*=", tag["attributes"]):
            fix = phrase('Describe what it shows; alt="" if it only decorates.')
            message = phrase("<{name}> has no alt text", name=tag["name"])
            yield self._found(tag.start(), "mjml-alt", message, fix)

    def _found(
        self,
        offset: int,
        code: str,
        message: str,
        fix: str,
        severity: Severity = Severity.ERROR,
    ) -> Finding:
        return Finding(
            code=code,
            severity=severity,
            message=message,
            fix=fix,
            path=self.path,
            line=self.source.count("\n", 0, offset) + 1,
            column=offset - self.source.rfind("\n", 0, offset),
        )


def _problem(attribute: re.Match[str], component: Component) -> tuple[str, str, str] | None:
    """Return code, message and fix for an attribute, or nothing where it is right."""
    name, value = attribute["name"], attribute["value"] or ""
    kind = component.attributes.get(name)
    if kind is None:
        fix = _meant(name, component.attributes, "{}") or phrase("Leave it out.")
        return "mjml-attribute", phrase("has no attribute {name!r}", name=name), fix
    if name in component.ignored:
        fix = component.ignored[name] or phrase("Leave it out.")
        return "mjml-ignored", phrase("{name!r} does not work in MRML", name=name), fix
    if _UNKNOWN in value:
        return None
    if not has_type(kind, value):
        message = phrase("{name}={value!r} does not fit", name=name, value=value)
        return "mjml-value", message, phrase("It takes {kind}.", kind=_KINDS.get(kind, kind))
    if "color" in kind and _SHORT_COLOUR.fullmatch(value):
        long = "#" + "".join(digit * 2 for digit in value[1:])
        message = phrase("{name}={value!r}: Outlook misreads three digits", name=name, value=value)
        return "mjml-colour", message, phrase("Write {value}.", value=long)
    return None


def _meant(name: str, known: Iterable[str], form: str) -> str:
    alike = difflib.get_close_matches(name, known, 1)
    return phrase("Did you mean {name}?", name=form.format(alike[0])) if alike else ""
