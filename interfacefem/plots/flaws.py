# SPDX-License-Identifier: MIT
"""Where faces have come apart, where flaws would grow and a metal be driven in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import highest_step, pressure_at, require_increments
from interfacefem.post import (
    CAUSES,
    Delamination,
    Exposure,
    Increment,
    PullOffDemand,
    area_map,
    delamination,
    flaw_sizes,
)
from interfacefem.post.brittle import HALVINGS
from interfacefem.post.delamination_causes import CLOSING, OPENED, RELEASE, demand_text, opened_text
from interfacefem.post.exposures import SLIT_WIDTH
from interfacefem.post.increment import last_with
from interfacefem.post.overpressing_causes import DRIVEN, FILLED, FLAW, driven_text
from interfacefem.post.risk_rows import rows_of
from interfacefem.post.strengths import bond_limits
from interfacefem.results import InterfaceField, Results
from interfacefem.results.documents import number
from interfacefem.units import Dimensional

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options


@theme.themed
def debonded(results: Results, step: str | None = None, **options: Unpack[Options]) -> Figure:
    """Draw for each interface the gap of what was in contact and is open, and what would hold it.

    The tension drawn is that of a bond by elasticity, against the range of strength that a bond may
    have (:mod:`interfacefem.post.pull_off_demand`). Titles are the rows of the risk table.

    Parameters
    ----------
    results : Results
        Any run with a release.
    step : str, optional
        At the end of this step; the last one by default.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

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
    columns = layout.across(2, 3.6)
    high = 1.0 + 3.3 * len(found) * 2 / columns
    fig, panels = layout.panels((13.0, high), len(found) * 2 // columns, columns)
    pairs = panels.reshape(-1, 2)
    layout.head(
        fig,
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa: what has come "
        "apart, and what would hold it",
    )
    told = _told(at)
    for axes, each in zip(pairs, reversed(found), strict=True):
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
            theme.titled(axes[1], lines)
        upper = " on ".join(reversed(each.interface.split("|")))
        words = [upper, told.get((OPENED, each.interface), ""), opened_text(each)]
        theme.titled(axes[0], words)
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
        layout.legend_below(axes, 1)
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


FloatArray = npt.NDArray[np.float64]

#: depths of the third column
DEPTHS = 7
PIXELS = 160


@theme.themed
def flaws(
    results: Results,
    step: str | None = None,
    *,
    depth: Dimensional | None = None,
    slit_width: Dimensional = SLIT_WIDTH,
    **options: Unpack[Options],
) -> Figure:
    """Draw for each face of a brittle layer where flaws would grow and where metal is driven in.

    One row a face: the largest stress intensity of the flaws against the range of the toughness,
    contact pressure against what a slit needs, and the largest stress intensity of the face by the
    depth of the flaw. In 3D the first two are maps. Titles are the rows of the risk table.

    Parameters
    ----------
    results : Results
        Any run with layer fields.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    depth, slit_width : str, pint.Quantity or float, optional
        See :func:`interfacefem.post.short_circuit` [um].
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If nothing is stored, or there is no brittle layer with fields in the step.
    """
    require_increments(results)
    step = highest_step(results) if step is None else step
    number = last_with(results, step, ("layers",))
    at = None if number is None else Increment(results, step, number, depth=depth, width=slit_width)
    if at is None or not at.exposures:
        raise ResultsError(
            f"{results.path}: step '{step}' has no brittle layer with fields inside, so there are "
            "no flaws to draw"
        )
    # all three of a face beside each other; below each other without what is not there
    wide = layout.across(3, 2.8) == 3
    kinds = [(each, kind) for each in reversed(at.exposures) for kind in range(3)]
    if not wide:
        kinds = [(each, kind) for each, kind in kinds if kind != 1 or each.metal is not None]
    columns = 3 if wide else 1
    lines = len(kinds) // columns
    widths = [1.35, 1.35, 1.0] if wide else [1.0]
    fig, panels = layout.panels((15.0, 1.0 + 3.3 * lines), lines, columns, width_ratios=widths)
    layout.head(
        fig,
        f"{results.name}, '{step}' at {at.pressure:.3g} MPa: would flaws grow, is metal driven in?",
    )
    told = _flaws_told(at)
    in_space = results.mesh.dimension == 3
    for axes, (each, kind) in zip(panels.ravel(), kinds, strict=True):
        subject = f"layer '{each.layer}' at '{each.interface}'"
        if kind == 0:
            (_intensity_map if in_space else _intensity)(axes, each)
            lower, upper = each.interface.split("|")
            where = f"{each.layer}, face to {upper if each.layer == lower else lower}"
            rows = [told[name, subject] for name in (FLAW, FILLED) if (name, subject) in told]
            theme.titled(axes, [where, *rows])
        elif kind == 1:
            (_intrusion_map if in_space else _intrusion)(axes, each)
            if (DRIVEN, subject) in told:
                theme.titled(axes, [told[DRIVEN, subject], driven_text(each)])
        else:
            _depths(axes, results, each)
    return fig


def _flaws_told(at: Increment) -> dict[tuple[str, str], str]:
    """Return the rows of the risk table about flaws in a few words, by cause and subject."""
    rows = [row for name in (FLAW, FILLED, DRIVEN) for row in rows_of(CAUSES.find(name), at)]
    return {(row.cause, row.subject): row.told for row in rows}


def _intensity(axes: Axes, each: Exposure) -> None:
    _band(axes, each)
    x, dry = along(each.dry)
    axes.plot(x, dry, color=theme.COLOURS[0], linewidth=1.1, label="dry")
    if each.metal is not None:
        x, filled = along(each.metal.filled)
        axes.plot(x, filled, color=theme.CONTACT, linewidth=1.1, label="metal in it")
    axes.axhline(0.0, color=theme.MUTED, linewidth=0.7)
    tough = 0.0 if each.toughness is None else each.toughness.high
    # what is shut is shown as far down as what opens, or may open, reaches up
    floor = -max(float(each.worst.max()), tough)
    low = min(float(dry.min()), 0.0)
    axes.set_ylim(1.1 * (max(low, floor) if floor < 0.0 else low), None)
    axes.set(xlabel="x [um]", ylabel="stress intensity [MPa √m]")
    axes.margins(x=0)
    axes.legend(loc="best", fontsize=layout.points(8.5))


def _intrusion(axes: Axes, each: Exposure) -> None:
    metal = each.metal
    if metal is None:
        _nothing(axes, "no metal at this face")
        return
    x, pressure = along(metal.pressure)
    needed = pressure - along(metal.intrusion)[1]
    shut = needed - metal.flow.value
    axes.fill_between(
        x, shut + metal.flow.low, shut + metal.flow.high, color=theme.MUTED, alpha=0.2, linewidth=0,
        label="what the slit needs, range",
    )  # fmt: skip
    axes.plot(x, needed, color=theme.MUTED, linestyle="--", label="as given")
    axes.plot(x, pressure, color=theme.CONTACT, linewidth=1.1, label="contact pressure")
    top = 1.25 * max(float(pressure.max()), float(needed.max()))
    axes.set_ylim(0.0, top)
    axes.set(xlabel="x [um]", ylabel="pressure [MPa]")
    axes.margins(x=0)
    axes.legend(loc="best", fontsize=layout.points(8.5))


def _intensity_map(axes: Axes, each: Exposure) -> None:
    limit = None if each.toughness is None else each.toughness.value
    face_map(axes, each.worst, "YlOrRd", "stress intensity [MPa √m]", limit, low=0.0)


def _intrusion_map(axes: Axes, each: Exposure) -> None:
    if each.metal is None:
        _nothing(axes, "no metal at this face")
        return
    face_map(
        axes, each.metal.intrusion, "RdBu_r", "contact pressure over need [MPa]", 0.0, low=None
    )


def face_map(
    axes: Axes,
    field: InterfaceField,
    colours: str,
    text: str,
    limit: float | None,
    low: float | None,
) -> None:
    """Draw a field of an area with its colour bar, and a line where it crosses a limit.

    Colours begin at ``low``; without it they are the same to both sides of zero.
    """
    sides = np.ptp(field.points[:, :2], axis=0)
    shape = np.maximum(np.rint(PIXELS * sides / sides.max()), 1).astype(int)
    found = area_map(field, (int(shape[0]), int(shape[1])))
    size = float(np.nanmax(np.abs(found.values))) or 1.0
    top = size if low is None else max(float(np.nanmax(found.values)), limit or 0.0)
    extent = (found.x[0], found.x[-1], found.y[0], found.y[-1])
    image = axes.imshow(
        found.values.T,
        origin="lower",
        extent=extent,
        cmap=colours,
        vmin=-size if low is None else low,
        vmax=top,
    )
    if limit is not None and np.nanmin(found.values) < limit < np.nanmax(found.values):
        axes.contour(
            found.values.T, [limit], colors="black", linewidths=0.9, extent=extent, origin="lower"
        )
    axes.grid(visible=False)
    axes.set(xlabel="x [um]", ylabel="y [um]")
    layout.colour_bar(axes, image, text)


def _depths(axes: Axes, results: Results, each: Exposure) -> None:
    """Draw the largest stress intensity of the face against the depth of the flaw."""
    deepest = each.flaws.deepest
    height = results.mesh.points[results.mesh.layer_nodes[each.layer], -1]
    most = min(2.0 * deepest, 0.5 * float(np.ptp(height)))
    depths = list(np.geomspace(deepest / 2.0**HALVINGS, max(most, deepest), DEPTHS))
    _band(axes, each)
    place = (results, each.layer, each.interface, each.step)
    kinds = [("dry", False, theme.COLOURS[0])]
    if each.metal is not None:
        kinds.append(("metal in it", True, theme.CONTACT))
    for text, inside, colour in kinds:
        values = flaw_sizes(*place, depths=depths, pressurised=inside)
        axes.plot(depths, values, color=colour, marker="o", markersize=4, label=text)
    axes.axvline(deepest, color=theme.MUTED, linewidth=0.9, linestyle=":")
    axes.set_xscale("log")
    theme.titled(axes, ["largest of the face", each.flaws.said])
    axes.set_xlabel("depth of the flaw [um]")
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), None)
    theme.plain_log_ticks(axes)
    axes.legend(loc="best", fontsize=layout.points(8.5))


def _band(axes: Axes, each: Exposure) -> None:
    if each.toughness is not None:
        axes.axhspan(
            each.toughness.low, each.toughness.high, color=theme.LIMIT, alpha=0.15, linewidth=0,
            label="toughness, range",
        )  # fmt: skip
        axes.axhline(each.toughness.value, color=theme.LIMIT, linewidth=1.0, linestyle="--")


def _nothing(axes: Axes, text: str) -> None:
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", transform=axes.transAxes, color=theme.MUTED)


def along(field: InterfaceField) -> tuple[FloatArray, FloatArray]:
    """Return positions along a line, rising, and the values there."""
    order = np.argsort(field.x, kind="stable")
    return field.x[order], np.asarray(field.values, dtype=np.float64)[order]


def has_flaws(results: Results, steps: Iterable[str]) -> list[str]:
    """Return the steps at whose end a brittle layer with fields inside has a face to another."""
    brittle = {name for name, material in results.materials.items() if material.brittle}
    faces = [name for name in results.interfaces if brittle & set(name.split("|"))]
    return [
        step
        for step in steps
        if results.has_layers(step)
        and any(results.interface(name).at(step).present for name in faces)
    ]
