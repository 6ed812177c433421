# SPDX-License-Identifier: MIT
"""Measured surfaces from files: npz, npy, csv, txt, xyz, and instrument files.

Instrument files go through SurfaceTopography, imported when one is read. Files are data: nothing
in them is executed, and pickled arrays are refused. Checks of the heights are in ``clean``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.quantities import is_file, user_path
from interfacefem.surfaces import formats
from interfacefem.surfaces.formats import (
    Decimal,
    check_decimal,
    either,
    numbers,
    refuse_comma,
)
from interfacefem.surfaces.given import from_heights
from interfacefem.surfaces.quantities import Size, lengths, text
from interfacefem.surfaces.recipe import known_cutoffs, maker
from interfacefem.surfaces.shapes import FloatArray, Interpolation
from interfacefem.surfaces.topography import Topography
from interfacefem.units import unit_size

_TEXT = frozenset({".csv", ".txt", ".xyz", ".dat", ".tsv"})


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
) -> Topography:
    """Read a line or an area of measured heights.

    ==================  =======================================================================
    ending              holds
    ==================  =======================================================================
    npz                 what ``Topography.save`` wrote; or ``heights`` with ``size`` or ``x``, ``y``
    npy                 heights (n,) or (nx, ny); ``size`` is needed
    csv, txt, dat, tsv  a column of heights, or a matrix (row = x) with ``size``; or x and height
    xyz                 x and height, or x, y and height on a full grid in any order
    any other           an instrument's file, through SurfaceTopography
    ==================  =======================================================================

    Units of text columns may stand in a header line: ``x [um], height [nm]``.

    Parameters
    ----------
    path : str or Path
    size : str, float or sequence of one or two [um], optional
        Where the file does not say it.
    unit : str, optional
        Unit of the heights, where the file does not say it.
    xy_unit : str, optional
        Unit of the coordinates, where the file does not say it; that of the heights if not given.
    fill_holes, regrid, mirrored, interpolation
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
    }
    recipe |= {key: value for key, value in options.items() if value not in (False, "cubic")}
    given = {"unit": unit, "xy_unit": xy_unit, "channel": channel, "decimal": decimal}
    recipe |= {key: value for key, value in given.items() if value is not None}
    check_decimal(decimal, text=ending in _TEXT or ending == ".npz", place=str(file))
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
        columns = _from_npz(file, arrays)
    elif ending == ".npy":
        columns = {"heights": formats.arrays_of(file)["heights"]}
    elif ending in _TEXT:
        columns = _from_text(file, decimal, grid=ending == ".xyz")
    else:
        columns = formats.read(file, channel)
    heights_unit = columns.pop("unit", None) or unit
    if heights_unit is None:
        raise SurfaceError(f'{file}: the unit of the heights is not known; give unit="nm" or so')
    places_unit = columns.pop("xy_unit", None) or xy_unit or heights_unit
    factor = unit_size(places_unit, "length", place=f"{file} xy_unit")
    for key in ("x", "y"):
        if key in columns:
            columns[key] = np.asarray(columns[key], dtype=np.float64) * factor
    if "size" in columns and extent is None:
        extent = tuple(float(v) * factor for v in np.atleast_1d(columns["size"]))
    columns.pop("size", None)
    unclear = columns.pop("either", "")
    try:
        surface = from_heights(
            columns.pop("heights"),
            extent,
            unit=str(heights_unit),
            place=str(file),
            **columns,
            **options,
        )
    except SurfaceError as error:
        raise SurfaceError(f"{error}; but {unclear}" if unclear else str(error)) from None
    if unclear:
        raise SurfaceError(f"{file}: {unclear}")
    return Topography(surface.heights, surface.size, mirrored, recipe, surface.shape)


def _from_npz(file: Path, arrays: dict[str, Any]) -> dict[str, Any]:
    if "heights" not in arrays:
        raise SurfaceError(
            f"{file}: has no array 'heights' but {', '.join(sorted(arrays)) or 'none'}; rename it"
        )
    known = ("heights", "size", "x", "y", "unit", "xy_unit")
    result = {name: arrays[name] for name in known if name in arrays}
    for name in ("unit", "xy_unit"):
        if name in result:
            result[name] = str(result[name])
    return result


_UNIT = re.compile(r"[\[(]\s*([^\])]+?)\s*[\])]")


def _from_text(file: Path, decimal: Decimal | None, *, grid: bool) -> dict[str, Any]:
    rows: list[list[float]] = []
    said: list[str] = []
    named = False
    units: list[str] = []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SurfaceError(f"{file}: not a text file; save it as text in UTF-8") from None
    except OSError as error:
        raise SurfaceError(f"{file}: cannot be read ({error.strerror}); check its rights") from None
    for number, line in enumerate(lines, start=1):
        bare = line.strip().lstrip("#").strip()
        if not bare:
            continue
        comment = line.lstrip().startswith("#")
        try:
            row = numbers(bare, decimal)
        except ValueError:
            if not comment and decimal is None:
                refuse_comma(bare, number, str(file))
            if not rows:
                named = "," in line
                units = _UNIT.findall(line) or units
                continue
            raise SurfaceError(
                f"{file}: line {number} is not all numbers: {line.strip()[:40]!r}; remove or "
                "correct it"
            ) from None
        if comment:
            continue
        if rows and len(row) != len(rows[0]):
            raise SurfaceError(
                f"{file}: line {number} has {len(row)} columns, the lines before {len(rows[0])}; "
                "correct it"
            )
        rows.append(row)
        said.append(bare)
    if not rows:
        remedy = 'leave decimal="," out if they have points' if decimal == "," else "check the file"
        raise SurfaceError(f"{file}: has no numbers; {remedy}")
    table = np.array(rows)
    columns = table.shape[1]
    result: dict[str, Any]
    if columns == 1:
        result = {"heights": table[:, 0]}
    elif columns == 2:
        result = {"x": table[:, 0], "heights": table[:, 1]}
    elif grid and columns == 3:
        result = _grid(file, table)
    elif grid:
        raise SurfaceError(f"{file}: xyz needs 2 or 3 columns, it has {columns}; remove the others")
    else:
        result = {"heights": table}
    if decimal is None and not named:
        result["either"] = either(said)
    if units:
        result["unit"] = units[-1]
        result["xy_unit"] = units[0]
    return result


def _grid(file: Path, table: FloatArray) -> dict[str, Any]:
    """Sort x, y, height rows into a full grid; rows that are not there are holes."""
    if not np.isfinite(table[:, :2]).all():
        raise SurfaceError(f"{file}: a coordinate is not a number; remove the row")
    x, column = _levels(table[:, 0])
    y, row = _levels(table[:, 1])
    place = column * y.size + row
    values, first, counts = np.unique(place, return_index=True, return_counts=True)
    if (counts > 1).any():
        twice = table[first[int(np.argmax(counts > 1))]]
        raise SurfaceError(
            f"{file}: the point x = {twice[0]:g}, y = {twice[1]:g} stands there "
            f"{counts.max()} times; remove duplicate rows"
        )
    if values.size < 0.5 * x.size * y.size:
        raise SurfaceError(
            f"{file}: {values.size} points do not lie on a grid of {x.size} x {y.size} "
            "coordinates; bring scattered points to a grid first"
        )
    heights = np.full(x.size * y.size, np.nan)
    heights[place] = table[:, 2]
    return {"x": x, "y": y, "heights": heights.reshape(x.size, y.size)}


def _levels(values: FloatArray) -> tuple[FloatArray, Any]:
    """Distinct coordinates, equal to a millionth of the range, and the index of each value."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.diff(ordered, prepend=-np.inf) > 1e-6 * max(float(np.ptp(values)), 1e-300)
    number = np.empty(values.size, dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    return np.asarray(ordered[new]), number
