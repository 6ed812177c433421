# SPDX-License-Identifier: MIT
"""The pressure window: resistance and risks over the same pressures, and what is recommended."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.plots import theme
from interfacefem.post import PressureWindow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GOOD_COLOUR = "#009E73"
#: what is below this part of its threshold is not shown
LEAST = 1e-3
#: causes that are drawn, the worst first; the text names all of them
MOST_CAUSES = 6


@theme.themed
def pressure_window(window: PressureWindow) -> Figure:
    """Draw resistance and risks against pressure, with the recommended range.

    Of the risks those that may be over their threshold at some pressure, with the range of each.

    Parameters
    ----------
    window : PressureWindow
        See :func:`interfacefem.post.pressure_window`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig = theme.figure(9.5, 8.6)
    fig.suptitle(window.origin, fontsize=12, fontweight="bold", x=0.01, ha="left")
    upper, lower = fig.subplots(2, 1, sharex=True)
    _cost(upper, window)
    _risks(lower, window)
    room = window.recommended
    for axes in (upper, lower):
        axes.set_xscale("log")
        if room is not None:
            axes.axvspan(*room, color=GOOD_COLOUR, alpha=0.13, linewidth=0, zorder=0)
    lower.set_xlabel("pressure [MPa]")
    theme.plain_log_ticks(lower)
    words = [textwrap.fill(line.strip(), 105) for line in window.verdict().splitlines()]
    fig.supxlabel("\n".join(words), x=0.01, ha="left", fontsize=9)
    return fig


def _cost(axes: Axes, window: PressureWindow) -> None:
    axes.plot(window.pressure, window.cost, color="black", marker="o", markersize=4)
    low, middle, high = window.lower
    axes.axvspan(low, high, color=theme.COLOURS[0], alpha=0.15, linewidth=0)
    axes.axvline(middle, color=theme.COLOURS[0], linestyle="--", linewidth=1.1)
    if window.cost.max() > 5.0 * window.cost.min():
        axes.set_yscale("log")
        theme.plain_log_ticks(axes, "y")
    unit = window.cost_unit.replace("^2", "²")
    name = f"{window.cost_name[:1].upper()}{window.cost_name[1:]}"
    axes.set(ylabel=f"{name} [{unit}]", title=f"{name}: good enough from the dashed line on")


def _risks(axes: Axes, window: PressureWindow) -> None:
    damage = window.damage
    worst = sorted(damage, key=lambda cause: -float(np.nanmax(damage[cause][:, 2])))
    shown = [cause for cause in worst if float(np.nanmax(damage[cause][:, 2])) > 1.0] or worst[:1]
    # one whose range decides nothing is a band without a line
    decided = sorted(shown, key=lambda cause: window.worst(cause).verdict == "undecided")
    for colour, cause in zip(theme.COLOURS, decided[:MOST_CAUSES], strict=False):
        ratios = np.clip(damage[cause], LEAST, 1.0 / LEAST)
        wide = window.worst(cause).verdict == "undecided"
        axes.fill_between(
            window.pressure, ratios[:, 0], ratios[:, 2], color=colour, linewidth=0,
            alpha=0.06 if wide else 0.15,
        )  # fmt: skip
        axes.plot(
            window.pressure,
            ratios[:, 1],
            color=colour,
            marker="o",
            markersize=3.5,
            linestyle=":" if wide else "-",
            label=f"{cause} (undecided)" if wide else cause,
        )
    axes.axhline(1.0, color=theme.LIMIT, linewidth=1.2)
    axes.set_yscale("log")
    axes.set_ylim(max(axes.get_ylim()[0], LEAST), min(axes.get_ylim()[1], 1.0 / LEAST))
    theme.plain_log_ticks(axes, "y")
    axes.set(
        ylabel="largest value / threshold [-]",
        title="Risks: lines for thresholds as given, bands over their ranges",
    )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, fontsize=8.5)
