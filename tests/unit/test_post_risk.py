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
from interfacefem.reference.constriction import spot_over_strip
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

LOWER, UPPER = "separator|interlayer", "interlayer|anode"
NX = 24


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("runs") / "run", nx=NX)


@pytest.fixture(scope="module")
def risks(run: Results) -> post.RiskTable:
    return post.risk_table(run)


def only(risks: post.RiskTable, subject: str, cause: str) -> list[post.RiskRow]:
    return [row for row in risks if subject in row.subject and row.cause == cause]


def test_ranked_by_what_can_be_said(risks: post.RiskTable) -> None:
    order = ["certain", "possible", "undecided", "below"]
    verdicts = [row.verdict for row in risks]
    assert verdicts == sorted(verdicts, key=order.index)
    assert set(verdicts) == set(order)
    # of what is over its threshold, or may be, the least that it can be counts
    least = [row.ratios[0] for row in risks if row.verdict == "certain"]
    assert least == sorted(least, reverse=True)
    most = [row.ratios[2] for row in risks if row.verdict == "below"]
    assert most == sorted(most, reverse=True)
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
    # 37 MPa of 30 to 80
    assert row.verdict == "possible"
    assert "estimate" in row.comment
    # over 30 MPa beyond x = 0.868 L, that is in 3 of 24 columns of cells, by the crest of a wave
    assert "over it in 0 % (0 to 12.6) of the layer" in row.comment


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
    # two ion conductors have no metal to strip or to plate, whatever current flows there
    assert not only(risks, LOWER, "hotspot")
    rows = only(risks, UPPER, "hotspot")
    assert len(rows) == 3
    field = run.current("release").interface(UPPER)
    assert rows[0].value == field.max()
    assert (rows[0].threshold, rows[0].unit) == (1.0, "mA/cm^2")
    assert rows[0].step == "release"
    own = post.risk_table(run, critical_current_density="2 mA/cm^2")
    assert only(own, UPPER, "hotspot")[0].ratio == pytest.approx(0.5 * rows[0].ratio)
    assert only(own, UPPER, "hotspot")[0].source == "given by the user"


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
    run = Results.open(tmp_path)
    assert not only(post.risk_table(run), LOWER, "hotspot")
    row = only(post.risk_table(run), UPPER, "hotspot")[0]
    # 1 mA/cm2 = 1e-5 uA/um2
    limits = (row.threshold, row.threshold_low, row.threshold_high)
    assert limits == pytest.approx((0.4, 0.2, 0.9), rel=1e-12)
    assert row.source == "someone, 2022"


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    bare = Material("ceramic c", Elastic("30 GPa", 0.3), brittle=True)
    metal = example_materials()["anode"]
    known = {"separator": bare, "interlayer": bare, "anode": metal}
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh, materials=known)
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshot))
    run = Results.open(tmp_path)
    table = post.risk_table(run)
    # of the metal its yield stress is known, and so what a slit needs
    assert {row.cause for row in table} == {"over-pressing: metal driven in"}
    notes = "\n".join(table.notes)
    assert "tensile strength of ceramic c is not known" in notes
    assert "hardness of ceramic c is not known" in notes
    assert f"hotspots of interface '{UPPER}' are not judged: no critical current" in notes
    assert f"hotspots of interface '{LOWER}'" not in notes
    assert len(table.notes) == len(set(table.notes))
    without = post.risk_table(run, materials={})
    assert "nothing to rank" in without.to_text()
    assert "written without its materials; not judged: hotspot, over-" in without.notes[0]


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
    head = "rank place step cause verdict value threshold value/threshold comment"
    assert lines[0].split() == head.split()
    assert [line.split()[0] for line in lines[2:5]] == ["1", "2", "3"]
    assert "Thresholds" in text
    assert f"and {len(risks) - 3} more: " in text
    # what the verdicts that are shown mean, and no others
    assert "  certain: over the threshold" in text
    assert "  below:" not in text
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
    said = stored.summary()
    # the first rows, in the very words of the table
    table = post.risk_table(run).to_text(8)
    assert table[: table.index("  Thresholds")].strip() in said


def test_summary_with_risk(run: Results) -> None:
    text = post.summary(run)
    assert "Checks, worst of all increments" in text
    assert post.risk_table(run).rows[0].place in text


def test_summary_of_a_section_says_what_spots_would_constrict(run: Results) -> None:
    text = post.summary(run)
    touching = {
        (name, step): post.contact_fraction(run.interface(name).at(step))
        for name in run.interfaces
        for step in run.steps
    }
    few = {key: share for key, share in touching.items() if 0.0 < share < 0.5}
    assert few
    part = text[text.index("spot over strip") :]
    for (name, step), share in few.items():
        line = next(row for row in part.splitlines() if name in row and step in row)
        assert float(line.split()[-1]) == pytest.approx(spot_over_strip(share), rel=1e-2)
        squeezed = run.current(step).asr_constriction if run.has_current(step) else None
        if squeezed is not None:
            assert float(line.split()[-2]) == pytest.approx(squeezed, rel=1e-3)
    assert any(run.has_current(step) for _, step in few)
