# SPDX-License-Identifier: MIT
"""Other laws of library materials, and lithium of small asperities: sources, round trips."""

from __future__ import annotations

import math
import re

import pytest

from interfacefem import materials
from interfacefem.errors import CaseError, MaterialError
from interfacefem.materials import LAWS, PROPERTIES, Anand, Elastic, J2Plastic, Material, size
from interfacefem.units import KINDS

VARIANTS = [(name, law) for name in materials.names() for law in materials.laws(name)[1:]]


def test_which_laws_there_are() -> None:
    assert materials.laws("Li") == ["j2", "anand", "norton"]
    for name in ("Li3InCl6", "LGPS", "Li6PS5Cl", "Li3OCl"):
        assert materials.laws(name) == ["j2", "powder"]
    assert isinstance(materials.get("Li").law, J2Plastic)  # the default has not changed
    assert materials.get("Li", law="j2") == materials.get("Li")
    assert isinstance(materials.get("Li", law="anand").law, Anand)


@pytest.mark.parametrize(("name", "law"), VARIANTS)
def test_every_value_has_unit_range_and_source(name: str, law: str) -> None:
    material = materials.get(name, law=law)
    solid = materials.get(name)
    assert material.law.kind == law
    assert material.conductivity == solid.conductivity
    assert material.title != solid.title
    others = {key for kind in LAWS.values() for key in (*kind.required(), *kind.optional())}
    for key, record in material.records:
        assert record.unit == KINDS[PROPERTIES[key].kind][0]
        assert record.low < record.high, key
        assert re.search(r"\(\d{4}\)|10\.\d{4,}/|here|survey|CRC Handbook", record.source), key
        if record.estimate:
            assert record.confidence != "H", key
        if key in others:  # no parameter of another law is left
            assert key in material.law.parameters()
    for key, number in material.law.parameters().items():
        assert material.value(key).value == number
    assert material.value("youngs_modulus") == solid.value("youngs_modulus")


@pytest.mark.parametrize(("name", "law"), VARIANTS)
def test_round_trip(name: str, law: str) -> None:
    material = materials.get(name, law=law)
    assert material.to_dict() == {"base": name, "law": law}
    changed = materials.get(name, law=law, density="1.9 g/cm^3")
    assert changed.to_dict() == {"base": name, "law": law, "density": "1.9 g/cm^3"}
    for one in (material, changed, Material("copy", material.law, records=material.records)):
        again = Material.from_dict(one.to_dict())
        assert again == one
        assert again.to_dict() == one.to_dict()


def test_lithium_is_the_law_of_its_paper() -> None:
    # Anand and Narayan (2019): A 4.25e4 1/s, Q 37 kJ/mol, m 0.15, S0 0.95, H0 10, Y* 2 MPa,
    # a 2, n 0.05; virgin and saturated stress at 1e-3 1/s and 298.15 K 0.639 and 1.180 MPa.
    law = materials.get("Li", law="anand").law
    assert law.flow_stress() == pytest.approx(0.639, abs=5e-4)
    assert law.flow_stress(saturated=True) == pytest.approx(1.180, abs=5e-4)
    # Norton: 6.7e-3 MPa^-6.6 1/s
    norton = materials.get("Li", law="norton").law
    assert norton.rate_at() / norton.creep_stress**norton.stress_exponent == pytest.approx(
        6.7e-3, rel=5e-3
    )
    # between the virgin and the saturated Anand law at 0.75 MPa
    for saturated, name in ((True, "low"), (False, "high")):
        rate = getattr(materials.get("Li", law="norton").value("creep_rate"), name)
        assert law.flow_stress(rate, saturated=saturated) == pytest.approx(0.75, rel=0.02)


def test_powders_where_the_survey_puts_them() -> None:
    # densities at 187 and 116 MPa, 1.5 t on dies of 10 and 12.7 mm, from P_y and A0 = 0.8
    for name, at187, at116 in (
        ("Li3InCl6", 0.86, 0.78),
        ("LGPS", 0.745, 0.68),
        ("Li6PS5Cl", 0.73, 0.67),
        ("Li3OCl", 0.66, 0.62),
    ):
        law = materials.get(name, law="powder").law
        assert law.pressed_density([187.0, 116.0]) == pytest.approx([at187, at116], abs=5e-3)


@pytest.mark.parametrize(
    ("name", "law", "text"),
    [
        ("Li", "powder", "Li.law: 'powder' is not in the library for it; known: j2, anand, norton"),
        ("LLZO", "anand", "known: j2"),
        ("LGPS", "Powder", 'did you mean "powder"?'),
    ],
)
def test_refusals(name: str, law: str, text: str) -> None:
    with pytest.raises(MaterialError, match=re.escape(text)):
        materials.get(name, law=law)
    with pytest.raises(CaseError, match=re.escape(f"m.law: {law!r} is not in the library")):
        Material.from_dict({"base": name, "law": law}, place="m")
    with pytest.raises(MaterialError, match="is not a material"):
        materials.laws("lithium")


def test_small_lithium_reaches_the_data() -> None:
    # Xu et al. (2017): 105 MPa at 1.39 um, 15 MPa at 9.45 um, exponent -0.68 at room temperature.
    # Fincher et al. (2020): hardness 43 MPa at 0.25 um, 7.5 MPa at 10 um, a third of it.
    low, middle, high = size.band("1.39 um", "pillars")
    assert high == pytest.approx(105.0)
    assert low < middle < high
    assert size.band("9.45 um", "pillars")[0] == pytest.approx(15.0)
    assert size.flow_stress("0.25 um", "indentation") == pytest.approx(43.0 / 3.0)
    assert size.flow_stress("10 um", "indentation") == pytest.approx(2.5)
    # both fits of the pillars have the geometric mean at the geometric mean
    assert size.flow_stress((1.39 * 9.45) ** 0.5) == pytest.approx((105.0 * 15.0) ** 0.5)


def test_the_two_fits_of_the_pillars() -> None:
    fits = size.pillar_fits()
    # the line through the two quoted pillars, and what the paper states for all of them
    assert fits.through_ends == pytest.approx(math.log(15.0 / 105.0) / math.log(9.45 / 1.39))
    assert fits.through_ends == pytest.approx(-1.015, abs=5e-4)
    assert (fits.stated, fits.stated_hot) == (-0.68, -1.00)
    # the library has the stated one; its band holds both ends, and misses each by the same factor
    slope = math.log(size.flow_stress(8.0) / size.flow_stress(2.0)) / math.log(8.0 / 2.0)
    assert slope == pytest.approx(-0.68, abs=1e-12)
    for diameter, measured in ((1.39, 105.0), (9.45, 15.0)):
        low, value, high = size.band(diameter, "pillars")
        assert low * (1 - 1e-12) <= measured <= high * (1 + 1e-12)
        miss = max(value / measured, measured / value)
        assert miss == pytest.approx(fits.miss)
    assert fits.miss == pytest.approx(1.38, abs=0.005)


def test_the_middle_of_both_data_sets_is_ten_megapascals_at_five_micrometres() -> None:
    low, middle, high = size.band("5.4 um")
    assert middle == pytest.approx(10.0, abs=0.1)
    assert low == pytest.approx(size.flow_stress("5.4 um", "indentation"))
    assert high == pytest.approx(size.flow_stress("5.4 um", "pillars"))
    assert middle**2 == pytest.approx(low * high)
    record = size.small(materials.get("Li"), "5.4 um", data="middle").value("yield_stress")
    assert (record.low, record.value, record.high) == pytest.approx((low, middle, high))
    with pytest.raises(MaterialError, match=r"1\.39 to 9\.45"):
        size.band("0.5 um")


@pytest.mark.parametrize("law", ["j2", "anand", "norton"])
def test_small_lithium_keeps_all_but_its_stresses(law: str) -> None:
    bulk = materials.get("Li", law=law)
    small = size.small(bulk, "5 um")
    if law == "j2":
        assert small.law.yield_stress == pytest.approx(size.flow_stress(5.0))
        factor = size.flow_stress(5.0) / 0.8
        assert small.law.hardening.saturation_stress == pytest.approx(1.18 * factor)
        assert small.law.hardening.rate == bulk.law.hardening.rate
    else:
        assert small.law.flow_stress(5e-3) == pytest.approx(size.flow_stress(5.0))
        # one factor for all rates and temperatures
        for rate, temperature in ((1e-6, 253.15), (1e-1, 333.15)):
            assert small.law.flow_stress(rate, temperature) / bulk.law.flow_stress(
                rate, temperature
            ) == pytest.approx(size.flow_stress(5.0) / bulk.law.flow_stress(5e-3))
    assert small.law.youngs_modulus == bulk.law.youngs_modulus
    assert small.density == bulk.density
    changed = [key for key, record in small.records if bulk.value(key) != record]
    assert changed
    for key in changed:
        assert "Xu et al. (2017)" in small.value(key).source
        assert bulk.value(key).source in small.value(key).note
    assert "base" not in small.to_dict()
    assert Material.from_dict(small.to_dict()) == small


def test_size_refusals() -> None:
    with pytest.raises(MaterialError, match=r"size: 20 um is outside .* write 1\.39 to 9\.45 um"):
        size.flow_stress("20 um")
    with pytest.raises(MaterialError, match='did you mean "pillars"'):
        size.flow_stress("5 um", "pillar")
    with pytest.raises(MaterialError, match='a law of kind "elastic" has no flow stress'):
        size.small(Material("x", Elastic(1e3, 0.3)), "5 um")
    with pytest.raises(MaterialError, match='a law of kind "powder" has no flow stress'):
        size.small(materials.get("LGPS", law="powder"), "5 um")
