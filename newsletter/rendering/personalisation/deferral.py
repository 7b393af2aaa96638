"""Recipient data in templates, turned into tokens and tests when a template is parsed.

What a recipient's names may be used for is decided here, on the syntax tree: they may be
printed, with filters, and tested in `{% if %}` and in conditional expressions.  Anything
else would need the value while compiling, and is refused with file and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jinja2 import nodes

from newsletter.errors import UnsupportedPersonalization
from newsletter.phrases import phrase
from newsletter.rendering.personalisation import language
from newsletter.rendering.personalisation.recipients import NAMES
from newsletter.rendering.personalisation.residual import (
    interleave_gaps,
    mentions_recipient,
    residual_of,
)
from newsletter.rendering.personalisation.syntax import Rewriter, filter_call

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Begins the names of what the rewritten tree calls; templates that write it are refused.
OWN = "fortnight_own_"
EMIT, BRANCH = f"{OWN}emit", f"{OWN}branch"

_USES: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Assign: ("set", phrase("Write the expression where it is printed.")),
    nodes.AssignBlock: (phrase("a set block"), phrase("Write the text where it is printed.")),
    nodes.With: ("with", phrase("Write the expression where it is printed.")),
    nodes.For: (
        "for",
        phrase("Loop over the content; what differs by subscriber can be tested inside."),
    ),
    nodes.Macro: (
        phrase("a macro"),
        phrase("Use {% include %} with the text in a file of its own."),
    ),
    nodes.CallBlock: (
        phrase("a call block"),
        phrase("Use {% include %} with the text in a file of its own."),
    ),
    nodes.FilterBlock: (
        phrase("a filter block"),
        phrase("Put the filter on the expression itself."),
    ),
    nodes.Include: ("include", phrase("Test it in {% if %} and include in the branches.")),
    nodes.Import: ("import", phrase("Test it in {% if %} and import before.")),
    nodes.FromImport: ("import", phrase("Test it in {% if %} and import before.")),
    nodes.Extends: ("extends", phrase("Test it in {% if %} inside the template.")),
}


def defer_tree(template: nodes.Template, path: str) -> nodes.Template:
    """Return the tree with recipient data deferred; `path` is the template's, for errors.

    Raises `UnsupportedPersonalization` for a use that cannot wait for the recipient.
    """
    for node in _within(template):
        _refuse_capture(node, path)
    deferred: nodes.Template = _Deferral(path).visit(template)
    return deferred


class _Deferral(Rewriter):
    """Rewrites printing into `emit(place, pieces)` and tests into `branch`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def rewrite_output(self, node: nodes.Output) -> nodes.Node:
        """Turn what is printed and depends on the recipient into a call."""
        node.nodes = [self._call(EMIT, child) for child in node.nodes]
        return self.generic_visit(node)

    def rewrite_if(self, node: nodes.If) -> nodes.Node:
        """Turn a test that depends on the recipient into a call."""
        node.test = self._call(BRANCH, cast("nodes.Expr", node.test))
        return self.generic_visit(node)

    def _call(self, function: str, node: nodes.Expr) -> nodes.Expr:
        if not mentions_recipient(node):
            return node
        line = node.lineno
        try:
            language.check_testable(node) if function == BRANCH else language.check_printable(node)
        except UnsupportedPersonalization as err:
            raise UnsupportedPersonalization(
                err.message, path=self._path, line=line, hint=err.hint
            ) from None
        pieces = interleave_gaps(residual_of(node, as_test=function == BRANCH))
        listed = [
            piece if isinstance(piece, nodes.Expr) else nodes.Const(piece, lineno=line)
            for piece in pieces
        ]
        place = nodes.Const(f"{self._path}:{line}", lineno=line)
        return filter_call(function, place, nodes.List(listed, lineno=line))


def _within(node: nodes.Node) -> Iterator[nodes.Node]:
    for child in node.iter_child_nodes():
        yield child
        yield from _within(child)


def _refuse_capture(node: nodes.Node, path: str) -> None:
    """Refuse statements whose use of the recipient could not be seen afterwards."""
    if isinstance(node, nodes.Name) and node.ctx != "load" and node.name in NAMES:
        raise UnsupportedPersonalization(
            phrase("{name!r} is the recipient's and cannot be set", name=node.name),
            path=path,
            line=node.lineno,
        )
    if type(node) not in _USES:
        return
    checked = [node.iter, node.test] if isinstance(node, nodes.For) else [node]
    if any(part is not None and mentions_recipient(part) for part in checked):
        statement, way_out = _USES[type(node)]
        raise UnsupportedPersonalization(
            phrase("a subscriber's data cannot be used in {statement}", statement=statement),
            path=path,
            line=node.lineno,
            hint=way_out,
        )
