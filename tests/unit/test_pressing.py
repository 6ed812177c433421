"""Placing of increments: a press ends where it should, however suddenly the last gaps close."""

from __future__ import annotations

import itertools

import driving
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive.press import Press
from interfacefem.drive.pressing import Pressing


def wave_under_press() -> Press:
    """Lithium on a shallow wave: at some 1.5 MPa the last gap closes, and it becomes stiff."""
    wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave), ifem.Layer("anode", "Li", "20 um")
    )
    protocol = ifem.Protocol(ifem.Press(to="5 MPa"))
    case = ifem.Case("wave", stack, protocol, mesh=ifem.MeshSize("0.6 um"), current=None)
    return Press(case, ifem.build_mesh(stack, case.mesh))


def test_no_increment_passes_the_target() -> None:
    press = wave_under_press()
    pressures: list[float] = []
    reasons: list[str] = []
    driving.go_to(press, 5.0, lambda *_: pressures.append(press.pressure), reasons.append)
    # the case is one where the spring goes too far, or this test shows nothing
    assert any("the pressure would pass 5 MPa" in reason for reason in reasons)
    assert max(pressures) <= 5.0 * (1.0 + 1e-9)
    assert pressures == sorted(pressures)


@pytest.mark.parametrize("closing", [0.5, 0.0])
def test_where_a_force_is_not_reached_the_platen_is_driven(closing: float) -> None:
    press = wave_under_press()
    driving.go_to(press, 0.1)
    press.memory.stiffness *= 1e3  # as where the first touch makes a stack look stiff
    press.memory.closing = closing  # none where all gaps are closed: the platen moves all the same
    path = Pressing(press.problem, press.rig, press.memory, 5.0)
    asked = path.load()
    assert asked.stiffness == 0.0
    change = asked.force - press.problem.force
    path.shrink(asked)
    driven = path.load()
    assert driven.stiffness > 0.0
    travel = press.problem.platen - driven.target - press.problem.force / driven.stiffness
    assert travel == pytest.approx(press.rig.limits.cut * change / press.memory.stiffness)


def test_forces_that_are_not_reached_become_smaller_without_end() -> None:
    press = wave_under_press()
    driving.go_to(press, 0.1)
    path = Pressing(press.problem, press.rig, press.memory, 0.15)
    changes = []
    for _ in range(6):
        load = path.load()  # half of the way is done, so that the force is prescribed
        assert load.stiffness == 0.0
        changes.append(load.force - press.problem.force)
        path.shrink(load)
    assert max(after / before for before, after in itertools.pairwise(changes)) < 0.5
