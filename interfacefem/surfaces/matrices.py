# SPDX-License-Identifier: MIT
"""The matrix of heights that Gwyddion exports as text: its size and unit stand in comments.

The words of the comments are in the language of the program, their order is not. Other text is
read in ``columns``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError, UnitError
from interfacefem.names import shown
from interfacefem.surfaces.lines import Decimal, numbers
from interfacefem.units import to_internal, unit_size

#: channel, width, height and unit of the values, in this order
_COMMENT = re.compile(r"#\s*([^:]+):\s*(.*?)\s*")
_FIRST = "Channel"


def gwyddion(file: Path, lines: Sequence[str], decimal: Decimal | None) -> dict[str, Any] | None:
    """Read heights, size and unit; None if it is no export of Gwyddion.

    Parameters
    ----------
    file : Path
        For messages.
    lines : sequence of str
    decimal : {".", ","} or None
        Of the numbers; seen from the lines if not given, as tabs separate the columns.

    Returns
    -------
    dict
        ``heights`` (nx, ny), ``size`` (2,) [um] with ``xy_unit``, and ``unit`` where it is said.

    Raises
    ------
    SurfaceError
        If width or height is no length, the values are no lengths, or the rows no matrix.
    """
    said = [_COMMENT.fullmatch(line) for line in lines[:3]]
    if len(said) < 3 or not all(said):
        return None
    (channel, name), *sides = [(found[1], found[2]) for found in said if found]
    lengths = [_length(text) for _, text in sides]
    if None in lengths:
        if channel.strip() != _FIRST:
            return None
        at = lengths.index(None)
        raise SurfaceError(
            f"{file}: line {at + 2} gives no positive length but {shown(sides[at][1])}; correct it"
        )
    head = 3
    unit = None
    if len(lines) > head and (found := _COMMENT.fullmatch(lines[head])) is not None:
        unit = found[2]
        _require_length(file, name, unit)
    rows: list[list[float]] = []
    if decimal is None:
        decimal = "," if any("," in line for line in lines[head:]) else "."
    for number, line in enumerate(lines[head:], start=head + 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        try:
            rows.append(numbers(bare, decimal))
        except ValueError:
            raise SurfaceError(
                f"{file}: line {number} is not all numbers: {bare[:40]!r}; export it again"
            ) from None
        if len(rows[-1]) != len(rows[0]):
            raise SurfaceError(
                f"{file}: line {number} has {len(rows[-1])} columns, the lines before "
                f"{len(rows[0])}; export it again"
            )
    if not rows:
        raise SurfaceError(f"{file}: has no numbers; export it again")
    heights = np.array(rows).T  # a row is a line along x
    # its width is that of all pixels, ours is from the first sample to the last
    size = [side * (n - 1) / n for side, n in zip(lengths, heights.shape, strict=True) if side]
    return {"heights": heights, "size": size, "xy_unit": "um", "unit": unit}


def _length(text: str) -> float | None:
    """Return a positive length with its unit [um]; None if it is none."""
    try:
        length = to_internal(text.replace(",", "."), "length")
    except UnitError:
        return None
    return length if length > 0.0 else None


def _require_length(file: Path, name: str, unit: str) -> None:
    try:
        unit_size(unit, "length")
    except UnitError:
        raise SurfaceError(
            f"{file}: the channel {shown(name)} is in {shown(unit)}, which is no length; export a "
            "channel of heights"
        ) from None
