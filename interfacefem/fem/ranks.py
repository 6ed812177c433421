# SPDX-License-Identifier: MIT
"""The processes that work on one problem together, and how they keep in step.

Every rank runs the same program on the same mesh and holds the same state; cells and rows of
linear systems are divided (:mod:`interfacefem.fem.division`). So that no rank takes another turn
than the rest, whatever decides is the same number on all of them: sums are formed on the first rank
and sent out, and only the first rank writes. With one rank nothing here does anything.

A script that solves another problem on each rank calls ``use(MPI.COMM_SELF)`` before it begins.
"""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # isort: skip  (must come before mpi4py)
from mpi4py import MPI
from petsc4py import PETSc

from interfacefem import errors

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: how long a rank that ends with an error waits for the others to do the same [s]
PATIENCE = 10.0
_GOOD, _BAD, _STOP = 0, 1, 2


class ElsewhereError(RuntimeError):
    """The first rank failed in a way that is no error of the package; it says how itself."""


class Ranks:
    """A communicator and what is done over it.

    Parameters
    ----------
    communicator : mpi4py.MPI.Comm

    Attributes
    ----------
    size, rank : int
    first : bool
        Whether this rank writes and speaks.
    """

    def __init__(self, communicator: Any) -> None:
        self.communicator = communicator
        self.size = int(communicator.size)
        self.rank = int(communicator.rank)
        self.first = self.rank == 0
        self._stop = False
        self._alone = False  # while only the first rank acts

    def bounds(self, count: int) -> IntArray:
        """Return where the parts of ``count`` things begin, and the end of the last."""
        return np.arange(self.size + 1, dtype=np.int64) * count // self.size

    def sum(self, values: Array) -> Array:
        """Return the sum over all ranks, the same on each."""
        if self.size == 1:
            return values
        total = np.empty_like(values)
        self.communicator.Reduce(values, total, op=MPI.SUM, root=0)
        self.communicator.Bcast(total, root=0)
        return total

    def total(self, value: float) -> float:
        """Return the sum of a number over all ranks, the same on each."""
        return value if self.size == 1 else float(self.sum(np.array([value]))[0])

    def same(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Replace the values by those of the first rank, in place."""
        if self.size > 1:
            self.communicator.Bcast(values, root=0)
        return values

    def make_whole(self, values: Array, bounds: IntArray) -> None:
        """Fill in what the other ranks have computed, in place.

        Parameters
        ----------
        values : (n, ...) C-contiguous array
            Right between the bounds of this rank.
        bounds : (ranks + 1,) int array
            First row of each rank.
        """
        if self.size == 1:
            return
        width = values[0].size if len(values) else 0
        counts, starts = np.diff(bounds) * width, bounds[:-1] * width
        self.communicator.Allgatherv(
            MPI.IN_PLACE, [values, counts.tolist(), starts.tolist(), MPI.DOUBLE]
        )

    def require_same(self, make: Callable[[], str], what: str) -> None:
        """Compare a text with that of the first rank, if there are others.

        Raises
        ------
        EnvironmentProblem
            On all ranks, if it is not the same everywhere.
        """
        if self.size == 1:
            return
        mine = np.frombuffer(make().encode(), dtype=np.uint8).copy()
        theirs = self.same(mine.copy())
        if not self.all_good(np.array_equal(mine, theirs)):
            raise errors.EnvironmentProblem(
                f"the {self.size} processes have made different {what}; use machines of one kind, "
                "or run with one process"
            )

    def all_good(self, good: bool) -> bool:
        """Return whether all ranks say so.

        Raises
        ------
        KeyboardInterrupt
            On all ranks, when one was asked to stop.
        """
        if self.size == 1:
            return good
        state = _STOP if self._stop else _GOOD if good else _BAD
        worst = int(self.communicator.allreduce(state, op=MPI.MAX))
        if worst == _STOP:
            self._stop = False
            raise KeyboardInterrupt
        return worst == _GOOD

    def on_first(self, act: Callable[[], Any]) -> Any:
        """Do something on the first rank only; an error there is raised on all ranks.

        What is done there may itself ask for this: it is on the first rank already.

        Returns
        -------
        object
            What ``act`` returned; None on other ranks.
        """
        if self.size == 1 or self._alone:
            return act()
        if not self.first:
            _raise(json.loads(self._send(b"")))
            return None
        self._alone = True
        try:
            result = act()
        except BaseException as error:
            self._alone = False
            self._send(_message(error))
            raise
        self._alone = False
        self._send(b"null")
        return result

    def _send(self, message: bytes) -> bytes:
        size = np.array([len(message)])
        self.communicator.Bcast(size, root=0)
        text = np.frombuffer(message, dtype=np.uint8).copy()
        text = text if self.first else np.empty(int(size[0]), np.uint8)
        self.communicator.Bcast(text, root=0)
        return text.tobytes()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Let Ctrl-C stop all ranks at the same place: where they next ask each other.

        A second Ctrl-C ends the program at once.
        """
        if self.size == 1 or threading.current_thread() is not threading.main_thread():
            yield
            return

        def note(number: int, frame: object) -> None:
            self._stop = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def free_what_is_gone(self) -> None:
        """Free PETSc objects that Python has let go of, which all ranks have to do together."""
        if self.size > 1:
            PETSc.garbage_cleanup(self.communicator)

    def give_memory_back(self) -> None:
        """Return to the system what is not used any more; all ranks together."""
        self.free_what_is_gone()
        backend.give_memory_back()

    def all_end(self) -> bool:
        """Wait a while for the others to end as well; False if only this rank does.

        To be asked after an error. Where the others do not come :meth:`abort` must follow, for
        they wait for this rank.
        """
        if self.size == 1:
            return True
        request = self.communicator.Ibarrier()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if request.Test():
                return True
            time.sleep(0.05)
        return False

    def abort(self, code: int) -> None:
        """End all ranks at once."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.communicator.Abort(code)


def _message(error: BaseException) -> bytes:
    """Return an error as text that another rank understands."""
    known: dict[str, Any] = {"kind": type(error).__name__, "text": str(error)}
    if isinstance(error, errors.ConvergenceError):
        known |= {"step": error.step, "load": error.load, "reasons": list(error.reasons)}
    return json.dumps(known).encode()


def _raise(message: dict[str, Any] | None) -> None:
    """Raise what the first rank has raised."""
    if message is None:
        return
    if message["kind"] == "KeyboardInterrupt":
        raise KeyboardInterrupt
    kind = getattr(errors, message["kind"], None)
    if kind is errors.ConvergenceError:
        raise errors.ConvergenceError(message["step"], message["load"], message["reasons"])
    if kind is errors.CaseError:
        raise errors.InterfaceFEMError(message["text"])
    if isinstance(kind, type) and issubclass(kind, errors.InterfaceFEMError):
        raise kind(message["text"])
    raise ElsewhereError(f"on the first rank: {message['kind']}: {message['text']}")


_current = Ranks(MPI.COMM_WORLD)


def current() -> Ranks:
    """Return the ranks that work together now."""
    return _current


def use(communicator: Any) -> None:
    """Let problems that are built from now on be shared by the ranks of a communicator.

    Parameters
    ----------
    communicator : mpi4py.MPI.Comm
        ``MPI.COMM_WORLD`` unless said otherwise.
    """
    global _current
    _current = Ranks(communicator)


def on_first[**P](method: Callable[P, Any]) -> Callable[P, Any]:
    """Make a function or method run on the first rank only; see :meth:`Ranks.on_first`."""

    @functools.wraps(method)
    def shared(*args: P.args, **kwargs: P.kwargs) -> Any:
        return current().on_first(lambda: method(*args, **kwargs))

    return shared
