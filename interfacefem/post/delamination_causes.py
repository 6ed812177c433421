# SPDX-License-Identifier: MIT
"""Causes of risk about coming apart: opened area, what acts, and what a bond must bear.

For each interface: the area that has opened since the highest load; the area whose bonds have
broken; and the traction and the energy that a bond would have to bear to hold what
has opened (:mod:`interfacefem.post.pull_off_demand`), against ranges of strength and toughness. A
bond lets go where both are exceeded (Leguillon (2002), Eur. J. Mech. A 21, 61). A step that pulls
the stack apart on purpose is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interfacefem.materials import Value
from interfacefem.post.causes import Found, risk, threshold
from interfacefem.post.delamination import Delamination, residual_traction
from interfacefem.post.increment import Increment
from interfacefem.post.pull_off_demand import PullOffDemand
from interfacefem.post.strengths import bond_limits
from interfacefem.results.documents import number

OPENED, BROKEN = "delamination", "delamination: broken bonds"
CLOSING, RELEASE = "delamination: closing traction", "delamination: energy release"
#: opened part of an interface that counts as delamination [-]; a convention, no measurement
OPENED_THRESHOLD = 0.05
OPENED_SOURCE = f"convention of interfacefem: {OPENED_THRESHOLD:.0%} of the area, not measured"


@risk(
    OPENED,
    needs="interfaces",
    means="faces that touched under the highest load neither touch nor are bonded now",
)
def opened(at: Increment) -> Iterator[Found]:
    """Return the area of each interface that has opened since the highest load."""
    for name in () if at.taken_apart else at.interfaces:
        found = at.delamination(name)
        if found is None:
            continue  # nothing can have opened yet
        peak = int(np.argmax(found.opened.values))
        yield Found(
            subject=f"interface '{name}'",
            place=found.opened.points[peak, :-1] if found.opened_fraction else "",
            value=found.opened_fraction,
            threshold=threshold(OPENED_THRESHOLD, source=OPENED_SOURCE),
            comment=opened_text(found),
        )


@risk(
    BROKEN,
    needs="interfaces",
    means="bonds between the faces have broken, also where the faces are pressed together",
)
def broken(at: Increment) -> Iterator[Found]:
    """Return the area of each interface whose bonds have broken and not healed.

    The largest traction says nothing here: a bond never bears more than its strength.
    """
    for name in () if at.taken_apart else at.interfaces:
        state = at.interface(name)
        if "intact" not in state.fields:
            continue
        lost = state.field("bonded").values - state.field("intact").values
        part = float(state.weights @ lost) / float(np.sum(state.weights))
        if not part > 0.0:
            continue
        acting = residual_traction(state)
        yield Found(
            subject=f"interface '{name}'",
            place=state.points[int(np.argmax(lost))][:-1],
            value=part,
            threshold=threshold(OPENED_THRESHOLD, source=OPENED_SOURCE),
            comment=(
                f"bonds bear up to {number(acting.tension, 3)} MPa of tension; pressure still "
                f"there: {number(acting.mean_pressure, 3)} MPa mean"
            ),
        )


@risk(
    CLOSING,
    unit="MPa",
    needs="interfaces",
    means="holding what has opened asks for more traction than the strength of a bond",
)
def closing(at: Increment) -> Iterator[Found]:
    """Return the traction that a bond would have to bear to hold what has opened."""
    for name, demand, strength, _ in _demands(at):
        yield Found(
            subject=f"interface '{name}'",
            place=demand.place[:-1],
            value=demand.traction,
            threshold=strength,
            comment=demand_text(demand),
        )


@risk(
    RELEASE,
    unit="J/m^2",
    needs="interfaces",
    means="letting go of what has opened sets free more energy than the toughness of a bond",
)
def released(at: Increment) -> Iterator[Found]:
    """Return the energy that letting go of what has opened would set free."""
    for name, demand, _, toughness in _demands(at):
        yield Found(
            subject=f"interface '{name}'",
            place=demand.place[:-1],
            value=demand.energy,
            threshold=toughness,
            comment=demand_text(demand),
        )


def opened_text(found: Delamination) -> str:
    """Return how much of the contact has opened and how far, in words."""
    return (
        f"lost {found.lost_fraction:.0%} of the contact at {number(found.loaded_pressure)} MPa; "
        f"spring-back gap {number(found.mean_gap, 3)} um mean, {number(found.max_gap, 3)} um max"
    )


def demand_text(demand: PullOffDemand) -> str:
    """Return what the traction and the energy of a bond are a mean of, in words."""
    said = "mean over the opened area, "
    return said + ("at most until the softer layer flows" if demand.flows else "elastic")


def _demands(at: Increment) -> Iterator[tuple[str, PullOffDemand, Value, Value]]:
    for name in () if at.taken_apart else at.interfaces:
        limits = _limits(at, name)
        if limits is None:
            continue
        demand = at.demand(name)
        if demand is not None:
            yield (name, demand, *limits)


def _limits(at: Increment, name: str) -> tuple[Value, Value] | None:
    limits = bond_limits(at.results, name, at.materials)
    if limits is None:
        at.note(f"interface '{name}': nothing is known about a bond; not judged")
    return limits
