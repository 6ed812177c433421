# SPDX-License-Identifier: MIT
"""What can be wrong with an HDF5 file that somebody else may have written, as one clear error.

A dataset can lie in other files, which HDF5 reads and writes without a word, and claim a size that
is not there. Both are found here before anything is read. Groups and links are in
:mod:`interfacefem.results.groups`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.results.files import reason, seal_of

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
