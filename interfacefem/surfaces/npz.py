# SPDX-License-Identifier: MIT
"""Saved topographies: npz files with heights, size, series and recipe."""

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.paths import is_file
from interfacefem.surfaces.shapes import CosineSeries, Sampled, Shape

if TYPE_CHECKING:
    from interfacefem.surfaces.topography import Topography

#: version of the npz files that ``Topography.save`` writes
FORMAT = 1


def save(surface: Topography, path: Path) -> Path:
    """Write a topography to an npz file; see :meth:`Topography.save`."""
    # A dot in the name may be that of a number: "height_0.5" is not replaced by "height_0".
    target = path if path.suffix == ".npz" else path.with_name(f"{path.name}.npz")
    record: dict[str, Any] = {
        "format": FORMAT,
        "mirrored": surface.mirrored,
        "recipe": surface.recipe,
        "checksum": surface.checksum,
    }
    arrays = {"heights": surface.heights, "size": np.asarray(surface.size)}
    if isinstance(surface.shape, CosineSeries):
        arrays["series"] = surface.shape.amplitudes
    elif isinstance(surface.shape, Sampled):
        record["interpolation"] = surface.shape.interpolation
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)  # never written through a link
        with partial.open("xb") as stream:
            np.savez(
                stream, allow_pickle=False, interfacefem=np.array(json.dumps(record)), **arrays
            )
        partial.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise SurfaceError(
            f"{target}: cannot be written ({error.strerror}); choose a folder that exists and is "
            "writable"
        ) from None
    return target


def load(path: Path, make: type[Topography]) -> Topography:
    """Read a file that ``Topography.save`` wrote, with its recipe."""
    if not is_file(path):
        raise SurfaceError(f"{path}: there is no such file; check the path")
    arrays = arrays_of(path)
    if "interfacefem" not in arrays:
        raise SurfaceError(f"{path}: not a saved topography; use surfaces.read() for plain arrays")
    return restored(path, arrays, make)


def arrays_of(file: Path) -> dict[str, Any]:
    """Return the arrays of an npz or npy file.

    Raises
    ------
    SurfaceError
        If the file is missing or damaged.
    """
    try:
        with file.open("rb") as stream:  # numpy leaves a damaged file open
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"heights": loaded}
            return {name: loaded[name] for name in loaded.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        reason = str(error).split(".")[0]
        raise SurfaceError(
            f"{file}: not a readable {file.suffix} file ({reason}); save plain arrays of numbers"
        ) from None


def restored(file: Path, arrays: dict[str, Any], make: type[Topography]) -> Topography:
    """Return the topography whose arrays were read from a file.

    Raises
    ------
    SurfaceError
        If an array is missing, the file is of another version or its heights were changed.
    """
    try:
        record = json.loads(str(arrays["interfacefem"]))
        version = record["format"]
        if version != FORMAT:
            raise SurfaceError(
                f"{file}: written in format {version}, this version reads {FORMAT}; use the "
                "version of interfacefem that wrote it"
            )
        size = tuple(float(v) for v in arrays["size"])
        heights = np.asarray(arrays["heights"], dtype=np.float64)
        shape: Shape | None = None
        if "series" in arrays:
            shape = CosineSeries(np.asarray(arrays["series"], dtype=np.float64), size)
        elif "interpolation" in record:
            shape = Sampled(heights, size, record["interpolation"], symmetric=record["mirrored"])
        surface = make(heights, size, bool(record["mirrored"]), record["recipe"], shape)
        checksum = record["checksum"]
    except (KeyError, TypeError, ValueError) as error:
        raise SurfaceError(
            f"{file}: damaged topography file ({type(error).__name__}: {error}); save it again"
        ) from None
    if surface.checksum != checksum:
        raise SurfaceError(
            f"{file}: heights do not match their checksum; the file was changed or damaged, save "
            "it again"
        )
    return surface
