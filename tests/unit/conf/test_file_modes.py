"""What is open to others is found, a few named and the rest counted."""

from __future__ import annotations

from pathlib import Path

from newsletter.conf.file_modes import MAX_NAMED, check_file_modes, make_private_folder


def test_a_private_folder_has_nothing_to_say(tmp_path: Path) -> None:
    """Made so, whatever the umask; a folder that was there stays as it is."""
    folder = tmp_path / "var"
    make_private_folder(folder)
    file = folder / "signing.key"
    file.touch(mode=0o600)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert check_file_modes([folder], [file, folder / "nothing"]) == []

    folder.chmod(0o755)
    make_private_folder(folder)
    assert check_file_modes([], [folder]) == [
        f"others on this machine can read {folder}: chmod 700 {folder}"
    ]


def test_the_group_counts_as_others(tmp_path: Path) -> None:
    """Only the owner is not somebody else."""
    file = tmp_path / "database.sqlite3"
    file.touch()
    file.chmod(0o640)

    assert check_file_modes([], [file]) == [
        f"others on this machine can read {file}: chmod 600 {file}"
    ]


def test_many_are_counted(tmp_path: Path) -> None:
    """A Maildir with a file for each mail does not fill the log."""
    folder = tmp_path / "new"
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    for number in range(MAX_NAMED + 5):
        (folder / f"{number}.eml").touch()
        (folder / f"{number}.eml").chmod(0o644)

    said = check_file_modes([folder], [])

    assert len(said) == MAX_NAMED + 1
    assert said[-1] == f"and 5 more: chmod -R go= {folder}"
