# SPDX-License-Identifier: MIT
"""The layout of ``results.h5``: groups, version, and how one dataset is put.

Plain HDF5; every dataset has the attribute ``unit``, fields also ``place``, and ``label`` where
their name in words has other ones than its letters. What is stored under which name is in
:mod:`interfacefem.results.schema`. Solver units are kept except for two kinds people never think of
in um and uA: current densities are stored in mA/cm^2 and area-specific resistances in ohm cm^2. The
file and everything read from it use these units.

::

/ format, format_version, status, message, created, changed, writer, run, lock (who keeps the lock
of the folder: the system, or words alone) /case the resolved case, TOML text /provenance JSON text
/materials JSON text, by layer, every value with range and source /mesh/... points, cells,
cell_layer, layer_names, layers/NAME/nodes, interfaces/NAME/{lower,upper}, boundaries/SIDE
/history/COLUMN one value an increment /increments/000000 step, step_index, increment; where the run
is large, a link to results-001.h5 interfaces/NAME/FIELD attribute absent where a layer is not in
the die layers/NAME/FIELD only where the fields inside the layers were stored current/... only where
a current was solved /risk/000 JSON text, the ranked rows after a step (attribute step)

``results-001.h5`` holds the increments that ``results.h5`` held before; external links of HDF5 lead
to them, so that who reads sees one file. A part is never changed once it is there. The folder of a
run is therefore copied as a whole.

A link is followed only to a part of the same run in the same folder.
"""

from __future__ import annotations

import contextlib
import difflib
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results.files import (
    careful,
    damaged,
    in_memory,
    leads_away,
    open_hdf5,
    put_in_place,
    reason,
)
from interfacefem.results.groups import Stored

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


PART_FORMAT = f"{FORMAT}, part"
_NAME = re.compile(r"results-([0-9]{3,9})\.h5")


class Increments:
    """The increments of an open run, wherever they are stored.

    Parameters
    ----------
    root : Stored
        ``results.h5``.
    folder : Path
    run : str
        Identifier of the run.
    rows : int
        Number of increments that the history has.

    Raises
    ------
    ResultsError
        If a part is missing or is none of this run, or an increment is missing.
    """

    def __init__(self, root: Stored, folder: Path, run: str, rows: int) -> None:
        self._folder, self._run = folder, run
        self._files: dict[str, Any] = {}
        try:
            self.groups = self._find(root.inside("increments"), rows)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the parts."""
        for file in self._files.values():
            file.close()

    def _find(self, place: Stored, rows: int) -> list[Stored]:
        names = place.names()
        wanted = [increment_name(row) for row in range(rows)]
        lost = sorted(set(wanted) ^ set(names))
        if lost:
            problem = f"does not agree with the {rows} rows of the history at {lost[0]}"
            raise damaged(place.place, problem)
        links = {name: _link(place.group.parent, name, place) for name in wanted}
        outside = {link.filename for link in links.values() if _leads_to_a_part(link)}
        missing = sorted(name for name in outside if not (self._folder / name).is_file())
        if missing:
            raise ResultsError(
                f"{self._folder}: {', '.join(missing)} is missing; copy a run as a whole folder"
            )
        return [self._open(place, name, link) for name, link in links.items()]

    def _open(self, place: Stored, name: str, link: Any) -> Stored:
        if not isinstance(link, h5py.ExternalLink):
            return place.inside(name)
        if not _leads_to_a_part(link) or link.path != f"/increments/{name}":
            raise leads_away(place.at(name))
        path = self._folder / link.filename
        file = self._files.get(link.filename)
        if file is None:
            file = self._files[link.filename] = open_hdf5(path)
        root = Stored.of(file, path)
        if root.words("format", "") != PART_FORMAT or root.words("run", "") != self._run:
            raise ResultsError(
                f"{path}: is no part of this run; put back the part that belongs to it"
            )
        return root.inside("increments").inside(name)


def is_moved(file: Any, index: int) -> bool:
    """Return whether an increment of an open file is in a part."""
    return isinstance(_link(file, increment_name(index)), h5py.ExternalLink)


def move(file: Any, path: Path) -> int:
    """Move the increments of a run to the next part, and return the size of what is left [bytes].

    Parameters
    ----------
    file : h5py.File
        ``results.h5`` in memory; not fit for use afterwards.
    path : Path
        Where it stands.

    Raises
    ------
    OSError
        If a file cannot be written; no increment is lost.
    """
    links = {name: _link(file, name) for name in file["increments"]}
    moved = {n: link for n, link in links.items() if isinstance(link, h5py.ExternalLink)}
    number = 1 + max((_number(link.filename) for link in moved.values()), default=0)
    part = _free(path, number, str(file.attrs["run"]))
    for name in moved:
        del file["increments"][name]
    with in_memory(part, fresh=True) as (target, image):
        target.attrs["format"] = PART_FORMAT
        target.attrs["run"] = file.attrs["run"]
        # All at once: points that increments share stay shared.
        file.copy(file["increments"], target, "increments")
        put_in_place(part, image())
    # Copied to a new file, because HDF5 gives the room of what is deleted back to nobody.
    with in_memory(path, fresh=True) as (target, image):
        for key, value in file.attrs.items():
            target.attrs[key] = value
        for key in file:
            if key != "increments":
                file.copy(file[key], target, key)
        group = target.create_group("increments")
        for name in links:
            there = moved.get(name) or h5py.ExternalLink(part.name, f"/increments/{name}")
            group[name] = there
        content = image()
    put_in_place(path, content)
    return len(content)


def remove(folder: Path) -> None:
    """Remove the parts of a run that is replaced; other files stay, whatever their names."""
    for path in folder.glob("results-*.h5"):
        if _NAME.fullmatch(path.name) is not None and _run_of(path) is not None:
            with contextlib.suppress(OSError):
                path.unlink()


def _free(path: Path, number: int, run: str) -> Path:
    """Return the next name that is free, or of a part that this run left before it was killed."""
    for count in itertools.count(number):
        part = path.with_name(f"results-{count:03d}.h5")
        if not os.path.lexists(part) or _run_of(part) == run:
            return part
    raise ResultsError(f"{path.parent}: no name is free for a part")  # not reached


def _run_of(path: Path) -> str | None:
    """Return the run that a file is a part of, None if it is no part."""
    with contextlib.suppress(OSError, ResultsError), open_hdf5(path) as file:
        root = Stored.of(file, path)
        if root.words("format", "") == PART_FORMAT:
            return root.words("run", "")
    return None


def _leads_to_a_part(link: Any) -> bool:
    return isinstance(link, h5py.ExternalLink) and _NAME.fullmatch(link.filename) is not None


def _number(name: str) -> int:
    return int(Path(name).stem.partition("-")[2])


def _link(file: Any, name: str, place: Stored | None = None) -> Any:
    with careful("increments" if place is None else place.at(name)):
        return file["increments"].get(name, getlink=True)
