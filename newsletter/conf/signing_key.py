"""The key that signs sessions and subscribers' links; lost, every link in old mails dies."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from newsletter.conf.config import Config
from newsletter.conf.file_modes import make_private_folder
from newsletter.errors import ConfigError


def signing_key(config: Config, environ: Mapping[str, str] = os.environ) -> str:
    """Return the key from its variable, else from the key file, which is made when absent."""
    if key := environ.get(config.site.secret_key_env, "").strip():
        return key
    path = config.data / "signing.key"
    try:
        return read_or_make(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}",
            hint=f"Make the folder writable, or set {config.site.secret_key_env}.",
        ) from None


def old_keys(config: Config, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the keys that are not signed with any more, from their variable."""
    return environ.get(config.site.old_secret_keys_env, "").replace(",", " ").split()


def read_or_make(path: Path) -> str:
    """Return the key in a file that only its owner can read; the first to come makes it."""
    if not path.exists():
        make_private_folder(path.parent)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            # A link and not a rename: of two processes that start at once, one key must win.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
