# SPDX-License-Identifier: MIT
"""Compiled functions whose cache always matches their sources.

numba looks only at the file of the function that it compiles. A kernel is then loaded from the
cache although a function or a number that it takes from another file has changed. Here the cache of
a file lies in a folder that is named by a hash of that file and of all files of the package that it
can reach by imports (:mod:`interfacefem.caches`), so a change of any of them compiles anew.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, overload

import numba
import numba.core.event

from interfacefem import caches

_numba: Any = numba  # its types are incomplete
#: view of an array behind an address, inside of compiled functions
carray = _numba.carray


@overload
def njit[F: Callable[..., Any]](function: F) -> F: ...
@overload
def njit[F: Callable[..., Any]](**options: Any) -> Callable[[F], F]: ...
def njit(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Compile a function with numba; as a decorator with or without options of ``numba.njit``."""
    if function is None:
        return functools.partial(njit, **options)
    with _cache(Path(function.__code__.co_filename)) as cache:
        return _numba.njit(cache=cache, **options)(function)


def cfunc(signature: Any, function: Callable[..., None], *, name: str = "") -> Any:
    """Compile a function that others call by its address.

    Parameters
    ----------
    signature : numba signature
    function : callable
    name : str
        Distinguishes functions made by the same lines, in the cache as well.
    """
    if name:
        function.__qualname__ = name
    with _cache(Path(function.__code__.co_filename)) as cache:
        return _numba.cfunc(signature, nopython=True, cache=cache)(function)


@contextlib.contextmanager
def heard(tell: Callable[[], object]) -> Iterator[None]:
    """Call once inside of this context when a function has to be compiled."""
    events: Any = numba.core.event

    class First(events.Listener):  # type: ignore[misc]
        """Hears that a compilation begins, the first time."""

        told = False

        def on_start(self, event: Any) -> None:
            if not self.told:
                self.told = True
                tell()

        def on_end(self, event: Any) -> None:
            pass

    with events.install_listener("numba:compile", First()):
        yield


@contextlib.contextmanager
def _cache(file: Path) -> Iterator[bool]:
    """Let numba keep what is compiled now in the folder of a file; False where there is none."""
    where = caches.kernels(file) if file.is_file() else None  # a cell of a notebook is none
    if where is None:
        yield False
        return
    config = _numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(where)
    try:
        yield True
    finally:
        config.CACHE_DIR = before
