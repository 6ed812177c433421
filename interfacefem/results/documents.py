# SPDX-License-Identifier: MIT
"""Texts of a run: tables as plain text, the case as TOML and others as JSON.

A form says what a value must be: a type or a tuple of types, ``[form]`` for a list, a dictionary of
forms for a table, whose keys that end in ``!`` must be there and whose other keys may be anything,
or :class:`Each` for a table of which all values have one form.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interfacefem.names import printable
from interfacefem.results.files import careful, damaged

Cell = str | float | int | None


def number(value: float, digits: int = 4) -> str:
    """Return a short number; ``-`` where it is not known."""
    if math.isnan(value):
        return "-"
    return f"{value:.{digits}g}"


def table(head: Sequence[str], rows: Sequence[Sequence[Cell]], *, indent: str = "  ") -> str:
    """Return rows under a head, separated by two blanks.

    Parameters
    ----------
    head : sequence of str
        Names of the columns, with units.
    rows : sequence of sequence
        Words, numbers, or None for unknown.
    indent : str
        Put before each line.
    """
    head = [printable(name, lines=False) for name in head]
    texts = [[_text(cell) for cell in row] for row in rows]
    right = [
        all(not isinstance(row[index], str) for row in rows) and bool(rows)
        for index in range(len(head))
    ]
    widths = [
        max(len(name), *(len(line[index]) for line in texts)) if texts else len(name)
        for index, name in enumerate(head)
    ]
    lines = [head, ["-" * width for width in widths], *texts]
    return "\n".join(
        (
            indent
            + "  ".join(
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(line, widths, right, strict=True)
            )
        ).rstrip()
        for line in lines
    )


def _text(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return printable(cell, lines=False)
    return str(cell) if isinstance(cell, int) else number(float(cell))


_NUMBER = (int, float)
_WORDS = {str: "text", dict: "table", list: "list", int: "number", float: "number"}
#: a float can hold no more
_LARGEST = 1e300


@dataclass(frozen=True)
class Each:
    """A table of which all values have one form."""

    form: Any


_STEP = {
    "name": str,
    "kind": str,
    "interface": str,
    "begin": str,
    "die": (str, *_NUMBER),
}
CASE = {
    "name": str,
    "die": {"diameter!": (str, *_NUMBER), "wall_friction!": _NUMBER},
    "current": {"critical": (str, *_NUMBER)},
    "layer": [{}],
    "interface": [{"between": [str], "adhesion": {}}],
    "step": [_STEP],
    "stage": [{"step": [_STEP]}],
}
PROVENANCE = {
    "versions": Each(str),
    "methods": [str],
    "stored": Each(str),
    "sources": [str],
    "wall_time": Each(_NUMBER),
    "sessions": [
        {
            "after_increments!": int,
            "status!": str,
            "memory": _NUMBER,
            "wall_time": Each(_NUMBER),
        }
    ],
}
MATERIALS = Each((str, dict))
RISK = [
    {
        "subject!": str,
        "cause!": str,
        "ratio!": _NUMBER,
        "rank": int,
        "increment": int,
        **dict.fromkeys(("step", "place", "unit", "source", "comment"), str),
        **dict.fromkeys(("value", "value_low", "value_high", "pressure"), _NUMBER),
        **dict.fromkeys(("threshold", "threshold_low", "threshold_high"), _NUMBER),
    }
]


def read_json(text: str, form: Any, place: str) -> Any:
    """Return what a JSON text holds.

    Raises
    ------
    ResultsError
        With the place, if it is no JSON or not of the form.
    """
    with careful(place):
        found = json.loads(text)
        _require(found, form, place, "")
    return found


def read_toml(text: str, form: Any, place: str) -> dict[str, Any]:
    """Return what a TOML text holds; raises like :func:`read_json`."""
    with careful(place):
        found = tomllib.loads(text)
        _require(found, form, place, "")
    return found


def _require(value: Any, form: Any, place: str, at: str) -> None:
    if isinstance(form, Each):
        _require_type(value, dict, place, at)
        for key, item in value.items():
            _require(item, form.form, place, f"{at}.{key}")
    elif isinstance(form, list):
        _require_type(value, list, place, at)
        for index, item in enumerate(value):
            _require(item, form[0], place, f"{at}[{index}]")
    elif isinstance(form, Mapping):
        _require_type(value, dict, place, at)
        for name, inner in form.items():
            key = name.rstrip("!")
            if key in value:
                _require(value[key], inner, place, f"{at}.{key}")
            elif key != name:
                raise damaged(place, f"{f'{at}.{key}'.lstrip('.')} is missing")
    else:
        _require_type(value, form, place, at)


def _require_type(value: Any, kinds: Any, place: str, at: str) -> None:
    good = isinstance(value, kinds) and not (isinstance(value, bool) and kinds is not bool)
    if good and isinstance(value, _NUMBER):
        good = not abs(value) > _LARGEST or isinstance(value, float)
    if not good:
        wanted = kinds if isinstance(kinds, tuple) else (kinds,)
        what = " or ".join(dict.fromkeys(_WORDS[kind] for kind in wanted))
        raise damaged(place, f"{at.lstrip('.') or 'the text'} is no {what}")
