"""Pressed interfaces pulled off and sheared: strength, work, snap-back, friction."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pellets
import pytest
import separations

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.materials import Elastic, Material, Norton

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
        ifem.Layer("Li", "Li", "20 um", top=rough(1, "0.5 um"), flow_size="bulk"),
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


#: creeps at 1e-4 1/s under 1 MPa
NORTON = Norton(7810.0, 0.38, creep_rate=1e-4, creep_stress=1.0, stress_exponent=5.0,
                activation_energy=37e3)  # fmt: skip


@pytest.mark.slow
def test_creeping_pellet_pulled_at_a_rate(monkeypatch: pytest.MonkeyPatch, record: Record) -> None:
    # origin: opening at a rate r, the stress s(t) is that of the bilinear law, s0 at most and zero
    # at the end D; a free bar of length L creeps by de/dt = a s^n, so that its plastic work is
    # L a s0^(n+1) D / (r (n + 2)), whatever its stiffness
    strength, toughness, rate = 1.0, 0.01, 1e-3
    end = 2.0 * toughness / strength
    exact = 10.0 * 1e-4 * strength**6 * end / rate / 7.0
    layers = (pellets.layer("a", NORTON, 6.0), pellets.layer("b", NORTON, 4.0))
    joint = ifem.Interface(adhesion=ifem.Adhesion(strength, toughness))
    pressed = ifem.Press("2 MPa", rate="1 MPa/s"), ifem.Release("0.5 MPa", rate="1 MPa/s")
    steps = ifem.Protocol(*pressed, ifem.Eject(), ifem.PullOff(rate=rate))
    found = []
    for part in (0.04, 0.02):
        monkeypatch.setattr("interfacefem.drive.separation.LARGEST_IN_TIME", part)
        made = pellets.pellet(
            layers[0], joint, layers[1], protocol=steps, edge=2.5, tolerance=1e-7, friction=0.0
        )
        apart = separations.take_apart(made)
        found.append(apart.work["plastic"])
    name = "creeping pellet pulled off at 1 nm/s: "
    record(name + "strength / given - 1", abs(apart.strength - 1.0), 0.01, "strength given")
    origin = "bar in series with a bilinear law"
    record(name + "plastic work / exact - 1", abs(found[1] / exact - 1.0), 0.06, origin)
    # first order in the increment: what is left of that is small
    limit = 2.0 * found[1] - found[0]
    record(name + "the same, extrapolated", abs(limit / exact - 1.0), 0.01, origin)
    spent = apart.work["cohesive"] / toughness
    record(name + "cohesive work / toughness - 1", abs(spent - 1.0), 0.01, "toughness given")
    record(name + "parts / work - 1", abs(apart.spent / apart.done - 1.0), 0.01, "energy balance")


def test_slow_pull_costs_more_than_a_fast_one(record: Record) -> None:
    # origin: between walls the deviator of lithium relaxes; a fast pull leaves it no time
    law = Norton(7810.0, 0.38, creep_rate=6.7e-3, creep_stress=1.0, stress_exponent=5.0,
                 activation_energy=37e3)  # fmt: skip
    layers = ifem.Layer("Li", Material("Li", law), "10 um"), ifem.Layer("b", "Li3OCl", "10 um")
    joint = ifem.Interface(adhesion=ifem.Adhesion("1 MPa", BRITTLE))
    pressed = ifem.Press("2 MPa", rate="1 MPa/s"), ifem.Release("0.5 MPa", rate="1 MPa/s")
    plastic = []
    for rate in ("1 um/s", "0.1 nm/s"):
        made = separations.case(
            layers, joint, [*pressed, ifem.PullOff(rate=rate)], "2.5 um", "5 um"
        )
        apart = separations.take_apart(made)
        plastic.append(apart.work["plastic"])
        name = f"creeping lithium between walls, pulled off at {rate}: "
        record(name + "strength / given - 1", abs(apart.strength - 1.0), 0.01, "strength given")
        spent = apart.work["cohesive"] / BRITTLE
        record(name + "cohesive work / toughness - 1", abs(spent - 1.0), 0.01, "toughness given")
        balance = abs(apart.spent / apart.done - 1.0)
        record(name + "parts / work - 1", balance, 0.01, "energy balance")
    assert plastic[1] > 10.0 * plastic[0] > 0.0


def test_pellet_pulled_off_out_of_its_die(record: Record) -> None:
    # origin: strength and toughness given; over the area of the die, force is strength times it
    toughness = 1e-3
    joint = ifem.Interface(0.2, adhesion=ifem.Adhesion("0.5 MPa", toughness))
    steps = ifem.Protocol(ifem.Press("2 MPa"), ifem.Release("1 MPa"), ifem.Eject(), ifem.PullOff())
    made = pellets.pellet(
        pellets.layer("a", Elastic(10e3, 0.3), 3.0),
        joint,
        pellets.layer("b", Elastic(20e3, 0.2), 2.0),
        protocol=steps,
        friction=0.1,
        tolerance=1e-7,
    )
    apart = separations.take_apart(made)
    name = "elastic pellet pulled off: "
    force = -min(apart.rows[:, 0]) * apart.press.area
    largest = abs(force / (0.5 * np.pi * 25.0) - 1.0)
    record(name + "largest force / (strength x area) - 1", largest, 0.01, "strength given")
    spent = apart.work["cohesive"] / toughness
    record(name + "cohesive work / toughness - 1", abs(spent - 1.0), 0.01, "toughness given")
    record(name + "parts / work - 1", abs(apart.spent / apart.done - 1.0), 0.01, "energy balance")


@pytest.mark.parametrize("friction", [0.0, 0.3])
def test_shear_box_in_space(friction: float, record: Record) -> None:
    # origin: equilibrium of a flat interface, its shear strength at first, mu p at last
    bond = ifem.Adhesion("1 MPa", "0.1 J/m^2", shear_strength="2 MPa")
    stiff = (ifem.Layer("a", "Li3OCl", "3 um"), ifem.Layer("b", "Li3OCl", "3 um"))
    steps = [ifem.Press("5 MPa"), ifem.Release("2 MPa"), ifem.Shear("0.13 um")]
    joint = ifem.Interface(friction, adhesion=bond)
    apart = separations.take_apart(separations.case(stiff, joint, steps, "3 um", ("12 um", "6 um")))
    stress = apart.rows[:, 2]
    np.testing.assert_allclose(apart.rows[:, 0], 2.0, rtol=1e-9)  # the platen keeps its force
    name = f"shear box in 3D, friction {friction:g}: "
    if friction == 0.0:
        off = abs(stress.max() / 2.0 - 1.0)
        record(name + "largest stress / strength - 1", off, 0.01, "strength given")
    slipping = apart.press.problem.interfaces[0]
    area = slipping.pairing.weights[slipping.free[:, 0]].sum() / apart.press.area
    off = abs(apart.work["cohesive"] / area / 0.1 - 1.0)
    record(name + "cohesive work / toughness - 1", off, 0.01, "toughness given")
    off = abs(stress[-1] - friction * 2.0)
    record(name + "stress of broken bonds less mu p [MPa]", off, 2e-3, "Coulomb")
    record(name + "parts / work - 1", abs(apart.spent / apart.done - 1.0), 0.01, "energy balance")
