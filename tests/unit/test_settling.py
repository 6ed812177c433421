# SPDX-License-Identifier: MIT
"""Increments past an instability of faces: the drag fades, and equilibrium is left."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import driving
import numpy as np
import pytest
import scipy.sparse as sp

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.drive.advance import Policy, advance
from interfacefem.drive.press import Press
from interfacefem.drive.pressing import Pressing
from interfacefem.drive.settling import settle
from interfacefem.fem.increment import Attempt, Load, StepFailure
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import example_increment, example_mesh


class Buckling:
    """One face on a spring that snaps through; a stand-in for a problem of bodies.

    Its force rises to 0.0962 at u = 0.211, falls to -0.0962 at 0.789, and rises again.
    """

    def __init__(self, top: float = np.inf) -> None:
        pairing = SimpleNamespace(weights=np.ones(1), projection=sp.csr_matrix(np.zeros((1, 1))))
        dof = np.zeros((1, 1), dtype=int)
        face = SimpleNamespace(pairing=pairing, slave_dofs=dof, master_dofs=dof)
        self.bulk, self.interfaces = SimpleNamespace(size=1), [face]
        self.displacement, self.top, self.taken = np.zeros(1), top, 0

    def force(self, u: float) -> float:
        """Return the force of the spring; it gives way where it is at its ``top``."""
        return min(2.0 * u * (u - 0.5) * (u - 1.0), self.top)

    def attempt(self, load: Load) -> Attempt:
        """Try Newton's method with steps cut to what lowers the residual, as the solver does."""
        u, start = float(self.displacement[0]), float(self.displacement[0])
        drag = 0.0 if load.damping is None else float(load.damping[0])

        def residual(x: float) -> float:
            return self.force(x) + drag * (x - start) - load.force

        for iteration in range(25):
            if abs(residual(u)) < 1e-12:
                return Attempt(np.array([u]), force=load.force, iterations=[iteration])
            slope = (residual(u + 1e-6) - residual(u - 1e-6)) / 2e-6
            step = -residual(u) / (slope if abs(slope) > 1e-9 else 1e-9)
            step = min(max(step, -0.05), 0.05)
            while abs(residual(u + step)) > abs(residual(u)) and abs(step) > 1e-14:
                step *= 0.5
            u += step
        return Attempt(self.displacement, iterations=[25], failure="no convergence")

    def accept(self, attempt: Attempt) -> None:
        """Take the state over."""
        self.displacement, self.taken = attempt.displacement, self.taken + 1


def test_a_face_snaps_to_the_equilibrium_beyond() -> None:
    problem: Any = Buckling()
    load = Load(force=0.12, floor=0.1, drag=1.0)
    assert problem.attempt(load).failure  # no state nearby bears that force
    found = settle(problem, load)
    assert not found.failure
    assert found.displacement[0] > 1.0
    assert problem.force(found.displacement[0]) == pytest.approx(0.12, abs=1e-12)
    assert sum(found.iterations) > 0
    assert problem.taken >= 2


def test_a_face_that_nothing_holds_is_given_up() -> None:
    problem: Any = Buckling(top=0.1)
    found = settle(problem, Load(force=0.12, floor=0.1, drag=1.0))
    assert found.failure.startswith("under a drag, ")


def elastic_press() -> Press:
    """Return an elastic wave under a press, at 2 MPa on its way to 20 MPa."""
    face = surfaces.sinusoid("10 um", amplitude="200 nm", wavelength="10 um")
    soft = materials.Material("soft", materials.Elastic("7.8 GPa", 0.36))
    hard = materials.Material("hard", materials.Elastic("25 GPa", 0.3))
    stack = ifem.Stack(
        ifem.Layer("hard", hard, "5 um"), ifem.Layer("soft", soft, "5 um", bottom=face)
    )
    protocol = ifem.Protocol(ifem.Press(to="20 MPa"))
    case = ifem.Case("wave", stack, protocol, mesh=ifem.MeshSize("1.25 um"), current=None)
    press = Press(case, ifem.build_mesh(stack, case.mesh))
    driving.go_to(press, 2.0)
    return press


def test_where_nothing_buckles_the_end_is_that_of_an_ordinary_increment() -> None:
    press = elastic_press()
    problem, rig = press.problem, press.rig
    load = Load(force=3.0 * rig.area, floor=rig.floor, drag=50.0)
    plain = problem.attempt(load)
    work = problem.work.drag
    found = settle(problem, load)
    assert not found.failure
    moved = np.abs(plain.displacement).max()
    np.testing.assert_allclose(found.displacement, plain.displacement, atol=1e-5 * moved)
    assert problem.work.drag > work  # what the drag took is counted


def test_a_drag_holds_faces_back_by_its_force() -> None:
    press = elastic_press()
    problem, rig = press.problem, press.rig
    face = problem.interfaces[0].slave_dofs[:, -1]
    damping = np.zeros(problem.bulk.size)
    moved = []
    for drag in (0.0, 1e3, 1e6):
        damping[face] = drag
        load = Load(force=3.0 * rig.area, floor=rig.floor, damping=damping)
        attempt = problem.attempt(load)
        assert not attempt.failure
        moved.append(attempt.displacement[face] - problem.displacement[face])
    assert np.abs(moved[2]).max() < 0.01 * np.abs(moved[0]).max()
    # what the platen presses with more, the drag bears as soon as faces stay where they are
    more = 3.0 * rig.area - problem.force
    assert 1e6 * moved[2].sum() == pytest.approx(-more, rel=0.1)


@pytest.mark.parametrize("ways", [1, 0])
def test_small_increments_that_fail_go_on_against_a_drag(
    ways: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempts find nothing as long as no drag was there, or, without a way, at all."""
    press = elastic_press()
    problem, ask = press.problem, press.problem.attempt
    state, dragged = problem.stored(), []

    def attempt(load: Load) -> Attempt:
        dragged.append(load.damping is not None)
        if ways and (load.damping is not None or any(dragged)):
            return ask(load)
        if load.damping is not None and sum(dragged) == 1:
            return ask(load)  # one step goes, and is to be taken back
        return Attempt(problem.displacement, iterations=[25], failure="no convergence")

    monkeypatch.setattr(problem, "attempt", attempt)
    path = Pressing(problem, press.rig, press.memory, 20.0)
    press.memory.travel = 0.1 * press.rig.travel_limit
    reasons: list[str] = []
    accepted: list[float] = []

    def stop(*_: object) -> None:
        accepted.append(press.pressure)
        if len(accepted) == 2:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, StepFailure)):
        advance(path, press.memory, Policy(6), stop, reasons.append)
    assert any(dragged)
    if ways:
        assert len(reasons) == 1
        assert 2.0 < accepted[0] < accepted[1] <= 20.0
        assert accepted[0] == pytest.approx(press_to(accepted[0]), rel=1e-6)
        return
    given_up = [r for r in reasons if "against a drag: under a drag, no convergence" in r]
    assert len(given_up) >= 2
    assert len(set(given_up)) == len(given_up)  # the platen goes less far each time
    for name, values in problem.stored().items():
        np.testing.assert_array_equal(values, state[name], err_msg=name)


def press_to(pressure: float) -> float:
    """Return the pressure that a press that goes straight there ends at [MPa]."""
    press = elastic_press()
    driving.go_to(press, pressure)
    return press.pressure


@pytest.mark.parametrize(
    ("drag", "said"), [(0.0, ""), (0.02, "1 increment"), (0.01, "2 increments")]
)
def test_the_summary_says_what_the_drag_took(tmp_path: Path, drag: float, said: str) -> None:
    mesh = example_mesh(6)
    taken = [0.0, 0.02, 0.02] if said == "1 increment" else [0.0, drag, 2.0 * drag]
    with ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh) as writer:
        for number, work in enumerate(taken):
            snapshot = example_increment(mesh, "press", 0, number, 10.0 + number)
            writer.append(dataclasses.replace(snapshot, drag_work=work, applied_work=2.0))
        writer.finish()
    with Results.open(tmp_path / "run") as results:
        text = results.summary()
        assert results.history.units["drag_work"] == "pJ/um"
    line = f"  {said} found no equilibrium nearby and went on against a drag on the faces, which "
    line += "took 1 % of the work of the press"
    assert (line in text) == bool(said)
    assert ("drag" in text) == bool(said)
