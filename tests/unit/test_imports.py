"""The modules of the package import each other in one direction only, lazily or not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest


def modules_of(package: Path) -> dict[str, Path]:
    found = {}
    for file in package.rglob("*.py"):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes below one, function bodies too, without those that only types need."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield other
                yield from executed(other)
        else:
            yield child
            yield from executed(child)


def named(node: ast.AST, known: Mapping[str, Path]) -> Iterator[str]:
    """Yield what a node imports, also by name: ``importlib.import_module("...")``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        parts = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from parts
        if not all(part in known for part in parts):
            yield str(node.module)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        if ast.unparse(node.func).rpartition(".")[2] in ("import_module", "__import__"):
            yield str(node.args[0].value)


def graph_of(package: Path) -> dict[str, set[str]]:
    known = modules_of(package)
    return {
        module: {
            name
            for node in executed(ast.parse(file.read_text(encoding="utf-8")))
            for name in named(node, known)
            if name in known and name != module
        }
        for module, file in known.items()
    }


def reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return the strongly connected components of more than one module."""
    ahead = {name: reached(graph, name) for name in graph}
    return {
        frozenset(other for other in ahead[name] if name in ahead[other])
        for name in graph
        if name in ahead[name]
    }


def test_no_module_imports_itself_by_way_of_others(repository: Path) -> None:
    graph = graph_of(repository / "interfacefem")
    assert len(graph) > 200
    # known edges are seen: at the top, in a function, and of a package by its __init__
    assert "interfacefem.errors" in graph["interfacefem.describe.case"]
    assert "interfacefem.drive.run" in graph["interfacefem.case"]
    assert "interfacefem.materials.material" in graph["interfacefem.materials"]
    assert [sorted(circle) for circle in circles(graph)] == []


@pytest.mark.parametrize(
    "back",
    [
        "import p.a\n",
        "def f():\n    from p import a\n",
        "def f():\n    from p.a import x\n",
        'import importlib\n\ndef f():\n    importlib.import_module("p.a")\n',
    ],
)
def test_a_circle_is_seen_however_it_is_written(tmp_path: Path, back: str) -> None:
    package = tmp_path / "p"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "a.py").write_text("from p import b\nx = 1\n", encoding="utf-8")
    (package / "b.py").write_text(back, encoding="utf-8")
    assert circles(graph_of(package)) == {frozenset({"p.a", "p.b"})}
    only_types = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from p.a import x\n"
    (package / "b.py").write_text(only_types, encoding="utf-8")
    assert circles(graph_of(package)) == set()
