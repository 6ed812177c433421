"""Pellets in a die, from the description to the press, for the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import driving

import interfacefem as ifem
from interfacefem.drive.press import Press
from interfacefem.materials import Material, Powder
from interfacefem.meshing.punches import add_punches

#: Heckel line of the prototype in the methods guide: D0 0.56, P_y 160 MPa, ratio of stresses 0.5
POWDER = Powder(
    30e3, 0.3, relative_density=0.56, yield_pressure=160.0, heckel_intercept=0.8,
    isotropic_tensile_strength=1.0,
)  # fmt: skip
#: one that is harder to press
HARD = Powder(
    25e3, 0.3, relative_density=0.56, yield_pressure=330.0, heckel_intercept=0.8,
    isotropic_tensile_strength=1.0,
)  # fmt: skip
RADIUS, HEIGHT = 5.0, 10.0
ONCE = ifem.Protocol(ifem.Press(to="300 MPa"), ifem.Release(to="1 MPa"), ifem.Eject())


def layer(name: str, law: Any, thickness: float = HEIGHT, **faces: Any) -> ifem.Layer:
    return ifem.Layer(name, Material(name, law), thickness, **faces)


def pellet(
    *items: ifem.Layer | ifem.Interface,
    friction: float = 0.25,
    protocol: ifem.Protocol = ONCE,
    edge: float = 1.25,
    radius: float = RADIUS,
    tolerance: float = 1e-9,
    gap_tolerance: float = 1e-4,
) -> ifem.Case:
    return ifem.Case(
        "pellet",
        ifem.Stack(*items, width=radius),
        protocol,
        die=ifem.Die(2.0 * radius, wall_friction=friction),
        mesh=ifem.MeshSize(edge),
        numerics=ifem.Numerics(tolerance=tolerance, gap_tolerance=gap_tolerance),
        current=None,
    )


def press_of(case: ifem.Case) -> Press:
    case.require()
    mesh = ifem.build_mesh(case.stack, case.mesh, case.protocol)
    return Press(case, add_punches(mesh, case.stack, case.protocol, case.mesh))


def follow(press: Press, *pressures: float, watch: Callable[[], None] = lambda: None) -> list[Any]:
    """Press and release; return what was accepted."""
    attempts: list[Any] = []

    def accepted(attempt: Any, rejections: int) -> None:
        attempts.append(attempt)
        watch()

    for pressure in pressures:
        driving.go_to(press, pressure, accepted)
    return attempts
