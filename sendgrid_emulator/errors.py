"""What stops the emulator: a file or a folder that a person must change."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator cannot start: the message says why, `hint` what to do."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
