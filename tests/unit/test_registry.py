# SPDX-License-Identifier: MIT
"""Registers and the loading of other people's files and packages."""

from __future__ import annotations

import functools
import runpy
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from interfacefem import registry
from interfacefem.errors import ExtensionError, MaterialError
from interfacefem.registry import SESSION, Registry, origin_of


@pytest.fixture
def numbers() -> Registry[int]:
    found: Registry[int] = Registry("number", MaterialError)
    found.add("one", 1, origin="a.py")
    found.add("two", 2, origin="a.py")
    return found


def test_entries_are_found_in_order_with_their_file(numbers: Registry[int]) -> None:
    assert dict(numbers) == {"one": 1, "two": 2}
    assert list(numbers) == ["one", "two"]
    assert "one" in numbers
    assert numbers.get("three") is None
    assert numbers.origin("two") == "a.py"
    numbers.remove("one")
    assert list(numbers) == ["two"]


def test_an_unknown_name_is_told_with_the_nearest_one_and_all(numbers: Registry[int]) -> None:
    with pytest.raises(MaterialError, match=r"no number 'tow'; did you mean .two.\? there is: one"):
        numbers.find("tow")
    with pytest.raises(MaterialError, match="no number 'x'; there is: one, two"):
        numbers.remove("x")
    empty: Registry[int] = Registry("law")
    with pytest.raises(ExtensionError, match="no law 'x'; there is none"):
        empty.find("x")


def test_a_name_belongs_to_one_file(numbers: Registry[int]) -> None:
    numbers.add("one", 11, origin="a.py")  # edited and executed again
    assert numbers.find("one") == 11
    with pytest.raises(ExtensionError, match=r"b\.py: there is a number 'one' already, from a\.py"):
        numbers.add("one", 7, origin="b.py")
    assert numbers.find("one") == 11


@pytest.mark.parametrize("name", ["", " a", "a/b", "a\nb", "a" * 101, 3])
def test_names_that_cannot_be_used(numbers: Registry[int], name: str) -> None:
    with pytest.raises(ExtensionError, match="name of a number: "):
        numbers.add(name, 3, origin="a.py")


def test_origin_is_the_file_of_the_function() -> None:
    here = str(Path(__file__).resolve())

    @functools.wraps(len)
    def wrapped() -> None: ...

    class Thing:
        def __call__(self) -> None: ...

    assert origin_of(test_origin_is_the_file_of_the_function) == here
    assert origin_of(functools.partial(test_origin_is_the_file_of_the_function)) == here
    assert origin_of(Thing) == origin_of(Thing()) == here
    assert origin_of(functools.wraps(Thing)(lambda: None)) == here


def test_cells_of_a_notebook_are_one_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    # the kernel gives each text of a cell a file name of its own, and __main__ has no file
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))

    def cell(number: int) -> Callable[[], None]:
        space: dict[str, Callable[[], None]] = {}
        code = compile("def draw(): pass", f"/tmp/ipykernel_1/{number}.py", "exec")
        exec(code, space | {"__name__": "__main__"}, space)
        space["draw"].__module__ = "__main__"
        return space["draw"]

    assert origin_of(cell(1)) == origin_of(cell(2)) == SESSION


def test_a_script_has_one_origin_however_it_is_executed(tmp_path: Path) -> None:
    path = tmp_path / "case.py"
    path.write_text("def draw():\n    return NUMBER\nNUMBER = 7\n", encoding="utf-8")
    by_path = runpy.run_path(str(path), run_name="interfacefem_case")["draw"]
    loaded = registry.load_file(path).draw
    assert origin_of(by_path) == origin_of(loaded) == str(path.resolve())
    assert by_path() == loaded() == 7  # what it needs of its file is still there


# Files ----------------------------------------------------------------------------------------


def test_a_file_is_executed_once_and_may_import_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "beside_it_7.py").write_text("VALUE = 3\n", encoding="utf-8")
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import dataclass\nfrom beside_it_7 import VALUE\n"
        "@dataclass\nclass Mine:\n    value: int = VALUE\n"
        "if __name__ == '__main__':\n    raise SystemExit(1)\n",
        encoding="utf-8",
    )
    before = list(sys.path)
    module = registry.load_file(path)
    assert module.Mine().value == 3
    assert registry.load_file(tmp_path / "." / "mine.py") is module
    assert sys.path == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = z\n", r"mine\.py, line 2: NameError: name 'z' is not defined; correct"),
        ("x = 1\ny = (\n", r"mine\.py, line 2: SyntaxError: '\(' was never closed"),
        ("raise SystemExit(3)\n", r"mine\.py, line 1: SystemExit: 3"),
        ("import no_such_module_7\n", r"mine\.py, line 1: ModuleNotFoundError"),
        ("def f():\n    raise ValueError\nf()\n", r"mine\.py, line 2: ValueError: no message"),
    ],
)
def test_a_file_that_stops_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text, encoding="utf-8")
    before, modules = list(sys.path), {name for name in sys.modules if name.endswith("_mine")}
    with pytest.raises(ExtensionError, match=message):
        registry.load_file(path)
    assert sys.path == before
    assert {name for name in sys.modules if name.endswith("_mine")} == modules
    path.write_text("x = 1\n", encoding="utf-8")
    assert registry.load_file(path).x == 1  # mended


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ExtensionError, match="there is no such file"):
        registry.load_file(tmp_path / "none.py")
    with pytest.raises(ExtensionError, match="is no Python file"):
        registry.load_file(tmp_path)


# Packages -------------------------------------------------------------------------------------


def test_installed_packages_register_at_the_first_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in (("good_plugin_7", "DONE = True\n"), ("bad_plugin_7", "1 / 0\n")):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[interfacefem]\nthings = {name}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "_asked", False)
    monkeypatch.setattr(registry, "_installed", [])
    register: Registry[int] = Registry("thing")
    assert "good_plugin_7" not in sys.modules
    with caplog.at_level("WARNING", logger="interfacefem"):
        assert len(register) == 0  # a look
    assert sys.modules["good_plugin_7"].DONE
    assert registry.load_installed() == ("good_plugin_7: things",)
    (said,) = caplog.messages
    assert "package bad_plugin_7: its entry point 'things' (bad_plugin_7) cannot be loaded" in said
    assert "ZeroDivisionError" in said
