"""Pictures of each template as Thunderbird shows it, in light and in dark.

    python -m tests.mjml_reference.thunderbird

Needs `thunderbird` and `Xvfb` (Debian: thunderbird, xvfb).  Thunderbird applies no media query in
an opened mail and makes its own dark colours, so what must hold everywhere is seen here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from PIL import Image, ImageChops, ImageGrab

from newsletter.rendering import load_template, template_names
from newsletter.rendering.pipeline import mail
from tests.environment import ROOT
from tests.unit.rendering.samples import ALL_BLOCKS, ANN, TEMPLATES

FOLDER = ROOT / "out" / "thunderbird"
#: Pixels of the screen; a whole mail stands on it.
WIDTH, HEIGHT = 760, 3400
DEADLINE_SECONDS = 90.0
#: How many pixels of one colour, in one row, are a line from edge to edge.
LINE = 400

_PREFERENCES = """
user_pref("app.update.auto", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.rights.version", 1);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mailnews.start_page.enabled", false);
user_pref("mailnews.start_page_override.mstone", "ignore");
user_pref("ui.systemUsesDarkTheme", {dark:d});
"""


def main() -> int:
    """Take the pictures; return 1 where the lines between the items of `roundup` are missing."""
    if missing := [each for each in ("thunderbird", "Xvfb") if not shutil.which(each)]:
        print(f"not looked at in Thunderbird: {', '.join(missing)} is not installed")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    with display() as name:
        for template in template_names(TEMPLATES):
            for dark in (False, True):
                picture = shown(message(template), name, dark=dark)
                path = FOLDER / f"{template}-{'dark' if dark else 'light'}.png"
                picture.save(path)
                print(path.relative_to(ROOT))
    colour = load_template(TEMPLATES, "roundup").theme["light"]["line"]
    drawn = lines(Image.open(FOLDER / "roundup-light.png"), colour)
    print(f"roundup: {drawn} lines from edge to edge")
    # Three items, three rows of a table, and two dividers.
    return int(drawn < 8)


def message(template: str) -> bytes:
    """Return the sample issue as a mail file."""
    made = mail.render(ALL_BLOCKS, load_template(TEMPLATES, template), ANN)
    whole = EmailMessage(policy=SMTP)
    whole["From"], whole["To"] = "digest@news.example.org", ANN.email
    whole["Subject"], whole["Date"] = made.subject, "Fri, 27 Nov 2026 10:00:00 +0000"
    whole.set_content(made.text)
    whole.add_alternative(made.html, subtype="html")
    return whole.as_bytes()


@contextmanager
def display() -> Iterator[str]:
    """Run a screen that nobody sees; yield its name, e.g. `:1`."""
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert screen.stdout
    try:
        yield f":{screen.stdout.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


def shown(mail_file: bytes, screen: str, *, dark: bool) -> Image.Image:
    """Open a mail file on a screen; return the picture once it no longer changes."""
    with tempfile.TemporaryDirectory() as name:
        profile, path = Path(name), Path(name) / "issue.eml"
        (profile / "user.js").write_text(_PREFERENCES.format(dark=dark))
        path.write_bytes(mail_file)
        program = subprocess.Popen(
            ["thunderbird", "--profile", name, "-file", str(path)],
            env={**os.environ, "DISPLAY": screen, "HOME": name, "GDK_BACKEND": "x11"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return unchanging(screen)
        finally:
            program.terminate()
            program.wait()


def unchanging(screen: str) -> Image.Image:
    """Return the picture of a screen that is full and has not changed for three seconds."""
    end = time.monotonic() + DEADLINE_SECONDS
    last, since = ImageGrab.grab(xdisplay=screen), time.monotonic()
    while time.monotonic() < end:
        time.sleep(0.5)
        picture = ImageGrab.grab(xdisplay=screen)
        if ImageChops.difference(picture, last).getbbox():
            last, since = picture, time.monotonic()
        elif time.monotonic() - since > 3 and len(picture.getcolors(1 << 24) or ()) > 200:
            return picture
    raise TimeoutError(f"Thunderbird showed no mail within {DEADLINE_SECONDS:.0f} s")


def lines(picture: Image.Image, colour: str) -> int:
    """Return how many horizontal lines of a colour such as `#1a2b3c` a picture has."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    pixels = picture.convert("RGB")
    rows = (
        sum(pixels.getpixel((x, y)) == wanted for x in range(pixels.width))
        for y in range(pixels.height)
    )
    drawn = [count >= LINE for count in rows]
    return sum(now and not before for before, now in zip([False, *drawn], drawn, strict=False))


if __name__ == "__main__":
    sys.exit(main())
