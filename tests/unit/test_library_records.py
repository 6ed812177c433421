# SPDX-License-Identifier: MIT
"""Every value in the library's files has a source, a confidence and a range that it lies in."""

from __future__ import annotations

import importlib
import math
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

import interfacefem
from interfacefem import materials
from interfacefem.errors import MaterialError
from interfacefem.materials import library
from interfacefem.materials.value import PROPERTIES, Value
from interfacefem.units import to_internal

DATA = Path(interfacefem.__file__).parent / "materials/data"
FILES = sorted(path for path in DATA.glob("*.toml") if "compaction" not in path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_record_is_complete_and_inside_its_range(path: Path) -> None:
    records = {k: v for k, v in tomllib.loads(path.read_text()).items() if isinstance(v, dict)}
    assert records
    for name, record in records.items():
        kind = PROPERTIES[name].kind
        numbers = [to_internal(record[k], kind, place=name) for k in ("low", "value", "high")]
        assert numbers == sorted(numbers), f"{name} is outside of its range"
        assert numbers[0] < numbers[2], f"{name} has no range"
        assert len(record["source"]) > 20
        assert record["confidence"] in ("H", "M", "L")
        assert isinstance(record["estimate"], bool)


@pytest.mark.parametrize(
    "name", [path.name.split(".")[0] for path in DATA.glob("*.compaction.toml")]
)
def test_each_compaction_point_has_a_source_and_a_scatter(name: str) -> None:
    for point in tomllib.loads((DATA / f"{name}.compaction.toml").read_text())["point"]:
        assert point["source"]
        assert point["confidence"] in ("H", "M", "L")
        assert point["scatter"] > 0.0


@pytest.mark.parametrize(
    ("low", "value", "high"), [(1.0, 0.9, 2.0), (1.0, 2.1, 2.0), (2.0, 1.5, 1.0)]
)
def test_a_value_outside_of_its_range_is_refused(low: float, value: float, high: float) -> None:
    with pytest.raises(MaterialError, match="lies outside its range"):
        Value(value, "MPa", low, high, 298.15, "a paper")


#: what is published of a property: least and largest, with who says so
PUBLISHED = [
    ("Li", None, "youngs_modulus", "2 GPa", "9.4 GPa", "Masias 2019; tension and indentation"),
    ("Li", None, "poissons_ratio", 0.30, 0.381, "Masias 2019; Narayan, Anand 2018"),
    ("Li", None, "yield_stress", "0.4 MPa", "1.26 MPa", "Schultz 2002 to Fincher 2020"),
    ("Li", "norton", "stress_exponent", 5.0, 6.67, "Anand, Narayan 2019; LePage 2019"),
    (
        "LGPS",
        None,
        "youngs_modulus",
        "15 GPa",
        "37.2 GPa",
        "Deng 2016; Wang 2014; Materzanini 2022",
    ),
    ("LGPS", None, "hardness", "0.6 GPa", "1.9 GPa", "sulfides, McGrogan 2017"),
    ("LGPS", None, "ionic_conductivity", "1.4 mS/cm", "25 mS/cm", "Therrien 2025"),
    ("Li6PS5Cl", None, "hardness", "0.6 GPa", "2 GPa", "nanoindentation"),
    ("Li6PS5Cl", None, "fracture_toughness", "0.2 MPa*m^0.5", "0.4 MPa*m^0.5", "sulfides"),
    ("Li6PS5Cl", None, "ionic_conductivity", "1.0 mS/cm", "3.17 mS/cm", "pressed pellets"),
    ("Li6PS5Cl", "powder", "yield_pressure", "209 MPa", "449 MPa", "Singh 2022; Doux 2020, 80.3 %"),
    ("Li3InCl6", None, "youngs_modulus", "10 GPa", "40 GPa", "pressed halides; Li3YCl6"),
    ("Li3InCl6", None, "ionic_conductivity", "0.98 mS/cm", "4 mS/cm", "pressed; Bonsu 2024"),
    ("Li3InCl6", "powder", "yield_pressure", "90 MPa", "490 MPa", "halides"),
    ("Li3OCl", None, "ionic_conductivity", "1e-7 S/cm", "3.2e-5 S/cm", "powders; fchem 2020"),
    ("LLZO", None, "youngs_modulus", "132.6 GPa", "175 GPa", "Ni 2012; computed"),
    ("LLZO", None, "hardness", "5.2 GPa", "11.27 GPa", "Ni 2012; Hu 2021"),
    ("LLZO", None, "fracture_toughness", "0.44 MPa*m^0.5", "1.51 MPa*m^0.5", "Hu 2021, LLZTO"),
    ("LLZO", None, "ionic_conductivity", "0.3 mS/cm", "1 mS/cm", "Murugan 2007; doped"),
]


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row[0]}-{row[2]}")
def test_ranges_are_as_wide_as_what_is_published(row: tuple[Any, ...]) -> None:
    name, law, key, least, most, _ = row
    record = materials.get(name, law=law).value(key)
    kind = PROPERTIES[key].kind
    low, high = (to_internal(value, kind, place=key) for value in (least, most))
    assert record.low <= low * (1.0 + 1e-12)
    assert high <= record.high * (1.0 + 1e-12)


def test_every_file_is_looked_at() -> None:
    """The tests above see all that a case can take: no name and no law is missing."""
    wanted = {name for name in materials.names()}
    wanted |= {f"{name}.{law}" for name in materials.names() for law in materials.laws(name)[1:]}
    assert {path.stem for path in FILES} == wanted
    assert len(wanted) == 12
    assert len(list(DATA.glob("*.compaction.toml"))) == 4
    assert sum(1 for _ in _records()) >= 110


def _records() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in FILES:
        data = tomllib.loads(path.read_text())
        yield from ((path.stem, key, data) for key, item in data.items() if isinstance(item, dict))


def _refused(stem: str, data: dict[str, Any]) -> str:
    """Return why the library refuses a file that was changed; empty if it does not."""
    name, _, law = stem.partition(".")
    text = tomlkit.dumps(data)
    base = (DATA / f"{name}.toml").read_text()
    try:
        if law:
            library.read_library_text(base, name, materials.Material, text)
        else:
            library.read_library_text(text, name, materials.Material)
    except MaterialError as error:
        return str(error)
    return ""


def _moved(record: dict[str, Any], end: str, factor: float) -> Any:
    """Return a value beyond an end of its range, as it is written."""
    given = record[end]
    if not isinstance(given, str):
        return float(given) * factor
    number, _, unit = given.partition(" ")
    return f"{float(number) * factor!r} {unit}"


def test_a_record_that_is_spoiled_is_refused_wherever_it_stands() -> None:
    """Every record of each file, each in one way: no source, range or confidence, or outside."""
    ways: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "source": lambda r: {k: v for k, v in r.items() if k != "source"},
        "low": lambda r: {k: v for k, v in r.items() if k != "low"},
        "high": lambda r: {k: v for k, v in r.items() if k != "high"},
        "confidence": lambda r: {k: v for k, v in r.items() if k != "confidence"},
        "outside": lambda r: r | {"value": _moved(r, "high", 1.01)},
        "lies outside its range": lambda r: r | {"value": _moved(r, "low", 0.99)},
    }
    for path in FILES:
        data = tomllib.loads(path.read_text())
        keys = [key for key, item in data.items() if isinstance(item, dict)]
        assert keys
        for said, spoil in ways.items():
            told = _refused(path.stem, data | {key: spoil(data[key]) for key in keys})
            for key in keys:
                lines = [line for line in told.splitlines() if f".{key}" in line]
                assert any(said in line for line in lines), f"{path.stem}.{key}: {said}"
    assert not any(_refused(path.stem, tomllib.loads(path.read_text())) for path in FILES)


def test_values_that_follow_from_others_do_so_with_their_range() -> None:
    """Yield stress of brittle ones: hardness / 3; strength: K_IC / (1.12 sqrt(pi c)) of flaws."""
    found = []
    for name in materials.names():
        known = dict(materials.get(name).records)
        stress = known.get("yield_stress")
        if stress is not None and stress.source.startswith("Tabor"):
            hard = known["hardness"]
            for one, other in (
                (stress.low, hard.low),
                (stress.value, hard.value),
                (stress.high, hard.high),
            ):
                assert one == pytest.approx(other / 3.0, rel=0.01), name
            found.append(name)
        strength = known.get("tensile_strength")
        if strength is not None and "1.12 sqrt(pi c)" in strength.source:
            tough = known["fracture_toughness"]
            depth = float(strength.source.rpartition("c = ")[2].split()[0])
            words = strength.note.split("flaws of ")[1].split()
            deep, small = float(words[0]), float(words[3])
            for one, k, c in (
                (strength.low, tough.low, deep),
                (strength.value, tough.value, depth),
                (strength.high, tough.high, small),
            ):
                # [MPa um^0.5] over [um^0.5]
                assert one == pytest.approx(k / (1.12 * math.sqrt(math.pi * c)), rel=0.02), name
            found.append(name)
    assert len(found) == 10  # both of five brittle ones


def test_values_in_code_have_source_range_and_confidence_too() -> None:
    """Bonds, double layers, Weibull modulus and other numbers that stand in modules."""
    package = Path(interfacefem.__file__).parent
    seen = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        place = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        for name in re.findall(
            r"^([A-Z_]+)(?:: Value)? = (?:Value|threshold)\(", text, re.MULTILINE
        ):
            value = getattr(importlib.import_module(place), name)
            seen.append(name)
            convention = "convention" in value.source
            assert len(value.source) > 20, name
            assert value.low < value.high or convention, name
            assert value.estimate or value.confidence != "L" or convention, name
    known = {"METAL_STRENGTH", "CERAMIC_TOUGHNESS", "DOUBLE_LAYER", "WEIBULL_MODULUS", "PROBABLE"}
    assert known <= set(seen)
