"""Run both renderers side by side, report, and write down what the official one says.

    make mjml-reference

Needs npm.  The tests then hold ours against what was written, wherever they run.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.mjml_reference import attributes, known, pixels, rendering, structure, table, thunderbird


def main() -> int:
    """Measure samples, attributes and templates; return 1 where a template differs again."""
    write_samples()
    attributes.write_changes(attributes.changes(rendering.render_official))
    table.DOCUMENT.write_text(table.document(), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        news = report(browser)
    return max(news, thunderbird.main())


def write_samples() -> None:
    """Keep what the official MJML makes of each sample, and of no other."""
    documents = rendering.render_official(rendering.load_samples())
    for old in rendering.OFFICIAL.glob("*.html"):
        old.unlink()
    for name, document in documents.items():
        (rendering.OFFICIAL / f"{name}.html").write_text(document, "utf-8")


def report(browser: Browser) -> int:
    """Print what differs, in samples and in templates; return 1 for news in a template."""
    templates = rendering.templates()
    sources = {**rendering.load_samples(), **templates}
    official, ours = rendering.render_official(sources), rendering.render_ours(sources)
    pairs = {name: (official[name], ours[name]) for name in sources}
    shares = {width: pixels.shares(browser, width, pairs) for width in pixels.WIDTHS}
    print(
        f"{'':<28}" + "".join(f"{width:>8} px" for width in shares) + "  differences in structure"
    )
    news = 0
    for name, pair in pairs.items():
        found = structure.differences(*pair)
        drawn = [share[name] for share in shares.values()]
        print(f"{name:<28}" + "".join(f"{share:>11.2%}" for share in drawn) + f"  {len(found)}")
        if name in templates:
            fresh = [str(each) for each in found if not known.is_listed(str(each))]
            print(*(f"  new: {line}" for line in fresh), sep="\n", end="\n" * bool(fresh))
            news += len(fresh) + (max(drawn) > pixels.TOLERANCE)
    return int(news > 0)


if __name__ == "__main__":
    sys.exit(main())
