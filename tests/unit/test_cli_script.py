# SPDX-License-Identifier: MIT
"""A case script ends as the command line does, and ``resume`` with it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import interfacefem as ifem
from interfacefem import plots
from interfacefem.cli import main
from interfacefem.errors import CaseError, ConvergenceError, ResultsError
from interfacefem.results import Results
from interfacefem.results.example import example_run

SCRIPT = """
import interfacefem as ifem
from interfacefem import surfaces
wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "4 um"),
)
protocol = ifem.Protocol(ifem.Press(to="2 MPa"), ifem.Release(to="1 MPa"))
case = ifem.Case("small", stack, protocol, numerics=ifem.Numerics(max_iterations=ITERATIONS))
if __name__ == "__main__":
    ifem.main(case, lambda results: print("then", len(results)))
"""
#: no file may grow beyond this; the system answers as a full disk does, in the middle of a write
LIMITED = """
import resource, runpy, sys
import interfacefem.drive.run  # MPI starts with files of its own
resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, BYTES))
sys.argv = ["small.py"]
runpy.run_path("small.py", run_name="__main__")
"""


class Solver:
    """Stands in for the solver: ends as it is told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls: list[tuple[str, object]] = []
        self.ending: BaseException | str = "complete"

    def run_case(
        self, case: ifem.Case, path: Path, *, overwrite: bool, listeners: object
    ) -> Results:
        self.calls.append(("run", path))
        return self._end()

    def resume(
        self,
        path: Path,
        *,
        case: ifem.Case | None = None,
        force: bool = False,
        numerics: object = None,
    ) -> Results:
        self.calls.append(("resume", (path, case, force)))
        return self._end()

    def _end(self) -> Results:
        if isinstance(self.ending, BaseException):
            raise self.ending
        results = Results.open(self.folder)
        results._stored_status = self.ending
        return results


@pytest.fixture
def solver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Solver:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["block.py"])
    example_run(tmp_path / "stored", nx=4, points=9, increments=1)
    stand_in = Solver(tmp_path / "stored")
    monkeypatch.setitem(sys.modules, "interfacefem.drive.run", stand_in)
    return stand_in


@pytest.fixture
def case() -> ifem.Case:
    stack = ifem.Stack(ifem.Layer("anode", "Li", "10 um"), width="10 um")
    return ifem.Case("block", stack, ifem.Protocol(ifem.Press(to="20 MPa")), current=None)


def code_of(case: ifem.Case, then: object = None, **options: bool) -> object:
    with pytest.raises(SystemExit) as leaving:
        ifem.main(case, then, **options)
    return leaving.value.code


@pytest.mark.parametrize(
    ("ending", "code", "words"),
    [
        ("complete", 0, ""),
        ("interrupted", 130, ""),
        (ConvergenceError("press", 3.0, ["too steep"], "a finer mesh"), 3, "try: a finer mesh"),
        (ResultsError("the disk is full"), 2, "interfacefem: the disk is full"),
        (CaseError([]), 2, "case: 0 mistakes"),
        (KeyboardInterrupt(), 130, "stopped by Ctrl-C"),
    ],
)
def test_how_a_script_ends(
    solver: Solver,
    case: ifem.Case,
    capsys: pytest.CaptureFixture[str],
    ending: BaseException | str,
    code: int,
    words: str,
) -> None:
    solver.ending = ending
    seen: list[Results] = []
    assert code_of(case, seen.append) == code
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert len(seen) == (code == 0)  # what is shown of a run is shown of a complete one
    assert ("interfacefem resume runs/block" in said.out) == (ending == "interrupted")


def test_a_mistake_of_the_script_keeps_its_traceback(solver: Solver, case: ifem.Case) -> None:
    with pytest.raises(ZeroDivisionError):
        ifem.main(case, lambda results: 1 / 0)


def test_mistakes_of_the_case_are_told_before_anything_is_run(
    solver: Solver, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = ifem.Stack(ifem.Layer("anode", "Li", "10 um"), width="10 um")
    wrong = ifem.Case(
        "block", stack, ifem.Protocol(ifem.Press(to="1 MPa")), mesh_file="nowhere.msh"
    )
    assert code_of(wrong) == 2
    assert "nowhere.msh" in capsys.readouterr().err
    assert not solver.calls


def test_what_a_script_shows_by_itself(
    solver: Solver,
    case: ifem.Case,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[Results] = []
    monkeypatch.setattr(plots, "report", drawn.append)
    assert code_of(case) == 0
    assert "Interfaces, at the end of each step" in capsys.readouterr().out
    assert [results.folder for results in drawn] == [solver.folder]


def test_options_of_a_script(
    solver: Solver, case: ifem.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(results: Results) -> None:
        pass

    assert code_of(case, nothing) == 0
    monkeypatch.setattr(sys, "argv", ["block.py", "-o", "stored"])
    assert code_of(case, nothing) == 0  # a script replaces what is there,
    assert code_of(case, nothing, overwrite=False) == 2  # unless it is told not to
    monkeypatch.setattr(sys, "argv", ["block.py", "-o", "stored", "--resume"])
    assert code_of(case, nothing) == 0
    assert solver.calls == [
        ("run", Path("runs/block")),
        ("run", Path("stored")),
        ("resume", (Path("stored"), case, False)),
    ]
    monkeypatch.setattr(sys, "argv", ["block.py", "--resume"])
    assert code_of(case, nothing) == 2  # there is nothing to continue


def test_the_verb_resume(solver: Solver, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", "stored"]) == 0
    assert "the run is complete; nothing is left to do" in capsys.readouterr().out
    assert main(["resume", "stored", "--force"]) == 0
    assert solver.calls == [
        ("resume", (Path("stored"), None, force)) for force in (False, True)
    ]  # fmt: skip
    assert main(["resume", "nowhere"]) == 2
    solver.ending = "interrupted"
    assert main(["resume", "stored"]) == 130
    solver.ending = ConvergenceError("press", 3.0, ["too steep"])
    assert main(["resume", "stored"]) == 3
    assert "interfacefem report stored" in capsys.readouterr().out


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder; the code and both streams matter, not whether it ends well."""
    return subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def script(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(repository))
    (tmp_path / "small.py").write_text(SCRIPT.replace("ITERATIONS", "25"), encoding="utf-8")
    return tmp_path / "small.py"


@pytest.mark.slow
def test_a_real_script_that_does_not_converge(script: Path) -> None:
    script.write_text(SCRIPT.replace("ITERATIONS", "2"), encoding="utf-8")
    for options in ([], ["--resume"]):
        done = run(script.parent, script.name, *options)
        assert done.returncode == 3
        assert re.match(r"interfacefem: stopped in step 'press' at \S+ MPa\n", done.stderr)
        assert "Traceback" not in done.stderr
        assert "interfacefem report runs/small" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="limits on file size are a Unix matter")
def test_a_full_disk_and_room_again(script: Path) -> None:
    folder = script.parent
    assert run(folder, script.name, "-o", "whole").returncode == 0
    size = (folder / "whole" / "results.h5").stat().st_size
    done = run(folder, "-c", LIMITED.replace("BYTES", str(int(0.7 * size))))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "File too large" in done.stderr
    assert "what was stored before is kept" in done.stderr
    with Results.open(folder / "runs" / "small") as results:
        stored = len(results)
    assert stored > 0
    done = run(folder, script.name, "--resume")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"continued after increment {stored - 1} of step" in done.stdout
    with Results.open(folder / "runs" / "small") as one, Results.open(folder / "whole") as two:
        assert f"then {len(two)}" in done.stdout
        for name in ("nominal_pressure", "asr", "plastic_work", "closure"):
            assert one.history[name].tolist() == two.history[name].tolist()
