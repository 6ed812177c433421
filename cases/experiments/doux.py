# SPDX-License-Identifier: MIT
"""Doux 2020: how much of the interface's resistance a visit to 25 MPa erases."""

from pathlib import Path

from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import STRENGTH, Section, varied

DATA = published("doux")
PRESSURES = DATA.series("pressure")
NOMINAL = Section("doux", "Li6PS5Cl", 40.0, 0.3, 40.0, 6.0, (20.0, 15.0), 5.0)


def erased(resistance):
    """Return the share of the excess at 5 MPa, over that at 25 MPa, that is gone afterwards."""
    first, peak, back = resistance[1], resistance[5], resistance[6]
    return (first - back) / (first - peak)


def compare(folder: Path) -> Comparison:
    """Press sections up and back, and compare with the cell."""
    measured = erased(DATA.series("impedance"))
    slack = DATA.one("reading")
    found = [
        section.run(PRESSURES, folder)["interface"]
        for section in varied(NOMINAL, (1, 2, 3, 4), (0.7 * STRENGTH, 1.5 * STRENGTH), (0.2, 0.5))
    ]
    shares = tuple(float(erased(one)) for one in found)
    seeds = sorted(shares[:4])
    drop = tuple(float(one[1] / one[5]) for one in found)
    low, high = DATA.one("resistance_5"), DATA.one("resistance_25")
    return Comparison(
        DATA,
        [
            Quantity(
                "share of the excess at 5 MPa that a visit to 25 MPa erases", "",
                (measured - slack, measured + slack), shares, 0.5 * (seeds[1] + seeds[2]),
                share=True,
            ),
            Quantity(
                "resistance of an interface at 5 over that at 25 MPa", "",
                (low / high / 1.3, low / high * 1.3), drop, sorted(drop[:4])[2],
            ),
        ],
        assumed=[
            "roughness of rms 0.3 um (0.2 to 0.5), waves of 6 to 40 um, four seeds",
            f"lithium of {STRENGTH:.1f} MPa (0.7 to 1.5 times)",
            "charge transfer of 5 ohm cm2 where it touches; it cancels in the share",
        ],
        blind="topography and strength of lithium were fitted to nothing here",
    )  # fmt: skip
