"""The key that signs sessions and subscribers' links; lost, every link in old mails dies."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from newsletter.conf.config import Config
from newsletter.conf.file_modes import make_private_folder
from newsletter.errors import ConfigError


def find_key(config: Config, environ: Mapping[str, str] = os.environ) -> str:
    """Return the key from its variable, else from the key file; empty where there is neither."""
    if key := environ.get(config.site.secret_key_env, "").strip():
        return key
    path = key_file(config)
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not a key file"
        raise ConfigError(
            f"{path}: the signing key cannot be read: {reason}",
            path=str(path),
            hint=f"Let the account that runs this program read it, or set"
            f" {config.site.secret_key_env}.",
        ) from None


def find_old_keys(config: Config, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the keys that are not signed with any more, from their variable."""
    return environ.get(config.site.old_secret_keys_env, "").replace(",", " ").split()


def make_key(config: Config, environ: Mapping[str, str] = os.environ) -> None:
    """Make the key file where there is no key yet."""
    if find_key(config, environ):
        return
    path = key_file(config)
    try:
        write_new_key(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}",
            path=str(path),
            hint=f"Make the folder writable, or set {config.site.secret_key_env}.",
        ) from None


def key_file(config: Config) -> Path:
    """Return where the key is kept that no variable holds."""
    return config.data / "signing.key"


def write_new_key(path: Path) -> None:
    """Write a new key that only its owner can read; the first of two processes wins."""
    make_private_folder(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
    try:
        # A link and not a rename: it fails where another process was first.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
