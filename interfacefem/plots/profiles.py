# SPDX-License-Identifier: MIT
"""Along each interface: pressure and gap, and the current relative to its mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import Moment, critical_density, moments, moments_with_current
from interfacefem.post import dead_fraction, focusing_factor, fraction_above, gap_volume
from interfacefem.results import InterfaceField, InterfaceState, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FloatArray = npt.NDArray[np.float64]


@theme.themed
def interface_profiles(results: Results, steps: Sequence[str] | None = None) -> Figure:
    """Draw contact pressure (up) and gap (down) along each interface at the end of each step.

    Where there is pressure there is contact; where there is gap there is none. Steps that end
    alike, a press and its hold, share one row.

    Parameters
    ----------
    results : Results
        The run.
    steps : sequence of str, optional
        Only these; by default up to four that differ.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If nothing is stored yet, a step is unknown or the run is in 3D.
    """
    shown = moments(results, steps)
    _require_lines(results, "plots.interface_maps")
    names = results.interfaces[::-1]  # the topmost first, as they lie
    fig = theme.figure(max(5.6 * len(names), 7.5), 0.7 + 3.0 * len(shown))
    fig.suptitle(
        f"{results.name}: where the interfaces touch (dashed: nominal pressure)",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    rows = fig.subfigures(len(shown), 1, squeeze=False)[:, 0]
    for row, moment in zip(rows, shown, strict=True):
        row.suptitle(moment.title, fontsize=11, x=0.01, ha="left")
        axes = row.subplots(2, len(names), sharex="col", squeeze=False, height_ratios=[1.25, 1.0])
        for column, name in enumerate(names):
            state = results.interface(name).at(moment.step)
            if not state.present:
                axes[0, column].set_title(f"{_spoken(name)}: not in the die", fontsize=10)
                continue
            draw_pressure(axes[0, column], state, moment)
            draw_gap(axes[1, column], state, _largest_gap(results, name, shown))
        axes[0, 0].set_ylabel(_short("contact_pressure"))
        axes[1, 0].set_ylabel(_short("gap"))
    return fig


@theme.themed
def current_profile(
    results: Results,
    steps: Sequence[str] | None = None,
    *,
    critical_current_density: str | float | None = None,
) -> Figure:
    """Draw the current density along each interface over its mean, with the critical line.

    Parameters
    ----------
    results : Results
        The run.
    steps : sequence of str, optional
        Only these; by default all with a current that differ.
    critical_current_density : str or float, optional
        E.g. ``"1 mA/cm^2"``, a float is in uA/um^2; that of the case by default, no line without.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If no current is stored or the run is in 3D.
    """
    _require_lines(results, "plots.current_distribution")
    shown = moments_with_current(results, steps)
    names = tuple(results.current(shown[-1].step).interfaces)
    critical = critical_density(results, critical_current_density)
    fig = theme.figure(9.5, 0.8 + 2.9 * len(names))
    fig.suptitle(
        f"{results.name}: where the current crowds",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    panels = fig.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(panels, reversed(names), strict=True):
        top = 1.5
        for colour, moment in zip(theme.COLOURS, shown, strict=False):
            field = results.current(moment.step).interface(name)
            x, factor = _over_mean(field)
            axes.fill_between(x, factor, step="mid", color=colour, alpha=0.18, linewidth=0)
            axes.plot(
                x,
                factor,
                drawstyle="steps-mid",
                color=colour,
                label=_numbers(field, moment, critical),
            )
            top = max(top, float(factor.max()))
        mean = results.current(shown[-1].step).mean_current_density
        axes.axhline(1.0, color=theme.MUTED, linewidth=0.9, linestyle=":")
        if critical is not None and mean:
            ratio = critical / abs(mean)
            axes.axhline(ratio, color=theme.LIMIT, linewidth=1.2, linestyle="--")
            axes.annotate(
                f"critical, {critical:g} mA/cm²",
                (1.0, ratio),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                ha="right",
                color=theme.LIMIT,
                fontsize=9,
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
            )
            top = max(top, 1.1 * ratio)
        axes.set_title(_spoken(name))
        axes.set(ylabel="current density / mean [-]", ylim=(0.0, 1.1 * top))
        axes.margins(x=0)
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
    fraction, highest = state.in_contact.mean(), state.contact_pressure.max()
    axes.set_title(
        f"{_spoken(state.name)}: {fraction:.1%} in contact, up to {_plain(highest)} MPa",
        fontsize=10,
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
    axes.text(
        0.99,
        0.05,
        text,
        transform=axes.transAxes,
        ha="right",
        va="bottom",
        fontsize=8.5,
        color="#333333",
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
    )


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


def _numbers(field: InterfaceField, moment: Moment, critical: float | None) -> str:
    lines = [moment.title, f"  highest {focusing_factor(field):.3g} times the mean"]
    if critical is not None:
        lines.append(f"  {fraction_above(field, critical):.1%} of the area above critical")
    lines.append(f"  {dead_fraction(field):.1%} nearly without current")
    return "\n".join(lines)


def _spoken(interface: str) -> str:
    lower, upper = interface.split("|")
    return f"{upper} on {lower}"


def _short(name: str) -> str:
    return theme.axis_label(name).replace("Contact pressure", "Pressure")
