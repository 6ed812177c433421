# SPDX-License-Identifier: MIT
"""Sections of pellets from a die: density, stress under the punch, stress out of the die."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import highest_step, pressure_at
from interfacefem.post.measures import mean_density
from interfacefem.results import LayerState, Results

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    FloatArray = npt.NDArray[np.float64]

#: width of what is shown, in heights of the pellet; further inside a flat pellet is even
RIM = 4.0
#: places of the components of stress in a body of revolution
RADIAL, AXIAL = 0, 1


@dataclass(frozen=True)
class _Row:
    """One quantity of all runs, on one scale."""

    title: str
    values: Callable[[LayerState], FloatArray]
    at_end: bool
    colours: str
    centred: bool = False


def _density(state: LayerState) -> FloatArray:
    if "relative_density" not in state.fields:
        return np.zeros(len(state.cells))
    density = state.field("relative_density").values
    deviation: FloatArray = density - mean_density(state, axisymmetric=True)
    return deviation


ROWS = (
    _Row("relative density at the end, less the mean of the layer [-]", _density, True, "RdBu_r",
         centred=True),
    _Row("axial stress at the highest load [MPa]", lambda s: s.stress.values[:, AXIAL], False,
         "viridis"),
    _Row("radial stress at the highest load [MPa]", lambda s: s.stress.values[:, RADIAL], False,
         "viridis"),
    _Row("largest principal stress at the end [MPa]", lambda s: s.max_principal_stress.values,
         True, "PuOr_r", centred=True),
)  # fmt: skip


@theme.themed
def pellets(runs: Sequence[Results]) -> Figure:
    """Draw the rims of pellets, up to the wall of the die on the right.

    Parameters
    ----------
    runs : sequence of Results
        Of cases with a die, one column each; every row has one scale.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If a run has no die or no fields of its layers.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    for run in runs:
        if "die" not in run.case:
            raise ResultsError(f"{run.path}: was not pressed in a die; draw it with plots.stack")
    steps = [(highest_step(run), run.steps[-1]) for run in runs]
    fig = theme.figure(6.2 * len(runs) + 0.8, 2.2 * len(ROWS))
    panels = fig.subplots(len(ROWS), len(runs), squeeze=False)
    for row, line in zip(ROWS, panels, strict=True):
        states = [
            [run.layer(name).at(pair[row.at_end]) for name in run.layers]
            for run, pair in zip(runs, steps, strict=True)
        ]
        there = [[state for state in column if state.present] for column in states]
        values = [[row.values(state) for state in column] for column in there]
        low, high = _limits([v for column in values for v in column], centred=row.centred)
        for axes, column, found, run, pair in zip(line, there, values, runs, steps, strict=True):
            _draw(axes, column, found, (low, high), row.colours)
            _faces(axes, run, column)
            step = pair[row.at_end]
            axes.set_title(f"{run.name}, '{step}', {pressure_at(run, step):.3g} MPa", fontsize=9)
        scale = ScalarMappable(Normalize(low, high), row.colours)
        fig.colorbar(scale, ax=list(line), aspect=12, pad=0.01)
        line[0].text(0.0, 1.2, row.title, transform=line[0].transAxes, fontweight="bold")
    for axes in panels[-1]:
        axes.set_xlabel("radius [mm]")
    return fig


def _faces(axes: Axes, run: Results, states: Sequence[LayerState]) -> None:
    """Draw both faces of every interface."""
    points = {state.name: state.points for state in states}
    for name, faces in run.mesh.interfaces.items():
        for layer, edges in zip(name.split("|"), (faces.lower, faces.upper), strict=True):
            if layer in points:
                nodes = np.searchsorted(run.mesh.layer_nodes[layer], edges)
                line = 1e-3 * points[layer][np.append(nodes[:, 0], nodes[-1, 1])]
                axes.plot(line[:, 0], line[:, 1], color="black", linewidth=0.8)


def _limits(values: Sequence[FloatArray], *, centred: bool) -> tuple[float, float]:
    """Return the ends of a scale; a few cells at the corners have the end colours."""
    every = np.concatenate(list(values))
    low, high = np.percentile(every, [0.5, 99.5])
    if centred:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    return float(low), float(high) if high > low else float(low) + 1.0


def _draw(
    axes: Axes,
    states: Sequence[LayerState],
    values: Sequence[FloatArray],
    limits: tuple[float, float],
    colours: str,
) -> None:
    from matplotlib.collections import PolyCollection

    for state, value in zip(states, values, strict=True):
        corners = 1e-3 * state.points[state.cells]
        image = PolyCollection(list(corners), array=value, cmap=colours, edgecolor="face",
                               linewidth=0.1, clim=limits)  # fmt: skip
        axes.add_collection(image)
        high = 1e-3 * state.points[:, 1].max()
        axes.annotate(state.name, (0.0, high), xytext=(4, -6), textcoords="offset points",
                      xycoords=axes.get_yaxis_transform(), va="top", fontsize=8)  # fmt: skip
    everything = 1e-3 * np.vstack([state.points for state in states])
    radius, height = everything.max(axis=0)
    axes.set_xlim(max(radius - RIM * height, 0.0), 1.01 * radius)
    axes.set_ylim(-0.02 * height, 1.03 * height)
    axes.set_aspect("equal")
    axes.set_ylabel("height [mm]")
    axes.grid(visible=False)
