"""A transport of another package is found by its entry point, and a broken one is named."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.errors import ConfigError
from newsletter.transports.factory import find_provider, open_transport
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "contributing" / "extending.md").read_text(encoding="utf-8")
#: The files of the example: their names stand before them.
EXAMPLE = dict(
    re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
)

#: A package that needs a setting which is not there.
WITHOUT_A_SETTING = """
from newsletter.transports.provider import Provider
PROVIDER = Provider(open_transport=lambda config: config.transports["courier"])
"""


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """No test knows what another has found."""
    find_provider.cache_clear()


def install(folder: Path, package: str, entries: str) -> None:
    """Put what an installer would leave of a package into a folder."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[fortnight.transports]\n{entries}\n")


def config(folder: Path, text: str) -> Config:
    """Return the settings of a file with this text."""
    path = folder / "config.toml"
    path.write_text(text)
    return read_config(path, {})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which packages are looked for."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def example(site: Path) -> Path:
    """The example of the page, installed."""
    project = tomllib.loads(EXAMPLE["pyproject.toml"])["project"]
    [(name, value)] = project["entry-points"]["fortnight.transports"].items()
    install(site, project["name"], f"{name} = {value}")
    for file, text in EXAMPLE.items():
        if file.endswith(".py"):
            (site / file).write_text(text)
    return site


def test_example_is_opened_with_its_settings(example: Path, tmp_path: Path) -> None:
    """The transport of the example opens by its name, and gets what its table says."""
    settings = config(tmp_path, EXAMPLE["config.toml"].replace("/usr/sbin/", "/opt/bin/"))

    transport = open_transport(settings)

    assert transport.name == "sendmail"
    assert transport.program == "/opt/bin/sendmail"  # type: ignore[attr-defined]


def test_example_passes_the_conformance_suite(example: Path, tmp_path: Path) -> None:
    """The tests of the example pass in a process of their own, as its author would run them."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--rootdir", str(example), "-W", "error"),
            *("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:django"),
            str(example / "test_fortnight_sendmail.py"),
        ],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{example}:{ROOT}"},
        cwd=example,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"1[0-9] passed", done.stdout), done.stdout


def test_name_of_no_transport_is_refused(site: Path, tmp_path: Path) -> None:
    """A name that nobody brings is an error in words, with the names that there are."""
    install(site, "courier", "courier = courier:PROVIDER")

    with pytest.raises(ConfigError) as raised:
        config(tmp_path, '[sending]\ntransport = "pigeon"\n')

    assert "[sending] transport" in str(raised.value)
    assert "courier, maildir, sendgrid, smtp" in str(raised.value)
    assert "pigeon" in str(raised.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "courier:PROVIDER (of courier) cannot be loaded: ModuleNotFoundError"),
        ("import nothing_like_this", "cannot be loaded: ModuleNotFoundError: No module named"),
        ("PROVIDERS = 1", "cannot be loaded: AttributeError"),
        ("PROVIDER = 'courier'", "is not a newsletter.transports.provider.Provider"),
        (
            WITHOUT_A_SETTING,
            "the transport 'courier' cannot be opened: KeyError: 'courier'",
        ),
    ],
    ids=["missing", "broken", "no such name", "something else", "fails"],
)
def test_broken_transport_is_named(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str | None, words: str
) -> None:
    """What is wrong with a package is said in words, with its name."""
    install(site, "courier", "courier = courier:PROVIDER")
    if code is not None:
        (site / "courier.py").write_text(code)
    monkeypatch.delitem(sys.modules, "courier", raising=False)
    settings = config(tmp_path, '[sending]\ntransport = "courier"\n')

    with pytest.raises(ConfigError) as raised:
        open_transport(settings)

    assert words in str(raised.value)
    assert raised.value.hint


def test_two_of_one_name_are_named(site: Path, tmp_path: Path) -> None:
    """Where two packages bring one name, neither is chosen by chance."""
    install(site, "courier", "courier = courier:PROVIDER")
    install(site, "courier-two", "courier = courier_two:PROVIDER")
    settings = config(tmp_path, '[sending]\ntransport = "courier"\n')

    with pytest.raises(ConfigError, match=r"of courier\) and courier_two"):
        open_transport(settings)


def test_own_transports_cannot_be_replaced(site: Path, tmp_path: Path) -> None:
    """A package that brings a transport by the name of one of ours changes nothing."""
    install(site, "courier", "maildir = courier:PROVIDER")

    transport = open_transport(config(tmp_path, '[sending]\ntransport = "maildir"\n'))

    assert type(transport).__module__.startswith("newsletter.")
