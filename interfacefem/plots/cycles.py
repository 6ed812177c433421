# SPDX-License-Identifier: MIT
"""Over the cycles of a step: pressure, contact, resistance, hotspots, and damage of bonds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import require_increments
from interfacefem.results import History, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: columns of each interface, what they are called, and the least value of their axis
OF_INTERFACES = {
    "contact_fraction": ("Contact fraction [-]", 0.0),
    "focusing_factor": ("Hotspot factor [-]", 1.0),
    "mean_damage": ("Mean damage of bonds [-]", 0.0),
}


def while_cycling(history: History) -> npt.NDArray[np.bool_]:
    """Return which rows of a history belong to steps that cycle."""
    if "cycle" not in history.columns:
        return np.zeros(len(history), dtype=bool)
    found: npt.NDArray[np.bool_] = np.isfinite(history["cycle"])
    return found


@theme.themed
def cycling_curves(results: Results, step: str | None = None) -> Figure:
    """Draw pressure, contact, resistance and hotspot factor over the cycles of a step.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        Name of a step that cycles; the first if not given.

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
    fig = theme.figure(11.0, 6.6)
    fig.suptitle(
        f"{results.name}: {step}, half cycles of {charge:.3g} mAh/cm²; "
        f"shaded: {_begun(results, step)}",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    panels = list(fig.subplots(2, 3 if len(shown) > 2 else 2, sharex=True).ravel())
    _one(panels[0], number, history["nominal_pressure"], "Stack pressure [MPa]")
    _one(panels[1], number, history["asr"], theme.axis_label("asr", history.units["asr"]))
    for axes, (name, (label, least)) in zip(panels[2:], shown.items(), strict=False):
        for colour, part in zip(theme.COLOURS, reversed(results.interfaces), strict=False):
            text = " on ".join(reversed(part.split("|")))
            axes.plot(number, _of(history, name, part), "o-", ms=3, color=colour, label=text)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=least)
        if name == "contact_fraction":
            axes.set_ylim(top=1.04)
            axes.legend(loc="best")
    for axes in panels[2 + len(shown) :]:
        axes.set_visible(False)
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
    if f"{name}[{interface}]" not in history.columns:
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
