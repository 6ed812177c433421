# SPDX-License-Identifier: MIT
"""Krauskopf 2019: lithium on polished LLZO, the roughness of a section in a bowed pellet."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

import interfacefem as ifem
from interfacefem import materials
from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import STRENGTH, Section
from interfacefem.pellet import PelletState
from interfacefem.results import Results

DATA = published("krauskopf")
PRESSURES = DATA.series("pressure")
#: charge transfer of clean lithium on LLZO [ohm cm2]
TRANSFER = 0.05
NOMINAL = Section("krauskopf", "LLZO", 60.0, 0.3, 60.0, 7.5, (30.0, 20.0), TRANSFER)
#: lithium as strong as in bulk [MPa], and waves of 0.4 to 3 mm under it, higher than polish leaves
BULK = materials.get("Li").value("yield_stress").value
LONG = Section(
    "krauskopf_long", "LLZO", 3e3, 2.5, 3e3, 375.0, (1e3, 100.0), TRANSFER, strength=BULK
)
#: bow of plates of coin cells (Okasinski et al. 2020): least, middle of the range, most [um]
BOWS = (3.5, 9.65, 15.8)
#: their geometric mean [um]; it would meet 10 MPa, which is known since it was tried
OTHER_MIDDLE = 7.4
#: lithium hydroxide and carbonate on lithium or garnet: hardness [MPa]
FILM = 600.0


@dataclass(frozen=True)
class Sample:
    """A bowed disc of LLZO with lithium between steel punches that are free to turn.

    Attributes
    ----------
    law : InterfaceLaw
        Of the roughness.
    die, thickness : float
        Diameter, and thickness of LLZO [mm].
    foil : float
        Thickness of lithium [um].
    """

    law: ifem.InterfaceLaw
    die: float = 10.0
    thickness: float = 1.0
    foil: float = 20.0

    def pressed(self, bow: float, pressure: float) -> tuple[PelletState, float]:
        """Return what is found with a bow [um] at a pressure [MPa], and its interface [ohm cm2]."""
        pellet = ifem.Pellet(
            f"{self.die} mm", self.law, punch="steel", seat="free", bow=f"{bow} um",
            layers=f"LLZO {self.thickness} mm | Li {self.foil} um",
        )  # fmt: skip
        (state,) = pellet.press(pressure * pellet.area)
        bulk = 10.0 * self.thickness / materials.get("LLZO").conductivity
        return state, state.area_resistance - bulk

    def bow(self, resistance: float, pressure: float) -> float:
        """Return the bow that makes this resistance [um]."""

        def excess(bow: float) -> float:
            return math.log(max(self.pressed(bow, pressure)[1], 1e-3) / resistance)

        return float(brentq(excess, 1.0, 40.0, xtol=0.02))


def law(folder: Path, *sections: Section) -> ifem.InterfaceLaw:
    """Return the law of sections that were run."""
    return ifem.InterfaceLaw.from_runs([Results.open(folder / one.label) for one in sections])


def thickest(state: PelletState, strength: float) -> float:
    """Return how thick lithium may be not to flow out from under the pressure [um].

    Between faces that hold it, pressure falls by twice the shear strength over the thickness (Hill
    1950, The Mathematical Theory of Plasticity).
    """
    edge = float(np.hypot(state.x, state.y)[state.pressure > 0.0].max())
    return 2.0 * strength / math.sqrt(3.0) * edge / float(state.pressure.max())


def compare(folder: Path) -> Comparison:
    """Press sections, put their law into a bowed pellet, and ask whether long waves would do."""
    seeds = [replace(NOMINAL, seed=seed) for seed in (1, 2, 3)]
    strengths = [replace(NOMINAL, strength=f * STRENGTH) for f in (0.7, 4.0)]
    runs = [one.run(PRESSURES, folder)["interface"] for one in (*seeds, *strengths)]
    alone = [sorted(float(run[i]) for run in runs[:3])[1] for i in range(3)]
    waves = LONG.run(PRESSURES[:1], folder)["interface"]
    sample = Sample(law(folder, *seeds))
    other = sample.pressed(OTHER_MIDDLE, PRESSURES[0])[1]
    low, middle, high = (sample.pressed(bow, PRESSURES[0])[1] for bow in BOWS)
    samples = [
        sample,
        *(replace(sample, thickness=thickness) for thickness in (0.5, 2.0)),
        *(replace(sample, die=die) for die in (6.0, 12.7)),
        *(replace(sample, law=law(folder, one)) for one in strengths),
    ]
    first, second, bound = DATA.series("resistance")
    bows = [one.bow(first, PRESSURES[0]) for one in samples]
    predicted = [one.pressed(bow, PRESSURES[1])[1] for one, bow in zip(samples, bows, strict=True)]
    state, _ = sample.pressed(bows[0], PRESSURES[0])
    film = [p / FILM for p in PRESSURES]
    return Comparison(
        DATA,
        [
            Quantity(
                f"interface at {PRESSURES[0]:g} MPa, bow of {BOWS[0]:g} to {BOWS[2]:g} um",
                "ohm cm2", (first / 1.3, first * 1.3), (low, middle, high), middle,
            ),
            Quantity(
                f"interface at {PRESSURES[1]:g} MPa, bow from {PRESSURES[0]:g} MPa", "ohm cm2",
                (second / 1.3, second * 1.3), tuple(predicted), predicted[0],
            ),
            Quantity(
                f"interface at {PRESSURES[2]:g} MPa, isostatic", "ohm cm2", (0.0, bound),
                tuple(float(run[2]) for run in runs), alone[2],
            ),
        ],
        assumed=[
            f"roughness of rms 0.3 um, waves of 7.5 to 60 um, three seeds; charge transfer "
            f"{TRANSFER:g} ohm cm2; lithium of {STRENGTH:.1f} MPa there (0.7 to 4 times)",
            f"a bow of {BOWS[0]:g} to {BOWS[2]:g} um over the face, as plates of coin cells have; "
            "10 mm wide (6 to 12.7), 1 mm of LLZO (0.5 to 2), steel punches that can turn",
            f"lithium that does not flow along the face: thinner than {thickest(state, BULK):.0f} "
            f"um if it is as strong as bulk ({BULK:g} MPa), {thickest(state, STRENGTH):.0f} um if "
            f"{STRENGTH:.0f} MPa; its thickness was not in what was read",
        ],
        fitted=f"bow of {bows[0]:.1f} um ({min(bows):.1f} to {max(bows):.1f}) to {first:g} ohm cm2 "
        f"at {PRESSURES[0]:g} MPa, for the second row alone",
        blind="third row, and in the second the fall of the resistance with the pressure; the "
        "rows themselves were laid out with numbers of several bows in view",
        missing="shape of the faces and thickness of the lithium, which were not in what was read",
        notes=[
            f"without a bow the roughness costs {alone[0]:.1f}, {alone[1]:.2f} and {alone[2]:.2f} "
            f"ohm cm2: a factor of {first / alone[0]:.0f} too little at {PRESSURES[0]:g} MPa; a "
            "foil that is thick enough to flow evens the pressure and leaves that",
            f"the verdict on the first row hangs on what is called the middle of the bows: "
            f"{BOWS[1]:g} um give {middle:.0f} ohm cm2, their geometric mean of {OTHER_MIDDLE:g} "
            f"um {other:.0f}, which would be inside",
            f"waves of 0.4 to 3 mm with rms 2.5 um do not help: bulk lithium closes them, and they "
            f"cost {waves[0]:.2f} ohm cm2 at {PRESSURES[0]:g} MPa",
            f"with {bows[0]:.1f} um of bow {state.touching:.0%} of the face touches at "
            f"{PRESSURES[0]:g} MPa (by a model of the authors {DATA.one('contact_10'):.0%}), under "
            f"up to {state.pressure.max():.0f} MPa",
            f"a film as hard as {FILM:g} MPa would be broken on {film[0]:.0%}, {film[1]:.0%} and "
            f"{film[2]:.0%} of the area: resistance times that share is "
            f"{first * film[0]:.1f}, {second * film[1]:.1f} and below {bound * film[2]:.2f} ohm "
            "cm2, the order of a charge transfer; but the activation energy (0.37 eV, bulk 0.34) "
            "speaks for constriction",
        ],
    )  # fmt: skip
