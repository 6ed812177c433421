"""Pellets pressed in stages: what is added later, what is continued, what units cannot change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pellets import HARD, POWDER, follow, layer, pellet, press_of

import interfacefem as ifem
from interfacefem import materials
from interfacefem.drive.press import Press
from interfacefem.drive.run import run_case
from interfacefem.materials import J2Plastic, LinearHardening
from interfacefem.meshing.faces import polyline_gap
from interfacefem.meshing.stack_mesh import layer_faces

Record = Callable[[str, float, float, str], None]

FRICTION = ifem.Interface(friction=0.2)
FIRST = [ifem.Press(to="100 MPa"), ifem.Release(to="5 MPa")]
SECOND = [ifem.Press(to="200 MPa"), ifem.Release(to="5 MPa"), ifem.Eject()]
STAGED = ifem.Protocol(ifem.Stage(["electrolyte"], FIRST), ifem.Stage(["protection"], SECOND))


def bilayer(protocol: ifem.Protocol, **options: Any) -> ifem.Case:
    return pellet(
        layer("electrolyte", POWDER, 3.0),
        FRICTION,
        layer("protection", HARD, 2.0),
        protocol=protocol,
        **options,
    )


def surface(press: Press, name: str, side: Any) -> np.ndarray:
    nodes = layer_faces(press.mesh, name).nodes(side)
    moved = press.problem.displacement[press.problem.bulk.node_dofs[nodes]]
    return np.asarray(press.mesh.points[nodes] + moved)


@pytest.fixture(scope="module")
def staged() -> tuple[Press, dict[str, Any]]:
    """Both stages without the ejection, and notes from when the second one began."""
    press = press_of(bilayer(STAGED))
    notes: dict[str, Any] = {}
    follow(press, 100.0, 5.0)
    cells = press.mesh.layer_cells("protection")
    nodes = press.mesh.layer_nodes("protection")
    notes["moved"] = np.abs(press.problem.displacement[press.problem.bulk.node_dofs[nodes]]).max()
    notes["stress"] = np.abs(press.problem.bulk.cell_fields()["stress"][cells]).max()
    notes["absent"] = press.interface_snapshots()[0]
    press.enter(1)
    notes["placed"] = surface(press, "protection", "bottom")
    gap = polyline_gap(surface(press, "electrolyte", "top"), notes["placed"])[1]
    notes["smallest gap"], notes["largest gap"] = gap.min(), gap.max()
    notes["wall"] = press.problem.rigid_surfaces[0].normal.copy()
    notes["state"] = press.stored()
    follow(press, 200.0)
    notes["loaded"] = press.stored()
    notes["balance"] = [attempt.balance for attempt in follow(press, 5.0)]
    return press, notes


def test_a_layer_of_a_pellet_feels_nothing_before_it_is_placed(
    staged: tuple[Press, dict[str, Any]], record: Record
) -> None:
    _, notes = staged
    assert notes["moved"] == 0.0
    assert notes["stress"] == 0.0
    absent = notes["absent"]
    assert not absent.present
    assert not absent.contact_pressure.any()
    record("pellet: nominal area of the interface before", abs(absent.weights.sum() /
           (np.pi * 25.0) - 1.0), 1e-12, "pi R^2")  # fmt: skip


def test_a_layer_is_laid_on_a_sprung_back_pellet_without_overlap(
    staged: tuple[Press, dict[str, Any]], record: Record
) -> None:
    _, notes = staged
    record("pellet, placed layer: smallest gap [um]", abs(notes["smallest gap"]), 1e-12, "touches")
    assert notes["largest gap"] > 1e-4  # the wall held back its rim
    assert notes["placed"][-1, 0] == 5.0  # at the wall, which is as wide as before
    assert notes["wall"].sum() > 0.0  # still bears what was pressed before
    assert max(notes["balance"]) < 1e-8  # through the interface goes what the wall leaves


def test_a_pellet_is_continued_bit_by_bit(staged: tuple[Press, dict[str, Any]]) -> None:
    press, notes = staged
    for name, pressures in (("state", (200.0, 5.0)), ("loaded", (5.0,))):
        again = press_of(bilayer(STAGED))
        again.restore(notes[name])
        follow(again, *pressures)
        assert np.array_equal(again.problem.displacement, press.problem.displacement)
        for one, two in zip(
            again.problem.rigid_surfaces, press.problem.rigid_surfaces, strict=True
        ):
            assert np.array_equal(one.normal, two.normal)
            assert np.array_equal(one.shear, two.shear)
    # without what the wall bears the same increments go another way
    again = press_of(bilayer(STAGED))
    wall = "rigid_surfaces/electrolyte/shear"
    again.restore(notes["loaded"] | {wall: 0.0 * notes["loaded"][wall]})
    follow(again, 5.0)
    assert not np.array_equal(again.problem.displacement, press.problem.displacement)
    # and an ejected pellet is brought back as one
    again.eject()
    out = press_of(bilayer(STAGED))
    out.restore(again.stored())
    assert out.ejected
    assert out.eject() == []
    assert out.closure == again.closure
    assert np.array_equal(out.problem.unbalanced(), again.problem.unbalanced())


def test_two_stages_of_a_pellet_with_nothing_added_are_one(record: Record) -> None:
    steps = [ifem.Press(to="60 MPa"), ifem.Press(to="120 MPa"), ifem.Release(to="5 MPa")]
    one = press_of(bilayer(ifem.Protocol(*steps), edge=2.5))
    two = press_of(
        bilayer(
            ifem.Protocol(
                ifem.Stage(["electrolyte", "protection"], steps[:1]), ifem.Stage([], steps[1:])
            ),
            edge=2.5,
        )
    )
    follow(one, 60.0, 120.0, 5.0)
    follow(two, 60.0)
    two.enter(1)
    follow(two, 120.0, 5.0)
    for press in (one, two):
        press.eject()
    difference = np.abs(one.problem.displacement - two.problem.displacement).max()
    record("pellet, two stages, nothing added: displacement [um]", difference, 1e-10, "one stage")


LITHIUM = materials.get("Li", law="anand")
TIMED = ifem.Protocol(
    ifem.Stage(["electrolyte"], [ifem.Press(to="100 MPa", rate="10 MPa/s"),
                                 ifem.Release(to="5 MPa", rate="10 MPa/s")]),
    ifem.Stage(["anode"], [ifem.Press(to="20 MPa", rate="1 MPa/s"), ifem.Hold("5 s"),
                           ifem.Release(to="2 MPa", rate="1 MPa/s"), ifem.Eject()]),
)  # fmt: skip


class Stop:
    """Interrupts a run after some increments of a step."""

    def __init__(self, step: str, after: int) -> None:
        self.step, self.after = step, after

    def on_increment(self, snapshot: Any) -> None:
        self.after -= snapshot.step == self.step
        if self.after == 0:
            raise KeyboardInterrupt


@pytest.mark.campaign
def test_a_pellet_in_stages_and_in_time_is_run_and_resumed(tmp_path: Path) -> None:
    case = pellet(
        layer("electrolyte", POWDER, 3.0),
        ifem.Layer("anode", LITHIUM, 1.0),
        protocol=TIMED,
        edge=2.5,
        tolerance=1e-7,
    )
    whole = case.run(tmp_path / "whole", listeners=())
    broken = run_case(case, tmp_path / "broken", listeners=[Stop("hold", 2)])
    assert broken.status.startswith("interrupted")
    again = ifem.resume(tmp_path / "broken", listeners=())
    assert again.status == whole.status == "complete"
    assert len(again) == len(whole)
    for name in ("time", "closure", "bottom_pressure", "wall_force", "plastic_work"):
        np.testing.assert_array_equal(again.history[name], whole.history[name])
    history = whole.history
    # 100 and 95 MPa at 10 MPa/s, 20 MPa at 1 MPa/s from zero, 5 s, 18 MPa at 1 MPa/s
    assert history["time"][-1] == pytest.approx(10.0 + 9.5 + 20.0 + 5.0 + 18.0, rel=1e-9)
    held = history["step"] == "hold"
    assert history["plastic_work"][held][-1] > history["plastic_work"][held][0]  # it creeps
    assert np.isnan(history["bottom_pressure"][-1])  # out of the die
    stored = whole.layer("anode").at("ejection")
    assert stored.present
    assert not whole.layer("anode").at("press").present


def metal(scale: float, stress: float) -> Press:
    law = J2Plastic(5e3 * stress, 0.36, 20.0 * stress, LinearHardening(100.0 * stress))
    press = press_of(
        pellet(
            layer("metal", law, 4.0 * scale),
            protocol=ifem.Protocol(ifem.Press(to=200.0 * stress), ifem.Release(to=10.0 * stress)),
            radius=5.0 * scale,
            edge=2.5 * scale,
        )
    )
    follow(press, 200.0 * stress, 10.0 * stress)
    return press


def test_units_change_nothing(record: Record) -> None:
    """Lengths a thousand times, stresses a thousandth: what has no unit stays."""
    one, two = metal(1.0, 1.0), metal(1e3, 1e-3)
    error = abs(two.closure / one.closure / 1e3 - 1.0)
    record("pellet in other units: closure", error, 1e-9, "dimensions")
    forces = [press.die_forces() for press in (one, two)]
    ratios = [(f.bottom / f.punch, f.wall / f.punch) for f in forces if f is not None]
    record("pellet in other units: ratios of forces",
           float(np.abs(np.divide(*ratios) - 1.0).max()), 1e-8, "dimensions")  # fmt: skip
    assert len(ratios) == 2
    work = two.problem.work.plastic / one.problem.work.plastic
    record("pellet in other units: plastic work", abs(work / 1e6 - 1.0), 1e-8, "stress x volume")
