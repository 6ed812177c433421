"""Pressure from all sides: hydrostatic, cold and warm, up and down, and continued."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.drive.run import resume, run_case
from interfacefem.materials import Elastic, J2Plastic, Material

Record = Callable[[str, float, float, str], None]

ALPHA = 4e-5
#: it would yield at a hundredth of the pressure if that were not the same from all sides
SOFT = J2Plastic(20e3, 0.3, 4.0)


def squeezed(*steps: Any, width: Any = "4 um") -> ifem.Case:
    made = Material("m", SOFT, thermal_expansion=ALPHA)
    stack = ifem.Stack(
        ifem.Layer("lower", made, "4 um"), ifem.Layer("upper", made, "4 um"), width=width
    )
    protocol = ifem.Protocol(ifem.Press("1 MPa"), *steps)
    numerics = ifem.Numerics(growth=20.0, fraction=0.5)
    return ifem.Case(
        "squeezed", stack, protocol, mesh=ifem.MeshSize("4 um"), numerics=numerics, current=None
    )


class Stop:
    """Presses Ctrl-C after some increments."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_increment(self, snapshot: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def off_hydrostatic(run: ifem.Results, step: str, pressure: float) -> float:
    """Largest difference of the stress from that of the fluid, relative."""
    stress = np.concatenate([np.asarray(run.layer(n).at(step).stress) for n in ("lower", "upper")])
    wanted = np.zeros(stress.shape[1])
    wanted[:3] = -pressure
    return float(np.abs(stress - wanted).max()) / pressure


STEPS = (
    ifem.Isostatic("400 MPa"),
    ifem.Isostatic("400 MPa", temperature="85 degC", name="warm"),
    ifem.Isostatic("100 MPa", name="less"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ifem.Results:
    return squeezed(*STEPS).run(tmp_path_factory.mktemp("squeezed") / "run", listeners=())


def test_a_section_is_under_the_pressure_of_the_fluid(run: ifem.Results, record: Record) -> None:
    for step, pressure in (("isostatic", 400.0), ("warm", 400.0), ("less", 100.0)):
        error = off_hydrostatic(run, step, pressure)
        record(f"pressure from all sides, section, {step}: stress", error, 1e-6, "hydrostatic")
    for name in ("lower", "upper"):
        assert np.asarray(run.layer(name).at("less").plastic_strain).max() == 0.0


def test_it_shrinks_by_bulk_modulus_and_expansion(run: ifem.Results, record: Record) -> None:
    for step, pressure, kelvin in (("isostatic", 400.0, 0.0), ("warm", 400.0, 60.0)):
        strain = 0.0
        for _ in range(50):  # Kirchhoff stress -p J, in logarithmic strain
            normal = -pressure * np.exp(3.0 * strain)
            strain = normal / (3.0 * SOFT.bulk_modulus) + ALPHA * kelvin
        state = run.layer("upper").at(step)
        points = np.asarray(state.points)
        error = abs(np.log(np.ptp(points[:, 0]) / 4.0) / strain - 1.0)
        record(f"pressure from all sides, {step}: width", error, 1e-6, "bulk modulus, expansion")


def test_the_work_of_the_fluid_is_what_is_stored(run: ifem.Results) -> None:
    steps = np.array(run.history["step"])
    applied, stored = (np.array(run.history[k]) for k in ("applied_work", "elastic_energy"))
    changes = applied - stored
    largest = stored.max()
    assert np.abs(changes[steps == "less"][-1] - changes[steps == "press"][-1]) < 2e-3 * largest


def test_it_goes_on_alike_when_it_is_continued(run: ifem.Results, tmp_path: Path) -> None:
    inside = int(np.flatnonzero(np.array(run.history["step"]) == "isostatic")[2]) + 1
    run_case(squeezed(*STEPS), tmp_path / "run", listeners=[Stop(inside)]).close()
    again = resume(tmp_path / "run", listeners=())
    for column in ("nominal_pressure", "closure", "elastic_energy", "applied_work", "temperature"):
        assert np.array_equal(again.history[column], run.history[column]), column


def test_an_area_is_under_the_pressure_of_the_fluid(tmp_path: Path, record: Record) -> None:
    case = squeezed(STEPS[0], width=("4 um", "3 um"))
    error = off_hydrostatic(case.run(tmp_path / "run", listeners=()), "isostatic", 400.0)
    record("pressure from all sides, 3D: stress", error, 1e-6, "hydrostatic")


def test_other_steps_hold_the_walls_where_they_are(tmp_path: Path) -> None:
    case = squeezed(ifem.Isostatic("20 MPa"), ifem.Press("21 MPa", name="more"))
    case = case.replace(
        stack=ifem.Stack(ifem.Layer("a", Material("e", Elastic(20e3, 0.3)), "4 um"), width="4 um")
    )
    run = case.run(tmp_path / "run", listeners=())
    before, after = (run.layer("a").at(step) for step in ("isostatic", "more"))
    assert np.ptp(after.points[:, 0]) == pytest.approx(np.ptp(before.points[:, 0]), rel=1e-14)
    rise = np.asarray(after.stress)[0] - np.asarray(before.stress)[0]
    assert rise[0] / rise[1] == pytest.approx(0.3 / 0.7, rel=1e-2)


def test_what_it_needs_is_said() -> None:
    with pytest.raises(ifem.CaseError, match="'isostatic' comes before any pressure; press first"):
        ifem.Case("c", squeezed().stack, ifem.Protocol(ifem.Isostatic("10 MPa")))
    case = squeezed(STEPS[0]).replace(die=ifem.Die("8 um"))
    assert any("presses from the side" in str(mistake) for mistake in case.check())
    again = ifem.Case.from_dict(squeezed(*STEPS).to_dict(), source="test")
    assert [step.kind for step in again.protocol] == ["press", *3 * ["isostatic"]]
    assert again.protocol.steps[2].temperature == pytest.approx(358.15)
    stages = [ifem.Stage([n], [ifem.Press("1 MPa"), STEPS[0]]) for n in ("lower", "upper")]
    with pytest.raises(ifem.CaseError, match=r"stage\[1\]: lays layers on those that 'isostatic'"):
        ifem.Protocol(*stages)
