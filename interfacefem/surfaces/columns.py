# SPDX-License-Identifier: MIT
"""Heights in files of text: which column of the table is what.

Lines become numbers in ``lines``; names and units of the columns are read in ``headings``. Units
are applied, and the heights checked, in ``files``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.surfaces.grids import on_grid, repeats
from interfacefem.surfaces.headings import MARKS, Column, heading, length_of
from interfacefem.surfaces.lines import Decimal, either, numbers, refuse_comma, words_of
from interfacefem.surfaces.shapes import FloatArray

#: rows from which three columns without names are not taken for a matrix
_MANY = 30

_SPOKEN = {"x": "positions along x", "y": "positions along y", "z": "heights"}


def from_text(
    file: Path, lines: Sequence[str], decimal: Decimal | None, *, grid: bool
) -> dict[str, Any]:
    """Read heights, coordinates and units out of the lines of a file.

    Parameters
    ----------
    file : Path
        For messages.
    lines : sequence of str
    decimal : {".", ","} or None
    grid : bool
        The ending says that three columns are x, y and height.

    Returns
    -------
    dict
        ``heights``, ``x`` (and ``y``) and the units, where they are said; ``either`` if the
        lines can be read in two ways.

    Raises
    ------
    SurfaceError
        If a line is not all numbers, or names and numbers of the columns contradict each other.
    """
    rows: list[list[float]] = []
    said: list[str] = []
    heads: list[tuple[str, bool]] = []
    broken: tuple[int, str] | None = None
    for number, line in enumerate(lines, start=1):
        bare = line.strip().lstrip("#").strip()
        comment = line.lstrip().startswith("#")
        if not bare or (comment and rows):
            continue
        try:
            row = numbers(bare, decimal)
        except ValueError:
            if not comment and decimal is None:
                refuse_comma(bare, number, str(file))
            if rows:
                raise SurfaceError(
                    f"{file}: line {number} is not all numbers: {line.strip()[:40]!r}; remove or "
                    "correct it"
                ) from None
            heads += [(one, comment) for one in dict.fromkeys((bare, bare.lstrip(MARKS))) if one]
            broken = None if comment else (number, bare)
            continue
        if comment:
            continue
        if not rows and broken is not None:
            _refuse_broken(*broken, len(row), decimal, file)
        if rows and len(row) != len(rows[0]):
            raise SurfaceError(
                f"{file}: line {number} has {len(row)} columns, the lines before {len(rows[0])}; "
                "correct it"
            )
        rows.append(row)
        said.append(bare)
    if not rows:
        remedy = 'leave decimal="," out if they have points' if decimal == "," else "check the file"
        if heads and decimal is None:
            remedy = "separate columns by commas, semicolons, tabs or blanks"
        first = f", it begins with {heads[0][0][:40]!r}" if heads else ""
        raise SurfaceError(f"{file}: has no numbers{first}; {remedy}")
    table = np.array(rows)
    if table.shape[1] > 1 and all(line.endswith((",", ";")) for line in said):
        table = table[:, :-1]  # a separator at the end of each line begins no column
    empty = np.isnan(table).all(axis=0)
    if empty.any() and not empty.all():
        raise SurfaceError(
            f"{file}: column {int(np.argmax(empty)) + 1} of {empty.size} has no number; remove it"
        )
    columns, commas = heading(heads, table.shape[1])
    result = _by_role(file, table, columns, grid=grid)
    if decimal is None and not commas:
        result["either"] = either(said)
    return result


def _refuse_broken(number: int, line: str, count: int, decimal: Decimal | None, file: Path) -> None:
    """Refuse a line above the numbers that is one of them, but for a word; it is no heading."""
    words = words_of(line, ";\t" if decimal == "," else ";,\t")
    try:
        numbers(words[0], decimal)
    except ValueError:
        return
    if len(words) == count > 1 and words[0]:
        raise SurfaceError(
            f"{file}: line {number} is not all numbers: {line[:40]!r}; remove or correct it"
        )


def _by_role(
    file: Path, table: FloatArray, columns: list[Column] | None, *, grid: bool
) -> dict[str, Any]:
    """Return heights, coordinates and units of a table whose columns may be named."""
    count = table.shape[1]
    if columns is not None and len(columns) != count:  # of a matrix the heading says the unit only
        return {"heights": table, "unit": columns[0].unit}
    place = {} if columns is None else _places(file, columns)
    if count == 1:
        place = {"z": 0}
    elif count == 2:
        place = _of_two(place)
    elif "z" not in place or "x" not in place:
        if not (grid and count == 3) and not (count == 3 and repeats(table)):
            if grid:
                raise SurfaceError(
                    f"{file}: xyz needs 2 or 3 columns, it has {count}; remove the others or "
                    "name the columns in the first line: x [um], y [um], height [um]"
                )
            if count == 3 and len(table) >= _MANY and columns is None:
                raise SurfaceError(
                    f"{file}: three columns of {len(table)} rows may be x, y and height, but not "
                    "on a grid, or heights; write what they are above them: x [um], y [um], "
                    "height [um], or height [um] alone"
                )
            return {"heights": table}
        place = {"x": 0, "y": 1, "z": 2}
    for k in place.values():
        if columns is not None and (other := columns[k].other) is not None:
            raise SurfaceError(
                f"{file}: the column {columns[k].name!r} is in {other}, which is no length; "
                "convert it, or remove the column (and give size= or pixel= if it is x or y)"
            )
    units = {role: columns[k].unit for role, k in place.items()} if columns is not None else {}
    if units.get("x") and units.get("y") and length_of(units["x"]) != length_of(units["y"]):
        raise SurfaceError(
            f"{file}: x is in {units['x']}, y in {units['y']}; write both in one unit"
        )
    result: dict[str, Any] = {"unit": units.get("z"), "xy_unit": units.get("x") or units.get("y")}
    if "y" in place:
        ordered = table[:, [place["x"], place["y"], place["z"]]]
        return result | on_grid(file, ordered)
    result["heights"] = table[:, place["z"]]
    if "x" in place:
        result["x"] = table[:, place["x"]]
    return result


def _of_two(place: dict[str, int]) -> dict[str, int]:
    """Return which of two columns is x and which height; x comes first if no name says it."""
    if "z" in place:
        return {"x": 1 - place["z"], "z": place["z"]}
    if "x" in place:
        return {"x": place["x"], "z": 1 - place["x"]}
    if "y" in place:  # y over something: a height
        return {"x": 1 - place["y"], "z": place["y"]}
    return {"x": 0, "z": 1}


def _places(file: Path, columns: list[Column]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, column in enumerate(columns):
        if not column.holds:
            continue
        if column.holds in found:
            other = columns[found[column.holds]].name
            raise SurfaceError(
                f"{file}: the columns {other!r} and {column.name!r} are both "
                f"{_SPOKEN[column.holds]} by their names; keep one, or rename the other"
            )
        found[column.holds] = number
    return found
