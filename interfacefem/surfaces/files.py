# SPDX-License-Identifier: MIT
"""Measured surfaces from files: npz, npy, csv, txt, xyz, and instrument files.

Instrument files go through SurfaceTopography, imported when one is read. Files are data: nothing
in them is executed, and pickled arrays are refused. Checks of the heights are in ``clean``.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.quantities import is_file, user_path
from interfacefem.surfaces import columns, formats, matrices
from interfacefem.surfaces.given import NoData, as_numbers, from_heights
from interfacefem.surfaces.lines import Decimal, check_decimal, lines_of
from interfacefem.surfaces.quantities import Size, lengths, text
from interfacefem.surfaces.recipe import known_cutoffs, maker
from interfacefem.surfaces.shapes import Interpolation
from interfacefem.surfaces.topography import Topography
from interfacefem.units import unit_size

_TEXT = frozenset({".csv", ".txt", ".xyz", ".dat", ".tsv"})
_WITHOUT_CHANNELS = _TEXT | {".npz", ".npy"}


@maker("file")
def read(
    path: str | Path,
    size: Size | None = None,
    *,
    unit: str | None = None,
    xy_unit: str | None = None,
    fill_holes: bool = False,
    regrid: bool = False,
    mirrored: bool = False,
    interpolation: Interpolation = "cubic",
    channel: int | None = None,
    decimal: Decimal | None = None,
    no_data: NoData = "find",
    pixel: Size | None = None,
) -> Topography:
    """Read a line or an area of measured heights.

    ==================  =======================================================================
    ending              holds
    ==================  =======================================================================
    npz                 what ``Topography.save`` wrote; or ``heights`` with ``size`` or ``x``, ``y``
    npy                 heights (n,) or (nx, ny); ``size`` is needed
    csv, txt, dat, tsv  a column of heights, or a matrix (row = x) with ``size``; or x and height;
                        or x, y and height on a full grid; or the matrix that Gwyddion exports
    xyz                 x and height, or x, y and height on a grid in any order, with holes
    any other           an instrument's file, through SurfaceTopography
    ==================  =======================================================================

    Names and units of text columns may stand in a header line: ``height [nm], x [um]``; the
    columns are then read by their names, in any order. Coordinates may be rounded, up to a tenth
    of a pixel.

    Parameters
    ----------
    path : str or Path
    size : str, float or sequence of one or two [um], optional
        Where the file does not say it. One length is that of both sides of a square map.
    unit : str, optional
        Unit of the heights, where the file does not say it; a unit that contradicts the file is
        refused.
    xy_unit : str, optional
        Unit of the coordinates, where the file does not say it; that of the heights if not given.
    fill_holes, regrid, mirrored, interpolation, no_data, pixel
        As for :func:`interfacefem.surfaces.from_heights`.
    channel : int, optional
        Height channel of an instrument's file; its default channel if not given.
    decimal : {".", ","}, optional
        Decimal sign of a text file. With a comma, columns are separated by semicolons, tabs or
        blanks. If not given it is a point, and lines such as ``1,5``, which can be one number or
        two, are refused.

    Returns
    -------
    Topography
        Heights as in the file: level them with ``levelled()``.

    Raises
    ------
    SurfaceError, UnitError
        Naming the file, the place and the way out.
    """
    file = user_path(path, "surface", SurfaceError)
    if not is_file(file):
        raise SurfaceError(f"{file}: there is no such file; check the path")
    given_path = str(path) if file == Path(path) else str(file)
    recipe: dict[str, Any] = {"kind": "file", "path": given_path}
    ending = file.suffix.lower()
    options: dict[str, Any] = {
        "fill_holes": fill_holes,
        "regrid": regrid,
        "mirrored": mirrored,
        "interpolation": interpolation,
        "no_data": no_data,
    }
    usual = {"interpolation": "cubic", "no_data": "find"}
    recipe |= {key: value for key, value in options.items() if value != usual.get(key, False)}
    if pixel is not None:
        options["pixel"] = pixel
        recipe["pixel"] = [text(length) for length in lengths(pixel, f"{file} pixel")]
    given = {"unit": unit, "xy_unit": xy_unit, "channel": channel, "decimal": decimal}
    recipe |= {key: value for key, value in given.items() if value is not None}
    check_decimal(decimal, text=ending in _TEXT or ending == ".npz", place=str(file))
    if channel is not None and ending in _WITHOUT_CHANNELS:
        raise SurfaceError(f"{file}: channel is for files of instruments; leave it out")
    extent = None if size is None else lengths(size, str(file))
    if extent is not None:
        recipe["size"] = [text(length) for length in extent]
    if ending == ".npz":
        arrays = formats.arrays_of(file)
        if "interfacefem" in arrays:
            unused = [key for key in recipe if key not in ("kind", "path")]
            if unused:
                raise SurfaceError(
                    f"{file}: a saved topography states its own {', '.join(unused)}; leave "
                    f"{'it' if len(unused) == 1 else 'them'} out"
                )
            surface = formats.restored(file, arrays, Topography)
            # the file's own recipe is not replayed: its heights are what counts
            return Topography(
                surface.heights,
                surface.size,
                surface.mirrored,
                recipe | known_cutoffs(surface),
                surface.shape,
            )
        found = _from_npz(file, arrays)
    elif ending == ".npy":
        found = {"heights": formats.heights_of(file, formats.arrays_of(file))}
    elif ending in _TEXT:
        found = _from_text(file, decimal, grid=ending == ".xyz")
    else:
        found = formats.read(file, channel)
    heights_unit = _agreed(found.pop("unit", None), unit, "unit", file)
    if heights_unit is None:
        raise SurfaceError(f'{file}: the unit of the heights is not known; give unit="nm" or so')
    unit_size(heights_unit, "length", place=f"{file} unit")
    places_unit = _agreed(found.pop("xy_unit", None), xy_unit, "xy_unit", file) or heights_unit
    factor = unit_size(places_unit, "length", place=f"{file} xy_unit")
    for key in ("x", "y"):
        if key in found:
            found[key] = as_numbers(found[key], key, str(file)) * factor
    sides = found.pop("size", None)
    if sides is not None and extent is None:
        sides = np.ravel(sides)
        extent = (
            lengths([str(side) for side in sides], str(file))
            if sides.dtype.kind == "U"
            else tuple(float(v) for v in as_numbers(sides, "size", str(file)) * factor)
        )
    unclear = found.pop("either", "")
    try:
        surface = from_heights(
            found.pop("heights"),
            extent,
            unit=str(heights_unit),
            place=str(file),
            **found,
            **options,
        )
    except SurfaceError as error:
        raise SurfaceError(f"{error}; but {unclear}" if unclear else str(error)) from None
    if unclear:
        raise SurfaceError(f"{file}: {unclear}")
    return Topography(surface.heights, surface.size, mirrored, recipe, surface.shape)


def _from_npz(file: Path, arrays: dict[str, Any]) -> dict[str, Any]:
    result = {"heights": formats.heights_of(file, arrays)}
    if "mask" in arrays:  # whether it marks what counts or what does not, nobody can tell
        raise SurfaceError(
            f"{file}: has an array 'mask', which is not read; put NaN where there is no height, "
            "and leave it out"
        )
    known = ("size", "x", "y", "unit", "xy_unit")
    result |= {name: arrays[name] for name in known if name in arrays}
    for name in ("unit", "xy_unit"):
        if name in result:
            result[name] = str(result[name])
    return result


def _from_text(file: Path, decimal: Decimal | None, *, grid: bool) -> dict[str, Any]:
    lines = lines_of(file)
    found = matrices.gwyddion(file, lines, decimal)
    return columns.from_text(file, lines, decimal, grid=grid) if found is None else found


def _agreed(stated: object, given: str | None, key: str, file: Path) -> str | None:
    """Return the unit that the file states or the user gives.

    Raises
    ------
    SurfaceError
        If they are two different ones.
    """
    if stated is None or given is None:
        return given if stated is None else str(stated)
    sizes = [unit_size(unit, "length", place=f"{file} {key}") for unit in (str(stated), given)]
    if not math.isclose(*sizes, rel_tol=1e-12):
        raise SurfaceError(
            f'{file}: the file states {stated}, but {key}="{given}" is given; leave {key} out, or '
            "correct the file"
        )
    return given
