"""Texts as cells of a table that no spreadsheet runs."""

from __future__ import annotations

#: With one of these a spreadsheet takes a text for a formula, by OWASP's page on CSV injection.
#: In Japanese and Chinese, spreadsheets read full-width signs as the plain ones.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """Return a text such that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
