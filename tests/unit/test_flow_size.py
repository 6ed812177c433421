# SPDX-License-Identifier: MIT
"""How strong lithium is at a rough face: by the scale of the roughness, bulk, or a size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.describe import flow_size
from interfacefem.materials import size
from interfacefem.materials.size import strength_note
from interfacefem.results import Results

BULK = materials.get("Li")


def wave(periods: int = 1) -> ifem.Topography:
    return surfaces.sinusoid("20 um", amplitude="300 nm", wavelength=f"{20 / periods} um")


def stack(face: ifem.Topography | None = None, **given: object) -> ifem.Stack:
    lithium = given.pop("material", "Li")
    return ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "8 um", top=face),
        ifem.Layer("anode", lithium, "8 um", **given),  # type: ignore[arg-type]
        width="20 um",
    )


def yields(made: ifem.Stack) -> float:
    return made.layer("anode").material.law.first_yield().stress


def test_the_size_of_a_wave_is_a_quarter_of_it() -> None:
    assert flow_size.scale([wave()]) == pytest.approx(5.0, rel=1e-3)
    assert flow_size.scale([None, wave(), wave(periods=2)]) == pytest.approx(2.5, rel=1e-3)
    assert flow_size.scale([None]) is None
    # crossed waves of an area are as long as each of them
    x = np.linspace(0.0, 20.0, 201)
    area = np.cos(2.0 * np.pi * x / 10.0)
    both = surfaces.from_heights(0.1 * (area[:, None] + area[None, :]), size=("20 um", "20 um"))
    assert flow_size.scale([both]) == pytest.approx(2.5, rel=1e-3)


def test_a_rough_face_sets_the_strength_and_a_flat_one_does_not() -> None:
    assert yields(stack()) == BULK.law.first_yield().stress
    assert yields(stack(wave())) == pytest.approx(size.band(5.0)[1], rel=1e-3)
    # its own face counts as well, and the finest of all
    own = stack(wave(), bottom=wave(periods=2))
    assert yields(own) == pytest.approx(size.band(2.5)[1], rel=1e-3)
    # beyond the data the end of the data holds
    long = surfaces.sinusoid("200 um", amplitude="1 um", wavelength="200 um")
    far = ifem.Stack(ifem.Layer("e", "LLZO", "9 um", top=long), ifem.Layer("anode", "Li", "9 um"))
    assert yields(far) == pytest.approx(size.band(9.45)[1], rel=1e-6)


@pytest.mark.parametrize("law", ["j2", "anand", "norton"])
def test_all_laws_have_the_same_strength_at_the_rate_of_the_pillars(law: str) -> None:
    material = stack(wave(), material=materials.get("Li", law=law)).layer("anode").material
    flows = getattr(material.law, "flow_stress", None)
    found = material.law.first_yield().stress if law == "j2" else flows(size.RATE)
    assert found == pytest.approx(size.band(5.0)[1], rel=1e-3)


def test_what_is_chosen_is_taken() -> None:
    assert stack(wave(), flow_size="bulk").layer("anode").material == BULK
    assert yields(stack(wave(), flow_size="2 um")) == pytest.approx(size.band(2.0)[1])
    assert yields(stack(flow_size="2 um")) == pytest.approx(size.band(2.0)[1])
    given = materials.get("Li", yield_stress="1 MPa")
    assert stack(wave(), material=given).layer("anode").material == given
    stiff = materials.get("Li", youngs_modulus="8 GPa")  # says nothing about strength
    assert yields(stack(wave(), material=stiff)) == pytest.approx(size.band(5.0)[1], rel=1e-3)


def test_other_faces_give_another_strength_to_the_same_layers() -> None:
    first = stack(wave())
    again = ifem.Stack(*first.layers)
    assert again.layers == first.layers
    finer = ifem.Layer("electrolyte", "Li6PS5Cl", "8 um", top=wave(periods=4))
    other = ifem.Stack(finer, first.layer("anode"))
    assert yields(other) == pytest.approx(size.band(1.39)[1], rel=1e-6)  # 1.25 um: the end
    assert ifem.Stack(first.layer("anode"), width="20 um").layers[0].material == BULK


@pytest.mark.parametrize("choice", ["roughness", "bulk", "2 um"])
def test_a_file_says_what_was_given(choice: str, tmp_path: Path) -> None:
    made = stack(wave(), flow_size=choice)
    case = ifem.Case("c", made, ifem.Protocol(ifem.Press("1 MPa")), current=None)
    data = case.to_dict()
    table = data["layer"][1]  # type: ignore[index]
    assert table["material"] == "Li"
    assert table.get("flow_size") == (None if choice == "roughness" else choice)
    case.save(tmp_path / "c.toml")
    assert ifem.Case.load(tmp_path / "c.toml").stack == made
    assert eval(repr(made.layer("anode")), {"Layer": ifem.Layer, "materials": materials}) == (
        ifem.Layer("anode", "Li", "8 um", flow_size=choice)
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("rough", '"roughness"'),
        ("30 um", "1.39 to 9.45 um"),
        ("-2 um", "positive length"),
        ("2 MPa", "not a length"),
        (0.0, "positive length"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(given: object, says: str) -> None:
    with pytest.raises((ifem.CaseError, ifem.UnitError), match=r"anode'?\.flow_size") as error:
        ifem.Layer("anode", "Li", "8 um", flow_size=given)  # type: ignore[arg-type]
    assert says in str(error.value)
    data = ifem.Case("c", stack(), ifem.Protocol(ifem.Press("1 MPa")), current=None).to_dict()
    data["layer"][1]["flow_size"] = given  # type: ignore[index]
    with pytest.raises(ifem.CaseError, match="flow_size"):
        ifem.Case.from_dict(data)


def test_of_other_materials_no_size_is_known() -> None:
    for material in ("Li3OCl", materials.get("Li", yield_stress="1 MPa")):
        with pytest.raises(ifem.CaseError, match="no strength by size, or one was given"):
            ifem.Layer("anode", material, "8 um", flow_size="2 um")
        ifem.Layer("anode", material, "8 um", flow_size="bulk")


def test_check_and_summary_say_the_strength_and_what_twice_of_it_does(tmp_path: Path) -> None:
    made = stack(wave())
    note = strength_note(made.layer("anode").material)
    low, stress, high = size.band(flow_size.scale([wave()]))  # type: ignore[arg-type]
    assert note.startswith(f"yield stress {stress:.3g} MPa ({low:.3g} to {high:.3g}), ")
    assert "volumes of 5 um; twice as strong, it needs twice the pressure" in note
    case = ifem.Case(
        "said", made, ifem.Protocol(ifem.Press("1 MPa")), mesh=ifem.MeshSize("2 um"), current=None
    )
    assert f'anode: {note} (choose with flow_size, e.g. "bulk")' in case.check().notes
    with case.run(tmp_path / "r", listeners=()) as results:
        assert f"anode: {note}" in results.summary()
    with Results.open(tmp_path / "r") as results:
        assert strength_note(results.materials["anode"]) == note
        assert "Fincher" in results.cite()
    bulk = case.replace(stack=stack(wave(), flow_size="bulk"))
    assert not [one for one in bulk.check().notes if "volumes of" in one]


@pytest.mark.slow
def test_twice_as_strong_needs_twice_the_pressure(tmp_path: Path) -> None:
    # lithium is far softer than it is stiff, and the electrolyte far stiffer: all scales with it
    found = []
    for strength in (5.0, 10.0):
        metal = materials.get(
            "Li", yield_stress=f"{strength} MPa", saturation_stress=f"{1.475 * strength} MPa"
        )
        press = ifem.Press(to=f"{0.8 * strength} MPa")
        case = ifem.Case(
            "scaled",
            stack(wave(), material=metal),
            ifem.Protocol(press),
            mesh=ifem.MeshSize("0.8 um"),
            current=None,
        )
        with case.run(tmp_path / f"{strength}", listeners=()) as results:
            found.append(results.history["contact_fraction[electrolyte|anode]"][-1])
    assert 0.2 < found[0] < 0.9
    assert found[1] == pytest.approx(found[0], abs=0.03)
