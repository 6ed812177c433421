"""Units: what users write becomes internal numbers, or one clear error.

Factors come from the SI definitions: 1 t = 1000 kg, standard gravity 9.80665 m/s^2 (CGPM 1901),
1 mA/cm^2 = 10 A/m^2 = 1e-5 uA/um^2, 1 ohm cm^2 = 1e8 ohm um^2 = 100 V um^2/uA.
"""

from __future__ import annotations

import copy
import math
import pickle
import re
import time

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem.errors import UnitError
from interfacefem.units import (
    COLD,
    KINDS,
    UNITS,
    Stated,
    from_internal,
    label,
    registry,
    to_internal,
)

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
        ("1/3 um", "length", 1.0 / 3.0),
        ("90 deg", "angle", math.pi / 2.0),
        # as papers and the program itself print them
        ("2 ohm cm2", "area_resistance", 200.0),
        ("2 ohm cm^2", "area_resistance", 200.0),
        ("2 ohm-cm2", "area_resistance", 200.0),
        ("2 Ωcm²", "area_resistance", 200.0),
        ("2 Ω·cm²", "area_resistance", 200.0),
        ("2 \u2126 cm\u00b2", "area_resistance", 200.0),
        ("0.5 mA/cm2", "current_density", 5e-6),
        ("0.5 mA cm-2", "current_density", 5e-6),
        ("0.5 mA cm \u22122", "current_density", 5e-6),
        ("0.5 mA cm⁻²", "current_density", 5e-6),
        ("5 A/m2", "current_density", 5e-6),
        ("0.5 J/m2", "energy_per_area", 0.5),
        ("1 mAh/cm2", "charge_per_area", 0.036),
        ("1 mA h/cm^2", "charge_per_area", 0.036),
        ("1 N/mm2", "pressure", 1.0),
        ("1.87 kbar", "pressure", 187.0),
        ("2.04 g/cm3", "density", 2.04),
        ("1 mS cm-1", "conductivity", 0.1),
        ("0.23 MPa m^1/2", "toughness", 230.0),
        ("0.23 MPa m^0.5", "toughness", 230.0),
        ("0.23 MPa m1/2", "toughness", 230.0),
        ("0.23 MPa m0.5", "toughness", 230.0),
        ("0.23 MPa·m0.5", "toughness", 230.0),
        ("0.23 MPa√m", "toughness", 230.0),
        ("0.23 MPa·√m", "toughness", 230.0),
        ("0.23 MPa m½", "toughness", 230.0),
        ("0.23 MPa*sqrt(m)", "toughness", 230.0),
        ("5\u00d710⁻¹⁵ m²/s", "diffusivity", 5e-3),
        ("5 · 10^-15 m^2/s", "diffusivity", 5e-3),
        ("13 cm³ mol⁻¹", "molar_volume", 13.0),
        ("10 nm per s", "speed", 0.01),
        ("1e-3/s", "rate", 1e-3),
        ("\u22120.5 \u03bcm", "length", -0.5),
        ("5 micrometers", "length", 5.0),
        ("2 Kelvin", "temperature", 2.0),
        # a mass where a force is wanted is its weight
        ("1.5 tonnes", "force", 1.5 * TONNE_FORCE),
        ("1500 kg", "force", 1.5 * TONNE_FORCE),
        ("1 t/cm^2", "pressure", TONNE_FORCE / 1e8),
        ("1000 kg/cm2", "pressure", TONNE_FORCE / 1e8),
        ("1000 kgf/cm2", "pressure", TONNE_FORCE / 1e8),
        ("1 t/cm2/min", "pressure_rate", TONNE_FORCE / 1e8 / 60.0),
    ],
)
def test_text_becomes_internal(text: str, kind: str, expected: float) -> None:
    assert to_internal(text, kind) == pytest.approx(expected, rel=1e-14)
    assert to_internal(text, kind, bare=False) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("text", ["25 degC", "25 °C", "25 \u2103", "25 deg C", "77 degF"])
def test_celsius_is_read(text: str) -> None:
    assert to_internal(text, "temperature") == pytest.approx(298.15, rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
@given(number=st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_round_trip_in_internal_units(kind: str, number: float) -> None:
    unit, _ = KINDS[kind]
    assert to_internal(f"{number!r} {unit}", kind) == number
    if kind != "temperature" or number >= COLD:
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
        ("1.5 kg", "toughness", "is not a toughness"),
        ("1.5 kg/m", "force", "is not a force"),
        ("1.5 kg", "pressure", "is not a pressure"),
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
        ("0.3 um", "dimensionless", "is not a plain number"),
        ("20 deg", "dimensionless", "is not a plain number"),
        (10**400, "length", "not a finite number"),
        ("1e400 um", "length", "not a finite number"),
        (1 + 2j, "length", "is not a length"),
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
    with pytest.raises(UnitError, match='has no unit; write "40 um" or "40 mm"'):
        to_internal(40.0, "length", bare=False)
    assert to_internal(0.3, "dimensionless", bare=False) == 0.3
    assert to_internal(np.float64(40.0), "length") == 40.0


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("1,5 t", 'write "1.5 t"'),
        ("5,5 um", 'write "5.5 um"'),
        ("-5,5e-3 um", 'write "-5.5e-3 um"'),
        ("0,123 um", 'write "0.123 um"'),
        ("1.000,5 MPa", 'write "1000.5 MPa"'),
        ("1,000.5 MPa", 'write "1000.5 MPa"'),
        ("1,000,000 um", 'write "1000000 um"'),
        ("1,500 t", 'write "1.500 t" or "1500 t"'),  # both readings exist
        ("0,23 MPa*m^0.5", 'write "0.23 MPa*m^0.5"'),
        (",5 um", 'write "0.5 um"'),
        (", MPa", "write for example"),
        ("1,2,3 um", "write for example"),
        ("5 um, 3 um", "write for example"),
    ],
)
def test_a_comma_is_refused_with_what_to_write(value: str, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        to_internal(value, "length", place="here")
    assert str(caught.value).startswith(f"here: {value!r} has a comma; {remedy}")


@pytest.mark.parametrize(
    "value",
    [
        "15.5.5 um", "29e8.15 um", "1(2) um", "9**9**9**9 um", "10**10000000 um", "2*3 um",
        "2+3 um", "2 *um", "0x10 um", "1_000 um", "1 000 um", "1'000 um", "5-10 um", "5\u201310 um",
        "5 um/2",
        "1/0 um", "1/3e2 um", "um", "5 um um^-1 um*", "5 (um", "5 um)", "5 um^99", "5 um^1/0",
        "5\num", "\uff15 um", "1e99999 um", "5 um; 3 um", "5 cm 2", "5 ums", "5 UM", "5 e",
        "__import__('os') um", "5 [um]", "5 um # six", "(5 um)", "5 um" + " " * 200, "1" * 101,
        "5 um^" + "9" * 50,
    ],
)  # fmt: skip
def test_what_is_not_one_number_and_one_unit_is_refused_at_once(value: str) -> None:
    start = time.perf_counter()
    with pytest.raises(UnitError) as caught:
        to_internal(value, "length", place="here")
    # a second is a thousand times what reading takes; evaluating "9**9**9**9" takes for ever
    assert time.perf_counter() - start < 1.0
    text = str(caught.value)
    assert text.startswith("here: ")
    assert "; write " in text
    assert len(text) < 250
    assert "\n" not in text


@given(text=st.text(max_size=30))
def test_any_text_is_a_number_or_a_unit_error(text: str) -> None:
    for kind in ("length", "dimensionless", "force", "temperature"):
        try:
            assert math.isfinite(to_internal(text, kind, bare=False))
        except UnitError:
            continue


@given(
    text=st.lists(
        st.sampled_from(
            ["1", "2.5", "-", ",", ".", "e", "um", "cm", "ohm", "Ω", "t", "√", "^", "**", "*", "/",
             "(", ")", " ", "2", "²", "⁻¹", "10", "°C", "%", "per", "1/2", "\u00d7"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_any_mixture_of_signs_is_a_number_or_a_unit_error(text: str) -> None:
    for kind in KINDS:
        try:
            number = to_internal(text, kind, bare=False)
        except UnitError:
            continue
        assert math.isfinite(number)
        assert "," not in text


@pytest.mark.parametrize(
    ("value", "kind", "hint"),
    [
        ("8 mpa", "pressure", '"mpa" is no unit, "MPa" and "mPa" are'),
        ("8 Kpa", "pressure", '"Kpa" is no unit, "kPa" is'),
        ("1.5 T", "force", '"T" is no unit, "t" is'),
        ("1.5 ton", "force", '"ton" is 1000 kg or 907 kg; write "t" for 1000 kg'),
        ("8 MPas", "pressure", '"MPas" is no unit'),  # a viscosity in another field
        ("25 C", "temperature", 'write "25 degC"'),
        ("60", "temperature", 'has no unit; write "60 degC" or "60 K"'),
        ("300", "temperature", 'has no unit; write "300 K"'),
    ],
)
def test_units_that_are_nearly_right_get_a_hint(value: str, kind: str, hint: str) -> None:
    with pytest.raises(UnitError, match=re.escape(hint)):
        to_internal(value, kind)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (60, 'write "60 degC" or "60 K"'),
        (25.0, 'write "25 degC" or "25 K"'),
        (-20, 'write "-20 degC"'),
        (149.9, 'write "149.9 degC" or "149.9 K"'),
    ],
)
def test_a_bare_temperature_that_is_probably_celsius_asks_back(value: float, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        to_internal(value, "temperature", place="temperature")
    assert str(caught.value) == (
        f"temperature: {value!r} without a unit would be {value:g} K; {remedy}"
    )
    assert to_internal(f"{value} K", "temperature") == value  # with a unit it is meant


def test_a_number_remembers_how_it_was_written() -> None:
    weight = to_internal(" 1500 kg", "force")
    assert isinstance(weight, Stated)
    assert (weight.kind, weight.text, weight.unit, weight.weight) == (
        "force",
        "1500 kg",
        "kg",
        True,
    )
    assert to_internal("2 kN", "force").weight is False
    assert to_internal(weight, "force") is weight
    for other in (copy.deepcopy(weight), pickle.loads(pickle.dumps(weight))):
        assert other == weight
        assert other.text == "1500 kg"
    assert repr(weight) == repr(float(weight))
    assert type(weight * 1.0) is float
    assert type(to_internal(5.0, "force")) is float
    assert np.array([weight, 1.0]).dtype == np.float64
    # what was read as a temperature is none of the bare numbers that ask back
    assert to_internal(to_internal("60 K", "temperature"), "temperature") == 60.0


@pytest.mark.parametrize(
    ("number", "kind", "unit", "expected"),
    [
        (TONNE_FORCE, "force", "t", 1.0),
        (TONNE_FORCE / 1e8, "pressure", "kg/cm2", 1000.0),
        (298.15, "temperature", "degC", 25.0),
        (0.25, "length", "nm", 250.0),
        (0.03, "dimensionless", "%", 3.0),
    ],
)
def test_back_into_a_unit(number: float, kind: str, unit: str, expected: float) -> None:
    assert from_internal(number, kind, unit) == pytest.approx(expected, rel=1e-12)


def test_quantities_of_pint_are_weighed_too() -> None:
    assert to_internal(registry().Quantity(1500.0, "kg"), "force") == pytest.approx(
        1.5 * TONNE_FORCE, rel=1e-14
    )
    other = pint.UnitRegistry(cache_folder=None)
    assert to_internal(other.Quantity(1.5, "metric_ton"), "force").weight


def test_every_shown_quantity_has_a_label() -> None:
    assert label("contact_pressure") == "contact pressure [MPa]"
    assert all(label(name).endswith(f"[{unit}]") for name, unit in UNITS.items())
    with pytest.raises(KeyError):
        label("temper")
