"""Collect the messages that people read, merge them into their translations, and compile those.

`make messages` after a message was added or changed: then fill in what is empty in the `.po` file,
and run it again. Both files are committed; `tests/unit/subscribers/test_messages.py` compares them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
#: Packages with messages, and the languages they are translated into.
PACKAGES = ("newsletter", "subscribers")
LANGUAGES = ("ja",)
#: Where messages stand: in the functions that Babel knows, and in Django's for what is said later.
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2)}
TRANSLATED = re.compile(r'\{% translate "([^"]+)"')
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def from_template(
    file: IO[bytes], _keywords: object, _tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the messages of a template of Django's: those in `{% translate "…" %}`."""
    del options
    for number, line in enumerate(file, 1):
        for message in TRANSLATED.findall(line.decode("utf-8")):
            yield number, "gettext", message, []


def collected(package: Path) -> Catalog:
    """Return all messages of a package, without translations."""
    catalog = Catalog(project="Fortnight", charset="utf-8")
    methods: list[tuple[str, Any]] = [("**.py", "python"), ("**.html", from_template)]
    found = extract_from_dir(package, method_map=methods, keywords=KEYWORDS)
    for name, _line, message, comments, context in found:
        # Without line numbers, so that the file changes only when a message does.
        catalog.add(message, None, [(f"{package.name}/{name}", 0)], (), comments, context=context)
    return catalog


def merged(package: Path, language: str) -> Catalog:
    """Return the translations of a package, with every message there is now and no other."""
    path = package / "locale" / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    known.update(collected(package), no_fuzzy_matching=True)
    known.obsolete.clear()
    known.fuzzy = False
    known.project, known.version, known.copyright_holder = "Fortnight", "0", "The Fortnight authors"
    known.header_comment = f"# Messages of {package.name}, in {known.locale.english_name}."
    known.last_translator = known.language_team = "Fortnight"
    known.msgid_bugs_address = ""
    # A date of its own would change the file whenever it is written.
    known.creation_date = known.revision_date = EPOCH
    with path.open("wb") as file:
        write_po(file, known, sort_output=True, width=100, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, known)
    return known


def is_filled(string: str | tuple[str, ...] | list[str]) -> bool:
    """Whether every form of a translation is there; a plural has several."""
    return bool(string) if isinstance(string, str) else bool(string) and all(string)


def main() -> int:
    """Write all files; the exit status is 1 while a translation is missing."""
    missing = 0
    for name in PACKAGES:
        for language in LANGUAGES:
            for entry in merged(ROOT / name, language):
                if entry.id and not is_filled(entry.string):
                    missing += 1
                    print(f"{name} {language}: {entry.id!r}")
    print(f"{missing} messages without a translation" if missing else "all are translated")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
