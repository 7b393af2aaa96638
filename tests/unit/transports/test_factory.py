"""The transport that config.toml names is the one that is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.errors import ConfigError
from newsletter.transports.factory import open_transport
from newsletter.transports.smtp.provider import greeting_for


def config(folder: Path, **environment: str) -> Config:
    """Return the settings of an empty file with some variables set."""
    path = folder / "config.toml"
    path.write_text("")
    return read_config(
        path, {f"NEWSLETTER_{name.upper()}": value for name, value in environment.items()}
    )


@pytest.mark.parametrize("name", ["sendgrid", "smtp", "maildir"])
def test_named_transport_is_opened(tmp_path: Path, name: str) -> None:
    """Each name opens its transport, and nothing is connected to or written by it."""
    transport = open_transport(config(tmp_path, sending_transport=name))

    assert transport.name == name
    transport.close()
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"sending_transport": "pigeon"}, ["[sending] transport", "pigeon"]),
        (
            {"smtp_host": "mail.tideline.example", "smtp_security": "none"},
            ["[smtp] security", "starttls", "insecure"],
        ),
        ({"smtp_port": "70000"}, ["[smtp] port"]),
    ],
)
def test_setting_that_cannot_be_is_refused(
    tmp_path: Path, settings: dict[str, str], words: list[str]
) -> None:
    """A setting that would go wrong is an error with its key and the way out."""
    with pytest.raises(ConfigError) as raised:
        config(tmp_path, **settings)

    assert all(word in str(raised.value) for word in words)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_in_the_clear_on_this_machine(tmp_path: Path, host: str) -> None:
    """On this machine nothing needs to be encrypted."""
    assert config(tmp_path, smtp_host=host, smtp_security="none").smtp.security == "none"


def test_in_the_clear_by_choice(tmp_path: Path) -> None:
    """Elsewhere it has to be asked for."""
    chosen = config(tmp_path, smtp_host="mail.example", smtp_insecure="true", smtp_security="none")

    assert chosen.smtp.security == "none"


def test_password_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a user, the variable of the password must be set; the error names it."""
    monkeypatch.delenv("SMTP_PASSWORD", raising=False)
    chosen = config(tmp_path, sending_transport="smtp", smtp_user="tideline")

    with pytest.raises(ConfigError) as raised:
        open_transport(chosen)

    assert "SMTP_PASSWORD" in str(raised.value)
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    open_transport(chosen).close()


def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    """A file of certificates that does not exist is an error, before anything is sent."""
    chosen = config(tmp_path, sending_transport="smtp", smtp_ca_file="own.pem")

    with pytest.raises(ConfigError) as raised:
        open_transport(chosen)

    assert "own.pem" in str(raised.value)


@pytest.mark.parametrize(
    "key", ["SG.key\nX: y", "SG.schlüssel", "SG.a b", "SG.\u200bx", "SG.\x00", "ключ"]
)
def test_key_that_cannot_travel_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    """A key with letters that no header takes stops at the start; its variable is named alone."""
    chosen = config(tmp_path)

    with pytest.raises(ConfigError) as raised:
        chosen.sendgrid_key({"SENDGRID_API_KEY": key})

    assert "SENDGRID_API_KEY" in str(raised.value)
    assert "SG." not in str(raised.value)
    assert chosen.sendgrid_key({"SENDGRID_API_KEY": " SG.good\n"}) == "SG.good"


@pytest.mark.parametrize("password", [" secret", "secret\n", "sec\tret", "sec\x7fret", "\udcffx"])
def test_password_with_blanks_around_is_named(tmp_path: Path, password: str) -> None:
    """A password that was copied with a line end stops at the start; only its variable is named."""
    chosen = config(tmp_path, smtp_user="tideline")

    with pytest.raises(ConfigError) as raised:
        chosen.smtp_password({"SMTP_PASSWORD": password})

    assert "SMTP_PASSWORD" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("password", ["pässwörd", "パスワード", "пароль", "a b", "p\u00a0q"])
def test_password_of_any_script_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """Letters beyond ASCII are no mistake."""
    monkeypatch.setenv("SMTP_PASSWORD", password)
    chosen = config(tmp_path, sending_transport="smtp", smtp_user="müller")

    open_transport(chosen).close()


def test_password_that_no_login_may_hold_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What RFC 4013 forbids stops at the start."""
    monkeypatch.setenv("SMTP_PASSWORD", "a\u06271")
    chosen = config(tmp_path, sending_transport="smtp", smtp_user="tideline")

    with pytest.raises(ConfigError, match="SMTP_PASSWORD"):
        open_transport(chosen)


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"site_base_url": "https://news.tideline.example"}, "news.tideline.example"),
        ({"site_base_url": "https://bücher.example"}, "xn--bcher-kva.example"),
        ({"site_base_url": "https://192.0.2.1:8000"}, "[192.0.2.1]"),
        ({"site_base_url": "http://127.0.0.1:8000"}, ""),
        ({"site_base_url": "http://localhost:8000"}, ""),
        ({"smtp_hello": "bücher.example"}, "xn--bcher-kva.example"),
        ({"smtp_hello": "[IPv6:2001:db8::1]"}, "[IPv6:2001:db8::1]"),
        ({"smtp_hello": "relay"}, "relay"),
    ],
)
def test_name_to_greet_with(tmp_path: Path, settings: dict[str, str], name: str) -> None:
    """A mail server is greeted with a name that the world knows, or with the one that is set."""
    assert greeting_for(config(tmp_path, **settings)) == name


@pytest.mark.parametrize("name", ["a b", "-x.example", "x\r\nMAIL", "a..b", "ex_ample.org"])
def test_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """What is no host name never reaches a server."""
    with pytest.raises(ConfigError, match=r"\[smtp\] hello"):
        config(tmp_path, smtp_hello=name)
