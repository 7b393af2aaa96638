"""What columns hold, by their titles."""

from __future__ import annotations

import pytest

from newsletter.errors import BadInput
from subscribers.importing.columns import attribute_key, read_header, tidy_cells

#: Long enough for every cell to be looked at.
LONG = 2000


@pytest.mark.parametrize(
    "title",
    [
        "email",
        "E-Mail",
        "e-mail address",
        "Email Address",
        "EMAIL_ADDRESS",
        "mail",
        "E-mail 1 - Value",
        "メール",
        "メールアドレス",
        "Eメール",
        "ｅｍａｉｌ",
    ],
)
def test_the_address_goes_by_many_titles(title: str) -> None:
    """Case, spaces, signs and width do not matter."""
    assert read_header(["Name", title]).email == 1


def test_names_and_attributes_are_told_apart() -> None:
    """Names make the name; parts of it, and all other columns, become attributes."""
    columns = read_header(["First Name", "Last name", "email", "Home Town", "会社名", "2026"])

    name, attributes, _ = columns.read(
        ["Jane", "Doe", "j@example.org", "Boston", "例社", "yes"], LONG
    )

    assert name == "Jane Doe"
    assert attributes == {
        "first_name": "Jane",
        "last_name": "Doe",
        "home_town": "Boston",
        "会社名": "例社",
        "_2026": "yes",
    }


def test_a_whole_name_outweighs_its_parts() -> None:
    """The parts only stand in where the whole is blank."""
    columns = read_header(["email", "name", "first name"])

    assert columns.read(["j@example.org", "Dr Jane Doe", "Jane"], LONG)[0] == "Dr Jane Doe"
    assert columns.read(["j@example.org", "", "Jane"], LONG)[0] == "Jane"


def test_japanese_names_begin_with_the_family() -> None:
    """The titles of the columns say in which order a name is written."""
    columns = read_header(["メールアドレス", "名", "姓"])

    assert columns.read(["t@example.jp", "太郎", "山田"], LONG)[0] == "山田 太郎"


def test_blank_cells_say_nothing() -> None:
    """They make no attribute, so that they can never erase one."""
    assert read_header(["email", "city"]).read(["j@example.org", ""], LONG) == ("", {}, ())


def test_what_is_too_long_is_left_out_alone() -> None:
    """A note of half a page leaves out the note, not the reader."""
    columns = read_header(["email", "name", "city", "note"])

    read = columns.read(["a", "n" * 201, "Bonn", "c" * 1001], LONG)

    assert read == ("", {"city": "Bonn"}, ("note", "name"))


def test_a_table_without_addresses_names_its_columns() -> None:
    """The error shows the titles, so that the person sees which one to rename."""
    with pytest.raises(BadInput, match=r"no column contains email addresses.*'Name', 'Town'"):
        read_header(["Name", "Town"])


def test_titles_that_occur_twice_are_numbered() -> None:
    """The first counts for what it says, the others are attributes; the person is told."""
    columns = read_header(["email", "City", "City", "Email", "city"])

    assert columns.titles == ("email", "City", "City (2)", "Email", "city")
    assert columns.kinds == ("email", "city", "city_2", "email_2", "city_3")
    assert columns.remarks == ("titles that occur twice are numbered: 'City (2)'",)


def test_every_column_is_accounted_for() -> None:
    """What each title was taken for can be shown; a column without one is left out."""
    described = read_header(["E-mail", "City", ""]).described()

    assert described == {
        "E-mail": "email",
        "City": "city",
        "(column 3)": "left out: it has no title",
    }


@pytest.mark.parametrize(
    ("title", "key"),
    [("Home Town", "home_town"), ("  ZIP-code ", "zip_code"), ("__", ""), ("Ａ１", "a1")],
)
def test_keys_are_lower_snake(title: str, key: str) -> None:
    """The keys can be used in merge tags."""
    assert attribute_key(title) == key


def test_cells_are_tidied() -> None:
    """Spaces around, control characters and foreign line ends go; Unicode is composed."""
    assert tidy_cells([" a ", "e\u0301", "x\x00\x1b[31m", "one\r\ntwo"]) == [
        "a",
        "é",
        "x[31m",
        "one\ntwo",
    ]
