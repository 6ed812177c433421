# SPDX-License-Identifier: MIT
"""Numbers, units, names and case files as people write them: read, or one clear refusal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pint
import pytest

import interfacefem as ifem
from interfacefem.cli import main
from interfacefem.errors import CaseError, InterfaceFEMError, MaterialError, UnitError
from interfacefem.units import to_internal

UNITS: Any = pint.UnitRegistry()


@pytest.mark.parametrize(
    "text",
    [
        "25 degree celsius", "25 degrees C", "25 deg. C", "25 degrees Celsius", "25 °Celsius",
        "25 ° C", "25\u00baC", "25 \u02daC", "25 Celsius", "77 \u2109", "77 degrees Fahrenheit",
        "77 Fahrenheit", "298.15\u2007K", "298.15\u3000K", "298.15 K\n", "\n298.15 K\r\n",
    ],
)  # fmt: skip
def test_a_temperature_in_words(text: str) -> None:
    assert to_internal(text, "temperature") == pytest.approx(298.15, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "per_kelvin"),
    [("46e-6 1/°C", 46e-6), ("46e-6 /degC", 46e-6), ("46e-6 °C⁻¹", 46e-6), ("46 ppm/°C", 46e-6),
     ("9e-6 1/degF", 9e-6 * 1.8)],
)  # fmt: skip
def test_a_degree_in_a_product_is_a_difference(text: str, per_kelvin: float) -> None:
    assert to_internal(text, "expansion") == pytest.approx(per_kelvin, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("25 degC degC", "temperature"),
        ("1 degC/s", "rate"),
        ("1 " + "km^9*" * 18 + "m", "length"),  # a size beyond any number
        (UNITS.Quantity(25.0, "delta_degC"), "temperature"),
        (UNITS.Quantity([5.0, 6.0], "um"), "length"),
    ],
)
def test_what_pint_cannot_convert_is_a_unit_error(value: object, kind: str) -> None:
    with pytest.raises(UnitError, match=r"^x: .* is not a (temperature|rate|length); write"):
        to_internal(value, kind, place="x")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = " + b"[" * 2000 + b"]" * 2000, "is not TOML"),
        (b"a = " + b"9" * 5000, "is not TOML"),
        ("name = 'a'".encode("utf-16"), "is no text in UTF-8; save it in UTF-8"),
        ('name = "Säule"'.encode("latin-1"), "is no text in UTF-8; save it in UTF-8"),
    ],
)
def test_files_that_are_no_case(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(content)
    with pytest.raises(CaseError) as caught:
        ifem.Case.load(path)
    assert str(caught.value).startswith(f"case: 1 mistake\n  - {path}: {said}")
    assert main(["check", str(path)]) == 2


def flat(name: str = "flat", **options: Any) -> ifem.Case:
    layers = (ifem.Layer("a", "Li6PS5Cl", "5 um"), ifem.Layer("b", "Li", "5 um"))
    stack = ifem.Stack(*layers, width="5 um")
    return ifem.Case(name, stack, ifem.Protocol(ifem.Press(to="5 MPa")), **options)


def test_a_mark_of_the_encoding_is_passed_over(tmp_path: Path) -> None:
    path = flat().save(tmp_path / "case.toml")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert ifem.Case.load(path).stack == flat().stack


@pytest.mark.parametrize("name", ["CON", "nul", "com1", "LPT9.old", "press."])
def test_names_that_are_no_folder_on_windows(name: str) -> None:
    with pytest.raises(CaseError, match=r"can be no folder on Windows, .*; write another name"):
        flat(name)
    assert flat(f"x{name}s").name == f"x{name}s"


def test_long_words_are_cut_in_messages(tmp_path: Path) -> None:
    long = "x" * 10_000
    with pytest.raises(MaterialError) as caught:
        ifem.materials.get(long)
    assert len(str(caught.value)) < 300
    path = tmp_path / "case.toml"
    path.write_text(
        f'name = "a"\nlayer = [{{name = "a", material = "{long}", thickness = "1 um"}}]\n'
        f'step = [{{kind = "press", to = "5 MPa"}}, ["{long}"]]\n',
        encoding="utf-8",
    )
    with pytest.raises(CaseError) as wrong:
        ifem.Case.load(path)
    assert len(str(wrong.value)) < 1000


def test_a_mesh_file_that_is_a_folder_is_called_one(tmp_path: Path) -> None:
    (mistake,) = flat(mesh_file=tmp_path).check()
    assert (mistake.place, mistake.problem) == ("mesh.file", f"{tmp_path} is a folder")


def test_too_many_moments_are_refused_at_once() -> None:
    kept = ifem.Output(at=[f"{k + 1} kPa" for k in range(1000)])
    assert len(kept.at.pressures) == 1000
    with pytest.raises(CaseError, match=r"output.at: has too many moments; write at most 1000"):
        ifem.Output(at=("1 kPa" for _ in iter(int, 1)))  # without an end


@pytest.mark.parametrize("value", [np.array([5.0]), np.array("5 um"), np.True_, {}, b"5 um"])
def test_what_is_no_number_is_named(value: object) -> None:
    with pytest.raises(InterfaceFEMError, match=r"is not a length; write for example"):
        ifem.Layer("a", "Li", value)  # type: ignore[arg-type]
