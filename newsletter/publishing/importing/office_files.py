"""What a Word file is as a file, looked at before anything in it is read.

A .docx is a ZIP of XML.  A small one can unpack to gigabytes, XML can describe text that is as
large, and one with macros is a program: each is refused in words, in little time and memory.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected

#: In bytes, the largest Word file that is opened: text and pictures of one issue.
MAX_FILE_BYTES: Final = 30_000_000
#: In bytes, one part of XML once unpacked: 1,000 pages have about 4 MB, and take 2 s to read.
MAX_XML_BYTES: Final = 6_000_000
#: In bytes, everything in it once unpacked.
MAX_UNPACKED_BYTES: Final = 100_000_000
#: Files in it: a document has one for each picture, and about 20 besides.
MAX_PARTS: Final = 2_000

ZIP: Final = b"PK\x03\x04"
#: How files of older Office programs begin, and new ones that have a password.
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The part of a Word file that says what the others are.
TYPES: Final = "[Content_Types].xml"
#: The name of the stream in which a locked file is, in UTF-16.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
#: How a part of XML begins, in whatever encoding and with whatever name.
_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")
#: Bytes of a part that are looked at to tell whether it is XML.
_HEAD_BYTES = 1_000
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: What other files are that are a ZIP too, by a name in them.
_OTHERS = {"xl/": "Excel", "ppt/": "PowerPoint", "Index/": "Pages"}


def is_office_file(data: bytes) -> bool:
    """Say whether a file begins as those of Office do, whatever it is called."""
    return data.startswith((ZIP, OLE, b"PK\x05\x06"))


def open_word_file(data: bytes, name: str) -> zipfile.ZipFile:
    """Return a Word file that may be read, or raise `ImportRejected` with what to do."""
    if data.startswith(OLE):
        raise locked_or_old(data, name)
    if len(data) > MAX_FILE_BYTES:
        raise ImportRejected(
            _("it is larger than {size} MB").format(size=MAX_FILE_BYTES // 1_000_000),
            path=name,
            hint=_("In Word, compress the pictures, then save it again."),
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise cut_off(name) from None
    require_word(archive, name)
    require_small(archive, name)
    return archive


def locked_or_old(data: bytes, name: str) -> ImportRejected:
    """Return the error about a file that has a password, or that an old Word wrote."""
    if _LOCKED in data:
        return ImportRejected(
            _("it is locked with a password"),
            path=name,
            hint=_("In Word, take the password away under File, Info, then save it again."),
        )
    return ImportRejected(
        _("it is of an old form of Office (.doc)"),
        path=name,
        hint=_("Open it in Word, and save it as a Word document (.docx)."),
    )


def cut_off(name: str) -> ImportRejected:
    """Return the error about a file that is not whole."""
    return ImportRejected(
        _("the Word file is broken, or not all of it is there"),
        path=name,
        hint=_("Get the whole file, or open it in Word and save it again."),
    )


def require_word(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `ImportRejected` for what is no Word document, and for one with macros."""
    names = set(archive.namelist())
    if "word/document.xml" not in names and not any(each.startswith("word/") for each in names):
        kind = next((kind for part, kind in _OTHERS.items() if has_folder(names, part)), "")
        problem = _("this is a file of {program}, not of Word").format(program=kind)
        raise ImportRejected(
            problem if kind else _("this is no Word document"),
            path=name,
            hint=_("Save the text as a Word document (.docx), Markdown or a web page."),
        )
    types = read_part(archive, TYPES, name, most=MAX_XML_BYTES) if TYPES in names else b""
    has_macros = any(each.lower().endswith("vbaproject.bin") for each in names)
    if has_macros or b"macroenabled" in types.lower():
        raise ImportRejected(
            _("the Word file has macros, which are programs"),
            path=name,
            hint=_("In Word, save it as a Word document (.docx), which has none."),
        )


def has_folder(names: set[str], folder: str) -> bool:
    """Say whether there is something in a folder of the file."""
    return any(each.startswith(folder) for each in names)


def require_small(archive: zipfile.ZipFile, name: str) -> None:
    """Raise `ImportRejected` for what unpacks to too much, or whose XML declares entities."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(each.file_size for each in parts) > MAX_UNPACKED_BYTES:
        raise too_much(name)
    for part in parts:
        if _XML.match(read_part(archive, part.filename, name, most=_HEAD_BYTES)):
            if part.file_size > MAX_XML_BYTES:
                raise too_much(name)
            require_plain_xml(read_part(archive, part.filename, name), name)


def require_plain_xml(xml: bytes, name: str) -> None:
    """Raise `ImportRejected` for XML that declares something: Word writes none of it."""
    # In UTF-16 each letter has a zero byte beside it.
    if _DECLARATION.search(xml.replace(b"\0", b"")):
        raise ImportRejected(
            _("the Word file declares entities, which can hide any amount of text"),
            path=name,
            hint=_("Open it in Word, and save it again."),
        )


def too_much(name: str) -> ImportRejected:
    """Return the error about a file that holds far more than an issue."""
    return ImportRejected(
        _("the Word file unpacks to more than any issue needs"),
        path=name,
        hint=_("Save only the text and the pictures of this issue."),
    )


def read_part(archive: zipfile.ZipFile, part: str, name: str, *, most: int = -1) -> bytes:
    """Return a part of a file, or the first bytes of it; never more than the file says it has."""
    try:
        with archive.open(part) as file:
            return file.read(most)
    except RuntimeError:
        # Python says so of a part that has a password.
        raise ImportRejected(
            _("it is locked with a password"), path=name, hint=_("Save it without one.")
        ) from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, NotImplementedError):
        raise cut_off(name) from None
