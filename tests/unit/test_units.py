"""Units: what users write becomes internal numbers, or one clear error.

Factors come from the SI definitions: 1 t = 1000 kg, standard gravity 9.80665 m/s^2 (CGPM 1901),
1 mA/cm^2 = 10 A/m^2 = 1e-5 uA/um^2, 1 ohm cm^2 = 1e8 ohm um^2 = 100 V um^2/uA.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem.errors import UnitError
from interfacefem.units import KINDS, UNITS, label, registry, to_internal

TONNE_FORCE = 1000.0 * 9.80665 * 1e6  # uN


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("350 nm", "length", 0.35),
        ("40 um", "length", 40.0),
        ("40 µm", "length", 40.0),
        ("187 MPa", "pressure", 187.0),
        ("20.6 GPa", "pressure", 20600.0),
        ("1.5 t", "force", 1.5 * TONNE_FORCE),
        ("1.5t", "force", 1.5 * TONNE_FORCE),
        ("1.5e0 t", "force", 1.5 * TONNE_FORCE),
        ("2 kN", "force", 2e9),
        ("1500 kgf", "force", 1.5 * TONNE_FORCE),
        ("1 min", "time", 60.0),
        ("298 K", "temperature", 298.0),
        ("1 mS/cm", "conductivity", 0.1),
        ("1 S/m", "conductivity", 1.0),
        ("2 ohm*cm^2", "area_resistance", 200.0),
        ("2 Ω*cm²", "area_resistance", 200.0),
        ("0.5 mA/cm^2", "current_density", 5e-6),
        ("0.5 J/m^2", "energy_per_area", 0.5),
        ("0.23 MPa*m^0.5", "toughness", 230.0),
        ("0.534 g/cm^3", "density", 0.534),
        ("534 kg/m^3", "density", 0.534),
        ("1e-3 1/s", "rate", 1e-3),
        ("10 MPa/um", "stiffness", 10.0),
        ("0.3", "dimensionless", 0.3),
        ("3 %", "dimensionless", 0.03),
    ],
)
def test_text_becomes_internal(text: str, kind: str, expected: float) -> None:
    assert to_internal(text, kind) == pytest.approx(expected, rel=1e-14)
    assert to_internal(text, kind, bare=False) == pytest.approx(expected, rel=1e-14)


def test_celsius_is_read() -> None:
    assert to_internal("25 degC", "temperature") == pytest.approx(298.15, rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
@given(number=st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_round_trip_in_internal_units(kind: str, number: float) -> None:
    unit, _ = KINDS[kind]
    assert to_internal(f"{number!r} {unit}", kind) == number
    assert to_internal(number, kind) == number
    assert to_internal(registry().Quantity(number, unit), kind) == number


@given(number=st.floats(min_value=1e-6, max_value=1e6))
def test_prefixes_agree(number: float) -> None:
    assert to_internal(f"{number!r} nm", "length") == pytest.approx(number / 1000.0, rel=1e-14)
    assert to_internal(f"{number!r} kPa", "pressure") == pytest.approx(number / 1000.0, rel=1e-14)
    assert to_internal(f"{number!r} t", "force") == pytest.approx(number * TONNE_FORCE, rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_in_messages_can_be_read(kind: str) -> None:
    _, example = KINDS[kind]
    assert math.isfinite(to_internal(example, kind, bare=False))


def test_pressure_on_a_ten_millimetre_die() -> None:
    # 1.5 t on a 10 mm die is the 187 MPa of the demo: F / (pi d^2 / 4)
    area = math.pi * to_internal("10 mm", "length") ** 2 / 4.0
    assert to_internal("1.5 t", "force") / area == pytest.approx(187.29, abs=0.005)


@pytest.mark.parametrize(
    ("value", "kind", "fragment"),
    [
        ("40", "length", "has no unit"),
        ("40 um/um", "length", "has no unit"),
        ("40 MPa", "length", "is not a length"),
        ("1.5 t", "length", "is not a length"),
        ("1.5 kg", "force", "is not a force"),
        ("40 parsnips", "length", "cannot read"),
        ("forty um", "length", "cannot read"),
        ("", "length", "cannot read"),
        ("nan um", "length", "not a finite number"),
        ("inf um", "length", "not a finite number"),
        (math.nan, "length", "not a finite number"),
        (math.inf, "dimensionless", "not a finite number"),
        (True, "length", "is not a length"),
        (None, "length", "is not a length"),
        ([40.0], "length", "is not a length"),
        (np.array([1.0, 2.0]), "length", "is not a length"),
        (np.bool_(True), "length", "is not a length"),
        ("0.3 um", "dimensionless", "is not a dimensionless"),
    ],
)
def test_mistakes_are_unit_errors(value: object, kind: str, fragment: str) -> None:
    with pytest.raises(UnitError) as caught:
        to_internal(value, kind, place="layer[1].thickness")
    text = str(caught.value)
    assert text.startswith("layer[1].thickness: ")
    assert fragment in text
    assert "write" in text


def test_quantity_with_several_numbers_is_refused() -> None:
    with pytest.raises(UnitError, match="is not a length"):
        to_internal(registry().Quantity([1.0, 2.0], "um"), "length")


def test_bare_numbers_are_refused_in_files() -> None:
    with pytest.raises(UnitError, match='has no unit; write for example "40 um"'):
        to_internal(40.0, "length", bare=False)
    assert to_internal(0.3, "dimensionless", bare=False) == 0.3
    assert to_internal(np.float64(40.0), "length") == 40.0


def test_every_shown_quantity_has_a_label() -> None:
    assert label("contact_pressure") == "contact pressure [MPa]"
    assert all(label(name).endswith(f"[{unit}]") for name, unit in UNITS.items())
    with pytest.raises(KeyError):
        label("temper")
