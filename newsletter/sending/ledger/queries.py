"""The statements of `queries.sql` by name; the same text runs on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from pathlib import Path


def read_queries(path: Path) -> dict[str, str]:
    """Return the statements of a file: each begins with a line `-- name`."""
    parts = re.split(r"^-- (\w+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


QUERIES = read_queries(Path(__file__).with_suffix(".sql"))
