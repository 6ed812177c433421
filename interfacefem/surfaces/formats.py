# SPDX-License-Identifier: MIT
"""Formats of measured surfaces: npz, npy, the files of instruments. Text is read in ``columns``.

Nothing else of SurfaceTopography is used; it is imported when an instrument's file is read.
"""

from __future__ import annotations

import contextlib
import json
import math
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import numpy as np

from interfacefem.environment import GIGABYTE
from interfacefem.errors import EnvironmentProblem, SurfaceError
from interfacefem.quantities import is_file
from interfacefem.surfaces.quantities import require_room
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
            _require_real_sizes(stream, file)
            loaded = np.load(stream, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {"heights": loaded}
            arrays = [name for name in loaded.files if f"{name}.npy" in loaded.zip.namelist()]
            return {name: loaded[name] for name in arrays}
    except SurfaceError:
        raise
    except Exception as error:  # what numpy makes of a damaged header is not known
        reason = str(error).split(".")[0]
        raise SurfaceError(
            f"{file}: not a readable {file.suffix} file ({reason}); save plain arrays of numbers"
        ) from None


def heights_of(file: Path, arrays: dict[str, Any]) -> Any:
    """Return the array of that name.

    Raises
    ------
    SurfaceError
        If there is none.
    """
    if "heights" not in arrays:
        raise SurfaceError(
            f"{file}: has no array 'heights' but {', '.join(sorted(arrays)) or 'none'}; rename it"
        )
    return arrays["heights"]


def _require_real_sizes(stream: BinaryIO, file: Path) -> None:
    """Compare what the headers of arrays claim with what the file holds, before it is read.

    Raises
    ------
    SurfaceError
        If an array claims more than is there, or more than fits in memory.
    ValueError, OSError, EOFError, zipfile.BadZipFile
        If a header is damaged.
    """
    if stream.read(2) != b"PK":
        stream.seek(0)
        _require_real_size(stream, file.stat().st_size, file)
        stream.seek(0)
        return
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            with archive.open(member) as content:
                _require_real_size(content, member.file_size, file)
    stream.seek(0)


def _require_real_size(content: IO[bytes], length: int, file: Path) -> None:
    version = np.lib.format.read_magic(content)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise ValueError(f"version {version} of the npy format is not read")
    shape, _, kind = readers[version](content)
    if kind.hasobject:
        return  # refused by numpy
    claimed = math.prod(shape) * kind.itemsize
    left = length - content.tell()
    if claimed > left:
        raise SurfaceError(
            f"{file}: its header claims heights of shape {shape}, {claimed / GIGABYTE:.3g} GB, but "
            f"the file holds {left} bytes of numbers; it is damaged or cut short, save it again"
        )
    require_room(math.prod(shape), f"heights of shape {shape}", str(file), "save fewer heights")


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


def read(file: Path, channel: int | None) -> dict[str, Any]:
    """Read heights, size or coordinates and units of an instrument's file.

    Parameters
    ----------
    file : Path
    channel : int or None
        Number of the height channel; the file's default if None.

    Returns
    -------
    dict
        ``heights`` (masked where there are holes), ``x`` (and ``y``) and the units, if stated.

    Raises
    ------
    SurfaceError
        If the format is not known, or the channel not there.
    EnvironmentProblem
        If SurfaceTopography is not installed.
    """
    try:
        import SurfaceTopography
        from SurfaceTopography.Exceptions import ReadFileError, UnknownFileFormat
    except ImportError:
        raise EnvironmentProblem(
            f"{file}: instrument files need SurfaceTopography; run pip install SurfaceTopography"
        ) from None
    try:
        reader = SurfaceTopography.open_topography(str(file))
    except (UnknownFileFormat, ReadFileError):
        raise SurfaceError(
            f"{file}: no known instrument format; save it as npz, npy, csv or xyz with units"
        ) from None
    channels = len(reader.channels)
    if channel is not None and not 0 <= channel < channels:
        raise SurfaceError(
            f"{file}: channel {channel} is not there; the file has channels 0 to {channels - 1}"
        )
    arguments: dict[str, Any] = {} if channel is None else {"channel_index": channel}
    try:
        measured = reader.topography(**arguments)
        heights = measured.heights()
        places = measured.positions() if heights.size else None
    except Exception as error:  # what a damaged file makes of another's reader is not known
        raise SurfaceError(
            f"{file}: SurfaceTopography cannot read it ({error}); export it as csv or xyz"
        ) from None
    if places is None:
        raise SurfaceError(f"{file}: holds no samples; export it again")
    result: dict[str, Any] = {"heights": heights}
    if measured.dim == 1:
        result["x"] = np.asarray(places)
    else:
        result["x"], result["y"] = np.asarray(places[0])[:, 0], np.asarray(places[1])[0, :]
    if measured.unit is not None:
        result["unit"] = result["xy_unit"] = measured.unit
    return result
