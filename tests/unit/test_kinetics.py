# SPDX-License-Identifier: MIT
"""Charge transfer at a point, how it is described, and Faraday's law."""

from __future__ import annotations

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem.contact.kinetics import (
    ChargeTransfer,
    ElectrodeKinetics,
    thermal_voltage,
    volume_per_charge,
)

T = 298.15
DENSITIES = np.array([-3e-2, -1e-5, -1e-9, 0.0, 1e-8, 2e-5, 4e-3, 1e3])


@pytest.mark.parametrize("alpha", [0.5, 0.3, 0.82])
@pytest.mark.parametrize("upper", [False, True])
def test_overpotential_gives_back_the_current(alpha: float, upper: bool) -> None:
    # origin: the Butler-Volmer equation itself, for dissolution if the electrode is the lower layer
    law = ElectrodeKinetics(ChargeTransfer(1e-5, anodic_coefficient=alpha), T, upper)
    sign = -1.0 if upper else 1.0
    reduced = sign * law.overpotential(DENSITIES) * 96485.33212 / (8.314462618 * T)
    back = sign * 1e-5 * (np.exp(alpha * reduced) - np.exp((alpha - 1.0) * reduced))
    np.testing.assert_allclose(back, DENSITIES, rtol=1e-11, atol=1e-20)


@pytest.mark.parametrize("alpha", [0.5, 0.3])
def test_slope_is_the_derivative(alpha: float) -> None:
    law = ElectrodeKinetics(ChargeTransfer(1e-5, anodic_coefficient=alpha), T)
    step = 1e-6 * np.maximum(np.abs(DENSITIES), 1e-6)
    up, down = law.overpotential(DENSITIES + step), law.overpotential(DENSITIES - step)
    np.testing.assert_allclose(law.slope(DENSITIES), (up - down) / (2.0 * step), rtol=1e-7)


def test_linear_law_is_the_limit_of_small_currents() -> None:
    # 25.693 mV at 298.15 K; 5.14 mA/cm^2 is 5 ohm cm^2 (both of RT/F, R i0 = RT/F)
    assert thermal_voltage(T) == pytest.approx(25.693e-3, rel=1e-4)
    linear, whole = (
        ElectrodeKinetics(ChargeTransfer("5.1386 mA/cm^2", law=law), T)  # type: ignore[arg-type]
        for law in ("linear", "butler_volmer")
    )
    small = np.array([1e-12])
    assert linear.linear
    assert not whole.linear
    assert linear.overpotential(small)[0] / 1e-12 == pytest.approx(500.0, rel=1e-4)
    assert whole.overpotential(small)[0] == pytest.approx(linear.overpotential(small)[0], rel=1e-9)
    np.testing.assert_array_equal(linear.slope(DENSITIES), linear.slope(np.zeros(8)))


def test_a_pressed_metal_dissolves_more_easily() -> None:
    # 74 to 75 MPa are 10 mV (V_m / F); the lower electrode dissolves under positive current
    transfer = ChargeTransfer(1e-5, stress_shift=True)
    pressure = np.array([0.0, 74.2])
    below = ElectrodeKinetics(transfer, T, False, 13.0).equilibrium(pressure)
    above = ElectrodeKinetics(transfer, T, True, 13.0).equilibrium(pressure)
    np.testing.assert_allclose(below, [0.0, -0.010], rtol=1e-3)
    np.testing.assert_array_equal(above, -below)
    none = ElectrodeKinetics(ChargeTransfer(1e-5), T, False, 13.0)
    assert not none.equilibrium(pressure).any()


def test_volume_of_a_charge() -> None:
    # 1 mAh/cm^2 is 3.6 C/cm^2 = 0.036 uC/um^2; of lithium 4.85 um thick (density 0.534 g/cm^3)
    volume = ifem.materials.get("Li").molar_volume
    assert volume == pytest.approx(6.94 / 0.534, rel=1e-3)
    assert 0.036 * volume_per_charge(volume) == pytest.approx(4.85, rel=1e-3)
    assert ifem.materials.get("Li", law="anand").molar_volume == volume
    assert ifem.materials.get("Li3InCl6").molar_volume is None


def stack(transfer: ChargeTransfer | None, *metals: str) -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("low", metals[0], "4 um"),
        ifem.Interface(charge_transfer=transfer),
        ifem.Layer("high", metals[1], "4 um"),
        width="2 um",
    )


def test_which_layer_is_the_electrode() -> None:
    assert stack(None, "Li", "Li3InCl6").electrode("low|high") == "lower"
    assert stack(None, "Li3InCl6", "Li").electrode("low|high") == "upper"
    assert stack(None, "Li", "Li").electrode("low|high") is None
    with pytest.raises(ifem.CaseError, match="neither layer or both"):
        stack(ChargeTransfer(1e-5), "LGPS", "Li3InCl6")


def test_a_case_file_keeps_the_kinetics() -> None:
    transfer = ChargeTransfer("5 mA/cm^2", anodic_coefficient=0.4, stress_shift=True)
    protocol = ifem.Protocol(ifem.Press(to="1 MPa"))
    case = ifem.Case("kinetics", stack(transfer, "Li3InCl6", "Li"), protocol)
    data = case.to_dict()
    assert data["interface"][0]["charge_transfer"]["exchange_current_density"] == "5.0 mA/cm^2" or (
        data["interface"][0]["charge_transfer"]["exchange_current_density"] == "5 mA/cm^2"
    )
    again = ifem.Case.from_dict(data)
    assert again.stack.interface("low|high").charge_transfer == transfer
    bad = {
        "exchange_current_density": "5 V",
        "anodic_coefficient": 1.5,
        "law": "tafel",
        "colour": 1,
    }
    data["interface"][0]["charge_transfer"] = bad
    with pytest.raises(ifem.CaseError) as error:
        ifem.Case.from_dict(data)
    places = [mistake.place.rpartition("charge_transfer.")[2] for mistake in error.value.mistakes]
    assert sorted(places) == ["anodic_coefficient", "colour", "exchange_current_density"]
    data["interface"][0]["charge_transfer"] = {"law": "linear"}
    with pytest.raises(ifem.CaseError, match="exchange_current_density"):
        ifem.Case.from_dict(data)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"exchange_current_density": 0.0}, "exchange_current_density"),
        ({"exchange_current_density": 1e-5, "law": "tafel"}, "law"),
        ({"exchange_current_density": 1e-5, "stress_shift": 1}, "stress_shift"),
        ({"exchange_current_density": 1e-5, "anodic_coefficient": 1.0}, "anodic_coefficient"),
    ],
)
def test_values_out_of_range_are_named(given: dict[str, float], place: str) -> None:
    with pytest.raises(ifem.CaseError, match=f"charge_transfer.{place}"):
        ChargeTransfer(**given)  # type: ignore[arg-type]
