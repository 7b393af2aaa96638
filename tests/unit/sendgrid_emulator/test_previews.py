"""A mail's HTML, made safe to look at in light and dark."""

from __future__ import annotations

import pytest

from sendgrid_emulator.ui.previews import CONTENT_POLICY, preview_mail

MAIL = (
    "<!doctype html><html><head><style>@media (prefers-color-scheme: dark) {p {color: white}}"
    "@media (PREFERS-COLOR-SCHEME:light){p{color:black}}</style></head><body><p>x</p></body></html>"
)


@pytest.mark.parametrize(
    ("scheme", "dark", "light"), [("dark", "min", "max"), ("light", "max", "min")]
)
def test_the_preference_is_decided(scheme: str, dark: str, light: str) -> None:
    """Rules for the chosen scheme hold, rules for the other do not, however they are written."""
    shown = preview_mail(MAIL, scheme)

    assert f"@media ({dark}-width:0) {{p {{color: white}}}}" in shown
    assert f"@media ({light}-width:0){{p{{color:black}}}}" in shown
    assert f":root{{color-scheme:{scheme}}}" in shown


def test_a_mail_without_a_dark_side_stays_light() -> None:
    """A mail that does not speak of dark mode is shown on light ground."""
    assert ":root{color-scheme:light}" in preview_mail("<p>plain</p>", "dark")


@pytest.mark.parametrize(
    ("html", "start"),
    [
        ("<!DOCTYPE html><html><HEAD id=a><title>", "<!DOCTYPE html><html><HEAD id=a><base "),
        ("<!doctype html><html lang=ja><body>", "<!doctype html><html lang=ja><base "),
        ("<!doctype html><p>", "<!doctype html><base "),
        ("<p>", "<base "),
    ],
)
def test_links_open_in_a_tab_of_their_own(html: str, start: str) -> None:
    """The base target is put into the head, and never before the doctype."""
    assert preview_mail(html, "light").startswith(start + 'target="_blank">')


def test_nothing_runs() -> None:
    """The policy for a mail allows images and its own styles, and no scripts or forms."""
    allowed = dict(part.strip().split(" ", 1) for part in CONTENT_POLICY.split(";"))

    assert allowed["default-src"] == "'none'"
    assert "allow-scripts" not in allowed["sandbox"]
    assert "allow-same-origin" not in allowed["sandbox"]
    assert not {"script-src", "connect-src"} & set(allowed)
