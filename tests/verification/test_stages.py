# SPDX-License-Identifier: MIT
"""Stages: layers that are not there feel nothing, and are laid on what earlier pressing left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import driving
import numpy as np
import pytest
from scipy.optimize import brentq

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive.numbers import SEAT
from interfacefem.drive.press import Press
from interfacefem.materials import Elastic, J2Plastic, LinearHardening, Material
from interfacefem.meshing.faces import polyline_gap
from interfacefem.meshing.punches import add_punches
from interfacefem.meshing.stack_mesh import layer_faces

Record = Callable[[str, float, float, str], None]

STEEL = Material("steel", Elastic("200 GPa", 0.3))
SOFT = Material("soft", J2Plastic("5 GPa", 0.3, "20 MPa", LinearHardening("100 MPa")))
SOFTER = Material("softer", J2Plastic("4 GPa", 0.3, "10 MPa", LinearHardening("100 MPa")))
WAVE = surfaces.sinusoid("8 um", amplitude="100 nm", wavelength="8 um")


def press_of(protocol: ifem.Protocol, *layers: ifem.Layer, edge: str = "1 um") -> Press:
    stack = ifem.Stack(*layers, width="8 um")
    case = ifem.Case("stages", stack, protocol, current=None, mesh=ifem.MeshSize(edge))
    mesh = ifem.build_mesh(stack, case.mesh, case.protocol)
    return Press(case, add_punches(mesh, stack, protocol, case.mesh))


def follow(press: Press, *pressures: float) -> list[Any]:
    """Press and release; return what was accepted."""
    attempts: list[Any] = []
    for pressure in pressures:
        driving.go_to(press, pressure, lambda attempt, rejections: attempts.append(attempt))
    return attempts


def face(press: Press, name: str, side: Literal["bottom", "top"]) -> np.ndarray:
    """Return the deformed nodes of a face of a layer."""
    nodes = layer_faces(press.mesh, name).nodes(side)
    moved = press.problem.displacement[press.problem.bulk.node_dofs[nodes]]
    return np.asarray(press.mesh.points[nodes] + moved)


def vertical_gap(press: Press, interface: str) -> np.ndarray:
    lower, upper = interface.split("|")
    return polyline_gap(face(press, lower, "top"), face(press, upper, "bottom"))[1]


def two_stages(punch: ifem.Layer | None = None) -> ifem.Protocol:
    first = [ifem.Press(to="120 MPa"), ifem.Release(to="5 MPa")]
    return ifem.Protocol(
        ifem.Stage(["electrolyte"], first, punch=punch),
        ifem.Stage(["protection"], [ifem.Press(to="30 MPa"), ifem.Release(to="5 MPa")]),
    )


@pytest.fixture(scope="module")
def imprinted() -> tuple[Press, dict[str, Any]]:
    """A layer pressed by a wavy punch, and a second one laid on it; notes from before."""
    punch = ifem.Layer("punch", STEEL, "4 um", bottom=WAVE)
    press = press_of(
        two_stages(punch),
        ifem.Layer("electrolyte", SOFT, "4 um"),
        ifem.Layer("protection", SOFTER, "4 um"),
    )
    notes: dict[str, Any] = {}
    follow(press, 120.0)
    notes["loaded gap"] = np.abs(press.problem.interfaces[0].gaps(press.problem.displacement))
    notes["tolerance"] = press.problem.interfaces[0].settings.gap_tolerance
    follow(press, 5.0)
    nodes = press.mesh.layer_nodes("protection")
    cells = press.mesh.cell_layer == press.mesh.layer_index("protection")
    notes["moved"] = np.abs(press.problem.displacement[press.problem.bulk.node_dofs[nodes]]).max()
    notes["stress"] = np.abs(press.problem.bulk.cell_fields()["stress"][cells]).max()
    notes["absent"] = press.interface_snapshots()[0]
    press.enter(1)
    notes["state"] = press.stored()
    return press, notes


def test_a_layer_feels_nothing_before_it_is_placed(
    imprinted: tuple[Press, dict[str, Any]],
) -> None:
    _, notes = imprinted
    assert notes["moved"] == 0.0
    assert notes["stress"] == 0.0
    absent = notes["absent"]
    assert not absent.present
    assert not absent.in_contact.any()
    assert not absent.contact_pressure.any()
    assert np.isnan(absent.gap).all()
    assert absent.weights.sum() == pytest.approx(8.0, rel=1e-12)


def test_a_layer_is_laid_on_without_overlap(
    imprinted: tuple[Press, dict[str, Any]], record: Record
) -> None:
    press, _ = imprinted
    gap = vertical_gap(press, "electrolyte|protection")
    record("placed layer: smallest gap [um]", abs(gap.min()), 1e-12, "touches in one point")
    assert gap.max() > 0.05  # the imprint is there
    # moved as a rigid body: as much everywhere, and without stress
    nodes = press.mesh.layer_nodes("protection")
    moved = press.problem.displacement[press.problem.bulk.node_dofs[nodes]]
    assert np.ptp(moved[:, 1]) == 0.0
    assert not moved[:, 0].any()
    press.problem.bulk.residual(press.problem.displacement)
    stress = press.problem.bulk.cell_fields()["stress"]
    cells = press.mesh.cell_layer == press.mesh.layer_index("protection")
    record("placed layer: stress [MPa]", np.abs(stress[cells]).max(), 1e-9, "rounding")


def test_a_punch_leaves_its_imprint(
    imprinted: tuple[Press, dict[str, Any]], record: Record
) -> None:
    press, notes = imprinted
    off = notes["loaded gap"].max() / notes["tolerance"]
    record("punch: gap under load, in tolerances", off, 1.0, "full contact")
    after = face(press, "electrolyte", "top")
    wave = np.interp(after[:, 0], np.linspace(0.0, 8.0, 801), WAVE.at(np.linspace(0.0, 8.0, 801)))
    like = np.corrcoef(after[:, 1], wave)[0, 1]
    record("punch: 1 - correlation of imprint and punch", 1.0 - like, 5e-3, "the same shape")
    # the elastic part springs back: of the order of the pressure over the plane strain modulus
    kept = np.std(after[:, 1]) / np.std(wave)
    assert 0.8 < kept < 1.0
    assert press.present == ("electrolyte", "protection")
    assert press.complete


def test_the_second_stage_fills_the_imprint(imprinted: tuple[Press, dict[str, Any]]) -> None:
    press, notes = imprinted
    attempts = follow(press, 30.0)
    assert press.interface_snapshots()[0].in_contact.mean() > 0.9
    assert all(attempt.balance < 1e-6 for attempt in attempts)
    work = press.problem.work
    spent = work.elastic + work.plastic + work.friction
    assert work.applied == pytest.approx(spent, rel=0.03)  # the trapezoidal rule of the work
    # and a press that is built anew goes the same way from where this stage began
    again = press_of(two_stages(ifem.Layer("punch", STEEL, "4 um", bottom=WAVE)), *layers(press))
    again.restore(notes["state"])
    assert again.present == press.present
    follow(again, 30.0)
    assert np.array_equal(again.problem.displacement, press.problem.displacement)
    assert again.closure == press.closure


def layers(press: Press) -> list[ifem.Layer]:
    return [press.layers[name] for name in ("electrolyte", "protection")]


def test_two_stages_with_nothing_added_are_one(record: Record) -> None:
    ups = [ifem.Press(to="10 MPa"), ifem.Press(to="30 MPa"), ifem.Release(to="5 MPa")]
    both = [ifem.Layer("a", SOFT, "4 um", top=WAVE), ifem.Layer("b", SOFTER, "4 um")]
    one = press_of(ifem.Protocol(*ups), *both)
    two = press_of(ifem.Protocol(ifem.Stage(["a", "b"], ups[:1]), ifem.Stage([], ups[1:])), *both)
    follow(one, 10.0, 30.0, 5.0)
    follow(two, 10.0)
    two.enter(1)
    follow(two, 30.0, 5.0)
    difference = np.abs(one.problem.displacement - two.problem.displacement).max()
    record("two stages, nothing added: displacement [um]", difference, 1e-10, "one stage")
    assert one.problem.system.solves == two.problem.system.solves


def test_elastic_columns_follow_the_closed_form(record: Record) -> None:
    """In a die the logarithmic law gives p = -M ln(l)/l, with the oedometric modulus M."""
    laws = {"electrolyte": Elastic("5 GPa", 0.3), "protection": Elastic("2 GPa", 0.25)}

    def shortened(name: str, pressure: float) -> float:
        law = laws[name]
        modulus = law.bulk_modulus + 4.0 / 3.0 * law.shear_modulus
        stretch = brentq(lambda x: pressure + modulus * np.log(x) / x, 0.5, 1.0, xtol=1e-14)
        return 4.0 * (1.0 - stretch)

    press = press_of(
        two_stages(),
        *(ifem.Layer(name, Material(name, law), "4 um") for name, law in laws.items()),
    )
    follow(press, 120.0)
    first = press.closure / shortened("electrolyte", 120.0) - 1.0
    record("elastic column, one layer: closure", abs(first), 1e-7, "p = -M ln(l)/l")
    follow(press, 5.0)
    press.enter(1)
    left = np.abs(press.problem.displacement).max()
    record("elastic column: left in the open die [um]", left, 1e-9, "no load")
    follow(press, 30.0)
    expected = sum(shortened(name, 30.0) for name in laws)
    record(
        "elastic column, two layers: closure",
        abs(press.closure / expected - 1.0),
        1e-5,
        "p = -M ln(l)/l; gap tolerance",
    )


@pytest.mark.parametrize("added", ["above", "below"])
def test_several_layers_wait_under_a_seat(added: str, record: Record) -> None:
    names = ["a", "b", "c"] if added == "above" else ["c", "a", "b"]
    faces = {"a": {"top": WAVE}}
    kinds = {"a": SOFT, "b": SOFTER, "c": SOFT}
    press = press_of(
        ifem.Protocol(
            ifem.Stage(["a", "b"], [ifem.Press(to="30 MPa"), ifem.Release(to="2 MPa")]),
            ifem.Stage(["c"], [ifem.Press(to="30 MPa")]),
        ),
        *(ifem.Layer(name, kinds[name], "4 um", **faces.get(name, {})) for name in names),
    )
    follow(press, 30.0, 2.0)
    press.enter(1)
    wavy = next(i for i in press.problem.interfaces if i.name == "a|b")
    held = float(wavy.pressure @ wavy.pairing.weights) / 8.0
    # the weights follow the inclined face, so that they are a little more than the width
    assert held == pytest.approx(SEAT * 30.0, rel=0.01)
    new = "b|c" if added == "above" else "c|a"
    gap = vertical_gap(press, new)
    record(f"layer added {added}: smallest gap [um]", abs(gap.min()), 1e-12, "touches")
    attempts = follow(press, 30.0)
    record(
        f"layer added {added}: force balance",
        max(attempt.balance for attempt in attempts),
        1e-6,
        "force and seat",
    )
    assert press.problem.interfaces[0].pressure.max() > 0.0
