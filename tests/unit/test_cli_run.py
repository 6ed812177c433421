# SPDX-License-Identifier: MIT
"""``run`` with a stand-in for the solver: lines, log, exit codes, what is kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from interfacefem.case import Case
from interfacefem.cli import main
from interfacefem.errors import ConvergenceError
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import example_increment, example_materials, example_mesh

SCRIPT = """
import interfacefem as ifem
stack = ifem.Stack(ifem.Layer("anode", "Li", "10 um"), width="10 um")
case = ifem.Case("block", stack, ifem.Protocol(ifem.Press(to="20 MPa")), current=None)
"""


class StandIn(ModuleType):
    """Behaves as the solver does, without solving: two increments, then an ending."""

    def __init__(self) -> None:
        super().__init__("interfacefem.drive.run")
        self.ending = "complete"
        self.calls = 0

    def run_case(
        self, case: Case, path: Path, *, overwrite: bool = False, listeners: Sequence[Any] = ()
    ) -> Results:
        self.calls += 1

        def tell(event: str, *details: Any) -> None:
            for listener in listeners:
                getattr(listener, event)(*details)

        mesh = example_mesh(4)
        writer = ResultsWriter.create(
            path, case=case.to_dict(), mesh=mesh, materials=example_materials(), overwrite=overwrite
        )
        tell("on_start", {"name": case.name, "path": str(path), "dofs": 100})
        tell("on_step", "press", 20.0)
        for number, pressure in enumerate((0.5, 20.0)):
            snapshot = example_increment(mesh, "press", 0, number, pressure, points=9)
            writer.append(snapshot)
            tell("on_increment", snapshot)
        tell("on_reject", "25 iterations were not enough")
        words = {"complete": "", "interrupted": "stopped by the user", "stopped": "no way on"}
        writer.finish(self.ending, words[self.ending])
        tell("on_end", self.ending, words[self.ending])
        if self.ending == "stopped":
            raise ConvergenceError("press", 20.0, ["25 iterations were not enough"], "a finer mesh")
        return Results.open(path)


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, "interfacefem.drive.run", stand_in)
    monkeypatch.setattr("interfacefem.drive.run", stand_in, raising=False)
    return stand_in


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path / "block.py"


def without_times(text: str) -> list[str]:
    """Return the lines without what depends on the clock."""
    return [line.split(" after ")[0] for line in text.splitlines()]


def test_a_run_shows_its_lines_and_keeps_them(
    solver: StandIn, script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(script)]) == 0
    said = capsys.readouterr().out
    assert "block, 100 degrees of freedom" in said
    assert "step 'press': to 20 MPa" in said
    assert "20 MPa  contact" in said
    assert "rejected: 25 iterations were not enough" in said
    assert "interfacefem report runs/block" in said
    log = (tmp_path / "runs" / "block" / "run.log").read_text(encoding="utf-8")
    assert "20 MPa  contact" in log
    assert "\x1b" not in said + log  # plain text where there is no terminal
    with Results.open("runs/block") as results:
        assert len(results) == 2


@pytest.mark.parametrize(
    ("ending", "code"), [("complete", 0), ("stopped", 3), ("interrupted", 130)]
)
def test_the_exit_code_says_how_it_ended_and_what_was_reached_is_kept(
    solver: StandIn, script: Path, ending: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    solver.ending = ending
    assert main(["run", str(script), "-o", "here"]) == code
    said = capsys.readouterr()
    assert "interfacefem report here" in said.out
    assert "Traceback" not in said.err
    if ending == "stopped":
        assert "stopped in step 'press' at 20 MPa" in said.err
        assert "try: a finer mesh" in said.err
    with Results.open("here") as results:
        assert results.status.startswith(ending)
        assert len(results) == 2


def test_the_solver_is_not_started_where_nothing_can_be_written(
    solver: StandIn, script: Path, tmp_path: Path
) -> None:
    assert main(["run", str(script)]) == 0
    assert main(["run", str(script)]) == 2
    assert main(["run", str(script), "-o", str(script)]) == 2
    assert solver.calls == 1
    assert main(["run", str(script), "--overwrite"]) == 0
    assert solver.calls == 2


def test_a_script_shows_the_same_lines(
    solver: StandIn, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["run", str(script)])
    by_command = capsys.readouterr().out
    Case.load(script).run("runs/block", overwrite=True)
    by_script = capsys.readouterr().out
    shown = without_times(by_script)
    assert without_times(by_command)[: len(shown)] == shown
    assert any("contact" in line for line in shown)


def test_a_run_can_be_silent(
    solver: StandIn, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Case.load(script).run("quiet", listeners=())
    assert capsys.readouterr().out == ""


def test_ctrl_c_in_any_verb(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("interfacefem.cli.cases.mesh_of", pressed)
    assert main(["check", str(script)]) == 130
    assert "stopped by Ctrl-C" in capsys.readouterr().err
