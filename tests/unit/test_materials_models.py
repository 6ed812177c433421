# SPDX-License-Identifier: MIT
"""Laws and materials made by hand: moduli, hardening curves, refusals."""

from __future__ import annotations

import math
import re

import pytest

from interfacefem.errors import MaterialError, UnitError
from interfacefem.materials import (
    Elastic,
    J2Plastic,
    LinearHardening,
    Material,
    SaturatingHardening,
    Value,
    get,
)


def test_moduli_of_isotropic_elasticity() -> None:
    law = Elastic("210 GPa", 0.3)
    assert law.youngs_modulus == pytest.approx(210e3)
    # Lame's relations: E = 9KG/(3K + G), nu = (3K - 2G)/(2(3K + G)).
    k, g = law.bulk_modulus, law.shear_modulus
    assert 9 * k * g / (3 * k + g) == pytest.approx(210e3)
    assert (3 * k - 2 * g) / (2 * (3 * k + g)) == pytest.approx(0.3)
    assert law.plane_strain_modulus == pytest.approx(210e3 / 0.91)


def test_hardening_curves() -> None:
    linear = J2Plastic(1e4, 0.3, "10 MPa", LinearHardening("100 MPa"))
    assert linear.flow_stress(0.0) == 10.0
    assert linear.flow_stress(0.2) == pytest.approx(30.0)
    voce = J2Plastic(1e4, 0.3, "10 MPa", SaturatingHardening("25 MPa", 4.0, "2 MPa"))
    # Voce (1948): Y + (S - Y)(1 - exp(-r a)) + H a
    assert voce.flow_stress(0.3) == pytest.approx(25.0 - 15.0 * math.exp(-1.2) + 0.6)
    assert J2Plastic(1e4, 0.3, "10 MPa").flow_stress(3.0) == 10.0


def test_laws_are_values() -> None:
    assert J2Plastic("1 GPa", 0.3, 5.0) == J2Plastic(1000.0, 0.3, "5 MPa", LinearHardening())
    assert Elastic(1.0, 0.3) != Elastic(1.0, 0.31)
    for law in (Elastic(1.0, 0.3), J2Plastic(1e3, 0.3, 5.0, SaturatingHardening(6.0, 2.0, 1.0))):
        assert type(law).from_parameters(law.parameters()) == law


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Elastic(0.0, 0.3), MaterialError, "youngs_modulus: 0 MPa is out of range"),
        (lambda: Elastic("3 um", 0.3), UnitError, "youngs_modulus: '3 um' is not a pressure"),
        (lambda: Elastic(1.0, -1.0), MaterialError, "poissons_ratio: -1 is out of range"),
        (lambda: J2Plastic(1.0, 0.3, -2.0), MaterialError, "yield_stress: -2 MPa"),
        (lambda: LinearHardening(-1.0), MaterialError, "hardening_modulus: -1 MPa"),
        (lambda: SaturatingHardening(2.0, 0.0), MaterialError, "saturation_rate: 0 is out"),
        (
            lambda: J2Plastic(1.0, 0.3, 3.0, SaturatingHardening(2.0, 1.0)),
            MaterialError,
            "saturation_stress: 2 MPa lies below the yield stress 3 MPa",
        ),
        (
            lambda: Material("a", Elastic(1.0, 0.3), youngs_modulus=3.0),
            MaterialError,
            "a.youngs_modulus: belongs to the law",
        ),
        (
            lambda: Material("a", Elastic(1.0, 0.3), conductivity=3.0),
            MaterialError,
            "a.conductivity: is not a property",
        ),
        (
            lambda: Material("a", Elastic(1.0, 0.3), carrier="holes"),
            MaterialError,
            "a.carrier: 'holes' is unknown",
        ),
        (
            lambda: Material("a", Elastic(1.0, 0.3), records=get("Li").records),
            MaterialError,
            "a.youngs_modulus: the law says 1, the record 7820 MPa",
        ),
        (lambda: Material("a", Elastic(1.0, 0.3)).conductivity, MaterialError, "is not known"),
        (lambda: Value(1.0, "MPa", 1.0, 2.0, 298.15, " "), MaterialError, "has no source"),
        (lambda: Value(3.0, "MPa", 1.0, 2.0, 298.15, "a"), MaterialError, "outside its range"),
    ],
)
def test_refusals(make, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        make()


def test_a_material_of_ones_own() -> None:
    steel = Material("steel", Elastic("200 GPa", 0.3), hardness="5 GPa", carrier="electrons")
    assert steel.hardness == 5e3
    assert steel.value("youngs_modulus").source == "user"
    assert steel.citations() == []
    assert steel.fracture_toughness is None
    assert steel.tensile_strength is None
    assert steel.critical_current_density is None
    assert steel.density is None
