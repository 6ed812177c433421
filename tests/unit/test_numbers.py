# SPDX-License-Identifier: MIT
"""Numbers in descriptions: never silently wrong, wherever they are given and in whatever form."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.case import Case
from interfacefem.cli.main import main
from interfacefem.errors import CaseError, InterfaceFEMError, MaterialError, SurfaceError, UnitError

CASE = """
case_format = 1
name = "press"
temperature = "298.15 K"
width = "20 um"

[[layer]]
name = "electrolyte"
material = {{ base = "Li6PS5Cl", fracture_toughness = {toughness} }}
thickness = {thickness}

[[layer]]
name = "anode"
material = "Li"
thickness = "15 um"

[[interface]]
between = ["electrolyte", "anode"]
friction = {friction}
resistance = {resistance}

[[step]]
name = "press"
kind = "press"
force = {force}
die = "10 mm"

[numerics]
max_iterations = {count}
"""
GOOD = {
    "toughness": '"0.23 MPa*m^0.5"',
    "thickness": '"15 um"',
    "friction": "0.3",
    "resistance": '"5 ohm cm2"',
    "force": '"1.5 t"',
    "count": "25",
}


def text_of(**changed: str) -> str:
    return CASE.format(**{**GOOD, **changed})


def read(**changed: str) -> Case:
    return Case.from_dict(tomllib.loads(text_of(**changed)))


def test_the_case_as_it_stands_is_fine() -> None:
    case = read()
    assert case.stack.interface("electrolyte|anode").resistance == pytest.approx(500.0, rel=1e-14)
    # 1.5 t in standard gravity over the area of the die, pi d^2 / 4
    assert case.protocol.pressures == (pytest.approx(187.29, abs=0.005),)


@pytest.mark.parametrize(
    ("key", "value", "place", "problem"),
    [
        (
            "toughness",
            '"0,23 MPa*m^0.5"',
            "layer[0].material.fracture_toughness",
            'write "0.23 M',
        ),
        ("thickness", '"5,5 um"', "layer[0].thickness", 'has a comma; write "5.5 um"'),
        ("thickness", "15", "layer[0].thickness", "15 has no unit"),
        ("thickness", "true", "layer[0].thickness", "True is not a length"),
        ("thickness", "nan", "layer[0].thickness", "nan is not a finite number"),
        ("thickness", "[15, 0]", "layer[0].thickness", "[15, 0] is not a length"),
        ("thickness", '"9**9**9**9 um"', "layer[0].thickness", "cannot read"),
        ("friction", '"0,3"', "interface[0].friction", 'has a comma; write "0.3"'),
        ("friction", "false", "interface[0].friction", "False is not a plain number"),
        ("friction", "inf", "interface[0].friction", "inf is not a finite number"),
        ("friction", "1" + "0" * 400, "interface[0].friction", "is not a finite number"),
        ("friction", '"0.3 um"', "interface[0].friction", "is not a plain number"),
        ("resistance", '"5,0 ohm*cm^2"', "interface[0].resistance", 'write "5.0 ohm*cm^2"'),
        ("force", '"1,5 t"', "step[0].force", "'1,5 t' has a comma; write \"1.5 t\""),
        ("force", '"1,500 t"', "step[0].force", 'write "1.500 t" or "1500 t"'),
        ("force", '"1.5 ton"', "step[0].force", 'write "t" for 1000 kg'),
        ("count", "3.5", "numerics.max_iterations", "write a whole number"),
        ("count", '"2,5"', "numerics.max_iterations", "has a comma"),
        ("count", "true", "numerics.max_iterations", "True is not a plain number"),
        ("count", "1" + "0" * 30, "numerics.max_iterations", "write 1000000 or less"),
    ],
)
def test_a_wrong_number_in_a_file_is_one_mistake(
    key: str, value: str, place: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(CaseError) as caught:
        read(**{key: value})
    (mistake,) = caught.value.mistakes
    assert mistake.place == place
    assert problem in f"{mistake.problem}; {mistake.remedy}"
    assert mistake.remedy
    file = tmp_path / "press.toml"
    file.write_text(text_of(**{key: value}), encoding="utf-8")
    assert main(["check", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{place}: " in said
    assert "Traceback" not in said


def test_a_comma_in_a_script_ends_with_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    script = tmp_path / "case.py"
    script.write_text('import interfacefem as ifem\nifem.Press(to="5,5 MPa")\n', encoding="utf-8")
    assert main(["check", str(script)]) == 2
    assert "step 'press'.to: '5,5 MPa' has a comma; write \"5.5 MPa\"" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["3", 3, 3.0, np.int64(3), np.float64(3.0)])
def test_counts_are_whole_numbers_in_any_form(count: object) -> None:
    assert ifem.Numerics(max_iterations=count).max_iterations == 3
    assert ifem.Cycle("1 mA/cm2", "1 mAh/cm2", count=count).count == 3
    assert surfaces.flat("20 um", count).points == (3,)
    line = {"hurst": 0.8, "rms_height": "0.1 um", "short_cutoff": "4 um"}
    one, other = (surfaces.self_affine("20 um", seed=seed, **line) for seed in (count, 3))
    assert one == other
    assert type(one.recipe["seed"]) is int


@pytest.mark.parametrize(
    "count", [3.5, "3.5", "3,5", True, np.bool_(True), None, [3, 3], "three", float("nan")]
)
def test_what_is_no_whole_number_is_no_count(count: object) -> None:
    line = {"hurst": 0.8, "rms_height": "0.1 um", "short_cutoff": "4 um"}
    grains = {"diameter": "4 um"}
    for make in (
        lambda: ifem.Numerics(max_iterations=count),
        lambda: ifem.Cycle("1 mA/cm2", "1 mAh/cm2", count=count),
        lambda: surfaces.flat("20 um", count),
        lambda: surfaces.self_affine("20 um", seed=count, **line),
        lambda: surfaces.packed_particles("20 um", seed=count, **grains),
    ):
        with pytest.raises(InterfaceFEMError):
            make()


@pytest.mark.parametrize("count", [10**30, 10**400, 1e300])
def test_counts_without_measure_are_refused_at_once(count: object) -> None:
    for make in (
        lambda: ifem.Numerics(max_iterations=count),
        lambda: ifem.Cycle("1 mA/cm2", "1 mAh/cm2", count=count),
        lambda: surfaces.flat("20 um", count),
        lambda: surfaces.flat(("20 um", "20 um"), (2, count)),
    ):
        with pytest.raises(InterfaceFEMError) as caught:
            make()
        assert len(str(caught.value)) < 250


def flat_pair(**options: object) -> ifem.Stack:
    return ifem.Stack(ifem.Layer("a", "Li", "5 um"), ifem.Layer("b", "Li3OCl", "5 um"), **options)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: flat_pair(width=("9 um", "9 um", "9 um")), "are 3 lengths; give 1 for a section"),
        (lambda: flat_pair(width=()), "() are 0 lengths; give 1 for a section"),
        (
            lambda: flat_pair(width=("9 um", "1,5 um")),
            "stack.width: '1,5 um' has a comma; write \"1",
        ),
        (lambda: flat_pair(width="9 um, 8 um"), "stack.width: '9 um, 8 um' has a comma"),
        (lambda: flat_pair(width=True), "stack.width: True is not a length"),
        (lambda: ifem.Output(5), "output.path: 5 is no path"),
        (lambda: ifem.Output(True), "output.path: True is no path"),
        (lambda: ifem.CurrentLoad(steps=5), "current.steps: 5 are not names of steps"),
        (lambda: ifem.CurrentLoad(steps=["press", 2]), "are not names of steps"),
        (lambda: surfaces.flat("20 um", "2,5"), "points '2,5' must be 1 whole number"),
        (
            lambda: Case("a", flat_pair(width=5.0), ifem.Protocol(ifem.Press(5.0)), mesh_file=5),
            "mesh.file: 5 is no path",
        ),
        (
            lambda: Case("a", flat_pair(width=5.0), ifem.Protocol(ifem.Press(5.0)), temperature=60),
            'temperature: 60 without a unit would be 60 K; write "60 degC" or "60 K"',
        ),
    ],
)
def test_siblings_in_scripts(make: Callable[[], object], problem: str) -> None:
    with pytest.raises((CaseError, UnitError, SurfaceError), match=re.escape(problem)):
        make()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: ifem.Layer("a", "Li", "-8 nm"), 'write a positive length such as "8 nm"'),
        (lambda: ifem.Press("-2 GPa"), 'write a positive pressure such as "2 GPa"'),
        (lambda: ifem.Press(force="-1500 kg", die="1 cm"), 'a positive force such as "1500 kg"'),
        (lambda: materials.Elastic("-5 GPa", 0.3), "youngs_modulus: -5 GPa is out of range"),
        (lambda: materials.get("Li", density="-530 kg/m3"), "density: -530 kg/m3 is out of range"),
        (
            lambda: surfaces.sinusoid("9 mm", amplitude="8 nm", wavelength="-9 mm"),
            "-9 mm must be positive",
        ),
    ],
)
def test_messages_keep_the_unit_that_was_written(make: Callable[[], object], problem: str) -> None:
    with pytest.raises((CaseError, MaterialError, SurfaceError), match=re.escape(problem)):
        make()


def test_an_angle_is_no_plain_number() -> None:
    wave = {"amplitude": "1 um", "wavelength": "20 um"}
    quarter = surfaces.sinusoid("20 um", phase="90 deg", **wave)
    assert quarter.recipe["phase"] == pytest.approx(np.pi / 2.0, rel=1e-15)
    assert surfaces.sinusoid("20 um", phase=0.5, **wave) == surfaces.sinusoid(
        "20 um", phase="0.5 rad", **wave
    )
    # the coefficient of a friction angle is its tangent, not the angle
    with pytest.raises(UnitError, match="'20 deg' is not a plain number"):
        ifem.Interface(friction="20 deg")


def leaves(data: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the paths of everything in nested tables and lists."""
    if isinstance(data, dict):
        inside = list(data.items())
    else:
        inside = list(enumerate(data)) if isinstance(data, list) else []
    found = [path] if path else []
    return [*found, *(one for key, value in inside for one in leaves(value, (*path, key)))]


def small_case() -> dict:
    rough = surfaces.self_affine(
        "20 um", hurst=0.8, rms_height="150 nm", short_cutoff="8 um", seed=7
    )
    joint = ifem.Interface(
        friction=0.2,
        charge_transfer=ifem.ChargeTransfer("5 mA/cm2"),
        adhesion=ifem.Adhesion("1 MPa", "0.5 J/m2"),
    )
    own = materials.Material("own", materials.Elastic("5 GPa", 0.3), ionic_conductivity="1 mS/cm")
    stack = ifem.Stack(
        ifem.Layer("a", own, "15 um", top=rough),
        joint,
        ifem.Layer("b", materials.get("Li", density="0.5 g/cm3"), "15 um"),
    )
    protocol = ifem.Protocol(
        ifem.Press(force="1.5 t", die="10 mm", rate="1 MPa/s"),
        ifem.Release("5 MPa"),
        ifem.Cycle("0.5 mA/cm2", "0.1 mAh/cm2"),
    )
    return Case("small", stack, protocol, temperature="60 degC").to_dict()


@pytest.mark.parametrize(
    "odd",
    [
        True, None, 0, -1, 3.5, "", "x", "1,5 um", "5 MPa", "nan um", float("nan"), float("inf"),
        10**400, [], {}, [True], "1e400 um", "9**9**9 um", "1e-320 um", 1e-320, "1e300 um",
        "5 degC",
    ],
    ids=lambda odd: repr(odd)[:20],
)  # fmt: skip
def test_anything_in_place_of_anything_is_a_case_or_a_mistake(odd: object) -> None:
    data = small_case()
    for path in leaves(data):
        changed = copy.deepcopy(data)
        table = changed
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = odd
        try:
            Case.from_dict(changed).check()
        except InterfaceFEMError as error:
            for line in str(error).splitlines()[1:]:
                assert re.match(r"  - [^:]+: .+", line), (path, line)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ifem.Layer("a", "Li", "1e-320 um"),
        lambda: ifem.Press(force="1 t", die="1e-320 um"),
        lambda: ifem.MeshSize("1e-320 um"),
        lambda: ifem.Press(1e300),
        lambda: surfaces.flat("1e-320 um"),
        lambda: surfaces.sinusoid("9 um", amplitude="1 um", wavelength="1e-320 um"),
        lambda: surfaces.self_affine(
            "9 um", hurst=0.8, rms_height="1 um", short_cutoff="1e-320 um", seed=1
        ),
        lambda: surfaces.from_heights([0, 10**400], "9 um"),
        lambda: surfaces.from_heights([0, 1e30], "9 um"),
        lambda: surfaces.from_heights([0, 1e305], "9 um", unit="pm"),
        lambda: surfaces.sinusoid("9 um", amplitude="1e30 um", wavelength="9 um"),
        lambda: surfaces.self_affine(
            "9 um", hurst=0.8, rms_height="1e300 um", short_cutoff="4 um", seed=1
        ),
        lambda: surfaces.flat("2e9 um"),
    ],
)
def test_sizes_that_cannot_be_computed_with_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises((CaseError, SurfaceError)):
        make()
