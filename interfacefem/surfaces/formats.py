# SPDX-License-Identifier: MIT
"""Formats of measured surfaces: numbers in text, npz, the files of instruments.

What the columns mean is said in ``files``.

Nothing else of SurfaceTopography is used; it is imported when an instrument's file is read.
"""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from interfacefem.errors import EnvironmentProblem, SurfaceError
from interfacefem.quantities import is_file
from interfacefem.surfaces.shapes import CosineSeries, Sampled, Shape

if TYPE_CHECKING:
    from interfacefem.surfaces.topography import Topography

Decimal = Literal[".", ","]

_COMMA = re.compile(r"[+-]?[0-9]+(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?|[+-]?,[0-9]+|nan", re.IGNORECASE)
#: a line that is one number with a decimal comma as well as two whole numbers
_EITHER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
#: a line that is one number with commas between thousands as well as two columns
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}(?:\.[0-9]*)?")


def check_decimal(decimal: object, *, text: bool, place: str) -> None:
    """Refuse what is no decimal sign, or is given for a file that is no text.

    Raises
    ------
    SurfaceError
        With what to write.
    """
    if decimal is None:
        return
    if decimal not in get_args(Decimal):
        raise SurfaceError(f'{place}: decimal {decimal!r} is unknown; write "." or ","')
    if not text:
        raise SurfaceError(f"{place}: decimal is for files of text; leave it out")


def numbers(line: str, decimal: Decimal | None) -> list[float]:
    """Return the numbers of a line; an empty column is not a number.

    Parameters
    ----------
    line : str
        Without blanks around it.
    decimal : {".", ","} or None
        With a comma for decimals, columns are separated by semicolons, tabs or blanks.

    Raises
    ------
    ValueError
        If a column is something else.
    """
    words = _words(line, ";\t" if decimal == "," else ";,\t")
    if decimal == ",":
        if not all(not word or _COMMA.fullmatch(word) for word in words):
            raise ValueError(line)
        words = [word.replace(",", ".") for word in words]
    if any("_" in word for word in words):
        raise ValueError(line)
    return [float(word) if word else float("nan") for word in words]


def refuse_comma(line: str, number: int, place: str) -> None:
    """Refuse a line that is no numbers unless its commas are decimal.

    Raises
    ------
    SurfaceError
        With the option that reads it.
    """
    try:
        numbers(line, ",")
    except ValueError:
        return
    raise SurfaceError(
        f'{place}: line {number} has decimal commas: {line[:40]!r}; give decimal=","'
    )


def either(lines: Sequence[str]) -> str:
    """Return why lines can all be read as one number or as two; empty if they cannot.

    Parameters
    ----------
    lines : sequence of str
        All lines with numbers.

    Returns
    -------
    str
        What is unclear and the options that decide it, for a message.
    """
    for pattern, what in ((_EITHER, "a decimal comma"), (_THOUSANDS, "a comma between thousands")):
        if lines and all(pattern.fullmatch(line) for line in lines):
            remedy = 'give decimal="." if the comma separates columns'
            remedy += ', decimal="," if it is decimal' if pattern is _EITHER else ""
            return f"{lines[0]!r} is one number with {what}, or two numbers; {remedy}"
    return ""


def _words(line: str, separators: str) -> list[str]:
    for separator in separators:
        if separator in line:
            return [word.strip() for word in line.split(separator)]
    return line.split()


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
    except (ReadFileError, ValueError, KeyError, OSError, IndexError) as error:
        raise SurfaceError(
            f"{file}: SurfaceTopography cannot read it ({error}); export it as csv or xyz"
        ) from None
    places = measured.positions()
    heights = measured.heights()
    result: dict[str, Any] = {"heights": heights}
    if measured.dim == 1:
        result["x"] = np.asarray(places)
    else:
        result["x"], result["y"] = np.asarray(places[0])[:, 0], np.asarray(places[1])[0, :]
    if measured.unit is not None:
        result["unit"] = result["xy_unit"] = measured.unit
    return result
