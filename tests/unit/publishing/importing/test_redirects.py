"""Google's redirects lead back to where they lead, and nothing else is touched."""

from __future__ import annotations

import pytest

from newsletter.publishing.importing.redirects import unwrap_redirects

LONG = "https://www.google.com/url?q=https://example.org/x&amp;sa=D&amp;source=editors&amp;ust=1"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"[a]({LONG})", "[a](https://example.org/x)"),
        (f"See {LONG} and", "See https://example.org/x and"),
        (f"[a]: <{LONG}>", "[a]: <https://example.org/x>"),
        ("<https://google.co.uk/url?sa=t&url=https://e.org/%C3%A4>", "<https://e.org/%C3%A4>"),
        ("[a](https://www.google.de/url?q=https://e.org/A_(b)&sa=D)", "[a](https://e.org/A_%28b%29)"),
        ("[a](https://www.google.com/url?q=https://e.org/a%2520b)", "[a](https://e.org/a%20b)"),
        ("[a](https://www.google.com/url?q=https://e.org/%23top)", "[a](https://e.org/#top)"),
        (
            "[a](https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%3A%2F%2Fe.org)",
            "[a](https://e.org)",
        ),
    ],
)  # fmt: skip
def test_unwrapped(text: str, shown: str) -> None:
    """`q` or `url` says where a redirect leads, in every spelling of a link."""
    assert unwrap_redirects(text) == (shown, 1)


@pytest.mark.parametrize(
    "text",
    [
        f"`{LONG}`",
        f"```\n{LONG}\n```",
        f"~~~\n{LONG}\n~~~",
        "[a](https://www.google.com/search?q=https://example.org)",
        "[a](https://www.google.com/url?q=javascript:alert)",
        "[a](https://www.google.com/url?sa=D)",
        "[a](https://google.com.evil.example/url?q=https://example.org)",
        "[a](https://example.org/url?q=https://example.com)",
    ],
)
def test_what_stays(text: str) -> None:
    """Code, searches and other hosts are none."""
    assert unwrap_redirects(text) == (text, 0)
