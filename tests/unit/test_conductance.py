"""Conductance of a contact at a point."""

from __future__ import annotations

import numpy as np
import pytest

from interfacefem.contact import ContactPoints, PowerConductance
from interfacefem.errors import InterfaceFEMError
from interfacefem.reference import constriction

PRESSURE = np.array([0.0, 0.5, 1.0, 4.0])


def resistance(
    law: PowerConductance, pressure: np.ndarray = PRESSURE, touching: np.ndarray | None = None
) -> np.ndarray:
    """Area resistance at points, by default in contact where there is pressure."""
    zero = np.zeros_like(pressure)
    there = pressure > 0.0 if touching is None else touching
    return law.area_resistance(ContactPoints(pressure, zero, zero, there, 298.15))


def test_constant_resistance_where_there_is_pressure() -> None:
    law = PowerConductance(resistance=200.0)
    np.testing.assert_array_equal(resistance(law), [np.inf, 200.0, 200.0, 200.0])


def test_contact_may_be_given() -> None:
    # a constant resistance does not ask for pressure, only for contact
    law = PowerConductance(resistance=200.0)
    touching = np.array([True, False, True, True])
    found = resistance(law, touching=touching)
    np.testing.assert_array_equal(found, [200.0, np.inf, 200.0, 200.0])


def test_power_law_of_pressure() -> None:
    # origin: the formula, R0 (p / p0)^-m with R0 = 300, p0 = 2, m = 0.5
    law = PowerConductance(resistance=300.0, pressure_exponent=0.5, reference_pressure=2.0)
    expected = [np.inf, 600.0, 300.0 * np.sqrt(2.0), 300.0 / np.sqrt(2.0)]
    np.testing.assert_allclose(resistance(law), expected, rtol=1e-14)
    # in contact, yet without pressure: nothing passes
    assert resistance(law, touching=np.ones(4, dtype=bool))[0] == np.inf
    assert resistance(law, np.array([-1.0]), np.array([True]))[0] == np.inf


def test_perfect_contact() -> None:
    law = PowerConductance(pressure_exponent=0.95)
    np.testing.assert_array_equal(resistance(law), [np.inf, 0.0, 0.0, 0.0])


def test_tiny_pressure_conducts_nothing_without_a_warning() -> None:
    law = PowerConductance(resistance=1.0, pressure_exponent=3.0)
    assert resistance(law, np.array([1e-200]))[0] == np.inf


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resistance", -1.0),
        ("resistance", np.inf),
        ("pressure_exponent", -0.1),
        ("pressure_exponent", np.nan),
        ("reference_pressure", 0.0),
    ],
)
def test_values_out_of_range_are_named(name: str, value: float) -> None:
    with pytest.raises(InterfaceFEMError, match=name):
        PowerConductance(**{name: value})


def test_strip_constriction_limits() -> None:
    # a complete contact costs nothing; a narrow one costs (rho / pi) ln(2b / pi a) a side
    assert constriction.strip_resistance(2.0, 5.0, 5.0) == pytest.approx(0.0, abs=1e-15)
    narrow = constriction.strip_resistance(2.0, 1e-4, 5.0)
    assert narrow == pytest.approx(2.0 / np.pi * np.log(10.0 / (np.pi * 1e-4)), rel=1e-9)
    with pytest.raises(InterfaceFEMError, match="strip"):
        constriction.strip_resistance(2.0, 6.0, 5.0)


def test_strip_excess_length_from_its_integral_equation() -> None:
    # origin: potential of a periodic line source on an insulated face, -(1/pi) ln(2 sin(pi |x|/2b))
    # per unit of current and conductivity, with density (cos s) / sqrt(sin^2 a - sin^2 x): on the
    # strip the potential must be even, and its level is the constriction
    a, b = 3.0, 10.0
    count = 4000
    angle = (np.arange(count) + 0.5) * np.pi / count
    # sin(pi x / 2b) = sin(pi a / 2b) cos(angle) turns the density into equal currents
    edge = np.sin(0.5 * np.pi * a / b)
    source = 2.0 * b / np.pi * np.arcsin(edge * np.cos(angle))
    for place in (0.0, 1.2345, 2.5):
        distance = np.abs(place - source)
        level = -np.mean(np.log(2.0 * np.sin(0.5 * np.pi * distance / b))) / np.pi
        # less the mean of the kernel over the period, which is zero
        assert level == pytest.approx(constriction.strip_resistance(1.0, a, b), rel=2e-3)
