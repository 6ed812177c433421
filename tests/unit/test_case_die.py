# SPDX-License-Identifier: MIT
"""A die and its ejection as they are described: what is refused, written and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import interfacefem as ifem
from interfacefem import CaseError, Eject, Press, Protocol, Release, Stage, UnitError, surfaces

PRESS, RELEASE, EJECT = Press(to="100 MPa"), Release(to="1 MPa"), Eject()
DIE = ifem.Die("10 mm", wall_friction=0.2)


def pellet(
    *steps: Any, width: Any = "5 mm", die: ifem.Die | None = DIE, **options: Any
) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li3InCl6", "0.8 mm"),
        ifem.Layer("LGPS", "LGPS", "0.3 mm"),
        width=width,
    )
    return ifem.Case("pellet", stack, Protocol(*(steps or (PRESS, RELEASE, EJECT))), die=die,
                     **options)  # fmt: skip


def test_a_pellet_comes_back_from_a_file(tmp_path: Path) -> None:
    case = pellet()
    assert case.check().ok
    assert case.current == ifem.CurrentLoad()
    assert DIE.radius == 5000.0
    again = ifem.Case.load(case.save(tmp_path / "pellet.toml"))
    assert again.die == DIE
    assert again.protocol == case.protocol
    assert again.to_dict() == case.to_dict()
    data = case.to_dict()
    del data["current"], data["die"]["wall_friction"]
    plain = ifem.Case.from_dict(data)
    assert plain.current == ifem.CurrentLoad()
    assert plain.die == ifem.Die("10 mm")


def test_a_slice_keeps_its_current() -> None:
    assert pellet(PRESS, die=None).current == ifem.CurrentLoad()


def test_what_does_not_fit_the_die_is_told_at_once() -> None:
    case = pellet(Press(force="1.5 t", die="12 mm"), RELEASE, EJECT, width="4 mm")
    found = {mistake.place: mistake for mistake in case.check()}
    assert set(found) == {"stack.width", "step[0].die"}
    assert found["stack.width"].remedy.startswith('write width = "5 mm"')
    assert "12 mm, but the die of the case 10 mm" in found["step[0].die"].problem
    area = pellet(width=("5 mm", "5 mm"))
    assert "an area" in area.check().mistakes[0].problem
    nowhere = pellet(die=None, current=None).check().mistakes
    assert [mistake.place for mistake in nowhere] == ["step[2]"]
    assert "there is none" in nowhere[0].problem


@pytest.mark.parametrize(
    ("steps", "place", "text"),
    [
        ((EJECT,), "step[0]", "before any pressure"),
        ((PRESS, EJECT), "step[1]", "comes under 100 MPa"),
        ((PRESS, RELEASE, EJECT, Eject(name="again")), "step[3]", "before any pressure"),
        (
            (Stage("a", [PRESS, RELEASE, EJECT]), Stage("b", [PRESS])),
            "stage[1].step[0]",
            "out of the die",
        ),
    ],
)
def test_the_ejection_is_last_and_after_a_release(steps: Any, place: str, text: str) -> None:
    with pytest.raises(CaseError) as caught:
        Protocol(*steps).after(0.0)
    assert [m.place for m in caught.value.mistakes if text in m.problem] == [place]


@pytest.mark.parametrize(
    ("die", "place", "text"),
    [
        ({"wall_friction": 0.2}, "die.diameter", "is missing"),
        ({"diameter": "10"}, "die.diameter", "unit"),
        ({"diameter": "10 mm", "wall_friction": -0.1}, "die.wall_friction", "out of range"),
        ({"diameter": "10 mm", "friction": 0.1}, "die.friction", "unknown key"),
        ("10 mm", "die", "is not a table"),
    ],
)
def test_mistakes_in_the_table_of_a_die(die: Any, place: str, text: str) -> None:
    data = pellet().to_dict() | {"die": die}
    with pytest.raises(CaseError) as caught:
        ifem.Case.from_dict(data)
    assert [(m.place, text in m.problem) for m in caught.value.mistakes] == [(place, True)]


def test_impossible_dies_are_refused() -> None:
    with pytest.raises(UnitError, match=r"die\.diameter"):
        ifem.Die("10 MPa")
    with pytest.raises(CaseError, match="wall_friction"):
        ifem.Die("10 mm", wall_friction=-0.2)
    with pytest.raises(CaseError, match="give a Die"):
        pellet(die="10 mm")  # type: ignore[arg-type]


def test_a_pellet_in_time_needs_no_pace_for_its_ejection() -> None:
    lithium = ifem.Layer("anode", ifem.materials.get("Li", law="anand"), "1 mm")
    steps = Protocol(Press("5 MPa", rate="1 MPa/s"), Release("1 MPa", duration="2 s"), EJECT)
    case = ifem.Case("timed", ifem.Stack(lithium, width="5 mm"), steps, die=DIE)
    assert case.check().ok
    assert case.protocol.schedule[-1].end == 7.0
    assert case.protocol.pressures == (5.0, 1.0, 0.0)


def test_rough_faces_of_a_pellet_span_its_radius() -> None:
    face = surfaces.sinusoid("5 mm", amplitude="10 um", wavelength="5 mm")
    stack = ifem.Stack(
        ifem.Layer("a", "Li3InCl6", "0.8 mm", top=face), ifem.Layer("b", "LGPS", "0.3 mm")
    )
    assert ifem.Case("rough", stack, Protocol(PRESS), die=DIE).check().ok
