# SPDX-License-Identifier: MIT
"""Steps of the press: conversion of force, names, order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from interfacefem.describe.protocol import Hold, Press, Protocol, Release, protocol_mistakes
from interfacefem.errors import CaseError, UnitError


@pytest.mark.parametrize(
    ("force", "die", "pressure"),
    [
        # Tonne-force over a round die, p = F g / (pi d^2/4) with g = 9.80665 m/s2, table of three
        # digits [MPa].
        ("1.5 t", "10 mm", 187.3),
        ("1.5 t", "12.7 mm", 116.1),
        ("1.5t", "13 mm", 110.8),
        ("0.5 t", "6 mm", 173.0),
        ("1 t", "20 mm", 31.2),
        ("5 t", "8 mm", 976.0),
        ("3 t", "15 mm", 166.5),
    ],
)
def test_force_and_die_give_the_tabulated_pressure(force: str, die: str, pressure: float) -> None:
    assert Press(force=force, die=die).target_pressure == pytest.approx(pressure, rel=3e-3)


def test_force_in_newtons_is_the_same_press() -> None:
    # 1.5 t = 14.709975 kN by the definition of the kilogram-force.
    a = Press(force="14.709975 kN", die="10 mm").target_pressure
    assert a == pytest.approx(Press(force="1.5 t", die="1 cm").target_pressure, rel=1e-12)


@pytest.mark.parametrize(
    ("force", "die", "said"),
    [
        ("0.8 t", 12, 'die: 12 has no unit, and 12 um is out of question; write "12 mm"'),
        (
            8000.0,
            "12 mm",
            "force: 8000 has no unit, and 8000 uN is out of question; write",
        ),
    ],
)
def test_a_number_without_a_unit_that_cannot_be_meant(
    force: str | float, die: str | float, said: str
) -> None:
    with pytest.raises(CaseError, match=said):
        Press(force=force, die=die)
    plain = Press(force=7.8e9, die=12000.0)
    assert plain.target_pressure == Press(force="7800 N", die="12 mm").target_pressure


def test_names_are_unique_and_a_hold_keeps_the_pressure() -> None:
    protocol = Protocol(
        Press("50 MPa"),
        Hold("60 s"),
        Press("187 MPa"),
        Hold("1 min"),
        Release("5 MPa", name="stack pressure"),
        Press("190 MPa", name="press 2"),
    )
    assert protocol.names == ("press", "hold", "press 2", "hold 2", "stack pressure", "press 2 2")
    assert protocol.pressures == (50.0, 50.0, 187.0, 187.0, 5.0, 190.0)
    assert protocol.steps[1].target_pressure is None
    assert protocol.steps[3].duration == 60.0
    assert protocol.index("stack pressure") == 4
    assert len(protocol) == 6
    assert [step.name for step in protocol] == list(protocol.names)
    # Resolved names stay as they are when a protocol is made again.
    assert Protocol(*protocol.steps) == protocol


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Press("-5 MPa"), CaseError, "step 'press'.to: '-5 MPa' is out of range"),
        (lambda: Press(0.0), CaseError, 'write a positive pressure such as "187 MPa"'),
        (lambda: Press("5"), UnitError, "step 'press'.to: '5' has no unit"),
        (lambda: Press("5 t"), UnitError, "is not a pressure"),
        (lambda: Press(), CaseError, "needs either a pressure or a force with a die"),
        (lambda: Press(force="1 t"), CaseError, "needs either"),
        (lambda: Press(die="1 mm"), CaseError, "needs either"),
        (lambda: Press("1 MPa", die="1 mm"), CaseError, "needs either"),
        (lambda: Press("1 MPa", force="1 t", die="1 mm"), CaseError, "both a pressure and a force"),
        (lambda: Press(force="0 t", die="1 mm"), CaseError, "step 'press'.force"),
        (lambda: Press(force="1 t", die="-1 mm"), CaseError, "step 'press'.die"),
        (lambda: Press(force="1 kg/m", die="1 mm"), UnitError, "step 'press'.force"),
        (lambda: Press("1 MPa", name="a/b"), CaseError, "step.name: 'a/b' is not a usable name"),
        (lambda: Press("1 MPa", name=" "), CaseError, "step.name"),
        (lambda: Hold("0 s"), CaseError, "step 'hold'.duration: '0 s' is out of range"),
        (lambda: Hold("5 MPa"), UnitError, "step 'hold'.duration: '5 MPa' is not a time"),
        (lambda: Release(0), CaseError, "something must hold the stack together"),
        (lambda: Release("-1 MPa", name="off"), CaseError, "step 'off'.to"),
        (lambda: Protocol(Press(5.0)).index("pres"), CaseError, 'did you mean "press"?'),
    ],
)
def test_refusals(make, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        make()


@pytest.mark.parametrize(
    ("steps", "texts"),
    [
        ((), ["step: the protocol has no step"]),
        ((Hold(1.0),), ["step[0]: hold 'hold' comes before any pressure; press first"]),
        (
            (Press(5.0), Release(5.0)),
            ["step[1]: release 'release' to 5 MPa, but the pressure is 5 MPa"],
        ),
        ((Press(5.0), Press(5.0)), ["step[1]: press 'press' to 5 MPa, but the pressure is 5 MPa"]),
        ((Release(5.0),), ["step[0]: release 'release' to 5 MPa, but the pressure is 0 MPa"]),
        (
            (Press(5.0), "hold"),
            ["step[1]: str is not a step; give Press, Hold, Release, Isostatic"],
        ),
        (
            (Hold(1.0), Press(9.0), Press(3.0), Release(7.0)),
            [
                "step[0]: hold",
                "step[2]: press 'press' to 3 MPa, but the pressure is 9 MPa",
                # Judged against what the step before asked for.
                "step[3]: release 'release' to 7 MPa, but the pressure is 3 MPa",
            ],
        ),
    ],
)
def test_every_mistake_in_the_order_is_named(steps: tuple, texts: list[str]) -> None:
    found = [str(mistake) for mistake in protocol_mistakes(steps, 0.0)]
    assert len(found) == len(texts)
    assert all(a.startswith(b) for a, b in zip(found, texts, strict=True))


def test_the_initial_pressure_decides_what_may_come_first() -> None:
    release = Protocol(Release(5.0))
    assert release.initial is None
    known = release.after(187.0)
    assert (known.initial, known.pressures) == (187.0, (5.0,))
    with pytest.raises(CaseError, match=r"release to 5 MPa|to 5 MPa, but the pressure is 2 MPa"):
        release.after(2.0)
    with pytest.raises(CaseError, match="the pressure is 0 MPa; release to less"):
        release.after(0.0)
    assert Protocol(Hold("60 s")).after(3.0).pressures == (3.0,)
    (pace,) = Protocol(Release("7 MPa", duration="90 s")).after(187.0).schedule
    assert pace.rate == pytest.approx(2.0)
    # what is wrong whatever the pressure is refused at once
    with pytest.raises(CaseError, match=r"step\[1\]: press 'press' to 3 MPa"):
        Protocol(Press(5.0), Press(3.0))


def test_tables_for_a_file() -> None:
    protocol = Protocol(
        Press(force="1.5 t", die="10 mm", name="secondary"), Hold("90 s"), Release("5 MPa")
    )
    assert protocol.to_list() == [
        {"name": "secondary", "kind": "press", "force": "1.5 t", "die": "10 mm"},
        {"name": "hold", "kind": "hold", "duration": "90 s"},
        {"name": "release", "kind": "release", "to": "5 MPa"},
    ]


def test_rate_and_duration_say_the_same() -> None:
    # 187 MPa at 2 MPa/s take 93.5 s; then 60 s; then 182 MPa down in 91 s are 2 MPa/s again
    protocol = Protocol(
        Press("187 MPa", rate="2 MPa/s"), Hold("1 min"), Release("5 MPa", duration="91 s")
    )
    assert [pace.end for pace in protocol.schedule] == pytest.approx([93.5, 153.5, 244.5])
    assert [pace.rate for pace in protocol.schedule] == [2.0, None, pytest.approx(2.0)]
    assert Protocol(*protocol.steps) == protocol
    assert [table.get("rate") for table in protocol.to_list()] == ["2 MPa/s", None, None]
    assert protocol.to_list()[2]["duration"] == "91 s"


def test_steps_that_say_nothing_take_no_time() -> None:
    protocol = Protocol(Press("10 MPa"), Hold("5 s"), Press("20 MPa", rate="120 MPa/min"))
    assert [(pace.rate, pace.end) for pace in protocol.schedule] == [
        (None, 0.0), (None, 5.0), (pytest.approx(2.0), pytest.approx(10.0)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Press("5 MPa", rate="1 MPa/s", duration="5 s"), "has a rate and a duration"),
        (lambda: Release("5 MPa", rate="0 MPa/s"), "step 'release'.rate"),
        (lambda: Press("5 MPa", rate="1 MPa"), "is not a pressure rate"),
    ],
)
def test_pace_that_makes_no_sense_is_refused(make: Callable[[], object], text: str) -> None:
    with pytest.raises((CaseError, UnitError), match=re.escape(text)):
        make()
