# SPDX-License-Identifier: MIT
"""Files of a run: put in place whole, and opened as files that somebody else may have written.

The new content goes to a hidden file beside the old one, is flushed to the disk and takes its place
with one ``os.replace``. A file of HDF5 has a seal behind its last byte, where HDF5 does not look: a
checksum, compared before the library reads the file, because a damaged one may end the program.
Whoever changes a file with another program takes the seal away.

A dataset can lie in other files, which HDF5 reads and writes without a word, and claim a size that
is not there. Both are found here before anything is read. Groups and links are in
:mod:`interfacefem.results.groups`.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py

from interfacefem.errors import InterfaceFEMError, ResultsError

_BLOCK = 1 << 20  # bytes the image in memory grows by
_MARK = b"\ninterfacefem-crc32:"
#: bytes of a seal: the mark, eight digits and the end of the line
_SEAL = len(_MARK) + 9
#: age from which a file that is changed gets another time for certain [ns]
_SETTLED = 2_000_000_000
#: files found whole by this process, as they were then
_whole: dict[Path, tuple[int, int, int]] = {}


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


def sealed(content: bytes) -> bytes:
    """Return the content of a file with a seal behind it."""
    return content + _MARK + f"{zlib.crc32(content):08x}\n".encode()


def seal_of(path: Path) -> bool | None:
    """Return whether the seal of a file is unbroken; None if it has none.

    A file that was found whole is not read again until it is another one.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as handle:
        found = os.fstat(handle.fileno())
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if _whole.get(path) == state:
            return True
        handle.seek(max(0, found.st_size - 2 * _SEAL))
        end = handle.read()
        at = end.rfind(_MARK)
        if at < 0:
            return None
        size = found.st_size - len(end) + at
        if len(end) - at != _SEAL:
            return False
        handle.seek(0)
        crc = 0
        while size > 0:
            block = handle.read(min(_BLOCK, size))
            if not block:
                return False
            crc, size = zlib.crc32(block, crc), size - len(block)
    good = end[at + len(_MARK) :] == f"{crc:08x}\n".encode()
    # A file system may give two changes that follow each other the same time.
    if good and time.time_ns() - found.st_mtime_ns > _SETTLED:
        _whole[path] = state
    return good


@contextlib.contextmanager
def in_memory(path: Path, *, fresh: bool) -> Iterator[tuple[Any, Callable[[], bytes]]]:
    """Open an HDF5 file in memory, with a call that returns its sealed image; nothing is written.

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
            return sealed(bytes(file.id.get_file_image()))

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


#: filters of HDF5 make nothing smaller than by this factor
MOST_COMPRESSION = 1100
_REMEDY = "it is damaged or no result of interfacefem; take the original or run the case again"


def damaged(place: str, problem: str) -> ResultsError:
    """Return the error for a place in a file."""
    return ResultsError(f"{place}: {problem}; {_REMEDY}")


@contextlib.contextmanager
def careful(place: str) -> Iterator[None]:
    """Turn whatever HDF5 answers to a damaged file into an error that names the place.

    Raises
    ------
    ResultsError
    """
    try:
        yield
    except InterfaceFEMError:
        raise
    except MemoryError:
        raise damaged(place, "does not fit in memory") from None
    except Exception as error:  # h5py raises what it likes
        raise damaged(place, f"cannot be read ({reason(error)})") from error


def open_hdf5(path: Path) -> Any:
    """Open a file for reading.

    Raises
    ------
    ResultsError
        If it cannot be read, is damaged or no HDF5.
    """
    try:
        if seal_of(path) is False:
            raise damaged(str(path), "was changed since it was written")
        return h5py.File(path, "r", locking="best-effort")
    except ResultsError:
        raise
    except PermissionError as error:
        raise ResultsError(f"{path}: no permission to read; ask its owner") from error
    except Exception as error:  # h5py raises what it likes
        raise ResultsError(
            f"{path}: is damaged, cut short or no HDF5 file; take the original or run again"
        ) from error


def require_own(dataset: Any, place: str) -> None:
    """Refuse a dataset whose data are elsewhere, or not as many as it says.

    Parameters
    ----------
    dataset : h5py.Dataset
        Open; nothing of it was read yet.
    place : str

    Raises
    ------
    ResultsError
    """
    properties = dataset.id.get_create_plist()
    layout = properties.get_layout()
    if layout == h5py.h5d.VIRTUAL or properties.get_external_count():
        raise leads_away(place)
    count = int(dataset.id.get_space().get_simple_extent_npoints())
    claimed = count * int(dataset.id.get_type().get_size())
    if layout == h5py.h5d.CHUNKED:
        there = dataset.file.id.get_filesize()
        there *= MOST_COMPRESSION if properties.get_nfilters() else 1
    else:
        there = dataset.id.get_storage_size()
    if claimed > there:
        raise damaged(place, f"claims {claimed} bytes, of which {there} are there at most")


def leads_away(place: str) -> ResultsError:
    """Return the error for what would be read from another place or file."""
    return ResultsError(
        f"{place}: leads to another place or file, which no result of interfacefem does; nothing "
        "was read or written there. Take the original or run the case again"
    )
