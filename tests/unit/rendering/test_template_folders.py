"""A workspace holds what a person has changed; what it lacks comes from the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import TemplateError
from newsletter.rendering import load_template, render, template_names
from newsletter.rendering.pdf.document import load_design
from newsletter.rendering.pipeline.copying import copy_template
from newsletter.rendering.pipeline.template_folders import merge_tables
from tests.unit.rendering import samples


def write(path: Path, text: str) -> None:
    """Write a file, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_an_empty_workspace_has_all_that_ships(tmp_path: Path) -> None:
    """Also one without the folder; and the mail is the same, to the byte."""
    own = tmp_path / "nowhere"
    shipped = load_template(samples.TEMPLATES, "digest")

    assert template_names((own, samples.TEMPLATES)) == template_names(samples.TEMPLATES)
    assert load_template((own, samples.TEMPLATES), "digest").hash == shipped.hash


def test_a_file_of_the_workspace_wins(tmp_path: Path) -> None:
    """One file, of the template or of what templates share; the others are those that ship."""
    write(tmp_path / "_shared" / "subject.txt", "Ours: {{ content.title }}")
    write(tmp_path / "digest" / "digest.txt", "In our words\n")

    made = render(
        samples.ENGLISH, load_template((tmp_path, samples.TEMPLATES), "digest"), samples.ANN
    )

    assert made.subject.startswith("Ours: ")
    assert made.text.startswith("In our words")
    assert "<html" in made.html
    other = render(
        samples.ENGLISH, load_template((tmp_path, samples.TEMPLATES), "letter"), samples.ANN
    )
    assert other.subject.startswith("Ours: ")
    assert "In our words" not in other.text


def test_tables_are_merged_key_by_key(tmp_path: Path) -> None:
    """A theme of an older release lacks a colour that the newer template prints."""
    shipped = load_template(samples.TEMPLATES, "digest").theme["light"]
    kept, *later = shipped
    write(
        tmp_path / "digest" / "theme.toml",
        f'[light]\n{kept} = "#010203"\n[dark]\n{kept} = "#040506"\n',
    )

    template = load_template((tmp_path, samples.TEMPLATES), "digest")

    assert template.theme["light"][kept] == "#010203"
    assert {name: template.theme["light"][name] for name in later} == {
        name: shipped[name] for name in later
    }
    assert "#010203" in render(samples.ENGLISH, template, samples.ANN).html


def test_a_word_of_ones_own_leaves_the_others(tmp_path: Path) -> None:
    """In mail and PDF alike; and a language may be added."""
    words = load_template(samples.TEMPLATES, "digest").tables_of_words
    key = next(name for name, value in words["en"].items() if isinstance(value, str))
    write(tmp_path / "email" / "_shared" / "words.toml", f'[en]\n{key} = "Ours"\n[tlh]\nx = "y"\n')
    folders = (tmp_path / "email", samples.TEMPLATES)

    merged = load_template(folders, "digest").tables_of_words

    assert merged["en"] == {**words["en"], key: "Ours"}
    assert merged.keys() == {*words, "tlh"}
    assert load_design((tmp_path, samples.TEMPLATES.parent)).words["en"][key] == "Ours"


def test_a_mistake_in_a_table_names_its_file(tmp_path: Path) -> None:
    """The one of the workspace, though that of the program is read as well."""
    write(tmp_path / "digest" / "theme.toml", "[light\n")

    with pytest.raises(TemplateError, match=r"digest/theme\.toml:1"):
        load_template((tmp_path, samples.TEMPLATES), "digest")


def test_every_layer_counts_for_the_hash(tmp_path: Path) -> None:
    """A change below in a table changes the mail, and so what was approved."""
    below, above = tmp_path / "below", tmp_path / "above"
    write(below / "digest" / "theme.toml", '[words]\na = "1"\n')
    write(above / "digest" / "theme.toml", '[words]\nb = "2"\n')
    folders = (above, below, samples.TEMPLATES)
    before = load_template(folders, "digest")
    write(below / "digest" / "theme.toml", '[words]\na = "3"\n')

    after = load_template(folders, "digest")

    assert before.hash != after.hash
    assert (before.theme["words"], after.theme["words"]) == (
        {"a": "1", "b": "2"},
        {"a": "3", "b": "2"},
    )


def test_a_copy_is_written_into_the_workspace(tmp_path: Path) -> None:
    """From what ships, with what the workspace has changed of it."""
    write(tmp_path / "letter" / "masthead.mjml", "<mj-section></mj-section>")

    folder = copy_template((tmp_path, samples.TEMPLATES), "tidings", "letter")

    assert folder == tmp_path / "tidings"
    assert (folder / "masthead.mjml").read_text() == "<mj-section></mj-section>"
    assert {"tidings.mjml", "tidings.txt", "theme.toml"} <= {path.name for path in folder.iterdir()}
    assert "tidings" in template_names((tmp_path, samples.TEMPLATES))


def test_the_upper_table_holds() -> None:
    """Key by key, at any depth; a value replaces a table, and a table a value."""
    above = {"a": {"x": 1}, "b": 2, "c": {"z": 3}}
    below = {"a": {"x": 9, "y": 8}, "b": {"w": 7}, "c": 6, "d": 5}

    assert merge_tables(above, below) == {"a": {"x": 1, "y": 8}, "b": 2, "c": {"z": 3}, "d": 5}
