# SPDX-License-Identifier: MIT
"""Stages in 3D: absent layers feel nothing, are laid on touching; punches leave imprints."""

from __future__ import annotations

from collections.abc import Callable

import driving
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive.press import Press
from interfacefem.fem.contact.mortar3d import smallest_distance
from interfacefem.materials import Elastic, J2Plastic, LinearHardening, Material
from interfacefem.meshing.punches import add_punches
from interfacefem.meshing.stack_mesh import layer_faces

Record = Callable[[str, float, float, str], None]

STEEL = Material("steel", Elastic("200 GPa", 0.3))
SOFT = Material("soft", J2Plastic("5 GPa", 0.3, "20 MPa", LinearHardening("100 MPa")))
SOFTER = Material("softer", J2Plastic("4 GPa", 0.3, "10 MPa", LinearHardening("100 MPa")))


def wave(amplitude: float) -> surfaces.Topography:
    x = np.linspace(0.0, 8.0, 33)
    heights = amplitude * np.cos(np.pi * x / 4.0)[:, None] * np.cos(np.pi * x / 4.0)
    return surfaces.from_heights(heights, size=("8 um", "8 um"), unit="um")


def press_of(protocol: ifem.Protocol, *layers: ifem.Layer) -> Press:
    stack = ifem.Stack(*layers, width=("8 um", "8 um"))
    size = ifem.MeshSize("1.6 um", growth=1.9)
    case = ifem.Case("stages_in_space", stack, protocol, current=None, mesh=size)
    mesh = ifem.build_mesh(stack, case.mesh, case.protocol)
    return Press(case, add_punches(mesh, stack, protocol, case.mesh))


def follow(press: Press, *pressures: float) -> None:
    for pressure in pressures:
        driving.go_to(press, pressure)


def imprint() -> Press:
    first = [ifem.Press(to="120 MPa"), ifem.Release(to="5 MPa")]
    punch = ifem.Layer("punch", STEEL, "4 um", bottom=wave(0.1))
    protocol = ifem.Protocol(
        ifem.Stage(["electrolyte"], first, punch=punch),
        ifem.Stage(["protection"], [ifem.Press(to="30 MPa"), ifem.Release(to="5 MPa")]),
    )
    return press_of(
        protocol, ifem.Layer("electrolyte", SOFT, "4 um"), ifem.Layer("protection", SOFTER, "4 um")
    )


@pytest.mark.campaign
def test_a_layer_is_laid_on_the_imprint_of_a_punch(record: Record) -> None:
    press = imprint()
    mesh, dofs = press.mesh, press.problem.bulk.node_dofs
    follow(press, 120.0, 5.0)
    later = mesh.layer_nodes("protection")
    assert not press.problem.displacement[dofs[later]].any()  # it feels nothing before
    assert not press.interface_snapshots()[0].present
    weights = press.interface_snapshots()[0].weights
    assert weights.sum() == pytest.approx(64.0, rel=1e-12)
    press.enter(1)
    moved = press.problem.displacement[dofs]
    points = mesh.points + moved
    lower, upper = layer_faces(mesh, "electrolyte"), layer_faces(mesh, "protection")
    gap = smallest_distance(points, lower.top, points, upper.bottom)
    record("placed layer in 3D: smallest gap [um]", abs(gap), 1e-12, "touches in one point")
    assert np.ptp(moved[later, 2]) == 0.0
    assert not moved[later, :2].any()
    # the punch has left its face, as six edges of its mesh a wave can follow it
    face = lower.nodes("top")
    expected = wave(0.1).at(points[face, 0], points[face, 1])
    like = np.corrcoef(points[face, 2], expected)[0, 1]
    record("punch in 3D: 1 - correlation with its imprint", 1.0 - like, 0.02, "same shape")
    assert np.std(points[face, 2]) == pytest.approx(np.std(expected), rel=0.05)
    # a press that is built anew goes the same way from here
    state = press.stored()
    follow(press, 30.0)
    again = imprint()
    again.restore(state)
    follow(again, 30.0)
    assert np.array_equal(again.problem.displacement, press.problem.displacement)


@pytest.mark.slow
def test_two_stages_with_nothing_added_are_one(record: Record) -> None:
    ups = [ifem.Press(to="10 MPa"), ifem.Press(to="30 MPa")]
    both = [ifem.Layer("a", SOFT, "4 um", top=wave(0.05)), ifem.Layer("b", SOFTER, "4 um")]
    one = press_of(ifem.Protocol(*ups), *both)
    two = press_of(ifem.Protocol(ifem.Stage(["a", "b"], ups[:1]), ifem.Stage([], ups[1:])), *both)
    follow(one, 10.0, 30.0)
    follow(two, 10.0)
    two.enter(1)
    follow(two, 30.0)
    difference = np.abs(one.problem.displacement - two.problem.displacement).max()
    record("two stages in 3D, nothing added [um]", difference, 1e-10, "one stage")
