"""Whether a backup is whole: every member is read, and compared with the manifest."""

from __future__ import annotations

from pathlib import Path

from newsletter.backup.archive import peek, read_archive
from newsletter.backup.encryption import Unlocking, decrypted
from newsletter.backup.failures import told_in_words
from newsletter.backup.manifest import Manifest
from newsletter.phrases import phrase

UNREADABLE = phrase("the backup cannot be read")


def verify_backup(path: Path, by: Unlocking) -> Manifest:
    """Return the manifest of a backup that is whole; raises `BackupFailed` otherwise."""
    with told_in_words(UNREADABLE, path), decrypted(path, by) as stream:
        return read_archive(stream)


def read_about(path: Path, by: Unlocking) -> Manifest:
    """Return the manifest of a backup, without a look at the rest."""
    with told_in_words(UNREADABLE, path), decrypted(path, by) as stream:
        return peek(stream)
