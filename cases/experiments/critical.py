# SPDX-License-Identifier: MIT
"""Wang 2019: how the pressure that keeps contact grows with the current."""

import math
from pathlib import Path

from interfacefem import materials
from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import STRENGTH

DATA = published("critical")
NORTON = materials.get("Li", law="norton").law
#: speed of the face at 1 mA/cm2 [um/s]: molar volume over the charge of a mole
SPEED = 1.347e-3


def needed(current: float, reach: float, factor: float = 1.0) -> float:
    """Return the pressure [MPa] at which creep replaces what a current [mA/cm2] takes away.

    Lithium within a reach [um] of the face strains at the speed over the reach; the factor makes it
    stronger than bulk.
    """
    return float(factor * NORTON.flow_stress(current * SPEED / reach))


def slope(pressures, currents) -> float:
    """Return the exponent of the current in the pressure."""
    return math.log(pressures[-1] / pressures[0]) / math.log(currents[-1] / currents[0])


def compare(folder: Path, data=DATA) -> Comparison:
    """Compare pressures and their growth with the current."""
    pressures, currents = data.series("pressure"), data.series("current")
    inputs = [
        (reach, factor) for reach in (10.0, 100.0, 1000.0) for factor in (1.0, STRENGTH / 0.8)
    ]
    found = [
        Quantity(
            f"pressure that keeps contact at {current:g} mA/cm2", "MPa", (p / 1.25, p * 1.25),
            tuple(needed(current, *pair) for pair in inputs), needed(current, 100.0),
        )
        for p, current in zip(pressures, currents, strict=True)
    ]  # fmt: skip
    measured, model = (
        slope(pressures, currents),
        slope([needed(c, 100.0) for c in currents], currents),
    )
    found.append(
        Quantity(
            "exponent of the current in that pressure", "", (measured - 0.2, measured + 0.2),
            (model,), model,
        )
    )  # fmt: skip
    return Comparison(
        data,
        found,
        assumed=[
            "lithium flows within 10 to 1000 um of the face; bulk, or as strong as asperities"
        ],
        blind="power-law creep of the library",
        missing="transport that is linear in the pressure (diffusion of vacancies, Coble creep) or "
        "contact that grows with it; power-law creep alone hardly asks for more pressure at more "
        "current",
        notes=[
            f"the pressure grows with the current to the power {measured:.2f}; creep with the "
            f"exponent 6.6 gives {model:.2f}, creep linear in the stress 1, contact in proportion "
            "to the pressure 1",
        ],
    )
