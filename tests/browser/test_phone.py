"""On a phone an issue opens with its form in sight, and what is pressed most is at hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from newsletter.publishing.models import Publication
from tests import desks
from tests.browser.composing import log_in, open_issue, until

PHONE = {"width": 390, "height": 844}


def is_whole(place: Locator) -> bool:
    """Say whether all of a thing is on the screen."""
    box = place.bounding_box()
    if box is None:
        return False
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return box["x"] >= 0 and right <= PHONE["width"] and box["y"] >= 0 and bottom <= PHONE["height"]


@pytest.mark.parametrize("window", [PHONE], ids=["phone"], indirect=True)
def test_the_form_is_in_sight(window: Page, desk: Publication) -> None:
    """No panel hides the form; where the issue stands, Save and Queue are on the screen."""
    issue = desks.draft(desk)
    log_in(window, "Senders")
    open_issue(window, issue)

    expect(window.locator("[data-side-panel=preview]")).to_be_hidden()
    band = window.get_by_role("region", name="Where the issue stands")
    expect(band.get_by_role("link", name="Check it")).to_be_visible()
    assert until(window, lambda: is_whole(band))
    window.locator("#id_preheader").scroll_into_view_if_needed()
    for place in (
        window.get_by_role("button", name="Save draft"),
        window.get_by_role("link", name="Queue…"),
    ):
        assert until(window, lambda place=place: is_whole(place))
