# SPDX-License-Identifier: MIT
"""What has come apart on release, and what would hold it, along interfaces or over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import pressure_at, require_increments
from interfacefem.plots.flaws import along, face_map
from interfacefem.post import CAUSES, Delamination, Increment, PullOffDemand, delamination
from interfacefem.post.bonds import bond_limits
from interfacefem.post.delamination_causes import (
    CLOSING,
    OPENED,
    RELEASE,
    demand_text,
    opened_text,
)
from interfacefem.post.risk_rows import rows_of
from interfacefem.results import Results
from interfacefem.results.text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@theme.themed
def debonded(results: Results, step: str | None = None) -> Figure:
    """Draw for each interface the gap of what was in contact and is open, and what would hold it.

    The tension drawn is that of a bond by elasticity, against the range of strength that a bond may
    have (:mod:`interfacefem.post.pull_off_demand`). Titles are the rows of the risk table.

    Parameters
    ----------
    results : Results
        Any run with a release.
    step : str, optional
        At the end of this step; the last one by default.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If nothing is stored, or nothing has opened.
    """
    require_increments(results)
    step = results.steps[-1] if step is None else step
    at = Increment(results, step)
    found = debonded_at(results, step)
    if not found:
        raise ResultsError(
            f"{results.path}: at the end of step '{step}' nothing has opened that was in contact"
        )
    fig = theme.figure(13.0, 1.0 + 3.3 * len(found))
    fig.suptitle(
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa: what has come "
        "apart, and what would hold it",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    told = _told(at)
    width = 44 if results.mesh.dimension == 3 else 80  # a map is narrower than its panel
    panels = fig.subplots(len(found), 2, squeeze=False)
    for axes, each in zip(panels, reversed(found), strict=True):
        demand = at.demand(each.interface)
        if results.mesh.dimension == 3:
            face_map(axes[0], each.opened, "Blues", "spring-back gap [um]", None, low=0.0)
            if demand is not None:
                label = "tension of a bond [MPa]"
                face_map(axes[1], demand.tension, "PuOr_r", label, 0.0, low=None)
        else:
            x, gap = along(each.opened)
            axes[0].fill_between(x, gap, color=theme.OPEN, alpha=0.6, linewidth=0)
            axes[0].set(xlabel="x [um]", ylabel="spring-back gap [um]", ylim=(0.0, None))
            axes[0].margins(x=0)
            if demand is not None:
                _tension(axes[1], results, each, demand)
        if demand is None:
            axes[1].set_axis_off()
        else:
            lines = [told.get((name, each.interface), "") for name in (CLOSING, RELEASE)]
            elastic = (
                f"as drawn, elastic: {number(demand.elastic_traction)} MPa mean, "
                f"{number(demand.elastic_energy)} J/m²"
            )
            lines.append(f"{demand_text(demand)}; {elastic}" if demand.flows else elastic)
            theme.titled(axes[1], lines, width)
        upper = " on ".join(reversed(each.interface.split("|")))
        words = [upper, told.get((OPENED, each.interface), ""), opened_text(each)]
        theme.titled(axes[0], words, width)
    return fig


def _told(at: Increment) -> dict[tuple[str, str], str]:
    """Return the rows of the risk table about coming apart, by cause and interface."""
    rows = [row for name in (OPENED, CLOSING, RELEASE) for row in rows_of(CAUSES.find(name), at)]
    return {(row.cause, row.subject.split("'")[1]): row.told for row in rows}


def debonded_at(results: Results, step: str) -> list[Delamination]:
    """Return the interfaces that have opened by the end of a step and whose materials are known."""
    found = []
    known = results.materials
    for name in results.interfaces:
        if not results.interface(name).at(step).present:
            continue
        each = delamination(results, name, step)
        if each.opened_fraction > 0.0 and all(layer in known for layer in name.split("|")):
            found.append(each)
    return found


def _tension(axes: Axes, results: Results, each: Delamination, demand: PullOffDemand) -> None:
    x, tension = along(demand.tension)
    axes.fill_between(x, tension, color=theme.CONTACT, alpha=0.3, linewidth=0, step="mid")
    axes.plot(x, tension, color=theme.CONTACT, linewidth=1.0, drawstyle="steps-mid")
    limits = bond_limits(results, each.interface, results.materials)
    if limits is not None:
        axes.axhspan(
            limits[0].low, limits[0].high, color=theme.LIMIT, alpha=0.3, linewidth=0,
            label="strength of a bond, range",
        )  # fmt: skip
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.12), fontsize=8.5)
    axes.axhline(0.0, color=theme.MUTED, linewidth=0.7)
    scale = max(float(np.percentile(np.abs(tension), 95.0)), 1e-6)
    # whole decades to both sides of zero, which are not written where they would meet
    line = 10.0 ** np.floor(np.log10(max(0.01 * scale, 0.1)))
    most = float(np.abs(tension).max())
    decades = line * 10.0 ** np.arange(0.0, max(np.log10(max(most / line, 1.0)), 0.0) + 1e-9)
    axes.set_yscale("symlog", linthresh=line)
    axes.set_yticks([*-decades[::-1], 0.0, *decades])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.margins(x=0)
    axes.set(xlabel="x [um]", ylabel="tension of a bond [MPa]")
