# SPDX-License-Identifier: MIT
"""Bonds conduct with what is not broken of them, and heal where faces are pressed together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.contact.adhesion import Cohesion
from interfacefem.fem.contact.bonds import Bonds
from interfacefem.fem.current.conduction import side_by_side
from interfacefem.plots.painted import shares
from interfacefem.post import delamination

NAME = "ceramic|Li"
TRANSFER = 3.0  # [ohm cm^2]


def flat(folder: Path, protocol: ifem.Protocol, **options: object) -> ifem.Results:
    bond = ifem.Adhesion("1 MPa", "0.05 J/m^2", healing_pressure="2 MPa")
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "4 um"),
        ifem.Interface(adhesion=bond, resistance=f"{TRANSFER} ohm*cm^2"),
        ifem.Layer("Li", "Li", "4 um"),
        width="6 um",
    )
    case = ifem.Case("bond", stack, protocol, mesh=ifem.MeshSize("2 um"), **options)
    return case.run(folder)


PRESS = (ifem.Press("3 MPa"), ifem.Release("1 MPa"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ifem.Results]:
    folder = tmp_path_factory.mktemp("bonds")
    first = flat(folder / "pulled", ifem.Protocol(*PRESS, ifem.PullOff("110 nm")))
    start = (folder / "pulled", "pull-off")
    again = flat(folder / "again", ifem.Protocol(*PRESS, ifem.PullOff("110 nm")), start=start)
    light = ifem.Protocol(ifem.Press("1.5 MPa"), ifem.Release("1 MPa"))
    light_run = flat(folder / "light", light, start=start)
    return {"pulled": first, "again": again, "light": light_run}


@pytest.mark.slow
def test_an_interface_that_is_pulled_keeps_its_resistance_until_it_breaks(runs) -> None:
    history = runs["pulled"].history
    resistance = history[f"asr[{NAME}]"]
    pulled = history["step"] == "pull-off"
    whole = pulled & (history[f"mean_damage[{NAME}]"] == 0.0)
    assert whole.sum() >= 2
    assert (history[f"contact_fraction[{NAME}]"][whole] == 0.0).any()  # in tension
    np.testing.assert_allclose(resistance[whole], TRANSFER, rtol=1e-8)


def test_what_is_broken_is_lost_and_no_more(runs) -> None:
    results = runs["pulled"]
    history = results.history
    intact = history[f"intact_fraction[{NAME}]"]
    part = (history["step"] == "pull-off") & (intact < 1.0) & (intact > 0.0)
    assert part.sum() >= 3
    np.testing.assert_allclose(history[f"asr[{NAME}]"][part], TRANSFER / intact[part], rtol=1e-8)
    # the broken share is the part of the toughness that is spent
    spent = history[f"separation_energy[{NAME}]"][part] / 0.05
    np.testing.assert_allclose(intact[part], 1.0 - spent, atol=1e-9)
    np.testing.assert_allclose(history[f"open_fraction[{NAME}]"][part], 1.0 - intact[part])
    assert np.isinf(history["asr"][-1])
    assert history[f"open_fraction[{NAME}]"][-1] == 1.0


def test_what_bonds_hold_has_not_come_apart(runs) -> None:
    results = runs["pulled"]
    history = results.history
    pulled = history["step"] == "pull-off"
    apart = pulled & (history[f"contact_fraction[{NAME}]"] == 0.0)
    held = apart & (history[f"intact_fraction[{NAME}]"] > 0.0)
    assert held.any()
    for increment in history["increment"][held]:
        state = results.interface(NAME).at("pull-off", int(increment))
        assert state.held_by_bonds.all()
        assert delamination(results, NAME, "pull-off", int(increment)).opened_fraction == 0.0
    end = results.interface(NAME).at("pull-off")
    assert not end.held_by_bonds.any()
    assert delamination(results, NAME, "pull-off").opened_fraction == pytest.approx(1.0)
    pressed = results.interface(NAME).at("press")
    assert not pressed.held_by_bonds.any()  # it touches
    assert shares(pressed) == "100% in contact"
    state = results.interface(NAME).at("pull-off", int(history["increment"][held][0]))
    assert shares(state) == "0% in contact, 100% held by bonds"


def test_pressed_together_again_it_has_its_first_resistance_and_strength(runs) -> None:
    first, again = runs["pulled"].history, runs["again"].history
    for history in (first, again):
        pressed = history["step"] == "release"
        np.testing.assert_allclose(history[f"asr[{NAME}]"][pressed], TRANSFER, rtol=1e-8)
        assert (history[f"mean_damage[{NAME}]"][pressed] == 0.0).all()
    # While it breaks a bond bears its strength on what is left of it, before and after healing.
    for history in (first, again):
        intact = history[f"intact_fraction[{NAME}]"]
        breaking = (history["step"] == "pull-off") & (intact < 1.0) & (intact > 0.0)
        assert breaking.sum() >= 3
        tension = -history["nominal_pressure"][breaking]
        # as exactly as the solver finds equilibrium; the law itself is compared below
        np.testing.assert_allclose(tension, 1.0 * intact[breaking], rtol=1e-6)
    energy = again[f"separation_energy[{NAME}]"][-1]
    assert energy == pytest.approx(2.0 * first[f"separation_energy[{NAME}]"][-1], rel=1e-8)


def test_below_the_healing_pressure_damage_stays(runs) -> None:
    history = runs["light"].history
    assert history[f"mean_damage[{NAME}]"][-1] == 1.0
    # pressed together it conducts, but no bond holds it
    assert history[f"asr[{NAME}]"][-1] == pytest.approx(TRANSFER, rel=1e-12)
    assert history[f"intact_fraction[{NAME}]"][-1] == 0.0


def test_pressed_and_bonded_shares_conduct_side_by_side() -> None:
    touched, held = np.array([4.0, 4.0, np.inf, np.inf, 0.0]), np.array([2.0, 2.0, 2.0, 2.0, 0.0])
    touching = np.array([True, True, False, False, True])
    bonded = np.array([0.5, 0.0, 0.25, 0.0, 0.5])
    resistance, share = side_by_side(touched, held, touching, bonded)
    # conductance: half of 1/4 and half of 1/2; 1/4; a quarter of 1/2; nothing; a perfect contact
    np.testing.assert_allclose(resistance, [1.0 / 0.375, 4.0, 2.0, np.inf, 0.0])
    np.testing.assert_allclose(share, [1.0, 1.0, 0.25, 0.0, 1.0])


def law(**changes: float) -> Cohesion:
    given = {"strength": 1.0, "shear_strength": 2.0, "toughness": 0.5, "shear_toughness": 1.0}
    return Cohesion(**given, stiffness=400.0, healing=5.0, **changes)


def test_what_is_intact_bears_what_it_bore_before() -> None:
    # bilinear law: on the way to the end the traction over the strength is what is not broken
    bond = law()
    opening = np.linspace(0.01, 0.99, 20)
    nothing = np.zeros((20, 1))
    found = bond.evaluate(opening, nothing, np.zeros(20), np.ones(20))
    np.testing.assert_allclose(
        bond.intact(found.damage, found.mode), found.normal / bond.strength, rtol=1e-10
    )


def test_a_healed_bond_is_a_new_one() -> None:
    opening, still = np.linspace(0.0, 1.2, 50), np.zeros((50, 1))
    bonds, new = Bonds(law(), 50, 1), Bonds(law(), 50, 1)
    pressure = np.full(50, 6.0)
    for each in (bonds, new):
        each.highest[:] = pressure
        each.form(pressure, np.zeros(50))
    bonds.damage[:], bonds.mode[:] = np.linspace(0.1, 1.0, 50), 0.3
    bonds.form(pressure, np.zeros(50))
    one, two = bonds.tractions(opening, still), new.tractions(opening, still)
    np.testing.assert_allclose(one.normal, two.normal, rtol=1e-8)
    np.testing.assert_allclose(bonds.intact, new.intact, rtol=1e-8)
    assert one.normal.max() > 0.9


@pytest.mark.parametrize(("pressure", "heals"), [(4.9, False), (5.0, True)])
def test_healing_keeps_the_traction_and_the_energy_that_was_spent(pressure, heals) -> None:
    bonds = Bonds(law(), 1, 1)
    bonds.highest[:] = pressure
    bonds.form(np.array([pressure]), np.array([0.0]))
    bonds.slip[:] = 0.01
    bonds.damage[:], bonds.mode[:], bonds.dissipated[:] = 0.6, 1.0, 0.2
    before = bonds.tractions(np.zeros(1), np.zeros((1, 1))).shear[0, 0] - 0.1
    friction = bonds.form(np.array([pressure]), np.array([0.1]))
    after = bonds.tractions(np.zeros(1), np.zeros((1, 1))).shear[0, 0] - friction[0]
    assert after == pytest.approx(before, abs=1e-12)
    assert bool(bonds.damage[0] == 0.0) is heals
    assert bonds.dissipated[0] == 0.2


def test_the_healing_pressure_is_assumed_unless_given() -> None:
    assert ifem.Adhesion("1 MPa", "0.1 J/m^2").heals_at == 1.0
    assert ifem.Adhesion("1 MPa", "0.1 J/m^2", full_pressure="9 MPa").heals_at == 9.0
    assert ifem.Adhesion("1 MPa", "0.1 J/m^2", healing_pressure="0.3 MPa").heals_at == 0.3
