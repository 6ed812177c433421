# SPDX-License-Identifier: MIT
"""Increments in files of their own beside ``results.h5``, so that it stays small while a run grows.

``results-001.h5`` holds the increments that ``results.h5`` held before; external links of HDF5 lead
to them, so that who reads sees one file. A part is never changed once it is there. The folder of a
run is therefore copied as a whole.

A link is followed only to a part of the same run in the same folder.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from pathlib import Path
from typing import Any

import h5py

from interfacefem.errors import ResultsError
from interfacefem.results import layout
from interfacefem.results.files import in_memory, put_in_place
from interfacefem.results.groups import Stored
from interfacefem.results.hdf5 import careful, damaged, leads_away, open_hdf5

FORMAT = f"{layout.FORMAT}, part"
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
        wanted = [layout.increment_name(row) for row in range(rows)]
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
        if root.words("format", "") != FORMAT or root.words("run", "") != self._run:
            raise ResultsError(
                f"{path}: is no part of this run; put back the part that belongs to it"
            )
        return root.inside("increments").inside(name)


def is_moved(file: Any, index: int) -> bool:
    """Return whether an increment of an open file is in a part."""
    return isinstance(_link(file, layout.increment_name(index)), h5py.ExternalLink)


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
        target.attrs["format"] = FORMAT
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
        if root.words("format", "") == FORMAT:
            return root.words("run", "")
    return None


def _leads_to_a_part(link: Any) -> bool:
    return isinstance(link, h5py.ExternalLink) and _NAME.fullmatch(link.filename) is not None


def _number(name: str) -> int:
    return int(Path(name).stem.partition("-")[2])


def _link(file: Any, name: str, place: Stored | None = None) -> Any:
    with careful("increments" if place is None else place.at(name)):
        return file["increments"].get(name, getlink=True)
