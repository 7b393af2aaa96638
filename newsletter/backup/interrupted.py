"""Whether a restore was interrupted in the middle: every command looks before it opens anything."""

from __future__ import annotations

from pathlib import Path

#: Where a backup is unpacked, in the folder for data.  A journal in it says that names are being
#: exchanged.
SCRATCH = ".restore-"
JOURNAL = "journal.json"


def find_interrupted(root: Path) -> Path | None:
    """Return the journal of a restore that was interrupted, in a workspace."""
    return next((root / "var").glob(f"{SCRATCH}*/{JOURNAL}"), None)
