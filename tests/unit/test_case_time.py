# SPDX-License-Identifier: MIT
"""Time and temperature of a case: what is asked for, written, read back and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.case import Case
from interfacefem.errors import CaseError, UnitError


def made(*steps: object, law: str | None = "anand", **options: object) -> Case:
    lithium = materials.get("Li", law=law) if law else materials.get("Li")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li3InCl6", "40 um"),
        ifem.Layer("anode", lithium, "30 um"),
        width="60 um",
    )
    return Case("timed", stack, ifem.Protocol(*steps), **options)


@pytest.mark.parametrize("law", ["anand", "norton"])
def test_flow_in_time_needs_a_pace(law: str) -> None:
    case = made(ifem.Press("5 MPa"), ifem.Hold("60 s"), ifem.Release("1 MPa"), law=law)
    found = case.check().mistakes
    assert [mistake.place for mistake in found] == ["step[0]", "step[2]"]
    assert "'anode' flows in time" in found[0].problem
    assert 'rate = "1 MPa/s"' in found[0].remedy
    with pytest.raises(CaseError, match="does not say how fast"):
        Case.from_dict(case.to_dict())


def test_a_pace_is_enough_and_a_hold_then_means_something() -> None:
    case = made(
        ifem.Press("5 MPa", rate="1 MPa/s"), ifem.Hold("60 s"), ifem.Release("1 MPa", duration=4.0)
    )
    assert case.check().ok
    assert not any("holding" in note for note in case.check().notes)
    steady = made(ifem.Press("5 MPa"), ifem.Hold("60 s"), law=None)
    assert steady.check().ok
    assert any("holding changes nothing" in note for note in steady.check().notes)


def test_temperature_is_kept_in_kelvin_and_survives_a_file(tmp_path: Path) -> None:
    # 60 degC = 333.15 K by definition
    case = made(ifem.Press("5 MPa", rate="0.5 MPa/s"), temperature="60 degC")
    assert case.temperature == pytest.approx(333.15, rel=1e-12)
    again = Case.load(case.save(tmp_path / "case.toml"))
    assert again.temperature == case.temperature
    assert again.protocol == case.protocol
    assert made(ifem.Press("1 MPa", rate=1.0)).temperature == 298.15


@pytest.mark.parametrize(("given", "error"), [("-300 degC", CaseError), ("5 MPa", UnitError)])
def test_impossible_temperature_is_refused(given: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="temperature"):
        made(ifem.Press("1 MPa", rate=1.0), temperature=given)
