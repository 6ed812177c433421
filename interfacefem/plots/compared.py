# SPDX-License-Identifier: MIT
"""What runs differ in: bars of a few runs, curves over the varied input of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from interfacefem.plots import layout, page, theme
from interfacefem.post.compared import WORST
from interfacefem.post.comparison import END, LOADED, RELEASED, ComparedRow, Comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options

#: quantities that are drawn and when, in this order; those that no run has are left out
DRAWN = (
    ("contact fraction", END),
    ("gap volume per area", END),
    ("rms slope", END),
    ("relative density, mean", END),
    ("density gradient upwards", END),
    ("largest pressure", END),
    ("rms shear traction", RELEASED),
    ("largest tension", END),
    ("bottom over punch pressure", LOADED),
    ("over-pressing: flaw", WORST),
    ("delamination: energy release", WORST),
    ("resistance", END),
)

#: what an axis shows at least, so that rounding does not look like a difference
SMALLEST = {"gap volume per area": 1e-3, "contact fraction": 1.0}
#: more runs than this are points over what was varied, not bars
FEW = 6
#: bars that are narrower than this have their numbers upright [inch]
LEVEL = 0.36
#: a varied input whose ends are further apart than this has a logarithmic axis
WIDE = 20.0


@theme.themed
def comparison(compared: Comparison, **options: Unpack[Options]) -> Figure:
    """Draw what runs differ in at their end.

    Up to six runs are bars with their numbers. More are points over the input that was varied,
    with a line through their medians; if they differ in no number, one line a run.

    Parameters
    ----------
    compared : Comparison
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    groups = [
        [row for row in compared.rows if (row.quantity, row.moment) == drawn] for drawn in DRAWN
    ]
    groups = [rows for rows in groups if rows]
    count = len(compared.names)
    columns = min(3, max(len(groups), 1))
    by_name = count > FEW and compared.varied is None
    height = max(2.9, 1.2 + 0.24 * count) if by_name else 2.9
    least = 2.1 if by_name else 2.9
    size = (4.2 * columns, height)
    figure, panels = layout.tiles(max(len(groups), 1), columns, size, least=least)
    for axes, rows in zip(panels, groups, strict=False):
        when = "" if rows[0].moment == END else f"\n{rows[0].moment}"
        axes.set_title(f"{rows[0].label}{when}")
        if count <= FEW:
            _bars(axes, rows, compared.names)
        elif by_name:
            _lines(axes, rows, compared.names)
        else:
            _curves(axes, rows, compared)
    if count <= FEW:
        layout.head(figure, f"At the end of each run: {', '.join(compared.names)}")
        layout.legend_below(figure, count, *panels[0].get_legend_handles_labels())
    else:
        others = () if compared.varied is None else compared.varied.others
        besides = f"; they differ in {', '.join(others)} too" if others else ""
        layout.head(figure, f"At the end of each of {count} runs{besides}")
    return figure


def _bars(axes: Axes, rows: list[ComparedRow], names: tuple[str, ...]) -> None:
    width = 0.8 / len(names)
    place = np.arange(len(rows))
    box = axes.get_window_extent()
    slot = box.width / axes.figure.dpi / page.current().scale / (1.4 * len(names) * len(rows))
    upright = slot < LEVEL
    for index, name in enumerate(names):
        values = np.array([row.values[index] for row in rows])
        left = place + (index - 0.5 * (len(names) - 1)) * width
        colour = theme.COLOURS[index % len(theme.COLOURS)]
        axes.bar(left, np.nan_to_num(values), width, color=colour, label=name)
        for x, value in zip(left, values, strict=True):
            text = theme.plain(float(f"{value:.3g}")) if np.isfinite(value) else "none"
            height = value if np.isfinite(value) else 0.0
            axes.annotate(
                text,
                (x, height),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                rotation=90 if upright else 0,
                fontsize=layout.points(8.5),
            )
    axes.set_xticks(place, [subject_of(row) for row in rows])
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.6, len(rows) - 0.4)
    known = [v for row in rows for v in row.values if np.isfinite(v)]
    high, low = max(known, default=0.0), min(known, default=0.0)
    # from zero, so that bars can be compared; a gap of a thousandth of a micrometre is none
    top = max(high, SMALLEST.get(rows[0].quantity, 0.0)) or 1.0
    axes.set_ylim(1.12 * min(low, 0.0), (1.35 if upright else 1.14) * top)


def _curves(axes: Axes, rows: list[ComparedRow], compared: Comparison) -> None:
    """Draw each subject as points over the varied input, and a line through their medians."""
    varied = compared.varied
    x = np.array(varied.values if varied is not None else ())
    for index, (colour, row) in enumerate(zip(theme.COLOURS, rows, strict=False)):
        y = np.array(row.values)
        known = np.isfinite(y) & np.isfinite(x)
        if not known.any():
            continue
        axes.plot(x[known], y[known], "o", color=colour, markersize=3.5, alpha=0.6)
        places = np.unique(x[known])
        middle = [float(np.median(y[known & (x == place)])) for place in places]
        label = subject_of(row).replace("\n", " ")
        width = layout.nested(index, len(rows))
        axes.plot(places, middle, color=colour, linewidth=width, label=label)
    if varied is not None:
        axes.set_xlabel(varied.label)
        if x.min() > 0.0 and x.max() > WIDE * x.min():
            axes.set_xscale("log")
            theme.plain_log_ticks(axes)
    low, high = axes.get_ylim()
    smallest = SMALLEST.get(rows[0].quantity, 0.0)
    axes.set_ylim(min(low, 0.0), max(high, 1.04 * smallest))
    if len(rows) > 1:
        axes.legend(loc="best")


def _lines(axes: Axes, rows: list[ComparedRow], names: Sequence[str]) -> None:
    """Draw one line a run, with a point for each subject."""
    place = np.arange(len(names))
    for colour, row in zip(theme.COLOURS, rows, strict=False):
        label = subject_of(row).replace("\n", " ")
        axes.plot(row.values, place, "o", color=colour, markersize=4, label=label)
    axes.set_yticks(place, [_short(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.margins(x=0.08)
    if len(rows) > 1:
        layout.legend_below(axes, 1, below=0.3)


#: most signs of the name of a run at its line
LONGEST_NAME = 28


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}..."


def subject_of(row: ComparedRow) -> str:
    """Return ``b on a`` for an interface; for a layer its name, with the face if there is one."""
    layer, at, face = row.subject.partition(" at ")
    if at:
        name = layer.partition("'")[2].rstrip("'")
        other = [part for part in face.strip("'").split("|") if part != name]
        return f"{name},\nat {other[0]}"
    name = row.subject.partition("'")[2].rstrip("'") or row.subject
    return " on ".join(reversed(name.split("|")))
