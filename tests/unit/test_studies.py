# SPDX-License-Identifier: MIT
"""The studies of the demo: what they vary, and their table whatever becomes of a run."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
from typing import Any

import pytest

import interfacefem as ifem
from interfacefem import surfaces


@pytest.fixture
def study(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(repository / "cases")
    return importlib.import_module("study")


@pytest.fixture
def demo(study: Any) -> ifem.Case:
    return ifem.Case.load(study.PLATES)


def tiny(patience: int = 8, iterations: int = 25, edge: str = "0.4 um") -> ifem.Case:
    """A wave of 4 um under 2 MPa: some hundred degrees of freedom."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Interface(resistance="5 ohm*cm^2"),
        ifem.Layer("anode", "Li", "4 um"),
    )
    protocol = ifem.Protocol(ifem.Press(to="2 MPa"), ifem.Release(to="1 MPa"))
    numerics = ifem.Numerics(max_iterations=iterations, max_rejections=patience)
    return ifem.Case("tiny", stack, protocol, numerics=numerics, mesh=ifem.MeshSize(edge))


def test_a_variant_changes_surfaces_and_nothing_else(study: Any, demo: ifem.Case) -> None:
    faces = [(layer, side) for layer in demo.stack.layers for side in ("bottom", "top")]
    other = study.variant(demo, "other", seed=10, rms_slope=0.3)
    seeds = []
    for layer, side in faces:
        before = getattr(layer, side)
        after = getattr(other.stack.layer(layer.name), side)
        if before is not None:
            seeds.append(after.recipe["seed"])
            assert after.rms_slope == pytest.approx(0.3, rel=1e-12)
            assert (before.recipe["hurst"], before.size) == (after.recipe["hurst"], after.size)
    assert seeds == [11, 12, 13, 14]  # the demo has 1 to 4
    one, two = demo.to_dict(), other.to_dict()
    for data in (one, two):
        del data["name"], data["surface"]
    assert one == two


def test_a_slope_alone_scales_the_same_surface(study: Any, demo: ifem.Case) -> None:
    face = study.variant(demo, "steep", rms_slope=0.2).stack.layer("separator").top
    same = demo.stack.layer("separator").top.scaled(rms_slope=0.2)
    assert face.at(face.x) == pytest.approx(same.at(face.x), abs=1e-12)


def test_an_edge_changes_the_mesh_only(study: Any, demo: ifem.Case) -> None:
    finer = study.variant(demo, "finer", edge=0.2)
    assert finer.mesh.edge == pytest.approx(0.2)
    assert finer.stack == demo.stack


def test_rows_of_runs_that_complete_stop_or_are_refused(
    study: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {
        # one iteration is not enough for plastic contact
        "impatient": tiny(patience=1, iterations=1),
        "too fine": tiny(edge="0.1 nm"),
        "good": tiny(),
    }
    columns = ["run", *study.SOLVER[:-1], "contact", "reason"]

    def describe(name: str, results: ifem.Results | None) -> dict[str, str]:
        row = {"run": name}
        if results is not None:
            moment = study.last_at(results, 1.0)
            row |= study.reached(
                results, moment, {"contact": "contact_fraction[electrolyte|anode]"}
            )
        return row

    path = tmp_path / "table" / "rows.csv"
    assert study.follow(cases, path, describe, columns, workers=1) == 3
    with path.open(newline="", encoding="utf-8") as file:
        rows = {row["run"]: row for row in csv.DictReader(file)}
    assert {name: row["status"] for name, row in rows.items()} == {
        "impatient": "stopped", "too fine": "refused", "good": "complete"
    }  # fmt: skip
    assert "convergence: " in rows["impatient"]["reason"]
    assert "1 iterations" in rows["impatient"]["reason"]
    assert rows["too fine"]["reason"].startswith("mesh: mesh.edge: ")
    good = rows["good"]
    assert good["reason"] == ""
    assert 0.0 < float(good["contact"]) <= 1.0
    assert float(good["worst force balance [-]"]) < 1e-6  # what a run demands of itself
    assert float(good["worst penetration/rms [-]"]) < 1e-3  # the same
    assert int(good["linear solves"]) >= int(good["increments"]) > 1
    assert list(study.complete(path.parent)) == ["good"]
    with study.complete(path.parent)["good"]() as results:
        assert results.status == "complete"
    # head, rule and three rows of equal length, then why two runs did not complete
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    rules, reasons = text.split("\n\n")
    assert len(rules.splitlines()) == 5
    assert len({line.replace("\\|", "").count("|") for line in rules.splitlines()}) == 1
    assert [line.split(":")[0] for line in reasons.splitlines()] == ["- impatient", "- too fine"]
    assert "impatient: convergence: stopped in step" in capsys.readouterr().out
    # what is there is not run again
    before = {file: file.stat().st_mtime_ns for file in path.parent.rglob("results.h5")}
    assert study.follow(cases, path, describe, columns, workers=1, upright=True) == 3
    assert before == {file: file.stat().st_mtime_ns for file in path.parent.rglob("results.h5")}
    assert "3 are there already" in capsys.readouterr().out
    head = path.with_suffix(".md").read_text(encoding="utf-8").splitlines()[0]
    assert head == "| run | impatient | too fine | good |"


def test_ctrl_c_leaves_no_row_and_says_how_to_go_on(
    study: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ifem.Sweep, "run", stopped)
    path = tmp_path / "new" / "rows.csv"
    assert study.follow({"one": tiny()}, path, lambda *_: {}, ["run"]) == 130
    assert not path.exists()
    assert "goes on from here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "options", "runs"),
    [
        ("robustness", [], 14),  # ten seeds and four slopes, asked for by the design
        ("robustness", ["--seeds", "5", "--slopes"], 1),
        ("refinement", [], 3),
        ("dwell", [], 6),  # three pressures with and without creep
        ("left_out", [], 6),
        ("gap_closing", [], 3),
        ("li_llzo", [], 6),
        ("stack_pressure_sweep", [], 5),
        ("random_stacks", ["--plane", "1", "3", "--space", "1", "1"], 4),
    ],
)
def test_what_a_study_would_run(
    study: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: list[str],
    runs: int,
) -> None:
    command = importlib.import_module(name)
    made: list[dict[str, ifem.Case]] = []
    paths: list[Path] = []

    def pretend(cases: dict[str, ifem.Case], path: Path, *_: object, **__: object) -> int:
        made.append(cases)
        paths.append(path)
        return 3

    monkeypatch.setattr(command, "follow", pretend)
    monkeypatch.setattr(command, "complete", lambda folder: {}, raising=False)
    assert command.main([*options, "-o", str(tmp_path)]) == 3
    (cases,) = made
    assert len(cases) == runs
    assert all(case.check().ok for case in cases.values())
    sweep = ifem.Sweep(cases, folder=tmp_path / "sweep")
    assert len({run.key for run in sweep.plan.runs}) == runs
    assert paths == [tmp_path / f"{name}.csv"]


def test_dwell_changes_lithium_and_the_steps(study: Any, demo: ifem.Case) -> None:
    dwell: Any = importlib.import_module("dwell")
    case = dwell.dwelling(demo, "held", 5.0, "anand", small=False)
    assert case.stack.layers[-1].material.law.kind == "anand"
    assert [case.stack.layer(name).material for name in ("separator", "interlayer")] == [
        demo.stack.layer(name).material for name in ("separator", "interlayer")
    ]
    press, brief, rest = case.protocol
    assert (press.target_pressure, press.duration) == (5.0, 10.0)
    assert brief.duration + rest.duration == 600.0


def test_the_sweep_cycles_lithium_that_creeps(study: Any, demo: ifem.Case) -> None:
    sweep: Any = importlib.import_module("stack_pressure_sweep")
    case = sweep.cycled(demo, 2.5, 0.1, small=True)
    assert case.stack.layers[-1].material.law.kind == "anand"
    assert case.protocol.names == ("press", "release", "cycling")
    assert case.protocol.pressures == (187.0, 2.5, 2.5)
    step = case.protocol.steps[-1]
    # 0.1 mAh/cm^2 is 0.36 C/cm^2, 3.6e-3 uC/um^2
    assert (step.count, step.capacity) == (3, pytest.approx(3.6e-3))
    assert not case.check().mistakes
