"""Rewriting of Jinja's syntax trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

if TYPE_CHECKING:
    from collections.abc import Callable


class Rewriter(NodeTransformer):
    """Calls `rewrite_if` and so on, by the kind of the node, for what it returns instead."""

    def get_visitor(self, node: nodes.Node) -> Callable[..., nodes.Node] | None:
        """Return the method for the kind of a node."""
        method: Callable[..., nodes.Node] | None
        method = getattr(self, f"rewrite_{type(node).__name__.lower()}", None)
        return method


def filter_call(function: str, *arguments: nodes.Expr) -> nodes.Filter:
    """Return the call of a filter of the environment: it costs less than that of a function."""
    first, *others = arguments
    return nodes.Filter(first, function, others, [], None, None, lineno=first.lineno)
