# SPDX-License-Identifier: MIT
"""The contact pressure of a pressed powder and of lithium on it does not depend on the mesh.

The softer face has to be the finer one. A powder is the softer of two bodies when it is poured, and
no longer after it was pressed: with the faces the other way round the pressure on lithium
alternated from node to node by 55 MPa about a mean of 187 MPa.
"""

from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.describe.hardness import hardness
from interfacefem.materials import J2Plastic, LinearHardening

POURED = ifem.Press(to="300 MPa", name="pellet"), ifem.Release(to="1 MPa", name="opened")


def rough(seed: int) -> ifem.Topography:
    return surfaces.self_affine(
        "15 um",
        hurst=0.8,
        rms_height="200 nm",
        long_cutoff="15 um",
        short_cutoff="5 um",
        seed=seed,
    )


def pressed(
    upper: str, to: str, folder: Path, adhesion: ifem.Adhesion | None = None
) -> ifem.Results:
    """Press a rough layer onto a powder that was pressed at 300 MPa."""
    lower = ifem.Layer("lower", materials.get("Li3InCl6", law="powder"), "6 um", top=rough(3))
    law = {} if upper == "Li" else {"law": "powder"}
    body = ifem.Layer("upper", materials.get(upper, **law), "6 um", bottom=rough(4))
    stack = ifem.Stack(lower, ifem.Interface(adhesion=adhesion), body)
    press = ifem.Press(to=to, name="press")
    stages = ifem.Stage(["lower"], POURED), ifem.Stage(["upper"], [press])
    case = ifem.Case("even", stack, ifem.Protocol(*stages), current=None)
    case.run(folder, listeners=())
    return ifem.Results.open(folder)


@pytest.mark.parametrize(("upper", "to"), [("Li", "187 MPa"), ("Li3OCl", "300 MPa")])
def test_pressure_does_not_alternate_from_node_to_node(upper: str, to: str, tmp_path: Path) -> None:
    with pressed(upper, to, tmp_path / "run") as results:
        pressure = np.asarray(results.interface("lower|upper").at("press").contact_pressure)
    between = (pressure[2:] + pressure[:-2]) / 2
    alternating = np.sqrt(np.mean((pressure[1:-1] - between) ** 2)) / 2
    assert alternating < 0.01 * pressure.mean()


def test_bonds_that_do_not_exist_yet_change_nothing(tmp_path: Path) -> None:
    bonds = ifem.Adhesion("1.5 MPa", "0.3 J/m^2")
    with (
        pressed("Li", "10 MPa", tmp_path / "without") as one,
        pressed("Li", "10 MPa", tmp_path / "with", bonds) as other,
    ):
        for name in ("nominal_pressure", "closure", "linear_solves"):
            np.testing.assert_allclose(
                np.asarray(other.history[name]),
                np.asarray(one.history[name]),
                rtol=1e-9,
                atol=1e-12,
            )


def test_powder_is_harder_than_metal_once_it_is_pressed() -> None:
    powder = materials.get("Li3InCl6", law="powder")
    metal = materials.Material("metal", J2Plastic("8 GPa", 0.36, "10 MPa", LinearHardening(0.0)))
    stack = ifem.Stack(
        ifem.Layer("a", powder, "9 um"), ifem.Layer("b", metal, "9 um"), width="9 um"
    )
    key = hardness(stack, ifem.Protocol(ifem.Press(to="50 MPa")))
    assert key["b"] < key["a"]
    poured = hardness(stack)
    assert poured["a"] < poured["b"]
    # pressed by less than the metal bears, it stays the softer one
    barely = hardness(stack, ifem.Protocol(ifem.Press(to="1 MPa")))
    assert barely["a"] < barely["b"]


@pytest.mark.parametrize("first", ["a", "b"])
def test_powder_that_was_pressed_first_is_the_harder_one(first: str) -> None:
    second = "b" if first == "a" else "a"
    one, two = (materials.get(name, law="powder") for name in ("Li3InCl6", "Li3OCl"))
    stack = ifem.Stack(ifem.Layer("a", one, "9 um"), ifem.Layer("b", two, "9 um"), width="9 um")
    stages = ifem.Stage([first], POURED), ifem.Stage([second], [ifem.Press(to="300 MPa")])
    key = hardness(stack, ifem.Protocol(*stages))
    assert key[second] < key[first]
    # and the mesh is finer there
    columns = ifem.build_mesh(stack, None, ifem.Protocol(*stages)).origin["columns"]
    assert columns[second] > columns[first]
