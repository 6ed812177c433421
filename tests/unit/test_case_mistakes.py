# SPDX-License-Identifier: MIT
"""Mistakes in a case: each is named with its place and way out, and all of them at once."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.case import Case
from interfacefem.errors import CaseError, MaterialError, UnitError

GOOD: dict[str, Any] = {
    "case_format": 1,
    "name": "good",
    "surface": {
        "wavy": {
            "kind": "sinusoid",
            "size": ["60 um"],
            "points": 241,
            "amplitude": "1 um",
            "wavelength": "20 um",
        },
        "rough": {
            "kind": "self_affine",
            "size": ["60 um"],
            "points": 512,
            "hurst": 0.8,
            "rms_height": "400 nm",
            "long_cutoff": "30 um",
            "short_cutoff": "4 um",
            "seed": 1,
        },
    },
    "layer": [
        {"name": "separator", "material": "Li3InCl6", "thickness": "40 um", "top": "rough"},
        {"name": "interlayer", "material": "Li3OCl", "thickness": "8 um", "top": "wavy"},
        {"name": "anode", "material": "Li", "thickness": "30 um"},
    ],
    "interface": [{"between": ["separator", "interlayer"], "friction": 0.2}],
    "step": [
        {"kind": "press", "force": "1.5 t", "die": "10 mm"},
        {"kind": "hold", "duration": "60 s"},
        {"kind": "release", "to": "5 MPa"},
    ],
    "mesh": {"edge": "0.5 um"},
    "numerics": {"tolerance": 1e-8},
    "current": {"mean_current_density": "0.5 mA/cm^2"},
    "output": {"layer_fields": "steps"},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Return the good case with one entry replaced, added, or dropped (``value`` is None)."""
    data = copy.deepcopy(GOOD)
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    target: Any = data
    for key in way:
        target = target[key]
    if value is None:
        del target[last]
    elif isinstance(target, list) and last == len(target):
        target.append(value)
    else:
        target[last] = value
    return data


def mistakes(data: object) -> list[str]:
    with pytest.raises(CaseError) as caught:
        Case.from_dict(data)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_good_case_is_good() -> None:
    case = Case.from_dict(GOOD)
    assert case.check().ok
    assert case.stack.interface("separator|interlayer").friction == 0.2


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("colour", 1, "colour: unknown key; known: case_format, name"),
        ("nmae", "x", 'nmae: unknown key; did you mean "name"?'),
        ("case_format", 9, "case_format: 9 is not a version this program reads"),
        ("name", None, 'name: is missing; write name = "..."'),
        ("name", 3, "name: 3 is not text"),
        ("name", "a b", "name: 'a b' is not a usable name; begin with a letter or digit"),
        ("surface", 3, "surface: 3 is not a table"),
        ("surface.wavy", "sinusoid", "surface.wavy: 'sinusoid' is not a table"),
        ("surface.wavy.kind", "sinus", "surface.wavy.kind: 'sinus' is unknown; did you mean"),
        ("surface.wavy.amplitude", 1.0, "surface.wavy.amplitude: 1.0 has no unit"),
        ("surface.wavy.amplitud", "1 um", "surface.wavy.amplitud: unknown key; did you mean"),
        ("surface.wavy.size", ["50 um"], "layer[1].top: the surface is 50 um, but layer[0].top"),
        ("surface.spare", GOOD["surface"]["wavy"], "surface.spare: no layer uses it; write top"),
        (
            "surface.rough",
            {"kind": "file", "path": "gone.npz"},
            "surface.rough: gone.npz: there is no such file; check the path",
        ),
        (
            "surface.wavy",
            {"kind": "heights", "size": ["60 um"], "unit": "um", "heights": [0, float("nan"), 1]},
            "surface.wavy: ",
        ),
        ("layer", {"name": "a"}, "layer: is not a list; write [[layer]] with two brackets"),
        ("layer", "x", "layer: is not a list; write [[layer]] with two brackets"),
        ("layer.1", 3, "layer[1]: 3 is not a table"),
        ("layer.1.name", None, "layer[1].name: is missing"),
        ("layer.1.name", "a|b", "layer[1].name: 'a|b' is not a usable name"),
        ("layer.2.name", "separator", "layer[2].name: 'separator' is already the name of layer[0"),
        ("layer.1.material", None, 'layer[1].material: is missing; write for example material = "'),
        ("layer.1.material", "Li3OCI", "layer[1].material: 'Li3OCI' is not a material; did you m"),
        (
            "layer.1.material",
            {"base": "Li", "yield_stress": 0.6},
            "layer[1].material.yield_stress: 0.6 has no unit",
        ),
        ("layer.1.thickness", None, "layer[1].thickness: is missing"),
        ("layer.1.thickness", 8, 'layer[1].thickness: 8 has no unit; write "8 um" or "8 mm"'),
        ("layer.1.thickness", "8 MPa", "layer[1].thickness: '8 MPa' is not a length"),
        ("layer.1.thickness", "8 parsnip", "layer[1].thickness: cannot read '8 parsnip'"),
        ("layer.1.thickness", True, "layer[1].thickness: True is not a length"),
        ("layer.1.thickness", "-8 um", "layer[1].thickness: '-8 um' is out of range; write a pos"),
        ("layer.1.thickness", "0.9 um", "layer[1].thickness: the rough faces of 'interlayer' cros"),
        ("layer.1.tickness", "8 um", 'layer[1].tickness: unknown key; did you mean "thickness"?'),
        ("layer.1.top", "wavey", "layer[1].top: no surface 'wavey'; did you mean \"wavy\"?"),
        ("layer.1.top", {"kind": "flat"}, "layer[1].top: no surface {'kind': 'flat'}"),
        ("layer.0.bottom", "rough", "layer[0].bottom: the bottom face of the stack lies on a flat"),
        ("interface", "x", "interface: is not a list"),
        ("interface.0", 3, "interface[0]: 3 is not a table"),
        ("interface.0.between", None, "interface[0].between: is missing; write between = ["),
        ("interface.0.between", ["anode"], "interface[0].between: ['anode'] is not a pair of lay"),
        (
            "interface.0.between",
            ["separator", "anod"],
            "interface[0].between: no layer 'anod'; did you mean \"anode\"?",
        ),
        (
            "interface.0.between",
            ["anode", "interlayer"],
            "interface[0].between: ['anode', 'interlayer'] are not lower and upper neighbour; "
            'write one of ["separator", "interlayer"], ["interlayer", "anode"]',
        ),
        (
            "interface.1",
            {"between": ["separator", "interlayer"]},
            "interface[1].between: ['separator', 'interlayer'] is described twice",
        ),
        ("interface.0.friction", -0.2, "interface[0].friction: -0.2 is out of range; write 0 or"),
        (
            "interface.0.friction",
            "much",
            "interface[0].friction: cannot read 'much' as a plain",
        ),
        (
            "interface.0.resistance",
            "2 ohm",
            "interface[0].resistance: '2 ohm' is not an area-spe",
        ),
        ("interface.0.shear_cap", 0.4, "interface[0].shear_cap: 0.4 has no unit"),
        ("interface.0.fricton", 0.2, 'interface[0].fricton: unknown key; did you mean "friction"'),
        ("step", {"kind": "press"}, "step: is not a list; write [[step]] with two brackets"),
        ("step", [], "step: the protocol has no step"),
        ("step.0", 3, "step[0]: 3 is not a table"),
        ("step.0.kind", None, "step[0].kind: is missing"),
        ("step.0.kind", "pres", "step[0].kind: 'pres' is not a kind of step; did you mean \"press"),
        ("step.0.die", None, "step[0]: needs either a pressure or a force with a die"),
        ("step.0.die", 10, 'step[0].die: 10 has no unit; write "10 um" or "10 mm"'),
        ("step.0.force", "0 t", "step[0].force: '0 t' is out of range"),
        ("step.0.to", "5 MPa", "step[0]: has both a pressure and a force"),
        ("step.0.dye", "10 mm", 'step[0].dye: unknown key; did you mean "die"?'),
        ("step.0.name", "a/b", "step[0].name: 'a/b' is not a usable name"),
        ("step.1.duration", None, 'step[1].duration: is missing; write for example duration = "60'),
        ("step.1.duration", "-1 s", "step[1].duration: '-1 s' is out of range"),
        ("step.2.to", None, 'step[2].to: is missing; write for example to = "5 MPa"'),
        ("step.2.to", "0 MPa", "step[2].to: '0 MPa' is out of range; something must hold the st"),
        ("step.2.to", "300 MPa", "step[2]: release 'release' to 300 MPa, but the pressure is 187."),
        ("mesh", 3, "mesh: 3 is not a table"),
        ("mesh.edge", "0.6 um", "mesh.edge: 0.6 um is too coarse: 6.67 edges along the shortest"),
        ("mesh.edge", 0.5, "mesh.edge: 0.5 has no unit"),
        ("mesh.growth", 2.5, "mesh.growth: 2.5 is out of range; write less than 2"),
        ("mesh.file", "gone.msh", "mesh.file: "),
        ("mesh.egde", "1 um", 'mesh.egde: unknown key; did you mean "edge"?'),
        ("numerics.tolerance", 0.0, "numerics.tolerance: 0 is out of range; write a positive nu"),
        ("numerics.max_iterations", 2.5, "numerics.max_iterations: 2.5 is out of range; write a w"),
        (
            "numerics.max_rejections",
            0,
            "numerics.max_rejections: 0 is out of range; write 1 or mor",
        ),
        ("numerics.tol", 1e-8, "numerics.tol: unknown key; "),
        ("numerics.solver", "lu", "numerics.solver: 'lu' is unknown; known: auto, direct, iterat"),
        ("numerics.solver", 3, "numerics.solver: 3 is not text"),
        ("current", 3, "current: 3 is not a table"),
        ("current.critical", "1 mA", "current.critical: '1 mA' is not a current density"),
        ("current.steps", 3, "current.steps: 3 are not names of steps"),
        ("current.steps", ["press", "relase"], "current.steps: no step 'relase'; did you mean \"r"),
        ("current.step", "all", 'current.step: unknown key; did you mean "steps"?'),
        ("output.layer_fields", "never", "output.layer_fields: 'never' is unknown; known: steps,"),
        ("output.path", 3, "output.path: 3 is not text"),
        ("output.folder", "x", "output.folder: unknown key; "),
    ],
)
def test_one_mistake_is_one_line(path: str, value: object, expected: str) -> None:
    (found,) = mistakes(changed(path, value))
    assert found.startswith(expected)
    assert ";" in found, "a mistake must say what to write instead"


def test_all_mistakes_of_a_case_at_once() -> None:
    data = changed("layer.1.thickness", "-8 um")
    data["colour"] = 1
    data["layer"][0]["material"] = "Li3InCl"
    data["layer"][2]["name"] = "separator"
    data["layer"][2]["bottom"] = "gone"
    data["interface"][0]["friction"] = "-1"
    data["step"][2]["to"] = "5"
    data["mesh"]["edge"] = "1 um"
    data["current"]["steps"] = ["pres"]
    data["numerics"]["tolerance"] = -1
    with pytest.raises(CaseError) as caught:
        Case.from_dict(data, source="press.toml")
    places = {mistake.place for mistake in caught.value.mistakes}
    assert places == {
        "colour",
        "layer[0].material",
        "layer[1].thickness",
        "layer[2].name",
        "layer[2].bottom",
        "interface[0].friction",
        "step[2].to",
        "mesh.edge",
        "current.steps",
        "numerics.tolerance",
    }
    assert str(caught.value).startswith("press.toml: 10 mistakes\n")


def test_an_empty_case() -> None:
    assert [text.split(":")[0] for text in mistakes({})] == ["name", "layer", "step"]


def test_flat_stacks_need_a_width() -> None:
    data = changed("surface", {})
    for layer in data["layer"]:
        layer.pop("top", None)
    assert mistakes(data) == [
        'stack.width: every face is flat, so the width is not known; write for example width = "60 '
        'um"'
    ]
    assert mistakes(data | {"width": 60}) == ['width: 60 has no unit; write "60 um" or "60 mm"']
    assert Case.from_dict(data | {"width": "60 um"}).stack.width == 60.0


def test_current_can_be_switched_off() -> None:
    assert Case.from_dict(changed("current", False)).current is None
    assert Case.from_dict(changed("current.steps", [])).current is None
    assert Case.from_dict(changed("current", True)).current == ifem.CurrentLoad()
    assert Case.from_dict(changed("current.steps", "press")).current.steps == ("press",)


def rough_stack(**options: object) -> ifem.Stack:
    wavy = surfaces.sinusoid(size=("60 um",), points=241, amplitude="1 um", wavelength="20 um")
    soft = materials.Material("soft", materials.Elastic("1 GPa", 0.3), **options)
    return ifem.Stack(ifem.Layer("a", soft, "9 um", top=wavy), ifem.Layer("b", "Li", "9 um"))


def test_edge_length_to_use_is_named() -> None:
    protocol = ifem.Protocol(ifem.Press("1 MPa"))
    stack = rough_stack(ionic_conductivity="1 mS/cm")
    # 20 um over 8 edges is 2.5 um.
    assert Case("c", stack, protocol, mesh=ifem.MeshSize("2.5 um")).check().ok
    report = Case("c", stack, protocol, mesh=ifem.MeshSize("2.6 um")).check()
    assert [str(mistake) for mistake in report] == [
        "mesh.edge: 2.6 um is too coarse: 7.69 edges along the shortest wavelength 20 um of "
        'layer[0].top, 8 are needed; write edge = "2.5 um" or less, or leave it out'
    ]
    assert len(report) == 1


def test_a_current_needs_conductivities() -> None:
    case = Case("c", rough_stack(), ifem.Protocol(ifem.Press("1 MPa")))
    (mistake,) = case.check().mistakes
    assert str(mistake) == (
        "layer[0].material.ionic_conductivity: is not known for soft, so no current can be "
        'computed; give it, e.g. ionic_conductivity = "1 mS/cm", or switch off the current'
    )
    with pytest.raises(CaseError, match="c: 1 mistake"):
        case.require()
    assert Case("c", case.stack, case.protocol, current=None).check().ok


def test_notes() -> None:
    heights = surfaces.from_heights(np.linspace(0.0, 1.0, 50), size=("60 um",))
    stack = ifem.Stack(
        ifem.Layer("a", "Li3OCl", "9 um", top=heights), ifem.Layer("b", "Li", "9 um")
    )
    protocol = ifem.Protocol(ifem.Press("1 MPa"), ifem.Hold("1 s"))
    notes = Case("c", stack, protocol).check().notes
    assert len(notes) == 6
    assert notes[0].startswith("top of 'a' is not mirror-symmetric")
    assert notes[1].startswith("top of 'a': its mean height is 0.5 um, and the thickness of 9 um")
    assert notes[2].startswith("Li3OCl: yield stress, hardness, tensile strength")
    assert notes[3].startswith("Li: yield stress, saturation stress, saturation rate estimated")
    assert notes[4].startswith("b: yield stress ")
    assert "in volumes of 9.45 um; twice as strong, it needs twice the pressure" in notes[4]
    assert notes[5].startswith("holding changes nothing")


@pytest.mark.parametrize(
    ("edge", "growth", "width"),
    [
        (None, 1.3, "60 um"),
        ("0.4 um", 1.3, "60 um"),
        ("1 um", 1.0, "60 um"),
        ("2.5 um", 1.9, ("20 um", "15 um")),
        (None, 1.3, ("20 um", "15 um")),
    ],
)
def test_degrees_of_freedom_are_those_of_the_mesh(edge, growth: float, width) -> None:
    # Origin: the mesh that gmsh builds.
    size = ifem.MeshSize(edge, growth=growth)
    stack = rough_stack()
    if not isinstance(width, str):
        wave = surfaces.sinusoid(width, amplitude="0.2 um", wavelength="10 um")
        stack = ifem.Stack(
            ifem.Layer("a", "Li3InCl6", "9 um", top=wave), ifem.Layer("b", "Li", "5 um")
        )
    case = Case("c", stack, ifem.Protocol(ifem.Press("1 MPa")), mesh=size)
    assert case.check().degrees_of_freedom == ifem.build_mesh(stack, size).dofs


def test_degrees_of_freedom_are_unknown_without_a_plan(tmp_path: Path) -> None:
    protocol = ifem.Protocol(ifem.Press("1 MPa"))
    file = tmp_path / "own.msh"
    file.touch()
    own = Case("c", rough_stack(), protocol, mesh_file=file, current=None).check()
    assert [mistake.place for mistake in own] == ["mesh.file"]
    assert own.degrees_of_freedom is None
    for edge, problem in (
        ("30 um", "mesh.edge: 30 um is too coarse: 0.667 edges"),
        ("1 nm", r"mesh.edge: the mesh would have \d+ nodes .*; give a longer mesh edge"),
        ("1e-9 nm", r"mesh.edge: the mesh would have \d+ nodes .*; give a longer mesh edge"),
    ):
        size = ifem.MeshSize(edge, growth=1.0)
        hopeless = Case("c", rough_stack(), protocol, mesh=size, current=None).check()
        (mistake,) = hopeless.mistakes
        assert re.match(problem, str(mistake))
        assert hopeless.degrees_of_freedom is None


def test_edge_too_coarse_for_measured_heights() -> None:
    # nothing is stated; the one wave of 6 um is found in the heights
    wave = surfaces.sinusoid(size=("60 um",), points=601, amplitude="0.1 um", wavelength="6 um")
    data = surfaces.from_heights(wave.heights, "60 um")
    stack = ifem.Stack(ifem.Layer("a", "Li3InCl6", "9 um", top=data), ifem.Layer("b", "Li", "9 um"))
    protocol = ifem.Protocol(ifem.Press("1 MPa"))
    assert Case("c", stack, protocol, mesh=ifem.MeshSize("1.5 um")).check().ok
    (mistake,) = Case("c", stack, protocol, mesh=ifem.MeshSize("1.6 um")).check()
    assert mistake.place == "mesh.edge"
    assert "1.6 um is too coarse for the shortest wavelength 6 um" in mistake.problem
    assert mistake.remedy.startswith("give at most 1.5 um")


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: ifem.MeshSize("0 um"), CaseError, "mesh.edge: '0 um' is out of range"),
        (lambda: ifem.MeshSize("3"), UnitError, "mesh.edge: '3' has no unit"),
        (lambda: ifem.MeshSize(growth=0.9), CaseError, "mesh.growth: 0.9 is out of range"),
        (lambda: ifem.Numerics(tolerance=1.0), CaseError, "write less than 0.001"),
        (lambda: ifem.Numerics(max_iterations=1.5), CaseError, "write a whole number"),
        (lambda: ifem.CurrentLoad("1 A"), UnitError, "current.mean_current_density: '1 A'"),
        (
            lambda: ifem.CurrentLoad(critical=0.0),
            CaseError,
            "current.critical: 0 uA/um^2 is out of",
        ),
        (lambda: ifem.Output(layer_fields="step"), CaseError, 'did you mean "steps"?'),
        (
            lambda: Case("a", "stack", ifem.Protocol(ifem.Press(1.0))),
            CaseError,
            "stack: str is not a Stack; give a Stack",
        ),
        (
            lambda: Case("a/b", rough_stack(), ifem.Protocol(ifem.Press(1.0))),
            CaseError,
            "name: 'a/b' is not a usable name",
        ),
        (lambda: ifem.Layer("a", "lithium", 3.0), MaterialError, "'lithium' is not a material"),
    ],
)
def test_refusals_in_python(make, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        make()


def test_current_applies_to_steps() -> None:
    assert ifem.CurrentLoad().applies_to("anything")
    assert ifem.CurrentLoad(steps="press").applies_to("press")
    assert not ifem.CurrentLoad(steps=["press"]).applies_to("hold")
    # 1 mA/cm2 = 1e-5 uA/um2
    assert ifem.CurrentLoad("0.5 mA/cm^2").mean_current_density == pytest.approx(0.5e-5)
