# SPDX-License-Identifier: MIT
"""Conductivities and charge transfer follow their activation energies, also from step to step."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.contact.kinetics import ElectrodeKinetics
from interfacefem.drive.run import resume, run_case

GAS = 8.314462618


def arrhenius(energy: float, kelvin: float) -> float:
    return math.exp(-energy / GAS * (1.0 / kelvin - 1.0 / 298.15))


@pytest.mark.parametrize("kelvin", [253.15, 298.15, 333.15, 363.15])
@pytest.mark.parametrize("name", materials.names())
def test_conductivity_follows_its_activation_energy(name: str, kelvin: float) -> None:
    material = materials.get(name)
    known = dict(material.records).get("conduction_energy")
    expected = 1.0 if known is None else arrhenius(known.value, kelvin)
    measured = material.conductivity_at(kelvin) / material.conductivity
    assert measured == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("law", ["linear", "butler_volmer"])
def test_charge_transfer_follows_its_activation_energy(law: str) -> None:
    transfer = ifem.ChargeTransfer("5 mA/cm^2", law=law, activation_energy="40 kJ/mol")
    still = np.zeros(1)
    warm, room = (ElectrodeKinetics(transfer, kelvin).slope(still) for kelvin in (333.15, 298.15))
    # RT/(F i0)
    expected = (333.15 / 298.15) / arrhenius(40e3, 333.15)
    assert warm / room == pytest.approx(expected, rel=1e-10)
    plain = ifem.ChargeTransfer("5 mA/cm^2", law=law)
    assert plain.exchange_at(333.15) == plain.exchange_current_density


def test_the_resistance_of_a_run_follows_both(tmp_path: Path) -> None:
    energy = materials.get("Li6PS5Cl").value("conduction_energy").value
    transfer = ifem.ChargeTransfer("5 mA/cm^2", law="linear", activation_energy="40 kJ/mol")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um"),
        ifem.Interface(charge_transfer=transfer),
        ifem.Layer("anode", "Li", "4 um"),
        width="4 um",
    )
    found = {}
    for kelvin in (298.15, 333.15):
        case = ifem.Case(
            "warm", stack, ifem.Protocol(ifem.Press("2 MPa")), mesh=ifem.MeshSize("2 um"),
            temperature=kelvin,
        )  # fmt: skip
        state = case.run(tmp_path / f"{kelvin:g}").current()
        found[kelvin] = state
    cold, warm = found.values()
    layer = warm.asr_layers["electrolyte"] / cold.asr_layers["electrolyte"]
    assert layer == pytest.approx(1.0 / arrhenius(energy, 333.15), rel=1e-10)
    assert warm.asr_layers["anode"] == pytest.approx(cold.asr_layers["anode"], rel=1e-12)
    (name,) = warm.asr_interfaces
    face = warm.asr_interfaces[name] / cold.asr_interfaces[name]
    assert face == pytest.approx((333.15 / 298.15) / arrhenius(40e3, 333.15), rel=1e-10)


def test_a_case_file_keeps_the_activation_energy() -> None:
    transfer = ifem.ChargeTransfer("5 mA/cm^2", activation_energy="40 kJ/mol")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um"),
        ifem.Interface(charge_transfer=transfer),
        ifem.Layer("anode", "Li", "4 um"),
        width="4 um",
    )
    case = ifem.Case("warm", stack, ifem.Protocol(ifem.Press("2 MPa")))
    again = ifem.Case.from_dict(case.to_dict(), source="test")
    (joint,) = again.stack.interfaces.values()
    assert joint.charge_transfer.activation_energy == 40e3
    with pytest.raises(ifem.InterfaceFEMError, match="activation_energy"):
        ifem.ChargeTransfer("5 mA/cm^2", activation_energy="-1 kJ/mol")


def warmed() -> ifem.Case:
    """A flat stack, warm in one step and cold again in the next."""
    transfer = ifem.ChargeTransfer("5 mA/cm^2", law="linear", activation_energy="40 kJ/mol")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um"),
        ifem.Interface(charge_transfer=transfer),
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
        width="4 um",
    )
    protocol = ifem.Protocol(
        ifem.Press("2 MPa"),
        ifem.Hold("1 s", temperature="60 degC", name="warm"),
        ifem.Hold("1 s", name="still"),
        ifem.Hold("1 s", temperature="25 degC", name="cold"),
    )
    return ifem.Case("warmed", stack, protocol, mesh=ifem.MeshSize("2 um"))


class Stop:
    """Presses Ctrl-C after some increments."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_increment(self, snapshot: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> ifem.Results:
    return warmed().run(tmp_path_factory.mktemp("warmed") / "run", listeners=())


def test_steps_have_their_temperature(run: ifem.Results) -> None:
    kelvin, steps = run.history["temperature"], np.array(run.history["step"])
    assert set(kelvin[steps == "press"]) == {298.15}
    assert kelvin[steps == "warm"][-1] == kelvin[steps == "still"][0] == 333.15
    assert kelvin[steps == "cold"][-1] == 298.15
    # on the way no part is larger than 20 K, and all are equal
    parts = np.diff(kelvin[steps == "warm"], prepend=298.15)
    assert parts[parts > 0.0] == pytest.approx(17.5, rel=1e-9)


def test_the_resistance_of_a_step_follows_its_temperature(run: ifem.Results) -> None:
    energy = materials.get("Li6PS5Cl").value("conduction_energy").value
    first, warm, cold = (run.current(step) for step in ("press", "warm", "cold"))
    (name,) = warm.asr_interfaces
    for other, kelvin in ((warm, 333.15), (cold, 298.15)):
        layer = other.asr_layers["electrolyte"] / first.asr_layers["electrolyte"]
        assert layer == pytest.approx(1.0 / arrhenius(energy, kelvin), rel=1e-10)
        face = other.asr_interfaces[name] / first.asr_interfaces[name]
        assert face == pytest.approx(kelvin / 298.15 / arrhenius(40e3, kelvin), rel=1e-10)


def test_a_run_stopped_while_it_is_warmed_goes_on_alike(run: ifem.Results, tmp_path: Path) -> None:
    cut = run_case(warmed(), tmp_path / "run", listeners=[Stop(6)])
    assert cut.history["temperature"][-1] == pytest.approx(315.65)
    assert cut.status.startswith("interrupted")
    cut.close()
    again = resume(tmp_path / "run", listeners=())
    for column in ("temperature", "nominal_pressure", "closure", "asr", "time", "elastic_energy"):
        assert np.array_equal(again.history[column], run.history[column]), column


def test_flow_in_time_takes_the_temperature_of_the_step(tmp_path: Path) -> None:
    # lithium that creeps in a die: at 333 K as it would in a case that is warm from the beginning
    stack = ifem.Stack(
        ifem.Layer("anode", materials.get("Li", law="norton"), "4 um"),
        width="4 um",
    )
    case = ifem.Case(
        "creep", stack, ifem.Protocol(ifem.Press("1 MPa", duration="10 s")),
        mesh=ifem.MeshSize("2 um"), current=None,
    )  # fmt: skip
    steps = ifem.Protocol(
        ifem.Press("1 MPa", duration="10 s", temperature="60 degC"),
        ifem.Hold("5 s", temperature="50 degC"),
    )
    cold = case.run(tmp_path / "cold", listeners=())
    hot = case.replace(temperature=333.15).run(tmp_path / "hot", listeners=())
    stepped = case.replace(protocol=steps).run(tmp_path / "stepped", listeners=())
    work = []
    for one in (cold, hot, stepped):
        pressed = np.array(one.history["step"]) == "press"
        work.append(float(one.history["plastic_work"][pressed][-1]))
    assert work[2] == work[1]
    assert abs(work[1] / work[0] - 1.0) > 0.05
    # cooling takes 0.1 K/s, and the hold begins after it
    assert stepped.history["temperature"][-1] == 323.15
    assert stepped.history["time"][-1] == pytest.approx(10.0 + 100.0 + 5.0)


def test_steps_keep_their_temperature_in_a_file() -> None:
    again = ifem.Case.from_dict(warmed().to_dict(), source="test")
    found = [getattr(step, "temperature", None) for step in again.protocol]
    assert found == [None, 333.15, None, 298.15]
    with pytest.raises(ifem.InterfaceFEMError, match=r"step 'hold'\.temperature"):
        ifem.Hold("1 s", temperature="60 MPa")


def test_a_check_says_what_the_temperature_of_a_step_acts_on() -> None:
    notes = warmed().check().notes
    (note,) = [one for one in notes if one.startswith("temperature")]
    assert "the size of 'anode' (Li, by thermal expansion)" in note
    assert sum(one.startswith("thermal expansion is not known for Li6PS5Cl:") for one in notes) == 1
    assert note.startswith("temperature 60 degC, then 25 degC acts on the conductivity of 'elec")
    assert "electrolyte|anode, by RT/F and Arrhenius" in note
    assert "exchange currents" not in note
    assert "yield stresses" in note.partition("does not change")[2]


def test_an_open_die_is_not_heated() -> None:
    stages = [
        ifem.Stage(["a"], [ifem.Press("5 MPa", temperature="60 degC"), ifem.Release("1 MPa")]),
        ifem.Stage(["b"], [ifem.Press("5 MPa", temperature="25 degC")]),
    ]
    with pytest.raises(ifem.CaseError) as caught:
        ifem.Protocol(*stages)
    assert [one.place for one in caught.value.mistakes] == ["stage[1].step[0].temperature"]
    ifem.Protocol(stages[0])
