# SPDX-License-Identifier: MIT
"""Whatever interfacefem prints with a unit can be given back to it."""

from __future__ import annotations

import functools
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interfacefem.cli.main import main
from interfacefem.describe.notes import RANGES
from interfacefem.errors import UnitError
from interfacefem.grammar import take_apart
from interfacefem.post import risk_table, summary
from interfacefem.quantities import spoken, written
from interfacefem.results import schema
from interfacefem.results.example import example_run
from interfacefem.units import KINDS, UNITS, Stated, from_internal, to_internal, unit_size

NUMBERS = st.floats(min_value=1e-9, max_value=1e9)
#: printed in messages, legends and titles
IN_WORDS = ("mAh/cm^2", "mAh/cm²", "mA/cm²", "ohm cm²", "J/m²", "MPa m^0.5", "mA h/cm^2", "uA/um^2",
            "um^3", "degC", "h", "min", "t", "%")  # fmt: skip


def stored_units() -> set[str]:
    """Return the units of all fields and histories of a results file."""
    places = ("point", "node", "cell", "increment", "interface")
    found = {*UNITS.values(), *(item.unit for item in schema.built_in(*places).values())}
    found |= {item.unit for item in schema.columns((), per_depth=False).values()}
    return found | {schema.weight_unit(2), schema.weight_unit(3)}


PRINTED = sorted({*stored_units(), *IN_WORDS, *(unit for unit, _ in KINDS.values() if unit)})


@functools.cache
def kind_of(unit: str) -> str | None:
    """Return the kind of quantity that a unit is of; voltages are never asked for."""
    for kind in KINDS:
        try:
            to_internal(f"1 {unit}", kind)
        except UnitError:
            continue
        return kind
    return None


def test_all_units_but_those_never_asked_for_have_a_kind() -> None:
    assert {unit for unit in PRINTED if kind_of(unit) is None} == {"V"}


@pytest.mark.parametrize("unit", PRINTED)
@settings(max_examples=25)
@given(number=NUMBERS)
def test_a_number_with_a_printed_unit_is_read(unit: str, number: float) -> None:
    for text in (f"{number!r} {unit}", f"{number:.4g} {unit}", f"{number:.3g} {unit}"):
        assert take_apart(text).number == float(text.split()[0])
    kind = kind_of(unit)
    if kind not in (None, "temperature"):  # of which degrees Celsius have another zero
        # a unit times a number is as large as the number of units
        size = 1.0 if unit == "-" else unit_size(unit, kind)
        assert to_internal(f"{number!r} {unit}", kind) == pytest.approx(number * size, rel=1e-12)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dimensionless"])
@settings(max_examples=25)
@given(number=NUMBERS)
def test_what_is_written_reads_back(kind: str, number: float) -> None:
    assert to_internal(written(number, kind), kind, bare=False) == number
    # six digits are spoken
    assert to_internal(spoken(number, kind), kind, bare=False) == pytest.approx(number, rel=5e-6)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1.5 t", "force"),
        ("1500 kg", "force"),
        ("3 kN", "force"),
        ("2 t/cm2", "pressure"),
        ("1.5 bar", "pressure"),
        ("0.2 mS cm-1", "conductivity"),
        ("2 Ωcm²", "area_resistance"),
        ("1 mAh/cm2", "charge_per_area"),
        ("0.23 MPa√m", "toughness"),
        ("60 °C", "temperature"),
        ("30 %", "dimensionless"),
    ],
)
@settings(max_examples=25)
@given(factor=st.floats(min_value=1e-3, max_value=1e3))
def test_what_is_spoken_in_the_unit_of_a_user_reads_back(
    text: str, kind: str, factor: float
) -> None:
    given = to_internal(text, kind)
    assert isinstance(given, Stated)
    number = float(given) * factor
    said = spoken(number, kind, given)
    if kind != "dimensionless":
        assert said.endswith(f" {given.unit}")
        assert from_internal(number, kind, given.unit) == pytest.approx(
            float(said.split()[0]), rel=5e-6, abs=1e-3 if kind == "temperature" else 0.0
        )
    tolerance = {"rel": 5e-6, "abs": 1e-2 if kind == "temperature" else 0.0}
    assert to_internal(said, kind) == pytest.approx(number, **tolerance)


def test_ends_of_ranges_are_read() -> None:
    for one in RANGES:
        low, high = one.ends
        assert 0.0 < low < high


def test_every_label_of_a_report_is_read(tmp_path: Path) -> None:
    with example_run(tmp_path / "run", nx=12, points=31, increments=2) as results:
        text = summary(results)
        rows = [row.unit for row in risk_table(results)]
    lines = text.splitlines()
    heads = [a for a, below in itertools.pairwise(lines) if set(below) == {" ", "-"}]
    labels = {unit for head in heads for unit in re.findall(r"\[([^]|]+)\]", head)} | set(rows)
    assert {"MPa", "um", "-", "ohm cm^2"} <= labels
    for unit in labels:
        assert take_apart(f"1 {unit.removesuffix(' of area')}").number == 1.0


def test_what_check_prints_of_a_case_is_read(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(repository / "cases" / "wavy_interface.py")]) == 0
    said = capsys.readouterr().out
    for part, kind in (
        (r"anode: Li, (\d+ um)", "length"),
        (r"frictionless, (\S+ ohm cm\^2)", "area_resistance"),
        (r"press: press to (\S+ MPa)", "pressure"),
        (r"current: (\S+ mA/cm\^2)", "current_density"),
    ):
        (value,) = re.findall(part, said)
        assert to_internal(value, kind, bare=False) > 0.0
