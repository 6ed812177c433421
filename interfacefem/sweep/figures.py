# SPDX-License-Identifier: MIT
"""The picture of a pressure window over realisations, with the words that stand in its place.

Colours of words and lines have a contrast of at least 4.5 with white; what is beside a colour is
said by a line style too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

import numpy as np

from interfacefem.plots import layout, theme
from interfacefem.results.documents import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options
    from interfacefem.sweep.recommendation import Recommendation

#: released, under load, target, recommended range
RELEASED, LOADED, TARGET, GOOD = "#00588F", "#A34700", "#B00020", "#D7EFE6"
#: colours and line styles of causes of risk
_CAUSES = (
    ("#00588F", "-"), ("#A34700", "--"), ("#00644A", "-."), ("#8A3A6C", ":"), ("#5A4A00", "-"),
    ("#404040", "--"),
)  # fmt: skip
#: causes that are drawn; the table has all
MOST_CAUSES = len(_CAUSES)
#: more pressures than this have round ticks, not one each
MOST_TICKS = 8
#: distance of lines that lie on each other [point]
_ASIDE = 2.5


@theme.themed
def sweep_window(found: Recommendation, **options: Unpack[Options]) -> Figure:
    """Draw resistance after release and under load, and the risks, against the pressure.

    Parameters
    ----------
    found : Recommendation
        See :func:`interfacefem.sweep.recommend`.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = theme.figure(9.5, 9.0)
    layout.head(figure, f"{found.name}: which pressure")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _resistance(upper, found)
    _risks(lower, found)
    layout.legend_below(upper, 2, below=0.1)
    layout.legend_below(lower, 2)
    ends = found.interval
    for axes in (upper, lower):
        axes.set_xscale("log")
        if ends is not None:
            low, high = (found.points[k].pressure for k in ends)
            wide = 1.02 if low == high else 1.0
            axes.axvspan(low / wide, high * wide, color=GOOD, linewidth=0, zorder=0)
    lower.set_xlabel("pressed to [MPa]")
    theme.plain_log_ticks(lower)
    pressures = [point.pressure for point in found.points]
    if len(pressures) <= MOST_TICKS:
        lower.set_xticks(pressures, labels=[number(pressure) for pressure in pressures])
        lower.set_xticks([], minor=True)
    layout.note(figure, found.sentence())
    return figure


def _resistance(axes: Axes, found: Recommendation) -> None:
    points = found.points
    pressures = [point.pressure for point in points]
    for along, values in found.curves.values():
        axes.plot(along, values, color=RELEASED, linewidth=0.6, alpha=0.35)
    if all(point.released.is_band for point in found.points):
        axes.fill_between(
            pressures, [p.released.p10 for p in points], [p.released.p90 for p in points],
            color=RELEASED, alpha=0.18, linewidth=0, label="10 to 90 %",
        )  # fmt: skip
    axes.plot(
        pressures, [point.released.median for point in found.points], color=RELEASED, marker="o",
        markersize=4, label=f"at {number(found.operating)} MPa after release, median",
    )  # fmt: skip
    loaded = [(p.pressure, p.loaded.median) for p in found.points if p.loaded is not None]
    if loaded:
        along_load, under = zip(*loaded, strict=True)
        axes.plot(along_load, under, color=LOADED, linestyle="--", marker="s",
                  markersize=3.5, label="under the load itself, median")  # fmt: skip
    axes.axhline(found.target, color=TARGET, linestyle="-.", linewidth=1.2,
                 label=f"target, {number(found.target)} ohm cm²")  # fmt: skip
    known = [v for _, curve in found.curves.values() for v in curve if math.isfinite(v) and v > 0]
    if known and max(known) > 5.0 * min(known):
        axes.set_yscale("log")
        theme.plain_log_ticks(axes, "y")
    axes.set(ylabel="resistance [ohm cm²]", title="Resistance: one thin line a realisation")


def _risks(axes: Axes, found: Recommendation) -> None:
    from matplotlib.transforms import ScaledTranslation

    pressures = [point.pressure for point in found.points]
    causes = dict.fromkeys(c for point in found.points for c in point.exceeding)
    parts = {
        cause: [point.exceeding.get(cause, 0) / len(point.runs) for point in found.points]
        for cause in causes
    }
    shown = [cause for cause in sorted(parts, key=lambda c: -max(parts[c])) if max(parts[cause])]
    # side by side where they lie on each other
    for k, (cause, (colour, style)) in enumerate(zip(shown, _CAUSES, strict=False)):
        aside = ScaledTranslation(0.0, -_ASIDE * k / 72.0, axes.figure.dpi_scale_trans)
        axes.plot(
            pressures, 100.0 * np.array(parts[cause]), color=colour, linestyle=style, marker="o",
            markersize=3.5, label=cause, transform=axes.transData + aside,
        )  # fmt: skip
    accepted = 100.0 * (1.0 - found.confidence)
    axes.axhline(accepted, color=TARGET, linewidth=1.2, label=f"accepted, {number(accepted)} %")
    axes.set(ylim=(-3, 103), ylabel="realisations over the\nthreshold [%]",
             title="Risks: in how many realisations a threshold is exceeded")  # fmt: skip


def words_for_window(found: Recommendation) -> str:
    """Return what a reader who does not see the picture is told."""
    points = "; ".join(
        f"{number(p.pressure)} MPa: {number(p.released.median, 3)} ohm cm2 after release"
        + ("" if p.loaded is None else f", {number(p.loaded.median, 3)} under load")
        for p in found.points
    )
    return (
        f"Resistance against the pressure that was pressed. Medians: {points}. {found.sentence()}"
    )
