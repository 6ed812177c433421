# SPDX-License-Identifier: MIT
"""The figure "model beside measurement": every quantity over the middle of what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from interfacefem.plots import theme


class Row(Protocol):
    """What the figure needs of a quantity."""

    @property
    def name(self) -> str:
        """In words."""

    @property
    def measured(self) -> tuple[float, float]:
        """Lowest and highest."""

    @property
    def nominal(self) -> float:
        """Of the model."""

    @property
    def band(self) -> tuple[float, float]:
        """Of the model, lowest and highest."""

    @property
    def verdict(self) -> str:
        """``"inside"``, ``"outside"`` or ``"undecided"``."""


class Set(Protocol):
    """What the figure needs of a data set."""

    @property
    def quantities(self) -> Sequence[Row]:
        """One a line."""


_COLOURS = {"inside": theme.COLOURS[0], "outside": theme.COLOURS[1], "undecided": "0.5"}
#: a value of zero is drawn at this share of the middle of the measurement
_LEAST = 1e-2


def draw(found: Sequence[Set], path: Path) -> None:
    """Draw all quantities, one line each, on one logarithmic axis.

    Parameters
    ----------
    found : sequence of Comparison
    path : Path
        Of the picture.
    """
    rows = [row for one in found for row in one.quantities]
    with theme.theme():
        fig = theme.figure(11.0, 1.4 + 0.26 * len(rows))
        axes = fig.subplots()
        for place, row in enumerate(rows):
            middle = 0.5 * (row.measured[0] + row.measured[1]) or 1.0

            def over(value: float, middle: float = middle) -> float:
                ratio = value / middle
                return math.copysign(max(abs(ratio), _LEAST), 1.0 if ratio >= 0.0 else -1.0)

            measured = sorted(over(value) for value in row.measured)
            band = sorted(over(value) for value in row.band)
            axes.barh(place, measured[1] - measured[0], left=measured[0], height=0.8, color="0.85")
            colour = _COLOURS[row.verdict]
            axes.plot(band, [place, place], color=colour, linewidth=2.0)
            axes.plot([over(row.nominal)], [place], "o", color=colour, markersize=4.5)
        axes.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=7.5)
        if all(row.measured[1] > 0.0 for row in rows):
            axes.set_xscale("log")
        axes.invert_yaxis()
        axes.set_xlabel(
            "over the middle of the measurement (grey: its range; line: band of the model)"
        )
        fig.savefig(path, dpi=theme.DPI)
