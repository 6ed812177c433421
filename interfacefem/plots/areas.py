# SPDX-License-Identifier: MIT
"""Maps of the interfaces of a run in 3D: pressure, gap and current, one figure a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import Scale, highest_step, pressure_at, require_increments, scale_of
from interfacefem.plots.values import require_field, shown
from interfacefem.post import (
    area_map,
    critical_current,
    dead_fraction,
    focusing_factor,
    fraction_above,
    gap_volume,
)
from interfacefem.post.exposures import percent
from interfacefem.results import InterfaceField, InterfaceState, Results
from interfacefem.results.edges import contact_fraction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure, SubFigure

    from interfacefem.plots.page import Options

FloatArray = npt.NDArray[np.float64]

#: pixels of a map along its longer side
PIXELS = 240
#: part of the area whose values the colours span [%]; the rest has the colour of the end
SHOWN = 99.5
#: of what there is nothing: no contact under a pressure, no gap, no current
NOTHING_COLOUR = "#E9E9E9"
#: current density over its mean: where colours begin, and below which there is nearly none [-]
LEAST_FACTOR, DEAD_FACTOR = 0.1, 0.01
#: height of one map, and least width of a column of maps [inch]
SIZE, NARROWEST = 3.1, 2.6


@dataclass(frozen=True, eq=False)
class _Map:
    """What one map shows: a field, where there is nothing of it, and the words above it."""

    field: InterfaceField
    nothing: npt.NDArray[np.bool_]
    title: str


@dataclass(frozen=True)
class _Kind:
    """One column of maps."""

    label: str
    colours: str
    nothing: str


KINDS = {
    "contact_pressure": _Kind("Contact pressure [MPa]", "plasma_r", "open"),
    "gap": _Kind("Gap [um]", "YlGnBu", "in contact"),
    "current_density": _Kind("Current density / mean [-]", "viridis_r", "nearly without current"),
}


@theme.themed
def interface_maps(
    results: Results, step: str | None = None, field: str | None = None, **options: Unpack[Options]
) -> Figure:
    """Draw contact pressure, gap and current of each interface over its area.

    Colours are those of one scale for all interfaces. The gap and the current over its mean have
    the same scale at every step of the run; the pressure, which falls a hundredfold on release, has
    that of the step.

    Parameters
    ----------
    results : Results
        A run in 3D.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    field : str, optional
        This field alone: any that is stored of an interface, a vector by its magnitude or a
        component (``shear_traction.x``); as it is stored, on one scale for all interfaces.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If nothing is stored yet, the step or field is unknown or the run is not in 3D.
    """
    require_increments(results)
    require_3d(results)
    step = highest_step(results) if step is None else step
    names = [
        name for name in reversed(results.interfaces) if results.interface(name).at(step).present
    ]
    kinds = ["contact_pressure", "gap"]
    if results.has_current(step):
        kinds.append("current_density")
    if field is not None:
        kinds = [field]
    # a column of maps for each kind; on a narrow page the kinds go below each other
    beside = layout.across(len(kinds), NARROWEST)
    across, down = (len(kinds), len(names)) if beside == len(kinds) else (len(names), len(kinds))
    wide = max(0.6 + (SIZE + 0.75) * across, 5.6)
    each = min((layout.room(wide) - 0.6) / max(across, 1) - 0.75, SIZE)
    bars = 1.0 if across == len(kinds) else 1.0 * len(kinds)
    words = 0.55 if across == len(kinds) else 1.1  # titles of several lines
    fig = theme.figure(wide, 0.4 + bars + (each + words) * max(down, 1))
    layout.head(fig, f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa")
    if field is not None:
        field_column(fig, results, step, -1, field, names)
        return fig
    shape = (1, len(kinds)) if across == len(kinds) else (len(kinds), 1)
    for part, kind in zip(fig.subfigures(*shape, squeeze=False).ravel(), kinds, strict=True):
        column(part, results, step, -1, kind, names, limit(results, kind, step))
    return fig


def require_3d(results: Results) -> None:
    """Refuse a run in the plane.

    Raises
    ------
    ResultsError
        If it is one.
    """
    if results.mesh.dimension != 3:
        raise ResultsError(
            f"{results.path}: a plane run has no areas to map; see plots.interface_profiles"
        )


def limit(results: Results, kind: str, step: str | None = None) -> float:
    """Return the end of a colour scale: of one step for the pressure, of all for the others."""
    steps = results.steps if kind != "contact_pressure" or step is None else (step,)
    highest = 0.0
    for each in steps:
        if kind == "current_density" and not results.has_current(each):
            continue
        for name in results.interfaces:
            shown = _shown(results, name, each, -1, kind)
            if shown is not None and not shown.nothing.all():
                part = shown.field.where(~shown.nothing)
                highest = max(highest, part.percentile(SHOWN))
    return max(highest, 1.0 / LEAST_FACTOR) if kind == "current_density" else highest or 1.0


def column(
    part: SubFigure | Figure,
    results: Results,
    step: str,
    increment: int,
    kind: str,
    names: list[str],
    highest: float,
) -> None:
    """Draw one field of all interfaces below each other, with one colour bar.

    Parameters
    ----------
    part : SubFigure or Figure
        Where.
    results : Results
    step : str
    increment : int
        Of the step; negative ones count back.
    kind : str
        A key of :data:`KINDS`.
    names : list of str
        Interfaces, from the top.
    highest : float
        End of the colour scale.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.patches import Patch

    panels = maps_of(part, len(names))
    colours = _colours(KINDS[kind].colours)
    electric = kind == "current_density"
    scale = LogNorm(LEAST_FACTOR, highest) if electric else Normalize(0.0, highest)
    over = False
    for axes, name in zip(panels, names, strict=True):
        shown = _shown(results, name, step, increment, kind)
        if shown is None:
            axes.set_axis_off()
            continue
        _draw(axes, shown, colours, scale)
        over = over or shown.field.max() > highest
    panels[-1].set_xlabel("x [um]")
    bar = part.colorbar(
        ScalarMappable(scale, colours),
        ax=panels,
        orientation="horizontal",
        extend={(True, True): "both", (True, False): "min", (False, True): "max"}.get(
            (electric, over), "neither"
        ),
        shrink=0.9,
        aspect=28,
    )
    bar.set_label(KINDS[kind].label)
    if electric:
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    part.legend(
        handles=[Patch(facecolor=NOTHING_COLOUR, edgecolor="#9A9A9A", label=KINDS[kind].nothing)],
        loc="outside lower center",
    )


def maps_of(part: SubFigure | Figure, count: int) -> list[Axes]:
    """Return axes for maps below each other; beside each other in a part wider than high."""
    box = part.bbox
    shape = (1, count) if box.width > 1.2 * box.height else (count, 1)
    return list(part.subplots(*shape, squeeze=False).ravel())


def field_scale(results: Results, moments: Sequence[tuple[str, int]], field: str) -> Scale:
    """Return one scale for a field of all interfaces at several increments."""
    values, weights, unit = [], [], "-"
    for step, increment in moments:
        for name in results.interfaces:
            state = results.interface(name).at(step, increment)
            if not state.present:
                continue
            try:
                found = shown(state, field)
            except ResultsError:
                continue
            values.append(found.values)
            weights.append(state.weights)
            unit = found.unit
    if not values:
        return Scale(0.0, 0.0, "viridis")
    return scale_of(np.concatenate(values), np.concatenate(weights), unit=unit)


def field_column(
    part: SubFigure | Figure,
    results: Results,
    step: str,
    increment: int,
    field: str,
    names: Sequence[str],
    scale: Scale | None = None,
) -> None:
    """Draw any field of all interfaces below each other, as it is stored, with one colour bar.

    Parameters
    ----------
    part : SubFigure or Figure
        Where.
    results : Results
    step : str
    increment : int
        Of the step; negative ones count back.
    field : str
        See :func:`interfacefem.plots.values.shown`.
    names : sequence of str
        Interfaces, from the top.
    scale : Scale, optional
        That of these interfaces by default.

    Raises
    ------
    ResultsError
        If no interface has such a field.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    states = [results.interface(name).at(step, increment) for name in names]
    require_field([state for state in states if state.present], field)
    if scale is None:
        scale = field_scale(results, [(step, increment)], field)
    span = Normalize(scale.low, scale.high if not scale.even else scale.low + 1.0)
    panels = maps_of(part, len(names))
    label = ""
    for axes, state in zip(panels, states, strict=True):
        upper = " on ".join(reversed(state.name.split("|")))
        try:
            found = shown(state, field)
        except ResultsError:
            axes.set_axis_off()
            axes.set_title(
                f"{upper}: has no such field", fontsize=layout.points(9.5), fontweight="normal"
            )
            continue
        label = found.label
        low, high = found.ends
        title = f"{upper}: {low:.3g} to {high:.3g}"
        known = _with(state.gap, found.values)
        _draw(axes, _Map(known, ~np.isfinite(found.values), title), scale.map(), span)
    panels[-1].set_xlabel("x [um]")
    bar = part.colorbar(
        ScalarMappable(span, scale.map()), ax=panels, orientation="horizontal", shrink=0.9,
        aspect=28,
    )  # fmt: skip
    bar.set_label(label)


def _shown(results: Results, name: str, step: str, increment: int, kind: str) -> _Map | None:
    """Return what a map shows, None where there is nothing to show."""
    state = results.interface(name).at(step, increment)
    if not state.present:
        return None
    touching = np.asarray(state.in_contact.values, dtype=bool)
    upper = " on ".join(reversed(name.split("|")))
    if kind == "contact_pressure":
        field = state.contact_pressure
        title = f"{upper}: {contact_fraction(state):.1%} in contact,\nup to {field.max():.3g} MPa"
        return _Map(field, ~touching, title)
    if kind == "gap":
        field = state.gap
        values = np.where(
            touching | ~np.isfinite(field.values), 0.0, np.clip(field.values, 0, None)
        )
        widest = f"mean {gap_volume(state):.2g}, largest {values.max():.3g} um"
        title = f"{upper}:\n{widest if values.any() else 'closed'}"
        return _Map(_with(field, values), touching, title)
    return _current(results, state, upper)


def _current(results: Results, state: InterfaceState, upper: str) -> _Map | None:
    if "current_density" not in state.fields:
        return None
    field = state.current_density
    mean = abs(field.mean())
    values = np.abs(field.values) / mean if mean else np.abs(field.values)
    text = f"up to {focusing_factor(field):.3g}, {dead_fraction(field):.0%} nearly without"
    critical = critical_current(results, state.name, results.materials)
    if critical is not None:
        limits = (critical.low, critical.value, critical.high)
        low, mid, high = (fraction_above(field, limit) for limit in limits)
        text = f"up to {focusing_factor(field):.3g}, critical on {percent((low, mid, high))}"
    return _Map(_with(field, values), values < DEAD_FACTOR, f"{upper}:\n{text}")


def _with(field: InterfaceField, values: FloatArray) -> InterfaceField:
    return replace(field, values=values)


def _draw(axes: Axes, shown: _Map, colours: Colormap, scale: Any) -> None:
    plane = shown.field.points[:, :2]
    length = np.ptp(plane, axis=0)
    along = np.maximum(np.rint(PIXELS * length / length.max()), 1).astype(int)
    shape = (int(along[0]), int(along[1]))
    values = area_map(_with(shown.field, np.asarray(shown.field.values, dtype=float)), shape)
    empty = area_map(_with(shown.field, shown.nothing.astype(float)), shape).values
    # halfway between a point that has something and one that has nothing
    image = np.ma.masked_where(~(empty < 0.5), values.values).T
    axes.set_facecolor(NOTHING_COLOUR)
    axes.imshow(
        image,
        origin="lower",
        extent=(values.x[0], values.x[-1], values.y[0], values.y[-1]),
        cmap=colours,
        norm=scale,
        interpolation="nearest",
    )
    axes.grid(visible=False)
    axes.set_title(shown.title, fontsize=layout.points(9.5), fontweight="normal")
    axes.set_ylabel("y [um]")


def _colours(name: str) -> Colormap:
    """Return a colour map without its palest part, which would look like nothing."""
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    return ListedColormap(mpl.colormaps[name](np.linspace(0.12, 1.0, 256)))
