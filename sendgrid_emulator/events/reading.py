"""What readers do with a mail: SendGrid hears of it only where the request has it tracked.

Sources: the settings of Mail Send (`tracking_settings`), and for `clicktracking` "Click Tracking".
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

from sendgrid_emulator.events.delivery_scenarios import Scenario, Step, step_of_reader
from sendgrid_emulator.state.messages import Accepted, Message

#: The setting that each of these events needs.
SETTINGS = {"open": "open_tracking", "click": "click_tracking"}
_LINK = re.compile(r"""<a\b(?:[^<>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_ADDRESS = re.compile(r"""\bhref\s*=\s*["']?(https?://[^"'>\s]+)""", re.IGNORECASE)
_UNTRACKED = re.compile(r"""\bclicktracking\s*=\s*["']?off\b""", re.IGNORECASE)


def is_tracked(request: Accepted, event: str) -> bool:
    """Return whether an event of a reader is heard of; those of servers always are."""
    name = SETTINGS.get(event)
    settings = request.payload.get("tracking_settings", {}) if name else {}
    return name is None or settings.get(name, {}).get("enable") is True


def tracked_links(message: Message) -> list[str]:
    """Return the links of the HTML part that SendGrid would rewrite, in their order."""
    if not is_tracked(message.request, "click"):
        return []
    links = (link for link in _LINK.findall(message.html) if not _UNTRACKED.search(link))
    found = (html.unescape(address[1]) for link in links if (address := _ADDRESS.search(link)))
    return list(dict.fromkeys(found))


def heard(message: Message, scenario: Scenario) -> Scenario:
    """Return the steps of a scenario that SendGrid hears of; a click is on the first link."""
    return tuple(
        on_first_link(message, step) if step.event == "click" else step
        for step in scenario
        if is_tracked(message.request, step.event)
    )


def on_first_link(message: Message, step: Step) -> Step:
    """Return a click on the first link of a mail that is tracked, if it has one."""
    links = tracked_links(message)
    return replace(step, details={**step.details, "url": links[0]}) if links else step


def act_of(message: Message, act: str, url: str, after: float) -> Step | None:
    """Return what a person does: `open`, `machineopen` or `click`; None where nobody hears of it.

    A click is on one of the tracked links.
    """
    step = step_of_reader(act)
    if step is None or not is_tracked(message.request, step.event):
        return None
    if step.event == "click":
        if url not in tracked_links(message):
            return None
        step = replace(step, details={**step.details, "url": url})
    return replace(step, after=after)
