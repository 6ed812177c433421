# SPDX-License-Identifier: MIT
"""Opening: damage, other versions, unknown names; texts, export, what is not imported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import meshio
import numpy as np
import pytest

from interfacefem.errors import ResultsError
from interfacefem.post import contact_fraction
from interfacefem.results import Results, ResultsWriter, export_vtu
from interfacefem.results.documents import table
from interfacefem.results.example import AMPLITUDE, example_increment, example_mesh, example_run
from interfacefem.results.provenance import METHODS, cite

LOWER = "separator|interlayer"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def copy(run: Results, tmp_path: Path) -> Path:
    return Path(shutil.copy(run.path, tmp_path / "results.h5"))


def test_folder_or_file(run: Results) -> None:
    assert Results.open(run.folder).path == Results.open(run.path).path == run.path
    assert Results(str(run.folder)).path == run.path


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such file"):
        Results.open(tmp_path)
    with pytest.raises(ResultsError, match="give the folder of a run"):
        Results.open(tmp_path / "nowhere")


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.999])
def test_a_file_cut_short(copy: Path, part: float) -> None:
    data = copy.read_bytes()
    copy.write_bytes(data[: int(part * len(data))])
    with pytest.raises(ResultsError, match="damaged"):
        Results.open(copy)


def test_a_file_overwritten_inside(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    data[100:4000] = bytes(3900)
    copy.write_bytes(data)
    with pytest.raises(ResultsError, match="damaged"):
        Results.open(copy)


def test_no_hdf5_and_foreign_hdf5(tmp_path: Path) -> None:
    text = tmp_path / "notes.h5"
    text.write_text("pressed on Monday", encoding="utf-8")
    with pytest.raises(ResultsError, match="no HDF5 file"):
        Results.open(text)
    foreign = tmp_path / "foreign.h5"
    with h5py.File(foreign, "w") as file:
        file["a"] = 1.0
    with pytest.raises(ResultsError, match="no result of interfacefem"):
        Results.open(foreign)


def test_another_version(copy: Path) -> None:
    with h5py.File(copy, "r+") as file:
        file.attrs["format_version"] = 99
    with pytest.raises(ResultsError, match="format version 99, this interfacefem reads 1"):
        Results.open(copy)


def test_a_missing_part(copy: Path) -> None:
    with h5py.File(copy, "r+") as file:
        del file["mesh/points"]
    with pytest.raises(ResultsError, match="damaged or no result"):
        Results.open(copy)


def test_unknown_names_say_what_there_is(run: Results) -> None:
    with pytest.raises(ResultsError, match=r"did you mean 'separator\|interlayer'"):
        run.interface("separator|interlayr")
    with pytest.raises(ResultsError, match="there is: 'press', 'hold', 'release'"):
        run.interface(LOWER).at("Formation")
    with pytest.raises(ResultsError, match="no layer 'cathode'; did you mean 'anode'"):
        run.layer("cathode")
    with pytest.raises(ResultsError, match="did you mean 'gap'"):
        run.interface(LOWER).at("press").field("gaps")
    with pytest.raises(ResultsError, match="no field 'strain'; did you mean 'plastic_strain'"):
        run.layer("anode").at("press").field("strain")
    with pytest.raises(ResultsError, match="no interface 'x'"):
        run.current("press").interface("x")
    with pytest.raises(ResultsError, match="stored for increments 0, 1, 2, 3"):
        run.interface(LOWER).at("press", 7)


def test_layer_fields_only_where_stored(run: Results) -> None:
    assert run.layer_increments("press") == (3,)
    with pytest.raises(
        ResultsError, match="no increment 1 with layer fields; it is stored for incr"
    ):
        run.layer("anode").at("press", 1)
    with pytest.raises(ResultsError, match="no increment -2 with layer fields"):
        run.layer("anode").at("press", -2)


def test_steps_without_layers_or_current(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    empty = Results.open(tmp_path)
    assert "no increment is stored yet" in empty.summary()
    with pytest.raises(ResultsError, match="no increment is stored yet"):
        empty.interface(LOWER).at()
    writer.append(example_increment(mesh, "press", 0, 0, 5.0, layers=True))
    writer.append(example_increment(mesh, "release", 1, 0, 1.0))
    run = Results.open(tmp_path)
    with pytest.raises(
        ResultsError, match="stored for none of its increments; steps that have it: press"
    ):
        run.layer("anode").at("release")
    with pytest.raises(ResultsError, match="steps that have it: none"):
        run.current("press")
    assert run.risk_rows() == []
    assert run.materials == {}


def test_summary_reports_numbers_and_checks(run: Results) -> None:
    text = run.summary()
    state = run.interface(LOWER).at("release")
    for name in run.interfaces:
        for step in run.steps:
            at = run.interface(name).at(step)
            touching, mean = contact_fraction(at), at.contact_pressure.mean()
            assert re.search(rf"{re.escape(name)} +{step} +{touching:.4g} +{mean:.4g} ", text)
    assert f"{state.contact_pressure.max():.4g}" in text
    assert re.search(r"force balance \[-\] +1e-09 +< 1e-06 +ok", text)
    assert re.search(r"press +187 +0.187 +4 +20 +24", text)
    assert re.search(r"press +187 +33 +- +25 +2 +6", text)
    assert "NOT MET" not in text
    assert max(len(line) for line in text.splitlines()) < 160


def test_summary_says_when_a_bar_is_missed(tmp_path: Path) -> None:
    from dataclasses import replace

    mesh = example_mesh(6)
    with ResultsWriter.create(tmp_path, case={"name": "bad"}, mesh=mesh) as writer:
        snapshot = example_increment(mesh, "press", 0, 0, 5.0)
        writer.append(replace(snapshot, force_balance_error=-1e-3, min_jacobian=-0.1))
    text = Results.open(tmp_path).summary()
    assert re.search(r"force balance \[-\] +0.001 +< 1e-06 +NOT MET", text)
    assert re.search(r"smallest jacobian \[-\] +-0.1 +> 0 +NOT MET", text)


@pytest.mark.parametrize("verdict", ["ok", "NOT MET"])
def test_an_overlap_is_measured_by_the_roughness_of_its_own_interface(
    tmp_path: Path, verdict: str
) -> None:
    from dataclasses import replace

    mesh = example_mesh(24)
    rough, smooth = mesh.interfaces
    for faces in (mesh.interfaces[smooth].lower, mesh.interfaces[smooth].upper):
        height = mesh.points[np.unique(faces), 1]
        mesh.points[np.unique(faces), 1] = height.mean() + 0.1 * (height - height.mean())
    with ResultsWriter.create(tmp_path, case={"name": "overlap"}, mesh=mesh) as writer:
        snapshot = example_increment(mesh, "press", 0, 0, 5.0)
        deep = 5e-4 * AMPLITUDE  # rms height of both faces together
        overlapping = rough if verdict == "ok" else smooth
        interfaces = tuple(
            replace(part, gap=part.gap - deep) if part.name == overlapping else part
            for part in snapshot.interfaces
        )
        writer.append(replace(snapshot, interfaces=interfaces))
    value = r"0\.0005\d*" if verdict == "ok" else r"0\.005\d*"
    text = Results.open(tmp_path).summary()
    assert re.search(rf"penetration / rms height \[-\] +{value} +< 0.001 +{verdict}", text)


def test_citations(run: Results) -> None:
    text = run.cite()
    assert METHODS["dual_mortar"] in text
    assert "ceramic a: hardness (estimate), tensile strength (estimate)" in text
    assert "given by the user" in text
    own = cite({}, {"methods": ["Someone (2020), somewhere."], "sources": ["A data sheet"]})
    assert "Someone (2020), somewhere." in own
    assert "A data sheet" in own
    # Every method can be looked up: by a DOI, or by journal, volume and pages.
    found = re.compile(r"\(\d{4}\), .*( 10\.\d{4,}/\S+| \d+, \d+-\d+\.)$")
    assert all(found.search(item) for item in METHODS.values())


def test_citations_are_those_of_a_run() -> None:
    from interfacefem.drive.run import METHODS as USED

    assert set(USED) == set(METHODS)


def test_export_reads_back(run: Results, tmp_path: Path) -> None:
    series = export_vtu(run, tmp_path / "view")
    assert [path.name for path in series] == [
        "layers.pvd",
        "interface_separator~interlayer.pvd",
        "interface_interlayer~anode.pvd",
    ]
    names = re.findall(r'timestep="(\d+)" part="0" file="([^"]+)"', series[0].read_text("utf-8"))
    assert [int(row) for row, _ in names] == [3, 4, 8]
    last = meshio.read(tmp_path / "view" / names[0][1])
    assert len(last.points) == len(run.mesh.points)
    for name in run.layers:
        state = run.layer(name).at("press")
        nodes, cells = run.mesh.layer_nodes[name], run.mesh.layer_cells(name)
        moved = last.point_data["displacement [um]"][nodes, :2]
        assert np.array_equal(moved, state.displacement.values)
        stress = last.cell_data["von_mises_stress [MPa]"][0][cells]
        assert np.array_equal(stress, state.von_mises_stress.values)
    lines = re.findall(r'file="([^"]+)"', series[1].read_text("utf-8"))
    assert len(lines) == len(run)
    line = meshio.read(tmp_path / "view" / lines[0])
    field = run.interface(LOWER).at("press", 0).contact_pressure
    assert np.array_equal(line.point_data["contact_pressure [MPa]"], field.values)
    assert set(line.cells_dict) == {"line"}


def test_export_into_a_file_is_refused(run: Results) -> None:
    with pytest.raises(ResultsError, match="choose another folder"):
        export_vtu(run, run.path)


def test_table_alignment() -> None:
    text = table(["name", "n"], [["a", 1], ["long name", float("nan")], ["b", 12.34567]], indent="")
    assert text.splitlines() == [
        "name           n",
        "---------  -----",
        "a              1",
        "long name      -",
        "b          12.35",
    ]


def test_reading_needs_no_solver(run: Results) -> None:
    script = (
        "import sys; from interfacefem.results import Results; from interfacefem import post;"
        f"post.summary(Results.open({str(run.folder)!r}));"
        "heavy = 'dolfinx gmsh pyvista matplotlib petsc4py mpi4py meshio numba'.split();"
        "bad = sorted(set(heavy) & set(sys.modules)); sys.exit(', '.join(bad) or 0)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_pickle_in_the_package(repository: Path) -> None:
    # Files are data: nothing that is read may run code.
    pattern = re.compile(
        r"^\s*(import|from)\s+(pickle|cPickle|dill|cloudpickle|joblib|shelve|marshal)\b"
        r"|allow_pickle\s*=\s*True|np\.load\((?![^)]*allow_pickle\s*=\s*False)",
        re.MULTILINE,
    )
    files = sorted((repository / "interfacefem").rglob("*.py"))
    assert len(files) > 20
    assert [str(path) for path in files if pattern.search(path.read_text(encoding="utf-8"))] == []
