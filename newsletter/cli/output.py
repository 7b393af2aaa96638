"""How results are shown: sentences and tables for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

#: The option that every command takes.
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def print_result(result: Any, *, as_json: bool, text: str) -> None:
    """Print a result at once: the value for programs, or the text for people.

    At once, for a program that serves for weeks says here how to log in, and its output may
    be a pipe to a journal, which Python would fill before it passes anything on.
    """
    if as_json:
        print(json.dumps(result, default=str, ensure_ascii=False, indent=2), flush=True)
    else:
        print(text, flush=True)


#: Columns of the terminal that a table has beside each column.
BETWEEN = 3


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under a head; where they are too wide for the terminal, one field to a line."""
    from rich.box import SIMPLE
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(head, *cells, strict=True)]
    if sum(widths) + BETWEEN * len(widths) > Console().width:
        print(records(head, cells))
        return
    # Folded, not cut: short names and addresses are there to be copied.
    columns = (Column(title, overflow="fold") for title in head)
    drawn = Table(*columns, box=SIMPLE, header_style="bold")
    for row in cells:
        # As text: a name may hold what Rich would take for markup.
        drawn.add_row(*map(Text, row))
    Console().print(drawn)


def records(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows with a line for each cell, behind its title; blank ones are left out."""
    widest = max(map(len, head))
    return "\n\n".join(
        "\n".join(
            f"  {title:<{widest}}  {cell}" for title, cell in zip(head, row, strict=True) if cell
        )
        for row in rows
    )
