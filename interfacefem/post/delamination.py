# SPDX-License-Identifier: MIT
"""What has come apart since the highest load (opened area, spring-back gap), and what still acts.

A contact without adhesion opens freely; what it would take to hold it is in
:mod:`interfacefem.post.pull_off_demand`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results import InterfaceField, InterfaceState, Results
from interfacefem.results.edges import contact_shares


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Delamination(ShownData):
    """Area that was in contact under the highest load, and now neither touches nor is bonded.

    Attributes
    ----------
    interface : str
        ``"lower|upper"``.
    loaded_step, step : str
        Step of the highest load so far, and the step asked for.
    loaded_increment, increment : int
        Their increments.
    loaded_pressure, pressure : float
        Nominal pressures [MPa].
    loaded_contact_fraction : float
        Contact fraction under the highest load [-].
    opened_fraction : float
        Opened area over the area of the interface [-].
    lost_fraction : float
        Opened area over the area that was in contact [-].
    mean_gap, percentile_95_gap, max_gap : float
        Spring-back gap over the opened area [um]; zero where nothing has opened.
    opened : InterfaceField
        Gap where the interface has opened, zero elsewhere [um].
    """

    interface: str
    loaded_step: str
    loaded_increment: int
    loaded_pressure: float
    loaded_contact_fraction: float
    step: str
    increment: int
    pressure: float
    opened_fraction: float
    lost_fraction: float
    mean_gap: float
    percentile_95_gap: float
    max_gap: float
    opened: InterfaceField


def highest_load(
    results: Results,
    step: str | None = None,
    interface: str | None = None,
    increment: int | None = None,
) -> tuple[str, int]:
    """Return step and increment of the highest nominal pressure up to an increment of a step.

    Of equal pressures the first counts.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        Name of the step; None is the last.
    interface : str, optional
        Only increments with both layers of it in the die.
    increment : int, optional
        Up to this increment of the step; its last one by default.

    Raises
    ------
    ResultsError
        If there is no such step or increment.
    """
    history = results.history
    last = len(history) - 1
    if step is not None:
        results.increments(step)
        there = history["step"] == step
        if increment is not None:
            there &= history["increment"] <= increment
        last = int(np.flatnonzero(there)[-1]) if there.any() else -1
    until = history.where(np.arange(len(history)) <= last)
    if interface is not None:
        until = until.where(np.isfinite(until.of("mean_pressure", interface)))
    if not len(until):
        raise ResultsError(f"{results.path}: no increment is stored yet; wait for the first one")
    row = int(np.argmax(until["nominal_pressure"]))
    return str(until["step"][row]), int(until["increment"][row])


def delamination(
    results: Results, interface: str, step: str | None = None, increment: int = -1
) -> Delamination:
    """Compare an interface at an increment with what it was under the highest load before.

    Parameters
    ----------
    results : Results
        The run.
    interface : str
        ``"lower|upper"``.
    step : str, optional
        Name of the step; None is the last.
    increment : int
        Of the step; negative ones count back.

    Raises
    ------
    ResultsError
        If there is no such interface or step, or its points changed in between.
    """
    run = results.interface(interface)
    now = run.at(step, increment)
    loaded = run.at(*highest_load(results, now.step, interface, now.increment))
    touched = np.asarray(loaded.in_contact.values, dtype=bool)
    gap, weights = now.gap, loaded.weights
    areas = weights * np.asarray(contact_shares(loaded).values)
    if len(touched) != len(gap):
        raise ResultsError(
            f"interface '{interface}': {len(touched)} points in step '{loaded.step}', "
            f"{len(gap)} in '{now.step}'; the two cannot be compared point by point"
        )
    # what a bond holds is not apart, whatever it bears
    opened = touched & ~np.asarray(now.in_contact.values, dtype=bool) & ~now.held_by_bonds
    spring = InterfaceField(
        name="gap",
        unit=gap.unit,
        interface=interface,
        step=now.step,
        increment=now.increment,
        points=gap.points,
        weights=weights,
        values=np.where(opened, np.clip(gap.values, 0.0, None), 0.0),
        faces=gap.faces,
    )
    part = replace(spring, weights=areas).where(opened)
    before = float(np.sum(areas))
    return Delamination(
        interface=interface,
        loaded_step=loaded.step,
        loaded_increment=loaded.increment,
        loaded_pressure=loaded.nominal_pressure,
        loaded_contact_fraction=before / spring.area,
        step=now.step,
        increment=now.increment,
        pressure=now.nominal_pressure,
        opened_fraction=part.area / spring.area,
        lost_fraction=part.area / before if before > 0 else 0.0,
        mean_gap=part.mean() if len(part) else 0.0,
        percentile_95_gap=part.percentile(95.0) if len(part) else 0.0,
        max_gap=part.max() if len(part) else 0.0,
        opened=spring,
    )


@dataclass(frozen=True, repr=False)
class ResidualTraction(ShownData):
    """What acts across an interface at the end of a step.

    Attributes
    ----------
    place : tuple of float
        Where tension and shear together are largest [um].
    tension, shear : float
        There [MPa]; without adhesion there is no tension.
    value : float
        Root of the sum of their squares [MPa].
    least_pressure, mean_pressure : float
        Contact pressure that still holds the touching part together [MPa].
    """

    place: tuple[float, ...]
    tension: float
    shear: float
    value: float
    least_pressure: float
    mean_pressure: float


def residual_traction(state: InterfaceState) -> ResidualTraction:
    """Return the largest traction of an interface that no pressure bears.

    Shear up to the pressure at the same place does not count: faces that are pressed together do
    not come apart by it, and friction bears most of it.
    """
    pressure = np.asarray(state.contact_pressure.values, dtype=np.float64)
    shear = np.asarray(state.shear_traction.values, dtype=np.float64).reshape(len(pressure), -1)
    across, along = np.zeros(len(pressure)), np.linalg.norm(shear, axis=1)
    touching = np.asarray(state.in_contact.values, dtype=bool)
    along[touching & (along <= pressure)] = 0.0
    if "adhesion" in state.fields:
        across = np.clip(np.asarray(state.field("adhesion").values, dtype=np.float64), 0.0, None)
    whole = np.hypot(across, along)
    worst = int(np.argmax(whole))
    held = pressure[touching]
    return ResidualTraction(
        place=tuple(float(value) for value in state.points[worst]),
        tension=float(across[worst]),
        shear=float(along[worst]),
        value=float(whole[worst]),
        least_pressure=float(held.min()) if len(held) else 0.0,
        mean_pressure=float(state.contact_pressure.mean()),
    )
