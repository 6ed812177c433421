# SPDX-License-Identifier: MIT
"""Runs side by side: one panel a quantity, one bar a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.plots import theme
from interfacefem.post.compared_risk import WORST
from interfacefem.post.comparison import END, LOADED, RELEASED, ComparedRow, Comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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


@theme.themed
def comparison(compared: Comparison) -> Figure:
    """Draw what runs differ in at their end.

    Parameters
    ----------
    compared : Comparison

    Returns
    -------
    matplotlib.figure.Figure
    """
    groups = [
        [row for row in compared.rows if (row.quantity, row.moment) == drawn] for drawn in DRAWN
    ]
    groups = [rows for rows in groups if rows]
    columns = min(3, max(len(groups), 1))
    lines = max(1, math.ceil(len(groups) / columns))
    fig = theme.figure(4.2 * columns, 0.9 + 2.9 * lines)
    fig.suptitle(
        f"At the end of each run: {', '.join(compared.names)}",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    panels = fig.subplots(lines, columns, squeeze=False).ravel()
    for axes in panels[len(groups) :]:
        axes.set_axis_off()
    for axes, rows in zip(panels, groups, strict=False):
        _bars(axes, rows, compared.names)
    handles, labels = panels[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return fig


def _bars(axes: Axes, rows: list[ComparedRow], names: tuple[str, ...]) -> None:
    width = 0.8 / len(names)
    place = np.arange(len(rows))
    for number, name in enumerate(names):
        values = np.array([row.values[number] for row in rows])
        left = place + (number - 0.5 * (len(names) - 1)) * width
        colour = theme.COLOURS[number % len(theme.COLOURS)]
        axes.bar(left, np.nan_to_num(values), width, color=colour, label=name)
        for x, value in zip(left, values, strict=True):
            text = f"{value:.4g}" if np.isfinite(value) else "none"
            height = value if np.isfinite(value) else 0.0
            axes.annotate(
                text,
                (x, height),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=8.5,
            )
    when = "" if rows[0].moment == END else f"\n{rows[0].moment}"
    axes.set_title(f"{rows[0].label}{when}")
    axes.set_xticks(place, [_subject(row) for row in rows])
    axes.grid(visible=False, axis="x")
    axes.set_xlim(-0.6, len(rows) - 0.4)
    known = [v for row in rows for v in row.values if np.isfinite(v)]
    high, low = max(known, default=0.0), min(known, default=0.0)
    # from zero, so that bars can be compared; a gap of a thousandth of a micrometre is none
    axes.set_ylim(
        1.12 * min(low, 0.0), 1.12 * max(high, SMALLEST.get(rows[0].quantity, 0.0)) or 1.0
    )


def _subject(row: ComparedRow) -> str:
    """Return ``b on a`` for an interface; for a layer its name, with the face if there is one."""
    layer, at, face = row.subject.partition(" at ")
    if at:
        name = layer.partition("'")[2].rstrip("'")
        other = [part for part in face.strip("'").split("|") if part != name]
        return f"{name},\nat {other[0]}"
    name = row.subject.partition("'")[2].rstrip("'") or row.subject
    return " on ".join(reversed(name.split("|")))
