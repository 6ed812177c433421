# SPDX-License-Identifier: MIT
"""Adhesion of the library: a choice that is said, with its band; that there is none is said too."""

from __future__ import annotations

from pathlib import Path

import pytest

import interfacefem as ifem
from interfacefem.describe import bonds
from interfacefem.errors import CaseError
from interfacefem.post import summary

RELEASED = ifem.Protocol(ifem.Press("3 MPa"), ifem.Release("1 MPa"))


def case(*names: str, adhesion: object = None, protocol: ifem.Protocol = RELEASED) -> ifem.Case:
    lower, upper = names
    stack = ifem.Stack(
        ifem.Layer("a", lower, "4 um"),
        ifem.Interface(adhesion=adhesion),  # type: ignore[arg-type]
        ifem.Layer("b", upper, "4 um"),
        width="6 um",
    )
    return ifem.Case("bonds", stack, protocol, mesh=ifem.MeshSize("2 um"))


@pytest.mark.parametrize(
    ("names", "band"),
    [
        (("Li3OCl", "Li"), (bonds.METAL_STRENGTH, bonds.METAL_TOUGHNESS)),
        (("Li", "Li6PS5Cl"), (bonds.METAL_STRENGTH, bonds.METAL_TOUGHNESS)),
        (("Li3InCl6", "Li3OCl"), (bonds.CERAMIC_STRENGTH, bonds.CERAMIC_TOUGHNESS)),
    ],
)
def test_that_of_the_library_is_the_middle_of_its_band(
    names: tuple[str, str], band: tuple[object, object], tmp_path: Path
) -> None:
    made = case(*names, adhesion="library")
    bond = made.stack.interface("a|b").bond
    assert bond is not None
    assert (bond.strength, bond.toughness) == tuple(value.value for value in band)  # type: ignore[attr-defined]
    said = "\n".join(made.check().notes)
    assert f"{bond.strength:g} MPa" in said
    assert "nobody measured it" in said
    again = ifem.Case.load(made.save(tmp_path / "bonds.toml"))
    assert again.stack == made.stack
    text = made.save(tmp_path / "short.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[interface.adhesion]")
    if rest:  # a file may say it in a word, too
        _, bracket, rest = rest.partition("\n[")
        text = head + 'adhesion = "library"\n' + bracket + rest
        (tmp_path / "short.toml").write_text(text, encoding="utf-8")
        assert ifem.Case.load(tmp_path / "short.toml").stack == made.stack


def test_two_metals_and_a_punch_have_none() -> None:
    with pytest.raises(CaseError, match="no band in the library for two metals"):
        case("Li", "Li", adhesion="library")
    with pytest.raises(CaseError, match="punch"):
        ifem.Stage(["a"], [], punch_interface=ifem.Interface(adhesion="library"))
    with pytest.raises(CaseError, match='or "library"'):
        ifem.Interface(adhesion="strong")  # type: ignore[arg-type]


def test_that_faces_part_freely_is_said_where_something_is_released(tmp_path: Path) -> None:
    bare = case("Li3OCl", "Li")
    assert "no adhesion at 'a|b', which is a choice" in "\n".join(bare.check().notes)
    pressed = case("Li3OCl", "Li", protocol=ifem.Protocol(ifem.Press("3 MPa")))
    assert "no adhesion" not in "\n".join(pressed.check().notes)
    bonded = case("Li3OCl", "Li", adhesion=ifem.Adhesion("1 MPa", "0.1 J/m^2"))
    assert "adhesion" not in "\n".join(bonded.check().notes)
    assert "no adhesion at 'a|b'" in summary(bare.run(tmp_path / "bare", listeners=()))
    assert "no adhesion" not in summary(bonded.run(tmp_path / "bonded", listeners=()))
