"""A terminal in which a program asks and somebody answers, a question at a time."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from tests.program.workspaces import wait_until

#: Seconds in which a question must come.
ANSWER_SECONDS = 30.0
#: Seconds after which somebody presses Ctrl-C again.
PRESS_SECONDS = 5.0


class Terminal:
    """One program in a terminal of its own; `said` is all that was shown."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        self._ours, self._theirs = pty.openpty()
        keep_what_was_said(self._theirs)
        self.said = ""
        self._read = 0
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            preexec_fn=self._log_in,
        )
        # Our end of theirs stays open: with the last of them a terminal may drop what is unread.
        self._ended = os.pidfd_open(self._process.pid)

    def _log_in(self) -> None:
        """Take the terminal for the one that Ctrl-C and questions for a password are about.

        Tests that a shell has started in the background would pass on that Ctrl-C is ignored.
        """
        os.login_tty(self._theirs)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, and type an answer."""
        self._wait_for(question)
        self._wait_for(": ")
        os.write(self._ours, f"{text}\n".encode())

    def answer_unseen(self, question: str, text: str) -> None:
        """Wait for a question whose answer is not shown; what is typed before that is dropped."""
        self._wait_for(question)
        wait_until(lambda: not termios.tcgetattr(self._ours)[3] & termios.ECHO)
        os.write(self._ours, f"{text}\n".encode())

    def interrupt(self, question: str) -> int:
        """Wait for a question, and press Ctrl-C until the program ends; return its status.

        One press may be lost, as for a person: Python notices a signal while it reads, and not
        between showing the question and reading (`my_fgets` of CPython).
        """
        self._wait_for(question)
        self._wait_for(": ")
        deadline = time.monotonic() + ANSWER_SECONDS
        ended: list[int] = []
        while not ended:
            assert time.monotonic() < deadline, f"Ctrl-C does not end it: {self.said}"
            os.write(self._ours, b"\x03")
            ended, _, _ = select.select([self._ended], [], [], PRESS_SECONDS)
        return self.end()

    def end(self) -> int:
        """Return the status of the program once it has ended."""
        while self._hear(ANSWER_SECONDS):
            pass
        for each in (self._ended, self._ours, self._theirs):
            os.close(each)
        return self._process.wait(ANSWER_SECONDS)

    def _wait_for(self, words: str) -> None:
        """Read until words are shown that were not read yet."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while (at := self.said.find(words, self._read)) < 0:
            left = deadline - time.monotonic()
            assert left > 0, f"{words!r} did not come: {self.said}"
            assert self._hear(left), f"{words!r} did not come: {self.said}"
        self._read = at + len(words)

    def _hear(self, seconds: float) -> bool:
        """Read what is shown next; return whether the program still runs."""
        select.select([self._ours, self._ended], [], [], seconds)
        ready, _, _ = select.select([self._ours], [], [], 0)
        heard = os.read(self._ours, 65_536) if ready else b""
        self.said += heard.decode(errors="replace")
        return bool(heard)


def keep_what_was_said(terminal: int) -> None:
    """Let Ctrl-C drop nothing that is still unread (NOFLSH of termios)."""
    mode = termios.tcgetattr(terminal)
    mode[3] |= termios.NOFLSH
    termios.tcsetattr(terminal, termios.TCSANOW, mode)
