# SPDX-License-Identifier: MIT
"""Runs that begin with a state of another run, and runs that go on with other numerics."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.cli import main
from interfacefem.describe.start import START
from interfacefem.drive.run import resume, run_case
from interfacefem.results.checkpoint import state_name

WAVE = surfaces.sinusoid("8 um", amplitude="300 nm", wavelength="8 um")
PRESS = ifem.Press(to="8 MPa", name="secondary press")
QUIET: Any = {"listeners": ()}
COLUMNS = (
    "asr", "closure", "applied_work", "elastic_energy", "plastic_work", "friction_work",
    "nominal_pressure", "time", "contact_fraction[electrolyte|anode]", "newton_iterations",
)  # fmt: skip


def case(name: str, *steps: Any, anode: str = "Li", **settings: Any) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=WAVE),
        ifem.Interface(friction=0.3, resistance="5 ohm*cm^2"),
        ifem.Layer("anode", anode, "4 um"),
    )
    mesh = settings.pop("mesh", ifem.MeshSize("0.7 um"))
    return ifem.Case(name, stack, ifem.Protocol(*steps), mesh=mesh, **settings)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A press whose state others begin with."""
    folder = tmp_path_factory.mktemp("start") / "press"
    case("press", ifem.Press(to="2 MPa", name="touch"), PRESS).run(folder, **QUIET)
    return folder


def assert_last_agree(whole: Any, part: Any) -> None:
    """Compare the increments of a part with the last ones of the whole protocol."""
    count = len(part)
    for name in COLUMNS:
        if name == "newton_iterations":  # the first row of the part is a state, no increment
            wanted = [0, *whole.history[name][-count + 1 :]]
        else:
            wanted = whole.history[name][-count:]
        np.testing.assert_allclose(part.history[name], wanted, rtol=1e-10, err_msg=name)


@pytest.mark.slow
def test_three_releases_need_one_press(press: Path, tmp_path: Path) -> None:
    with ifem.Results.open(press) as results:
        effort = results.history["linear_solves"].sum()
    for to in ("4 MPa", "1 MPa", "0.3 MPa"):
        release = ifem.Release(to=to)
        touch = ifem.Press(to="2 MPa", name="touch")
        whole = case("whole", touch, PRESS, release).run(tmp_path / f"whole {to}", **QUIET)
        part = case("part", release, start=(press, "secondary press"))
        assert part.check().ok
        part = part.run(tmp_path / f"part {to}", **QUIET)
        assert part.steps == (START, "release")
        assert_last_agree(whole, part)
        # no second press
        spent = part.history["linear_solves"].sum()
        assert spent == whole.history["linear_solves"].sum() - effort
        wanted = {"run": str(press), "step": "secondary press", "nominal_pressure": 8.0}
        assert {key: part.provenance["start"][key] for key in wanted} == wanted


@pytest.mark.slow
def test_a_state_in_the_middle_and_one_of_a_metal_that_creeps(press: Path, tmp_path: Path) -> None:
    again = case("again", PRESS, start=(press, "touch")).run(tmp_path / "again", **QUIET)
    with ifem.Results.open(press) as whole:
        assert_last_agree(whole, again)
    hold, release = ifem.Hold("60 s"), ifem.Release(to="2 MPa", rate="0.5 MPa/s")
    steps = ifem.Press(to="6 MPa", rate="0.5 MPa/s"), hold, release
    laws = ifem.materials.get("Li", law="anand")
    whole = case("creeping", *steps, anode=laws).run(tmp_path / "creeping", **QUIET)  # type: ignore[arg-type]
    case("first", *steps[:2], anode=laws).run(tmp_path / "first", **QUIET)  # type: ignore[arg-type]
    part = case("rest", release, anode=laws, start=tmp_path / "first")  # type: ignore[arg-type]
    assert_last_agree(whole, part.run(tmp_path / "rest", **QUIET))


@pytest.mark.slow
def test_a_part_that_is_interrupted_goes_on(press: Path, tmp_path: Path) -> None:
    class Stop:
        def __init__(self, after: int) -> None:
            self.left = after

        def on_increment(self, snapshot: Any) -> None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

    part = case("part", ifem.Release(to="0.3 MPa"), start=(press, "secondary press"))
    whole = part.run(tmp_path / "whole", **QUIET)
    for after in (1, 2):
        folder = tmp_path / f"{after}"
        run_case(part, folder, listeners=(Stop(after),))
        # the run that it began from is not asked again
        moved = press.with_name("moved")
        press.rename(moved)
        try:
            done = resume(folder, **QUIET)
        finally:
            moved.rename(press)
        for name in COLUMNS:
            np.testing.assert_array_equal(done.history[name], whole.history[name])


@pytest.mark.slow
def test_a_run_that_failed_goes_on_with_other_numerics(tmp_path: Path) -> None:
    release = ifem.Release(to="1 MPa")
    hard = ifem.Numerics(max_iterations=1, max_rejections=1)
    with pytest.raises(ifem.ConvergenceError):
        case("hard", PRESS, release, numerics=hard).run(tmp_path / "hard", **QUIET)
    done = resume(tmp_path / "hard", numerics=ifem.Numerics(max_iterations=40), **QUIET)
    assert done.status == "complete"
    first, second = done.provenance["sessions"]
    assert "numerics" not in first
    assert second["numerics"]["max_iterations"] == 40
    assert done.case["numerics"]["max_iterations"] == 1  # as it was begun


def test_numerics_on_the_command_line(
    press: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(press, folder)
    for words, said in (
        (["max_rejections"], "write NAME=VALUE"),
        (["max_rejection=3"], "did you mean"),
        (["tolerance=no"], "numerics.tolerance"),
        (["max_iterations=2.5"], "numerics.max_iterations"),
    ):
        assert main(["resume", str(folder), *(f"--numerics={word}" for word in words)]) == 2
        assert said in capsys.readouterr().err


def test_a_start_goes_through_a_file(press: Path, tmp_path: Path) -> None:
    part = case("part", ifem.Release(to="1 MPa"), start=(press, "touch"))
    path = part.save(tmp_path / "part.toml")
    again = ifem.Case.load(path)
    assert again.start == part.start
    assert again.to_dict() == part.to_dict()
    assert part.replace(start=press).start.step == ""  # type: ignore[union-attr]
    assert part.replace(start=press).check().ok


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"start": "nowhere"}, "start.run", "there is no run; run that case first"),
        ({"start": ("PRESS", "third")}, "start.step", "no state at the end of a step 'third'"),
        ({"temperature": "60 degC"}, "start.run", "another cell than this case: temperature"),
        ({"mesh": ifem.MeshSize("0.6 um")}, "start.run", "mesh.edge differs; begin with the same"),
        ({"protocol": ifem.Protocol(ifem.Release(to="9 MPa"))}, "step[0]", "is 8 MPa; release to"),
        (
            {"protocol": ifem.Protocol(ifem.Release(to="1 MPa", name=START))},
            "step", "give the step another name",
        ),
    ],
)  # fmt: skip
def test_check_says_what_does_not_fit(
    press: Path, changes: dict[str, Any], place: str, said: str
) -> None:
    part = case("part", ifem.Release(to="1 MPa"), start=press)
    if isinstance(changes.get("start"), tuple):
        changes = {"start": (press, "third")}
    (mistake,) = part.replace(**changes).check().mistakes
    assert mistake.place == place
    assert said in str(mistake)


def test_what_is_no_start_is_refused(press: Path) -> None:
    for given in (3, (1, 2), (press,), ("", "press")):
        with pytest.raises(ifem.CaseError, match=r"start"):
            case("part", ifem.Release(to="1 MPa"), start=given)
    with pytest.raises(ifem.CaseError, match="the pressure is 0 MPa"):
        case("part", ifem.Release(to="1 MPa"))


def test_a_run_never_replaces_the_one_it_begins_from(press: Path) -> None:
    part = case("part", ifem.Release(to="1 MPa"), start=press)
    before = (press / "results.h5").read_bytes()
    with pytest.raises(ifem.ResultsError, match="begins from a state in this folder"):
        part.run(press, overwrite=True, **QUIET)
    assert (press / "results.h5").read_bytes() == before


def test_a_state_that_is_damaged_or_of_another_run_is_refused(press: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(press, folder)
    part = case("part", ifem.Release(to="1 MPa"), start=folder)
    state = folder / state_name(1)
    whole = state.read_bytes()
    state.write_bytes(whole[:-100])
    (mistake,) = part.check().mistakes
    assert state_name(1) in str(mistake)
    state.unlink()
    assert part.check().ok  # the state before is the last one now
    (mistake,) = part.replace(start=(folder, "secondary press")).check().mistakes
    assert mistake.place == "start.step"
