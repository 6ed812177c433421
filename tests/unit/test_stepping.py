# SPDX-License-Identifier: MIT
"""Placing of increments: a press ends where it should, however suddenly the last gaps close."""

from __future__ import annotations

import itertools

import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive.press import Press, build_press


def wave_under_press() -> Press:
    """Lithium on a shallow wave: at some 1.5 MPa the last gap closes, and it becomes stiff."""
    wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave), ifem.Layer("anode", "Li", "20 um")
    )
    protocol = ifem.Protocol(ifem.Press(to="5 MPa"))
    case = ifem.Case("wave", stack, protocol, mesh=ifem.MeshSize("0.6 um"), current=None)
    return build_press(case, ifem.build_mesh(stack, case.mesh))


def test_no_increment_passes_the_target() -> None:
    press = wave_under_press()
    pressures: list[float] = []
    reasons: list[str] = []
    press.stepper.go_to(
        5.0, lambda attempt, rejections: pressures.append(press.stepper.pressure), reasons.append
    )
    # the case is one where the spring goes too far, or this test shows nothing
    assert "the pressure would pass 5 MPa" in reasons
    assert max(pressures) <= 5.0 * (1.0 + 1e-9)
    assert pressures == sorted(pressures)


@pytest.mark.parametrize("closing", [0.5, 0.0])
def test_where_a_force_is_not_reached_the_platen_is_driven(closing: float) -> None:
    press = wave_under_press()
    stepper = press.stepper
    stepper.go_to(0.1, lambda attempt, rejections: None)
    stepper._stiffness *= 1e3  # as where the first touch makes a stack look stiff
    stepper._closing = closing  # none where all gaps are closed: the platen moves all the same
    asked = stepper._next(5.0)
    assert asked.stiffness == 0.0
    change = asked.force - press.problem.force
    stepper._shrink(asked)
    driven = stepper._next(5.0)
    assert driven.stiffness > 0.0
    travel = press.problem.platen - driven.target - press.problem.force / driven.stiffness
    assert travel == pytest.approx(stepper.options.cut * change / stepper._stiffness)


def test_forces_that_are_not_reached_become_smaller_without_end() -> None:
    press = wave_under_press()
    stepper = press.stepper
    stepper.go_to(0.1, lambda attempt, rejections: None)
    changes = []
    for _ in range(6):
        load = stepper._next(0.15)  # half of the way is done, so that the force is prescribed
        assert load.stiffness == 0.0
        changes.append(load.force - press.problem.force)
        stepper._shrink(load)
    assert max(after / before for before, after in itertools.pairwise(changes)) < 0.5
