"""Whatever stands in config.toml, what is wrong is said in plain words with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from newsletter.conf.config import Config, read_config
from newsletter.conf.mistakes import OTHERWISE
from newsletter.errors import ConfigError
from newsletter.toml_mistakes import OTHERWISE as NOT_TOML

#: Values of every kind, most of them wrong for most settings.
VALUES = ("-1", "1e9", "0.5", "nan", "inf", "true", '""', '"x"', "[1]", "{ x = 1 }", "1979-05-27")
#: How the library and the reader of TOML speak.
RAW = re.compile(r"Input|String should|valid |validation|\(at line|pydantic|type=")

SETTINGS = [
    (section, key)
    for section, field in Config.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    for key in field.annotation.model_fields
]


def refusal(folder: Path, text: str) -> str:
    """Return what is said of a file; empty for a good one."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    try:
        read_config(path, {})
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("section", "key"), SETTINGS)
def test_a_wrong_value_is_refused_in_our_words(tmp_path: Path, section: str, key: str) -> None:
    """For every setting and every kind of value: place, and what must stand there."""
    said = [refusal(tmp_path, f"[{section}]\n{key} = {value}\n") for value in VALUES]

    refused = [each for each in said if each]
    assert refused
    for each in refused:
        assert f"config.toml: [{section}] " in each
        assert not RAW.search(each)
        assert OTHERWISE not in each


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[web]\nprot = 1\n", "[web] prot: unknown key; did you mean port?"),
        ("[wbe]\n", "[wbe]: unknown section; did you mean web?"),
        ("[web]\nxyzzy = 1\n", "[web] xyzzy: unknown key; known: host, port, threads"),
        ("web = 3\n", "[web]: must be a section with keys (it is 3)"),
        ("[sending]\nbatch_size = 2000\n", "[sending] batch_size: must be at most 1000"),
        (
            "[sending]\ntransport = 'pigeon'\n",
            "transport: there is no such transport; there are maildir, sendgrid",
        ),
        ("[sending]\nengine = 'steam'\n", "engine: must be 'embedded' or 'procrastinate'"),
        ("[rates]\nper_hour = 1.5\n", "[rates] per_hour: must be a whole number (it is 1.5)"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    """With what was meant, or what can stand there."""
    assert said in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[web]\nport = 1\nport = 2\n", 3, "a key stands there twice"),
        ("[web]\n[pdf]\n[web]\n", 3, "a section stands there twice"),
        ("[web\nport = 1\n", 1, "a bracket ] is missing"),
        ("[web]\nport 8000\n", 2, "there is no equals sign"),
        ("[web]\nport = eight\n", 2, "a value is not a text in quotes"),
        ('[web]\nhost = "here\n', 2, "a quote is missing at the end of a text"),
        ('[web]\nhost = "C:\\web"\n', 2, "a backslash in a text begins no known escape"),
        ("[web]\ntrusted_proxies = [1", 2, "a bracket ] is missing at the end of a list"),
        ("[database]\nurl = 'postgresql://u:SECRET@'h'\n", 2, "something stands behind a value"),
    ],
)
def test_a_file_that_is_not_toml(tmp_path: Path, text: str, line: int, said: str) -> None:
    """The line and what is wrong in it, in our words; the line itself may hold a password."""
    found = refusal(tmp_path, text)

    assert f"config.toml, line {line}: {said}" in found
    assert "SECRET" not in found
    assert not RAW.search(found)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_file_cut_off_is_said_in_words(tmp_path: Path, cut: int) -> None:
    """Wherever it ends: no sentence is left to the reader of TOML."""
    text = '[web]\ntrusted_proxies = ["127.0.0.1", "10.0.0.0/8"]\nport = 8'[:cut]

    found = refusal(tmp_path, text)

    assert not RAW.search(found)
    assert NOT_TOML not in found


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder, and a file in another encoding, are named with the reason."""
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_config(tmp_path, {})
    path = tmp_path / "config.toml"
    path.write_bytes('[site]\nname = "Büch"\n'.encode("latin-1"))
    with pytest.raises(ConfigError, match="line 2: a character is not UTF-8"):
        read_config(path, {})
