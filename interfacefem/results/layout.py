# SPDX-License-Identifier: MIT
"""The layout of ``results.h5``: groups, version, and how one dataset is put.

Plain HDF5; every dataset has the attribute ``unit``, fields also ``place``, and ``label`` where
their name in words has other ones than its letters. What is stored under which name is in
:mod:`interfacefem.results.schema`. Solver units are kept except for two kinds people never think of
in um and uA: current densities are stored in mA/cm^2 and area-specific resistances in ohm cm^2. The
file and everything read from it use these units.

::

    /                       format, format_version, status, message, created, changed, writer, run,
                            lock (who keeps the lock of the folder: the system, or words alone)
    /case                   the resolved case, TOML text
    /provenance             JSON text
    /materials              JSON text, by layer, every value with range and source
    /mesh/...               points, cells, cell_layer, layer_names, layers/NAME/nodes,
                            interfaces/NAME/{lower,upper}, boundaries/SIDE
    /history/COLUMN         one value an increment
    /increments/000000      step, step_index, increment; where the run is large, a link to
                            results-001.h5
        interfaces/NAME/FIELD   attribute absent where a layer is not in the die
        layers/NAME/FIELD   only where the fields inside the layers were stored
        current/...         only where a current was solved
    /risk/000               JSON text, the ranked rows after a step (attribute step)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results.files import reason
from interfacefem.results.groups import Stored
from interfacefem.results.hdf5 import open_hdf5

FORMAT = "interfacefem results"
FORMAT_VERSION = 1
FILE_NAME = "results.h5"
#: value of the attribute ``lock``
LOCKED_BY_SYSTEM, LOCKED_BY_WORDS = "system", "words"

#: uA s/um^2 -> mAh/cm^2
CHARGE_FACTOR = 1e5 / 3600.0
#: uA/um^2 -> mA/cm^2
CURRENT_DENSITY_FACTOR = 1e5
#: V um^2/uA -> ohm cm^2
AREA_RESISTANCE_FACTOR = 1e-2


def increment_name(row: int) -> str:
    """Return the name of the group of an increment."""
    return f"{row:06d}"


def open_file(path: Path) -> Any:
    """Open ``results.h5`` for reading.

    Raises
    ------
    ResultsError
        If it is missing, damaged, no result of interfacefem or of another format version.
    """
    try:
        there = path.is_file()
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({reason(error)}); check the path") from error
    if not there:
        raise ResultsError(
            f"{path}: there is no such file; give the folder of a run (it holds {FILE_NAME})"
        )
    file = open_hdf5(path)
    try:
        root = Stored.of(file, path)
        if root.words("format", "") != FORMAT:
            raise ResultsError(f"{path}: is HDF5 but no result of interfacefem; give another file")
        version = root.whole("format_version")
        if version != FORMAT_VERSION:
            raise ResultsError(
                f"{path}: has format version {version}, this interfacefem reads "
                f"{FORMAT_VERSION}; open it with the interfacefem that wrote it or run again"
            )
    except BaseException:
        file.close()
        raise
    return file


def put(
    group: Any, name: str, data: npt.ArrayLike, unit: str, place: str = "", words: str = ""
) -> None:
    """Store an array in an open HDF5 group, with its unit, for a field its place and its label."""
    dataset = group.create_dataset(name, data=np.asarray(data), track_times=False)
    dataset.attrs["unit"] = unit
    if place:
        dataset.attrs["place"] = place
    if words:
        dataset.attrs["label"] = words


def put_text(group: Any, name: str, text: str | list[str]) -> None:
    """Store one text, or a list of texts, in an open HDF5 group."""
    dataset = group.create_dataset(name, data=text, dtype=h5py.string_dtype(), track_times=False)
    dataset.attrs["unit"] = "-"


def suggestion(wanted: object, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'? there is: a, b, x`` for a message."""
    names = list(known)
    listed = ", ".join(repr(name) for name in names) if names else "nothing yet"
    close = difflib.get_close_matches(str(wanted), names, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"there is: {listed}"
