# SPDX-License-Identifier: MIT
"""Along each interface: pressure and gap, and the current relative to its mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Value
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import Moment, moments, moments_with_current
from interfacefem.plots.values import require_field, shown
from interfacefem.post import (
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
    from matplotlib.figure import Figure, SubFigure

    from interfacefem.plots.page import Options

FloatArray = npt.NDArray[np.float64]
#: least width of what is drawn along an interface [inch]
NARROWEST = 3.4


@theme.themed
def interface_profiles(
    results: Results,
    steps: Sequence[str] | None = None,
    field: str | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw contact pressure (up) and gap (down) along each interface at the end of each step.

    Where there is pressure there is contact; where there is gap there is none. Steps that end
    alike, a press and its hold, share one row.

    Parameters
    ----------
    results : Results
        The run.
    steps : sequence of str, optional
        Only these; by default up to four that differ.
    field : str, optional
        This field alone in place of pressure and gap: any that is stored of an interface.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If nothing is stored yet, a step or field is unknown or the run is in 3D.
    """
    moments_shown = moments(results, steps)
    _require_lines(results, "plots.interface_maps")
    names = results.interfaces[::-1]  # the topmost first, as they lie
    height = 3.0 if field is None else 2.3
    beside = layout.across(len(names), NARROWEST) == len(names)
    height *= 1 if beside else len(names)
    fig = theme.figure(max(5.6 * len(names), 7.5), 0.7 + height * len(moments_shown))
    title = "where the interfaces touch (dashed: nominal pressure)"
    if field is not None:
        states = [results.interface(n).at(m.step) for m in moments_shown for n in names]
        require_field([state for state in states if state.present], field)
        title = "along the interfaces"
    layout.head(fig, f"{results.name}: {title}")
    rows = fig.subfigures(len(moments_shown), 1, squeeze=False)[:, 0]
    for row, moment in zip(rows, moments_shown, strict=True):
        row.suptitle(moment.title, fontsize=layout.points(11.0), x=0.01, ha="left")
        if field is not None:
            _field_row(row, results, moment, names, field)
            continue
        axes = _pairs(row, len(names), beside=beside)
        for column, name in enumerate(names):
            state = results.interface(name).at(moment.step)
            if not state.present:
                _not_there(name, *axes[:, column])
                continue
            draw_pressure(axes[0, column], state, moment)
            draw_gap(axes[1, column], state, _largest_gap(results, name, moments_shown))
        there = [pair for pair in axes.T if pair[0].axison]
        for pair in there[:1] if beside else there:
            pair[0].set_ylabel("Pressure [MPa]")
            pair[1].set_ylabel("Gap [um]")
    return fig


def _pairs(row: SubFigure, count: int, *, beside: bool) -> npt.NDArray[np.object_]:
    """Return axes for pressure and gap of each interface, (2, count)."""
    if beside:
        shape, heights = (2, count), [1.25, 1.0]
        return row.subplots(*shape, sharex="col", squeeze=False, height_ratios=heights)
    axes = row.subplots(2 * count, 1, squeeze=False, height_ratios=[1.25, 1.0] * count)
    for upper in axes[::2, 0]:
        upper.tick_params(labelbottom=False)
    return axes.reshape(count, 2).T


def _not_there(name: str, *panels: Axes) -> None:
    """Leave the panels of an interface that is not in the die empty, and say so."""
    for axes in panels:
        axes.set_axis_off()
    panels[0].set_title(f"{_spoken(name)}: not in the die", fontsize=layout.points(10.0))


def _field_row(
    row: SubFigure, results: Results, moment: Moment, names: Sequence[str], field: str
) -> None:
    """Draw one field along each interface at one moment."""
    shape = (1, len(names)) if layout.across(len(names), NARROWEST) > 1 else (len(names), 1)
    panels = row.subplots(*shape, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=True):
        state = results.interface(name).at(moment.step)
        if state.present:
            draw_field(axes, state, field)
        else:
            _not_there(name, axes)


def draw_field(
    axes: Axes, state: InterfaceState, field: str, limits: tuple[float, float] | None = None
) -> None:
    """Draw any field along an interface, between limits if they are given."""
    axes.set_xlabel("x [um]")
    try:
        found = shown(state, field)
    except ResultsError:
        axes.set_title(f"{_spoken(state.name)}: has no such field", fontsize=layout.points(10.0))
        return
    order = np.argsort(state.points[:, 0], kind="stable")
    x, values = state.points[order, 0], found.values[order]
    axes.fill_between(x, values, color=theme.COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(x, values, color=theme.COLOURS[0], linewidth=1.1)
    low, high = found.ends
    axes.set_title(f"{_spoken(state.name)}: {low:.3g} to {high:.3g}", fontsize=layout.points(10.0))
    axes.set_ylabel(found.label)
    axes.margins(x=0)
    if limits is not None:
        axes.set_ylim(*limits)
    elif low >= 0.0:
        axes.set_ylim(bottom=0.0)


@theme.themed
def current_profile(
    results: Results,
    steps: Sequence[str] | None = None,
    *,
    critical_current_density: str | float | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw the current density along each interface over its mean, with the critical line.

    Parameters
    ----------
    results : Results
        The run.
    steps : sequence of str, optional
        Only these; by default all with a current that differ.
    critical_current_density : str or float, optional
        E.g. ``"1 mA/cm^2"``, a float is in uA/um^2; by default that of the case, else of the
        material with its range. No line without, and where no metal is stripped or plated.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If no current is stored or the run is in 3D.
    """
    _require_lines(results, "plots.current_distribution")
    drawn = moments_with_current(results, steps)
    names = tuple(results.current(drawn[-1].step).interfaces)
    known = results.materials
    fig, panels = layout.tiles(len(names), 1, (9.5, 2.9 if layout.is_wide() else 5.2), sharex=True)
    layout.head(fig, f"{results.name}: where the current crowds")
    for axes, name in zip(panels, reversed(names), strict=True):
        top = 1.5
        critical = critical_current(results, name, known, critical_current_density)
        for number, (colour, moment) in enumerate(zip(theme.COLOURS, drawn, strict=False)):
            field = results.current(moment.step).interface(name)
            x, factor = _over_mean(field)
            axes.fill_between(x, factor, step="mid", color=colour, alpha=0.18, linewidth=0)
            axes.plot(
                x,
                factor,
                drawstyle="steps-mid",
                color=colour,
                linewidth=layout.nested(number, len(drawn)),
                label=_numbers(field, moment, critical),
            )
            top = max(top, float(factor.max()))
        mean = abs(results.current(drawn[-1].step).mean_current_density)
        axes.axhline(1.0, color=theme.MUTED, linewidth=0.9, linestyle=":")
        if critical is not None and mean:
            top = max(top, 1.1 * theme.critical_line(axes, critical, mean, upright=False))
        axes.set_title(_spoken(name))
        axes.set(ylabel="current density / mean [-]", ylim=(0.0, 1.1 * top))
        axes.margins(x=0)
        if not layout.is_wide():
            layout.legend_below(axes, 1, below=0.5 if axes is panels[-1] else 0.1)
        else:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
    panels[-1].set_xlabel("x [um]")
    return fig


def _require_lines(results: Results, instead: str) -> None:
    if results.mesh.dimension != 2:
        raise ResultsError(f"{results.path}: a run in 3D has no lines to draw; see {instead}")


def draw_pressure(axes: Axes, state: InterfaceState, moment: Moment) -> None:
    """Draw the contact pressure along an interface, and the nominal one."""
    x, values = _sorted(state.contact_pressure)
    axes.fill_between(x, values, color=theme.CONTACT, alpha=0.3, linewidth=0)
    axes.plot(x, values, color=theme.CONTACT, linewidth=1.1)
    axes.axhline(moment.pressure, color=theme.MUTED, linewidth=0.9, linestyle="--")
    fraction, highest = contact_fraction(state), state.contact_pressure.max()
    axes.set_title(
        f"{_spoken(state.name)}: {fraction:.1%} in contact, up to {_plain(highest)} MPa",
        fontsize=layout.points(10.0),
    )
    axes.set_ylim(0.0, 1.12 * max(highest, moment.pressure) or 1.0)
    axes.margins(x=0)


def draw_gap(axes: Axes, state: InterfaceState, largest: float) -> None:
    """Draw the gap along an interface downwards, to a scale for this largest gap [um]."""
    x, values = open_gap(state)
    axes.fill_between(x, values, color=theme.OPEN, alpha=0.45, linewidth=0)
    axes.plot(x, values, color="#2B7BB0", linewidth=1.1)
    axes.set_ylim(1.3 * largest, 0.0)
    axes.margins(x=0)
    axes.set_xlabel("x [um]")
    widest = float(values.max())
    mean = gap_volume(state)
    _note(axes, f"largest {widest:.3g} um, mean {mean:.2g} um" if widest > 0 else "closed")


def open_gap(state: InterfaceState) -> tuple[FloatArray, FloatArray]:
    """Return x and gap; a node in contact has none, whatever the solver's tolerance left."""
    x, gap = _sorted(state.gap)
    touching = _sorted(state.in_contact)[1] > 0
    return x, np.where(touching, 0.0, np.clip(gap, 0.0, None))


def _note(axes: Axes, text: str) -> None:
    note = axes.text(
        0.99,
        0.05,
        text,
        transform=axes.transAxes,
        ha="right",
        va="bottom",
        fontsize=layout.points(8.5),
        color="#333333",
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
    )
    note.set_in_layout(False)  # it lies within the panel, and takes none of its width


def _plain(value: float) -> str:
    """Return three digits, and no powers of ten for pressures."""
    return f"{value:.0f}" if value >= 100.0 else f"{value:.3g}"


def _sorted(field: InterfaceField) -> tuple[FloatArray, FloatArray]:
    order = np.argsort(field.x, kind="stable")
    return field.x[order], np.asarray(field.values, dtype=np.float64)[order]


def _over_mean(field: InterfaceField) -> tuple[FloatArray, FloatArray]:
    x, values = _sorted(field)
    mean = field.mean()
    return x, values / mean if mean else values


def _largest_gap(results: Results, name: str, shown: Sequence[Moment]) -> float:
    """Return the largest gap of an interface in all rows, so that rows can be compared [um]."""
    run = results.interface(name)
    states = [run.at(moment.step) for moment in shown]
    largest = max((float(open_gap(s)[1].max()) for s in states if s.present), default=0.0)
    return max(largest, 0.1 * run.rms_height, 1e-6)


def _numbers(field: InterfaceField, moment: Moment, critical: Value | None) -> str:
    lines = [moment.title, f"  highest {focusing_factor(field):.3g} times the mean"]
    if critical is not None:
        limits = (critical.low, critical.value, critical.high)
        low, mid, high = (fraction_above(field, limit) for limit in limits)
        lines.append(f"  above critical: {percent((low, mid, high))} of the area")
    lines.append(f"  {dead_fraction(field):.1%} nearly without current")
    return "\n".join(lines)


def _spoken(interface: str) -> str:
    lower, upper = interface.split("|")
    return f"{upper} on {lower}"
