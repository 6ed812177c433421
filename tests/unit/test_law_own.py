"""A material law of one's own: registered by a class, compiled, checked before it is used."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import InterfaceFEMError, MaterialError
from interfacefem.materials.base import LAWS
from interfacefem.materials.value import PROPERTIES


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """Forget what a test has registered."""
    laws, properties = dict(LAWS), dict(PROPERTIES)
    yield
    for name in set(LAWS) - set(laws):
        LAWS.remove(name)
    for name in set(PROPERTIES) - set(properties):
        del PROPERTIES[name]


@pytest.fixture
def swift(repository: Path) -> Any:
    """The example that a user copies, executed as a module."""
    path = repository / "cases" / "extend" / "swift_metal.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
    spec = importlib.util.spec_from_file_location("swift_metal", path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["swift_metal"] = module
    spec.loader.exec_module(module)
    return module


def pressed(law: materials.Law, folder: Path, pressure: float, *, wavy: bool = False) -> Any:
    """Press a layer of a law on an elastic one."""
    metal, hard = (
        materials.Material("m", law),
        materials.Material("c", materials.Elastic(25e3, 0.3)),
    )
    face = surfaces.sinusoid("4 um", amplitude="80 nm", wavelength="4 um") if wavy else None
    stack = ifem.Stack(
        ifem.Layer("ceramic", hard, "4 um", top=face), ifem.Layer("metal", metal, "4 um"),
        width=None if wavy else "4 um",
    )  # fmt: skip
    steps = ifem.Press(to=pressure), ifem.Release(to=0.1 * pressure)
    case = ifem.Case("own", stack, ifem.Protocol(*steps), current=None)
    return case.run(folder, listeners=(), overwrite=True)


def test_the_example_hardens_as_its_formula_says(swift: Any, tmp_path: Path) -> None:
    law = swift.metal.law
    results = pressed(law, tmp_path, 200.0)
    state = results.layer("metal").at("press")
    alpha, mean = float(state.plastic_strain.values[0]), float(state.mean_stress.values[0])
    # origin: log strain e in a confined column gives s = 2 e / 3, and 3 G (s - alpha) is the flow
    # stress K (e0 + alpha)^n; the axial stress is K_bulk e less two thirds of it
    flow = law.swift_stress * (law.swift_strain + alpha) ** law.swift_exponent
    strain = 1.5 * (alpha + flow / (3.0 * law.shear_modulus))
    assert alpha > 1e-3
    jacobian = math.exp(-strain)
    assert mean * jacobian == pytest.approx(-law.bulk_modulus * strain, rel=1e-6)
    axial = state.stress.values[0, 1] * jacobian
    assert axial == pytest.approx(-law.bulk_modulus * strain - 2.0 * flow / 3.0, rel=1e-6)
    assert swift.case.check().ok
    assert any("found by differences" in note for note in swift.case.check().notes)


def define(name: str, **replaced: Any) -> type[materials.Law]:
    """Von Mises plasticity with linear hardening, written again, with some methods replaced."""

    def first_yield(self: Any, temperature: float) -> materials.FirstYield:
        return materials.FirstYield(self.own_yield)

    def update(v: Any, s: Any, state: Any, dt: Any, row: Any, new_state: Any) -> Any:
        g3, bulk, y, modulus = 3.0 * row[0], row[1], row[2], row[3]
        before = y + modulus * state[0]
        q, da = g3 * s, 0.0
        if q > before:
            da = (q - before) / (g3 + modulus)
            q = before + modulus * da
        new_state[0] = state[0] + da
        mean = bulk * v
        work = 0.5 * (before + q) * da
        return mean, q, v, q / g3, work, 0.5 * mean * v + 0.5 * q * q / g3

    def tangent(v: Any, s: Any, state: Any, dt: Any, row: Any, new_state: Any) -> Any:
        g3, bulk, modulus = 3.0 * row[0], row[1], row[3]
        if new_state[0] > state[0]:
            return bulk, 0.0, 0.0, g3 * modulus / (g3 + modulus)
        return bulk, 0.0, 0.0, g3

    body: dict[str, Any] = {
        "__annotations__": {"own_yield": float, "own_modulus": float},
        "own_yield": materials.parameter("pressure", above=0.0),
        "own_modulus": materials.parameter("pressure", at_least=0.0),
        "first_yield": first_yield,
        "update": staticmethod(update),
        "tangent": staticmethod(tangent),
    }
    body = {key: value for key, value in (body | replaced).items() if value is not None}
    return materials.law(name)(type("Own", (materials.Law,), body))


@pytest.mark.slow
def test_the_same_law_written_again_gives_the_same_run(tmp_path: Path) -> None:
    own: Any = define("own")
    first, second = (
        pressed(law, tmp_path / name, 8.0, wavy=True)
        for name, law in (
            ("own", own(5e3, 0.36, 0.8, 2.0)),
            ("j2", materials.J2Plastic(5e3, 0.36, 0.8, materials.LinearHardening(2.0))),
        )
    )
    # round-off differs: the formulas are written another way
    assert abs(first.history["linear_solves"] - second.history["linear_solves"]).max() <= 1
    for name in ("closure", "plastic_work", "nominal_pressure"):
        np.testing.assert_allclose(first.history[name], second.history[name], rtol=1e-6)
    # and with the tangent by differences
    third = pressed(
        define("own", tangent=None)(5e3, 0.36, 0.8, 2.0), tmp_path / "3", 8.0, wavy=True
    )  # type: ignore[call-arg]
    for name in ("closure", "plastic_work", "nominal_pressure"):
        np.testing.assert_allclose(first.history[name], third.history[name], rtol=1e-5)


def wrong_tangent(v: Any, s: Any, state: Any, dt: Any, row: Any, new_state: Any) -> Any:
    g3, modulus = 3.0 * row[0], row[3]
    slope = 1.5 * g3 * modulus / (g3 + modulus) if new_state[0] > state[0] else g3
    return row[1], 0.0, 0.0, slope


def slightly_wrong_tangent(v: Any, s: Any, state: Any, dt: Any, row: Any, new_state: Any) -> Any:
    g3, modulus = 3.0 * row[0], row[3]
    slope = g3 * modulus / (g3 + modulus) if new_state[0] > state[0] else g3 * (1.0 + 2e-4)
    return row[1], 0.0, 0.0, slope


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        ({"first_yield": None}, "states no first yield; define first_yield(self, temperature)"),
        (
            {"first_yield": lambda self, temperature: materials.FirstYield(-1.0)},
            "its first yield is at -1.0 MPa; return a positive stress",
        ),
        (
            {"first_yield": lambda self, temperature: 0.8},
            "AttributeError: 'float' object has no attribute 'stress'; return materials.FirstYield",
        ),
        ({"update": None}, "has no update; define @staticmethod def update(v, s, state, dt, row"),
        (
            {"update": staticmethod(lambda v, s: (0.0, 0.0))},
            "its update takes v, s; write @staticmethod def update(v, s, state",
        ),
        (
            {"update": staticmethod(lambda v, s, state, dt, row, new: (0.0, 0.0))},
            "its update returns 2 numbers; return p, q, v_e, s_e, work, energy",
        ),
        (
            {"update": staticmethod(lambda v, s, state, dt, row, new: (math.nan,) + (0.0,) * 5)},
            "p is no number at v = 0, s = ",
        ),
        (
            {"update": staticmethod(lambda v, s, state, dt, row, new: 1.0 / 0.0)},
            "ZeroDivisionError: float division by zero; correct its update",
        ),
        (
            {"tangent": staticmethod(wrong_tangent), "own": 4000.0},
            "its tangent is wrong: q_s = ",
        ),
        (
            {"tangent": staticmethod(slightly_wrong_tangent)},
            "by differences 5514.71 at s = ",
        ),
        ({"states": 2}, "has 2 states"),
        (
            {"initial_state": lambda self, temperature: [0.0 if temperature < 320 else 1e-3]},
            "but it states that they do not; write uses_temperature = True",
        ),
    ],
)
def test_check_refuses_a_broken_law(replaced: dict[str, Any], said: str, tmp_path: Path) -> None:
    if "states" in replaced:
        replaced = replaced | {"initial_state": lambda self, temperature: [0.0]}
    modulus = replaced.get("own", 2.0)
    cls: Any = define("broken", **replaced)
    metal = materials.Material("m", cls(5e3, 0.36, 0.8, modulus))
    stack = ifem.Stack(ifem.Layer("a", "Li3InCl6", 4.0), ifem.Layer("b", metal, 4.0), width=4.0)
    case = ifem.Case("own", stack, ifem.Protocol(ifem.Press(to=5.0)), current=None)
    mistakes = [m for m in case.check().mistakes if m.place == "layer[1].material.law 'broken'"]
    assert len(mistakes) == 1
    assert said in f"{mistakes[0].problem}; {mistakes[0].remedy}"
    with pytest.raises(ifem.CaseError, match="law 'broken'"):
        case.run(tmp_path / "run", listeners=())
    assert not (tmp_path / "run").exists()


def test_laws_of_punches_and_of_a_second_layer_are_tried_too() -> None:
    cls: Any = define("broken", tangent=staticmethod(wrong_tangent))
    good = materials.Material("good", cls(5e3, 0.36, 0.8, 0.0))  # its wrong part is nought
    bad = materials.Material("bad", cls(5e3, 0.36, 0.8, 4000.0))
    stack = ifem.Stack(ifem.Layer("a", good, 4.0), ifem.Layer("b", bad, 4.0), width=4.0)
    case = ifem.Case("own", stack, ifem.Protocol(ifem.Press(to=5.0)), current=None)
    assert [m.place for m in case.check().mistakes] == ["layer[1].material.law 'broken'"]
    stack = ifem.Stack(ifem.Layer("a", "Li3InCl6", 4.0), ifem.Layer("b", "Li", 4.0), width=4.0)
    protocol = ifem.Protocol(
        ifem.Stage(
            "a",
            [ifem.Press(to=5.0, name="one"), ifem.Release(to=1.0)],
            punch=ifem.Layer("steel", bad, 4.0),
        ),
        ifem.Stage("b", [ifem.Press(to=6.0, name="two")]),
    )
    case = ifem.Case("own", stack, protocol, current=None)
    assert "stage[0].punch.material.law 'broken'" in [m.place for m in case.check().mistakes]


def test_a_correct_law_is_not_refused() -> None:
    cls: Any = define("right")
    metal = materials.Material("m", cls(5e3, 0.36, 0.8, 2.0))
    stack = ifem.Stack(ifem.Layer("a", "Li3InCl6", 4.0), ifem.Layer("b", metal, 4.0), width=4.0)
    case = ifem.Case("own", stack, ifem.Protocol(ifem.Press(to=5.0)), current=None)
    assert case.check().ok
    assert not any("differences" in note for note in case.check().notes)
    for name in materials.names():
        for kind in materials.laws(name):
            law = materials.get(name, law=kind).law
            assert law.first_yield(298.15).stress > 0.0


def test_parameters_have_units_and_ranges() -> None:
    cls: Any = define("own")
    assert cls("5 GPa", 0.36, "800 kPa", 2.0).own_yield == pytest.approx(0.8)
    with pytest.raises(InterfaceFEMError, match="own_yield: '3 um' is not a pressure"):
        cls(5e3, 0.36, "3 um", 2.0)
    with pytest.raises(MaterialError, match="own_modulus: -1 MPa is out of range"):
        cls(5e3, 0.36, 0.8, -1.0)
    with pytest.raises(MaterialError, match=r"'presure' is no kind of quantity; did you mean"):
        materials.parameter("presure")
    with pytest.raises(MaterialError, match=r"law 'other'.own_yield: is in um, but materials have"):
        define("other", own_yield=materials.parameter("length"))


def test_what_is_no_law_is_refused() -> None:
    with pytest.raises(MaterialError, match="no class that derives from Law"):
        materials.law("nothing")(dict)  # type: ignore[type-var]


def test_a_case_with_such_a_law_is_written_and_read(swift: Any, tmp_path: Path) -> None:
    again = ifem.Case.load(swift.case.save(tmp_path / "case.toml"))
    assert again.stack.layers[1].material.law == swift.metal.law
    assert again.to_dict() == swift.case.to_dict()


def test_an_update_that_numba_does_not_know_is_told(tmp_path: Path) -> None:
    def update(v: Any, s: Any, state: Any, dt: Any, row: Any, new_state: Any) -> Any:
        shear = {"g": row[0]}["g"] if row[0] > 0 else open  # a choice that has no type
        return row[1] * v, 3.0 * shear * s, v, s, 0.0, 0.0

    cls: Any = define("odd", update=staticmethod(update), tangent=None)
    with pytest.raises(MaterialError, match="law 'odd': its update cannot be compiled by numba"):
        pressed(cls(5e3, 0.36, 0.8, 2.0), tmp_path, 5.0)
