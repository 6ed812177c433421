# SPDX-License-Identifier: MIT
"""A run that is continued has the history of the uninterrupted run, wherever it was cut off."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import caches, surfaces
from interfacefem.drive import continuation
from interfacefem.drive.run import resume, run_case
from interfacefem.fem import effort
from interfacefem.results import Results, checkpoint, files, lock
from interfacefem.results.lock import RunLock

#: what the clock says is no history
CLOCK = {"wall_time"}


def tiny(**numerics: int) -> ifem.Case:
    """Rough lithium on a rough ceramic with friction: four steps, some hundred dofs."""
    rough = surfaces.self_affine(
        "4 um", hurst=0.8, rms_height="30 nm", long_cutoff="4 um", short_cutoff="2 um", seed=3
    )
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=rough),
        ifem.Interface(friction=0.2, resistance="5 ohm*cm^2"),
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(
        ifem.Press(to="2 MPa"),
        ifem.Hold("60 s"),
        ifem.Release(to="1 MPa"),
        ifem.Hold("60 s", name="rest"),
    )
    return ifem.Case(
        "tiny",
        stack,
        protocol,
        mesh=ifem.MeshSize("0.2 um"),
        numerics=ifem.Numerics(**numerics),
    )


def content(path: Path) -> dict[str, Any]:
    """Return everything that is stored in a run except clocks, places and identifiers."""
    found: dict[str, Any] = {}
    with Results.open(path) as results:
        for name, values in results.history.columns.items():
            if name not in CLOCK:
                found[f"history/{name}"] = values
        for step in results.steps:
            found[f"risk/{step}"] = np.array(str(results.risk_rows(step)))
        for row, group in enumerate(results._groups):

            def take(name: str, item: Any, row: int = row) -> None:
                if isinstance(item, h5py.Dataset):
                    found[f"{row}/{name}"] = item[()]

            group.group.visititems(take)
        found["status"] = np.array(results.status)
    return found


def assert_same(one: dict[str, Any], two: dict[str, Any]) -> None:
    """Compare bit by bit."""
    assert list(one) == list(two)
    for name, values in one.items():
        assert np.array_equal(values, two[name], equal_nan=values.dtype.kind == "f"), name


class Stop:
    """Presses Ctrl-C after some increments."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_increment(self, snapshot: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def moments(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """Run to the end, and keep the folder as it is after each write: what a kill leaves behind."""
    folder = tmp_path_factory.mktemp("moments")
    kept: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:
        write = files.put_in_place

        def put_and_keep(path: Path, data: bytes) -> None:
            write(path, data)
            kept.append(folder / f"{len(kept):03d}")
            shutil.copytree(folder / "full", kept[-1])

        for module in ("store", "checkpoint", "layout"):
            patch.setattr(f"interfacefem.results.{module}.put_in_place", put_and_keep)
        run_case(tiny(), folder / "full")
    return folder / "full", kept


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it appear that the process which wrote a run, this one, has ended."""
    monkeypatch.setattr("interfacefem.results.results.is_running", lambda stamp: False)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run stopped with Ctrl-C after four increments."""
    folder = tmp_path_factory.mktemp("stopped") / "run"
    results = run_case(tiny(), folder, listeners=[Stop(4)])
    assert results.status.startswith("interrupted")
    assert len(results) == 4
    results.close()
    return folder


@pytest.fixture
def cut(stopped: Path, tmp_path: Path) -> Path:
    """A copy of the stopped run, to go on with or to spoil."""
    return Path(shutil.copytree(stopped, tmp_path / "run"))


@pytest.mark.slow
@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.campaign)])
def test_killed_after_any_write(
    every: int, moments: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    full, kept = moments
    expected = content(full)
    increments = len(expected["history/step"])
    # one file at the begin, three an increment, the risk and the state of each step, one at the
    # end, one first checkpoint
    assert len(kept) == 1 + 1 + 3 * increments + 2 * 4 + 1
    for moment in kept[:-1:every]:  # three files an increment, so that each fourth is of any kind
        folder = tmp_path / moment.name
        shutil.copytree(moment, folder)
        assert "running" not in Results.open(folder).status
        assert resume(folder, listeners=()).status == "complete"
        assert_same(expected, content(folder))
    assert Results.open(kept[-1]).status == "complete"  # nothing was left to do


def test_ctrl_c_again_and_again(moments: tuple[Path, list[Path]], cut: Path) -> None:
    sessions = 1
    while (results := resume(cut, listeners=[Stop(3)])).status != "complete":
        assert results.status.startswith("interrupted")
        sessions += 1
    assert_same(content(moments[0]), content(cut))
    # each session with what it used and how long it took, the sum of all in front
    noted = results.provenance["sessions"]
    assert len(noted) == sessions + 1
    assert {item["sources"] for item in noted} == {caches.sources_key()}
    assert [item["after_increments"] for item in noted] == [0, *range(4, 4 + 3 * sessions, 3)]
    assert [item["status"] for item in noted] == ["interrupted"] * sessions + ["complete"]
    assert all(item["versions"]["dolfinx"] for item in noted)
    total = sum(item["wall_time"]["total"] for item in noted)
    assert results.provenance["wall_time"]["total"] == pytest.approx(total)
    assert f"{len(noted)} sessions" in results.summary()
    # all of them in this process, whose peak never falls
    peaks = [item["memory"] for item in noted[1:]]
    assert 1e8 < peaks[0] <= peaks[-1] <= effort.peak_memory()
    assert f"at most {peaks[-1] / 1e9:.2f} GB of memory" in results.summary()
    assert not (cut / checkpoint.FILE_NAME).exists()


@pytest.mark.slow
def test_stopped_in_the_middle_of_cycles(tmp_path: Path) -> None:
    # one run is stopped in the first and the second half of a cycle, between springs, and goes on
    case = tiny()
    cycle = ifem.Cycle("1 mA/cm^2", "0.01 mA*h/cm^2", fixture="1 MPa/um", increments=3)
    protocol = ifem.Protocol(*case.protocol.steps[:1], cycle, ifem.Release(to="1 MPa"))
    case = ifem.Case("tiny", case.stack, protocol, mesh=case.mesh, current=None)
    whole = run_case(case, tmp_path / "full", listeners=())
    inside = np.flatnonzero(whole.history["step"] == "cycling")
    stops = [inside[1] + 1, inside[-2] + 1 - (inside[1] + 1)]
    run_case(case, tmp_path / "cut", listeners=[Stop(int(stops[0]))])
    results = resume(tmp_path / "cut", listeners=[Stop(int(stops[1]))])
    assert 0.5 < results.history["cycle"][-1] < 1.0
    assert resume(tmp_path / "cut", listeners=()).status == "complete"
    assert_same(content(tmp_path / "full"), content(tmp_path / "cut"))


@pytest.mark.usefixtures("killed")
def test_a_killed_session_is_noted(moments: tuple[Path, list[Path]], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(moments[1][12], folder)
    with Results.open(folder) as before:
        seconds = before.history["wall_time"].sum()
    results = resume(folder, listeners=())
    first, second = results.provenance["sessions"]
    assert (first["status"], second["status"]) == ("killed", "complete")
    assert first["wall_time"] == {"press": pytest.approx(seconds)}
    assert second["after_increments"] == len(before)
    spent = results.provenance["wall_time"]
    assert spent["no parts known"] == pytest.approx(seconds)
    assert spent["total"] == pytest.approx(seconds + second["wall_time"]["total"])
    assert sum(spent.values()) - spent["total"] <= spent["total"]  # parts of no more than all


def test_a_complete_run_stays_as_it_is(moments: tuple[Path, list[Path]]) -> None:
    full = moments[0]
    before = {path: path.read_bytes() for path in full.rglob("*") if path.is_file()}
    assert resume(full).status == "complete"
    assert {path: path.read_bytes() for path in full.rglob("*") if path.is_file()} == before


def test_the_log_goes_on(cut: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cut / "run.log").write_text("the first session\n", encoding="utf-8")
    resume(cut)
    log = (cut / "run.log").read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    assert log.startswith("the first session\n")
    with Results.open(cut) as results:
        pressure = results.history["nominal_pressure"][3]
    for text in (log, shown):
        assert f"continued after increment 3 of step 'press' at {pressure:.4g} MPa" in text
        assert text.count("iterations") == len(results) - 4
        assert "complete" in text


def test_a_run_that_did_not_converge_is_tried_again_as_it_was(
    moments: tuple[Path, list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from interfacefem.fem.mechanics import Attempt, MechanicalProblem

    folder, solve, calls = tmp_path / "run", MechanicalProblem.attempt, 0

    def fail_from_the_third(problem: MechanicalProblem, load: Any) -> Attempt:
        nonlocal calls
        calls += 1
        attempt = solve(problem, load)
        return Attempt(problem.displacement, failure="made to fail") if calls > 2 else attempt

    # A failed attempt must leave nothing behind: this one does what a real one does, then fails.
    monkeypatch.setattr(MechanicalProblem, "attempt", fail_from_the_third)
    for _ in range(2):
        with pytest.raises(ifem.ConvergenceError, match="made to fail"):
            (resume if calls else _run)(folder, listeners=())
        with Results.open(folder) as results:
            assert results.status.startswith("stopped: stopped in step 'press'")
            assert len(results) == 2
    monkeypatch.undo()
    assert resume(folder, listeners=()).status == "complete"
    assert_same(content(moments[0]), content(folder))


def _run(folder: Path, listeners: Any) -> Results:
    return run_case(tiny(), folder, listeners=listeners)


@pytest.mark.parametrize("at", [0, 1, 6, 7, 8, -1])
def test_full_disk(
    moments: tuple[Path, list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    folder, write, writes = tmp_path / "run", files.put_in_place, 0
    at = at if at >= 0 else len(moments[1]) + at

    def put_until_full(path: Path, data: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes > at:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    with monkeypatch.context() as patch:
        for module in ("store", "checkpoint", "layout"):
            patch.setattr(f"interfacefem.results.{module}.put_in_place", put_until_full)
        with pytest.raises(ifem.ResultsError, match="No space left on device"):
            run_case(tiny(), folder)
    if at == 0:
        assert not list(folder.glob("*.h5"))
        return
    with Results.open(folder) as results:
        stored = len(results)
        assert stored == len(Results.open(moments[1][at - 1]))
    monkeypatch.setattr("interfacefem.results.results.is_running", lambda stamp: False)
    assert resume(folder, listeners=()).status == "complete"
    assert_same(content(moments[0]), content(folder))


def spoil_case(folder: Path) -> None:
    path = folder / continuation.CASE_NAME
    text = path.read_text(encoding="utf-8")
    assert "friction = 0.2" in text
    path.write_text(text.replace("friction = 0.2", "friction = 0.3"), encoding="utf-8")


def spoil_mesh(folder: Path) -> None:
    mesh = ifem.StackMesh.load(folder / continuation.MESH_NAME)
    points = mesh.points.copy()
    points[3, 1] += 1e-9
    moved = {name: getattr(mesh, name) for name in ("cells", "cell_layer", "layer_names")}
    other = ifem.StackMesh(
        points, **moved, interfaces=mesh.interfaces, boundaries=mesh.boundaries, key=mesh.key
    )
    other.save(folder / continuation.MESH_NAME)


def replace_mesh(folder: Path) -> None:
    (folder / continuation.MESH_NAME).write_text("no mesh", encoding="utf-8")


def lose_checkpoint(folder: Path) -> None:
    (folder / checkpoint.FILE_NAME).unlink()


def cut_checkpoint_short(folder: Path) -> None:
    path = folder / checkpoint.FILE_NAME
    path.write_bytes(path.read_bytes()[:1000])


def change(name: str, attribute: str, value: Any) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        with h5py.File(folder / name, "r+") as file:
            file.attrs[attribute] = value

    return edit


def change_material(folder: Path) -> None:
    with h5py.File(folder / "results.h5", "r+") as file:
        text = file["materials"].asstr()[()]
        assert '"0.8 MPa"' in text
        del file["materials"]
        file["materials"] = text.replace('"0.8 MPa"', '"0.9 MPa"')


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_case, r"case.toml is not the one that was run: interface\[0\].friction differs"),
        (spoil_mesh, r"mesh.msh is not the mesh of this run; put back"),
        (replace_mesh, r"is not a gmsh mesh file.*put back the mesh that was run"),
        (change_material, r"a material of the library has other values than in this run"),
        (lose_checkpoint, r"this run has no checkpoint.h5; it cannot be continued"),
        (cut_checkpoint_short, r"checkpoint.h5: is damaged"),
        (change("checkpoint.h5", "format_version", 99), r"checkpoint format 99, this .* reads 3"),
        (change("checkpoint.h5", "run", "x"), r"checkpoint.h5 is that of another run"),
        (change("checkpoint.h5", "rows", 5), r"results end after 4 increments, .* increment 5"),
        (change("results.h5", "format_version", 99), r"has format version 99"),
    ],
    ids=[
        *("case", "mesh", "mesh file", "material", "no checkpoint", "cut short"),
        *("checkpoint version", "other run", "results cut", "results version"),
    ],
)
def test_what_would_give_another_history_is_refused(
    cut: Path, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(cut)
    before = {path.name: path.read_bytes() for path in cut.iterdir()}
    with pytest.raises(ifem.ResultsError, match=message):
        resume(cut, listeners=())
    assert {path.name: path.read_bytes() for path in cut.iterdir()} == before


def test_a_state_of_other_sizes_is_refused(cut: Path) -> None:
    found = checkpoint.read_checkpoint(cut)
    assert found is not None
    arrays = dict(found.arrays) | {"force": np.zeros(2)}
    del arrays["work/plastic"]
    parts = {name: getattr(found, name) for name in vars(found) if name != "arrays"}
    checkpoint.write_checkpoint(cut, checkpoint.Checkpoint(**parts, arrays=arrays))
    with pytest.raises(ifem.ResultsError, match="does not fit the case: force, work/plastic"):
        resume(cut, listeners=())


def test_case_and_mesh_files_that_are_gone_are_written_again(
    moments: tuple[Path, list[Path]], cut: Path
) -> None:
    for name in (continuation.CASE_NAME, continuation.MESH_NAME):
        (cut / name).unlink()
    resume(cut, listeners=())
    assert_same(content(moments[0]), content(cut))
    assert ifem.Case.load(cut / continuation.CASE_NAME) == tiny()
    expected = ifem.StackMesh.load(moments[0] / continuation.MESH_NAME)
    assert np.array_equal(expected.points, ifem.StackMesh.load(cut / "mesh.msh").points)


def test_the_case_of_a_script_must_be_the_one_that_was_run(
    cut: Path, moments: tuple[Path, list[Path]]
) -> None:
    for folder in (cut, moments[0]):
        with pytest.raises(ifem.ResultsError, match=r"the case .*numerics.max_iterations differs"):
            resume(folder, case=tiny(max_iterations=30), listeners=())
    assert resume(cut, case=tiny(), listeners=()).status == "complete"


@pytest.mark.parametrize("source", ["few heights", "many heights", "file"])
def test_a_run_on_measured_heights(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    x = np.linspace(0.0, 4.0, 5000 if source == "many heights" else 81)
    heights = 0.03 * np.cos(np.pi * x / 4.0)  # any wave will do
    face = surfaces.from_heights(heights, "4 um", mirrored=True)
    if source == "file":
        np.savetxt("face.txt", heights)
        face = surfaces.read("face.txt", "4 um", unit="um", mirrored=True)
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face),
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    case = ifem.Case("measured", stack, ifem.Protocol(ifem.Press(to="1 MPa")), current=None)
    with run_case(case, "run", listeners=[Stop(1)]) as results:
        assert results.status.startswith("interrupted")
    Path("run").rename("moved")  # the folder holds all that it needs
    Path("face.txt").unlink(missing_ok=True)
    with resume("moved", case=case, listeners=()) as results:
        assert results.status == "complete"
    other = case.replace(
        stack=ifem.Stack(
            ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face.scaled(factor=1.01)),
            ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
        )
    )
    with pytest.raises(
        ifem.ResultsError, match=r"the one that was run: surface\.\S+\.checksum differs"
    ):
        resume("moved", case=other)
    more = case.replace(protocol=ifem.Protocol(ifem.Release("0.5 MPa")), start="moved")
    assert more.check().ok
    (mistake,) = more.replace(stack=other.stack).check().mistakes
    assert (mistake.place, mistake.problem.split(": ")[-1]) == (
        "start.run",
        "surface.electrolyte_top.checksum differs",
    )


def test_a_run_that_goes_on_is_left_alone(moments: tuple[Path, list[Path]], tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(moments[1][12], folder)
    own = lock.process_stamp()
    with (
        RunLock.take(folder),
        pytest.raises(ifem.ResultsError, match=r"this process .* is still writing this run"),
    ):
        resume(folder, force=True, listeners=())
    # nobody can tell whether a process on another machine lives, except who asks
    change("results.h5", "lock", "words")(folder)
    change("results.h5", "writer", "elsewhere:" + own.partition(":")[2])(folder)
    with pytest.raises(ifem.ResultsError, match=r"on 'elsewhere', .* continue with --force"):
        resume(folder, listeners=())
    assert resume(folder, force=True, listeners=()).status == "complete"


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(ifem.ResultsError, match="give the folder of a run"):
        resume(tmp_path, listeners=())


def test_ctrl_c_ends_what_follows_in_a_script(tmp_path: Path) -> None:
    # a notebook that runs all of its cells must not go on with half a run
    with pytest.raises(KeyboardInterrupt, match="resume") as found:
        tiny().run(tmp_path / "run", listeners=[Stop(3)])
    assert str(tmp_path / "run") in str(found.value)
    with Results.open(tmp_path / "run") as kept:
        assert kept.status.startswith("interrupted")
        assert len(kept) == 3
