"""The opens and clicks of a send as its pages show them: in the words of what was counted."""

from __future__ import annotations

from functools import partial
from typing import Any

from newsletter.desk.kept_figures import keep_figures
from newsletter.sending.models import Send
from newsletter.tracking.reader_figures import ReaderFigures, read_reader_figures
from newsletter.tracking.reader_words import describe_figures


def read_readers(send: Send) -> ReaderFigures:
    """Return the figures of a send, which are kept while they were dear to count."""
    if not (send.count_opens or send.count_clicks):
        return ReaderFigures()
    return keep_figures(f"readers-{send.pk}", partial(read_reader_figures, send))


def describe_readers(send: Send) -> dict[str, Any] | None:
    """Return the sentences and the links that were followed most; None where it is not counted."""
    figures = read_readers(send)
    if not figures.is_counted:
        return None
    return {"words": describe_figures(figures), "links": figures.links}
