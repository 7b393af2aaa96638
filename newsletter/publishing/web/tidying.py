"""Delete, once a night, the kept files that no page needs any more.

A text, a share card and a PDF lie under the hash of what decides them, so each new revision, look
or release leaves the old file behind.  What issues on the web need now stays; of the rest, what was
written within `KEPT_DAYS` stays, too: a draft that somebody works on has a PDF, and a page that is
published just now has files that this look has not seen.  Any of them is made again when asked for.
"""

from __future__ import annotations

import datetime as dt
import logging
from contextlib import suppress
from pathlib import Path

from django.utils import timezone

from newsletter.conf.config import load
from newsletter.errors import BadInput, PdfError, TemplateError
from newsletter.publishing.content.kept_files import delete_old, write_whole
from newsletter.publishing.content.pdfs import pdf_path
from newsletter.publishing.models import Issue
from newsletter.publishing.web.articles import article_hash, article_path, as_published
from newsletter.publishing.web.cards import card_key, card_path
from newsletter.runtime.availability import is_unavailable

log = logging.getLogger(__name__)

KEPT_DAYS = 3
#: The hour of the night, in the time zone of the site.
HOUR = 4
#: The folders with files that can be made again.
FOLDERS = ("web", "cards", "pdf")
#: In the folder of texts; says on which day this machine tidied last.
MARK = "tidied"


def tidy_tonight(now: dt.datetime) -> bool:
    """Tidy if it is night, or was, and this machine has not today; return whether it was done.

    The files are those of a machine, so each machine of a fleet tidies its own.
    """
    local = timezone.localtime(now)
    mark = load().data / "web" / MARK
    if local.hour < HOUR or not mark.parent.is_dir() or _read(mark) == local.date().isoformat():
        return False
    deleted = tidy(now)
    # Even where files could not be deleted: tomorrow is soon enough to try again.
    write_whole(mark, local.date().isoformat().encode())
    if deleted:
        log.info("%s kept files that no page needs were deleted", deleted)
    return True


def tidy(now: dt.datetime) -> int:
    """Delete the files that no page needs, and return how many these were.

    Raises what a database raises that is away; then nothing is deleted.
    """
    needed = list_needed()
    before = (now - dt.timedelta(days=KEPT_DAYS)).timestamp()
    folders = (load().data / name for name in FOLDERS)
    return sum(delete_old(folder, before, keep=needed | {folder / MARK}) for folder in folders)


def list_needed() -> set[Path]:
    """Return the files of the issues on the web: text, share card and PDF of each."""
    live = Issue.objects.filter(live=True).select_related("publication", "live_revision")
    needed: set[Path] = set()
    for issue in live.iterator(chunk_size=50):
        try:
            needed |= files_of(issue)
        except Exception as error:
            if is_unavailable(error):
                raise
            # Who asks for its page finds none of its files either.
            log.warning(
                "the kept files of issue %s are not known: %s", issue.pk, type(error).__name__
            )
    return needed


def files_of(issue: Issue) -> set[Path]:
    """Return the files of an issue on the web."""
    key = article_hash(issue)
    files = {article_path(key), card_path(card_key(key))}
    # Where no PDF can be made of it, its page says so, too.
    with suppress(PdfError, BadInput, TemplateError):
        files.add(pdf_path(as_published(issue)))
    return files


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""
