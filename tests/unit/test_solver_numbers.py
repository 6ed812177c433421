# SPDX-License-Identifier: MIT
"""Numbers of the solver: one place for each, with meaning and reason, and a way to try others."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import interfacefem
from interfacefem import caches, numbers
from interfacefem.describe.settings import USUAL, Numerics
from interfacefem.errors import CaseError

PACKAGE = Path(interfacefem.__file__).parent
ROOMS = ("fem", "drive", "materials", "contact", "meshing")
#: module-level numbers that are none of the solver's, and what they are
ELSEWHERE = {
    "fem/backend.py COMPILE_TIMEOUT": "patience with a compiler, not with a solution",
    "fem/backend.py MALLOC_OPTIONS": "parameters of the C library",
    "fem/ranks.py PATIENCE": "patience with other processes",
    "fem/ranks.py _GOOD": "a code",
    "fem/ranks.py _BAD": "a code",
    "fem/ranks.py _STOP": "a code",
    "fem/bulk/kinematics.py _GAUSS": "quadrature",
    "fem/bulk/hexahedral_volume.py _POINT": "quadrature",
    "fem/contact/mortar3d.py RULE": "quadrature",
    "drive/progress.py FIRST_TOUCH": "of the bar of progress",
    "drive/progress.py FIRST_LOADING_EFFORT": "of the bar of progress",
    "drive/progress.py OHM_CM2": "a unit",
    "drive/spectrum.py DEFAULT": "frequencies that are computed if none are given",
    "materials/dielectric.py VACUUM": "physics",
    "materials/models_viscous.py GAS_CONSTANT": "physics",
    "materials/models_viscous.py TEST_RATE": "a convention of tension tests",
    "materials/points.py RESULTS": "size of an array",
    "materials/points.py MOST": "size of an array",
    "materials/necks.py LEAST_PORES": "a bound of physics",
    "materials/necks_fit.py SLOPE_SCATTER": "scatter of measured slopes",
    "materials/size.py RATE": "of measured pillars",
    "materials/size.py _PILLAR_ENDS": "measured strengths",
    "materials/size.py _INDENT_ENDS": "measured strengths",
    "materials/size.py _STATED": "exponents of a paper",
    "materials/value.py GAS": "physics",
    "materials/verify.py STRAINS": "points at which a law is checked",
    "contact/verify.py PRESSURES": "points at which a law is checked",
    "contact/verify.py GAPS": "points at which a law is checked",
    "contact/verify.py STRAINS": "points at which a law is checked",
    "contact/contact_map.py WHITE": "of pictures",
    "contact/kinetics.py FARADAY": "physics",
    "contact/kinetics.py GAS": "physics",
    "contact/kinetics.py _UM3_PER_UC": "a unit",
    "contact/kinetics.py _VOLT": "a unit",
    "meshing/faces.py GAUSS": "quadrature",
    "meshing/session.py PATIENCE": "patience with another process",
    "meshing/session.py FOR_A_MEGABYTE": "patience with another process",
    "meshing/session.py REFUSED": "an exit code",
    "meshing/layered.py RECIPE": "version of a recipe",
    "meshing/hexahedra.py RECIPE": "version of a recipe",
    "meshing/hexahedra.py _HEXAHEDRON": "a code of gmsh",
    "meshing/msh_file.py _POINT": "a code of gmsh",
    "meshing/msh_file.py _LINE": "a code of gmsh",
    "meshing/msh_file.py _QUAD": "a code of gmsh",
    "meshing/msh_file.py _HEXAHEDRON": "a code of gmsh",
    "meshing/msh_file.py FORMAT": "version of a format",
}
#: floats inside of functions of the solver that are none of its numbers, and what they are
INSIDE = {
    "fem/ranks.py 0.05": "how often another process is looked after",
    "fem/effort.py 1024.0": "a unit",
    "fem/contact/face_search.py 1e-12": "a box that is closed on both sides",
    "fem/contact/face_search.py 1e-300": "no division by zero",
    "fem/contact/mortar_tangent.py 1e-30": "complex step, exact below the root of rounding",
    "contact/laws.py 1e-300": "no division by zero",
    "contact/verify.py 0.3": "slips at which a law is checked",
    "drive/progress.py 0.02": "of the bar of progress",
    "drive/progress.py 0.2": "of the bar of progress",
}
#: halves, counts and the like, which formulas are made of
PLAIN = {0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0}


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules of rooms that declare no numbers, by their paths."""
    for room in rooms:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            if path.name != "numbers.py":
                name = path.relative_to(PACKAGE).as_posix()
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def floats(node: ast.AST) -> set[float]:
    """Return the numbers that are written in an expression, without those of calls by name."""
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and type(part.value) in (int, float)
    }


def assigned(body: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the constants of a module: name and value; those of a tuple one by one."""
    for node in body.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        for target in targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value] * len(names)
            if len(values) != len(names):
                values = [value] * len(names)
            yield from (
                (name.id, part)
                for name, part in zip(names, values, strict=True)
                if isinstance(name, ast.Name) and name.id.isupper()
            )


def test_no_module_of_the_solver_keeps_a_number_to_itself() -> None:
    found = {
        f"{path} {name}"
        for path, body in modules(*ROOMS)
        for name, value in assigned(body)
        if (not isinstance(value, ast.Call) and floats(value) - {0, 1})
        or (isinstance(value, ast.Constant) and type(value.value) in (int, float))
    }  # fmt: skip
    assert found - ELSEWHERE.keys() == set()
    assert ELSEWHERE.keys() - found == set()  # what is gone is no exception any more


def test_no_function_of_the_solver_keeps_a_number_to_itself() -> None:
    found = {
        f"{path} {part.value!r}"
        for path, body in modules("fem", "drive", "contact")
        for node in ast.walk(body)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and type(part.value) is float
        if part.value not in PLAIN
    }
    assert found == INSIDE.keys()


def test_each_number_has_a_meaning_with_a_unit_and_a_reason() -> None:
    table = numbers.load()
    assert set(table) == set(numbers.declared())
    for number in table.values():
        assert number.meaning.endswith("]"), number.key
        assert "[" in number.meaning, number.key
        assert len(number.reason) > 3, number.key
        assert number.name == number.name.upper(), number.key


def test_each_number_is_used() -> None:
    for key in numbers.declared():
        room, _, name = key.rpartition(".")
        users = [
            path for path in PACKAGE.rglob("*.py")
            if path.name != "numbers.py" and name in path.read_text(encoding="utf-8")
            and f"{room}.numbers import" in path.read_text(encoding="utf-8")
        ]  # fmt: skip
        assert users, key


def test_what_a_user_sets_has_one_default() -> None:
    from interfacefem.drive.assembly import Limits
    from interfacefem.fem.increment import AugmentationLimits
    from interfacefem.fem.newton import NewtonOptions

    assert USUAL == Numerics()
    for options in (NewtonOptions(), AugmentationLimits()):
        assert options.tolerance == USUAL.tolerance
        assert options.max_iterations == USUAL.max_iterations
    for name in ("growth", "release", "fraction", "time_tolerance", "path_tolerance"):
        assert getattr(Limits(), name) == getattr(USUAL, name)


def test_the_description_of_closing_says_the_numbers() -> None:
    from interfacefem.drive.numbers import LARGEST_CLOSING

    text = " ".join((Numerics.__doc__ or "").split())
    assert f"relative to their rms height [-]; {LARGEST_CLOSING:g} if not given" in text


def python(program: str, replaced: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process whose numbers are replaced."""
    environment = dict(os.environ, PYTHONPATH=str(PACKAGE.parent))
    environment[numbers.VARIABLE] = replaced
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_environment_replaces_a_number_and_a_run_says_so() -> None:
    program = (
        "from interfacefem import caches; from interfacefem.fem import numbers\n"
        "print(numbers.STUCK, numbers.MAX_CUTS, caches.sources_key())"
    )
    done = python(program, "fem.STUCK = 0.5; fem.MAX_CUTS=3")
    assert done.stdout.startswith("0.5 3 "), done.stderr
    assert done.stdout.endswith(" with fem.MAX_CUTS=3, fem.STUCK=0.5\n")
    assert " with " not in caches.sources_key()


def test_compiled_code_with_other_numbers_is_kept_apart() -> None:
    program = (
        "from pathlib import Path; import interfacefem; from interfacefem import caches\n"
        "home = Path(interfacefem.__file__).parent / 'materials'\n"
        "print(*(caches.reached_key(home / name) for name in ('j2.py', 'powder.py')))"
    )
    usual = python(program, "").stdout.split()
    assert len(usual) == 2
    assert python(program, "drive.LARGEST_CLOSING=0.05").stdout.split() == usual
    changed = python(program, "materials.J2_STEP=1e-10").stdout.split()
    assert changed[0] != usual[0]


@pytest.mark.parametrize(
    ("replaced", "said"),
    [
        ("fem.STUK=1", "did you mean fem.STUCK"),
        ("STUCK=1", "did you mean fem.STUCK"),
        ("fem.STUCK", "has no value"),
        ("fem.STUCK=high", "'high' is not a number"),
        ("fem.MAX_CUTS=1.5", "is not a whole number"),
        ("fem.STUCK=nan", "is not a number"),
        ("fem.STUCK=1;fem.STUCK=2", "is given twice"),
    ],
)
def test_a_slip_in_the_environment_is_named(
    replaced: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(numbers.VARIABLE, replaced)
    with pytest.raises(CaseError, match=said.replace(".", r"\.")):
        numbers.check()


def test_a_slip_in_the_environment_gives_exit_code_2() -> None:
    for program in (
        "from interfacefem.cli.main import main; raise SystemExit(main(['info']))",
        "import runpy; runpy.run_module('interfacefem.numbers', run_name='__main__')",
    ):
        done = python(program, "fem.STUK=1")
        assert done.returncode == 2, done.stderr
        assert "did you mean fem.STUCK" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_page_lists_all_numbers() -> None:
    text = numbers.page()
    for number in numbers.load().values():
        assert f"| {number.name} | {numbers.shown(number.value)} |" in text
