"""Host names as they travel, and where an internationalised address of the site goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.conf.config import read_config
from newsletter.errors import ConfigError
from newsletter.hostnames import ascii_host, ascii_mailbox, ascii_url
from newsletter.mime import encode_header, mailbox_header
from subscribers.links import unsubscribe_url


def base_url(folder: Path, written: str) -> str:
    """Return `[site] base_url` as the program has it."""
    path = folder / "config.toml"
    path.write_text(f'[site]\nbase_url = "{written}"\n', encoding="utf-8")
    return read_config(path, {}).site.base_url


@pytest.mark.parametrize(
    ("written", "travels"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://例え。テスト", "https://xn--r8jz45g.xn--zckzah"),
        ("https://ｎｅｗｓ.example", "https://news.example"),
        ("https://bücher.example:8443", "https://xn--bcher-kva.example:8443"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("HTTPS://News.Example.org", "https://news.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_the_address_of_the_site_is_ascii(tmp_path: Path, written: str, travels: str) -> None:
    """However it is written, what goes into links, headers and feeds is ASCII (RFC 5890)."""
    found = base_url(tmp_path, written)

    assert found == travels
    link = f"<{unsubscribe_url(found, 5, [1])}>"
    assert encode_header("List-Unsubscribe", link) == f"List-Unsubscribe: {link}\r\n".encode()


@pytest.mark.parametrize(
    "written",
    ["https://-ü.example", "https://" + "ü" * 80 + ".example", "https://a..ü", "https://u@a.example",
     "https://a.example?x=1", "https://a.example#x", "https://a.example:99999",
     "https://a.example/news/..", "https://a.example/nö/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(tmp_path: Path, written: str) -> None:
    """In words that name file and key."""
    with pytest.raises(
        ConfigError, match=r"config\.toml: \[site\] base_url: must (be an address|have a path)"
    ):
        base_url(tmp_path, written)


def test_hosts_and_urls() -> None:
    """Without a host there is no address; an address of a number is none to be mapped."""
    assert ascii_host("b%c3%bccher.example") == "xn--bcher-kva.example"
    assert ascii_host("192.0.2.1") == "192.0.2.1"
    assert ascii_url("https://Bücher.example/a%20b?q=ü") == (
        "https://xn--bcher-kva.example/a%20b?q=%C3%BC"
    )
    with pytest.raises(ValueError, match="no host"):
        ascii_url("https:///x")


@pytest.mark.parametrize(
    ("written", "travels"),
    [
        ("news@bücher.example", "news@xn--bcher-kva.example"),
        ("news@example.org", "news@example.org"),
        ("nobody", "nobody"),
        ("news@..ü", "news@..ü"),
    ],
)
def test_mailboxes(written: str, travels: str) -> None:
    """The domain of a sender travels in ASCII, too; what is not an address is left alone."""
    assert ascii_mailbox(written) == travels
    assert mailbox_header("From", "", "news@bücher.example") == (
        b"From: news@xn--bcher-kva.example\r\n"
    )
