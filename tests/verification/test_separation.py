"""Pressed interfaces pulled off and sheared: strength, work, snap-back, friction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import separations

import interfacefem as ifem
from interfacefem import surfaces

Record = Callable[[str, float, float, str], None]

#: J/m2; a platen on 200 um of lithium gives way by 0.014 um/MPa, the bond breaks at 0.004 um
BRITTLE = 0.002


def lithium_and_ceramic(thickness: str) -> tuple[ifem.Layer, ifem.Layer]:
    return ifem.Layer("Li", "Li", thickness), ifem.Layer("ceramic", "Li3OCl", "10 um")


@pytest.mark.parametrize(
    "width", ["8 um", pytest.param(("4 um", "4 um"), marks=pytest.mark.campaign)], ids=["2d", "3d"]
)
def test_pulled_through_a_snap_back(width: object, record: Record) -> None:
    # origin: a flat interface separates uniformly, at its strength and with its toughness
    joint = ifem.Interface(adhesion=ifem.Adhesion("1 MPa", BRITTLE))
    steps = [ifem.Press("2 MPa"), ifem.Release("0.5 MPa"), ifem.PullOff()]
    made = separations.case(lithium_and_ceramic("200 um"), joint, steps, "2 um", width)
    apart = separations.take_apart(made)
    closure = apart.rows[:, 1]
    lowest = int(np.argmin(closure))
    # the platen goes back by more than half of its way while the interface softens
    assert closure[-1] > 0.5 * closure[lowest]
    assert np.all(np.diff(closure[lowest:]) > 0.0)
    assert apart.rows[-1, 3] == 1.0
    name = f"pull-off through a snap-back, {'2D' if isinstance(width, str) else '3D'}: "
    origin = "strength and toughness given"
    record(name + "strength / given - 1", abs(apart.strength - 1.0), 0.01, origin)
    record(name + "work / toughness - 1", abs(apart.done / BRITTLE - 1.0), 0.01, origin)
    record(name + "parts / work - 1", abs(apart.spent / apart.done - 1.0), 0.01, "energy balance")


def test_history_of_pressure_decides_the_strength(record: Record) -> None:
    # origin: the stated law, strength in proportion to the largest contact pressure
    bond = ifem.Adhesion("1 MPa", "0.1 J/m^2", full_pressure="10 MPa")
    steps = [ifem.Press("4 MPa"), ifem.Release("0.5 MPa"), ifem.PullOff()]
    made = separations.case(
        lithium_and_ceramic("10 um"), ifem.Interface(adhesion=bond), steps, "2 um", "8 um"
    )
    apart = separations.take_apart(made)
    name = "pull-off after 4 of 10 MPa: "
    record(name + "strength / 0.4 - 1", abs(apart.strength / 0.4 - 1.0), 0.01, "stated law")
    record(
        name + "cohesive work / 0.4 - 1", abs(apart.work["cohesive"] / 0.04 - 1.0), 0.01, "the same"
    )


@pytest.mark.parametrize("friction", [0.0, 0.3])
def test_shear_box(friction: float, record: Record) -> None:
    # origin: equilibrium of a flat interface, its shear strength at first, mu p at last
    bond = ifem.Adhesion("1 MPa", "0.1 J/m^2", shear_strength="2 MPa")
    stiff = (ifem.Layer("a", "Li3OCl", "5 um"), ifem.Layer("b", "Li3OCl", "5 um"))
    slip = "0.13 um"  # 0.1 um break the bond
    steps = [ifem.Press("5 MPa"), ifem.Release("2 MPa"), ifem.Shear(slip)]
    joint = ifem.Interface(friction, adhesion=bond)
    apart = separations.take_apart(separations.case(stiff, joint, steps, "2 um", "20 um"))
    stress = apart.rows[:, 2]
    np.testing.assert_allclose(apart.rows[:, 0], 2.0, rtol=1e-9)  # the platen keeps its force
    if friction == 0.0:
        record(
            "shear box: largest stress / strength - 1",
            abs(stress.max() / 2.0 - 1.0),
            0.01,
            "strength given",
        )
        slipping = apart.press.problem.interfaces[0]
        area = slipping.pairing.weights[slipping.free[:, 0]].sum() / apart.press.area
        record(
            "shear box: cohesive work / toughness - 1",
            abs(apart.work["cohesive"] / area / 0.1 - 1.0),
            0.01,
            "toughness given",
        )
    name = f"shear box, friction {friction:g}: "
    record(
        name + "stress of broken bonds less mu p [MPa]",
        abs(stress[-1] - friction * 2.0),
        2e-3,
        "Coulomb",
    )
    record(name + "parts / work - 1", abs(apart.spent / apart.done - 1.0), 0.01, "energy balance")


def rough(seed: int, height: str) -> ifem.Topography:
    return surfaces.self_affine(
        "40 um", rms_height=height, hurst=0.8, long_cutoff="20 um", short_cutoff="5 um", seed=seed
    )


def pull_off_of_rough_faces(
    pressure: str, release: str, joint: ifem.Interface
) -> separations.Apart:
    layers = (
        ifem.Layer("Li", "Li", "20 um", top=rough(1, "0.5 um")),
        ifem.Layer("ceramic", "Li3OCl", "20 um", bottom=rough(2, "0.3 um")),
    )
    steps = [ifem.Press(pressure), ifem.Release(release), ifem.PullOff()]
    return separations.take_apart(separations.case(layers, joint, steps, "0.625 um"))


@pytest.mark.campaign
def test_rough_faces_in_full_and_in_part_contact(record: Record) -> None:
    # origin: Li on a ceramic separates nearly uniformly where E'Gc/s0^2 is far above the roughness
    bond = ifem.Adhesion("1 MPa", "0.5 J/m^2")
    full = pull_off_of_rough_faces("20 MPa", "1 MPa", ifem.Interface(0.2, adhesion=bond))
    bond = ifem.Adhesion("1 MPa", "0.1 J/m^2")
    part = pull_off_of_rough_faces("1.5 MPa", "0.5 MPa", ifem.Interface(0.2, adhesion=bond))
    interface = part.press.problem.interfaces[0]
    assert interface.bonds is not None
    weights = interface.pairing.weights
    bonded = float(weights @ interface.bonds.share / weights.sum())
    assert 0.3 < bonded < 0.9
    origin = "strength times bonded part"
    record("rough pull-off, full contact: strength - 1", abs(full.strength - 1.0), 0.03, origin)
    record(
        "rough pull-off, part contact: strength / bonded part - 1",
        abs(part.strength / bonded - 1.0),
        0.03,
        origin,
    )
    for name, apart in (("full", full), ("part", part)):
        record(
            f"rough pull-off, {name} contact: parts / work - 1",
            abs(apart.spent / apart.done - 1.0),
            0.01,
            "energy balance",
        )


@pytest.mark.campaign
def test_rough_faces_without_adhesion_come_off_freely(record: Record) -> None:
    # origin: heights over a plane have no undercuts, and friction alone pulls nothing
    apart = pull_off_of_rough_faces("20 MPa", "1 MPa", ifem.Interface(0.2))
    record(
        "rough pull-off without adhesion: tension [MPa]",
        max(apart.strength, 0.0),
        1e-6,
        "no undercuts",
    )
    assert apart.work["cohesive"] == 0.0
