# SPDX-License-Identifier: MIT
"""Plain text tables with aligned columns; numbers to the right, words to the left."""

from __future__ import annotations

import math
from collections.abc import Sequence

from interfacefem.names import printable

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
