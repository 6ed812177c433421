# SPDX-License-Identifier: MIT
"""Increments in files of their own beside ``results.h5``, so that it stays small while a run grows.

``results-001.h5`` holds the increments that ``results.h5`` held before; external links of HDF5 lead
to them, so that who reads sees one file. A part is never changed once it is there. The folder of a
run is therefore copied as a whole.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import h5py

from interfacefem.results import layout
from interfacefem.results.files import in_memory, put_in_place

PATTERN = "results-*.h5"


def is_moved(file: Any, index: int) -> bool:
    """Return whether an increment of an open file is in a part."""
    return isinstance(_link(file, f"{index:06d}"), h5py.ExternalLink)


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
    part = path.with_name(f"results-{number:03d}.h5")
    for name in moved:
        del file["increments"][name]
    with in_memory(part, fresh=True) as (target, image):
        target.attrs["format"] = f"{layout.FORMAT}, part"
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


def missing(file: Any, folder: Path) -> list[str]:
    """Return the names of parts that an open file needs and its folder lacks."""
    links = [_link(file, name) for name in file["increments"]]
    needed = {link.filename for link in links if isinstance(link, h5py.ExternalLink)}
    return sorted(name for name in needed if not (folder / name).is_file())


def remove(folder: Path) -> None:
    """Remove the parts of a run that is replaced."""
    for part in folder.glob(PATTERN):
        with contextlib.suppress(OSError):
            part.unlink()


def _number(name: str) -> int:
    return int(Path(name).stem.partition("-")[2])


def _link(file: Any, name: str) -> Any:
    return file["increments"].get(name, getlink=True)
