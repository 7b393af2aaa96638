"""A restore puts everything in place or nothing, keeps what was there, and touches no evidence."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.backup import placing
from newsletter.backup.archive import measure, write_archive
from newsletter.backup.encryption import Unlocking
from newsletter.backup.interrupted import find_interrupted
from newsletter.backup.making import MadeBackup, make_backup
from newsletter.backup.manifest import Manifest, Member
from newsletter.backup.restoring import Plan, finish_restore, restore_backup
from newsletter.conf.config import Config
from newsletter.conf.shipped import newer_migrations
from newsletter.errors import BackupFailed, BadInput, ConfigError
from newsletter.runtime.startup import require_restored
from tests.unit.backup.conftest import PEOPLE, add_people, database_of, people_in, write

PLAIN = Unlocking()
Tree = Callable[[Path], dict[str, str]]


@pytest.fixture
def made(config: Config) -> MadeBackup:
    """A backup, after which everything is changed."""
    made = make_backup(config)
    write(config.data / "signing.key", "another key")
    write(config.data / "media" / "images" / "later.png", "a later picture")
    write(config.data / "submissions" / "0123.log", "an attempt\nanother attempt")
    write(config.root / "templates" / "email" / "harbour" / "harbour.mjml", "<mjml>later</mjml>")
    with closing(sqlite3.connect(database_of(config))) as file, file:
        add_people(file, range(100, 107))
    return made


def test_into_a_new_folder(made: MadeBackup, tmp_path: Path) -> None:
    """Everything is there as it was; nobody is asked."""
    asked: list[Plan] = []

    restored = restore_backup(made.path, tmp_path / "new", PLAIN, asked.append)

    new = tmp_path / "new"
    assert people_in(new / "var" / "newsletter.sqlite3") == PEOPLE
    assert (new / "var" / "signing.key").read_text() == "a key"
    assert (new / "templates" / "email" / "harbour" / "harbour.mjml").read_text() == "<mjml/>"
    assert restored.config.path == new / "config.toml"
    assert (restored.aside, asked[0].replaced) == ((), ())
    assert not (new / "var" / "submissions").exists()
    assert {path.name for path in (new / "var").iterdir() if not path.name.startswith(".")} == {
        *("media", "newsletter.sqlite3", "signing.key"),
    }


def test_over_a_workspace(made: MadeBackup, config: Config, tree: Tree) -> None:
    """What was there is kept beside it; evidence, and what is the same, is not touched."""
    restored = restore_backup(made.path, config.root, PLAIN)

    assert people_in(database_of(config)) == PEOPLE
    assert (config.data / "signing.key").read_text() == "a key"
    assert not (config.data / "media" / "images" / "later.png").exists()
    assert (config.data / "submissions" / "0123.log").read_text().endswith("another attempt")
    in_root, in_data = sorted(map(Path, restored.aside))
    assert set(tree(in_root)) == {"templates/README.md", "templates/email/harbour/harbour.mjml"}
    assert tree(in_data) == {
        "media/images/reeds.png": "a picture",
        "media/images/later.png": "a later picture",
        "signing.key": "another key",
    }
    assert people_in(in_data / "newsletter.sqlite3") == PEOPLE + 7
    assert restored.config.path.exists()


def test_a_restore_is_not_backed_up_again(made: MadeBackup, config: Config) -> None:
    """What a restore has put aside is in no later backup."""
    restore_backup(made.path, config.root, PLAIN)

    names = [member.name for member in make_backup(config).manifest.members]

    assert [name for name in names if "before-restore" in name] == []


def test_whoever_says_no_has_changed_nothing(made: MadeBackup, config: Config, tree: Tree) -> None:
    """The question comes when all is checked, and before anything changes."""
    before = tree(config.root)

    def refuse(plan: Plan) -> None:
        assert str(database_of(config)) in plan.replaced
        raise BadInput("no")

    with pytest.raises(BadInput):
        restore_backup(made.path, config.root, PLAIN, refuse)

    assert tree(config.root) == before
    assert people_in(database_of(config)) == PEOPLE + 7
    assert list(config.data.glob(".restore-*")) == []


def test_a_damaged_backup_changes_nothing(made: MadeBackup, config: Config, tree: Tree) -> None:
    """All of it is read before anything is put in place."""
    content = made.path.read_bytes()
    made.path.write_bytes(content[:-100])
    before = tree(config.root)

    with pytest.raises(BackupFailed):
        restore_backup(made.path, config.root, PLAIN)

    assert tree(config.root) == before
    assert list(config.data.glob(".restore-*")) == []


def test_a_program_that_runs_is_noticed(made: MadeBackup, config: Config) -> None:
    """Under a program that has the database open nothing is exchanged."""
    with closing(sqlite3.connect(database_of(config))) as other:
        other.execute("SELECT count(*) FROM subscribers_subscriber").fetchone()
        with pytest.raises(BackupFailed, match="a program has the database open") as refused:
            restore_backup(made.path, config.root, PLAIN)
    assert "Stop newsletter serve" in refused.value.hint
    assert people_in(database_of(config)) == PEOPLE + 7


@pytest.mark.parametrize("after", range(1, 5))
def test_a_kill_in_the_middle_is_finished(
    made: MadeBackup, config: Config, tmp_path: Path, after: int
) -> None:
    """Killed between two renames: every command says so, and the next one finishes."""
    script = (
        "import os, sys; from pathlib import Path; from newsletter.backup import placing;"
        " from newsletter.backup.restoring import restore_backup;"
        " from newsletter.backup.encryption import Unlocking\n"
        "real, left = placing.exchange, [int(sys.argv[3])]\n"
        "def exchange(each):\n"
        "    left[0] -= 1\n"
        "    real(each) if left[0] else os.kill(os.getpid(), 9)\n"
        "placing.exchange = exchange\n"
        "restore_backup(Path(sys.argv[1]), Path(sys.argv[2]), Unlocking())"
    )
    words = [sys.executable, "-c", script, str(made.path), str(config.root), str(after)]
    assert subprocess.run(words, check=False, timeout=60).returncode == -9
    with pytest.raises(ConfigError, match="interrupted in the middle"):
        require_restored(config)
    with pytest.raises(BackupFailed, match="interrupted in the middle"):
        restore_backup(made.path, config.root, PLAIN)

    assert finish_restore(config.root)

    assert people_in(database_of(config)) == PEOPLE
    assert (config.data / "signing.key").read_text() == "a key"
    assert find_interrupted(config.root) is None
    assert not finish_restore(config.root)


def test_a_step_that_is_refused_undoes_all(
    made: MadeBackup, config: Config, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last rename fails: everything is as it was before."""
    before = tree(config.root)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if target == database_of(config) and ".restore-" in str(self):
            raise PermissionError(13, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(BackupFailed, match="Permission denied"):
        restore_backup(made.path, config.root, PLAIN)

    assert tree(config.root) == before
    assert people_in(database_of(config)) == PEOPLE + 7
    assert find_interrupted(config.root) is None


def test_ctrl_c_in_the_middle_undoes_all(
    made: MadeBackup, config: Config, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between two renames by its person: everything is as it was before."""
    before = tree(config.root)
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if target == database_of(config) and ".restore-" in str(self):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(KeyboardInterrupt):
        restore_backup(made.path, config.root, PLAIN)

    assert tree(config.root) == before
    assert people_in(database_of(config)) == PEOPLE + 7
    assert find_interrupted(config.root) is None


def test_ctrl_c_twice_is_finished(
    made: MadeBackup, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while it undoes, too: nothing that is needed to finish has been removed."""
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if target == database_of(config) or self == config.path:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", stop)
        patch.setattr(placing, "undo", lambda _: stop(config.path, config.path))
        with pytest.raises(KeyboardInterrupt):
            restore_backup(made.path, config.root, PLAIN)
    assert find_interrupted(config.root)

    assert finish_restore(config.root)

    assert people_in(database_of(config)) == PEOPLE
    assert (config.data / "signing.key").read_text() == "a key"


def test_a_program_that_starts_during_the_question(
    made: MadeBackup, config: Config, tree: Tree
) -> None:
    """Whether anybody uses the database is asked again when the answer is there."""
    before = tree(config.root)
    with closing(sqlite3.connect(database_of(config))) as other:

        def start(_: Plan) -> None:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("SELECT count(*) FROM subscribers_subscriber").fetchone()

        with pytest.raises(BackupFailed, match="a program has the database open"):
            restore_backup(made.path, config.root, PLAIN, start)
    assert tree(config.root) == before


def test_what_root_restores_is_its_owners(made: MadeBackup, tmp_path: Path) -> None:
    """Run as root, every file and folder belongs to the account that owns the workspace."""
    root = tmp_path / "new"
    root.mkdir()
    if os.geteuid() == 0:
        os.chown(root, 65534, 65534)

    for _ in range(2):
        restore_backup(made.path, root, PLAIN)
        write(root / "var" / "signing.key", "another key")
        os.chown(root / "var" / "signing.key", root.stat().st_uid, root.stat().st_gid)

    assert len(list((root / "var").glob("before-restore-*"))) == 1
    assert {path.stat().st_uid for path in root.rglob("*")} == {root.stat().st_uid}


def test_a_foreign_folder_is_refused(made: MadeBackup, tmp_path: Path) -> None:
    """A folder with other things in it is none for a workspace."""
    write(tmp_path / "letters" / "letter.txt", "Good morning")

    with pytest.raises(BadInput, match="is not empty"):
        restore_backup(made.path, tmp_path / "letters", PLAIN)


def with_manifest(path: Path, made: MadeBackup, **changes: object) -> Path:
    """Return a backup with one file, whose manifest says something else."""
    write(path.with_suffix(".txt"), "a text")
    source = measure("workspace/config.toml", path.with_suffix(".txt"))
    manifest = made.manifest.model_copy(update={"members": (source.member,), **changes})
    with path.open("wb") as sink:
        write_archive(sink, manifest, [source])
    return path


def test_a_newer_release_is_refused(made: MadeBackup, tmp_path: Path) -> None:
    """A backup with tables that this program does not know is not unpacked."""
    database = made.manifest.database
    later = database.model_copy(
        update={"migrations": (*database.migrations, ("sending", "0999_later"))}
    )
    newer = with_manifest(tmp_path / "newer.tar.gz", made, database=later, version="9.1.0")
    other_form = with_manifest(tmp_path / "form.tar.gz", made, format=2, version="9.1.0")

    with pytest.raises(BackupFailed, match=r"newer release \(9.1.0\)"):
        restore_backup(newer, tmp_path / "new", PLAIN)
    with pytest.raises(BackupFailed, match=r"newer form: it is of release 9.1.0"):
        restore_backup(other_form, tmp_path / "new", PLAIN)
    assert newer_migrations(database.migrations) == []


@pytest.mark.parametrize(
    "name", ["workspace/../../evil", "/etc/passwd", "workspace//x", "elsewhere/x", "workspace"]
)
def test_no_member_leads_out_of_the_folder(name: str) -> None:
    """A name that is no plain path in the folders of a backup is not read."""
    with pytest.raises(ValueError, match=r"plain path|none of the folders"):
        Member(name=name, size=0, sha256="0" * 64)


def test_a_member_that_the_manifest_does_not_name(made: MadeBackup, tmp_path: Path) -> None:
    """A member behind the last one is no part of a backup."""
    write(tmp_path / "text", "a text")
    one = measure("workspace/config.toml", tmp_path / "text")
    two = measure("workspace/other.txt", tmp_path / "text")
    manifest: Manifest = made.manifest.model_copy(update={"members": (one.member,)})
    sink = io.BytesIO()
    write_archive(sink, manifest, [one, two])
    (tmp_path / "more.tar.gz").write_bytes(sink.getvalue())

    with tarfile.open(tmp_path / "more.tar.gz") as tar:
        assert len(tar.getnames()) == 3
    with pytest.raises(BackupFailed, match=r"workspace/other.txt is not what was written"):
        restore_backup(tmp_path / "more.tar.gz", tmp_path / "new", PLAIN)
