# SPDX-License-Identifier: MIT
"""Inputs shared by the two ways to press an LGPS layer onto a Li3InCl6 electrolyte.

Both are powders; either a slice near their interface, at the scale of its roughness, or the whole
pellet in its die. The pressures are assumptions, because those of the experiment are not published.
"""

from __future__ import annotations

import argparse
import math
import sys

import interfacefem as ifem
from interfacefem import materials, surfaces

WIDTH, THICKNESS = "24 um", "12 um"
#: first and second press, and what the stack is held at afterwards
FIRST, SECOND, RELEASED = "100 MPa", "300 MPa", "5 MPa"
FRICTION = ifem.Interface(friction=0.2)
#: of pressed electrolytes: tension 5 to 20 MPa, 0.5 to 2 J/m2 from their toughness, upper bounds
ADHESION = ifem.Adhesion("10 MPa", "1 J/m^2")
#: how a slice can be taken apart at its end, to measure what holds it together
APART = {"": (), "pull-off": (ifem.PullOff(),), "shear": (ifem.Shear("0.1 um"),)}
WAVES = {"hurst": 0.8, "long_cutoff": "24 um", "short_cutoff": "6 um"}
#: die of the pellet, of steel that is not lubricated
DIE = ifem.Die("10 mm", wall_friction=0.25)
PELLET_MESH = ifem.MeshSize("100 um")
#: mass of each powder [mg] and density of its crystals [mg/mm^3]
MASSES = {"Li3InCl6": (100.0, 2.70), "LGPS": (30.0, 2.04)}


def rough(seed: int, rms_height: str) -> ifem.Topography:
    """Return one face of a powder bed, or of a punch."""
    return surfaces.self_affine(WIDTH, rms_height=rms_height, seed=seed, **WAVES)


def stack(apart: str = "") -> ifem.Stack:
    """Return electrolyte and protective layer as loose powders, with bonds if taken apart."""
    joint = ifem.Interface(friction=0.2, adhesion=ADHESION) if apart else FRICTION
    return ifem.Stack(
        ifem.Layer(
            "electrolyte",
            materials.get("Li3InCl6", law="powder"),
            THICKNESS,
            top=rough(1, "500 nm"),
        ),
        joint,
        ifem.Layer(
            "LGPS", materials.get("LGPS", law="powder"), THICKNESS, bottom=rough(2, "300 nm")
        ),
    )


def pellet() -> ifem.Stack:
    """Return the powders as they are filled into the die, from its axis to its wall."""
    layers = []
    for name, salt in (("electrolyte", "Li3InCl6"), ("LGPS", "LGPS")):
        powder = materials.get(salt, law="powder")
        mass, density = MASSES[salt]
        area = math.pi * (DIE.radius / 1e3) ** 2  # [mm^2]
        height = mass / density / area / powder.law.relative_density
        layers.append(ifem.Layer(name, powder, f"{height:.3f} mm"))
    return ifem.Stack(layers[0], FRICTION, layers[1], width=DIE.radius)


def punch() -> ifem.Layer:
    """Return the face of a hardened steel punch, ground to 0.1 um rms."""
    steel = materials.Material("hardened steel", materials.Elastic("210 GPa", 0.3))
    return ifem.Layer("punch", steel, "6 um", bottom=rough(3, "100 nm"))


def pressures(*names: str) -> dict[str, str]:
    """Take pressures such as ``--first "50 MPa"`` from the command line, if it gives any."""
    parser = argparse.ArgumentParser(add_help=False)
    for name in names:
        parser.add_argument(f"--{name}", default=argparse.SUPPRESS)
    chosen, sys.argv[1:] = parser.parse_known_args()
    return vars(chosen)
