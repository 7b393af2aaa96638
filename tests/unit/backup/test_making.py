"""A backup has all of a workspace, is whole or not there, and holds up nobody."""

from __future__ import annotations

import io
import resource
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest

from newsletter.backup import making
from newsletter.backup.encryption import Protection, Unlocking
from newsletter.backup.kept_backups import Reason, backup_folder, list_backups, remove_old
from newsletter.backup.making import make_backup
from newsletter.backup.verifying import read_about, verify_backup
from newsletter.conf.config import Config
from newsletter.errors import BackupFailed, BadInput
from tests.unit.backup.conftest import PEOPLE, add_people, database_of, people_in, write

PLAIN = Unlocking()


def extract(path: Path, name: str) -> bytes:
    """Return a member of an archive, read by Python's own module."""
    with tarfile.open(path) as tar:
        file = tar.extractfile(name)
        assert file is not None
        return file.read()


def test_it_has_what_belongs_into_it(config: Config) -> None:
    """Database, pictures, key, templates and settings; no evidence, and nothing made again."""
    made = make_backup(config)

    with tarfile.open(made.path) as tar:
        names = tar.getnames()
    assert names == [
        "manifest.json",
        "workspace/config.toml",
        "workspace/templates/README.md",
        "workspace/templates/email/harbour/harbour.mjml",
        "workspace/var/media/images/reeds.png",
        "workspace/var/signing.key",
        "database/newsletter.sqlite3",
    ]
    assert extract(made.path, "workspace/var/signing.key") == b"a key"
    assert made.path.parent == backup_folder(config)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.manifest.people == PEOPLE
    assert verify_backup(made.path, PLAIN) == read_about(made.path, PLAIN) == made.manifest


def test_it_is_consistent_while_others_write(config: Config, tmp_path: Path) -> None:
    """What is committed is in it, what is being written is not, and the writer does not wait."""
    with closing(sqlite3.connect(database_of(config), isolation_level=None, timeout=0)) as writer:
        add_people(writer, range(100, 110))
        writer.execute("BEGIN IMMEDIATE")
        add_people(writer, range(200, 300))
        made = make_backup(config)
        add_people(writer, range(300, 310))
        writer.execute("COMMIT")

    (tmp_path / "kept.sqlite3").write_bytes(extract(made.path, "database/newsletter.sqlite3"))
    assert people_in(tmp_path / "kept.sqlite3") == made.manifest.people == PEOPLE + 10
    assert people_in(database_of(config)) == PEOPLE + 120


def test_out_names_a_file_or_a_folder(config: Config, tmp_path: Path) -> None:
    """`out` is the new file or a folder; a file that is there is not replaced."""
    made = make_backup(config, out=tmp_path / "kept.tar.gz")
    beside = make_backup(config, out=tmp_path)
    before = made.path.read_bytes()

    with pytest.raises(BadInput, match="is there already"):
        make_backup(config, out=tmp_path / "kept.tar.gz")
    with pytest.raises(BadInput, match="there is no folder"):
        make_backup(config, out=tmp_path / "nowhere" / "kept.tar.gz")
    assert beside.path.parent == tmp_path
    assert made.path.read_bytes() == before


def files_in(config: Config) -> set[Path]:
    """Return the files of a workspace, without what SQLite has beside the database."""
    return {path for path in config.root.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """Have the system refuse to write files beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 20_000, 500_000], ids=["at-once", "archive", "database"])
def test_a_full_disk_leaves_nothing(config: Config, size: int) -> None:
    """There is no room for the copy or for the archive: it is said, and nothing is left."""
    make_backup(config)
    [kept] = list_backups(backup_folder(config))
    before = files_in(config)

    with files_limited_to(size), pytest.raises(BackupFailed, match="is full, or cannot be written"):
        make_backup(config)

    assert files_in(config) == before
    assert verify_backup(kept.path, PLAIN).people == PEOPLE


def test_a_copy_that_has_no_room_is_not_begun(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy lies on the disk of the service, which must not be filled."""
    monkeypatch.setattr(making.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))

    with pytest.raises(BackupFailed, match="are free at"):
        make_backup(config)
    assert list_backups(backup_folder(config)) == []


def test_a_folder_that_cannot_be_written(config: Config) -> None:
    """It is said which one, and what to do."""
    write(config.root / "full", "a file, where a folder should be")
    elsewhere = config.backup.model_copy(update={"folder": "full/backups"})

    with pytest.raises(BackupFailed, match="full/backups: Not a directory") as refused:
        make_backup(config.model_copy(update={"backup": elsewhere}).placed_at(config.path))
    assert "choose another folder" in refused.value.hint


def test_a_damaged_database_is_refused(config: Config) -> None:
    """A backup of what is damaged would push out one that is whole."""
    with closing(sqlite3.connect(database_of(config))) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database_of(config).read_bytes())
    content[len(content) // 2 :] = b"x" * (len(content) - len(content) // 2)
    database_of(config).write_bytes(content)

    with pytest.raises(BackupFailed, match="damaged"):
        make_backup(config)
    assert list_backups(backup_folder(config)) == []


def test_a_kill_leaves_nothing_that_counts(config: Config) -> None:
    """A program is killed while it writes: the next one removes what it left, and works."""
    script = (
        "import os, sys, pathlib; from newsletter.backup import making;"
        " from newsletter.conf.config import read_config;"
        " making.write_archive = lambda *_: os.kill(os.getpid(), 9);"
        f" making.make_backup(read_config(pathlib.Path({str(config.path)!r}), {{}}))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    left = [path.name for path in config.data.glob(".backup-*")]
    made = make_backup(config)

    assert done.returncode == -9
    assert len(left) == 1
    assert [each.path for each in list_backups(backup_folder(config))] == [made.path]
    assert list(config.data.glob(".backup-*")) == []
    assert list(backup_folder(config).glob(".*")) == []


def test_one_backup_is_made_at_a_time(config: Config) -> None:
    """A second one is refused, or waits if it may."""
    done = threading.Event()

    def wait() -> None:
        make_backup(config, wait=True)
        done.set()

    with making.scratch_lock(config.data, wait=False):
        with pytest.raises(BackupFailed, match="another backup"):
            make_backup(config)
        thread = threading.Thread(target=wait)
        thread.start()
        assert not done.is_set()
    thread.join(60)
    assert done.is_set()


def test_encrypted_to_a_public_key(config: Config, tmp_path: Path) -> None:
    """Nothing can be read without the secret key, and all of it with the key; age agrees."""
    identity = pyrage.x25519.Identity.generate()
    write(tmp_path / "key.txt", f"# of the publisher\n{identity}\n")
    write(tmp_path / "other.txt", str(pyrage.x25519.Identity.generate()))
    made = make_backup(config, how=Protection(recipients=(str(identity.to_public()),)))
    by = Unlocking(identity_file=tmp_path / "key.txt")

    assert verify_backup(made.path, by) == read_about(made.path, by) == made.manifest
    assert b"reader1@" not in made.path.read_bytes()
    plain = pyrage.decrypt(made.path.read_bytes(), [identity])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert tar.getnames()[0] == "manifest.json"
    with pytest.raises(BadInput, match="encrypted to a public key"):
        verify_backup(made.path, PLAIN)
    with pytest.raises(BackupFailed, match="cannot be decrypted"):
        verify_backup(made.path, Unlocking(identity_file=tmp_path / "other.txt"))


def test_encrypted_with_a_passphrase(config: Config) -> None:
    """Only the passphrase opens it."""
    made = make_backup(config, how=Protection(passphrase="seven quay street"))

    assert verify_backup(made.path, Unlocking(passphrase="seven quay street")) == made.manifest
    assert extract(made.path, "backup.tar.gz.age").startswith(b"age-encryption.org/v1")
    with pytest.raises(BadInput, match="is not that of the backup"):
        verify_backup(made.path, Unlocking(passphrase="seven quay streets"))
    with pytest.raises(BadInput, match="encrypted with a passphrase"):
        verify_backup(made.path, PLAIN)


def test_a_key_that_is_none_is_refused(config: Config) -> None:
    """A public key is read before anything is written."""
    with pytest.raises(BadInput, match="no public key"):
        make_backup(config, how=Protection(recipients=("age1abc",)))
    assert list(backup_folder(config).iterdir()) == []


@pytest.mark.parametrize("where", [0.02, 0.5, 0.98], ids=["begin", "middle", "end"])
@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_what_is_damaged_is_not_whole(config: Config, harm: str, where: float) -> None:
    """One changed byte, or a missing end, is noticed wherever it is."""
    write(config.data / "media" / "large.bin", "".join(map(str, range(50_000))))
    made = make_backup(config)
    content = bytearray(made.path.read_bytes())
    place = int(len(content) * where)
    if harm == "cut":
        del content[place:]
    else:
        content[place] ^= 0x10
    made.path.write_bytes(content)

    with pytest.raises(BackupFailed, match=r"cannot be read|damaged|no backup"):
        verify_backup(made.path, PLAIN)


def test_a_file_that_is_no_backup(tmp_path: Path) -> None:
    """It is said so of any other file."""
    write(tmp_path / "letter.txt", "Good morning")

    with pytest.raises(BackupFailed, match="no backup of Fortnight"):
        verify_backup(tmp_path / "letter.txt", PLAIN)
    with pytest.raises(BadInput, match="No such file"):
        verify_backup(tmp_path / "none.tar.gz", PLAIN)


def test_old_ones_of_a_reason_are_removed(config: Config) -> None:
    """Of those that were made for a reason, the newest stay; others are left alone."""
    by_hand = make_backup(config).path
    nights = [make_backup(config, reason=Reason.NIGHTLY).path for _ in range(3)]

    removed = remove_old(backup_folder(config), Reason.NIGHTLY, 2)

    assert len(removed) == 1
    assert not nights[0].exists() or not nights[1].exists()
    assert by_hand.exists()
    assert len(list_backups(backup_folder(config))) == 3
