# SPDX-License-Identifier: MIT
"""Tell whether the process that writes a run still lives, so that a killed run says so."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def process_stamp(process: int | None = None) -> str:
    """Return ``host:process:start`` of a process; numbers are reused, start times are not."""
    number = os.getpid() if process is None else process
    return f"{socket.gethostname()}:{number}:{_start_time(number)}"


def is_running(stamp: str) -> bool:
    """Return whether the process of a stamp runs; True where it cannot be known."""
    host, _, rest = stamp.rpartition(":")[0].rpartition(":")
    if not rest.isdigit() or host != socket.gethostname():
        return True
    number = int(rest)
    if not _alive(number):
        return False
    start = stamp.rpartition(":")[2]
    return start in ("", _start_time(number))


def process_of(stamp: str) -> tuple[str, str, bool]:
    """Return host and number of the process of a stamp, and whether that host is this one."""
    host, _, number = stamp.rpartition(":")[0].rpartition(":")
    return host, number, host == socket.gethostname()


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    state = _stat(number)
    return not state or state[0] != "Z"


def _start_time(number: int) -> str:
    fields = _stat(number)
    return fields[19] if len(fields) > 19 else ""


def _stat(number: int) -> list[str]:
    # Only Linux has it; the name in brackets may hold blanks, so count from behind it.
    try:
        text = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
