"""Domains that look mistyped are found, real ones are not."""

from __future__ import annotations

import pytest

from subscribers.sign_up.typos import REAL, WELL_KNOWN, suggest_address, suggest_domain


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmal.com", "gmail.com"),
        ("gmaiil.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yahoo.co.jo", "yahoo.co.jp"),
        ("docomo.ne.jo", "docomo.ne.jp"),
        ("OUTLOK.com", "outlook.com"),
    ],
)
def test_one_slip_is_found(typed: str, meant: str) -> None:
    """A letter more, less or other, or two swapped."""
    assert suggest_domain(typed) == meant


@pytest.mark.parametrize("domain", [*WELL_KNOWN, *sorted(REAL), "example.org", "me.co", "x.jp"])
def test_a_real_domain_is_not_asked_about(domain: str) -> None:
    """Neither a large service nor anything that is far from one."""
    assert suggest_domain(domain) == ""


def test_the_part_before_the_sign_is_kept() -> None:
    """Only the domain is another one."""
    assert suggest_address("Jane.Doe+x@gmial.com") == "Jane.Doe+x@gmail.com"
