"""The form of a backup: a compressed tar with the manifest first, then the members in its order.

The manifest comes first, so that a reader knows what it gets before anything is unpacked; the
SHA-256 of each member stands in it, so that a change or a cut is noticed.  Level 1 of gzip: it
makes a database a quarter as large, and costs a core one second for 100 MB.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from newsletter.backup.manifest import NAME, Manifest, Member, read_manifest
from newsletter.errors import BackupFailed
from newsletter.phrases import phrase

BLOCK_BYTES = 1 << 20
#: A manifest names each picture; this is some hundred thousand of them.
MAX_MANIFEST_BYTES = 100_000_000
TRY_ANOTHER = phrase("It is damaged or cut off: use another backup.")


@dataclass(frozen=True, slots=True)
class Source:
    """A member to be written, and the file that it is read from."""

    member: Member
    path: Path


def measure(name: str, path: Path) -> Source:
    """Return a file as a member of an archive, with its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return Source(Member(name=name, size=size, sha256=digest.hexdigest()), path)


def write_archive(sink: IO[bytes], manifest: Manifest, sources: Sequence[Source]) -> None:
    """Write an archive; raises `BackupFailed` where a file has changed since it was measured."""
    with (
        gzip.GzipFile("", "wb", 1, sink, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        content = manifest.as_json()
        tar.addfile(make_entry(NAME, len(content)), io.BytesIO(content))
        for source in sources:
            add_source(tar, source)


def make_entry(name: str, size: int) -> tarfile.TarInfo:
    """Return the head of a member that only its owner can read."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def add_source(tar: tarfile.TarFile, source: Source) -> None:
    """Write one member, and check that it is what was measured."""
    with source.path.open("rb") as file:
        reader = _Hashing(file)
        try:
            tar.addfile(make_entry(source.member.name, source.member.size), reader)
        except OSError as error:
            if str(error) != "unexpected end of data":
                raise
        if reader.digest.hexdigest() == source.member.sha256 and not file.read(1):
            return
    raise BackupFailed(
        phrase("{path} has changed while it was backed up", path=str(source.path)),
        hint=phrase("Make the backup again."),
    )


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Read and hash."""
        block = self._file.read(size)
        self.digest.update(block)
        return block


#: Says where a member is unpacked to; None where it is only to be checked.
Place = Callable[[Member], Path | None]


def read_archive(
    stream: IO[bytes],
    accept: Callable[[Manifest], None] = lambda _: None,
    place: Place = lambda _: None,
) -> Manifest:
    """Check every member of an archive, and unpack those that have a place; return the manifest.

    `accept` sees the manifest first and may raise.  Raises `BackupFailed` for what is not as it
    was written.
    """
    with told_when_damaged(), unzipped(stream) as content, reading(content) as tar:
        manifest = read_first(tar)
        accept(manifest)
        expected = iter(manifest.members)
        while (info := tar.next()) is not None:
            member = next(expected, None)
            if member is None or not info.isreg() or info.name != member.name:
                raise damaged(info.name)
            unpack(tar, info, member, place(member))
        if (lacking := next(expected, None)) is not None:
            raise damaged(lacking.name)
        # Behind the last member stands the checksum of the whole, the manifest included.
        while content.read(BLOCK_BYTES):
            pass
    return manifest


def peek(stream: IO[bytes]) -> Manifest:
    """Return the manifest of an archive, and read no further."""
    with told_when_damaged(), unzipped(stream) as content, reading(content) as tar:
        return read_first(tar)


class told_when_damaged:  # noqa: N801  used as a function
    """Raise `BackupFailed` for whatever cannot be read as an archive."""

    def __enter__(self) -> None:
        """Begin to read."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Say it in words."""
        if isinstance(error, (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError)):
            raise BackupFailed(
                phrase("the backup cannot be read to its end"), hint=TRY_ANOTHER
            ) from None


def unzipped(stream: IO[bytes]) -> gzip.GzipFile:
    """Return what is in a compressed stream."""
    return gzip.GzipFile(fileobj=stream, mode="rb")


def reading(content: gzip.GzipFile) -> tarfile.TarFile:
    """Return the tar in a stream."""
    return tarfile.open(fileobj=content, mode="r|")


def read_first(tar: tarfile.TarFile) -> Manifest:
    """Return the manifest, which is the first member."""
    info = tar.next()
    file = tar.extractfile(info) if info and info.name == NAME and info.isreg() else None
    if info is None or file is None or info.size > MAX_MANIFEST_BYTES:
        raise BackupFailed(
            phrase("this is no backup of Fortnight: it has no manifest"),
            hint=phrase("Name a file that newsletter backup has made."),
        )
    return read_manifest(file.read())


def unpack(tar: tarfile.TarFile, info: tarfile.TarInfo, member: Member, to: Path | None) -> None:
    """Check one member, and write it to a file if it has a place."""
    digest = hashlib.sha256()
    file = tar.extractfile(info)
    blocks = iter(lambda: file.read(BLOCK_BYTES) if file else b"", b"")
    if to is None:
        for block in blocks:
            digest.update(block)
    else:
        write_file(to, blocks, digest.update)
    if info.size != member.size or digest.hexdigest() != member.sha256:
        raise damaged(member.name)


def write_file(to: Path, blocks: Iterator[bytes], look: Callable[[bytes], None]) -> None:
    """Write a new file for its owner alone, and show each block to somebody."""
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    to.touch(mode=0o600, exist_ok=False)
    with to.open("wb") as sink:
        for block in blocks:
            look(block)
            sink.write(block)


def damaged(name: str) -> BackupFailed:
    """Return the error about a member that is not as the manifest says."""
    return BackupFailed(
        phrase("the backup is damaged: {name} is not what was written", name=name),
        hint=TRY_ANOTHER,
    )
