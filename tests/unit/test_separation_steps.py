"""What the steps that take a stack apart are given: how fast they go, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.errors import CaseError, UnitError

PRESSED = (ifem.Press("3 MPa", rate="1 MPa/s"), ifem.Release("1 MPa", rate="1 MPa/s"))


def case(*steps: Any, law: str | None = None, die: ifem.Die | None = None) -> ifem.Case:
    lithium = materials.get("Li", law=law) if law else materials.get("Li")
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "4 um"), ifem.Layer("Li", lithium, "4 um"), width="6 um"
    )
    return ifem.Case("apart", stack, ifem.Protocol(*PRESSED, *steps), die=die, current=None)


def test_a_rate_or_a_duration() -> None:
    # origin: 2 um at 10 nm/s take 200 s
    assert ifem.PullOff("2 um", rate="10 nm/s").duration == pytest.approx(200.0, rel=1e-12)
    assert ifem.PullOff("2 um", duration="200 s").rate == pytest.approx(0.01, rel=1e-12)
    assert ifem.Shear("2 um", duration="200 s").rate == pytest.approx(0.01, rel=1e-12)
    assert ifem.Shear("2 um", rate="0.6 um/min").duration == pytest.approx(200.0, rel=1e-12)
    assert ifem.PullOff(rate="1 nm/s").duration == ifem.PullOff("1 um").duration == 0.0
    protocol = ifem.Protocol(*PRESSED, ifem.Shear("2 um", duration="200 s"))
    assert protocol.schedule[-1].end == pytest.approx(3.0 + 2.0 + 200.0)
    assert protocol.schedule[-1].rate is None  # the pressure is kept
    pulled = ifem.Protocol(*PRESSED, ifem.PullOff("2 um", rate="1 um/s")).schedule[-1]
    assert (pulled.rate, pulled.end) == (None, pytest.approx(7.0))


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: ifem.PullOff("1 um", rate="1 nm/s", duration="1 s"), "a rate and a duration"),
        (lambda: ifem.Shear("1 um", rate="1 nm/s", duration="1 s"), "a rate and a duration"),
        (lambda: ifem.PullOff(duration="1 s"), r"no opening.*opening = .*rate = "),
        (lambda: ifem.PullOff(rate="0 um/s"), r"rate.*positive speed such as"),
        (lambda: ifem.Shear("1 um", duration="-1 s"), r"duration.*positive time"),
    ],
)
def test_impossible_paces_are_refused(make: Any, problem: str) -> None:
    with pytest.raises(CaseError, match=problem):
        make()


def test_a_rate_of_pressure_is_no_speed() -> None:
    with pytest.raises(UnitError, match=r"step 'pull-off'\.rate.*10 nm/s"):
        ifem.PullOff(rate="1 MPa/s")


@pytest.mark.parametrize("law", ["anand", "norton"])
def test_flow_in_time_needs_a_speed(law: str, tmp_path: Path) -> None:
    for step, remedy in (
        (ifem.PullOff(), 'write rate = "10 nm/s"'),
        (ifem.Shear("1 um"), 'write rate = "10 nm/s" or duration = "60 s"'),
    ):
        wrong = case(step, law=law).check()
        assert [mistake.place for mistake in wrong] == ["step[2]"]
        assert "'Li' flows in time" in wrong.mistakes[0].problem
        assert wrong.mistakes[0].remedy == remedy
    for step in (ifem.PullOff(rate="1 nm/s"), ifem.Shear("1 um", duration="60 s")):
        made = case(step, law=law)
        assert made.check().ok
        assert ifem.Case.load(made.save(tmp_path / "case.toml")).protocol.steps[-1] == step


def test_a_file_may_give_a_duration(tmp_path: Path) -> None:
    path = case(ifem.PullOff("2 um", rate="10 nm/s")).save(tmp_path / "case.toml")
    text = path.read_text(encoding="utf-8")
    assert 'rate = "10 nm/s"' in text
    path.write_text(text.replace('rate = "10 nm/s"', 'duration = "200 s"'), encoding="utf-8")
    assert ifem.Case.load(path).protocol.steps[-1].rate == pytest.approx(0.01, rel=1e-12)


def test_a_pellet_is_pulled_at_out_of_its_die() -> None:
    die = ifem.Die("12 um")
    assert case(ifem.Eject(), ifem.PullOff(), die=die).check().ok
    wrong = case(ifem.PullOff(), die=die).check()
    assert [mistake.place for mistake in wrong] == ["step[2]"]
    assert "still in the die" in wrong.mistakes[0].problem
    assert "Eject()" in wrong.mistakes[0].remedy
    wrong = case(ifem.Shear("1 um"), die=die).check()
    assert [mistake.place for mistake in wrong] == ["step[2]"]
    assert "slides to one side" in wrong.mistakes[0].problem
    for step in (ifem.Shear("1 um"), ifem.Hold("1 s"), ifem.Eject()):
        with pytest.raises(CaseError, match=r"out of the die.*let only PullOff follow"):
            case(ifem.Eject(), step, die=die)
    with pytest.raises(CaseError, match="takes a pellet out of a die, but there is none"):
        case(ifem.Eject(), ifem.PullOff()).require()
