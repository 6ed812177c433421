# SPDX-License-Identifier: MIT
"""Names and units of columns, as the lines above the numbers of a text file say them.

Names and units stand in one heading line, or units in a line of their own; what else is in brackets
is no unit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from interfacefem.errors import UnitError
from interfacefem.grammar import NotReadable, take_apart
from interfacefem.surfaces.lines import QUOTED, words_of
from interfacefem.units import unit_size

#: a name and a unit in brackets or behind a slash, or one of length at the end
_FIELD = re.compile(
    r"(.*?)\s*(?:[\[(]\s*([^\[\]()]+?)\s*[\])]|/\s*(\S+)"
    r"|(?:_in_|_| in )([munpc\u00b5\u03bc]?m|\u00c5)|[ .]([mun\u00b5\u03bc]m))\s*"
)
#: what begins a comment in other programs
MARKS = "%!;/*' "
#: units of a number of samples, of a picture or of nothing
_COUNTS = frozenset(
    {"px", "pixel", "pixels", "points", "samples", "counts", "digits", "lsb", "a.u."}
)
#: names with units that only blanks separate
_FIELDS = re.compile(r"[^\[\]()]*[\[(][^\[\]()]*[\])]")
#: words in the name of a column that say what it holds; those after them decide only if alone
#: (English, German, French, Spanish, Japanese, Chinese)
_SAYS = {"x": "x", "y": "y"} | dict.fromkeys(
    "z h height heights elevation höhe hoehe hauteur altura 高さ 高度".split(), "z"
)
_HINTS = {"topography": "z", "topographie": "z"} | dict.fromkeys(
    "position distance lateral length abscissa länge laenge weg distanz longueur abscisse longitud "
    "distancia posición posicion 位置 距離 距离".split(),
    "x",
)


@dataclass(frozen=True)
class Column:
    """Name of a column, what it holds ("x", "y", "z" or "" if unknown), and its unit or None.

    A unit that is none of length is kept as ``other``.
    """

    name: str
    holds: str
    unit: str | None
    other: str | None = None


def heading(heads: Sequence[tuple[str, bool]], count: int) -> tuple[list[Column] | None, bool]:
    """Return the columns as a heading line names them, and whether commas separate the names.

    That line has as many names as the table has columns (of a matrix: one name, that of heights).
    A comment must hold a known name, a unit for each of several columns, or be the only heading.
    """
    best: tuple[int, list[Column], bool] | None = None
    row: list[Column] = []  # of units alone
    for line, comment in heads:
        for columns in _fields(line):
            units_alone = [_unit_alone(column) for column in columns]
            if len(columns) == count and all(units_alone) and any(c.unit for c in units_alone if c):
                row = [column for column in units_alone if column]
                continue
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
    if best is None:
        return (row or None), False
    if len(row) == len(best[1]):
        merged = [
            one if one.unit or one.other else Column(one.name, one.holds, unit.unit, unit.other)
            for one, unit in zip(best[1], row, strict=True)
        ]
        return merged, best[2]
    return best[1:]


def _fields(line: str) -> list[list[Column]]:
    """Return the ways to read a heading line as columns."""
    for separator in ";\t,":
        if separator in QUOTED.sub("", line):
            try:
                words = words_of(line, separator)
            except ValueError:
                return []
            while words and not words[-1]:
                words.pop()
            return [[_column(word) for word in words]]
    ways = [[line.strip('"')], line.split(), _FIELDS.findall(line)]
    return [[_column(word.strip('" ')) for word in words] for words in ways if words]


def _column(text: str) -> Column:
    found = _FIELD.fullmatch(text)
    name, unit = (
        (text, None) if found is None else (found[1], next(filter(None, found.groups()[1:])))
    )
    other = None
    if unit is not None and length_of(unit) is None:
        other = unit if _is_other(unit) else None
        name, unit = text, None
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name.lower()))
    for meaning in (_SAYS, _HINTS):
        roles = {meaning[word] for word in words if word in meaning}
        if roles:
            return Column(name, roles.pop() if len(roles) == 1 else "", unit, other)
    return Column(name, "", unit, other)


def _unit_alone(column: Column) -> Column | None:
    """Return a column that has a unit, or a dash, in the place of its name; else None."""
    word = column.name.strip("[]() ")
    if column.holds or (column.unit and word):
        return None
    unit = column.unit or word
    if unit in ("", "-"):
        return Column("", "", None)
    if length_of(unit) is not None:
        return Column("", "", unit)
    return Column("", "", None, unit) if _is_other(unit) else None


def _is_other(unit: str) -> bool:
    """Return whether a text is a unit, but of no length."""
    if unit.casefold() in _COUNTS:
        return True
    try:
        return bool(take_apart(f"1 {unit}").powers) and length_of(unit) is None
    except NotReadable:
        return False


def length_of(unit: str | None) -> float | None:
    """Return the size of a unit of length [um]; None for any other text."""
    try:
        return None if unit is None else unit_size(unit, "length")
    except UnitError:
        return None
