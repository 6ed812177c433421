# SPDX-License-Identifier: MIT
"""Prescribed contact on even meshes against closed forms: spots on a half-space, strips anywhere.

The walls mirror, so that each stack is a quarter of a period of a square array. Constriction of
the array and of the same spots on a half-space are both known in closed form; their difference
takes the one to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.reference import constriction

Record = Callable[[str, float, float, str], None]
NAME = "metal|electrolyte"
ELECTROLYTE = "Li6PS5Cl"
RHO = 1.0 / ifem.materials.get(ELECTROLYTE).conductivity
#: [V um^2/uA] in [ohm cm^2]
OHM_CM2 = 100.0


def stack(thickness: float, *size: float) -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("metal", "Li", "1 um"),
        ifem.Layer("electrolyte", ELECTROLYTE, f"{thickness} um"),
        width=tuple(f"{length} um" for length in size),
    )


def errors(
    spots: Sequence[tuple[float, float, float]], half: float, edge: float
) -> tuple[float, float]:
    """Relative errors of the constriction: of the array, and of the spots on a half-space."""
    contact = ifem.ContactMap.spots(spots)
    found = ifem.conduct(stack(half, half, half), {NAME: contact}, mesh=ifem.MeshSize(f"{edge} um"))
    measured = found.asr_constriction * OHM_CM2 / (2.0 * half) ** 2
    signs = (1.0, -1.0)
    every = sorted({(a * x, b * y, r) for x, y, r in spots for a in signs for b in signs})
    places, radii = [spot[:2] for spot in every], [spot[2] for spot in every]
    array = constriction.cluster_resistance(RHO, places, radii, period=2.0 * half)
    alone = constriction.cluster_resistance(RHO, places, radii)
    return measured / array - 1.0, (measured - array) / alone


#: quarter of each cluster, in radii: spots 4.5 radii apart or more, which Greenwood's point sources
#: need
CLUSTERS = {
    "one spot": ([(0.0, 0.0, 1.0)], 4.0, "Holm 1967"),
    "three spots": ([(0.0, 0.0, 1.0), (4.5, 0.0, 1.0)], 7.0, "Greenwood 1966"),
    "five spots": ([(0.0, 0.0, 1.0), (3.54, 3.54, 1.0)], 7.0, "Greenwood 1966"),
}


@pytest.mark.parametrize("name", CLUSTERS)
def test_spots_on_a_half_space(name: str, record: Record) -> None:
    # origin: rho/4a of one spot; of several Greenwood (1966), 10.1088/0508-3443/17/12/310
    spots, half, origin = CLUSTERS[name]
    _, error = errors(spots, half, 1.0 / 6.0)
    record(f"{name} on a half-space, 6 edges a radius, even mesh", abs(error), 0.01, origin)


def test_spot_of_any_radius(record: Record) -> None:
    # the edge lies anywhere between nodes; without shares the errors are 4 to 10 %
    found = [errors([(0.0, 0.0, 1.0 + s / 4.0)], 4.0, 0.25)[0] for s in (0.0, 0.25, 0.5, 0.75)]
    record(
        "spots of 4 to 4.75 edges a radius in an array", float(np.abs(found).max()), 0.015, "Holm"
    )
    # even two edges a radius are a spot
    assert abs(errors([(0.0, 0.0, 1.0)], 4.0, 0.5)[0]) < 0.04


def test_strip_with_its_edge_anywhere(record: Record) -> None:
    # origin: conformal map; the shift of the edge that explains the constriction, in edges
    period, edge = 24.0, 0.5
    shifts = []
    for half_width in 4.0 + edge * np.linspace(0.0, 0.9, 7):
        contact = ifem.ContactMap.strips([(0.0, 2.0 * half_width)])
        found = ifem.conduct(
            stack(36.0, period), {NAME: contact}, mesh=ifem.MeshSize(f"{edge} um", growth=1.1)
        )
        excess = found.asr_constriction * OHM_CM2 / RHO
        seen = 2.0 * period / np.pi * np.arcsin(np.exp(-0.5 * np.pi * excess / period))
        shifts.append((seen - half_width) / edge)
    record(
        "edge of a strip anywhere: shift [edges]",
        float(np.abs(shifts).max()),
        0.07,
        "conformal map",
    )
    record(
        "edge of a strip anywhere: mean shift [edges]",
        abs(float(np.mean(shifts))),
        0.03,
        "conformal map",
    )
