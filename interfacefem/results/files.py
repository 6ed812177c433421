# SPDX-License-Identifier: MIT
"""Put a whole file in place in one step, so that a crash leaves the old one or the new one.

The new content goes to a hidden file beside the old one, is flushed to the disk and takes its place
with one ``os.replace``. What the content is does not matter here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py

_BLOCK = 1 << 20  # bytes the image in memory grows by


def part_name(name: str) -> str:
    """Return the name of the hidden file that becomes ``name``."""
    return f".{name}.part"


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file as a whole.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is kept.
    """
    part = path.with_name(part_name(path.name))
    try:
        # A link left under this name, by whomever, must not be followed.
        part.unlink(missing_ok=True)
        with part.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file as :func:`put_in_place` does; what is no plain file, such as a pipe, as it is.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        put_in_place(path, content)


@contextlib.contextmanager
def in_memory(path: Path, *, fresh: bool) -> Iterator[tuple[Any, Callable[[], bytes]]]:
    """Open an HDF5 file in memory, with a call that returns its image; nothing is written.

    HDF5 that fails to flush to a full disk takes the whole process with it, so it never writes
    to the disk itself.

    Parameters
    ----------
    path : Path
        Read unless ``fresh``.
    fresh : bool
        Begin with an empty file.
    """
    with h5py.File(
        # another name: HDF5 does not begin a file under the name of one that is open
        path.with_name(part_name(path.name)) if fresh else path,
        "w" if fresh else "r+",
        driver="core",
        backing_store=False,
        block_size=_BLOCK,
        locking=False,
    ) as file:

        def image() -> bytes:
            file.flush()
            return bytes(file.id.get_file_image())

        yield file, image


def is_gone(path: Path) -> bool:
    """Return whether a file was removed; False where nobody can tell."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        pass
    return False


def now() -> str:
    """Return the time of day to the second, with its zone."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def reason(error: BaseException) -> str:
    """Return why something could not be written, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0] if str(error) else type(error).__name__
