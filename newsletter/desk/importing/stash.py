"""Where a text waits between its preview and the draft: in the data folder, for whoever gave it."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from newsletter.errors import NotFound
from newsletter.publishing.importing.chosen_files import Chosen

#: Seconds after which a text that nobody made a draft of is deleted: a day.
MAX_AGE_SECONDS: Final = 24 * 3600
#: Texts that wait for one person; the oldest go first.
MAX_WAITING: Final = 20
_ABOUT, _TEXT = "about.json", "text"


def find_folder() -> Path:
    """Return the folder in which texts wait; no page serves what is in it."""
    return Path(settings.CONFIG.data) / "brought-in"


def keep_text(chosen: Chosen, user: Any) -> str:
    """Keep a text for a person; return the token by which it is found again."""
    prune_texts(user)
    token = secrets.token_urlsafe(16)
    place = find_folder() / str(user.pk) / token
    place.mkdir(parents=True, mode=0o700)
    (place / _TEXT).write_bytes(chosen.data)
    names = list(chosen.beside)
    for number, name in enumerate(names):
        (place / str(number)).write_bytes(chosen.beside[name])
    about = {"name": chosen.name, "source": chosen.source, "beside": names}
    (place / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
    return token


def find_text(token: str, user: Any) -> Chosen:
    """Return the text of a person, or raise `NotFound`."""
    place = find_folder() / str(user.pk) / token
    # A token is one name: no dots, no folders.
    if not token.replace("-", "").replace("_", "").isalnum() or not (place / _ABOUT).is_file():
        raise NotFound(token)
    about = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
    return Chosen(
        name=about["name"],
        source=about["source"],
        data=(place / _TEXT).read_bytes(),
        beside={
            name: (place / str(number)).read_bytes() for number, name in enumerate(about["beside"])
        },
    )


def forget_text(token: str, user: Any) -> None:
    """Delete a text that became a draft."""
    shutil.rmtree(find_folder() / str(user.pk) / token, ignore_errors=True)


def prune_texts(user: Any) -> None:
    """Delete what is too old, and what is too much of one person."""
    oldest = time.time() - MAX_AGE_SECONDS
    for place in list_waiting("*"):
        if age_of(place) < oldest:
            shutil.rmtree(place, ignore_errors=True)
    own = sorted(list_waiting(str(user.pk)), key=age_of, reverse=True)
    for place in own[MAX_WAITING - 1 :]:
        shutil.rmtree(place, ignore_errors=True)


def list_waiting(person: str) -> Iterator[Path]:
    """Yield the folders of the texts that wait for a person, or for everybody."""
    yield from (each for each in find_folder().glob(f"{person}/*") if each.is_dir())


def age_of(place: Path) -> float:
    """Return when a text came; 0 for one that is gone meanwhile."""
    try:
        return place.stat().st_mtime
    except OSError:
        return 0.0
