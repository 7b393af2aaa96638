"""A column for what the program says: each reader has it in their own language.

A phrase is kept with its fields, and reads as its English text.
What was stored as plain text, by a person or by an earlier release, stays as it is.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.migrations import AlterField

from newsletter.phrases import Phrase, from_data, to_data

#: What a stored phrase begins with: a control character that no text of a person keeps.
MARK = "\x1e"


class PhraseField(models.TextField):  # type: ignore[type-arg]
    """A phrase, or a text of at most `max_length` characters; what is longer is cut off."""

    def get_prep_value(self, value: Any) -> Any:
        """Return a text as it is stored."""
        if isinstance(value, Phrase):
            return MARK + json.dumps(to_data(value), ensure_ascii=False, sort_keys=True)
        if isinstance(value, str):
            return value.replace(MARK, "")[: self.max_length]
        return super().get_prep_value(value)

    def from_db_value(self, value: Any, *_: object) -> Any:
        """Return what was stored: a phrase again, which reads as its English text."""
        if isinstance(value, str) and value.startswith(MARK):
            return from_data(json.loads(value.removeprefix(MARK)))
        return value


class WidenText(AlterField):
    """Make a `PhraseField` of a short text: only PostgreSQL limits the length of what is stored.

    So SQLite need not write a large table again.
    """

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Change the column, where that is needed."""
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Keep the wide column: what it holds would not fit."""
