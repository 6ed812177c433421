# SPDX-License-Identifier: MIT
"""Doux 2020: the pressure at which lithium cracks the pellet at rest."""

import math
from pathlib import Path

from interfacefem import materials
from interfacefem.experiments import Comparison, Quantity, published

DATA = published("short")
SOLID = materials.get("Li6PS5Cl")


def critical(depth: float, toughness: float) -> float:
    """Return the pressure [MPa] at which an edge flaw filled with lithium grows.

    Lithium in the flaw, of a depth [um], has the pressure p; the pellet, held from the side, bears
    nu/(1 - nu) p across it. What opens the flaw is the rest.
    """
    poisson = SOLID.law.poissons_ratio
    opening = 1.0 - poisson / (1.0 - poisson)
    return toughness / (1.12 * math.sqrt(math.pi * depth * 1e-6)) / opening


def compare(folder: Path) -> Comparison:
    """Compare the critical pressure with 25 MPa (none) and 75 MPa (at once)."""
    record = SOLID.value("fracture_toughness")
    scale = 1e-3  # MPa um^0.5 to MPa m^0.5
    tough = record.value * scale
    values = tuple(critical(depth, tough) for depth in (15.0, 30.0, 60.0, 100.0))
    return Comparison(
        DATA,
        [
            Quantity(
                "pressure that drives lithium through the pellet", "MPa",
                (DATA.one("safe"), DATA.one("short")), values, critical(40.0, tough),
            )
        ],
        assumed=[
            "pores and cracks of 15 to 100 um in a pellet of 82 percent",
            "the flaw is filled with lithium, which flows at rest",
        ],
        blind="toughness of the library (sulfide glass)",
        notes=[
            f"the range of the toughness, {record.low * scale:.2f} to {record.high * scale:.2f} MPa"
            f" m^0.5, alone gives {critical(40.0, record.low * scale):.0f} to "
            f"{critical(40.0, record.high * scale):.0f} MPa",
            "times to a short while plating (48 to 474 h) are not computed: no growth law",
        ],
    )  # fmt: skip
