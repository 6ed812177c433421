# SPDX-License-Identifier: MIT
"""Singh 2022: contact that a rough face misses, and the resistance with the pressure off."""

from dataclasses import replace
from pathlib import Path

import interfacefem as ifem
from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import STRENGTH, Section

DATA = published("singh")
PRESSURES = [*DATA.series("pressure"), 0.1]
#: charge transfer and interphase where it touches [ohm cm2], and bonds of lithium on a ceramic
TRANSFER = 5.0
BOND = ifem.Adhesion("1.5 MPa", "0.3 J/m^2")
NOMINAL = Section(
    "singh", "Li6PS5Cl", 200.0, DATA.one("rms_height"), 200.0, 40.0, (100.0, 60.0), TRANSFER,
    interface=ifem.Interface(resistance=f"{TRANSFER} ohm*cm^2", adhesion=BOND),
)  # fmt: skip


def compare(folder: Path) -> Comparison:
    """Press three faces to 20, 120 and 265 MPa and take the pressure off."""
    runs = [replace(NOMINAL, seed=seed).run(PRESSURES, folder) for seed in (1, 2, 3)]
    runs += [replace(NOMINAL, strength=f * STRENGTH).run(PRESSURES, folder) for f in (0.7, 1.5)]
    slack = DATA.one("reading")
    found = []
    for i, (pressure, missing) in enumerate(zip(PRESSURES, DATA.series("missing"), strict=False)):
        values = tuple(float(1.0 - run["contact"][i]) for run in runs)
        found.append(
            Quantity(
                f"share of the area without contact at {pressure:g} MPa", "",
                (max(missing - slack, 0.0), missing + slack), values, sorted(values[:3])[1],
                share=True,
            )
        )  # fmt: skip
    ratio = tuple(float(run["interface"][3] / run["interface"][2]) for run in runs)
    found.append(
        Quantity(
            "interface with the pressure off over that under 265 MPa", "",
            (1.0, 2.0), ratio, sorted(ratio[:3])[1],
        )
    )  # fmt: skip
    strong = replace(NOMINAL, strength=4.0 * STRENGTH).run(PRESSURES[:2], folder)
    free = replace(NOMINAL, interface=None, name="singh_free").run(PRESSURES, folder)
    return Comparison(
        DATA,
        found,
        assumed=[
            f"waves of 40 to 200 um, three seeds; lithium of {STRENGTH:.1f} MPa (0.7 to 1.5 times)",
            f"{TRANSFER:g} ohm cm2 where it touches; bonds of 1.5 MPa and 0.3 J/m2",
        ],
        blind="the strength is that of all other sections",
        missing="lithium that is stronger where its last pockets are small",
        notes=[
            f"lithium four times as strong ({4 * STRENGTH:.0f} MPa, the pillars at 3 um) leaves "
            f"{1 - strong['contact'][1]:.0%} open at 120 MPa",
            "without bonds the interface with the pressure off has "
            f"{free['interface'][3] / free['interface'][2]:.1f} times its resistance under 265 MPa",
        ],
    )
