"""The time zone of this machine, for a workspace that is laid out on it."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Other names of the zone that every machine knows.
NAMES_OF_UTC = frozenset({"Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Zulu"})


def machine_zone() -> str | None:
    """Return the name of this machine's time zone; None where it has none, or one of its own."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
        ZoneInfo(name or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return "UTC" if name in NAMES_OF_UTC else name
