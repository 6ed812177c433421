# SPDX-License-Identifier: MIT
"""One process writes a run: a second one is refused, and whoever was killed leaves no lock."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import pytest

import interfacefem as ifem
from interfacefem.cli import main
from interfacefem.drive.run import resume, run_case
from interfacefem.errors import ResultsError
from interfacefem.results import Results, ResultsWriter, lock
from interfacefem.results.example import example_increment, example_mesh, example_run
from interfacefem.results.lock import RunLock, holder, process_stamp, require_free

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks of the system are POSIX")

CASE = """
import interfacefem as ifem
from interfacefem import surfaces

wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave), ifem.Layer("anode", "Li", "4 um")
)
case = ifem.Case("small", stack, ifem.Protocol(ifem.Press(to="2 MPa")), current=None)
"""

#: runs the case and stops before its second increment until a line comes in
HELD = (
    CASE
    + """
import sys
from interfacefem.drive.run import run_case

class Wait:
    def on_increment(self, snapshot):
        print("increment", flush=True)
        if snapshot.increment == 1:
            sys.stdin.readline()

print(run_case(case, sys.argv[1], listeners=[Wait()]).status, flush=True)
"""
)

#: takes the lock of a folder and waits
HOLD = """
import sys, time
from pathlib import Path
from interfacefem.results.lock import RunLock
RunLock.take(Path(sys.argv[1]))
print("taken", flush=True)
time.sleep(60)
"""

#: the same with a child that has all open files and outlives its parent
FORK = HOLD.replace("print(", "import os\nif os.fork() == 0: time.sleep(60); os._exit(0)\nprint(")


def start(script: str, folder: Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        **options,
    )


def told(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == f"{line}\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "case.py"
    path.write_text(CASE, encoding="utf-8")
    return path


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run of another process in ``run`` that waits with two increments stored."""
    process = start(HELD, tmp_path / "run")
    told(process, "increment")
    told(process, "increment")
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_is_refused_and_the_first_goes_on(
    running: subprocess.Popen[str],
    script: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "run"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    case = ifem.Case.load(script)
    refused = rf"process {running.pid} on '.*' is still writing this run"
    # the command line, with and without leave to replace a run, and what continues one
    for words in (
        ["run", str(script), "-o"],
        ["run", str(script), "--overwrite", "-o"],
        ["resume"],
    ):
        assert main([*words, str(folder)]) == 2
        assert f"process {running.pid} on '" in capsys.readouterr().err
    for again in (
        lambda: run_case(case, folder, overwrite=True),
        lambda: resume(folder),
        lambda: resume(folder, force=True),
    ):
        with pytest.raises(ResultsError, match=refused):
            again()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # who reads is not kept out, and keeps nobody out
    with Results.open(folder) as results:
        assert results.status == "running"
        assert len(results) == 2
    assert running.stdin is not None
    running.stdin.write("\n")
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (0, "")
    assert output.splitlines()[-1] == "complete"
    assert not (folder / lock.FILE_NAME).exists()
    assert run_case(case, folder, overwrite=True).status == "complete"


def test_a_killed_run_leaves_no_lock(
    running: subprocess.Popen[str], script: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    running.kill()
    running.wait()
    assert (folder / lock.FILE_NAME).exists()
    with Results.open(folder) as results:
        assert results.status == "interrupted: the process ended without closing the run"
    assert resume(folder, listeners=()).status == "complete"
    assert not (folder / lock.FILE_NAME).exists()
    assert run_case(ifem.Case.load(script), folder, overwrite=True).status == "complete"


def test_sigterm_closes_the_run_as_ctrl_c_does(
    running: subprocess.Popen[str], tmp_path: Path
) -> None:
    running.send_signal(signal.SIGTERM)
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, errors) == (143, "")
    assert "complete" not in output  # the script goes no further
    folder = tmp_path / "run"
    assert not (folder / lock.FILE_NAME).exists()
    with Results.open(folder) as results:
        assert results.status == "interrupted: ended by SIGTERM; what was accepted is kept"
        assert len(results) >= 2
    assert resume(folder, listeners=()).status == "complete"


def test_the_same_process_does_not_run_twice_in_a_folder(script: Path, tmp_path: Path) -> None:
    case, folder = ifem.Case.load(script), tmp_path / "run"
    errors: list[str] = []

    class Again:
        """Presses the button in a notebook a second time."""

        def on_increment(self, snapshot: Any) -> None:
            if not errors:
                with pytest.raises(ResultsError) as caught:
                    run_case(case, folder, overwrite=True)
                errors.append(str(caught.value))

    assert run_case(case, folder, listeners=[Again()]).status == "complete"
    assert f"this process ({os.getpid()} on '" in errors[0]


def test_a_run_that_failed_in_this_process_can_be_continued(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the disk was full, so nobody could note that the run had ended; the process is still there
    folder, write, writes = tmp_path / "run", lock.put_in_place, 0

    def put_until_full(path: Path, data: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data)

    with monkeypatch.context() as patch:
        for module in ("store", "checkpoint", "layout"):
            patch.setattr(f"interfacefem.results.{module}.put_in_place", put_until_full)
        with pytest.raises(ResultsError, match="No space left"):
            run_case(ifem.Case.load(script), folder)
    with Results.open(folder) as results:
        assert results.status.startswith("interrupted")
        assert results.writer == process_stamp()
    assert resume(folder, listeners=()).status == "complete"


def test_nothing_changes_before_all_is_known_to_be_good(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the compiler is missing, which shows after the mesh was made
    folder = tmp_path / "run"
    example_run(folder, nx=4, points=9, increments=1).close()
    (folder / "checkpoint.h5").write_bytes(b"the last state")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(*_: Any) -> None:
        raise ifem.EnvironmentProblem("no C compiler")

    monkeypatch.setattr("interfacefem.drive.loop.Press", fail)
    case = ifem.Case.load(script)
    with pytest.raises(ifem.EnvironmentProblem, match="no C compiler"):
        run_case(case, folder, overwrite=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with pytest.raises(ifem.EnvironmentProblem, match="no C compiler"):
        run_case(case, tmp_path / "new" / "run")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("program", [HOLD, FORK], ids=["alone", "with a child"])
def test_a_lock_vanishes_with_its_process(tmp_path: Path, program: str) -> None:
    folder = tmp_path / "run"
    with start(program, folder, start_new_session=True) as process:
        told(process, "taken")
        with pytest.raises(ResultsError, match=rf"process {process.pid} on "):
            RunLock.take(folder)
        assert holder(folder) is not None
        process.kill()
        process.wait()
        deadline = time.monotonic() + 5.0  # the system takes a moment to close its files
        while holder(folder) is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        RunLock.take(folder).release()
        if program is FORK:
            os.killpg(process.pid, signal.SIGKILL)
    assert list(folder.iterdir()) == []


def test_taken_and_given_back(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with RunLock.take(folder) as held:
        assert held.by_system
        assert (folder / lock.FILE_NAME).read_text(encoding="ascii").startswith(process_stamp())
        with pytest.raises(ResultsError, match="this process"):
            require_free(folder)
        (folder / "results.h5").touch()
    assert [path.name for path in folder.iterdir()] == ["results.h5"]
    held.release()  # again does nothing
    require_free(folder)


def test_who_looks_keeps_nobody_out(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    looking = os.open(folder / lock.FILE_NAME, os.O_RDWR | os.O_CREAT)
    assert lock.fcntl is not None
    lock.fcntl.flock(looking, lock.fcntl.LOCK_SH)
    slept = 0

    def let_go(seconds: float) -> None:
        nonlocal slept
        slept += 1
        if slept == 2:
            os.close(looking)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock.time, "sleep", let_go)
        RunLock.take(folder).release()
    assert slept >= 2


def other_host(stamp: str) -> str:
    return "elsewhere:" + stamp.partition(":")[2]


def test_a_process_of_another_machine_is_believed_to_live(tmp_path: Path) -> None:
    path = tmp_path / lock.FILE_NAME
    path.write_text(f"{other_host(process_stamp())}\nanother-boot\n", encoding="ascii")
    with pytest.raises(ResultsError, match=r"on 'elsewhere'.*--force.*or remove .*run\.lock"):
        RunLock.take(tmp_path)
    assert path.exists()
    RunLock.take(tmp_path, force=True).release()
    assert not path.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells one start of a machine by name")
def test_the_same_machine_under_another_name(tmp_path: Path) -> None:
    # a container has a name of its own; the lock of the system counts in all of them
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    words = f"{other_host(process_stamp())}\n{boot}"
    (tmp_path / lock.FILE_NAME).write_text(words, encoding="ascii")
    assert holder(tmp_path) is None
    RunLock.take(tmp_path).release()


def test_words_alone_decide_where_there_are_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    folder = tmp_path / "run"
    held = RunLock.take(folder)
    assert not held.by_system
    for force in (False, True):
        with pytest.raises(ResultsError, match="this process"):
            RunLock.take(folder, force=force)
    held.release()
    assert list(tmp_path.iterdir()) == []
    # left by a process that has ended
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        stamp = process_stamp(process.pid)
        process.wait()
    (folder / lock.FILE_NAME).write_text(f"{stamp}\n", encoding="ascii")
    RunLock.take(folder).release()
    (folder / lock.FILE_NAME).write_text(f"{other_host(stamp)}\n", encoding="ascii")
    with pytest.raises(ResultsError, match="elsewhere"):
        RunLock.take(folder)
    RunLock.take(folder, force=True).release()


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "diary").write_text("", encoding="ascii")
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / lock.FILE_NAME).symlink_to(tmp_path / "diary")
    with pytest.raises(ResultsError, match="cannot be written"):
        RunLock.take(folder)
    assert (tmp_path / "diary").read_bytes() == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ResultsError, match="cannot be written"):
            RunLock.take(tmp_path / "run")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    "place", ["file/run", "x" * 300, "file"], ids=["below a file", "too long", "a file"]
)
def test_places_that_can_be_no_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(ResultsError, match="cannot be written"):
        RunLock.take(tmp_path / place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_writer_stops_where_another_has_written(tmp_path: Path) -> None:
    # where no lock could keep them apart, as on a disk that machines share without locks
    mesh = example_mesh(6, 1)
    first = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    first.append(example_increment(mesh, "press", 0, 0, 1.0))
    second = ResultsWriter.create(tmp_path, case={}, mesh=mesh, overwrite=True)
    for step in (
        lambda: first.append(example_increment(mesh, "press", 0, 1, 2.0)),
        lambda: first.finish(),
    ):
        with pytest.raises(ResultsError, match="was changed by another process"):
            step()
    second.append(example_increment(mesh, "press", 0, 0, 3.0))
    with Results.open(tmp_path) as results:
        assert results.history["nominal_pressure"].tolist() == [3.0]


def test_status_asks_the_lock(tmp_path: Path) -> None:
    mesh = example_mesh(6, 1)
    with RunLock.take(tmp_path) as held:
        ResultsWriter.create(tmp_path, case={}, mesh=mesh, locked_by_system=held.by_system)
        assert Results.open(tmp_path).status == "running"
    # this process, which has begun the run, goes on, but not the run
    assert Results.open(tmp_path).status.startswith("interrupted")
    with h5py.File(tmp_path / "results.h5", "r+") as file:
        file.attrs["lock"] = "words"
    assert Results.open(tmp_path).status == "running"  # as far as can be known


def test_a_run_written_without_locks_is_not_replaced(script: Path, tmp_path: Path) -> None:
    # on a disk without locks its file may be gone, but the process that writes the run is there
    folder = tmp_path / "run"
    example_run(folder, nx=4, points=9, increments=1).close()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        with h5py.File(folder / "results.h5", "r+") as file:
            file.attrs["status"] = "running"
            file.attrs["lock"] = "words"
            file.attrs["writer"] = process_stamp(process.pid)
        before = (folder / "results.h5").read_bytes()
        with pytest.raises(ResultsError, match=rf"process {process.pid} on .* still writing"):
            run_case(ifem.Case.load(script), folder, overwrite=True)
        assert (folder / "results.h5").read_bytes() == before
        process.communicate(b"\n")
    assert run_case(ifem.Case.load(script), folder, overwrite=True).status == "complete"


@pytest.mark.parametrize("name", ["case.toml", "mesh.msh", "run.log", "checkpoint.h5"])
def test_files_of_others_are_not_replaced(script: Path, tmp_path: Path, name: str) -> None:
    # a person keeps a case in a folder and lets a run go there
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="ascii")
    with pytest.raises(ResultsError, match=rf"has {name} but no run"):
        run_case(ifem.Case.load(script), folder, overwrite=True)
    assert (folder / name).read_text(encoding="ascii") == "mine"
    assert [path.name for path in folder.iterdir()] == [name]


def test_the_mesh_of_a_case_is_not_replaced(script: Path, tmp_path: Path) -> None:
    case = ifem.Case.load(script)
    folder = tmp_path / "run"
    example_run(folder, nx=4, points=9, increments=1).close()
    ifem.build_mesh(case.stack, case.mesh).save(folder / "mesh.msh")
    before = (folder / "mesh.msh").read_bytes()
    own = ifem.Case("own", case.stack, case.protocol, current=None, mesh_file=folder / "mesh.msh")
    with pytest.raises(ResultsError, match=r"would replace mesh\.msh, the mesh of its case"):
        run_case(own, folder, overwrite=True)
    assert (folder / "mesh.msh").read_bytes() == before
