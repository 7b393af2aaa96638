"""Messages about files in the reader's language: English, or Japanese."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils import translation

from newsletter.cli.languages import language_of
from newsletter.errors import ImportRejected
from scripts.messages import collected, is_filled
from subscribers.importing.applying import import_file
from subscribers.models import List
from tests.environment import ROOT

#: Packages with messages.
PACKAGES = ("newsletter", "subscribers")
#: Places that are filled in: `{name}`, `{name!r}`, `%(name)s`, `%s`.
FIELDS = re.compile(r"(?P<name>\{\w*(?=(?:!r)?\})|%\(\w+\)[sd]|%[sd])")


def folder(package: str) -> Path:
    """Return where the translations of a package are."""
    return ROOT / package / "locale" / "ja" / "LC_MESSAGES"


def catalog(package: str) -> Catalog:
    """Return the translations as people write them."""
    with (folder(package) / "django.po").open("rb") as file:
        return read_po(file, locale="ja")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_message_lacks_its_translation(package: str) -> None:
    """Each is translated, none is doubtful, none is left over."""
    told = {(entry.context, entry.id): entry for entry in catalog(package) if entry.id}
    wanted = {(entry.context, entry.id) for entry in collected(package) if entry.id}

    assert wanted - told.keys() == set()
    assert told.keys() - wanted == set()
    assert [key for key, entry in told.items() if not is_filled(entry.string)] == []
    assert [key for key, entry in told.items() if entry.fuzzy] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_translations_have_the_fields_of_their_messages(package: str) -> None:
    """What is filled in has the same names."""
    for entry in catalog(package):
        if entry.id:
            # Japanese has one form; it must carry what the plural does.
            plain = entry.id if isinstance(entry.id, str) else entry.id[1]
            text = entry.string if isinstance(entry.string, str) else entry.string[0]
            assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(plain)), plain


@pytest.mark.parametrize("package", PACKAGES)
def test_the_compiled_catalogue_is_the_one_that_people_edit(package: str) -> None:
    """`make messages` was run after the last edit."""
    with (folder(package) / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in catalog(package):
        if not entry.id:
            continue
        if isinstance(entry.id, str):
            found = compiled.pgettext(entry.context, entry.id) if entry.context else ""
            assert (found or compiled.gettext(entry.id)) == entry.string
        else:
            assert compiled.ngettext(*entry.id, 2) == entry.string[0]


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:ja:en"}, "ja"),
        ({"LANG": "C", "LANGUAGE": "ja"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "ja"}, "en"),
    ],
)
def test_the_environment_says_the_language(variables: dict[str, str], language: str) -> None:
    """As GNU gettext reads it."""
    assert language_of(variables) == language


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "ファイルが空です"),
        (b"name,town\nA,B\n", "メールアドレスの列がありません"),
        (b'email\n"a\n', "引用符が閉じられていません"),
        (b"email\n" + b"x" * 200_000, "131,072文字を超えています"),
        (b"PK\x03\x04", "xlsx形式のファイルです"),
        (b"email,status\na@x.org,VIP\n", "意味が分かりません"),
        (b"email,created\na@x.org,1700000000\n", "送信してはいけない人の一覧のようです"),
    ],
)
def test_an_error_of_a_file_is_in_japanese(tmp_path: Path, content: bytes, words: str) -> None:
    """In the reader's language, with nothing that a library says."""
    into = List.objects.create(name="Weekly", slug="weekly")
    file = tmp_path / "people.csv"
    file.write_bytes(content)

    with translation.override("ja"), pytest.raises(ImportRejected) as refused:
        import_file(file, into)

    assert words in str(refused.value)
    assert re.search("[ぁ-ん]", refused.value.hint or "の")


@pytest.mark.django_db
def test_a_bad_line_is_in_japanese(tmp_path: Path) -> None:
    """The reason why an address is none is ours, not a library's."""
    into = List.objects.create(name="Weekly", slug="weekly")
    file = tmp_path / "people.csv"
    file.write_text("email\nnobody\na@b@c.org\nx@exa mple.org\nx@localhost\n名@x.org\n")

    with translation.override("ja"):
        result = import_file(file, into)

    assert len(result.bad) == 5
    assert all(re.search("[ぁ-ん]", bad.reason) for bad in result.bad)
