"""A run that has to compile says so, once; one that has not is silent."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

import interfacefem as ifem
from interfacefem.compiled import heard, njit
from interfacefem.drive.progress import Terminal


def test_a_compilation_is_heard_once() -> None:
    @njit
    def twice(x):  # type: ignore[no-untyped-def]
        return 2.0 * x

    heard_of: list[str] = []
    with heard(lambda: heard_of.append("compiles")):
        twice(1.0)
        twice(np.ones(2))
    assert heard_of == ["compiles"]
    with heard(lambda: heard_of.append("again")):
        twice(2.0)
    assert heard_of == ["compiles"]


class Compiles:
    """A listener that compiles a function of its own."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_compile(self) -> None:
        self.told.append("compile")

    def on_start(self, info: object) -> None:
        self.told.append("start")

        @njit
        def half(x):  # type: ignore[no-untyped-def]
            return 0.5 * x

        half(1.0)


def test_a_run_tells_its_listeners(tmp_path: Path) -> None:
    layers = [ifem.Layer(name, "Li6PS5Cl", "2 um") for name in ("a", "b")]
    stack = ifem.Stack(*layers, width="4 um")
    press = ifem.Protocol(ifem.Press(to="1 MPa"))
    case = ifem.Case("flat", stack, press, mesh=ifem.MeshSize("1 um"))
    case.run(tmp_path / "warm", listeners=()).close()
    listener, said = Compiles(), io.StringIO()
    case.run(tmp_path / "run", listeners=(listener, Terminal(said)))
    assert listener.told == ["start", "compile"]
    assert said.getvalue().count("compiling, once") == 1
