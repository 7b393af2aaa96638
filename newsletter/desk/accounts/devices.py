"""A browser and a machine in words, from what the browser says of itself."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.utils.translation import gettext as _

#: What a name of a browser is known by; the first that fits, as many say that they are others, too.
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
#: Bits of an address that are kept: enough to tell one's home from another country.
KEPT_BITS = {4: 16, 6: 32}
#: The version of addresses with four parts.
WITH_FOUR_PARTS = 4


def describe_device(browser: str) -> str:
    """Return the browser and the machine: `Firefox on Windows`."""
    program = next((name for sign, name in BROWSERS if sign in browser), "")
    machine = next((name for sign, name in MACHINES if sign in browser), "")
    if program and machine:
        return _("{browser} on {machine}").format(browser=program, machine=machine)
    return program or machine or _("An unknown browser")


def network_of(address: str) -> str:
    """Return the part of an address that is kept, as people write it: `203.0.x.x`."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    kept = ip_network((found, KEPT_BITS[found.version]), strict=False).network_address
    if found.version == WITH_FOUR_PARTS:
        return ".".join([*str(kept).split(".")[:2], "x", "x"])
    return f"{':'.join(kept.exploded.split(':')[:2])}:…"
