# SPDX-License-Identifier: MIT
"""Layers, interfaces and stacks: what they say and what they refuse."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from interfacefem import materials, surfaces
from interfacefem.contact import Coulomb
from interfacefem.describe.interface import Interface
from interfacefem.describe.stack import Layer, Stack
from interfacefem.errors import CaseError, MaterialError, UnitError


def wave(size: str = "60 um", amplitude: str = "1 um", points: int = 241) -> surfaces.Topography:
    return surfaces.sinusoid(size=(size,), points=points, amplitude=amplitude, wavelength="20 um")


def three_layers(**faces: surfaces.Topography) -> Stack:
    return Stack(
        Layer("separator", "Li3InCl6", "40 um", top=faces.get("a", wave())),
        Interface(friction=0.2, resistance="2 ohm*cm^2"),
        Layer("interlayer", "Li3OCl", "8 um", bottom=faces.get("b"), top=faces.get("c")),
        Layer("anode", "Li", "30 um"),
    )


def test_names_order_and_units() -> None:
    stack = three_layers()
    assert stack.names == ("separator", "interlayer", "anode")
    assert list(stack.interfaces) == ["separator|interlayer", "interlayer|anode"]
    assert stack.width == 60.0
    assert stack.size == (60.0,)
    assert stack.thickness == 78.0
    assert stack.layer("anode").material == materials.get("Li")
    assert stack.interface("separator|interlayer").friction == 0.2
    # 1 ohm cm2 = 100 V um2/uA
    assert stack.interface("separator|interlayer").resistance == pytest.approx(200.0)
    # An interface left out is a frictionless one without resistance.
    assert stack.interface("interlayer|anode") == Interface()
    assert [layer.name for layer in stack.pair("interlayer|anode")] == ["interlayer", "anode"]
    assert three_layers() == stack


def rubbing(joint: Interface, *given: Any) -> tuple[float, float]:
    """Coefficient and cap of the friction law between two materials."""
    law = joint.friction_between(*given)
    assert isinstance(law, Coulomb)
    return law.coefficient, law.cap


def test_what_faces_bear_in_shear() -> None:
    stack = three_layers()
    # Von Mises: shear yield stress = Y/sqrt(3); lithium is the softer side, 0.8 MPa.
    lower, upper = (layer.material for layer in stack.pair("interlayer|anode"))
    assert rubbing(Interface(0.3), lower, upper) == (0.3, pytest.approx(0.8 / math.sqrt(3.0)))
    elastic = materials.Material("e", materials.Elastic(1e3, 0.3))
    assert rubbing(Interface(0.3), elastic, elastic) == (0.3, math.inf)
    assert rubbing(Interface(0.3, shear_cap=None), elastic, upper) == (0.3, math.inf)
    assert rubbing(Interface(shear_cap="0.3 MPa"), elastic, elastic) == (0.0, 0.3)
    # warm lithium of Anand bears less
    anand = materials.get("Li", law="anand")
    cold, warm = (rubbing(Interface(), elastic, anand, kelvin)[1] for kelvin in (298.15, 373.15))
    m, energy = anand.law.rate_sensitivity, anand.law.activation_energy / 8.31446
    assert warm / cold == pytest.approx(math.exp(m * energy * (1.0 / 373.15 - 1.0 / 298.15)), 1e-5)
    # Powder: q = M P at the critical state, so the shear stress is M/sqrt(3) of the pressure;
    # eta = 3 (1 - k)/(1 + 2 k), M = sqrt(eta^2 + 3 eta)
    powder = materials.get("LGPS", law="powder")
    k = powder.law.lateral_stress_ratio
    eta = 3.0 * (1.0 - k) / (1.0 + 2.0 * k)
    inner = math.sqrt((eta**2 + 3.0 * eta) / 3.0)
    assert rubbing(Interface(5.0), powder, elastic) == (pytest.approx(inner), math.inf)
    assert rubbing(Interface(0.2), powder, powder) == (0.2, math.inf)
    assert rubbing(Interface(5.0, shear_cap=None), powder, powder) == (5.0, math.inf)


@pytest.mark.parametrize("name", materials.names())
def test_loose_powder_is_softer_than_the_solid_it_is_made_of(name: str) -> None:
    for kind in materials.laws(name):
        law = materials.get(name, law=kind).law
        if kind == "powder":
            solid = materials.get(name).law.first_yield()
            assert 0.0 < law.first_yield().stress < min(solid.stress, 20.0)


def test_flat_stacks_need_a_width() -> None:
    assert Stack(Layer("a", "Li", 5.0), width="60 um").width == 60.0
    assert Stack(Layer("a", "Li", 5.0), width=("60 um", 40.0)).size == (60.0, 40.0)
    with pytest.raises(CaseError, match=r"stack.width: every face is flat.*write for example"):
        Stack(Layer("a", "Li", 5.0))


def test_thin_layers_whose_faces_follow_each_other_do_not_cross() -> None:
    # Both faces carry the same wave: the local thickness is constant although the amplitude is not.
    stack = three_layers(b=wave(amplitude="6 um"), c=wave(amplitude="6 um"))
    assert stack.layer("interlayer").thickness == 8.0
    # Of another number of points: compared where either has one.
    three_layers(b=wave(amplitude="6 um"), c=wave(amplitude="6 um", points=301))


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Layer("a", "Li", "-3 um"), CaseError, "layer 'a'.thickness: '-3 um' is out of"),
        (lambda: Layer("a", "Li", 0.0), CaseError, 'write a positive length such as "40 um"'),
        (lambda: Layer("a", "Li", "3"), UnitError, "layer 'a'.thickness: '3' has no unit"),
        (lambda: Layer("a", "Li", "3 MPa"), UnitError, "is not a length"),
        (lambda: Layer("a", "Lj", "3 um"), MaterialError, "'Lj' is not a material"),
        (lambda: Layer("a", 3, "3 um"), CaseError, "layer 'a'.material: 3 is not a material"),
        (lambda: Layer("a|b", "Li", "3 um"), CaseError, "'a|b' is not a usable name"),
        (lambda: Layer("", "Li", "3 um"), CaseError, "begin with a letter"),
        (
            lambda: Layer("a", "Li", "3 um", top=np.zeros(3)),
            CaseError,
            "layer 'a'.top: ndarray is not a topography; make one with interfacefem.surfaces",
        ),
        (lambda: Interface(friction=-0.1), CaseError, "interface.friction: -0.1 is out of range"),
        (lambda: Interface(shear_cap="0 MPa"), CaseError, "interface.shear_cap: '0 MPa'"),
        (lambda: Interface(resistance="3 MPa"), UnitError, "interface.resistance: '3 MPa'"),
        (lambda: Interface(reference_pressure=0.0), CaseError, "interface.reference_pressure"),
        (lambda: three_layers().layer("anod"), CaseError, "no layer 'anod'; did you mean \"anode"),
        (
            lambda: three_layers().interface("anode|interlayer"),
            CaseError,
            "stack.interface: no interface 'anode|interlayer'",
        ),
        (lambda: three_layers().pair("x"), CaseError, "known: separator|interlayer, interlayer"),
    ],
)
def test_refusals(make, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        make()


def mistakes(*items: object, **options: object) -> list[str]:
    with pytest.raises(CaseError) as caught:
        Stack(*items, **options)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_interfaces_in_a_wrong_place() -> None:
    a, b = Layer("a", "Li", 5.0, top=wave()), Layer("b", "Li", 5.0)
    for items, place in (
        ((Interface(), a, b), "stack[0]"),
        ((a, b, Interface()), "stack[2]"),
        ((a, Interface(), Interface(), b), "stack[2]"),
    ):
        (mistake,) = mistakes(*items)
        assert mistake.startswith(f"{place}: an Interface in a wrong place; put each Interface")
    (mistake,) = mistakes(a, b, "anode")
    assert mistake.startswith("stack[2]: str is neither a Layer nor an Interface")


def test_all_mistakes_of_a_stack_at_once() -> None:
    found = mistakes(
        Layer("a", "Li", "5 um", bottom=wave(), top=wave()),
        Layer("a", "Li", "1.5 um", bottom=wave(), top=wave().scaled(factor=-1.0)),
        Layer("c", "Li", "5 um", bottom=wave("40 um"), top=surfaces.flat(size=("60 um", "60 um"))),
    )
    expected = [
        "layer[2].bottom: the surface is 40 um, but layer[0].bottom says 60 um",
        "layer[2].top: the surface is 60 x 60 um, but layer[0].bottom says 60 um",
        "layer[1].name: 'a' is already the name of layer[0]",
        "layer[0].bottom: the bottom face of the stack lies on a flat platen",
        "layer[2].top: the top face of the stack lies on a flat platen",
        # Crests of amplitude 1 um against each other need 2 um.
        "layer[1].thickness: the rough faces of 'a' cross: 1.5 um thick, but the faces approach "
        "each other by 2 um; make the layer thicker than 2 um",
    ]
    assert len(found) == len(expected)
    for mistake, text in zip(found, expected, strict=True):
        assert mistake.startswith(text)


def test_width_must_agree_with_the_surfaces() -> None:
    (mistake,) = mistakes(Layer("a", "Li", 5.0, top=wave()), Layer("b", "Li", 5.0), width="50 um")
    assert mistake.startswith("layer[0].top: the surface is 60 um, but stack.width says 50 um")
    assert mistakes() == ["stack: has no layer; give at least one Layer"]


@pytest.mark.parametrize(("side", "needed"), [("top", 2.0), ("bottom", 2.0)])
def test_roughness_larger_than_a_layer_with_one_flat_face(side: str, needed: float) -> None:
    rough = wave(amplitude="2 um")
    thin = Layer("thin", "Li3OCl", "1.9 um", **{side: rough})
    rest = Layer("rest", "Li", "9 um")
    found = mistakes(thin, rest) if side == "top" else mistakes(rest, thin)
    assert any(f"the faces approach each other by {needed:g} um" in text for text in found)
