# SPDX-License-Identifier: MIT
"""Fields at moments inside of steps: pressures on the way up and down, times of a hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces


def case() -> ifem.Case:
    """Lithium that creeps on a wave, with moments in all three steps."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Layer("anode", materials.get("Li", law="anand"), "4 um", flow_size="bulk"),
    )
    steps = ifem.Protocol(
        ifem.Press("1 MPa", rate="1 MPa/s"),
        ifem.Hold("60 s"),
        ifem.Release("0.2 MPa", rate="1 MPa/s"),
    )
    output = ifem.Output(at=["0.5 MPa", "300 kPa", "20 s", "90 s"])
    size = ifem.MeshSize("0.5 um")
    return ifem.Case("moments", stack, steps, mesh=size, output=output, current=None)


@pytest.mark.slow
def test_increments_end_at_them_and_keep_the_layers(tmp_path: Path) -> None:
    with case().run(tmp_path / "run", listeners=()) as results:
        history = results.history
        for step, wanted in (("press", [0.3, 0.5, 1.0]), ("release", [0.5, 0.3, 0.2])):
            part = history.where(history["step"] == step)
            kept = results.layer_increments(step)
            rows = [part["increment"].tolist().index(number) for number in kept]
            assert part["nominal_pressure"][rows] == pytest.approx(wanted, rel=1e-6)
        began = history.where(history["step"] == "press")["time"][-1]
        hold = history.where(history["step"] == "hold")
        rows = [hold["increment"].tolist().index(n) for n in results.layer_increments("hold")]
        # 90 s is later than the hold ends
        assert hold["time"][rows] - began == pytest.approx([20.0, 60.0], rel=1e-9)
        assert np.all(np.diff(history["time"]) > 0.0)


def test_charges_of_a_cycle_there_and_back(tmp_path: Path) -> None:
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Interface(resistance="5 ohm*cm^2"),
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    cycle = ifem.Cycle("1 mA/cm^2", "0.02 mA*h/cm^2", 1, increments=2)
    wanted = ["0.004 mA*h/cm^2", "0.013 mA*h/cm^2", "1 mA*h/cm^2"]  # the last is never reached
    steps, size = ifem.Protocol(ifem.Press(to="2 MPa"), cycle), ifem.MeshSize("0.5 um")
    made = ifem.Case("charges", stack, steps, mesh=size, output=ifem.Output(at=wanted))
    assert ifem.Case.from_dict(made.to_dict()).output.at == made.output.at
    with made.run(tmp_path / "run", listeners=()) as results:
        part = results.history.where(results.history["step"] == "cycling")
        kept = results.layer_increments("cycling")
        rows = [part["increment"].tolist().index(number) for number in kept]
        assert part["charge"][rows] == pytest.approx([0.004, 0.013, 0.013, 0.004, 0.0], abs=1e-9)
        assert part["charge"].max() == pytest.approx(0.02, rel=1e-9)
        assert part["cycle"][-1] == pytest.approx(1.0, rel=1e-12)


def test_a_case_file_keeps_them(tmp_path: Path) -> None:
    again = ifem.Case.load(case().save(tmp_path / "moments.toml"))
    assert again.output.at == case().output.at
    assert again.output.at.pressures == (0.5, 0.3)
    assert again.output.at.times == (20.0, 90.0)
