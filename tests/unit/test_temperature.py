# SPDX-License-Identifier: MIT
"""Conductivities and charge transfer follow their activation energies, and nothing else moves."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.contact.kinetics import ElectrodeKinetics

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
