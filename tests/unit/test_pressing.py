"""Placing of increments: a press ends where it should, however suddenly the last gaps close."""

from __future__ import annotations

import itertools

import driving
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.describe.settings import USUAL
from interfacefem.drive.advance import Policy, advance
from interfacefem.drive.gaps import mean_gap
from interfacefem.drive.press import Press
from interfacefem.drive.pressing import Pressing
from interfacefem.fem.increment import Load


def wave_under_press() -> Press:
    """Lithium on a shallow wave: at some 1.5 MPa the last gap closes, and it becomes stiff."""
    wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave),
        ifem.Layer("anode", "Li", "20 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(ifem.Press(to="5 MPa"))
    case = ifem.Case("wave", stack, protocol, mesh=ifem.MeshSize("0.6 um"), current=None)
    return Press(case, ifem.build_mesh(stack, case.mesh))


def test_no_increment_passes_the_target() -> None:
    press = wave_under_press()
    pressures: list[float] = []
    reasons: list[str] = []
    driving.go_to(press, 4.0, lambda *_: pressures.append(press.pressure), reasons.append)
    # the case is one where the spring goes too far, or this test shows nothing
    assert any("the pressure would pass 4 MPa" in reason for reason in reasons)
    assert max(pressures) <= 4.0 * (1.0 + 1e-9)
    assert pressures == sorted(pressures)


def test_while_gaps_close_the_platen_is_driven_up_to_the_target() -> None:
    press = deep_wave()
    path = Pressing(press.problem, press.rig, press.memory, 1.0)
    before: list[tuple[float, float]] = []  # stiffness of the load, pressure it begins with
    ask = path.load

    def load() -> Load:
        before.append((ask().stiffness, press.pressure))
        return ask()

    path.load = load  # type: ignore[method-assign]
    advance(path, press.memory, Policy())
    forced = [pressure for stiffness, pressure in before if stiffness == 0.0]
    assert len(before) > 4
    assert forced
    assert min(forced) > 0.85


@pytest.mark.parametrize("closing", [0.5, 0.0])
def test_where_a_force_is_not_reached_the_platen_is_driven(closing: float) -> None:
    press = wave_under_press()
    driving.go_to(press, 0.1)
    press.memory.closing = closing  # none where all gaps are closed: the platen moves all the same
    path = Pressing(press.problem, press.rig, press.memory, 0.101)
    asked = path.load()
    assert asked.stiffness == 0.0  # so little is left
    change = asked.force - press.problem.force
    path.shrink(asked)
    driven = path.load()
    assert driven.stiffness > 0.0
    travel = press.problem.platen - driven.target - press.problem.force / driven.stiffness
    assert 0.0 < travel <= press.rig.limits.cut * change / press.memory.stiffness * (1.0 + 1e-9)


def test_increments_that_fail_become_smaller_without_end() -> None:
    press = wave_under_press()
    driving.go_to(press, 0.1)
    path = Pressing(press.problem, press.rig, press.memory, 5.0)
    travels = []
    for _ in range(6):
        load = path.load()
        travels.append(press.problem.platen - load.target - press.problem.force / load.stiffness)
        path.shrink(load)
    assert max(after / before for before, after in itertools.pairwise(travels)) < 0.5


def hardening_pair() -> tuple[materials.Material, materials.Material]:
    """Return a ceramic, and lithium that hardens."""
    law = materials.J2Plastic("7.8 GPa", 0.36, "0.8 MPa", materials.LinearHardening("10 MPa"))
    ceramic = materials.Material("ceramic", materials.Elastic("25 GPa", 0.3))
    return ceramic, materials.Material("metal", law)


def deep_wave(tolerance: float = USUAL.path_tolerance) -> Press:
    """Return lithium that hardens, with a crest of 1 um, on a flat ceramic."""
    ceramic, metal = hardening_pair()
    wave = surfaces.sinusoid("20 um", amplitude="1 um", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("ceramic", ceramic, "15 um"), ifem.Layer("metal", metal, "20 um", bottom=wave)
    )
    mesh, numerics = ifem.MeshSize("0.5 um"), ifem.Numerics(path_tolerance=tolerance)
    protocol = ifem.Protocol(ifem.Press(to="2 MPa"))
    case = ifem.Case("deep", stack, protocol, mesh=mesh, current=None, numerics=numerics)
    return Press(case, ifem.build_mesh(stack, case.mesh))


def test_the_last_gap_of_a_wave_closes_as_with_small_increments() -> None:
    # limited by rms heights alone, the last increment closed all of it: 0.17 of its mean gap
    wave = surfaces.sinusoid("10 um", amplitude="200 nm", wavelength="10 um")
    ceramic, metal = hardening_pair()
    stack = ifem.Stack(
        ifem.Layer("ceramic", ceramic, "5 um"), ifem.Layer("metal", metal, "5 um", bottom=wave)
    )
    mesh, protocol = ifem.MeshSize("1.25 um"), ifem.Protocol(ifem.Press(to="4 MPa"))
    gaps = []
    for tolerance in (USUAL.path_tolerance, 0.003):
        numerics = ifem.Numerics(path_tolerance=tolerance)
        case = ifem.Case("small", stack, protocol, mesh=mesh, current=None, numerics=numerics)
        press = Press(case, ifem.build_mesh(stack, case.mesh))
        driving.go_to(press, 4.0)
        gaps.append(mean_gap(press.rig.flowing, press.problem.displacement) / press.rig.height)
    assert gaps[1] > 0.008
    assert gaps[0] == pytest.approx(gaps[1], rel=0.6)


def pressed_to(stops: tuple[float, ...], tolerance: float) -> tuple[float, float, int]:
    """Return closure and mean gap [um] of the deep wave after stops [MPa], and its solves."""
    press = deep_wave(tolerance)
    for stop in stops:
        driving.go_to(press, stop)
    gap = mean_gap(press.rig.flowing, press.problem.displacement)
    return press.closure, gap, press.problem.system.solves


@pytest.mark.slow
def test_the_answer_does_not_depend_on_the_stops() -> None:
    # with half of the way by force, a stop at 1 MPa made the closure at 2 MPa 4 % larger
    tolerance = USUAL.path_tolerance
    closure, gap, solves = pressed_to((2.0,), 0.25 * tolerance)
    for stops in ((2.0,), (1.0, 2.0), (0.5, 1.0, 1.5, 2.0)):
        found, mean, taken = pressed_to(stops, tolerance)
        assert found == pytest.approx(closure, rel=0.01), stops
        assert mean == pytest.approx(gap, rel=0.02), stops
        assert taken < solves or len(stops) > 2
