# SPDX-License-Identifier: MIT
"""Laws of an interface that are written outside of the package."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import contact, materials, registry
from interfacefem.cli import main
from interfacefem.contact.base import LAWS


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    before = set(LAWS)
    yield
    for name in set(LAWS) - before - {"saturating", "film"}:  # those are loaded once
        LAWS.remove(name)


def example(repository: Path, name: str) -> ModuleType:
    return registry.load_file(repository / "cases" / "extend" / name)


def blocks(joint: ifem.Interface, width: str = "10 um", modulus: float = 1e3) -> ifem.Stack:
    soft, hard = (
        materials.Material(name, materials.Elastic(value, 0.0))
        for name, value in (("s", modulus), ("h", 25e3))
    )
    return ifem.Stack(
        ifem.Layer("hard", hard, "5 um"), joint, ifem.Layer("soft", soft, "5 um"), width=width
    )


def test_friction_of_the_example_slides_where_its_formula_says(
    repository: Path, tmp_path: Path
) -> None:
    module = example(repository, "pressure_friction.py")
    assert module.case.check().ok
    results = module.case.run(tmp_path, listeners=())
    sliding = 5.0 * math.tanh(0.4 * 20.0 / 5.0)
    # the pressure is not the same everywhere: sides of the blocks are free
    assert results.history["shear_stress"][-1] == pytest.approx(sliding, rel=1e-3)
    assert sliding < 0.93 * 5.0  # neither Coulomb's 8 MPa nor the cap


def test_resistance_of_the_example_follows_its_formula(repository: Path, tmp_path: Path) -> None:
    module = example(repository, "film_conductance.py")
    assert module.case.check().ok
    results = module.case.run(tmp_path, listeners=())
    history = results.history
    for pressure in (2.0, 5.0, 20.0):
        found = history["asr[electrolyte|anode]"][np.isclose(history["nominal_pressure"], pressure)]
        wanted = 2.0 + 40.0 * math.exp(-pressure / 5.0)
        assert found[-1] == pytest.approx(wanted, rel=1e-5)


def test_faces_on_a_soft_layer_close_as_its_law_says(tmp_path: Path) -> None:
    @contact.law("squeezed")
    class Squeezed(contact.NormalLaw):
        stiff: float = contact.parameter("pressure", above=0.0)
        height: float = contact.parameter("length", above=0.0)

        def pressure(self, points: contact.ContactPoints) -> Any:
            value = self.stiff * np.exp(-points.gap / self.height)
            return value, value / self.height

    law = Squeezed("40 MPa", "20 nm")  # type: ignore[call-arg]
    closed = []
    for joint, name in ((ifem.Interface(), "hard"), (ifem.Interface(normal=law), "soft")):
        steps = ifem.Press(to="1 MPa", name="one"), ifem.Press(to="30 MPa", name="two")
        case = ifem.Case(name, blocks(joint), ifem.Protocol(*steps), current=None)
        assert case.check().ok
        history = case.run(tmp_path / name, listeners=()).history
        at = [int(np.flatnonzero(np.isclose(history["nominal_pressure"], p))[-1]) for p in (1, 30)]
        closed.append(history["closure"][at[1]] - history["closure"][at[0]])
    # the gap closes by h ln(p2 / p1) more than faces that only touch
    assert closed[1] - closed[0] == pytest.approx(0.02 * math.log(30.0), rel=1e-4)


def define(kind: type, method: str, function: Any) -> Any:
    body = {"strength": contact.parameter("pressure", above=0.0), method: function}
    body |= {"__annotations__": {"strength": float}}
    return contact.law("broken")(type("Broken", (kind,), body))("5 MPa")


@pytest.mark.parametrize(
    ("key", "kind", "method", "function", "said"),
    [
        (
            "friction", contact.Friction, "shear_limit",
            lambda self, at: (0.3 * at.pressure, np.full(len(at.pressure), 0.30007)),
            "its slope is wrong: 0.30007 where differences give 0.3; return the derivative",
        ),
        (
            "friction", contact.Friction, "shear_limit",
            lambda self, at: (-at.pressure, -np.ones(len(at.pressure))),
            "its limit is -0.0131; return finite numbers >= 0 [MPa]",
        ),
        (
            "friction", contact.Friction, "shear_limit", lambda self, at: (1.0, 0.0),
            "its limit has the shape () of 6 points; return one number for each point",
        ),
        (
            "friction", contact.Friction, "shear_limit", lambda self, at: at.stress,
            "AttributeError: 'ContactPoints' object has no attribute 'stress'; correct the law",
        ),
        (
            "conductance", contact.Conductance, "area_resistance",
            lambda self, at: -at.pressure, "its resistance is -0.0131; return numbers >= 0",
        ),
        (
            "conductance", contact.Conductance, "area_resistance",
            lambda self, at: np.log(0.0 * at.pressure - 1.0), "its resistance is nan",
        ),
        (
            "normal", contact.NormalLaw, "pressure",
            lambda self, at: (5.0 * np.exp(-at.gap), -5.0 * np.exp(-at.gap)),
            "its stiffness is -1.36266; return finite numbers >= 0 [MPa]",
        ),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_check_refuses_a_broken_law(
    key: str, kind: type, method: str, function: Any, said: str
) -> None:
    joint = ifem.Interface(**{key: define(kind, method, function)})
    case = ifem.Case("x", blocks(joint), ifem.Protocol(ifem.Press(to="5 MPa")), current=None)
    (mistake,) = case.check().mistakes
    assert mistake.place == f"interface 'hard|soft'.{key} 'broken'"
    assert said in str(mistake)


def test_a_parameter_in_a_wrong_unit_is_refused(repository: Path) -> None:
    module = example(repository, "pressure_friction.py")
    with pytest.raises(ifem.UnitError, match=r"strength: '5 um' is not a pressure"):
        module.Saturating(0.4, "5 um")
    with pytest.raises(ifem.MaterialError, match=r"interface law 'x': has no shear_limit"):
        contact.law("x")(type("X", (contact.Friction,), {}))
    with pytest.raises(ifem.MaterialError, match=r"is of no kind; derive it from one of"):
        contact.law("x")(type("X", (), {}))


def test_laws_go_through_a_case_file(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    friction = example(repository, "pressure_friction.py").Saturating(0.4, "5 MPa")
    film = example(repository, "film_conductance.py").Film("2 ohm*cm^2", "40 ohm*cm^2", "5 MPa")
    joint = ifem.Interface(friction=friction, conductance=film)
    case = ifem.Case("own", blocks(joint), ifem.Protocol(ifem.Press(to="5 MPa")), current=None)
    path = case.save(tmp_path / "own.toml")
    (again,) = ifem.Case.load(path).stack.interfaces.values()
    assert again.friction == friction
    assert again.conductance == film
    # a program that does not know the file says how to give it
    for name, entry in [(name, LAWS[name]) for name in ("saturating", "film")]:
        origin = LAWS.origin(name)
        LAWS.remove(name)
        try:
            assert main(["check", str(path)]) == 2
            told = capsys.readouterr().err
            assert f"'{name}' is no law of this kind that is known here" in told
            assert "--with FILE.py" in told
        finally:
            LAWS.add(name, entry, origin=origin)
    file = repository / "cases" / "extend" / "swift_metal.py"
    assert main(["check", str(path), "--with", str(file)]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "friction = { coefficient = 0.3 }",
            'names no law; write { law = "...", ... } with one of',
        ),
        ('friction = { law = "coulombe" }', "'coulombe' is no law of this kind"),
        ('friction = { law = "power" }', "'power' is no law of this kind"),
        ('friction = { law = "coulomb", coefficent = 0.3 }', 'did you mean "coefficient"?'),
        ('friction = { law = "coulomb", coefficient = "3 MPa" }', "friction.coefficient"),
        ("conductance = 3.0", "conductance: names no law"),
    ],
)
def test_mistakes_of_a_law_in_a_file(text: str, said: str, tmp_path: Path) -> None:
    case = ifem.Case(
        "own", blocks(ifem.Interface()), ifem.Protocol(ifem.Press(to="5 MPa")), current=None
    )
    path = case.save(tmp_path / "own.toml")
    lines = path.read_text(encoding="utf-8").splitlines()
    key = text.partition(" ")[0]
    at = lines.index("[[interface]]") + 1
    lines = [line for line in lines if not line.startswith(f"{key} =")]
    path.write_text("\n".join([*lines[:at], text, *lines[at:]]), encoding="utf-8")
    with pytest.raises(ifem.CaseError, match=r"interface\[0\]") as caught:
        ifem.Case.load(path)
    assert said in str(caught.value)
