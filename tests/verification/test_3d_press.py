# SPDX-License-Identifier: MIT
"""A rough press of three layers in 3D: it completes, and what must hold holds."""

from __future__ import annotations

from collections.abc import Callable

import driving
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive import gaps
from interfacefem.drive.press import Press
from interfacefem.fem.mechanics import Attempt

pytestmark = [pytest.mark.verification, pytest.mark.campaign]

Record = Callable[[str, float, float, str], None]


def rough(seed: int) -> surfaces.Topography:
    return surfaces.self_affine(
        ("16 um", "16 um"), hurst=0.8, rms_height="150 nm", long_cutoff="12 um",
        short_cutoff="6.4 um", seed=seed,
    )  # fmt: skip


def test_press_to_187_mpa_and_back(record: Record) -> None:
    stack = ifem.Stack(
        ifem.Layer("separator", "Li3InCl6", "6 um", top=rough(1)),
        ifem.Layer("interlayer", "Li3OCl", "5 um", bottom=rough(2), top=rough(3)),
        ifem.Layer("anode", "Li", "6 um", bottom=rough(4)),
    )
    protocol = ifem.Protocol(ifem.Press(to="187 MPa"), ifem.Release(to="5 MPa"))
    size = ifem.MeshSize("1.6 um", growth=1.6)
    case = ifem.Case("press_in_space", stack, protocol, mesh=size, current=None)
    press = Press(case, ifem.build_mesh(stack, case.mesh))
    problem = press.problem
    balance: list[float] = []
    fractions: list[float] = []
    rejected: list[str] = []

    def accept(attempt: Attempt, rejections: int) -> None:
        balance.append(attempt.balance)
        lithium = problem.interfaces[1]
        weights = lithium.pairing.weights
        fractions.append(float(weights[lithium.pressure > 0.0].sum() / weights.sum()))

    driving.go_to(press, 187.0, accept, rejected.append)
    up, solves = len(balance), problem.system.solves
    driving.go_to(press, 5.0, accept, rejected.append)
    assert rejected == []
    record("rough press in 3D: force balance", max(balance), 1e-6, "equilibrium")
    heights = min(float(np.std(press.mesh.gap(name)[1])) for name in press.mesh.interfaces)
    overlap = gaps.max_penetration(problem) / heights
    record("rough press in 3D: penetration over rms height", overlap, 1e-3, "no overlap")
    record("rough press in 3D: solves an increment", solves / up, 10.0, "a prototype's effort")
    work = problem.work
    error = abs(work.applied - work.elastic - work.plastic - work.friction) / work.applied
    record("rough press in 3D: energy", error, 0.01, "first law")
    # lithium begins on its highest places and loses none on the way
    assert fractions[0] < 0.5
    assert np.all(np.diff(fractions[:up]) > -0.02)
    assert fractions[up - 1] == pytest.approx(1.0)
    assert gaps.pressure_in_open_gap(problem) == 0.0
    assert problem.bulk.min_jacobian() > 0.8


def test_press_with_friction_to_187_mpa_and_back(record: Record) -> None:
    def face(seed: int, rms: float) -> surfaces.Topography:
        return surfaces.self_affine(
            size=(16.0, 16.0), hurst=0.8, rms_height=rms, long_cutoff=12.0, short_cutoff=8.0,
            seed=seed,
        )  # fmt: skip

    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3InCl6", 6.0, top=face(1, 0.15)),
        ifem.Interface(friction=0.2),
        ifem.Layer("lithium", "Li", 6.0, bottom=face(2, 0.25)),
    )
    protocol = ifem.Protocol(ifem.Press(to="187 MPa"), ifem.Release(to="5 MPa"))
    size = ifem.MeshSize(2.0, growth=1.6)
    case = ifem.Case("friction_in_space", stack, protocol, mesh=size, current=None)
    press = Press(case, ifem.build_mesh(stack, case.mesh))
    problem, (interface,) = press.problem, press.problem.interfaces
    history: list[tuple[float, float]] = []
    rejected: list[str] = []
    balance: list[float] = []

    def accept(attempt: Attempt, rejections: int) -> None:
        weights = interface.pairing.weights
        fraction = float(weights[interface.pressure > 0.0].sum() / weights.sum())
        history.append((fraction, float(interface.pressure.max())))
        balance.append(attempt.balance)

    driving.go_to(press, 187.0, accept, rejected.append)
    solves, steps = problem.system.solves, len(history)
    driving.go_to(press, 5.0, accept, rejected.append)
    assert len(rejected) <= 1  # one is halved near complete contact
    record("rough press in 3D with friction: force balance", max(balance), 1e-6, "equilibrium")
    assert np.abs(interface.gaps(problem.displacement)).max() < 5e-4
    fractions = [fraction for fraction, _ in history[:steps]]
    assert fractions[0] < 0.1
    assert np.all(np.diff(fractions) > -0.02)
    assert fractions[-1] == pytest.approx(1.0)
    assert history[-1][0] == pytest.approx(1.0)  # complete contact survives the release
    assert 187.0 < history[steps - 1][1] < 195.0
    assert problem.bulk.min_jacobian() > 0.8
    assert problem.work.friction > 0.0
    # iterations that grow are a defect
    assert solves / steps < 20
