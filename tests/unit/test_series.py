# SPDX-License-Identifier: MIT
"""A run as one file a part for ParaView, read by the reader that ParaView has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interfacefem.errors import ResultsError
from interfacefem.results import Results, ResultsWriter, export_series
from interfacefem.results.example import (
    example_current,
    example_increment,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_run_in_space

hdf = pytest.importorskip("vtkmodules.vtkIOHDF")
support = pytest.importorskip("vtkmodules.util.numpy_support")
pipeline = pytest.importorskip(
    "vtkmodules.vtkCommonExecutionModel"
).vtkStreamingDemandDrivenPipeline


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    folder = tmp_path_factory.mktemp("series") / "run"
    with example_run(folder, nx=6, points=9, increments=3) as results:
        yield results


class Read:
    """A file as ParaView sees it."""

    def __init__(self, path: Path) -> None:
        self.reader = hdf.vtkHDFReader()
        self.reader.SetFileName(str(path))
        self.reader.UpdateInformation()
        self.times = self.reader.GetOutputInformation(0).Get(pipeline.TIME_STEPS()) or ()

    def at(self, time: float) -> Any:
        self.reader.UpdateTimeStep(time)
        return self.reader.GetOutputDataObject(0)


def values(data: Any, name: str) -> np.ndarray:
    return np.asarray(support.vtk_to_numpy(data.GetArray(name)))


def test_layers_at_every_increment_that_has_them(run: Results, tmp_path: Path) -> None:
    files = export_series(run, tmp_path)
    assert [file.name for file in files] == [
        "layers.vtkhdf",
        "interface_separator~interlayer.vtkhdf",
        "interface_interlayer~anode.vtkhdf",
    ]
    read = Read(files[0])
    stored = [row for row in range(len(run)) if run.has_layers_at(row)]
    assert read.times == tuple(map(float, stored))
    for row in stored:
        grid = read.at(row)
        assert grid.GetNumberOfCells() == len(run.mesh.cells)
        pressure = values(grid.GetFieldData(), "nominal_pressure [MPa]")
        assert pressure.tolist() == [run.history["nominal_pressure"][row]]
        for name in run.layers:
            state = run.layer(name).at(*run.when(row))
            moved = values(grid.GetPointData(), "displacement [um]")[run.mesh.layer_nodes[name]]
            assert np.array_equal(moved[:, :2], state.displacement.values)
            stress = values(grid.GetCellData(), "von_mises_stress [MPa]")
            assert np.array_equal(stress[run.mesh.layer_cells(name)], state.von_mises_stress.values)


def test_interfaces_move(run: Results, tmp_path: Path) -> None:
    name = run.interfaces[0]
    read = Read(export_series(run, tmp_path)[1])
    assert read.times == tuple(map(float, range(len(run))))
    for row in range(len(run)):
        line, state = read.at(row), run.interface(name).at(*run.when(row))
        places = np.asarray(support.vtk_to_numpy(line.GetPoints().GetData()))
        assert np.array_equal(places[:, :2], state.points)
        shown = values(line.GetPointData(), "contact_pressure [MPa]")
        assert np.array_equal(shown, state.contact_pressure.values)
        assert line.GetNumberOfCells() == len(state.points) - 1


def test_load_as_time_rises(run: Results, tmp_path: Path) -> None:
    read = Read(export_series(run, tmp_path, time="load")[1])
    load = run.history["nominal_pressure"]
    assert np.all(np.diff(read.times) > 0.0)
    assert len(read.times) < len(run)  # a hold and a release raise nothing
    assert read.times == tuple(sorted(set(load[: int(np.argmax(load)) + 1].tolist())))
    with pytest.raises(ResultsError, match=r"time 'loads': did you mean \"load\""):
        export_series(run, tmp_path, time="loads")  # type: ignore[arg-type]


def test_areas_have_quadrilaterals_and_hexahedra(tmp_path: Path) -> None:
    with example_run_in_space(tmp_path / "run") as results:
        layers, face, _ = (Read(file) for file in export_series(results))
        grid, area = layers.at(layers.times[-1]), face.at(face.times[-1])
        assert grid.GetCell(0).GetClassName() == "vtkHexahedron"
        assert area.GetCell(0).GetClassName() == "vtkQuad"
        assert area.GetNumberOfPoints() == len(results.interface(results.interfaces[0]).at().points)


def test_a_unit_with_a_slash_and_a_field_that_is_not_always_there(tmp_path: Path) -> None:
    # current densities are stored where a current was solved; HDF5 takes a slash for a group
    mesh = example_mesh(nx=4)
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    for row, pressure in enumerate((1.0, 2.0, 3.0)):
        snapshot = example_increment(mesh, "press", 0, row, pressure, points=9)
        writer.append(snapshot)
        if row == 1:
            writer.append_current(example_current(mesh, snapshot))
    with Results.open(tmp_path / "run") as results:
        name = results.interfaces[0]
        (file,) = (file for file in export_series(results) if name.partition("|")[0] in file.name)
        read = Read(file)
        for row in range(3):
            density = values(read.at(row).GetPointData(), "current_density [mA per cm^2]")
            if row == 1:
                state = results.interface(name).at("press", row)
                assert np.array_equal(density, state.field("current_density").values)
            else:
                assert np.isnan(density).all()


def test_what_cannot_be_written(run: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="choose another folder"):
        export_series(run, run.path)
    mesh = example_mesh(nx=2)
    ResultsWriter.create(tmp_path / "empty", case={}, mesh=mesh)
    with (
        Results.open(tmp_path / "empty") as empty,
        pytest.raises(ResultsError, match="nothing to export"),
    ):
        export_series(empty)
