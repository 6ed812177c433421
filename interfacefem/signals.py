# SPDX-License-Identifier: MIT
"""Signals as Python wants them, put back after a library has changed them.

Python ignores ``SIGPIPE``, so that writing to a reader that has gone raises ``BrokenPipeError``.
PETSc installs handlers of its own and gmsh resets all signals when it starts; after that a closed
pipe ends the whole program without a word.

``SIGTERM`` is what a batch system, a service manager or ``kill`` sends to end a process. While a
run goes on it stops the run as Ctrl-C does, so that its state is kept and its files are closed.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

#: exit code of a process that was ended by SIGTERM
TERMINATED = 143


def ignore_broken_pipes() -> None:
    """Let a closed pipe raise ``BrokenPipeError`` again; does nothing outside the main thread."""
    if _in_main_thread() and hasattr(signal, "SIGPIPE"):  # Windows has none
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)


class Termination:
    """Whether SIGTERM has come, and the handler that notes it.

    Attributes
    ----------
    asked : bool
        Whether this process was asked to end.
    """

    def __init__(self) -> None:
        self.asked = False
        before = signal.getsignal(signal.SIGTERM) if _in_main_thread() else signal.SIG_IGN
        # A handler of the program that uses this package stays.
        self._own = before in (signal.SIG_DFL, None)

    def arm(self) -> None:
        """Take SIGTERM; again after a library has set its own handlers."""
        if self._own:
            signal.signal(signal.SIGTERM, self._note)

    def disarm(self) -> None:
        """Let SIGTERM end the process at once, as before."""
        if self._own:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        # Whoever takes Ctrl-C stops the run, on several processes all of them at the same place. A
        # shell that starts jobs in the background may have it ignored.
        interrupt = signal.getsignal(signal.SIGINT)
        if callable(interrupt):
            interrupt(signal.SIGINT, frame)
        else:
            raise KeyboardInterrupt


@contextlib.contextmanager
def orderly_end() -> Iterator[Termination]:
    """Let SIGTERM stop what is done inside as Ctrl-C does, then end the program.

    Yields
    ------
    Termination

    Raises
    ------
    SystemExit
        With code 143, where SIGTERM has come and what is done inside has come to its end.
    """
    termination = Termination()
    termination.arm()
    try:
        yield termination
    except KeyboardInterrupt:
        if not termination.asked:
            raise
    finally:
        termination.disarm()
    if termination.asked:
        raise SystemExit(TERMINATED)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
