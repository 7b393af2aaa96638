"""Accessibility by axe-core, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from newsletter.errors import NotInstalled
from newsletter.phrases import phrase
from newsletter.rendering.preflight.browser import chromium
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

#: A mail is read inside of a page that has the landmarks.
_OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}},
}
_GRAVE = frozenset({"serious", "critical"})
_STYLE = re.compile(r"\sstyle=\"[^\"]*\"")
_MAX_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of axe-core that elements of a mail break; `elements` as HTML, `why` of the first."""

    rule: str
    grave: bool
    help: str
    why: str
    elements: tuple[str, ...]


def look_at(pages: Sequence[Page]) -> tuple[Finding, ...]:
    """Return what a Chromium of its own finds in finished mails; no network is asked.

    Raises `NotInstalled` where there is no axe-core, no Playwright or no Chromium.
    """
    _require_packages()
    program = chromium.find_chromium()
    # Playwright's event loop runs in the thread it is used in, where Django's database
    # then refuses to work.
    with ThreadPoolExecutor(1, thread_name_prefix="chromium") as thread:
        return thread.submit(_in_chromium, program, pages).result()


def check_accessibility(browser: Browser, pages: Sequence[Page]) -> tuple[Finding, ...]:
    """Return what is found in finished mails in a browser; what several share is said once."""
    seen: dict[Violation, list[Scheme]] = {}
    for page in pages:
        for scheme, violation in _violations(browser, page.parts.html):
            schemes = seen.setdefault(violation, [])
            schemes += () if scheme in schemes else (scheme,)
    return tuple(_finding(violation, schemes) for violation, schemes in seen.items())


def _require_packages() -> None:
    try:
        import axe_playwright_python
        import playwright
    except ImportError as error:
        raise NotInstalled(
            f"looking at a mail in a browser needs the package {error.name}",
            hint="Install both: pip install axe-playwright-python playwright",
        ) from None
    _ = (axe_playwright_python, playwright)


def _in_chromium(program: Path, pages: Sequence[Page]) -> tuple[Finding, ...]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        with browser:
            return check_accessibility(browser, pages)


def _violations(browser: Browser, html: str) -> Iterator[tuple[Scheme, Violation]]:
    from axe_playwright_python.sync_playwright import Axe

    # To open a window takes longer than to look at it again in other colours.
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.set_content(html, wait_until="domcontentloaded")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            results = Axe().run(page, options=_OPTIONS).response
            yield from ((scheme, _violation(each)) for each in results["violations"])


def _violation(result: dict[str, Any]) -> Violation:
    nodes = result["nodes"]
    checks = (each for kind in ("any", "all", "none") for each in nodes[0][kind])
    return Violation(
        rule=result["id"],
        grave=result["impact"] in _GRAVE,
        help=result["help"],
        why=next((each["message"] for each in checks), ""),
        elements=tuple(_short(each["html"]) for each in nodes),
    )


def _short(html: str) -> str:
    line = " ".join(_STYLE.sub("", html).split())
    return line if len(line) <= _MAX_CHARACTERS else f"{line[:_MAX_CHARACTERS]}…"


def _finding(violation: Violation, schemes: Sequence[Scheme]) -> Finding:
    first, *others = violation.elements
    # The words are axe-core's own; it has them in English.
    said = {"help": violation.help, "rule": violation.rule, "why": violation.why}
    if others:
        message = phrase(
            "{help} ({rule}): {element} and {number} more; {why}",
            element=first,
            number=len(others),
            **said,
        )
    else:
        message = phrase("{help} ({rule}): {element}; {why}", element=first, **said)
    where = "HTML" if len(schemes) == len(SCHEMES) else f"HTML in {schemes[0]}"
    code = "accessibility" if violation.grave else "accessibility-minor"
    return make_finding(code, message, where)
