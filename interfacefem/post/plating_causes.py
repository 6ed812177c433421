# SPDX-License-Identifier: MIT
r"""Cause of risk about plating: the stress that a current can build in a flaw at a metal.

Where lithium is deposited in a flaw that it fills, the deposit has no room. The overpotential
:math:`\eta` of the place, local current density times resistance of the interface with film and
charge transfer, can go on depositing until the pressure in the flaw is above that beside it by

.. math:: \Delta p = F \eta / V_m ,

7.4 MPa for a millivolt. It is a bound: metal that flows out of the flaw as fast as it is deposited
builds no pressure at all. So the value is the contact pressure beside the flaw, and its high end
that with the bound; a row that only the bound brings over the threshold is possible, not certain.
It is held against the pressure that grows one of the flaws of the face, the same ones as in the
rows about flaws (:mod:`interfacefem.post.brittle`).

References
----------
Monroe and Newman (2005), J. Electrochem. Soc. 152, A396 (pressure and electrode potential).
Porz et al. (2017), 10.1002/aenm.201701003 (lithium in flaws of electrolytes grows them).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interfacefem.contact.kinetics import stress_of_overpotential
from interfacefem.materials import Value
from interfacefem.post.causes import Found, risk
from interfacefem.post.exposures import Exposure, Metal
from interfacefem.post.faces import beside
from interfacefem.post.increment import Increment
from interfacefem.post.strengths import electrode
from interfacefem.results import InterfaceField
from interfacefem.results.documents import number

PLATING = "short circuit: plating into a flaw"


@risk(
    PLATING,
    unit="MPa",
    needs=("layers", "current", "materials"),
    means="the overpotential can deposit metal in a flaw until it grows",
)
def plating(at: Increment) -> Iterator[Found]:
    """Return where plating could come closest to growing a flaw, for each face at a metal."""
    for each in at.exposures:
        metal, name = each.metal, each.interface
        if metal is None or each.toughness is None or electrode(at.materials, name) != metal.layer:
            continue
        state = at.interface(name)
        if "overpotential" not in state.fields:
            continue  # no current passes, or a run of before this was stored
        found = _found(each, metal, at, state.field("overpotential"))
        if found is not None:
            yield found


def _found(
    each: Exposure, metal: Metal, at: Increment, overpotential: InterfaceField
) -> Found | None:
    toughness, volume = each.toughness, at.materials[metal.layer].molar_volume
    if toughness is None or volume is None:
        return None
    points = each.dry.points
    eta = np.abs(beside(overpotential, points))
    built = stress_of_overpotential(eta, volume)
    pressure = metal.pressure.values + built
    needed = each.pressure_to_grow(toughness.value)
    # where a flaw grows dry, other rows say so
    judged = np.flatnonzero((needed > 0.0) & (eta > 0.0))
    if not len(judged):
        return None
    worst = int(judged[np.argmax(pressure[judged] / needed[judged])])
    low, high = (float(each.pressure_to_grow(k)[worst]) for k in (toughness.low, toughness.high))
    beside_it = float(metal.pressure.values[worst])
    density = float(np.abs(beside(at.current.interface(each.interface), points))[worst])
    at.assume(
        f"'{PLATING}': contact pressure and F eta / V_m (Monroe and Newman 2005; Porz et al. 2017) "
        "on the whole depth of the flaw; a bound, as metal that flows out of it builds no pressure"
    )
    return Found(
        subject=f"layer '{each.layer}' at '{each.interface}'",
        place=points[worst],
        value=beside_it,
        value_high=float(pressure[worst]),
        threshold=Value(
            float(needed[worst]), "MPa", max(low, 0.0), high, toughness.temperature,
            f"pressure that grows a flaw, {each.flaws.said}; toughness: {toughness.source}",
            toughness.confidence, toughness.estimate,
        ),
        comment=(
            f"{number(1e3 * float(eta[worst]), 3)} mV at {number(density, 3)} mA/cm^2 "
            f"({number(density / abs(at.current.mean_current_density), 3)} times the mean) make "
            f"{number(float(built[worst]), 3)} MPa, on {number(beside_it, 3)} MPa of contact"
        ),
    )  # fmt: skip
