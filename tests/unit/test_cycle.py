# SPDX-License-Identifier: MIT
"""Steps that cycle: how they are described, what a case refuses, what a run stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import plots, surfaces
from interfacefem.cli import main
from interfacefem.drive.run import run_case
from interfacefem.plots.figures import plan

PRESS = ifem.Press(to="2 MPa")


def tiny(*steps: Any, current: Any = None, metal: Any = "Li") -> ifem.Case:
    """Lithium on a wavy electrolyte: some hundred degrees of freedom."""
    wave = surfaces.sinusoid("4 um", amplitude="0.15 um", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Interface(friction=0.2, resistance="5 ohm*cm^2"),
        ifem.Layer("anode", metal, "4 um"),
    )
    return ifem.Case(
        "tiny", stack, ifem.Protocol(*steps), mesh=ifem.MeshSize("0.5 um"), current=current
    )


def cycle(**options: Any) -> ifem.Cycle:
    return ifem.Cycle("1 mA/cm^2", "0.02 mA*h/cm^2", 1, increments=2, **options)


def test_a_step_says_what_it_takes() -> None:
    step = ifem.Cycle("0.5 mA/cm^2", "1 mA*h/cm^2", 3)
    # 1 mAh/cm^2 is 3.6 C/cm^2 or 0.036 uC/um^2; three times there and back at half a mA: 12 h
    assert step.capacity == pytest.approx(0.036)
    assert step.duration == pytest.approx(12 * 3600.0)
    assert step.target_pressure is None
    protocol = ifem.Protocol(PRESS, step)
    assert protocol.pressures == (2.0, 2.0)
    assert protocol.schedule[1].end == pytest.approx(12 * 3600.0)


def test_a_case_file_keeps_the_step() -> None:
    for fixture in ("force", "gap", "0.2 MPa/um"):
        more = {"cathode": "electrolyte", "cathode_strain": 0.02, "diffusivity": "5e-15 m^2/s"}
        case = tiny(PRESS, cycle(fixture=fixture, begin="plate", name="breathing", **more))
        assert ifem.Case.from_dict(case.to_dict()).protocol == case.protocol
    data = tiny(PRESS, cycle()).to_dict()
    data["step"][1] |= {"begin": "charge", "fixture": "glue", "count": 1.5, "colour": 1}
    with pytest.raises(ifem.CaseError) as error:
        ifem.Case.from_dict(data)
    places = {mistake.place for mistake in error.value.mistakes}
    assert places >= {"step[1].count", "step[1].colour"}
    del data["step"][1]["count"], data["step"][1]["colour"]
    with pytest.raises(ifem.CaseError, match="begin"):
        ifem.Case.from_dict(data)
    with pytest.raises(ifem.CaseError, match="diffusivity"):
        cycle(diffusivity="-1 um^2/s")
    with pytest.raises(ifem.CaseError, match="needs a layer and its strain"):
        cycle(cathode="electrolyte")
    del data["step"][1]["begin"], data["step"][1]["capacity"]
    with pytest.raises(ifem.CaseError, match="capacity"):
        ifem.Case.from_dict(data)


def test_the_order_of_steps_is_checked() -> None:
    with pytest.raises(ifem.CaseError, match="cycle 'cycling' comes before any pressure"):
        ifem.Protocol(cycle()).after(0.0)
    release = ifem.Release(to="1 MPa")
    with pytest.raises(ifem.CaseError, match="the pressure is 2 MPa"):
        ifem.Protocol(PRESS, cycle(), ifem.Press(to="1.5 MPa"))
    # in springs it is not known what the pressure will be
    ifem.Protocol(PRESS, cycle(fixture="gap"), ifem.Press(to="1.5 MPa"))
    ifem.Protocol(PRESS, cycle(), release)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (tiny(PRESS, cycle(), metal="LGPS"), "no lithium electrode"),
        (tiny(PRESS, ifem.Cycle("1 mA/cm^2", "1 mA*h/cm^2")), "all of layer 'anode'"),
        (tiny(PRESS, cycle(cathode="anode", cathode_strain=0.02)), "not an outermost layer"),
        (
            tiny(
                PRESS,
                cycle(),
                metal=ifem.Material(
                    "metal",
                    ifem.materials.Elastic(5e3, 0.3),
                    carrier="electrons",
                    molar_volume=13.0,
                ),
            ),
            "no current can be computed",
        ),
    ],
)
def test_what_cannot_be_cycled_is_refused(case: ifem.Case, text: str) -> None:
    with pytest.raises(ifem.CaseError, match=text):
        case.require()


def test_what_a_run_stores(tmp_path: Path) -> None:
    steps = (PRESS, cycle(fixture="1 MPa/um"), ifem.Hold("1 s"), cycle(begin="plate"))
    results = run_case(tiny(*steps), tmp_path / "run")
    history = results.history
    assert results.status == "complete"
    first = history["step"] == "cycling"
    # taken by Faraday's law and returned; in between the springs let go
    assert history["charge"][first].max() == pytest.approx(0.02, rel=1e-12)
    assert history["charge"][first][-1] == pytest.approx(0.0, abs=1e-12)
    assert history["cycle"][first][-1] == 1.0
    assert np.isnan(history["cycle"][history["step"] == "hold"]).all()
    name = "electrolyte|anode"
    where = int(np.argmax(np.where(first, history["charge"], -1.0)))
    numbers = history["increment"][where]
    removed = results.interface(name).at("cycling", int(numbers)).field("removed")
    assert removed.unit == "um"
    # areas change a little while an increment is solved
    volume = float(removed.weights @ removed.values)
    assert volume == pytest.approx(0.02 * 4.85 * 4.0, rel=5e-3)
    mean = history.of("mean_removed", name)[where]
    assert mean == pytest.approx(volume / removed.weights.sum(), rel=1e-9)
    assert history["nominal_pressure"][where] < 2.0 - 0.05
    assert np.isfinite(history["asr"][first]).all()
    assert np.isnan(history["asr"][~first & (history["step"] != "cycling 2")]).all()
    # the second begins with lithium that comes: the current flows the other way
    densities = history["mean_current_density"]
    assert densities[first][0] == pytest.approx(-1.0)
    assert densities[history["step"] == "cycling 2"][0] == pytest.approx(1.0)
    figure = plots.cycling_curves(results)
    contact = next(a for a in figure.axes if a.get_ylabel().startswith("Contact"))
    # the stack before its first cycle, and each increment of the first step that cycles
    assert len(contact.lines[0].get_xdata()) == 1 + int(first.sum())
    assert contact.lines[0].get_xdata()[-1] == 1.0
    assert "lithium is plated" in plots.cycling_curves(results, "cycling 2").get_suptitle()
    with pytest.raises(ifem.ResultsError, match="does not cycle"):
        plots.cycling_curves(results, "hold")
    pressed = plots.loading_curves(results).axes[0].lines[0].get_xdata()
    assert len(pressed) == int(np.sum(np.isnan(history["cycle"])))
    assert "cycles_cycling.png" in [item.file for item in plan(results)]
    # time of the clock: the charge over the current, there and back, with the hold between
    assert history["time"][-1] == pytest.approx(2 * 2 * 0.02 * 3600.0 + 1.0)


def test_a_check_says_what_is_cycled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tiny(PRESS, ifem.Cycle("1 mA/cm^2", "0.02 mA*h/cm^2", 3)).save(tmp_path / "tiny.toml")
    assert main(["check", str(path)]) == 0
    assert "cycling: 3 cycles of 0.02 mAh/cm^2 from 2 MPa" in capsys.readouterr().out
