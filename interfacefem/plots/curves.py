# SPDX-License-Identifier: MIT
"""Curves over the protocol and the area: contact, resistance, and how much carries how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.plots import layout, theme
from interfacefem.plots.charts import while_cycling
from interfacefem.plots.choose import moments_with_current, require_increments
from interfacefem.post import critical_current, cumulative_distribution, focusing_factor
from interfacefem.results import History, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options

FloatArray = npt.NDArray[np.float64]
#: fewer currents than this are points with their value, not a curve
FEW = 6


@theme.themed
def loading_curves(results: Results, **options: Unpack[Options]) -> Figure:
    """Draw contact fraction and area-specific resistance against pressure, loading and release.

    Parameters
    ----------
    results : Results
        The run; steps that cycle are left to :func:`interfacefem.plots.cycling_curves`.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
        One panel if no current was computed.

    Raises
    ------
    ResultsError
        If nothing is stored yet.
    """
    require_increments(results)
    history = results.history.where(~while_cycling(results.history))
    electric = bool(np.isfinite(history["asr"]).any())
    count = 2 if electric else 1
    fig, panels = layout.tiles(count, 2, (10.5 if electric else 6.5, 4.6))
    layout.head(fig, f"{results.name}: what pressing gains and what release keeps")
    _contact(panels[0], results, history)
    if electric:
        _resistance(panels[1], history)
    known = bool((np.asarray(history["nominal_pressure"]) > 0.0).any())  # not in a damaged run
    for axes in panels:
        axes.set_xscale("log" if known else "linear")
        axes.set_xlabel(_label(results.history, "nominal_pressure"))
        if known:
            theme.plain_log_ticks(axes)
    return fig


def branches(pressure: npt.ArrayLike) -> list[tuple[bool, npt.NDArray[np.int64]]]:
    """Split a pressure path into loading and release.

    Parameters
    ----------
    pressure : array
        Nominal pressure of each increment [MPa].

    Returns
    -------
    list of (bool, array of int)
        Whether it is loading, and its increments; each begins with the last one before.
    """
    values = np.asarray(pressure, dtype=np.float64)
    found: list[tuple[bool, npt.NDArray[np.int64]]] = []
    start, loading = 0, True
    for index in range(1, len(values)):
        change = values[index] - values[index - 1]
        if abs(change) <= 1e-9 * max(abs(values[index]), 1e-300):
            continue
        if (change > 0) != loading:
            if index - 1 > start:
                found.append((loading, np.arange(start, index)))
            start, loading = index - 1, bool(change > 0)
    found.append((loading, np.arange(start, len(values))))
    return found


def _contact(axes: Axes, results: Results, history: History) -> None:
    pressure = np.asarray(history["nominal_pressure"], dtype=np.float64)
    for colour, name in zip(theme.COLOURS, reversed(results.interfaces), strict=False):
        fraction = np.asarray(history.of("contact_fraction", name), dtype=np.float64)
        _path(axes, pressure, fraction, colour, " on ".join(reversed(name.split("|"))))
    axes.set(
        title="Contact",
        ylabel=_label(history, "contact_fraction", results.interfaces),
        ylim=(0.0, 1.04),
    )
    _legend(axes, release=any(not loading for loading, _ in branches(pressure)))


def _resistance(axes: Axes, history: History) -> None:
    known = np.isfinite(history["asr"]) & (history["nominal_pressure"] > 0)
    part = history.where(known)
    pressure = np.asarray(part["nominal_pressure"], dtype=np.float64)
    names = {
        "asr": ("whole stack", "black"),
        "asr_layers": ("layers", theme.COLOURS[2]),
        "asr_constriction": ("constriction", theme.COLOURS[3]),
        "asr_interfaces": ("charge transfer at interfaces", theme.COLOURS[4]),
    }
    for column, (text, colour) in names.items():
        values = np.asarray(part[column], dtype=np.float64)
        if (values > 0).any():
            _path(axes, pressure, np.where(values > 0, values, np.nan), colour, text)
    axes.set_yscale("log")
    total = np.asarray(part["asr"], dtype=np.float64)
    low, high = axes.get_ylim()
    # What is less than a hundredth of the whole decides nothing.
    axes.set_ylim(max(low / 1.15, 0.01 * float(np.nanmin(total))), high * 1.15)
    axes.set(title=_told(pressure, part["asr"]), ylabel=_label(history, "asr"))
    theme.plain_log_ticks(axes, "y")
    _legend(axes, release=any(not loading for loading, _ in branches(pressure)))


def _path(axes: Axes, pressure: FloatArray, values: FloatArray, colour: str, text: str) -> None:
    """Draw loading with full dots and release dashed with open dots."""
    dots = 3.5 if len(values) > FEW else 5.0
    for number, (loading, rows) in enumerate(branches(pressure)):
        axes.plot(
            pressure[rows],
            values[rows],
            color=colour,
            linestyle="-" if loading else (0, (4, 2)),
            marker="o",
            # rings around the dots, where release goes back the way of the press
            markersize=dots if loading else dots + 2.0,
            markerfacecolor=colour if loading else "white",
            zorder=3.0 if loading else 2.5,
            # the first was drawn by the branch before
            markevery=slice(0 if number == 0 else 1, None),
            label=text if number == 0 else None,
        )


def _label(history: History, name: str, interfaces: tuple[str, ...] = ()) -> str:
    """Return a column with its stored unit, as on an axis."""
    stored = f"{name}[{interfaces[0]}]" if interfaces else name
    return theme.axis_label(name, history.units[stored], history.words.get(stored, ""))


def _told(pressure: FloatArray, total: FloatArray) -> str:
    """Return the resistance at the highest pressure and at the end, in words."""
    peak = int(np.argmax(pressure))
    text = f"Resistance: {total[peak]:.3g} ohm cm² at {pressure[peak]:.3g} MPa"
    return text if peak == len(total) - 1 else f"{text}, {total[-1]:.3g} at {pressure[-1]:.3g} MPa"


def _legend(axes: Axes, *, release: bool) -> None:
    from matplotlib.lines import Line2D

    handles, labels = axes.get_legend_handles_labels()
    if release:
        grey = theme.MUTED
        handles.append(Line2D([], [], color=grey, marker="o", markersize=4))
        labels.append("loading")
        handles.append(
            Line2D(
                [],
                [],
                color=grey,
                linestyle=(0, (4, 2)),
                marker="o",
                markersize=4,
                markerfacecolor="white",
            )
        )
        labels.append("release")
    layout.legend_below(axes, 2, handles, labels)


#: smallest current over the mean, and smallest area fraction shown [-]
LEAST_FACTOR, LEAST_AREA = 0.05, 1e-3


@theme.themed
def current_distribution(
    results: Results,
    steps: Sequence[str] | None = None,
    *,
    critical_current_density: str | float | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw the area fraction that carries more than any current density, over its mean.

    For lines and areas alike; where a curve meets the critical line one reads the area above it.

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
        If no current is stored.
    """
    shown = moments_with_current(results, steps)
    names = tuple(results.current(shown[-1].step).interfaces)
    known = results.materials
    wide = max(5.2 * len(names), 8.0)
    fig, panels = layout.tiles(len(names), len(names), (wide, 4.0))
    layout.head(fig, f"{results.name}: how much of the area carries how much current")
    highest = 2.0
    for axes, name in zip(panels, reversed(names), strict=True):
        for number, (colour, moment) in enumerate(zip(theme.COLOURS, shown, strict=False)):
            field = results.current(moment.step).interface(name)
            mean = abs(field.mean())
            if not mean:
                continue
            values, above = cumulative_distribution(field)
            worst = focusing_factor(field)
            axes.step(
                values / mean,
                np.maximum(above, 1e-12),
                where="post",
                color=colour,
                linewidth=layout.nested(number, len(shown)),
                label=f"{moment.title}, up to {worst:.3g} times the mean",
            )
            highest = max(highest, worst)
        density = abs(results.current(shown[-1].step).mean_current_density)
        axes.axvline(1.0, color=theme.MUTED, linewidth=0.9, linestyle=":")
        critical = critical_current(results, name, known, critical_current_density)
        if critical is not None and density:
            line = theme.critical_line(axes, critical, density, upright=True)
            highest = max(highest, line)
        axes.set_title(" on ".join(reversed(name.split("|"))))
        axes.set(xlabel="Current density / mean [-]", xscale="log", yscale="log")
        axes.set_ylabel("Area fraction with more current [-]")
        layout.legend_below(axes, 1)
    for axes in panels:
        axes.set(xlim=(LEAST_FACTOR, 1.3 * highest), ylim=(LEAST_AREA, 1.3))
        theme.plain_log_ticks(axes)
        theme.plain_log_ticks(axes, "y")
    return fig
