# SPDX-License-Identifier: MIT
"""The pressure window: resistance and damage over the same pressures, and what is recommended."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.plots import theme
from interfacefem.post import PressureWindow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GOOD_COLOUR = "#009E73"
#: damage below this part of its threshold is not shown
LEAST = 1e-3


@theme.themed
def pressure_window(window: PressureWindow) -> Figure:
    """Draw resistance and damage against pressure, with the recommended range.

    Parameters
    ----------
    window : PressureWindow
        See :func:`interfacefem.post.pressure_window`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig = theme.figure(8.5, 7.2)
    fig.suptitle(window.origin, fontsize=12, fontweight="bold", x=0.01, ha="left")
    upper, lower = fig.subplots(2, 1, sharex=True)
    _cost(upper, window)
    _damage(lower, window)
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


def _damage(axes: Axes, window: PressureWindow) -> None:
    for colour, (cause, ratios) in zip(theme.COLOURS, window.damage.items(), strict=False):
        if not (ratios > LEAST).any():
            continue
        shown = np.maximum(ratios, LEAST)
        axes.fill_between(
            window.pressure, shown[:, 0], shown[:, 2], color=colour, alpha=0.2, linewidth=0
        )
        axes.plot(window.pressure, shown[:, 1], color=colour, marker="o", markersize=4, label=cause)
    axes.axhline(1.0, color=theme.LIMIT, linewidth=1.2)
    first, last = float(window.pressure[0]), float(window.pressure[-1])
    low, middle, high = (
        min(max(value, first), last) if math.isfinite(value) else last for value in window.upper
    )
    axes.axvspan(low, high, color=theme.LIMIT, alpha=0.1, linewidth=0)
    if first <= window.upper[1] <= last:
        axes.axvline(middle, color=theme.LIMIT, linestyle="--", linewidth=1.1)
    axes.set_yscale("log")
    axes.set_ylim(None, 6.0 * axes.get_ylim()[1])
    theme.plain_log_ticks(axes, "y")
    axes.set(
        ylabel="largest value / threshold [-]",
        title="Damage: the line is the threshold as given, bands its range",
    )
    axes.legend(loc="upper left", ncols=3)
