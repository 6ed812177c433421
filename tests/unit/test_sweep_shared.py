"""Runs that have their first steps in common: one does them, the others begin with its state."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive.sharing import share
from interfacefem.results import Results
from interfacefem.sweep.ask import recommend
from interfacefem.sweep.shared import leaders
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import SweepTable

PATH = "step.press.to"


def staged(press: str = "8 MPa", pellet: str = "60 MPa", thick: str = "4 um") -> ifem.Case:
    """A powder that is pressed first, and lithium on it."""
    wave = surfaces.sinusoid("4 um", amplitude="60 nm", wavelength="4 um")
    powder = ifem.materials.get("Li3InCl6", law="powder")
    stack = ifem.Stack(
        ifem.Layer("separator", powder, "6 um", top=wave),
        ifem.Interface(adhesion=ifem.Adhesion("1 MPa", "0.3 J/m^2")),
        ifem.Layer("anode", "Li", thick),
    )
    powders = [ifem.Press(to=pellet, name="pellet"), ifem.Release(to="1 MPa", name="opened")]
    cell = [ifem.Press(to=press), ifem.Release(to="2 MPa")]
    stages = (ifem.Stage(["separator"], powders), ifem.Stage(["anode"], cell))
    return ifem.Case("staged", stack, ifem.Protocol(*stages))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Sweep, SweepTable, list[str]]:
    told: list[str] = []
    sweep = Sweep(staged(), {PATH: ["16 MPa", "8 MPa"]}, folder=tmp_path_factory.mktemp("s") / "s")
    return sweep, sweep.run(workers=1, tell=told.append), told


@pytest.mark.slow
def test_the_lowest_pressure_leads(done: tuple[Sweep, SweepTable, list[str]]) -> None:
    sweep, table, told = done
    high, low = sweep.plan.runs
    assert leaders(sweep.plan) == {high.key: (low.key, "opened")}
    assert "1 of them begin with what another one did up to 'opened'" in told[0]
    assert not table.failures
    assert len(table) == 8


def test_a_run_that_was_led_is_as_one_that_was_not(
    done: tuple[Sweep, SweepTable, list[str]], tmp_path: Path
) -> None:
    sweep, _, _ = done
    led, leader = sweep.plan.runs
    whole = staged("16 MPa").run(tmp_path / "whole", listeners=())
    with whole, Results.open(sweep.folder / "runs" / led.key) as found:
        assert found.status == "complete"
        shared = found.provenance["shared"]
        assert (shared["run"], shared["step"]) == (leader.key, "opened")
        rows = found.provenance["sessions"][1]["after_increments"]
        assert 0 < rows < len(found)
        with Results.open(sweep.folder / "runs" / leader.key) as first:
            assert found.run != first.run
        assert found.steps == whole.steps
        for name in whole.history.names:
            if name in ("wall_time", "step"):
                continue
            np.testing.assert_allclose(
                found.history[name], whole.history[name], rtol=1e-10, atol=1e-10, err_msg=name
            )
        for step in whole.steps:
            for row, same in zip(found.risk_rows(step), whole.risk_rows(step), strict=True):
                assert dict(row) == pytest.approx(dict(same))
            one, two = (r.layer("separator").at(step) for r in (found, whole))
            np.testing.assert_allclose(one.displacement, two.displacement, atol=1e-11)


def test_the_pressure_asked_for_is_that_of_the_varied_press(
    done: tuple[Sweep, SweepTable, list[str]],
) -> None:
    _, table, _ = done
    found = recommend(table, target="1000 ohm*cm^2", at="2 MPa")
    assert [point.pressure for point in found.points] == [8.0, 16.0]
    assert all(len(point.runs) == 1 for point in found.points)
    for row in table.rows:
        stage = ("pellet", "opened")
        expected = 60.0 if row["step"] in stage else row[f"{PATH} [MPa]"]
        assert row["highest pressure [MPa]"] == pytest.approx(expected)


@pytest.mark.parametrize("other", ["largest pressure", "step before", "layer", "no such step"])
def test_a_run_that_goes_another_way_does_all_steps_itself(
    done: tuple[Sweep, SweepTable, list[str]], tmp_path: Path, other: str
) -> None:
    sweep, _, _ = done
    case = staged("16 MPa")
    until = "opened"
    if other == "largest pressure":  # contact is set up by it
        case = staged("90 MPa")
    elif other == "step before":
        case = staged("16 MPa", pellet="59 MPa")
    elif other == "layer":
        case = staged("16 MPa", thick="5 um")
    else:
        until = "reopened"
    leader = sweep.folder / "runs" / sweep.plan.runs[1].key
    assert not share(case, tmp_path / "run", leader, until)
    assert not (tmp_path / "run").exists()
    assert share(staged("16 MPa"), tmp_path / "run", leader, "opened")


def test_a_leader_that_was_lost_is_not_missed(
    done: tuple[Sweep, SweepTable, list[str]], tmp_path: Path
) -> None:
    sweep, table, _ = done
    folder = tmp_path / "s"
    shutil.copytree(sweep.folder, folder)
    led, leader = sweep.plan.runs
    lines = (folder / "rows.jsonl").read_text().splitlines(keepends=True)
    (folder / "rows.jsonl").write_text("".join(line for line in lines if leader.key in line))
    shutil.rmtree(folder / "runs" / led.key)
    (folder / "runs" / leader.key / "results.h5").write_bytes(b"nothing")
    again = Sweep(staged(), {PATH: ["16 MPa", "8 MPa"]}, folder=folder).run(workers=1)
    rows = [row for row in again.rows if row["key"] == led.key]
    before = [row for row in table.rows if row["key"] == led.key]
    assert [r.get("asr [ohm cm^2]") for r in rows] == pytest.approx(
        [r.get("asr [ohm cm^2]") for r in before]
    )


def test_only_what_differs_in_later_steps_is_shared(tmp_path: Path) -> None:
    over = {"layer.separator.thickness": ["6 um", "7 um"]}
    assert leaders(Sweep(staged(), over, folder=tmp_path / "a").plan) == {}
    over = {PATH: ["8 MPa", "16 MPa"], "step.opened.to": ["1 MPa", "2 MPa"]}
    found = leaders(Sweep(staged(), over, folder=tmp_path / "c").plan)
    assert [one.step for one in found.values()] == ["pellet"] * 3
    over = {PATH: ["8 MPa", "16 MPa"], "layer.anode.thickness": ["4 um", "5 um"]}
    plan = Sweep(staged(), over, folder=tmp_path / "b").plan
    found = leaders(plan)
    assert len(found) == 2
    by_key = {run.key: run for run in plan.runs}
    for key, leader in found.items():
        thick = "layer.anode.thickness [um]"
        assert by_key[key].inputs[thick] == by_key[leader.key].inputs[thick]
