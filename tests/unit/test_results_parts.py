# SPDX-License-Identifier: MIT
"""A run in several files reads as one, and is whole at every moment."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from interfacefem.errors import ResultsError
from interfacefem.results import Results, ResultsWriter, store
from interfacefem.results.example import (
    ExampleMesh,
    example_current,
    example_increment,
    example_mesh,
    example_run,
)
from interfacefem.results.files import put_in_place

LOWER = "separator|interlayer"
INCREMENTS = 8


@pytest.fixture
def mesh() -> ExampleMesh:
    return example_mesh(12)


def fill(folder: Path, mesh: ExampleMesh) -> ResultsWriter:
    """Store some increments with layers and currents."""
    writer = ResultsWriter.create(folder, case={"name": "parts"}, mesh=mesh)
    for increment in range(INCREMENTS):
        add(writer, mesh, increment)
    return writer


def add(writer: ResultsWriter, mesh: ExampleMesh, increment: int) -> None:
    snapshot = example_increment(mesh, "press", 0, increment, 1.0 + increment, layers=True)
    writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshot))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part for every few increments."""
    monkeypatch.setattr(store, "PART_SIZE", 250_000)


@pytest.fixture
def whole(mesh: ExampleMesh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Results:
    with monkeypatch.context() as patch:
        patch.setattr(store, "PART_SIZE", 1 << 30)
        fill(tmp_path / "whole", mesh).finish()
    assert [path.name for path in (tmp_path / "whole").iterdir()] == ["results.h5"]
    return Results.open(tmp_path / "whole")


def assert_equal(one: Results, two: Results) -> None:
    assert one.increments("press") == two.increments("press")
    for name, values in one.history.columns.items():
        assert np.array_equal(values, two.history[name], equal_nan=values.dtype.kind == "f")
    for increment in one.increments("press"):
        for of in (lambda run, i=increment: run.interface(LOWER).at("press", i).gap,
                   lambda run, i=increment: run.layer("anode").at("press", i).field("stress"),
                   lambda run, i=increment: run.current("press", i).interface(LOWER)):  # fmt: skip
            assert np.array_equal(of(one).values, of(two).values)


@pytest.mark.usefixtures("small")
def test_parts_read_as_one(mesh: ExampleMesh, whole: Results, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    writer = fill(folder, mesh)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) >= 3
    assert names == [*(f"results-{i:03d}.h5" for i in range(1, len(names))), "results.h5"]
    writer.finish()
    with Results.open(folder) as run:
        assert run.status == "complete"
        assert_equal(whole, run)
        # one file is held open a part, not an increment
        assert len({place.group.file.filename for place in run._groups}) == len(names)
        reference = [run.interface(LOWER).at("press", i).points_reference for i in (0, -1)]
        assert np.array_equal(*reference)
    # no size grows with the number of increments
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert max(sizes) < 2.5 * store.PART_SIZE
    # the folder can stand anywhere
    folder.rename(tmp_path / "moved")
    with Results.open(tmp_path / "moved") as run:
        assert_equal(whole, run)


@pytest.mark.usefixtures("small")
def test_who_reads_keeps_what_was_there(mesh: ExampleMesh, tmp_path: Path) -> None:
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    for increment in range(4):
        add(writer, mesh, increment)
    with Results.open(writer.folder) as early:
        for increment in range(4, INCREMENTS):
            add(writer, mesh, increment)
        ResultsWriter.create(writer.folder, case={}, mesh=mesh, overwrite=True)
        for increment in range(4):
            state = early.interface(LOWER).at("press", increment)
            assert state.nominal_pressure == 1.0 + increment
            assert len(state.gap) == 121
    # the parts of a run that was replaced are gone with it
    assert [path.name for path in writer.folder.iterdir()] == ["results.h5"]


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_killed_between_two_files(
    mesh: ExampleMesh, whole: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Path] = []

    def put_and_keep(path: Path, data: bytes) -> None:
        put_in_place(path, data)
        kept.append(tmp_path / f"{len(kept):03d}")
        shutil.copytree(path.parent, kept[-1])

    with monkeypatch.context() as patch:
        patch.setattr("interfacefem.results.store.put_in_place", put_and_keep)
        patch.setattr("interfacefem.results.layout.put_in_place", put_and_keep)
        fill(tmp_path / "run", mesh)
    seen = [len(Results.open(moment)) for moment in kept]
    assert seen == sorted(seen)
    assert len(kept) > 1 + 2 * INCREMENTS  # parts were written in between
    files = [sorted(path.name for path in moment.iterdir()) for moment in kept]
    # right before a part, with the part beside the old file, and with both new
    turns = {i + j for i in range(1, len(kept)) if files[i] != files[i - 1] for j in (-1, 0, 1)}
    assert len(turns) >= 6
    for moment, rows in ((kept[i], seen[i]) for i in sorted(turns)):
        # what may lack its current is stored again, as a run that is continued does
        writer = ResultsWriter.reopen(moment, max(rows - 1, 0))
        assert len(writer) == max(rows - 1, 0)
        for increment in range(len(writer), INCREMENTS):
            add(writer, mesh, increment)
        with Results.open(moment) as run:
            assert run.status == "running"
            assert_equal(whole, run)


@pytest.mark.usefixtures("small")
def test_a_part_that_is_missing_is_named(mesh: ExampleMesh, tmp_path: Path) -> None:
    fill(tmp_path / "run", mesh)
    (tmp_path / "run" / "results-002.h5").unlink()
    with pytest.raises(ResultsError, match=r"results-002\.h5 is missing.*whole folder"):
        Results.open(tmp_path / "run")


@pytest.mark.usefixtures("small")
def test_a_current_must_not_come_late(mesh: ExampleMesh, tmp_path: Path) -> None:
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    first = example_increment(mesh, "press", 0, 0, 1.0, layers=True)
    writer.append(first)
    for increment in range(1, 6):
        add(writer, mesh, increment)
    with pytest.raises(ResultsError, match="is closed; store a current before"):
        writer.append_current(example_current(mesh, first))


def test_reopening_keeps_what_is_asked_for(tmp_path: Path) -> None:
    run = example_run(tmp_path / "run", nx=6)
    steps = run.history["step"][:5].tolist()
    sessions = [{"after_increments": 5, "status": "running"}]
    writer = ResultsWriter.reopen(run.folder, 5, provenance={"sessions": sessions})
    with Results.open(run.folder) as again:
        assert again.status == "running"
        assert again.run == run.run == writer.run
        assert again.history["step"].tolist() == steps
        assert len(again._groups) == 5
        assert again.provenance == run.provenance | {"sessions": sessions}
    with pytest.raises(ResultsError, match="is stored already"):
        writer.append(example_increment(example_mesh(6), "press", 0, 0, 1.0))
    writer.append(example_increment(example_mesh(6), "release", 2, 0, 1.0))
    writer.finish()
    assert Results.open(run.folder).status == "complete"
