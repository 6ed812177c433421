# SPDX-License-Identifier: MIT
"""A run survives kill -9, a full disk and a folder that cannot be written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interfacefem.errors import ResultsError
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import example_mesh
from interfacefem.results.lock import is_running, process_stamp
from interfacefem.results.store import PART_NAME

WRITE_FOREVER = """
import sys
from interfacefem.results import ResultsWriter
from interfacefem.results.example import example_current, example_increment, example_mesh
mesh = example_mesh(48)
writer = ResultsWriter.create(sys.argv[1], case={"name": "killed"}, mesh=mesh)
print("begun", flush=True)
for increment in range(100000):
    snapshot = example_increment(mesh, "press", 0, increment, 1.0 + increment, layers=True)
    writer.append(snapshot)
    writer.append_current(example_current(mesh, snapshot))
"""

FILL_THE_DISK = """
import resource, sys
from interfacefem.errors import ResultsError
from interfacefem.results import ResultsWriter
from interfacefem.results.example import example_increment, example_mesh
mesh = example_mesh(48)
writer = ResultsWriter.create(sys.argv[1], case={"name": "full"}, mesh=mesh)
# No file may grow beyond this; the system answers as a full disk does, in the middle of a write.
resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000))
increment = 0
try:
    while True:
        writer.append(example_increment(mesh, "press", 0, increment, 1.0 + increment, layers=True))
        increment += 1
except ResultsError as error:
    print(increment)
    print(error)
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.parametrize("seed", range(4))
def test_kill_at_any_moment_leaves_a_readable_run(tmp_path: Path, seed: int) -> None:
    with start(WRITE_FOREVER, str(tmp_path / "run")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        # Look while it writes: whole at every moment.
        deadline = time.monotonic() + 0.2 + 0.5 * random.Random(seed).random()
        seen = 0
        while time.monotonic() < deadline or not seen:  # on a busy machine it takes its time
            with Results.open(tmp_path / "run") as live:
                assert live.status == "running"
                assert len(live) >= seen
                seen = len(live)
        process.send_signal(signal.SIGKILL)
        process.wait()
    run = Results.open(tmp_path / "run")
    assert seen <= len(run) <= seen + 20
    # Every increment is whole, in order, and agrees with its row of the history.
    assert run.increments("press") == tuple(range(len(run)))
    for increment in range(len(run)):
        state = run.interface("interlayer|anode").at("press", increment)
        assert state.nominal_pressure == 1.0 + increment
        assert len(state.gap) == 121
        assert len(run.layer("anode").at("press", increment).stress) == 48 * 3
    with_current = [not value for value in (run.history["asr"] != run.history["asr"])]
    assert with_current[:-1] == [True] * (len(run) - 1)
    assert run.status == "interrupted: the process ended without closing the run"
    # What the kill may leave behind is in nobody's way.
    assert {path.name for path in run.folder.iterdir()} <= {"results.h5", PART_NAME}
    ResultsWriter.create(run.folder, case={}, mesh=example_mesh(6), overwrite=True)
    assert [path.name for path in run.folder.iterdir()] == ["results.h5"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are a Unix matter")
def test_full_disk_keeps_what_was_stored(tmp_path: Path) -> None:
    with start(FILL_THE_DISK, str(tmp_path / "run")) as process:
        output, errors = process.communicate(timeout=60)
    # HDF5 that cannot flush brings the interpreter down at exit: the code must be 0.
    assert (process.returncode, errors) == (0, "")
    count, _, message = output.partition("\n")
    assert "File too large" in message
    assert "what was stored before is kept" in message
    assert "choose another folder" in message
    run = Results.open(tmp_path / "run")
    assert len(run) == int(count) > 0
    assert [path.name for path in run.folder.iterdir()] == ["results.h5"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    blocker = tmp_path / "a file"
    blocker.write_text("", encoding="utf-8")
    with pytest.raises(ResultsError, match="cannot write the start of the run"):
        ResultsWriter.create(blocker / "run", case={}, mesh=example_mesh(6))
    with pytest.raises(ResultsError, match="is a file; give the folder"):
        ResultsWriter.create(blocker, case={}, mesh=example_mesh(6))


def test_run_folder_taken_away(tmp_path: Path) -> None:
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=example_mesh(6))
    writer.path.unlink()
    with pytest.raises(ResultsError, match="cannot write the end of the run"):
        writer.finish()
    assert list(writer.folder.iterdir()) == []


def test_process_stamps() -> None:
    own = process_stamp()
    assert is_running(own)
    host, number, _ = own.rsplit(":", 2)
    if sys.platform == "linux":
        # The same number with another start time is another process.
        assert not is_running(f"{host}:{number}:1")
    # On another machine nobody can tell: believe the file.
    assert is_running(f"elsewhere:{number}:1")
    process = subprocess.Popen([sys.executable, "-c", ""])
    stamp = process_stamp(process.pid)
    process.wait()
    assert not is_running(stamp)
