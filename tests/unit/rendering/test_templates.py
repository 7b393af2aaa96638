"""A template is its files, all of them, as they are now."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import NotFound, TemplateError
from newsletter.rendering import compile as compile_edition
from newsletter.rendering import load_template, template_names
from tests.unit.rendering import samples


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a small template named `own`."""
    samples.template(tmp_path, samples.wrap_in_body(""))
    return tmp_path / "own"


def test_unchanged_files_are_the_same_template(home: Path) -> None:
    """Loading again costs nothing while no file has changed."""
    assert load_template(home.parent, "own") is load_template(home.parent, "own")


@pytest.mark.parametrize(
    "name", ["own.mjml", "own.txt", "subject.txt", "theme.toml", "blocks/x.mjml"]
)
def test_any_change_changes_the_hash(home: Path, name: str) -> None:
    """A changed, added or removed file makes another template."""
    before = load_template(home.parent, "own")
    (home / name).parent.mkdir(exist_ok=True)
    with (home / name).open("a") as file:
        file.write("# \n")

    after = load_template(home.parent, "own")

    assert after.hash != before.hash
    assert name in after.files


def test_hash_does_not_depend_on_the_place(home: Path, tmp_path: Path) -> None:
    """The same files elsewhere have the same hash."""
    other = tmp_path / "elsewhere"
    other.mkdir()

    assert (
        samples.template(other, samples.wrap_in_body("")).hash
        == load_template(home.parent, "own").hash
    )


@pytest.mark.parametrize("name", ["own.mjml", "subject.txt", "theme.toml"])
def test_missing_file(home: Path, name: str) -> None:
    """A folder without one of the three files is no template, and the error names the file."""
    (home / name).unlink()

    with pytest.raises(NotFound, match=f"'own' has no {name}"):
        load_template(home.parent, "own")


@pytest.mark.parametrize("name", ["", "..", "../own", "a/b", "/etc", ".hidden"])
def test_other_folders_are_refused(home: Path, name: str) -> None:
    """A template's name is a word, not a path."""
    with pytest.raises(NotFound):
        load_template(home.parent, name)


@pytest.mark.parametrize(
    ("theme", "says"),
    [
        pytest.param("[light", "theme.toml", id="toml"),
        pytest.param('[light]\nink = "#fff"\n[dark]\nink = "#000"', "six digits", id="short"),
        pytest.param("[light]\nink = 3\n[dark]\nink = 3", "six digits", id="number"),
        pytest.param('[light]\nink = "#ffffff"\n[dark]', "same colours: ink", id="one-sided"),
    ],
)
def test_broken_theme(home: Path, theme: str, says: str) -> None:
    """A theme that cannot be read, or whose colours do not pair, is an error in its file."""
    (home / "theme.toml").write_text(theme)

    with pytest.raises(TemplateError, match=says) as caught:
        load_template(home.parent, "own")

    assert caught.value.path == "own/theme.toml"


def test_file_in_another_encoding(home: Path) -> None:
    """A file that is not UTF-8 is an error that names it."""
    (home / "own.txt").write_bytes("é".encode("latin-1"))

    with pytest.raises(TemplateError, match=r"own\.txt: not UTF-8"):
        load_template(home.parent, "own")


def test_words_by_language(home: Path) -> None:
    """A language's own words go before the general ones, and those before the first table."""
    (home / "words.toml").write_text(
        '[en]\na="a"\nb="b"\nc="c"\n[fr]\nb="le b"\n[fr-CA]\nc="mon c"\n'
    )
    template = load_template(home.parent, "own")

    assert template.words("fr-CA") == {"a": "a", "b": "le b", "c": "mon c"}
    assert template.words("fr") == {"a": "a", "b": "le b", "c": "c"}
    assert template.words("xx") == {"a": "a", "b": "b", "c": "c"}


def test_common_files_fill_the_gaps(home: Path) -> None:
    """What a template lacks comes from `_shared`; its own file by the same path wins."""
    common = home.parent / "_shared"
    common.mkdir()
    (home / "subject.txt").unlink()
    (common / "subject.txt").write_text("common", "utf-8")
    (common / "own.txt").write_text("common", "utf-8")

    template = load_template(home.parent, "own")

    assert (template.files["subject.txt"], template.files["own.txt"]) == ("common", "text")
    assert template.path("subject.txt") == "_shared/subject.txt"


def test_a_mistake_in_a_common_file_is_named_there(home: Path) -> None:
    """The message leads to the folder where the file is."""
    (home.parent / "_shared").mkdir()
    (home.parent / "_shared" / "part.mjml").write_text("\n{{ nothing }}", "utf-8")
    template = samples.template(home.parent, samples.wrap_in_body("{% include 'part.mjml' %}"))

    with pytest.raises(TemplateError, match=r"^_shared/part\.mjml:2: 'nothing' is undefined"):
        compile_edition(samples.ENGLISH, template)


def test_names(home: Path) -> None:
    """The templates of a folder are those with an MJML file of their name."""
    (home.parent / "_shared").mkdir()
    (home.parent / "_shared" / "_shared.mjml").touch()

    assert template_names(home.parent) == ["own"]
