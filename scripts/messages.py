"""Collect the messages that people read, merge them into their translations, and compile those.

`make messages` after a message was added or changed: then fill in what is empty in the `.po` file,
and run it again. Both files are committed; `tests/unit/subscribers/test_messages.py` compares them.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
#: Packages with messages, the folders that these are in, and the languages they are translated
#: into. Messages are also in the templates of the public pages, which a workspace may replace.
PACKAGES = {"newsletter": ("newsletter", "templates/web"), "subscribers": ("subscribers",)}
LANGUAGES = ("ja",)
#: Babel's, and what Django calls those that are translated when they are shown.
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "phrase": None,
    "counted_phrase": (1, 2),
}
#: A comment in a template; it would swallow what follows on its line.
COMMENT = re.compile(r"\{#.*?#\}")
#: What Wagtail says, in the desk's words.
WORDING = "newsletter/desk/wording"
#: How the words of the glossary are called, by language; it stands above the translations.
TERMS = {
    "ja": "issue 号, publication ニュースレター, draft 下書き, send 配信, queue 配信予約, "
    "slot 配信枠, subscriber 購読者, list リスト, suppressed 配信停止, provider 配信事業者, "
    "submit 送信, accepted 受理, refused 拒否, bounced 不達, unknown 不明, held 保留, "
    "paused 一時停止, canary 先行配信, dry run 試行, batch バッチ, evidence 証拠, "
    "approval 承認, finding 指摘, accept a finding 許容"
}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def extract_template(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Sequence[str],
    options: Mapping[str, Any],
) -> Iterable[tuple[int, str, Any, list[str]]]:
    """Yield the messages of a Django template, as Babel's extractors do."""
    source = COMMENT.sub("", file.read().decode())
    # Django turns it into something that reads like Python; in brackets its indents mean nothing.
    code = f"(\n{templatize(source)}\n)".encode()
    yield from extract_python(
        io.BytesIO(code), keywords, comment_tags, {"encoding": "utf-8", **options}
    )


def extract_components(
    file: IO[bytes],
    keywords: Mapping[str, Any],  # noqa: ARG001 (as Babel calls it)
    comment_tags: Sequence[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterable[tuple[int, str, str, list[str]]]:
    """Yield what the table of MJML's components says in sentences."""
    for each in json.load(file)["components"].values():
        for message in (*each.get("ignored", {}).values(), each.get("instead", "")):
            if message:
                yield 0, "phrase", message, []


def extract_clients(
    file: IO[bytes],
    keywords: Mapping[str, Any],  # noqa: ARG001 (as Babel calls it)
    comment_tags: Sequence[str],  # noqa: ARG001
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterable[tuple[int, str, str, list[str]]]:
    """Yield the names of mail programs."""
    for message in json.load(file)["clients"]:
        yield 0, "phrase", message, []


METHODS: list[tuple[str, Any]] = [
    ("**.py", "python"),
    ("**.html", extract_template),
    ("**.txt", extract_template),
    ("**/linting/components.json", extract_components),
    ("**/preflight/clients.json", extract_clients),
]


def collected(package: str) -> Catalog:
    """Return all messages of a package, without translations."""
    catalog = Catalog(project="Fortnight", charset="utf-8")
    for folder in PACKAGES[package]:
        # Babel warns of f-strings among the arguments of a phrase, which it need not read.
        with contextlib.redirect_stderr(io.StringIO()):
            found = list(extract_from_dir(ROOT / folder, method_map=METHODS, keywords=KEYWORDS))
        for name, _line, message, comments, context in found:
            # Without line numbers, so that the file changes only when a message does.
            place = [(f"{folder}/{name}", 0)]
            catalog.add(message, None, place, (), comments, context=context)
    return catalog


def merged(package: str, language: str) -> Catalog:
    """Return the translations of a package, with every message there is now and no other."""
    path = ROOT / package / "locale" / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    known = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale=language)
    known.update(collected(package), no_fuzzy_matching=True)
    known.obsolete.clear()
    known.fuzzy = False
    known.project, known.version, known.copyright_holder = "Fortnight", "0", "The Fortnight authors"
    about = f"# Messages of {package}, in {known.locale.english_name}."
    known.header_comment = "\n# ".join((about, *TERMS[language].split(", ")))
    known.last_translator = known.language_team = "Fortnight"
    known.msgid_bugs_address = ""
    # A date of its own would change the file whenever it is written.
    known.creation_date = known.revision_date = EPOCH
    with path.open("wb") as file:
        write_po(file, known, sort_output=True, width=100, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, known)
    return known


def compile_wording() -> Iterator[tuple[str, object]]:
    """Compile the desk's words for Wagtail's messages; yield each that is empty, with its language.

    They are written by hand: their messages stand in Wagtail, also in English.
    """
    for path in sorted((ROOT / WORDING).glob("*/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            known = read_po(file, locale=path.parts[-3])
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, known)
        for entry in known:
            if entry.id and not is_filled(entry.string):
                yield path.parts[-3], entry.id


def is_filled(string: str | Sequence[str] | None) -> bool:
    """Whether every form of a translation is there; a plural has several."""
    return bool(string) and (isinstance(string, str) or all(string or ()))


def main() -> int:
    """Write all files; the exit status is 1 while a translation is missing."""
    missing = 0
    for name in PACKAGES:
        for language in LANGUAGES:
            for entry in merged(name, language):
                if entry.id and not is_filled(entry.string):
                    missing += 1
                    print(f"{name} {language}: {entry.id!r}")
    for language, message in compile_wording():
        missing += 1
        print(f"{WORDING} {language}: {message!r}")
    print(f"{missing} messages without a translation" if missing else "all are translated")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
