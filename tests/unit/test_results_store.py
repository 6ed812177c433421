# SPDX-License-Identifier: MIT
"""What is written is what is read: values, units, order, provenance; and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from interfacefem.errors import ResultsError
from interfacefem.results import Results, ResultsWriter, schema
from interfacefem.results.example import (
    AMPLITUDE,
    MEAN_CURRENT,
    PRESS,
    ExampleMesh,
    example_current,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
    threshold,
)
from interfacefem.results.store import PART_NAME

LOWER = "separator|interlayer"
INTERFACE_FIELDS = {n: item.unit for n, item in schema.fields("point").items() if item.required}
LAYER_FIELDS = {
    n: (item.unit, item.place) for n, item in schema.fields("node", "cell").items() if item.required
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def mesh() -> ExampleMesh:
    return example_mesh(6, 1)


@pytest.fixture
def writer(mesh: ExampleMesh, tmp_path: Path) -> ResultsWriter:
    return ResultsWriter.create(tmp_path / "run", case={"name": "made up"}, mesh=mesh)


def test_fields_come_back_exactly(run: Results) -> None:
    sent = example_increment(example_mesh(), "press", 0, 3, PRESS, layers=True)
    for part in sent.interfaces:
        state = run.interface(part.name).at("press")
        assert (state.increment, state.nominal_pressure) == (3, PRESS)
        assert np.array_equal(state.points_reference, part.points_reference)
        for name in INTERFACE_FIELDS:
            field = state.field(name)
            assert np.array_equal(field.values, getattr(part, name))
            assert np.array_equal(field.weights, part.weights)
            assert np.array_equal(field.points, part.points)
            assert field.unit == INTERFACE_FIELDS[name]
    assert sent.layers is not None
    for layer in sent.layers:
        found = run.layer(layer.name).at("press")
        for name, (unit, location) in LAYER_FIELDS.items():
            field = found.field(name)
            assert np.array_equal(field.values, getattr(layer, name))
            assert (field.unit, field.location) == (unit, location)
            size = len(found.points_reference) if location == "node" else len(found.cells)
            assert len(field) == size


def test_mesh_comes_back(run: Results) -> None:
    mesh = example_mesh()
    assert np.array_equal(run.mesh.points, mesh.points)
    assert np.array_equal(run.mesh.cells, mesh.cells)
    assert run.layers == mesh.layer_names
    assert run.interfaces == tuple(mesh.interfaces)
    for name in run.layers:
        nodes, cells = run.mesh.layer_nodes[name], run.mesh.layer_cells(name)
        assert np.array_equal(nodes[run.mesh.layer_connectivity(name)], mesh.cells[cells])
    assert set(run.mesh.boundaries) == {"bottom", "top"}


def test_rms_height_of_two_cosine_faces(tmp_path: Path) -> None:
    # Each face has rms A/sqrt(2), both together A. Chords of 24 edges a wave keep the square up
    # to (2 + cos(2 pi/24))/3, the exact mean square of a broken line through a cosine.
    run = example_run(tmp_path / "run", nx=72)
    expected = AMPLITUDE * np.sqrt((2.0 + np.cos(2.0 * np.pi / 24.0)) / 3.0)
    assert run.interface(LOWER).rms_height == pytest.approx(expected, rel=1e-12)


def test_every_dataset_has_a_unit(run: Results) -> None:
    missing = []

    def look(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and "unit" not in item.attrs:
            missing.append(name)

    with h5py.File(run.path, "r") as file:
        file.visititems(look)
    assert missing == []


def test_history_agrees_with_the_closed_form(run: Results) -> None:
    history = run.history
    assert history["step"].tolist() == ["press"] * 4 + ["hold"] + ["release"] * 4
    assert history["increment"].tolist() == [0, 1, 2, 3, 0, 0, 1, 2, 3]
    # contact where the wave is above its threshold: arccos(t)/pi; at most one point per flank
    # and wave is counted wrongly, 6 of 120 edges.
    expected = [np.arccos(threshold(p)) / np.pi for p in history["nominal_pressure"]]
    assert history.of("contact_fraction", LOWER) == pytest.approx(expected, abs=6 / 120)
    assert history["energy_balance_error"] == pytest.approx(np.zeros(9), abs=1e-12)
    assert history.units["max_penetration"] == "um"
    peak = run.interface(LOWER).at("press").contact_pressure.max()
    assert history.of("max_pressure", LOWER)[3] == peak


def test_units_people_use_for_current_and_resistance(run: Results) -> None:
    current = run.current("press")
    # 1 mA/cm2 = 1e-5 uA/um2 and 1 ohm cm2 = 100 V um2/uA (definition of the units)
    assert current.mean_current_density == pytest.approx(MEAN_CURRENT * 1e5, rel=1e-14)
    assert current.asr_total == pytest.approx(33.0, rel=1e-14)
    parts = sum(current.asr_layers.values()) + sum(current.asr_interfaces.values())
    assert parts + current.asr_constriction == pytest.approx(current.asr_total, rel=1e-14)
    assert list(current.asr_layers) == list(run.layers)
    field = current.interface(LOWER)
    assert field.unit == "mA/cm^2"
    assert field.mean() == pytest.approx(0.5, rel=1e-12)
    assert np.array_equal(run.interface(LOWER).at("press").current_density.values, field.values)
    assert run.history["asr"] == pytest.approx(np.full(9, 33.0))
    assert run.history.units["asr"] == "ohm cm^2"
    assert run.layer("anode").at("press").potential.unit == "V"
    assert run.layer("anode").at("press").current_density.values[0, 1] == pytest.approx(0.5)


def test_reference_points_are_stored_once(run: Results) -> None:
    with h5py.File(run.path, "r") as file:
        places = [
            group[f"interfaces/{LOWER}/points_reference"] for group in file["increments"].values()
        ]
        assert all(place == places[0] for place in places)


def test_case_materials_and_provenance(run: Results) -> None:
    assert run.case["current"]["critical"] == "1 mA/cm^2"
    assert run.name == "example"
    assert run.provenance["methods"] == ["dual_mortar", "augmented_lagrangian"]
    assert run.materials == example_materials()
    assert run.materials["separator"].value("hardness").high == 1000.0
    assert run.status == "complete"


def test_a_case_brings_its_materials(mesh: ExampleMesh, tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Layer:
        name: str
        material: Any

    class Stack:
        layers = tuple(Layer(name, item) for name, item in example_materials().items())

    class Case:
        stack = Stack()

        def to_dict(self) -> dict[str, Any]:
            return {"name": "a case", "seed": None, "sizes": (1.0, np.float64(2.0))}

    ResultsWriter.create(tmp_path, case=Case(), mesh=mesh).finish()
    run = Results.open(tmp_path)
    assert run.case == {"name": "a case", "sizes": [1.0, 2.0]}
    assert run.materials == example_materials()


def test_toml_text_is_kept_as_it_is(mesh: ExampleMesh, tmp_path: Path) -> None:
    text = '# written by hand\nname = "x"\n'
    ResultsWriter.create(tmp_path, case=text, mesh=mesh)
    assert Results.open(tmp_path).case_text == text


def test_an_open_run_stays_as_it_was(writer: ResultsWriter, mesh: ExampleMesh) -> None:
    writer.append(example_increment(mesh, "press", 0, 0, 1.0))
    run = Results.open(writer.folder)
    assert run.status == "running"
    for increment in range(1, 4):
        writer.append(example_increment(mesh, "press", 0, increment, 1.0 + increment))
    assert len(run) == 1
    assert run.interface(LOWER).at("press").nominal_pressure == 1.0
    run.refresh()
    assert run.increments("press") == (0, 1, 2, 3)
    assert run.interface(LOWER).at().nominal_pressure == 4.0
    assert sorted(path.name for path in writer.folder.iterdir()) == ["results.h5"]


def test_a_run_is_not_overwritten_silently(mesh: ExampleMesh, tmp_path: Path) -> None:
    example_run(tmp_path / "run", nx=6)
    before = (tmp_path / "run" / "results.h5").read_bytes()
    with pytest.raises(ResultsError, match="overwrite=True"):
        ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    assert (tmp_path / "run" / "results.h5").read_bytes() == before
    ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh, overwrite=True)
    assert len(Results.open(tmp_path / "run")) == 0


def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    writer: ResultsWriter, mesh: ExampleMesh
) -> None:
    good = example_increment(mesh, "press", 0, 0, 1.0, layers=True)
    short = dataclasses.replace(good.interfaces[0], gap=good.interfaces[0].gap[:-1])
    with pytest.raises(ResultsError, match="gap has 120 values for 121 points"):
        writer.append(dataclasses.replace(good, interfaces=(short, good.interfaces[1])))
    with pytest.raises(ResultsError, match="the mesh has"):
        writer.append(dataclasses.replace(good, interfaces=good.interfaces[::-1]))
    assert good.layers is not None
    with pytest.raises(ResultsError, match="the mesh has"):
        writer.append(dataclasses.replace(good, layers=good.layers[:1]))
    with pytest.raises(ResultsError, match="append the increment"):
        writer.append_current(example_current(mesh, good))
    assert len(Results.open(writer.folder)) == 0
    writer.append(good)
    with pytest.raises(ResultsError, match="is stored already"):
        writer.append(good)
    writer.append_current(example_current(mesh, good))
    with pytest.raises(ResultsError, match="has a current already"):
        writer.append_current(example_current(mesh, good))
    assert len(Results.open(writer.folder)) == 1


def test_a_failing_append_leaves_the_writer_usable(
    writer: ResultsWriter, mesh: ExampleMesh
) -> None:
    good = example_increment(mesh, "press", 0, 0, 1.0)
    broken = dataclasses.replace(good, closure="much")  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        writer.append(broken)
    assert not (writer.folder / PART_NAME).exists()
    writer.append(good)
    assert Results.open(writer.folder).increments("press") == (0,)


def test_current_is_optional_and_late(writer: ResultsWriter, mesh: ExampleMesh) -> None:
    snapshots = [example_increment(mesh, "press", 0, i, 1.0 + i) for i in range(3)]
    for snapshot in snapshots:
        writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshots[1]))
    run = Results.open(writer.folder)
    assert np.isnan(run.history["asr"]).tolist() == [True, False, True]
    assert run.current().increment == 1
    with pytest.raises(ResultsError, match="stored for increments 1"):
        run.current("press", 2)
    latest = dataclasses.replace(example_current(mesh, snapshots[2]), increment=None)
    writer.append_current(latest)
    run.refresh()
    assert run.current("press").increment == 2


def test_how_a_run_ends(mesh: ExampleMesh, tmp_path: Path) -> None:
    def end(name: str, error: BaseException | None) -> str:
        try:
            with ResultsWriter.create(tmp_path / name, case={}, mesh=mesh) as writer:
                writer.append(example_increment(mesh, "press", 0, 0, 1.0))
                if error is not None:
                    raise error
        except (RuntimeError, KeyboardInterrupt):
            pass
        run = Results.open(tmp_path / name)
        assert len(run) == 1
        return run.status

    assert end("good", None) == "complete"
    assert (
        end("bad", RuntimeError("no convergence at 73 MPa")) == "stopped: no convergence at 73 MPa"
    )
    assert end("user", KeyboardInterrupt()).startswith("interrupted: stopped by the user")


def test_provenance_is_added_at_the_end(writer: ResultsWriter) -> None:
    writer.finish("stopped", "why", provenance={"wall_time": {"solve": 3.0}})
    run = Results.open(writer.folder)
    assert run.status == "stopped: why"
    assert run.provenance == {"wall_time": {"solve": 3.0}}


def test_risk_rows_are_replaced_and_merged(writer: ResultsWriter, mesh: ExampleMesh) -> None:
    def row(subject: str, ratio: float, step: str) -> dict[str, Any]:
        return {"rank": 1, "subject": subject, "cause": "c", "ratio": ratio, "step": step}

    for index, step in enumerate(("press", "release")):
        writer.append(example_increment(mesh, step, index, 0, 1.0))
    writer.append_risk("press", [row("a", 9.0, "press")])
    writer.append_risk("press", [row("a", 0.5, "press"), row("b", 0.2, "press")])
    writer.append_risk("release", [row("a", 0.7, "release")])
    run = Results.open(writer.folder)
    assert [item["ratio"] for item in run.risk_rows("press")] == [0.5, 0.2]
    merged = [(item["rank"], item["subject"], item["step"]) for item in run.risk_rows()]
    assert merged == [(1, "a", "release"), (2, "b", "press")]
