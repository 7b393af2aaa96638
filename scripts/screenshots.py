#!/usr/bin/env python3
"""Take the pictures of the desk that docs/ shows, into docs/images/.

`make screenshots` makes a workspace with an invented newsletter, starts the real service on this
machine with an emulator of SendGrid, drives Chromium through the desk, and writes WebP files.

`make screenshots ARGS="--every-page FOLDER"` writes every page instead, wide, narrow, dark and in
Japanese, to be looked at.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from newsletter.conf.workspace import lay_out
from newsletter.rendering.preflight.browser.chromium import FLAGS, find_chromium
from newsletter.runtime.startup import create_database
from scripts.shown_workspace import DRAFT, PASSWORD, Newsletter
from sendgrid_emulator import Emulator

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
#: Of WebP: text stays sharp, and all pictures together small.
QUALITY = 72
#: Width and height of the windows, in CSS pixels, and dots to each of them.
DESKTOP, PHONE = (1280, 800), (390, 780)
DENSITY = {DESKTOP: 1.25, PHONE: 1.5}
#: A page scrolls inside of its frame: this high a window shows all of nearly every page.
WHOLE = 2400
#: Milliseconds that a page may take.
TIMEOUT_MS = 120_000

Act = Callable[["Page"], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """One picture: the page, the window, and what is done before."""

    name: str
    path: str
    size: tuple[int, int] = DESKTOP
    dark: bool = False
    language: str = "en"
    act: Act | None = None


def show_preview(page: Page) -> None:
    """Wait until the mail stands beside the form."""
    frame = page.frame_locator("[data-side-panel=preview] iframe").last
    frame.locator("h2").first.wait_for()
    page.wait_for_timeout(1200)


def show_phone_preview(page: Page) -> None:
    """Have the preview show a phone in dark."""
    show_preview(page)
    page.locator("[name=desk-preview-size][value=phone]").check(force=True)
    page.locator("[name=desk-preview-dark]").check(force=True)
    page.wait_for_timeout(800)


def bring_in(page: Page) -> None:
    """Paste a text, and wait for what becomes of it."""
    text = re.sub(r"^(image|alt|credit): .*\n", "", DRAFT, flags=re.MULTILINE)
    text = text.replace("Vol 1.4", "Vol 1.5").replace("number: 4", "number: 5")
    page.locator("textarea[name=text]").fill(text.format(date="2027-01-14"))
    page.get_by_role("button", name="See what becomes of it").click()
    page.wait_for_url(re.compile(r"bring-in/[\w-]+/"))


def show_findings(page: Page) -> None:
    """Wait until the band says what the check finds."""
    page.locator(".desk-live").wait_for()


#: Every picture that docs/ shows. `{draft}` and the like are filled in.
SHOTS: tuple[Shot, ...] = (
    Shot(name="home", path=""),
    Shot(name="home-phone", path="", size=PHONE),
    Shot(name="report", path="report/issues/{sent}/"),
    Shot(name="growth-dark", path="report/growth/{publication}/", dark=True),
    Shot(name="composer", path="pages/{draft}/edit/", act=show_preview),
    Shot(name="composer-dark", path="pages/{draft}/edit/", dark=True, act=show_phone_preview),
    Shot(name="composer-phone", path="pages/{draft}/edit/", size=PHONE, act=show_findings),
    Shot(name="composer-japanese", path="pages/{japanese}/edit/", language="ja", act=show_preview),
    Shot(name="bring-in", path="bring-in/", act=bring_in),
    Shot(name="check", path="issues/{draft}/check/"),
    Shot(name="queue", path="issues/{draft}/queue/"),
    Shot(name="send", path="sends/{send}/"),
    Shot(name="look", path="publications/look/{publication}/"),
    Shot(name="calendar", path="calendar/?publication={slug}&month={month}"),
    Shot(name="calendar-phone-japanese", path="calendar/", size=PHONE, language="ja"),
)

#: What `--every-page` looks at, besides.
PAGES: dict[str, str] = {
    "home": "",
    "issues": "issues/",
    "composer": "pages/{draft}/edit/",
    "sent-composer": "pages/{sent}/edit/",
    "check": "issues/{draft}/check/",
    "test": "issues/{draft}/test/",
    "queue": "issues/{draft}/queue/",
    "approval": "issues/{draft}/approval/",
    "history": "issues/{draft}/history/",
    "compare": "issues/{sent}/compare/",
    "skeleton": "issues/{draft}/skeleton/",
    "bring-in": "bring-in/",
    "calendar": "calendar/",
    "calendar-list": "calendar/?view=list",
    "slot": "calendar/{slug}/{slot}/",
    "feeds": "calendar/feeds/",
    "sends": "sends/",
    "send": "sends/{send}/",
    "people-of-send": "sends/{send}/people/",
    "jobs": "jobs/",
    "system-check": "system-check/",
    "reports": "report/",
    "issue-report": "report/issues/{sent}/",
    "growth": "report/growth/{publication}/",
    "history-of-all": "report/history/",
    "search": "search/?q=ferry",
    "subscribers": "subscribers/",
    "suppressions": "suppressions/",
    "images": "images/",
    "publications": "publications/",
    "settings": "publications/edit/{publication}/",
    "look": "publications/look/{publication}/",
    "account": "account/",
    "security": "account/security/",
    "users": "users/",
}


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these pictures (default: all)")
    parser.add_argument("--every-page", type=Path, metavar="FOLDER", help="every page, to look at")
    chosen = parser.parse_args()
    with newsletter() as (base, known), browser() as chromium:
        camera = Camera(chromium, base, known)
        if chosen.every_page:
            camera.take_every_page(chosen.every_page, chosen.names)
        else:
            camera.take(IMAGES, [s for s in SHOTS if not chosen.names or s.name in chosen.names])


@contextmanager
def newsletter() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the address of a service with the invented newsletter, and what addresses name."""
    with (
        tempfile.TemporaryDirectory(prefix="fortnight-pictures-") as folder,
        Emulator() as sendgrid,
    ):
        place = Path(folder) / "workspace"
        webhook = sendgrid.post_events_to("http://127.0.0.1:9/")
        port = free_port(0)
        os.environ |= {
            "NEWSLETTER_CONFIG": str(lay_out(place, site_name="Tideline Digest")),
            "NEWSLETTER_SENDGRID_BASE_URL": sendgrid.url,
            "NEWSLETTER_SENDING_UNDO_SECONDS": "0",
            "NEWSLETTER_SITE_BASE_URL": f"http://127.0.0.1:{port}",
            "NEWSLETTER_WEB_PORT": str(port),
            "SENDGRID_WEBHOOK_KEYS": webhook.signer.public_key,
        }
        settings = create_database("Tideline Digest", "Tideline, 7 Quay Street, Harbour Town")
        from newsletter.runtime.service import Service
        from subscribers.keys import check_keys

        check_keys()
        service = Service(settings)
        service.start()
        webhook.url = f"{service.address}/events/sendgrid"
        try:
            shown = Newsletter(place)
            shown.build()
            yield service.address, names_of(shown)
        finally:
            service.stop()


def free_port(wanted: int) -> int:
    """Return a free port of this machine."""
    from newsletter.runtime.listening import find_free_port

    return find_free_port(wanted)


def names_of(shown: Newsletter) -> dict[str, Any]:
    """Return what stands in the addresses of pages."""
    return {
        "draft": shown.draft.pk,
        "japanese": shown.japanese.pk,
        "publication": shown.publication.pk,
        "slug": shown.publication.slug,
        "slot": shown.publication.starts_on.isoformat(),
        "month": f"{shown.publication.starts_on:%Y-%m}",
        "send": shown.sends[-1].pk,
        "sent": shown.sends[-1].issue_id,
        "users": {language: user.username for language, user in shown.users.items()},
    }


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a Chromium that stays on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield started
        started.close()


class Camera:
    """A browser in front of the desk; logs in once for each kind of window."""

    def __init__(self, chromium: Browser, base: str, known: dict[str, Any]) -> None:
        self.chromium, self.base, self.known = chromium, base, known
        self.states: dict[str, Any] = {}

    def take(self, folder: Path, shots: list[Shot]) -> None:
        """Write some pictures as WebP, and say how large they are."""
        folder.mkdir(parents=True, exist_ok=True)
        for shot in shots:
            path = folder / f"{shot.name}.webp"
            path.write_bytes(as_webp(self.picture(shot)))
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB", flush=True)

    def take_every_page(self, folder: Path, names: list[str]) -> None:
        """Write every page, or some, in each form as PNG; whole pages."""
        folder.mkdir(parents=True, exist_ok=True)
        forms: dict[str, dict[str, Any]] = {
            "wide": {},
            "dark": {"dark": True},
            "phone": {"size": PHONE},
            "phone-dark-ja": {"size": PHONE, "dark": True, "language": "ja"},
        }
        for name, path in PAGES.items():
            for form, options in forms.items():
                if not names or name in names:
                    shot = Shot(name=name, path=path, **options)
                    (folder / f"{name}.{form}.png").write_bytes(self.picture(shot, whole=True))

    def picture(self, shot: Shot, *, whole: bool = False) -> bytes:
        """Return a picture as PNG."""
        context = self.chromium.new_context(
            base_url=self.base,
            viewport={"width": shot.size[0], "height": WHOLE if whole else shot.size[1]},
            device_scale_factor=1 if whole else DENSITY[shot.size],
            color_scheme="dark" if shot.dark else "light",
            reduced_motion="reduce",
            locale=shot.language,
            storage_state=self.logged_in(shot.language),
        )
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(f"/admin/{shot.path.format(**self.known)}")
        page.wait_for_load_state("networkidle")
        if shot.act:
            shot.act(page)
        taken = page.screenshot(animations="disabled", caret="hide")
        context.close()
        return taken

    def logged_in(self, language: str) -> Any:
        """Return the cookies of the person of a language."""
        if language not in self.states:
            context = self.chromium.new_context(base_url=self.base)
            page = context.new_page()
            page.goto("/admin/login/")
            page.fill("[name=username]", self.known["users"][language])
            page.fill("[name=password]", PASSWORD)
            page.locator("button[type=submit]").first.click()
            page.wait_for_url("**/admin/")
            self.states[language] = context.storage_state()
            context.close()
        return self.states[language]


def as_webp(png: bytes) -> bytes:
    """Return a picture as WebP."""
    written = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


if __name__ == "__main__":
    main()
