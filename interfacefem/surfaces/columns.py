# SPDX-License-Identifier: MIT
"""Heights in files of text: which lines are numbers, and which column is what.

A line is read as numbers by ``numbers``; the table that they make is read by ``from_text``. Names
and units of the columns stand in one heading line; what else is in brackets is no unit. Units are
applied, and the heights checked, in ``files``.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from interfacefem.errors import SurfaceError, UnitError
from interfacefem.surfaces.grids import forms_grid, on_grid
from interfacefem.surfaces.shapes import FloatArray
from interfacefem.units import unit_size

Decimal = Literal[".", ","]

_COMMA = re.compile(r"[+-]?[0-9]+(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?|[+-]?,[0-9]+|nan", re.IGNORECASE)
#: a line that is one number with a decimal comma as well as two whole numbers
_EITHER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
#: a line that is one number with commas between thousands as well as two columns
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}(?:\.[0-9]*)?")
#: what stands in no text
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_QUOTED = re.compile(r'"[^"]*"')
#: a name and a unit in brackets or behind a slash
_FIELD = re.compile(r"(.*?)\s*(?:[\[(]\s*([^\[\]()]+?)\s*[\])]|/\s*(\S+))\s*")
#: names with units that only blanks separate
_FIELDS = re.compile(r"[^\[\]()]*[\[(][^\[\]()]*[\])]")

#: words in the name of a column that say what it holds; those after them decide only if alone
_SAYS = {"x": "x", "y": "y"} | dict.fromkeys(("z", "h", "height", "heights", "elevation"), "z")
_HINTS = dict.fromkeys(("position", "distance", "lateral", "length", "abscissa"), "x") | {
    "topography": "z"
}
_SPOKEN = {"x": "positions along x", "y": "positions along y", "z": "heights"}


@dataclass(frozen=True)
class Column:
    """Name of a column, what it holds ("x", "y", "z" or "" if unknown), and its unit or None."""

    name: str
    holds: str
    unit: str | None


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
        Without blanks around it. Columns may stand in quotation marks.
    decimal : {".", ","} or None
        With a comma for decimals, columns are separated by semicolons, tabs or blanks; by commas
        only if the columns are quoted.

    Raises
    ------
    ValueError
        If a column is something else.
    """
    points = ";,\t" if decimal != "," else ";\t"
    words = _words(line, ";\t," if decimal == "," and '"' in line else points)
    if decimal == ",":
        if not all(not word or _COMMA.fullmatch(word) for word in words):
            raise ValueError(line)
        words = [word.replace(",", ".") for word in words]
    if any("_" in word for word in words):
        raise ValueError(line)
    return [float(word) if word else float("nan") for word in words]


def _words(line: str, separators: str) -> list[str]:
    """Return the columns of a line, split at the first of the separators that is in it."""
    quoted = '"' in line
    outside = _QUOTED.sub("", line)
    for separator in separators:
        if separator in outside:
            if not quoted:
                return [word.strip() for word in line.split(separator)]
            try:
                reader = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
                words = next(reader)
            except csv.Error as error:
                raise ValueError(line) from error
            return [word.strip() for word in words]
    return [word.strip('"') for word in line.split()]


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


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file of text.

    Raises
    ------
    SurfaceError
        If it is none, or cannot be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SurfaceError(f"{file}: cannot be read ({error.strerror}); check its rights") from None
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text.splitlines()
    raise SurfaceError(f"{file}: not a text file; save it as text in UTF-8")


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
            heads.append((bare, comment))
            continue
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
    if table.shape[1] > 1 and all(line.endswith((",", ";")) for line in said):
        table = table[:, :-1]  # a separator at the end of each line begins no column
    columns, commas = _heading(heads, table.shape[1])
    result = _by_role(file, table, columns, grid=grid)
    if decimal is None and not commas:
        result["either"] = either(said)
    return result


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
        if not (grid and count == 3) and not (count == 3 and forms_grid(table)):
            if grid:
                raise SurfaceError(
                    f"{file}: xyz needs 2 or 3 columns, it has {count}; remove the others or "
                    "name the columns in the first line: x [um], y [um], height [um]"
                )
            return {"heights": table}
        place = {"x": 0, "y": 1, "z": 2}
    units = {role: columns[k].unit for role, k in place.items()} if columns is not None else {}
    if units.get("x") and units.get("y") and _length(units["x"]) != _length(units["y"]):
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


def _heading(heads: Sequence[tuple[str, bool]], count: int) -> tuple[list[Column] | None, bool]:
    """Return the columns as a heading line names them, and whether commas separate the names.

    That line has as many names as the table has columns (of a matrix: one name, that of heights).
    A comment must hold a known name, a unit for each of several columns, or be the only heading.
    """
    best: tuple[int, list[Column], bool] | None = None
    for line, comment in heads:
        for columns in _fields(line):
            known = sum(bool(column.holds) for column in columns)
            units = sum(column.unit is not None for column in columns)
            if len(columns) != count:
                if not (len(columns) == 1 and columns[0].holds == "z" and units):
                    continue
                worth = 1
            elif known or (units == count and (count > 1 or not comment)):
                worth = 2 + 2 * known + units
            elif comment:
                continue
            else:
                worth = 1
            if best is None or worth >= best[0]:
                best = (worth, columns, "," in line and len(columns) == count)
    return (None, False) if best is None else best[1:]


def _fields(line: str) -> list[list[Column]]:
    """Return the ways to read a heading line as columns."""
    for separator in ";\t,":
        if separator in _QUOTED.sub("", line):
            try:
                words = _words(line, separator)
            except ValueError:
                return []
            while words and not words[-1]:
                words.pop()
            return [[_column(word) for word in words]]
    ways = [[line.strip('"')], line.split(), _FIELDS.findall(line)]
    return [[_column(word.strip('" ')) for word in words] for words in ways if words]


def _column(text: str) -> Column:
    found = _FIELD.fullmatch(text)
    name, unit = (text, None) if found is None else (found[1], found[2] or found[3])
    if unit is not None and _length(unit) is None:
        name, unit = text, None
    words = re.findall(r"[a-z]+", name.lower())
    for meaning in (_SAYS, _HINTS):
        roles = {meaning[word] for word in words if word in meaning}
        if roles:
            return Column(name, roles.pop() if len(roles) == 1 else "", unit)
    return Column(name, "", unit)


def _length(unit: str | None) -> float | None:
    """Return the size of a unit of length [um]; None for any other text."""
    try:
        return None if unit is None else unit_size(unit, "length")
    except UnitError:
        return None
