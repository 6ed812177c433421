# SPDX-License-Identifier: MIT
"""The figure "model beside measurement": every quantity over the middle of what was measured."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, Unpack

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from interfacefem.plots import layout, theme

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options


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


class Source(Protocol):
    """What the figure needs of published data."""

    @property
    def title(self) -> str:
        """In words."""


class Set(Protocol):
    """What the figure needs of a data set."""

    @property
    def data(self) -> Source:
        """As published."""

    @property
    def quantities(self) -> Sequence[Row]:
        """One a line."""


_COLOURS = {"inside": theme.COLOURS[0], "outside": theme.COLOURS[1], "undecided": "0.5"}
#: ratios are drawn between these; what lies beyond is marked with an arrow at the edge
_LEAST, _MOST = 1e-2, 1e2
#: inches of a line, and of all that stands around the lines
_LINE, _AROUND = 0.23, 1.5
#: letters of a label in an inch of the figure, and at least
_LETTERS, _FEWEST = 6.5, 24


@theme.themed
def validation(found: Sequence[Set], **options: Unpack[Options]) -> Figure:
    """Draw all quantities on one logarithmic axis, one line each, by data set.

    Parameters
    ----------
    found : sequence of Comparison
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    lines = sum(1 + len(one.quantities) for one in found)
    fig, ((axes,),) = layout.panels((10.0, _AROUND + _LINE * lines))
    labels: list[str] = []
    heads: list[int] = []
    for one in found:
        heads.append(len(labels))
        labels.append(one.data.title)
        for row in one.quantities:
            _line(axes, len(labels), row)
            labels.append(row.name)
    axes.axvline(1.0, color="0.6", linewidth=0.8, zorder=0)
    wide = max(int(layout.room(10.0) * _LETTERS), _FEWEST)
    texts = [textwrap.fill(label, wide) for label in labels]
    axes.set_yticks(range(len(labels)), texts, fontsize=layout.points(7.5))
    for place in heads:
        axes.get_yticklabels()[place].set_fontweight("bold")
    axes.tick_params(axis="y", length=0)
    axes.grid(False, axis="y")
    axes.set_xscale("log")
    axes.set_xlim(_LEAST, _MOST)
    ticks = (0.01, 0.1, 0.5, 1.0, 2.0, 10.0, 100.0)
    axes.set_xticks(ticks, [f"{value:g}" for value in ticks])
    axes.minorticks_off()
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlabel("model over the middle of what was measured")
    handles = _legend()
    layout.legend_below(axes, 4, handles, [str(one.get_label()) for one in handles])
    layout.panel_title(axes, "")
    return fig


def _line(axes: Axes, place: int, row: Row) -> None:
    """Draw one quantity."""
    middle = 0.5 * (row.measured[0] + row.measured[1]) or 1.0
    low, high = sorted(value / middle for value in row.measured)
    axes.barh(place, _inside(high) - _inside(low), left=_inside(low), height=0.8, color="0.85")
    colour = _COLOURS[row.verdict]
    low, high = sorted(value / middle for value in row.band)
    axes.plot([_inside(low), _inside(high)], [place, place], color=colour, linewidth=2.0)
    nominal = row.nominal / middle
    axes.plot([_inside(nominal)], [place], "o", color=colour, markersize=4.0)
    for edge, marker, beyond in ((_LEAST, "<", low < _LEAST), (_MOST, ">", high > _MOST)):
        if beyond:
            axes.plot([edge], [place], marker, color=colour, markersize=5.0, clip_on=False)


def _inside(ratio: float) -> float:
    return min(max(ratio, _LEAST), _MOST)


def _legend() -> list[Artist]:
    bars: list[Artist] = [Patch(color="0.85", label="measured, with its error of reading")]
    return bars + [
        Line2D([], [], color=colour, marker="o", markersize=4.0, linewidth=2.0, label=word)
        for word, colour in _COLOURS.items()
    ]
