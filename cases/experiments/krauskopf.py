# SPDX-License-Identifier: MIT
"""Krauskopf 2019: lithium on polished LLZO, and why a section of 60 um cannot show 300 ohm cm2."""

import math
from dataclasses import replace
from pathlib import Path

from scipy.optimize import brentq

from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import STRENGTH, Section
from interfacefem.reference import constriction

DATA = published("krauskopf")
PRESSURES = DATA.series("pressure")
#: charge transfer of clean lithium on LLZO [ohm cm2]
TRANSFER = 0.05
NOMINAL = Section("krauskopf", "LLZO", 60.0, 0.3, 60.0, 7.5, (30.0, 20.0), TRANSFER)
#: lithium hydroxide and carbonate on lithium or garnet: hardness [MPa]
FILM = 600.0


def period(contact: float, resistance: float) -> float:
    """Return the distance of round spots on LLZO [um] whose constriction [ohm cm2] this is."""
    resistivity = 1e6 / DATA.one("conductivity")  # [V um/uA] is [ohm m] 1e6
    radius = math.sqrt(contact / math.pi)

    def excess(side: float) -> float:
        ohm = constriction.spot_array_resistance(resistivity / 1e6, radius * side, side)
        return ohm * side**2 * 0.01 - resistance  # [ohm m um] is 0.01 ohm cm2

    return float(brentq(excess, 1.0, 1e6))


def compare(folder: Path) -> Comparison:
    """Press sections, and find what distance of contacts the measured constriction needs."""
    runs = [replace(NOMINAL, seed=seed).run(PRESSURES, folder) for seed in (1, 2, 3)]
    runs += [replace(NOMINAL, strength=f * STRENGTH).run(PRESSURES, folder) for f in (0.7, 4.0)]
    found = []
    for i, (pressure, measured) in enumerate(
        zip(PRESSURES, DATA.series("resistance"), strict=True)
    ):
        values = tuple(float(run["interface"][i]) for run in runs)
        limits = (0.0, measured) if pressure == 400 else (measured / 1.3, measured * 1.3)
        nominal = sorted(values[:3])[1]
        found.append(Quantity(f"interface at {pressure:g} MPa", "ohm cm2", limits, values, nominal))
    first = period(DATA.one("contact_10"), PRESSURES[0] * 30.0)
    film = [p / FILM for p in PRESSURES]
    return Comparison(
        DATA,
        found,
        assumed=[
            f"rms 0.3 um, waves of 7.5 to 60 um, three seeds; charge transfer {TRANSFER:g} ohm cm2",
            f"lithium of {STRENGTH:.1f} MPa (0.7 to 4 times)",
        ],
        blind="nothing was fitted",
        missing="contacts millimetres apart: unevenness of the faces or films on them, which a "
        "section of 60 um cannot hold",
        notes=[
            f"300 ohm cm2 of constriction with {DATA.one('contact_10'):.0%} of contact needs spots "
            f"{first / 1000:.1f} mm apart; the same contact 60 um apart costs "
            f"{60.0 / first * 300.0:.0f} ohm cm2",
            f"a film as hard as {FILM:g} MPa would be broken on {film[0]:.0%}, {film[1]:.0%} and "
            f"{film[2]:.0%} of the area: resistance times that share is "
            f"{300 * film[0]:.1f}, {50 * film[1]:.1f} and below {0.1 * film[2]:.2f} ohm cm2, the "
            "order of a charge transfer, but the activation energy (0.37 eV, bulk 0.34) speaks for "
            "constriction",
        ],
    )
