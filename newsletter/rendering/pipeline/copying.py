"""A new template from one that is there."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from newsletter.errors import BadInput
from newsletter.rendering.pipeline.templates import load_template

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][\w-]*")


def copy_template(root: Path, name: str, source: str) -> Path:
    """Copy the template `source` in the folder `root`; return the folder of the new one.

    Raises `NotFound` for a `source` that is not there, `BadInput` for a name that cannot be used.
    """
    load_template(root, source)
    folder = root / name
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} cannot be the name of a template: use letters, digits, - and _")
    if folder.exists():
        raise BadInput(f"{folder} is there already")
    shutil.copytree(root / source, folder)
    for ending in (".mjml", ".txt"):
        own = folder / f"{source}{ending}"
        if own.is_file():
            own.rename(folder / f"{name}{ending}")
    return folder
