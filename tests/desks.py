"""A publication with a desk, for the tests of `publishing` and `desk` and those in the browser."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.contrib.auth.models import Group, User
from PIL import Image as Pillow

from newsletter.publishing.content import pictures
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.starting import store_issue
from tests.publications import create_issue

PASSWORD = "a-harbour-at-dusk"


def picture(
    *, size: tuple[int, int] = (1800, 900), form: str = "PNG", colour: str = "teal"
) -> bytes:
    """Return the bytes of a picture."""
    drawn = io.BytesIO()
    Pillow.new("RGB", size, colour).save(drawn, form)
    return drawn.getvalue()


def stored_picture(**kwargs: Any) -> Any:
    """Return a picture in the library."""
    return pictures.store_picture(picture(**kwargs), name="quay.png", description="A quay")


def digest(*headlines: str) -> tuple[str, dict[str, Any]]:
    """Return a digest with a short text below each headline."""
    items = [
        {"headline": headline, "body": f"<p>About {headline}.</p>", "markdown": ""}
        for headline in headlines
    ]
    return "digest", {"show_headlines": True, "items": items}


def draft(publication: Publication, number: int = 1, **fields: Any) -> Issue:
    """Return a stored draft, Vol 1.`number` unless said otherwise."""
    return created(publication, "draft", number, fields)


def created(publication: Publication, what: str, number: int, fields: dict[str, Any]) -> Issue:
    """Return an issue of such fields: written again where one was made in the same database.

    Not where a field is more than what it says of itself, such as a picture.
    """
    make = {"draft": make_draft, "on the web": make_public}[what]
    if not is_plain(fields):
        return make(publication, number, fields)
    key = (what, number, repr(sorted(fields.items())))
    return create_issue(publication, key, lambda: make(publication, number, fields))


def is_plain(value: object) -> bool:
    """Say whether a value is made of texts, numbers and days alone."""
    if isinstance(value, dict):
        return all(map(is_plain, value.items()))
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, str | int | float | dt.date)


def make_draft(publication: Publication, number: int, fields: dict[str, Any]) -> Issue:
    """Store a draft as the product does."""
    given = {
        "volume": 1,
        "title": f"Tideline Digest Vol 1.{number}",
        "slug": f"vol-1-{number}",
        "date": dt.date(2026, 11, 12),
        "body": [digest("Reed beds", "Ferries")],
    }
    return store_issue(
        Issue(publication=publication, number=number, live=False, **(given | fields))
    )


def on_the_web(publication: Publication, number: int = 1, **fields: Any) -> Issue:
    """Return an issue that readers can see."""
    return created(publication, "on the web", number, fields)


def make_public(publication: Publication, number: int, fields: dict[str, Any]) -> Issue:
    """Store an issue and publish it, as the product does."""
    issue = make_draft(publication, number, fields)
    issue.get_latest_revision().publish()
    issue.refresh_from_db()
    return issue


def publication_fields(**others: str) -> dict[str, str]:
    """Return what the form of a new publication sends, with other values for some fields."""
    return {
        "name": "Night Trains",
        "slug": "night-trains",
        "from_name": "Night Trains",
        "from_email": "desk@example.org",
        "postal_address": "2 Platform Road",
        "pattern": "weeks",
        "every_weeks": "1",
        "weekday": "0",
        "time": "07:30",
        "time_zone": "Europe/Berlin",
        "starts_on": "2026-11-30",
        "language": "de",
        "template": "digest",
        "boilerplate": "",
        "delivery_mode": "immediate",
        "preschedule_minutes": "30",
        "quiet_policy": "mark",
        "volume_rule": "hand",
        "issues_per_volume": "26",
        "draft_days": "0",
        "draft_start": "skeleton",
        "grace_hours": "24",
        **others,
    }


def member(group: str, name: str = "") -> User:
    """Return a person at the desk, with `PASSWORD`; of no group: one who may do anything."""
    user = User.objects.create_user(name or group.lower() or "chief", password=PASSWORD)
    if group:
        user.groups.add(Group.objects.get(name=group))
    else:
        user.is_staff = user.is_superuser = True
        user.save()
    return user
