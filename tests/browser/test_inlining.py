"""Inlining changes no computed style, on any screen, in light or dark."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from playwright.sync_api import Browser

from newsletter.rendering import load_template, template_names
from newsletter.rendering.content import Content
from newsletter.rendering.pipeline import inlining, mail, mjml
from tests.unit.rendering import samples

#: Two documents side by side, each as wide as asked; the computed properties that differ.
COMPARE = """([before, after, width]) => {
  const load = html => {
    const frame = Object.assign(document.createElement('iframe'), {width, height: 900});
    document.body.append(frame);
    const inside = frame.contentDocument;
    inside.open();
    inside.write(html);
    inside.close();
    return [...inside.querySelectorAll('html, body, body *')];
  };
  const style = element => element.ownerDocument.defaultView.getComputedStyle(element);
  // Every element has the same properties, but for those that a style sheet makes up.
  const names = [...style(document.body)];
  const changes = (one, other) => {
    const found = [];
    for (const name of one.length === names.length ? names : [...one]) {
      const was = one.getPropertyValue(name), is = other.getPropertyValue(name);
      if (was !== is) found.push(`${name}: ${was} -> ${is}`);
    }
    return found;
  };
  const [old, fresh] = [load(before), load(after)];
  const differing = old.flatMap((element, i) => {
    const found = changes(style(element), style(fresh[i]));
    const same = element.tagName === fresh[i].tagName && !found.length;
    return same ? [] : [[element.outerHTML.slice(0, 80), found]];
  });
  document.body.replaceChildren();
  return [old.length, fresh.length, differing];
}"""


@pytest.mark.parametrize("template", template_names(samples.TEMPLATES))
@pytest.mark.parametrize(
    "content",
    [
        pytest.param(samples.ALL_BLOCKS, id="all-blocks"),
        pytest.param(samples.JAPANESE, id="japanese"),
        pytest.param(samples.ARABIC, id="arabic"),
    ],
)
@pytest.mark.parametrize("inliner", get_args(inlining.Inliner))
def test_computed_styles_stay(
    browser: Browser, content: Content, inliner: inlining.Inliner, template: str
) -> None:
    """Every element looks as it would with its style sheets alone, in each template."""
    loaded = load_template(samples.TEMPLATES, template)
    source = mail.render(content, loaded, samples.ANN).mjml
    document = mjml.to_html(source)
    inlined = inlining.inline_rules(document, inliner)

    assert inlined.count("style=") > document.count("style=")
    page = browser.new_context(offline=True).new_page()
    for width, scheme in product((320, 600, 1200), ("light", "dark")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        before, after, differing = page.evaluate(COMPARE, [document, inlined, width])

        assert before == after > 100
        assert differing == []
    page.context.close()
