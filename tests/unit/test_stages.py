# SPDX-License-Identifier: MIT
"""Stages as they are described: mistakes, files, a run with them, and one that is continued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import CaseError, Hold, Press, Protocol, Release, Stage, materials, surfaces
from interfacefem.drive.run import run_case
from interfacefem.materials import Elastic, J2Plastic, LinearHardening, Material

STEEL = Material("steel", Elastic("200 GPa", 0.3))
SOFT = Material(
    "soft",
    J2Plastic("5 GPa", 0.3, "20 MPa", LinearHardening("200 MPa")),
    ionic_conductivity="1 mS/cm",
)
WAVE = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
PUNCH = ifem.Layer("punch", STEEL, "2 um", bottom=WAVE)
PRESS, RELEASE = Press(to="60 MPa"), Release(to="5 MPa")


def stack() -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("lower", SOFT, "2 um"),
        ifem.Layer("middle", SOFT, "2 um"),
        ifem.Layer("upper", SOFT, "2 um"),
        width="4 um",
    )


def case_of(protocol: Protocol) -> ifem.Case:
    return ifem.Case("staged", stack(), protocol, mesh=ifem.MeshSize("500 nm"))


def test_steps_are_those_of_all_stages() -> None:
    protocol = Protocol(Stage(["a"], [PRESS, RELEASE]), Stage("b", [PRESS, Hold("1 s")]))
    assert protocol.names == ("press", "release", "press 2", "hold")
    assert protocol.stages[1].adds == ("b",)
    assert [step.name for step in protocol.stages[1].steps] == ["press 2", "hold"]
    assert [protocol.stage_index(index) for index in range(4)] == [0, 0, 1, 1]
    assert Protocol(PRESS, RELEASE).stage_index(1) == 0
    # the die was opened: the second press begins at zero, at 10 MPa/s
    timed = Press(to="60 MPa", rate="10 MPa/s")
    assert Protocol(Stage("a", [timed, RELEASE]), Stage("b", [timed])).schedule[2].end == 12.0


@pytest.mark.parametrize(
    ("make", "place", "text"),
    [
        (lambda: Protocol(PRESS, Stage("a", [PRESS])), "step[0]", "outside of a stage"),
        (lambda: Protocol(Stage("a", [])), "stage[0].step", "is empty"),
        (
            lambda: Protocol(Stage("a", [Hold("1 s")])).after(0.0),
            "stage[0].step[0]",
            "before any pressure",
        ),
        (
            lambda: Protocol(Stage("a", [PRESS]), Stage("b", [PRESS])),
            "stage[0].step",
            "the die is opened under 60 MPa",
        ),
        (
            lambda: Protocol(Stage("a", [PRESS, RELEASE]), Stage("b", [Release(to="1 MPa")])),
            "stage[1].step[0]",
            "but the pressure is 0 MPa",
        ),
        (lambda: Stage("a", PRESS), "stage.steps", "is no list of steps"),  # type: ignore[arg-type]
        (lambda: Stage("a", [PRESS], punch=STEEL), "stage.punch", "Material is not a Layer"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_of_a_protocol(make: Any, place: str, text: str) -> None:
    with pytest.raises(CaseError) as caught:
        make()
    found = caught.value.mistakes
    assert [mistake.place for mistake in found] == [place]
    assert text in found[0].problem


def test_mistakes_with_the_layers_are_told_at_once() -> None:
    other = surfaces.sinusoid("5 um", amplitude="50 nm", wavelength="5 um")
    protocol = Protocol(
        Stage(
            ["lower", "uper"],
            [PRESS, RELEASE],
            punch=ifem.Layer("middle", STEEL, "2 um", bottom=other),
        ),
        Stage(["lower"], [PRESS, RELEASE]),
    )
    found = {mistake.place: mistake for mistake in case_of(protocol).check()}
    assert found["stage[0].adds"].remedy == 'did you mean "upper"?'
    assert "another layer" in found["stage[0].punch.name"].problem
    assert "5 um, but the stack 4 um" in found["stage[0].punch.bottom"].problem
    assert "is there since stage[0]" in found["stage[1].adds"].problem
    assert "'middle', 'upper' is never added" in found["stage"].problem
    hole = Protocol(Stage(["lower", "upper"], [PRESS, RELEASE]), Stage("middle", [PRESS]))
    mistakes = case_of(hole).check().mistakes
    assert "'middle' is missing" in mistakes[0].problem


def test_a_layer_may_be_left_out_if_that_is_stated() -> None:
    stages = [Stage(["lower", "middle"], [PRESS])]
    assert not case_of(Protocol(*stages)).check().ok
    assert case_of(Protocol(*stages, left_out=["upper"])).check().ok


def staged() -> Protocol:
    frictionless = ifem.Interface(shear_cap="30 MPa")
    return Protocol(
        Stage("lower", [PRESS, RELEASE], punch=PUNCH, punch_interface=frictionless),
        Stage("middle", [Press(to="30 MPa"), RELEASE]),
        Stage("upper", [Press(to="20 MPa", name="last")]),
    )


def test_a_case_with_stages_comes_back_from_a_file(tmp_path: Path) -> None:
    case = case_of(staged())
    again = ifem.Case.load(case.save(tmp_path / "staged.toml"))
    assert again.protocol == case.protocol
    assert again.to_dict() == case.to_dict()
    data = case.to_dict()
    data["stage"][1]["adds"] = ["midle"]
    data["stage"][0]["punch"]["thickness"] = "2"
    data["stage"][2]["step"][0]["to"] = "-1 MPa"
    with pytest.raises(CaseError) as caught:
        ifem.Case.from_dict(data)
    places = [mistake.place for mistake in caught.value.mistakes]
    assert {"stage[0].punch.thickness", "stage[1].adds", "stage[2].step[0].to"} <= set(places)


class Stop:
    """Interrupts a run after some increments of a step."""

    def __init__(self, step: str, after: int) -> None:
        self.step, self.after = step, after

    def on_increment(self, snapshot: Any) -> None:
        if snapshot.step == self.step and snapshot.increment == self.after:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> ifem.Results:
    """The run of three stages, to its end."""
    return case_of(staged()).run(tmp_path_factory.mktemp("whole") / "run", listeners=())


@pytest.mark.slow
@pytest.mark.parametrize(("step", "after"), [("press 2", 1), ("release", 0), ("last", 0)])
def test_a_run_is_continued_in_any_stage(
    whole: ifem.Results, tmp_path: Path, step: str, after: int
) -> None:
    part = run_case(case_of(staged()), tmp_path / "part", listeners=[Stop(step, after)])
    assert part.status.startswith("interrupted")
    rest = ifem.resume(tmp_path / "part", listeners=())
    assert rest.status == "complete"
    for name in ("step", "stage", "nominal_pressure", "closure", "mean_pressure[lower|middle]"):
        assert np.array_equal(
            whole.history[name],
            rest.history[name],
            equal_nan=whole.history[name].dtype.kind == "f",
        ), name


@pytest.mark.slow
def test_results_say_what_is_there(whole: ifem.Results) -> None:
    results = whole
    assert results.layers == ("lower", "middle", "upper", "punch")
    assert results.interfaces == ("lower|middle", "middle|upper", "lower|punch")
    seen = {
        step: [results.layer(name).at(step).present for name in results.layers]
        for step in ("press", "press 2", "last")
    }
    assert seen == {
        "press": [True, False, False, True],
        "press 2": [True, True, False, False],
        "last": [True, True, True, False],
    }
    early = results.interface("middle|upper").at("press")
    assert not early.present
    assert not early.in_contact.values.any()
    assert np.isnan(early.gap.values).all()
    assert np.isnan(results.history.of("contact_fraction", "middle|upper")[0])
    assert sorted(set(results.history["stage"])) == [0, 1, 2]
    # a current flows only where the stack is complete, and not through the punch
    assert [step for step in results.steps if results.has_current(step)] == ["last"]
    assert list(results.current().interfaces) == ["lower|middle", "middle|upper"]
    text = results.summary()
    assert "nan" not in text.split("Checks")[0]
    from interfacefem import plots

    assert len(plots.report(results)) >= 4


def test_powder_keeps_its_mass_and_conducts_by_its_density(tmp_path: Path) -> None:
    powder = materials.get("Li3InCl6", law="powder", ionic_conductivity="1 mS/cm")
    law: Any = powder.law
    bed = ifem.Stack(ifem.Layer("bed", powder, "4 um"), width="4 um")
    case = ifem.Case("bed", bed, Protocol(Press(to="100 MPa")), mesh=ifem.MeshSize("1 um"))
    results = case.run(tmp_path / "run", listeners=())
    height = 4.0 - float(results.history["closure"][-1])
    dense = law.relative_density * 4.0 / height  # mass over volume, in a die
    field = results.layer("bed").at("press").field("relative_density")
    assert (field.unit, field.location) == ("-", "cell")
    assert field.values == pytest.approx(dense, rel=1e-9)
    # Heckel: P = Py (ln 1/(1-D) - A0), D without the elastic strain, of one or two per cent
    assert float(law.pressed_density(100.0)) == pytest.approx(dense, rel=0.02)
    # 1 mS/cm is 0.1 uA/(V um); height over conductivity, in ohm cm^2
    conducted = law.conduction_under(dense / law.relative_density, 100.0)
    assert conducted == pytest.approx(float(law.necks.loaded(dense)), rel=0.005)  # under load
    expected = 1e-2 * height / (0.1 * conducted)
    assert results.current().asr_total == pytest.approx(expected, rel=1e-6)
