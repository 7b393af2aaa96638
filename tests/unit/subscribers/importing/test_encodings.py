"""In which encoding a table was saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from subscribers.importing.applying import import_file
from subscribers.importing.encodings import find_encoding
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscriber


@pytest.mark.parametrize(
    ("encoding", "titles", "name"),
    [
        ("cp1252", "email,name", "René"),
        ("cp1252", "email,name", "Jörg Müller"),
        ("cp1252", "E-Mail;Straße", "Großmann"),
        ("cp1252", "email,name", "Siân O’Neill"),
        ("cp1252", "email,name", "Åse Brænd"),
        ("mac_roman", "email,name", "René Müller"),
        ("cp850", "email,name", "René Müller"),
        ("cp1250", "email,name", "Łukasz Wiśniewski"),
        ("cp1250", "email,name", "Jiří Dvořák"),
        ("cp1251", "email,имя", "Иван Петров"),
        ("koi8_r", "email,имя", "Иван Петров"),
        ("cp1253", "email,όνομα", "Γιώργος Παπαδόπουλος"),
        ("shift_jis", "メールアドレス,氏名", "山田 太郎"),
        ("shift_jis", "email,name", "山田 太郎"),
        ("cp932", "email,name", "髙橋 はなこ"),
        ("euc_jp", "メールアドレス,氏名", "山田 太郎"),
        ("euc_jp", "email,name", "さとう はなこ"),
        ("iso2022_jp", "email,name", "山田 太郎"),
        ("gb18030", "邮箱,姓名", "王小明"),
        ("gb18030", "email,name", "王小明"),
        ("big5", "電子郵件,姓名", "陳大文"),
        ("cp949", "이메일,이름", "김철수"),
        ("utf-16-le", "email,name", "René"),
        ("utf-16-be", "メールアドレス,氏名", "山田 太郎"),
        ("utf-16", "email,name", "Łukasz"),
        ("utf-8", "email,name", "Łukasz 山田"),
    ],
)
@pytest.mark.django_db
def test_the_encoding_is_found(tmp_path: Path, encoding: str, titles: str, name: str) -> None:
    """The name comes out as somebody wrote it, and a guess is shown by it."""
    into = List.objects.create(name="Weekly", slug="weekly")
    sign = ";" if ";" in titles else ","
    file = tmp_path / "people.csv"
    text = f"{titles}\r\na@tideline-mail.com{sign}{name}\r\n"
    file.write_bytes(text.encode(encoding))

    result = import_file(file, into)

    [person] = Subscriber.objects.all()
    assert name in (person.name, *person.attributes.values())
    assert not result.encoding.guessed or name in result.encoding.sample


def test_a_person_names_the_encoding(tmp_path: Path) -> None:
    """It is taken at its word; one that does not exist is refused."""
    file = tmp_path / "people.csv"
    file.write_bytes("email,name\na@x.org,René\n".encode("cp1252"))

    assert find_encoding(file, "latin-1").name == "iso8859-1"
    for unknown in ("klingon", "hex", "rot13", ""):
        if unknown:
            with pytest.raises(ImportRejected, match="there is no encoding"):
                find_encoding(file, unknown)


@pytest.mark.django_db
def test_a_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    """Bytes that are none in the encoding that was named."""
    into = List.objects.create(name="Weekly", slug="weekly")
    file = tmp_path / "people.csv"
    file.write_bytes("email,name\na@x.org,A\nb@x.org,René\n".encode("cp1252"))

    with pytest.raises(ImportRejected, match=r"people\.csv:3: the bytes .* not UTF-8"):
        import_file(file, into, told=told_of(encoding="utf-8"))
