# SPDX-License-Identifier: MIT
"""Signals as Python wants them, put back after a library has changed them.

Python ignores ``SIGPIPE``, so that writing to a reader that has gone raises ``BrokenPipeError``.
PETSc installs handlers of its own and gmsh resets all signals when it starts; after that a closed
pipe ends the whole program without a word.
"""

from __future__ import annotations

import signal
import threading


def ignore_broken_pipes() -> None:
    """Let a closed pipe raise ``BrokenPipeError`` again; does nothing outside the main thread."""
    main = threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "SIGPIPE"):  # Windows has none
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
