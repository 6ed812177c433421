# SPDX-License-Identifier: MIT
"""arXiv 2501.00600: geometric contacts in 3D, resistance against area, pressure and number."""

import math
from pathlib import Path

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.experiments.sections import lithium
from interfacefem.reference import constriction

DATA = published("contacts")
PRESSURES = (0.3, 1.0, 3.0, 9.0)


def wavy(folder: Path, transfer: float) -> tuple[list[float], list[float]]:
    """Press lithium on a bump in 3D; return contact shares and resistances of the interface."""
    face = surfaces.sinusoid(("10 um", "10 um"), amplitude="1.5 um", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "12 um", top=face),
        ifem.Interface(resistance=f"{transfer} ohm*cm^2"),
        ifem.Layer("lithium", lithium(), "12 um"),
    )
    steps = (ifem.Press(to=f"{p} MPa", name=str(i)) for i, p in enumerate(PRESSURES))
    case = ifem.Case("contacts", stack, ifem.Protocol(*steps), mesh=ifem.MeshSize("0.7 um"))
    with case.run(folder / f"contacts_{transfer:g}", overwrite=True) as results:
        history = results.history
        last = [max(i for i, s in enumerate(history["step"]) if s == str(n)) for n in range(4)]
        pair = "electrolyte|lithium"
        shares = [float(history[f"contact_fraction[{pair}]"][i]) for i in last]
        ohms = [float(history[f"asr[{pair}]"][i] + history["asr_constriction"][i]) for i in last]
    return shares, ohms


def exponent(x: list[float], y: list[float]) -> float:
    """Return the exponent of a power law through the ends."""
    return math.log(y[-1] / y[0]) / math.log(x[-1] / x[0])


def compare(folder: Path) -> Comparison:
    """Compare exponents, of films and of constriction, and one spot with nine."""
    film_share, film = wavy(folder, 20.0)
    _, bare = wavy(folder, 0.0)
    by_area = exponent(film_share, film)
    pairs = [slice(i, i + 2) for i in range(len(PRESSURES) - 1)]
    by_pressure = [exponent(list(PRESSURES[pair]), bare[pair]) for pair in pairs]
    one = constriction.spot_resistance(1.0, 3.0)
    places = [(8.0 * i, 8.0 * j) for i in range(3) for j in range(3)]
    nine = constriction.cluster_resistance(1.0, places, [1.0] * 9)
    return Comparison(
        DATA,
        [
            Quantity(
                "exponent of the area, contacts with a film", "", (-1.1, -0.9),
                (by_area,), by_area,
            ),
            Quantity(
                "exponent of the pressure, bare contacts", "", (-0.65, -0.35),
                tuple(by_pressure), exponent(list(PRESSURES), bare),
            ),
        ],
        assumed=["one bump a period of 20 um, 1.5 um high, in 3D; up to a third in contact"],
        blind="nothing was fitted",
        notes=[
            f"nine spots spread out have {nine / one:.2f} times the constriction of one with the "
            "same area: spread contacts have less, as reported",
            "exponents from pressure to pressure: "
            + ", ".join(f"{value:.2f}" for value in by_pressure)
            + "; spots far apart give -0.5 (Holm), near complete contact it grows without bound",
            f"contact of {film_share[0]:.1%} to {film_share[-1]:.1%} of the area at "
            f"{PRESSURES[0]:g} to {PRESSURES[-1]:g} MPa",
        ],
    )  # fmt: skip
