"""Adhesion from the description to the results, and runs that are continued amid a separation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.drive.run import resume, run_case
from interfacefem.errors import CaseError, ResultsError, UnitError

NAME = "ceramic|Li"


def case(*steps: Any, adhesion: ifem.Adhesion | None = None, friction: float = 0.0) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "4 um"),
        ifem.Interface(friction, adhesion=adhesion or ifem.Adhesion("1 MPa", "0.01 J/m^2")),
        ifem.Layer("Li", "Li", "4 um"),
        width="6 um",
    )
    protocol = ifem.Protocol(ifem.Press("3 MPa"), ifem.Release("1 MPa"), *steps)
    return ifem.Case("adhesion", stack, protocol, mesh=ifem.MeshSize("2 um"), current=None)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"strength": "0 MPa", "toughness": "1 J/m^2"}, "adhesion.strength"),
        ({"strength": "1 MPa", "toughness": "-1 J/m^2"}, "adhesion.toughness"),
        ({"strength": "1 MPa", "toughness": "1 J/m^2", "mode_exponent": 0.5}, "mode_exponent"),
        ({"strength": "1 MPa", "toughness": "1 J/m^2", "stiffness": "0.4 MPa/um"}, "stiffness"),
    ],
)
def test_impossible_adhesion_is_refused(given: dict[str, Any], place: str) -> None:
    with pytest.raises(CaseError, match=place):
        ifem.Adhesion(**given)


def test_units_are_checked() -> None:
    with pytest.raises(UnitError, match=r"adhesion\.toughness"):
        ifem.Adhesion("1 MPa", "1 MPa")
    with pytest.raises(CaseError, match=r"interface\.adhesion.*Adhesion\("):
        ifem.Interface(adhesion="1 MPa")  # type: ignore[arg-type]


def test_written_and_read_again(tmp_path: Path) -> None:
    bond = ifem.Adhesion(
        "1 MPa", "0.5 J/m^2", shear_strength="2 MPa", bond_pressure="1 MPa", full_pressure="9 MPa"
    )
    for step in (
        ifem.PullOff("2 um"),
        ifem.PullOff(),
        ifem.PullOff(rate="10 nm/s"),
        ifem.Shear("1 um", interface=NAME),
        ifem.Shear("1 um", duration="3 s"),
    ):
        first = case(step, adhesion=bond)
        again = ifem.Case.load(first.save(tmp_path / "case.toml"))
        assert again.stack.interface(NAME).adhesion == bond
        assert again.protocol.steps[-1] == step
        assert again.linear_solver == "direct"


def test_mistakes_of_a_case_file_have_their_place(tmp_path: Path) -> None:
    path = case(ifem.PullOff()).save(tmp_path / "case.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('toughness = "0.01 J/m^2"', 'toughnes = "0.01 J/m^2"'))
    with pytest.raises(CaseError) as caught:
        ifem.Case.load(path)
    places = {mistake.place for mistake in caught.value.mistakes}
    assert {"interface[0].adhesion.toughness", "interface[0].adhesion.toughnes"} <= places


def test_order_of_steps() -> None:
    with pytest.raises(CaseError, match="taken apart"):
        ifem.Protocol(ifem.Press("3 MPa"), ifem.PullOff(), ifem.Press("3 MPa"))
    with pytest.raises(CaseError, match="before any pressure"):
        ifem.Protocol(ifem.Shear("1 um")).after(0.0)
    wrong = case(ifem.Shear("1 um", interface="Li|ceramic")).check()
    assert [mistake.place for mistake in wrong] == ["step[2].interface"]
    assert NAME in wrong.mistakes[0].remedy


class Stop:
    """Presses Ctrl-C in an increment of the last step."""

    def __init__(self, increment: int) -> None:
        self.increment = increment

    def on_increment(self, snapshot: Any) -> None:
        if snapshot.step_index == 2 and snapshot.increment == self.increment:
            raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pull-off", "shear"])
def test_continued_amid_a_separation_nothing_differs(kind: str, tmp_path: Path) -> None:
    step = ifem.PullOff("6 nm") if kind == "pull-off" else ifem.Shear("6 nm")
    made = case(step, friction=0.2)
    whole = run_case(made, tmp_path / "whole")
    run_case(made, tmp_path / "cut", listeners=[Stop(3)]).close()
    parts = resume(tmp_path / "cut", listeners=[])
    assert len(parts) == len(whole) > 8
    for name, column in whole.history.columns.items():
        if name != "wall_time":
            np.testing.assert_array_equal(column, parts.history[name], err_msg=name)
    one, two = (run.interface(NAME).at(kind) for run in (whole, parts))
    for field in ("damage", "adhesion", "bonded", "mode_mix", "separation_energy"):
        np.testing.assert_array_equal(one.field(field).values, two.field(field).values)
    assert one.field("damage").values.max() > 0.5  # damage was under way


def test_results_of_a_pull_off(tmp_path: Path) -> None:
    results = run_case(case(ifem.PullOff()), tmp_path / "run")
    found = results.separation()
    assert found.strength == pytest.approx(1.0, rel=0.01)  # as given
    assert found.work == pytest.approx(0.01, rel=0.01)
    assert abs(found.balance) < 0.01
    assert found.opened == {NAME: pytest.approx(1.0)}
    assert found.mode_mix[NAME] == pytest.approx(0.0, abs=1e-6)
    history = results.history
    assert history.of("bonded_fraction", NAME)[-1] == pytest.approx(1.0)
    assert history.of("bonded_fraction", NAME)[0] == 0.0  # bonds form when the press ends
    assert "Separation" in results.summary()
    assert np.all(results.interface(NAME).at("pull-off").field("damage").values == 1.0)
    with pytest.raises(ResultsError, match="takes nothing apart"):
        results.separation("press")
