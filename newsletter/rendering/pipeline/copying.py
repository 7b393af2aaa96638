"""A new template from one that is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.errors import BadInput
from newsletter.phrases import phrase
from newsletter.rendering.pipeline.template_folders import Folders, in_order
from newsletter.rendering.pipeline.templates import load_template

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][\w-]*")


def copy_template(folders: Folders, name: str, source: str) -> Path:
    """Copy the template `source` into the uppermost folder; return the folder of the new one.

    Raises `NotFound` for a `source` that is not there, `BadInput` for a name that cannot be used.
    """
    template = load_template(folders, source)
    folder = in_order(folders)[0] / name
    if not _NAME.fullmatch(name):
        raise BadInput(
            phrase(
                "{name!r} cannot be the name of a template: use letters, digits, - and _", name=name
            )
        )
    if folder.exists():
        raise BadInput(phrase("{folder} is there already", folder=str(folder)))
    for path in template.files.keys() - template.shared:
        own = re.sub(rf"^{re.escape(source)}(\.mjml|\.txt)$", rf"{name}\1", path)
        file = folder / own
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template.files[path], "utf-8")
    return folder
