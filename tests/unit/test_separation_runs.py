"""Runs that end by taking a stack apart: in time, in 3D, of pellets; clock, units, continued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.drive.run import resume, run_case
from interfacefem.materials import Elastic, Material

NAME = "ceramic|Li"
BOND = ifem.Adhesion("1 MPa", "0.01 J/m^2")


def creeping(last: Any) -> ifem.Case:
    """Creeping lithium on a ceramic."""
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "4 um"),
        ifem.Interface(0.2, adhesion=BOND),
        ifem.Layer("Li", materials.get("Li", law="norton"), "4 um"),
        width="6 um",
    )
    pressed = ifem.Press("3 MPa", rate="1 MPa/s"), ifem.Release("1 MPa", rate="1 MPa/s")
    protocol = ifem.Protocol(*pressed, last)
    return ifem.Case("creeping", stack, protocol, mesh=ifem.MeshSize("2 um"), current=None)


def pellet(last: Any) -> ifem.Case:
    """Two elastic discs of 10 um."""
    layers = (
        ifem.Layer(name, Material(name, Elastic("10 GPa", nu)), "5 um")
        for name, nu in (("ceramic", 0.3), ("Li", 0.2))
    )
    below, above = layers
    return ifem.Case(
        "pellet",
        ifem.Stack(below, ifem.Interface(0.2, adhesion=BOND), above, width="5 um"),
        ifem.Protocol(ifem.Press("3 MPa"), ifem.Release("1 MPa"), ifem.Eject(), last),
        die=ifem.Die("10 um"),
        mesh=ifem.MeshSize("2.5 um"),
        current=None,
    )


def in_space(last: Any) -> ifem.Case:
    """A ceramic on a ceramic, 6 um by 4 um."""
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "2 um"),
        ifem.Interface(0.2, adhesion=BOND),
        ifem.Layer("Li", "Li3OCl", "2 um"),
        width=("6 um", "4 um"),
    )
    protocol = ifem.Protocol(ifem.Press("3 MPa"), ifem.Release("1 MPa"), last)
    return ifem.Case("space", stack, protocol, mesh=ifem.MeshSize("2 um"), current=None)


class Stop:
    """Presses Ctrl-C in an increment of the last step."""

    def __init__(self, step: str, increment: int) -> None:
        self.step, self.increment = step, increment

    def on_increment(self, snapshot: Any) -> None:
        if (snapshot.step, snapshot.increment) == (self.step, self.increment):
            raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("made", "at"),
    [
        pytest.param(
            creeping(ifem.PullOff("5 nm", rate="1 nm/s")),
            0,
            id="letting go in time",
            marks=pytest.mark.slow,
        ),
        pytest.param(creeping(ifem.PullOff("5 nm", rate="1 nm/s")), 4, id="pull-off in time"),
        pytest.param(
            creeping(ifem.Shear("5 nm", duration="5 s")),
            4,
            id="shear in time",
            marks=pytest.mark.slow,
        ),
        pytest.param(pellet(ifem.PullOff("5 nm")), 0, id="pellet gripped"),
        pytest.param(pellet(ifem.PullOff("5 nm")), 4, id="pellet"),
        pytest.param(in_space(ifem.Shear("3 nm")), 3, id="shear in 3D", marks=pytest.mark.slow),
    ],
)
def test_continued_nothing_differs(made: ifem.Case, at: int, tmp_path: Path) -> None:
    last = made.protocol.names[-1]
    whole = run_case(made, tmp_path / "whole")
    run_case(made, tmp_path / "cut", listeners=[Stop(last, at)]).close()
    parts = resume(tmp_path / "cut", listeners=[])
    assert len(parts) == len(whole) > at + 4
    for name, column in whole.history.columns.items():
        if name != "wall_time":
            np.testing.assert_array_equal(column, parts.history[name], err_msg=name)
    one, two = (run.interface(NAME).at(last) for run in (whole, parts))
    for field in ("damage", "adhesion", "mode_mix", "separation_energy"):
        np.testing.assert_array_equal(one.field(field).values, two.field(field).values)
    assert one.field("damage").values.max() > 0.5  # damage was under way


@pytest.mark.parametrize("law", ["steady", "creeping"])
def test_the_clock_of_a_pull_off(law: str, tmp_path: Path) -> None:
    # origin: 5 nm at 1 nm/s, and before them the way of the platen while the force is let go
    step = ifem.PullOff("5 nm", rate="1 nm/s")
    made = creeping(step)
    if law == "steady":
        below, above = made.stack.layers
        layers = below, ifem.Layer("Li", "Li", above.thickness)
        stack = ifem.Stack(layers[0], made.stack.interface(NAME), layers[1], width="6 um")
        made = ifem.Case("steady", stack, made.protocol, mesh=made.mesh, current=None)
    history = run_case(made, tmp_path / "run", listeners=[]).history
    inside = np.flatnonzero(history["step"] == "pull-off")
    time, closure = (history[name][inside[0] - 1 :] for name in ("time", "closure"))
    pulled = history["nominal_pressure"][inside] < 0.0
    first = int(np.flatnonzero(pulled)[0])  # increment before which the faces still bore force
    assert time[0] == pytest.approx(3.0 + 2.0)  # press and release
    np.testing.assert_allclose(np.diff(time)[:first], -np.diff(closure)[:first] / 1e-3, rtol=1e-5)
    # closed faces stand open by some pm, within their tolerance of 200
    assert time[-1] - time[first] == pytest.approx(5.0, abs=1e-2)


def test_results_of_a_pellet_are_per_area_of_its_die(tmp_path: Path) -> None:
    # origin: strength and toughness given; flat faces of alike discs part everywhere at once
    results = run_case(pellet(ifem.PullOff()), tmp_path / "run", listeners=[])
    found = results.separation()
    assert found.strength == pytest.approx(1.0, rel=0.01)
    assert found.work == pytest.approx(0.01, rel=0.01)
    assert found.cohesive == pytest.approx(0.01, rel=0.01)
    assert abs(found.balance) < 0.01
    assert found.opened == {NAME: pytest.approx(1.0)}


@pytest.mark.slow
def test_results_of_shear_in_space(tmp_path: Path) -> None:
    # origin: shear toughness given, here that of opening; friction of 0.2 under 1 MPa
    results = run_case(in_space(ifem.Shear("25 nm")), tmp_path / "run", listeners=[])
    found = results.separation()
    assert found.cohesive == pytest.approx(0.01, rel=0.01)
    assert abs(found.balance) < 0.01
    assert results.history["shear_stress"][-1] == pytest.approx(0.2, abs=2e-3)
    np.testing.assert_allclose(results.history["nominal_pressure"][-5:], 1.0, rtol=1e-9)
    assert found.mode_mix == {NAME: pytest.approx(1.0, abs=1e-6)}


@pytest.mark.slow
def test_names_of_units_change_nothing(tmp_path: Path) -> None:
    # origin: a length in nm and a speed in mm/h are the same numbers inside
    one = creeping(ifem.PullOff("4 nm", rate="1 nm/s"))
    two = creeping(ifem.PullOff("4e-6 mm", rate="3.6e-3 mm/h"))
    runs = [run_case(c, tmp_path / n, listeners=[]) for n, c in (("one", one), ("two", two))]
    for name in ("time", "nominal_pressure", "plastic_work", "applied_work"):
        one_column, two_column = (run.history[name] for run in runs)
        scale = np.abs(one_column).max()
        np.testing.assert_allclose(one_column, two_column, rtol=0.0, atol=1e-9 * scale)
