# SPDX-License-Identifier: MIT
"""Show a run while it goes on: one line an increment, a bar with the time left, a log file.

Listeners of :func:`interfacefem.drive.run.run_case`. They read snapshots and change nothing; what
is stored is the business of :mod:`interfacefem.results`. Numpy and rich only.
"""

from __future__ import annotations

import abc
import atexit
import contextlib
import datetime as dt
import math
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from interfacefem import logs
from interfacefem.names import in_minutes, printable
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LOG_NAME = "run.log"
#: pressure below which asperities are still meeting [MPa]; where the bar begins to count
FIRST_TOUCH = 0.1
#: effort of a first loading against later steps; contact forms in the first, changes little later
FIRST_LOADING_EFFORT = 6.0
logger = logs.get(__name__)
OHM_CM2 = 1e-2  # V um^2/uA -> ohm cm^2


class Lines(abc.ABC):
    """Turn the events of a run into plain lines; :meth:`write` puts each somewhere.

    Names of a case are shown, never obeyed: what a terminal takes for a command is escaped.
    """

    def __init__(self) -> None:
        self._interfaces: tuple[str, ...] = ()
        self._step = ""

    @abc.abstractmethod
    def put(self, text: str) -> None:
        """Put one line somewhere."""

    def write(self, text: str) -> None:
        """Put one line somewhere, with what cannot be shown escaped."""
        self.put(printable(text, lines=False))

    def on_compile(self) -> None:
        """Say why nothing happens for a while."""
        self.write("compiling, once for this version of the program; this takes up to a minute")

    def on_start(self, info: Mapping[str, Any]) -> None:
        """Say what is run.

        Parameters
        ----------
        info : mapping
            ``name``, ``path``, ``dofs``, ``interfaces``; what is missing is left out. A run that
            is continued has ``resumed`` with ``step``, ``step_index``, ``increment`` and
            ``nominal_pressure`` of its last increment.
        """
        parts = [str(info.get("name", "run"))]
        if info.get("dofs"):
            parts.append(f"{info['dofs']} degrees of freedom")
        if info.get("path"):
            parts.append(f"to {info['path']}")
        self.write(", ".join(parts))
        point = info.get("resumed")
        if point:
            place = f"after increment {point['increment']} of step '{point['step']}'"
            where = f"{place} at {point['nominal_pressure']:.4g} MPa"
            self.write(f"continued {where if point['increment'] >= 0 else 'from its beginning'}")

    def on_step(self, name: str, target_pressure: float | None) -> None:
        """Begin a step."""
        self._step = name
        # a hold, cycles, shearing
        goal = (
            "at the same pressure" if target_pressure is None else f"to {target_pressure:.4g} MPa"
        )
        self.write(f"step '{name}': {goal}")

    def on_increment(self, snapshot: IncrementSnapshot) -> None:
        """Write the line of an accepted increment."""
        names = tuple(part.name for part in snapshot.interfaces)
        if names != self._interfaces:
            self._interfaces = names
            self.write(f"  {'pressure':>13}  contact of {', '.join(names)}")
        self.write(increment_line(snapshot))

    def on_reject(self, text: str) -> None:
        """Write why an attempt was thrown away."""
        self.write(f"  rejected: {text}")

    def on_current(self, snapshot: CurrentSnapshot) -> None:
        """Write the resistance."""
        self.write(f"  {'current':>13}  resistance {snapshot.asr_total * OHM_CM2:.4g} ohm cm^2")

    def on_end(self, status: str, message: str = "") -> None:
        """Say how it ended."""
        for line in (f"{status}: {message}" if message else status).splitlines():
            self.write(line)


def increment_line(snapshot: IncrementSnapshot) -> str:
    """Return load, contact fraction of each interface, iterations and time of an increment."""
    contact = "  ".join(f"{part.contact_fraction:5.1%}" for part in snapshot.interfaces)
    again = f", {snapshot.rejected} rejected" if snapshot.rejected else ""
    cycle = f"cycle {snapshot.cycle:.2f}  " if math.isfinite(snapshot.cycle) else ""
    return (
        f"  {snapshot.nominal_pressure:9.4g} MPa  {cycle}contact {contact}  "
        f"{snapshot.newton_iterations:3d} iterations{again}  {snapshot.wall_time:6.1f} s"
    )


class Effort:
    """How far a protocol has come, in guessed effort; good for a bar, not for a bill.

    Parameters
    ----------
    targets : sequence of float or None
        Nominal pressure at the end of each step [MPa]; None where it stays.
    """

    def __init__(self, targets: Sequence[float | None]) -> None:
        self._ends: list[tuple[float, float, float]] = []
        pressure, highest = 0.0, 0.0
        for target in targets:
            end = pressure if target is None else target
            share = FIRST_LOADING_EFFORT if end > highest else 1.0
            if target is None:
                share = 0.2
            self._ends.append((pressure, end, share))
            pressure, highest = end, max(highest, end)

    def done(self, step_index: int, pressure: float) -> float:
        """Return the part of the effort behind, 0 to 1."""
        if not 0 <= step_index < len(self._ends):
            return 0.0
        total = sum(share for _, _, share in self._ends)
        before = sum(share for _, _, share in self._ends[:step_index])
        begin, end, share = self._ends[step_index]
        low, high = _log(begin), _log(end)
        # Asperities meet over decades of pressure, so effort follows its logarithm.
        part = 1.0 if math.isclose(low, high) else (_log(pressure) - low) / (high - low)
        return (before + share * min(max(part, 0.0), 1.0)) / total


def _log(pressure: float) -> float:
    return math.log1p(max(pressure, 0.0) / FIRST_TOUCH)


class Terminal(Lines):
    """Lines on the terminal, and below them a bar with the time left if it is one.

    Parameters
    ----------
    stream : text file, optional
        Standard output by default; a bar appears only if it is a terminal.
    targets : sequence of float or None
        Pressures at the ends of the steps [MPa], None where it stays; no bar without them.
    """

    def __init__(
        self, stream: TextIO | None = None, targets: Sequence[float | None] | None = None
    ) -> None:
        super().__init__()
        self._stream = sys.stdout if stream is None else stream
        self._effort = Effort(targets) if targets else None
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._begun = time.monotonic()
        self._behind = 0.0  # effort of earlier sessions

    def put(self, text: str) -> None:
        """Put one line above the bar, or on the stream."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            self._stream.write(text + "\n")
            self._stream.flush()

    def on_start(self, info: Mapping[str, Any]) -> None:
        """Say what is run and raise the bar."""
        super().on_start(info)
        self._begun = time.monotonic()
        point = info.get("resumed")
        if point and self._effort is not None:
            self._behind = self._effort.done(point["step_index"], point["nominal_pressure"])
        if self._effort is not None and self._stream.isatty():
            self._raise_bar()

    def on_step(self, name: str, target_pressure: float | None) -> None:
        """Begin a step."""
        super().on_step(name, target_pressure)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=printable(name, lines=False))

    def on_increment(self, snapshot: IncrementSnapshot) -> None:
        """Write the line and move the bar."""
        super().on_increment(snapshot)
        if self._bar is not None and self._task is not None and self._effort is not None:
            done = self._effort.done(snapshot.step_index, snapshot.nominal_pressure)
            elapsed = time.monotonic() - self._begun
            own = done - self._behind
            left = f"about {in_minutes(elapsed * (1.0 - done) / own)} left" if own > 0.02 else ""
            self._bar.update(self._task, completed=done, left=left)

    def on_end(self, status: str, message: str = "") -> None:
        """Take the bar down and say how it ended."""
        self._lower_bar()
        # Why a run stopped is told by the error that follows; Ctrl-C is followed by none.
        told = f": {message}" if message and status == "interrupted" else ""
        self.write(f"{status} after {in_minutes(time.monotonic() - self._begun)}{told}")

    def _raise_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[left]}"),
            console=Console(file=self._stream),
            transient=True,
        )
        self._task = self._bar.add_task("", total=1.0, left="")
        self._bar.update(self._task, completed=self._behind)
        self._bar.start()
        # An unforeseen error must not leave the terminal without its cursor.
        atexit.register(self._lower_bar)

    def _lower_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class LogFile(Lines):
    """Plain lines with the time of day in a file, opened when the run begins.

    Parameters
    ----------
    path : Path
        The file; replaced if it is there, unless a run is continued. Its folder is made if
        missing.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: TextIO | None = None
        self._mode: Literal["w", "a"] = "w"
        self._failed = False

    def on_compile(self) -> None:
        """Say nothing: who reads a log does not wait, and the file may be that of a run before."""

    def on_start(self, info: Mapping[str, Any]) -> None:
        """Say what is run; what was said of a run that is continued stays."""
        self._mode = "a" if info.get("resumed") else "w"
        super().on_start(info)

    def put(self, text: str) -> None:
        """Put one line in the file at once, so that a killed run keeps it."""
        if self._failed:
            return
        try:
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = open(
                    self._path, self._mode, encoding="utf-8", errors="replace", opener=_own
                )
            self._file.write(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}  {text}\n")
            self._file.flush()
        except OSError as error:
            # A run is worth more than its log; results that cannot be written do stop it.
            self._failed = True
            logger.warning("%s: no further line is written (%s)", self._path, error.strerror)

    def on_end(self, status: str, message: str = "") -> None:
        """Say how it ended and close the file."""
        super().on_end(status, message)
        if self._file is not None:
            with contextlib.suppress(OSError):  # lines that a full disk did not take
                self._file.close()
            self._file = None


def _own(path: str, flags: int) -> int:
    # A link in its place would let a folder from somebody else direct what is written.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def listeners(folder: str | Path, targets: Sequence[float | None]) -> tuple[Lines, ...]:
    """Return what a run shows by default: lines on the terminal and in ``run.log``.

    Parameters
    ----------
    folder : path
        Folder of the run.
    targets : sequence of float or None
        Pressures at the ends of the steps [MPa]; None where it stays.
    """
    return Terminal(targets=targets), LogFile(Path(folder) / LOG_NAME)
