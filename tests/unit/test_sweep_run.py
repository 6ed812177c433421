"""Runs of a sweep: rows, failures, what is not repeated, what ends when its parent is killed."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from shared_sweep import dense, rough, wavy

import interfacefem as ifem
from interfacefem.drive.run import run_case
from interfacefem.meshing import build_mesh
from interfacefem.post import clusters
from interfacefem.results import Results
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import RowFile, SweepTable, is_final
from interfacefem.sweep.worker import Outcome, Task, failure, work

RESISTANCE = "interface.electrolyte|anode.resistance"


@pytest.mark.slow
def test_rows_are_those_of_the_runs(tmp_path: Path) -> None:
    over = {RESISTANCE: ["1 ohm*cm^2", "9 ohm*cm^2"], "step.press.to": ["2 MPa", "3 MPa"]}
    told: list[str] = []
    sweep = Sweep(dense(wavy()), over, folder=tmp_path / "s")
    table = sweep.run(workers=1, tell=told.append)
    assert len(table) == 8  # two runs of two pressures, each with press and release
    assert not table.failures
    assert "left" in told[1]
    for number, run in enumerate(sweep.plan.runs):
        rows = [row for row in table.rows if row["run"] == number]
        assert [row["step.press.to [MPa]"] for row in rows] == [2.0, 2.0, 3.0, 3.0]
        assert [row["step"] for row in rows] == ["press", "release"] * 2
        with Results.open(tmp_path / "s" / "runs" / run.key) as results:
            ends = [results.increments(step)[-1] for step in results.steps]
            for row, step, end in zip(rows, results.steps, ends, strict=True):
                at = (results.history["step"] == step) & (results.history["increment"] == end)
                assert row["asr [ohm cm^2]"] == results.history["asr"][at][0]
                assert row["nominal_pressure [MPa]"] == results.history["nominal_pressure"][at][0]
                contacts = clusters(results.interface("electrolyte|anode").at(step, int(end)))
                assert row["contacts[electrolyte|anode] [-]"] == len(contacts) > 0
    with (tmp_path / "s" / "table.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["asr [ohm cm^2]"]) for row in read] == [
        row["asr [ohm cm^2]"] for row in table.rows
    ]
    frame = sweep.to_dataframe()
    assert list(frame.columns) == table.columns
    assert frame[f"{RESISTANCE} [ohm*cm^2]"].tolist() == [1.0] * 4 + [9.0] * 4


@pytest.mark.slow
def test_nothing_finished_is_repeated_and_half_done_runs_are_resumed(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    sweep = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2", "9 ohm*cm^2"]}, folder=folder)
    first = sweep.run(workers=1)
    runs = sorted((folder / "runs").glob("*/results.h5"))
    before = [path.stat().st_mtime_ns for path in runs]
    # the row of one run is lost, as if the process had been killed before it wrote it
    lines = (folder / "rows.jsonl").read_text().splitlines(True)
    (folder / "rows.jsonl").write_text(lines[0] + lines[1][:20])
    again = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2", "9 ohm*cm^2"]}, folder=folder).run(workers=1)
    assert again.rows == first.rows
    assert [path.stat().st_mtime_ns for path in runs] == before
    more = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2", "5 ohm*cm^2"]}, folder=folder).run(workers=1)
    assert [row["key"] for row in more.rows][:2] == [row["key"] for row in first.rows][:2]
    assert [path.stat().st_mtime_ns for path in runs] == before


def test_a_run_that_was_interrupted_goes_on(tmp_path: Path) -> None:
    sweep = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2"]}, folder=tmp_path / "s")
    task = sweep._task(sweep.plan.runs[0])

    class Stop:
        def on_increment(self, snapshot: object) -> None:
            self.seen = getattr(self, "seen", 0) + 1
            if self.seen == 3:
                raise KeyboardInterrupt

    case = ifem.Case.from_dict(task.data)
    assert run_case(case, task.folder, listeners=(Stop(),)).status.startswith("interrupted")  # type: ignore[list-item]
    outcome = work(task)
    with Results.open(task.folder) as results:
        assert len(results.provenance["sessions"]) == 2
        assert results.status == "complete"
    whole = work(Task(**{**vars(task), "folder": str(tmp_path / "whole")}))
    assert outcome.rows == whole.rows


def test_three_kinds_of_failure_are_three_rows(tmp_path: Path) -> None:
    case = wavy()
    good = build_mesh(case.stack, case.mesh).save(tmp_path / "good.msh")
    bad = tmp_path / "bad.msh"
    bad.write_text("this is no mesh\n")
    over = {
        "mesh.file": [str(good), str(bad)],
        "numerics.max_iterations": [50, 1],
        "layer.electrolyte.thickness": ["4 um", "0.02 um"],  # less than its roughness
    }
    impatient = case.replace(numerics=ifem.Numerics(max_rejections=3))
    sweep = Sweep(impatient, over, folder=tmp_path / "s")
    table = sweep.run(workers=1)
    kinds: dict[tuple[object, ...], list[object]] = {}
    for row in table.rows:
        inputs = [row[column] for column in sweep.plan.columns]
        kinds.setdefault((Path(str(inputs[0])).stem, *inputs[1:]), []).append(row["failure"])
    assert kinds["good", 50, 4.0] == ["", ""]
    assert kinds["good", 1, 4.0][-1] == "convergence"
    assert kinds["bad", 50, 4.0] == ["mesh"]
    assert kinds["good", 50, 0.02] == ["check"]
    reasons = {row["failure"]: row["reason"] for row in table.failures}
    assert "bad.msh" in str(reasons["mesh"])
    assert "thickness" in str(reasons["check"])
    assert "stopped in step 'press'" in str(reasons["convergence"])
    assert len(table) - len(table.failures) == 2
    assert sweep.run(workers=1).rows == table.rows


def test_what_may_be_mended_is_tried_again() -> None:
    assert is_final([failure("k", "check", "")])
    assert not is_final([failure("k", "killed", "")])
    assert not is_final([failure("k", "machine", "")])
    assert not is_final([])


def test_a_line_cut_short_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = RowFile(tmp_path)
    file.append(Outcome("a", [{"key": "a", "x": 1.0}], 1.0))
    with file.path.open("ab") as handle:
        handle.write(b'{"key": "b", "rows": [')
    file.append(Outcome("c", [{"key": "c", "x": np.inf}], 1.0))
    file.append(Outcome("a", [{"key": "a", "x": 2.0}], 1.0))
    assert file.read() == {"a": [{"key": "a", "x": 2.0}], "c": [{"key": "c", "x": np.inf}]}


def test_one_process_writes_a_sweep(tmp_path: Path) -> None:
    from interfacefem.results.lock import RunLock

    sweep = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2"]}, folder=tmp_path / "s")
    with RunLock.take(tmp_path / "s"), pytest.raises(ifem.ResultsError):
        sweep.run(workers=1)


SCRIPT = """
import signal
import sys
from pathlib import Path
from shared_sweep import rough
from interfacefem.sweep.sweep import Sweep

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by jobs in the background
    sweep = Sweep(rough("10 MPa"), {}, seeds=COUNT, folder=Path(sys.argv[1]))
    sweep.run(workers=2, tell=lambda text: print(text, flush=True))
"""


def _start(tmp_path: Path, count: int = 6) -> subprocess.Popen[str]:
    script = tmp_path / "many.py"
    script.write_text(SCRIPT.replace("COUNT", str(count)))
    shared = Path(__file__).parents[1] / "shared"
    path = os.pathsep.join([str(shared), str(Path(__file__).parents[2])])
    return subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "s")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
    )


def _until_one_is_done(process: subprocess.Popen[str]) -> list[psutil.Process]:
    assert process.stdout is not None
    for line in process.stdout:
        if re.search(r" of \d+ ", line):
            break
    children = psutil.Process(process.pid).children(recursive=True)
    assert len([one for one in children if "spawn_main" in " ".join(one.cmdline())]) == 2
    return children


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the end of orphans")
def test_no_worker_outlives_its_parent_and_nothing_is_repeated(tmp_path: Path) -> None:
    process = _start(tmp_path)
    children = _until_one_is_done(process)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    folder = tmp_path / "s"
    lines = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    done = {line["key"] for line in lines}
    assert done
    files = [folder / "runs" / key / "results.h5" for key in done]
    before = [path.stat().st_mtime_ns for path in files]
    table = Sweep(rough("10 MPa"), {}, seeds=6, folder=folder).run(workers=2)
    assert len(table) == 12
    assert not table.failures
    assert [path.stat().st_mtime_ns for path in files] == before
    after = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert len({line["key"] for line in after}) == len(after) == 6


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal")
def test_ctrl_c_stops_all(tmp_path: Path) -> None:
    process = _start(tmp_path, 40)  # more than can end before the signal comes
    children = _until_one_is_done(process)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in text
    assert not psutil.wait_procs(children, timeout=10)[1]
    table = SweepTable.open(tmp_path / "s")
    assert 0 < len(table) < 80
    states = []
    for path in (tmp_path / "s" / "runs").iterdir():
        with contextlib.suppress(ifem.ResultsError):  # not yet written when the signal came
            states.append(Results.open(path).status)
    # A signal that comes while a library starts ends the process before it can close the run.
    assert {state.split(":")[0] for state in states} <= {"complete", "interrupted"}, states


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_table(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    over = {RESISTANCE: ["1 ohm*cm^2", "9 ohm*cm^2"], "step.press.to": ["2 MPa", "3 MPa"]}
    here = Sweep(wavy(), over, folder=tmp_path / "here").run(workers=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
    ) as cluster:
        there = Sweep(wavy(), over, folder=tmp_path / "there").run(
            cluster=cluster.scheduler_address
        )
    assert there.rows == here.rows
    assert (tmp_path / "there/table.csv").read_bytes() == (tmp_path / "here/table.csv").read_bytes()


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    sweep = Sweep(wavy(), {RESISTANCE: ["1 ohm*cm^2"]}, folder=tmp_path / "s")
    started = time.monotonic()
    with pytest.raises(ifem.EnvironmentProblem, match="no Dask cluster"):
        sweep.run(cluster="tcp://127.0.0.1:1")
    assert time.monotonic() - started < 60


def test_a_script_from_the_terminal_needs_no_file(tmp_path: Path) -> None:
    # as in "python - <<'PYTHON'" of a job array
    program = (
        "import interfacefem as ifem\n"
        "from shared_sweep import wavy\n"
        "if __name__ == '__main__':\n"
        "    sweep = ifem.Sweep(wavy(), {'step.press.to': ['1.5 MPa']}, folder='s')\n"
        "    table = sweep.run(workers=1)\n"
        "    print(len(table), len(table.failures))\n"
    )
    shared = Path(__file__).parents[1] / "shared"
    paths = os.pathsep.join([str(shared), str(shared.parents[1])])
    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.split() == ["2", "0"], done.stderr
