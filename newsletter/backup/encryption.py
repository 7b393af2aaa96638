"""Encrypt backups in the format of age (https://age-encryption.org/v1), by pyrage, as they stream.

To public keys: the file is what `age -r KEY` writes, and `age -d -i SECRET` reads it.

With a passphrase: age encrypts a whole file in memory then, so only a fresh key is encrypted with
the passphrase, and the archive to that key.  The file is a plain tar of the two: `key.age` and
`backup.tar.gz.age`.  Without this program: `tar xf FILE; age -d key.age > key; age -d -i key
backup.tar.gz.age`.
"""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from newsletter.backup.archive import BLOCK_BYTES, make_entry
from newsletter.errors import BackupFailed, BadInput
from newsletter.phrases import phrase

#: How a file begins that age has written.
AGE = b"age-encryption.org/"
GZIP = b"\x1f\x8b"
KEY_MEMBER, ARCHIVE_MEMBER = "key.age", "backup.tar.gz.age"
#: A passphrase that is shorter can be guessed.
MIN_PASSPHRASE = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """How a backup is encrypted: to public keys, or with a passphrase, or not at all."""

    recipients: tuple[str, ...] = ()
    passphrase: str = ""

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        if self.passphrase:
            return ".passphrase.tar"
        return ".tar.gz.age" if self.recipients else ".tar.gz"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unlocking:
    """With what a backup is decrypted: a file with secret keys, or a passphrase."""

    identity_file: Path | None = None
    passphrase: str = ""


def read_passphrase(path: Path) -> str:
    """Return the passphrase in the first line of a file; raises `BadInput`."""
    try:
        passphrase = path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadInput(
            phrase("the passphrase cannot be read: {path}: {reason}", path=str(path), reason=reason)
        ) from None
    if len(passphrase) < MIN_PASSPHRASE:
        raise BadInput(
            phrase("the passphrase in {path} is too short", path=str(path)),
            hint=phrase(
                "Write at least {number} characters into its first line.", number=MIN_PASSPHRASE
            ),
        )
    return passphrase


@contextlib.contextmanager
def encrypted(sink: IO[bytes], how: Protection) -> Iterator[IO[bytes]]:
    """Give a stream that ends up in a file, encrypted as wished."""
    if how.passphrase:
        with with_passphrase(sink, how.passphrase) as stream:
            yield stream
    elif how.recipients:
        with to_recipients(sink, [parse_recipient(each) for each in how.recipients]) as stream:
            yield stream
    else:
        yield sink


def parse_recipient(text: str) -> Any:
    """Return a public key of age or SSH, or raise `BadInput`."""
    import pyrage

    parse = pyrage.ssh.Recipient if text.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return parse.from_str(text)
    except pyrage.RecipientError:
        raise BadInput(
            phrase("{key} is no public key of age or SSH", key=text[:40]),
            hint=phrase("age-keygen prints one: age1…; or give a line of an SSH .pub file."),
        ) from None


@contextlib.contextmanager
def to_recipients(sink: IO[bytes], recipients: list[Any]) -> Iterator[IO[bytes]]:
    """Give a stream that is encrypted to public keys."""
    import pyrage

    read_end, write_end = os.pipe()
    source = os.fdopen(read_end, "rb", BLOCK_BYTES)
    worker = _Worker(lambda: pyrage.encrypt_io(source, sink, recipients), source)
    stream = os.fdopen(write_end, "wb", BLOCK_BYTES)
    try:
        yield stream
    finally:
        # What the worker met is the cause; that the pipe broke is what came of it.
        with contextlib.suppress(BrokenPipeError):
            stream.close()
        worker.finish()


@contextlib.contextmanager
def with_passphrase(sink: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    """Give a stream that is encrypted to a fresh key, which the passphrase opens."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    key = pyrage.passphrase.encrypt(str(identity).encode(), passphrase)
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(make_entry(KEY_MEMBER, len(key)), io.BytesIO(key))
        head = sink.tell()
        tar.addfile(make_entry(ARCHIVE_MEMBER, 0))
        begin = sink.tell()
        with to_recipients(sink, [identity.to_public()]) as stream:
            yield stream
        size = sink.tell() - begin
        sink.write(b"\0" * (-size % tarfile.BLOCKSIZE))
        # Now the size is known: the head of the member is written once more.
        tar.offset = sink.tell()
        sink.seek(head)
        sink.write(make_entry(ARCHIVE_MEMBER, size).tobuf(tarfile.GNU_FORMAT))
        sink.seek(tar.offset)


class _Worker:
    """A thread that pumps bytes through age, and what it met."""

    def __init__(self, pump: Callable[[], None], *ends: IO[bytes]) -> None:
        self._error: Exception | None = None
        self._pump, self._ends = pump, ends
        self._thread = threading.Thread(target=self._run, name="age", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._pump()
        except Exception as error:  # noqa: BLE001  raised where it is waited for
            self._error = error
        finally:
            for end in self._ends:
                # A reader that has gone breaks the pipe.
                with contextlib.suppress(OSError):
                    end.close()

    def finish(self) -> None:
        """Wait, and raise what it met."""
        self._thread.join()
        if self._error is not None:
            raise self._error


@contextlib.contextmanager
def decrypted(path: Path, by: Unlocking) -> Iterator[IO[bytes]]:
    """Give the archive in a backup, decrypted; raises `BackupFailed` or `BadInput`."""
    with open_backup(path) as file:
        start = file.read(len(AGE))
        file.seek(0)
        if start[: len(GZIP)] == GZIP:
            yield file
        elif start == AGE:
            with by_identities(file, read_identities(by.identity_file)) as stream:
                yield stream
        else:
            with by_passphrase(file, by.passphrase) as stream:
                yield stream


def open_backup(path: Path) -> IO[bytes]:
    """Open a file that somebody named."""
    try:
        return path.open("rb")
    except OSError as error:
        raise BadInput(
            phrase("{path} cannot be read: {reason}", path=str(path), reason=error.strerror),
            hint=phrase("See the backups there are: newsletter backup list"),
        ) from None


def read_identities(path: Path | None) -> list[Any]:
    """Return the secret keys in a file of age-keygen or of SSH."""
    if path is None:
        raise BadInput(
            phrase("the backup is encrypted to a public key"),
            hint=phrase("Name the file with the secret key: --identity FILE"),
        )
    import pyrage

    with open_backup(path) as file:
        content = file.read()
    try:
        if b"BEGIN OPENSSH PRIVATE KEY" in content or b"BEGIN RSA PRIVATE KEY" in content:
            return [pyrage.ssh.Identity.from_buffer(content)]
        lines = [line.strip() for line in content.decode().splitlines()]
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line[:4] == "AGE-"]
    except (pyrage.IdentityError, UnicodeDecodeError):
        raise BadInput(phrase("{path} holds no secret key of age or SSH", path=str(path))) from None


@contextlib.contextmanager
def by_identities(file: IO[bytes], identities: list[Any]) -> Iterator[IO[bytes]]:
    """Give what is in a file of age."""
    import pyrage

    read_end, write_end = os.pipe()
    sink = os.fdopen(write_end, "wb", BLOCK_BYTES)
    worker = _Worker(lambda: pyrage.decrypt_io(file, sink, identities), sink)
    stream = os.fdopen(read_end, "rb", BLOCK_BYTES)
    failed: BaseException | None = None
    try:
        yield stream
    except BaseException as error:
        failed = error
        raise
    finally:
        stream.close()
        try:
            worker.finish()
        except Exception as error:  # noqa: BLE001  age has many
            # A reader that wanted no more has broken the pipe; a wrong key breaks the reader.
            if not isinstance(error, BrokenPipeError) and (failed is None or is_ours(failed)):
                raise BackupFailed(
                    phrase("the backup cannot be decrypted: {reason}", reason=str(error)),
                    hint=phrase("Give the key or passphrase that belongs to it."),
                ) from None


def is_ours(error: BaseException) -> bool:
    """Say whether it is only that the archive could not be read."""
    return isinstance(error, BackupFailed)


@contextlib.contextmanager
def by_passphrase(file: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    """Give what is in a file that a passphrase opens."""
    import pyrage

    try:
        tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115  closed below
        key, archive = tar.extractfile(KEY_MEMBER), tar.extractfile(ARCHIVE_MEMBER)
    except (tarfile.TarError, KeyError):
        key = archive = None
    if key is None or archive is None:
        raise BackupFailed(
            phrase("this is no backup of Fortnight"),
            hint=phrase("Name a file that newsletter backup has made."),
        )
    with tar:
        if not passphrase:
            raise BadInput(
                phrase("the backup is encrypted with a passphrase"),
                hint=phrase("Name the file that holds it: --passphrase-file FILE"),
            )
        try:
            identity = pyrage.passphrase.decrypt(key.read(), passphrase).decode()
        except pyrage.DecryptError:
            raise BadInput(phrase("the passphrase is not that of the backup")) from None
        with by_identities(archive, [pyrage.x25519.Identity.from_str(identity)]) as stream:
            yield stream
