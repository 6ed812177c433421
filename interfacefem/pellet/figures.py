# SPDX-License-Identifier: MIT
"""The picture of a pellet: pressure and current from edge to edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.plots import theme
from interfacefem.results.documents import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.pellet.found import PelletState


@theme.themed
def draw(state: PelletState, *, title: str = "") -> Figure:
    """Draw maps of pressure and current over the face, with the numbers that count.

    Parameters
    ----------
    state : PelletState
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = theme.figure(9.5, 4.6)
    if title:
        figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
    left, right = figure.subplots(1, 2)
    _map(
        left,
        state,
        state.pressure,
        "contact pressure [MPa]",
        f"pressure: variation {number(state.variation, 2)}, "
        f"largest {number(state.largest_pressure, 3)} times the mean",
    )
    _map(
        right,
        state,
        state.current,
        "current density over its mean [-]",
        f"current: largest {number(state.hotspot, 3)} times the mean, "
        f"{number(state.area_resistance, 3)} ohm cm²",
    )
    return figure


def _map(
    axes: Axes, state: PelletState, values: npt.NDArray[np.float64], label: str, title: str
) -> None:
    shown = axes.tripcolor(
        state.x / 1e3, state.y / 1e3, values, shading="gouraud", cmap="viridis", vmin=0.0
    )
    axes.set_aspect("equal")
    axes.set_xlabel("x [mm]")
    axes.set_ylabel("y [mm]")
    axes.set_title(title, fontsize=9.0)
    axes.grid(False)
    bar = axes.figure.colorbar(shown, ax=axes, label=label, shrink=0.9)
    bar.outline.set_visible(False)
