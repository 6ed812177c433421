# SPDX-License-Identifier: MIT
"""What has come apart on release, and what would hold it, along interfaces or over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import pressure_at, require_increments
from interfacefem.plots.flaws import along, face_map
from interfacefem.post import Delamination, Holding, delamination, holding
from interfacefem.post.bonds import bond_limits
from interfacefem.results import Results
from interfacefem.results.text import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@theme.themed
def opened(results: Results, step: str | None = None) -> Figure:
    """Draw for each interface the gap of what was in contact and is open, and what would hold it.

    The tension drawn is that of a bond by elasticity, against the range of strength that a bond may
    have; the title says how much of it the softer layer bears before it flows, as the risk table
    does (:mod:`interfacefem.post.pull_off_demand`).

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
    found = opened_at(results, step)
    if not found:
        raise ResultsError(
            f"{results.path}: at the end of step '{step}' nothing has opened that was in contact"
        )
    fig = theme.figure(12.0, 1.1 + 3.1 * len(found))
    fig.suptitle(
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa: what has come "
        "apart, and what would hold it",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    panels = fig.subplots(len(found), 2, squeeze=False)
    for axes, each in zip(panels, reversed(found), strict=True):
        held = holding(results, each, results.materials)
        if results.mesh.dimension == 3:
            face_map(axes[0], each.opened, "Blues", "spring-back gap [um]", None, low=0.0)
            if held is not None:
                face_map(axes[1], held.tension, "PuOr_r", "tension of a bond [MPa]", 0.0, low=None)
                axes[1].set_title(_energy(results, each, held), fontsize=8.5)
        else:
            x, gap = along(each.opened)
            axes[0].fill_between(x, gap, color=theme.OPEN, alpha=0.6, linewidth=0)
            axes[0].set(xlabel="x [um]", ylabel="spring-back gap [um]", ylim=(0.0, None))
            axes[0].margins(x=0)
            if held is not None:
                _tension(axes[1], results, each, held)
        upper = " on ".join(reversed(each.interface.split("|")))
        axes[0].set_title(
            f"{upper}: {each.opened_fraction:.1%} has opened,\nup to {each.max_gap:.3g} um; "
            f"{each.lost_fraction:.0%} of the contact at {each.loaded_pressure:.3g} MPa",
            fontsize=8.5,
        )
    return fig


def opened_at(results: Results, step: str) -> list[Delamination]:
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


def _tension(axes: Axes, results: Results, each: Delamination, held: Holding) -> None:
    x, tension = along(held.tension)
    axes.fill_between(x, tension, color=theme.CONTACT, alpha=0.3, linewidth=0, step="mid")
    axes.plot(x, tension, color=theme.CONTACT, linewidth=1.0, drawstyle="steps-mid")
    limits = bond_limits(results, each.interface, results.materials)
    if limits is not None:
        axes.axhspan(
            limits[0].low, limits[0].high, color=theme.LIMIT, alpha=0.3, linewidth=0,
            label="strength of a bond, range",
        )  # fmt: skip
        axes.legend(loc="lower right", fontsize=8.5)
    axes.axhline(0.0, color=theme.MUTED, linewidth=0.7)
    scale = max(float(np.percentile(np.abs(tension), 95.0)), 1e-6)
    axes.set_yscale("symlog", linthresh=max(0.01 * scale, 0.1))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.margins(x=0)
    axes.set(xlabel="x [um]", ylabel="tension of a bond [MPa]")
    axes.set_title(_energy(results, each, held), fontsize=8.5)


def _energy(results: Results, each: Delamination, held: Holding) -> str:
    """Return the mean tension and the energy with their ranges, in words."""
    text = f"{number(held.elastic_traction)} MPa mean, {number(held.elastic_energy)} J/m²"
    if held.flows:
        borne = f"{number(held.traction)} MPa, {number(held.energy)} J/m²"
        text = f"to hold it until the softer layer flows: {borne};\nas drawn, elastic: {text}"
    else:
        text = f"to hold it, elastic: {text}"
    limits = bond_limits(results, each.interface, results.materials)
    if limits is None:
        return text
    strength, toughness = limits
    return (
        f"{text};\na bond may bear {strength.low:g} to {strength.high:g} MPa, "
        f"{toughness.low:g} to {toughness.high:g} J/m²"
    )
