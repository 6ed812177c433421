# SPDX-License-Identifier: MIT
"""How much of the area carries how much current: one curve for each step and interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.plots import theme
from interfacefem.plots.choose import moments_with_current
from interfacefem.post import critical_current, cumulative_distribution, focusing_factor
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: smallest current over the mean, and smallest area fraction shown [-]
LEAST_FACTOR, LEAST_AREA = 0.05, 1e-3


@theme.themed
def current_distribution(
    results: Results,
    steps: Sequence[str] | None = None,
    *,
    critical_current_density: str | float | None = None,
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
    fig = theme.figure(max(5.2 * len(names), 8.0), 4.8)
    fig.suptitle(
        f"{results.name}: how much of the area carries how much current",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    panels = fig.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
    highest = 2.0
    for axes, name in zip(panels, reversed(names), strict=True):
        for colour, moment in zip(theme.COLOURS, shown, strict=False):
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
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15))
    panels[0].set_ylabel("Area fraction with more current [-]")
    panels[0].set(xlim=(LEAST_FACTOR, 1.3 * highest), ylim=(LEAST_AREA, 1.3))
    for axes in panels:
        theme.plain_log_ticks(axes)
        theme.plain_log_ticks(axes, "y")
    return fig
