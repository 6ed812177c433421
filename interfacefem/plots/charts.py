# SPDX-License-Identifier: MIT
"""Charts of whole runs: calibration of a powder, pressure window, cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import require_increments
from interfacefem.post import PressureWindow
from interfacefem.results import History, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.materials.calibrate import Calibration
    from interfacefem.plots.page import Options


@theme.themed
def calibration(fit: Calibration, name: str = "powder", **options: Unpack[Options]) -> Figure:
    """Draw density against pressure and the Heckel line, with points and standard errors.

    Parameters
    ----------
    fit : Calibration
        From :func:`interfacefem.materials.calibrate.heckel`.
    name : str
        Of the powder, for the title.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
        Left relative density, right ln(1/(1 - D)), in which the fit is a straight line.
    """
    powder = fit.powder
    error = fit.yield_pressure_error
    band = f" ± {error:.3g}" if np.isfinite(error) else ""
    fig, (left, right) = layout.tiles(2, 2, (9.5, 3.6))
    layout.head(
        fig,
        f"{name}: yield pressure {powder.yield_pressure:.4g}{band} MPa, intercept "
        f"{powder.heckel_intercept:.3g}, rms error of the density {fit.rms_error:.2g}",
    )
    pressure = np.linspace(0.0, 1.15 * float(fit.die_pressure.max()), 200)
    line = powder.heckel_intercept + pressure / powder.yield_pressure
    left.plot(pressure, -np.expm1(-line), color=theme.COLOURS[0], label="fit")
    left.errorbar(
        fit.die_pressure,
        fit.relative_density,
        yerr=fit.scatter,
        fmt="o",
        color=theme.COLOURS[1],
        label="points" if fit.scatter is None else "points with their scatter",
    )
    left.set(title="Density after ejection", ylabel="Relative density [-]")
    left.legend(loc="lower right")
    right.plot(pressure, line, color=theme.COLOURS[0])
    right.plot(fit.die_pressure, -np.log1p(-fit.relative_density), "o", color=theme.COLOURS[1])
    right.set(title="Heckel plot", ylabel="ln(1/(1 - D)) [-]")
    for axes in (left, right):
        axes.set_xlabel("Axial pressure in a die [MPa]")
        axes.set_xlim(left=0.0)
    return fig


GOOD_COLOUR = "#009E73"
#: what is below this part of its threshold is not shown
LEAST = 1e-3
#: causes that are drawn, the worst first; the text names all of them
MOST_CAUSES = 6


@theme.themed
def pressure_window(window: PressureWindow, **options: Unpack[Options]) -> Figure:
    """Draw resistance and risks against pressure, with the recommended range.

    Of the risks those that may be over their threshold at some pressure, with the range of each.

    Parameters
    ----------
    window : PressureWindow
        See :func:`interfacefem.post.pressure_window`.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    fig = theme.figure(9.5, 8.6)
    layout.head(fig, window.origin)
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
    layout.note(fig, "\n".join(line.strip() for line in window.verdict().splitlines()))
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
    layout.legend_below(axes, 2)


#: columns of each interface, what they are called, and the least value of their axis
OF_INTERFACES = {
    "contact_fraction": ("Contact fraction [-]", 0.0),
    "focusing_factor": ("Hotspot factor [-]", 1.0),
    "intact_fraction": ("Area with a bond that holds [-]", 0.0),
}


def while_cycling(history: History) -> npt.NDArray[np.bool_]:
    """Return which rows of a history belong to steps that cycle."""
    if "cycle" not in history:
        return np.zeros(len(history), dtype=bool)
    found: npt.NDArray[np.bool_] = np.isfinite(history["cycle"])
    return found


@theme.themed
def cycling_curves(results: Results, step: str | None = None, **options: Unpack[Options]) -> Figure:
    """Draw pressure, contact, resistance and hotspot factor over the cycles of a step.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        Name of a step that cycles; the first if not given.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
        Within each half cycle the axis is the charge that has passed. The first point is the stack
        before its first cycle.

    Raises
    ------
    ResultsError
        If nothing is stored yet, or the step does not cycle.
    """
    require_increments(results)
    whole = results.history
    cycling = while_cycling(whole)
    if step is None and cycling.any():
        step = str(whole["step"][int(np.argmax(cycling))])
    rows = np.flatnonzero(cycling & (whole["step"] == step))
    if len(rows) == 0:
        raise ResultsError(f"{results.path}: step {step!r} does not cycle; give one that does")
    start = rows[:1] - 1 if rows[0] > 0 else rows[:0]
    history = whole.where(np.isin(np.arange(len(whole)), [*start, *rows]))
    number = np.concatenate([np.zeros(len(start)), whole["cycle"][rows]])
    charge = float(whole["charge"][rows].max())
    shown = {
        name: label
        for name, label in OF_INTERFACES.items()
        if any(np.isfinite(_of(history, name, part)).any() for part in results.interfaces)
    }
    count = 2 + len(shown)
    fig, panels = layout.tiles(count, 3 if count > 4 else 2, (11.0, 2.9), sharex=True)
    layout.head(
        fig,
        f"{results.name}: {step}, half cycles of {charge:.3g} mAh/cm²; "
        f"shaded: {_begun(results, step)}",
    )
    _one(panels[0], number, history["nominal_pressure"], "Stack pressure [MPa]")
    _one(panels[1], number, history["asr"], theme.axis_label("asr", history.units["asr"]))
    for axes, (name, (label, least)) in zip(panels[2:], shown.items(), strict=False):
        for colour, part in zip(theme.COLOURS, reversed(results.interfaces), strict=False):
            text = " on ".join(reversed(part.split("|")))
            axes.plot(number, _of(history, name, part), "o-", ms=3, color=colour, label=text)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=least)
        if name.endswith("_fraction"):
            axes.set_ylim(top=1.04)
        if name == "contact_fraction":
            axes.legend(loc="best")
    for axes in panels:
        axes.set_xlabel("cycle [-]")
        for half in range(1, int(np.ceil(2.0 * number[-1] - 1e-9)) + 1, 2):
            axes.axvspan(0.5 * (half - 1), 0.5 * half, color="#F1F1F1", zorder=0)
    return fig


def _begun(results: Results, step: str | None) -> str:
    """Return what the first half of each cycle does to the lithium."""
    case: dict[str, Any] = results.case
    steps = [*case.get("step", []), *(s for g in case.get("stage", []) for s in g.get("step", []))]
    found: dict[str, str] = next((item for item in steps if item.get("name") == step), {})
    words = {"strip": "lithium is stripped", "plate": "lithium is plated"}
    return words.get(found.get("begin", ""), "first half")


def _of(history: History, name: str, interface: str) -> npt.NDArray[np.float64]:
    """Return a column of an interface, not numbers where an earlier version wrote none."""
    if f"{name}[{interface}]" not in history:
        return np.full(len(history), np.nan)
    return np.asarray(history.of(name, interface), dtype=np.float64)


def _one(axes: Axes, number: npt.ArrayLike, values: npt.ArrayLike, label: str) -> None:
    shown = np.asarray(values, dtype=np.float64)
    axes.plot(number, shown, "o-", ms=3, color="black")
    axes.set_ylabel(label)
    # a change below a per cent is none
    middle = float(np.nanmean(shown))
    if np.nanmax(shown) - np.nanmin(shown) < 0.01 * abs(middle):
        axes.set_ylim(0.9 * middle, 1.1 * middle)
