# SPDX-License-Identifier: MIT
"""The risk table: values and thresholds of a made-up run, ranking, text, what cannot be judged."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from interfacefem import post
from interfacefem.errors import ResultsError
from interfacefem.materials import Elastic, Material, Value
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    PRESS,
    WIDTH,
    example_current,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
)

LOWER = "separator|interlayer"
NX = 24


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("runs") / "run", nx=NX)


@pytest.fixture(scope="module")
def risks(run: Results) -> post.RiskTable:
    return post.risk_table(run)


def only(risks: post.RiskTable, subject: str, cause: str) -> list[post.RiskRow]:
    return [row for row in risks if subject in row.subject and row.cause == cause]


def test_ranked_by_ratio(risks: post.RiskTable) -> None:
    ratios = [row.ratio for row in risks]
    assert ratios == sorted(ratios, reverse=True)
    assert [row.rank for row in risks] == list(range(1, len(risks) + 1))
    assert all(row.ratio == pytest.approx(row.value / row.threshold) for row in risks)


def test_tension_is_held_against_the_strength(risks: post.RiskTable) -> None:
    (row,) = only(risks, "'separator'", "over-pressing: tension")
    # The example's tension is p (0.3 x/L - 0.1) at cell centres; the last centre is at L - L/48.
    x = WIDTH * (1.0 - 0.5 / NX)
    assert row.value == pytest.approx(PRESS * (0.3 * x / WIDTH - 0.1), rel=1e-12)
    assert (row.threshold, row.threshold_low, row.threshold_high) == (50.0, 30.0, 80.0)
    assert (row.unit, row.step, row.source) == ("MPa", "press", "a round number")
    assert f"x = {x:.4g} um" in row.place
    assert "within the range" in row.comment
    assert "estimate" in row.comment


def test_contact_pressure_is_held_against_the_hardness(run: Results, risks: post.RiskTable) -> None:
    (row,) = only(risks, "'interlayer'", "over-pressing: contact pressure")
    assert row.value == run.interface(LOWER).at("press").contact_pressure.max()
    assert (row.threshold, row.threshold_high) == (600.0, 1000.0)


def test_ductile_layers_are_not_over_pressed(risks: post.RiskTable) -> None:
    assert not [row for row in risks if row.subject == "layer 'anode'"]


def test_delamination_on_release(run: Results, risks: post.RiskTable) -> None:
    (row,) = only(risks, LOWER, "delamination")
    found = post.delamination(run, LOWER, "release")
    assert row.value == found.opened_fraction
    assert row.threshold == 0.05
    assert "convention" in row.source
    assert "not measured" in row.source
    assert row.step == "release"
    x = float(row.place.split("x = ")[1].split()[0])
    at = int(np.argmin(np.abs(found.opened.x - x)))
    assert found.opened.values[at] == pytest.approx(found.max_gap)


def test_hotspots_against_the_critical_current(run: Results, risks: post.RiskTable) -> None:
    rows = only(risks, LOWER, "hotspot")
    assert len(rows) == 3
    field = run.current("release").interface(LOWER)
    assert rows[0].value == field.max()
    assert (rows[0].threshold, rows[0].unit) == (1.0, "mA/cm^2")
    assert rows[0].step == "release"
    own = post.risk_table(run, critical_current_density="2 mA/cm^2")
    assert only(own, LOWER, "hotspot")[0].ratio == pytest.approx(0.5 * rows[0].ratio)
    assert only(own, LOWER, "hotspot")[0].source == "given by the user"


def test_one_step(run: Results) -> None:
    pressed = post.risk_table(run, "press")
    assert {row.step for row in pressed} == {"press"}
    assert not only(pressed, "", "delamination")
    with pytest.raises(ResultsError, match="did you mean 'press'"):
        post.risk_table(run, "pres")


def test_critical_current_of_the_material_in_the_units_of_the_field(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    record = Value(0.4e-5, "uA/um^2", 0.2e-5, 0.9e-5, 298.15, "someone, 2022", "M")
    materials = example_materials()
    materials["interlayer"] = Material(
        "ceramic c", Elastic("30 GPa", 0.3), records={"critical_current_density": record}
    )
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh, materials=materials)
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshot))
    row = only(post.risk_table(Results.open(tmp_path)), LOWER, "hotspot")[0]
    # 1 mA/cm2 = 1e-5 uA/um2
    limits = (row.threshold, row.threshold_low, row.threshold_high)
    assert limits == pytest.approx((0.4, 0.2, 0.9), rel=1e-12)
    assert row.source == "someone, 2022"


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    bare = Material("ceramic c", Elastic("30 GPa", 0.3), brittle=True)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh, materials={"separator": bare})
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshot))
    run = Results.open(tmp_path)
    table = post.risk_table(run)
    assert len(table) == 0
    notes = "\n".join(table.notes)
    assert "tensile strength of ceramic c is not known" in notes
    assert "hardness of ceramic c is not known" in notes
    assert f"hotspots of interface '{LOWER}' are not judged" in notes
    assert len(table.notes) == len(set(table.notes))
    assert "nothing to rank" in table.to_text()
    assert "written without its materials" in post.risk_table(run, materials={}).notes[0]


def test_compression_only_is_no_tension(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh, materials=example_materials())
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    assert snapshot.layers is not None
    squeezed = tuple(
        dataclasses.replace(layer, max_principal_stress=np.full(len(layer.stress), -3.0))
        for layer in snapshot.layers
    )
    writer.append(dataclasses.replace(snapshot, layers=squeezed))
    row = only(post.risk_table(Results.open(tmp_path)), "'separator'", "over-pressing: tension")[0]
    assert (row.value, row.ratio) == (-3.0, 0.0)
    assert row.comment.startswith("no tension")


def test_text_and_csv(risks: post.RiskTable, tmp_path: Path) -> None:
    text = risks.to_text(3)
    lines = text.splitlines()
    assert lines[0].split() == "rank place step cause value threshold ratio comment".split()
    assert [line.split()[0] for line in lines[2:5]] == ["1", "2", "3"]
    assert "Thresholds" in text
    with risks.to_csv(tmp_path / "risk.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(risks)
    assert float(rows[0]["ratio"]) == risks.rows[0].ratio
    assert rows[0]["place"] == risks.rows[0].place
    with pytest.raises(ResultsError, match="choose another place"):
        risks.to_csv(tmp_path / "missing" / "risk.csv")


def test_stored_rows_are_the_same_table(run: Results, tmp_path: Path) -> None:
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={"name": "stored"}, mesh=mesh)
    for index, step in enumerate(run.steps):
        writer.append(example_increment(mesh, step, index, 0, PRESS))
        writer.append_risk(step, post.risk_table(run, step).to_records())
    stored = Results.open(tmp_path)
    assert post.RiskTable.from_records(stored.risk_rows()).rows == post.risk_table(run).rows
    assert "Risk, worst of all steps (first 8 of" in stored.summary()
    assert post.risk_table(run).rows[0].place in stored.summary()


def test_summary_with_risk(run: Results) -> None:
    text = post.summary(run)
    assert "Checks, worst of all increments" in text
    assert post.risk_table(run).rows[0].place in text
