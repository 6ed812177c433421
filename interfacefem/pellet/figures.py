# SPDX-License-Identifier: MIT
"""The picture of a pellet: pressure and current from edge to edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.plots import layout, theme
from interfacefem.results.documents import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.pellet.found import PelletState
    from interfacefem.plots.page import Options


@theme.themed
def draw(state: PelletState, **options: Unpack[Options]) -> Figure:
    """Draw maps of pressure and current over the face, with the numbers that count.

    Parameters
    ----------
    state : PelletState
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (left, right) = layout.tiles(2, 2, (9.5, 4.2), around=0.4)
    layout.head(figure, "")
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
    axes.set_title(title, fontsize=layout.points(9.0))
    axes.grid(False)
    layout.colour_bar(axes, shown, label)
