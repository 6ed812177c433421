# SPDX-License-Identifier: MIT
"""Whether a folder can take a new run, found out before anything is computed or changed."""

from __future__ import annotations

import os
from pathlib import Path

from interfacefem.drive.continuation import CASE_NAME, MESH_NAME
from interfacefem.drive.progress import LOG_NAME
from interfacefem.errors import ResultsError
from interfacefem.results import checkpoint, layout
from interfacefem.results.files import reason


def require_place(folder: Path, *, overwrite: bool, mesh_file: Path | None = None) -> None:
    """Refuse a folder that could not take the results, or whose own files they would replace.

    Parameters
    ----------
    folder : Path
        Folder of the run; it need not be there yet.
    overwrite : bool
        Whether a run in it may be replaced.
    mesh_file : Path, optional
        The mesh that the case brings.

    Raises
    ------
    ResultsError
        If it holds a run or other files of the same names, is a file, or cannot be written.
    """
    try:
        _require(folder, overwrite, mesh_file)
    except OSError as error:
        raise ResultsError(
            f"{folder}: cannot be written ({reason(error)}); give another folder with -o"
        ) from error


def require_apart(folder: Path, start: Path | None) -> None:
    """Refuse to write a run into the folder of the run that it begins from.

    Raises
    ------
    ResultsError
    """
    if start is not None and folder.resolve() == start.resolve():
        raise ResultsError(
            f"{folder}: the run begins from a state in this folder; give another folder with -o"
        )


def _require(folder: Path, overwrite: bool, mesh_file: Path | None) -> None:
    run = (folder / layout.FILE_NAME).exists()
    if run and not overwrite:
        raise ResultsError(
            f"{folder}: there is a run in this folder already; give another folder with -o, "
            "replace it with --overwrite (overwrite=True), or continue it with: interfacefem resume"
        )
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise ResultsError(f"{folder}: {nearest} is a file; give a folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ResultsError(f"{folder}: cannot write in {nearest}; give another folder with -o")
    if mesh_file is not None and mesh_file.resolve() == (folder / MESH_NAME).resolve():
        raise ResultsError(
            f"{folder}: the run would replace {mesh_file.name}, the mesh of its case; give another "
            "folder with -o, or move the mesh elsewhere"
        )
    names = (CASE_NAME, MESH_NAME, LOG_NAME, checkpoint.FILE_NAME)
    others = [name for name in names if (folder / name).exists()]
    if others and not run:
        raise ResultsError(
            f"{folder}: has {', '.join(others)} but no run, which a run here would replace; give "
            "another folder with -o, or move what is there elsewhere"
        )
