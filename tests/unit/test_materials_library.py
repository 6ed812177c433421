# SPDX-License-Identifier: MIT
"""The library: every value has unit, range, source and is what its source says it is."""

from __future__ import annotations

import math
import re

import pytest

from interfacefem import materials
from interfacefem.errors import CaseError, MaterialError, UnitError
from interfacefem.materials import PROPERTIES, Material
from interfacefem.materials.library import read_library_text
from interfacefem.units import KINDS

NAMES = ["LGPS", "LLZO", "Li", "Li3InCl6", "Li3OCl", "Li6PS5Cl"]
ELECTROLYTES = [name for name in NAMES if name != "Li"]
VALUES = [(name, key) for name in NAMES for key, _ in materials.get(name).records]


def test_names() -> None:
    assert materials.names() == NAMES


@pytest.mark.parametrize(("name", "key"), VALUES)
def test_every_value_has_unit_range_and_source(name: str, key: str) -> None:
    record = materials.get(name).value(key)
    assert record.unit == KINDS[PROPERTIES[key].kind][0]
    assert record.low <= record.value <= record.high
    assert record.low < record.high, "a value without uncertainty looks like truth"
    assert record.temperature == 298.15  # the library is for room temperature
    assert record.confidence in ("H", "M", "L")
    assert record.source != "user"
    # Author and year, a DOI, or a statement that it was worked out here, always in words.
    assert re.search(r"\(\d{4}\)|10\.\d{4,}/|here|survey|CRC Handbook", record.source)
    if record.estimate:
        assert record.confidence != "H"
    assert str(record).startswith(f"{record.value:g}")


@pytest.mark.parametrize("name", NAMES)
def test_law_uses_the_recorded_values(name: str) -> None:
    material = materials.get(name)
    for key, number in material.law.parameters().items():
        if key != "hardening_modulus":  # absent in the files: no linear hardening
            assert material.value(key).value == number
    assert material.conductivity > 0.0
    assert material.title
    assert material.citations()
    assert len(set(material.citations())) == len(material.citations())


@pytest.mark.parametrize("name", ELECTROLYTES)
def test_electrolyte_estimates_follow_their_formula(name: str) -> None:
    material = materials.get(name)
    assert material.brittle
    # Tabor (1951): hardness = 3 yield stress; files round to three digits.
    assert material.value("yield_stress").value == pytest.approx(material.hardness / 3.0, rel=5e-3)
    # Edge crack, K = 1.12 sigma sqrt(pi c) (Tada, Paris, Irwin), with the flaw the source states.
    strength = material.value("tensile_strength")
    flaw = float(re.search(r"c = (\d+) um", strength.source)[1])
    expected = material.fracture_toughness / (1.12 * math.sqrt(math.pi * flaw))
    assert strength.value == pytest.approx(expected, rel=1e-2)
    assert strength.estimate
    assert material.value("yield_stress").estimate


def test_lithium_hardening_follows_the_rate_dependent_law() -> None:
    # Anand and Narayan (2019), J. Electrochem. Soc. 166, A1092: s = S (rate/A exp(-Q/RT))^m,
    # dS/de = H0 (1 - S/Ss)^2, at 298.15 K and 1e-3 1/s, started at the yield stress of the file.
    rate = 1e-3
    reference = 4.25e4 * math.exp(-37e3 / (8.314 * 298.15))
    factor = (rate / reference) ** 0.15
    saturated = 2.0 * (rate / reference) ** 0.05
    law = materials.get("Li").law
    assert law.hardening.saturation_stress == pytest.approx(factor * saturated, rel=5e-3)
    start = law.yield_stress / factor
    for strain in (0.05, 0.1, 0.2, 0.3, 0.5):
        # The equation for a = 2 integrates to 1/(1 - S/Ss) growing linearly with strain.
        left = 1.0 / (1.0 / (1.0 - start / saturated) + 10.0 * strain / saturated)
        assert law.flow_stress(strain) == pytest.approx(factor * saturated * (1 - left), rel=0.02)


def test_values_that_follow_from_crystals_and_constants() -> None:
    # Li3OCl: one formula unit (72.27 g/mol) in a cube of 3.907 angstrom.
    density = 72.27 / (6.02214e23 * 3.907e-8**3)
    assert materials.get("Li3OCl").density == pytest.approx(density, rel=5e-3)
    # Li: K = E/3(1 - 2 nu), G = E/2(1 + nu) with E = 7.82 GPa, nu = 0.381: 11.0 and 2.83 GPa.
    law = materials.get("Li").law
    assert law.bulk_modulus == pytest.approx(11.0e3, rel=5e-3)
    assert law.shear_modulus == pytest.approx(2.83e3, rel=2e-3)
    # 1.08e7 S/m for electrons in lithium, 1 mS/cm = 0.1 S/m for ions in Li3InCl6.
    assert materials.get("Li").conductivity == 1.08e7
    assert materials.get("Li3InCl6").conductivity == pytest.approx(0.1)
    # 0.4 mA/cm2 = 0.4e-5 uA/um2
    assert materials.get("Li6PS5Cl").critical_current_density == pytest.approx(0.4e-5)
    assert materials.get("Li").ionic_conductivity is None
    assert materials.get("LLZO").electronic_conductivity is None


def test_override_keeps_the_record_and_names_the_user() -> None:
    soft = materials.get("Li", yield_stress="600 kPa")
    record, original = soft.value("yield_stress"), materials.get("Li").value("yield_stress")
    assert soft.law.yield_stress == pytest.approx(0.6)
    assert record.source == "user"
    assert (record.low, record.high) == (original.low, original.high)
    assert original.source in record.note
    assert "0.8 MPa" in record.note
    assert soft.value("youngs_modulus") == materials.get("Li").value("youngs_modulus")
    # Outside the range the range is widened, so that it still contains the value.
    assert materials.get("Li", youngs_modulus="12 GPa").value("youngs_modulus").high == 12e3
    added = materials.get("Li", hardness="7 MPa")
    assert added.hardness == 7.0
    assert added.value("hardness").source == "user"


@pytest.mark.parametrize(
    ("name", "overrides", "error", "text"),
    [
        ("Li3InCl", {}, MaterialError, 'did you mean "Li3InCl6"?'),
        ("Lithium", {}, MaterialError, 'did you mean "Li", lithium metal'),
        ("argyrodite", {}, MaterialError, 'did you mean "Li6PS5Cl", lithium argyrodite'),
        ("steel", {}, MaterialError, "known: LGPS, LLZO"),
        ("Li", {"yeild_stress": "1 MPa"}, MaterialError, 'did you mean "yield_stress"?'),
        ("Li", {"poissons_ratio": 0.5}, MaterialError, "less than 0.5"),
        ("Li", {"density": "-1 g/cm^3"}, MaterialError, "density: -1 g/cm^3 is out of range"),
        ("Li", {"yield_stress": "5 MPa"}, MaterialError, "Li.yield_stress: 5 MPa does not go with"),
        ("Li", {"yield_stress": "5 um"}, UnitError, "Li.yield_stress: '5 um' is not a pressure"),
        ("Li", {"yield_stress": "5"}, UnitError, "has no unit"),
    ],
)
def test_get_refuses(name: str, overrides: dict, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        materials.get(name, **overrides)


def test_missing_value_says_how_to_give_it() -> None:
    with pytest.raises(MaterialError, match=r'materials.get\("Li", hardness=...\)'):
        materials.get("Li").value("hardness")
    with pytest.raises(MaterialError, match='did you mean "hardness"'):
        materials.get("Li").value("hardnes")


FULL = """
name = "X"
law = "elastic"
[youngs_modulus]
value = "20 GPa"
low = "10 GPa"
high = "30 GPa"
source = "Author (2020)"
confidence = "M"
[poissons_ratio]
value = 0.3
low = 0.2
high = 0.4
source = "Author (2020)"
confidence = "M"
"""


def test_library_text_is_read() -> None:
    material = read_library_text(FULL, "X", Material)
    assert material.law.youngs_modulus == 20e3
    assert material.to_dict() == "X"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            'source = "Author (2020)"\nconfidence = "M"\n[poi',
            "[poi",
            "X.youngs_modulus: has no source",
        ),
        (
            'source = "Author (2020)"\nconfidence = "M"\n[poi',
            'source = "  "\n[poi',
            "youngs_modulus: has no source",
        ),
        ("[poissons_ratio]", 'density = "2 g/cm^3"\n[poissons_ratio]', "unknown key"),
        ('law = "elastic"', 'law = "elastic"\ndensity = "2 g/cm^3"', "X.density: has no source"),
        ('low = "10 GPa"', "", "X.youngs_modulus.low: is missing"),
        ('low = "10 GPa"', 'low = "25 GPa"', "lies outside its range"),
        ('low = "10 GPa"', "low = 10", "X.youngs_modulus.low: 10 has no unit"),
        ('confidence = "M"\n[poi', 'confidence = "X"\n[poi', "write H, M or L"),
        ('confidence = "M"\n[poi', "[poi", "X.youngs_modulus.confidence: is missing"),
        ('low = "10 GPa"', 'low = "10 GPa"\ntemperature = "0 K"', "temperature 0 K"),
        ('name = "X"', "name = ", "unusable"),
    ],
)
def test_library_refuses_what_is_not_backed(old: str, new: str, text: str) -> None:
    assert old in FULL
    with pytest.raises(MaterialError, match=re.escape(text)):
        read_library_text(FULL.replace(old, new), "X", Material)


@pytest.mark.parametrize(
    "material",
    [
        materials.get("Li"),
        materials.get("Li3OCl", hardness="2.5 GPa", ionic_conductivity="1e-6 S/cm"),
        Material("oxide", materials.Elastic("70 GPa", 0.22), ionic_conductivity="0.3 mS/cm"),
        Material(
            "metal",
            materials.J2Plastic(
                "70 GPa", 0.3, "90 MPa", materials.SaturatingHardening("0.2 GPa", 12.5, 3.0)
            ),
            carrier="electrons",
            brittle=True,
            title="made up",
            electronic_conductivity=1e7,
        ),
        Material("copy", materials.get("LLZO").law, records=materials.get("LLZO").records),
    ],
    ids=lambda material: material.name,
)
def test_round_trip(material: Material) -> None:
    again = Material.from_dict(material.to_dict())
    assert again == material
    assert hash(again) == hash(material)
    assert again.to_dict() == material.to_dict()


def test_overrides_are_short_in_a_file() -> None:
    material = materials.get("Li", yield_stress="0.6 MPa")
    assert material.to_dict() == {"base": "Li", "yield_stress": "0.6 MPa"}


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ("Lj", ["m: 'Lj' is not a material"]),
        (3, ["m: 3 is not a material"]),
        ({"base": "LI"}, ["m.base: 'LI' is not a material; did you mean \"Li\"?"]),
        (
            {"base": "Li", "yeld_stress": "1 MPa", "density": 3, "hardness": "-1 MPa"},
            [
                'm.yeld_stress: unknown key; did you mean "yield_stress"?',
                "m.density: 3 has no unit",
                "m.hardness: -1 MPa is out of range; write a positive",
            ],
        ),
        ({"base": "Li", "yield_stress": "5 MPa"}, ["m.yield_stress: 5 MPa does not go with"]),
        (
            {"law": "J2", "carrier": "holes", "brittle": 1, "densty": "1 g/cm^3"},
            [
                "m.name: is missing",
                "m.law: 'J2' is not a law that is known here; write one of anand, elastic, j2,",
                "m.carrier: 'holes' is unknown; write ions or electrons",
                "m.brittle: 1 is not true or false",
                'm.densty: unknown key; did you mean "density"?',
            ],
        ),
        ({"name": "a"}, ["m.law: is missing"]),
        (
            {"name": "a", "law": "j2", "youngs_modulus": "1 GPa"},
            ["m.poissons_ratio: is missing", "m.yield_stress: is missing"],
        ),
        (
            {"name": "a", "law": "elastic", "youngs_modulus": "1 GPa", "poissons_ratio": 0.3}
            | {"yield_stress": "1 MPa"},
            ["m.yield_stress: is no parameter of the law 'elastic'"],
        ),
        (
            {"name": "a", "law": "j2", "youngs_modulus": "1 GPa", "poissons_ratio": 0.3}
            | {"yield_stress": "1 MPa", "saturation_rate": 3},
            ["m.saturation_stress: is missing; saturating hardening needs"],
        ),
        (
            {"name": "a", "law": "elastic", "youngs_modulus": "0 GPa", "poissons_ratio": 0.6}
            | {"density": {"value": "2 g/cm^3", "from": "x"}},
            [
                "m.youngs_modulus: 0 GPa is out of range",
                "m.poissons_ratio: 0.6 is out of range",
                "m.density.from: unknown key",
                "m.density: has no source",
            ],
        ),
    ],
)
def test_every_mistake_in_a_definition_is_named(data: object, places: list[str]) -> None:
    with pytest.raises(CaseError) as caught:
        Material.from_dict(data, place="m")
    found = [str(mistake) for mistake in caught.value.mistakes]
    assert len(found) == len(places)
    for text in places:
        assert any(text in mistake for mistake in found), (text, found)
