"""What the page shows, made from the files of a template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from newsletter.errors import NotFound, TemplateError
from newsletter.rendering.pipeline.sample_issues import FULL, SAMPLE_ISSUES
from newsletter.template_preview.preview import fault_of, make_preview
from tests.unit.rendering import samples


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The templates that ship, to be changed."""
    return Path(shutil.copytree(samples.TEMPLATES, tmp_path / "email"))


def write(path: Path, old: str, new: str) -> None:
    """Put other words into a file."""
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", ["digest", "letter", "roundup"])
@pytest.mark.parametrize("issue", SAMPLE_ISSUES)
def test_templates_that_ship(name: str, issue: str) -> None:
    """Every trial issue makes a mail without errors, and its data are JSON with sizes in bytes."""
    preview = make_preview(samples.TEMPLATES, name, SAMPLE_ISSUES[issue])

    data = json.loads(json.dumps(preview.as_data()))
    assert [each for each in data["findings"] if each["severity"] == "error"] == []
    assert data["sizes"]["html"] == len(preview.parts.html.encode())
    assert (data["subject"], data["direction"]) == (
        preview.parts.subject,
        SAMPLE_ISSUES[issue].direction,
    )


def test_files_as_they_are_now(root: Path) -> None:
    """The preview follows the files."""
    before = make_preview(root, "digest", FULL)
    write(root / "_shared" / "footer.mjml", "{{ words.forwarded }}", "Handed on?")
    after = make_preview(root, "digest", FULL)

    assert ("Handed on?" in before.parts.html, "Handed on?" in after.parts.html) == (False, True)


def test_findings_with_their_lines(root: Path) -> None:
    """What the linter finds is told with file and line, errors before warnings, each once."""
    write(root / "letter" / "closing.mjml", '<mj-text padding-bottom="26px">', "<mj-text size='1'>")

    findings = make_preview(root, "letter", FULL).as_data()["findings"]

    assert isinstance(findings, list)
    told = [each for each in findings if "size" in each["message"] and each["path"]]
    assert [each["where"] for each in told] == ["letter/closing.mjml:3:14"]
    order = [each["severity"] for each in findings]
    assert order == sorted(order, key=["error", "warning", "info"].index)


def test_values_that_only_the_mail_shows(root: Path) -> None:
    """What stands in the theme is linted in the MJML that it makes."""
    write(root / "letter" / "theme.toml", 'size = "18px"', 'size = "18"')

    findings = make_preview(root, "letter", FULL).findings

    assert [each.path for each in findings if each.code == "mjml-value"] == [
        "letter.mjml (rendered)"
    ]


def test_a_fault_with_its_lines(root: Path) -> None:
    """A broken template is shown by file, line and the lines around it, without their folder."""
    path = root / "_shared" / "closing.mjml"
    path.write_text("\n".join([*"abcd", "{{ nothing }}", *"fghijk"]), "utf-8")

    with pytest.raises(TemplateError) as caught:
        make_preview(root, "digest", FULL)
    fault = fault_of(caught.value, root)

    assert (fault.where, fault.line) == ("_shared/closing.mjml:5", 5)
    assert fault.message == "'nothing' is undefined"
    assert fault.lines == (
        (2, "b"), (3, "c"), (4, "d"), (5, "{{ nothing }}"), (6, "f"), (7, "g"), (8, "h"),
    )  # fmt: skip


def test_a_fault_in_the_theme(root: Path) -> None:
    """A broken theme is named by its path below the templates, with line and column."""
    (root / "digest" / "theme.toml").write_text("[light]\nink = red\n", "utf-8")

    with pytest.raises(TemplateError) as caught:
        make_preview(root, "digest", FULL)
    fault = fault_of(caught.value, root)

    assert fault.where == "digest/theme.toml:2:7"
    assert fault.message.startswith("a value is not a text in quotes")
    assert fault.lines == ((1, "[light]"), (2, "ink = red"))


def test_a_fault_without_a_place(root: Path) -> None:
    """A file that is gone is told in words alone."""
    (root / "roundup" / "theme.toml").unlink()

    with pytest.raises(NotFound) as caught:
        make_preview(root, "roundup", FULL)
    fault = fault_of(caught.value, root)

    assert (fault.message, fault.where, fault.lines) == (str(caught.value), "", ())
    assert "no theme.toml" in fault.message


def test_no_lines_from_elsewhere(root: Path) -> None:
    """Only files of the templates are shown, whatever path an error names."""
    (root.parent / "secret.txt").write_text("one\ntwo\n", "utf-8")

    fault = fault_of(TemplateError("odd", path="../secret.txt", line=1), root)

    assert (fault.where, fault.lines) == ("../secret.txt:1", ())
