# SPDX-License-Identifier: MIT
"""Every value in the library's files has a source, a confidence and a range that it lies in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import interfacefem
from interfacefem import materials
from interfacefem.errors import MaterialError
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


def test_ranges_are_as_wide_as_what_is_published() -> None:
    halide = materials.get("Li3InCl6", law="powder").value("yield_pressure")
    assert (halide.low, halide.high) == (90.0, 490.0)
    assert materials.get("Li3InCl6").value("youngs_modulus").low == 10e3
    assert materials.get("LGPS").value("hardness").high == 1900.0
