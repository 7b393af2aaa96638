"""Settings from the environment win; a variable that no setting has is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.errors import ConfigError


def read_with(folder: Path, text: str = "", **environ: str) -> Config:
    """Read a file of settings, and variables."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path, environ)


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    """Key by key: what the variables leave out comes from the file."""
    config = read_with(
        tmp_path, "[web]\nport = 1\nthreads = 2\n", NEWSLETTER_WEB_PORT="3", OTHER="4"
    )

    assert (config.web.port, config.web.threads) == (3, 2)


def test_lists_and_tables_come_as_people_write_them(tmp_path: Path) -> None:
    """Proxies between blanks, limits as in the file."""
    config = read_with(
        tmp_path,
        NEWSLETTER_WEB_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8",
        NEWSLETTER_RATES_DOMAINS='{"gmail.com" = "20 per second"}',
    )

    assert config.web.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert config.rates.domains == {"gmail.com": "20 per second"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("NEWSLETTER_WEB_PROT", "NEWSLETTER_WEB_PORT"),
        ("NEWSLETTER_DATABSE_URL", "NEWSLETTER_DATABASE_URL"),
        ("NEWSLETTER_CONFIGURATION", "NEWSLETTER_CONFIG"),
        ("NEWSLETTER_SECRETKEY", "NEWSLETTER_SECRET_KEY"),
        ("newsletter_web_port", "NEWSLETTER_WEB_PORT"),
    ],
)
def test_a_misspelt_variable_is_refused(tmp_path: Path, name: str, meant: str) -> None:
    """With the one that was meant; its value, which may be a password, is not shown."""
    with pytest.raises(ConfigError) as refused:
        read_with(tmp_path, **{name: "SECRET"})

    assert str(refused.value) == f"the variable {name} is no setting; did you mean {meant}?"
    assert "SECRET" not in refused.value.hint


def test_variables_that_settings_name_are_none(tmp_path: Path) -> None:
    """A secret may stand in a variable that begins like ours."""
    config = read_with(
        tmp_path,
        '[sendgrid]\napi_key_env = "NEWSLETTER_SENDGRID_KEY"\n'
        '[transports.pigeon]\nseed_env = "NEWSLETTER_PIGEON_SEED"\n',
        NEWSLETTER_SENDGRID_KEY="SG.x",
        NEWSLETTER_PIGEON_SEED="rye",
        NEWSLETTER_SECRET_KEY="s",
        NEWSLETTER_OLD_SECRET_KEYS="",
        NEWSLETTER_CONFIG="config.toml",
    )

    assert config.sendgrid.api_key_env == "NEWSLETTER_SENDGRID_KEY"


def test_a_bad_value_names_its_variable(tmp_path: Path) -> None:
    """In the file somebody would look for it in vain."""
    with pytest.raises(ConfigError) as refused:
        read_with(tmp_path, "[web]\nport = 80\n", NEWSLETTER_WEB_PORT="tcp://10.0.0.1:80")

    assert str(refused.value) == (
        "NEWSLETTER_WEB_PORT: [web] port: must be a whole number (it is 'tcp://10.0.0.1:80')"
    )
