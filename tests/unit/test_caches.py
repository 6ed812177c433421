"""Compiled code is that of its present sources, and its folder one that can be written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import interfacefem
from interfacefem import caches

PACKAGE = Path(interfacefem.__file__).parent
#: sheared lithium by the compiled loops: prints the shear stress
PROGRAM = """
import numpy as np
from interfacefem.materials import J2Plastic, update
from interfacefem.materials.points import law_table
t = law_table([J2Plastic(5000.0, 0.36, 0.8)], 298.0)
z = lambda *shape: np.zeros(shape)
stress = z(1, 4)
assert update.full_quadrature_response(
    np.array([[1.0, 0.01, 0.0, 1.0]]), np.array([[1.0, 1.0, 1.0, 0.0]]), z(1, 1), z(1, 4),
    np.ones(1), np.zeros(1, np.int64), t.address, t.coupled, t.rows, 0.0, False, False, False,
    stress, z(1, 16), z(1, 4), z(1, 1), z(1, 2), z(1), z(1),
)
print(stress[0, 1])
"""


def run(tree: Path, cache: Path, program: str = PROGRAM, **more: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree), "INTERFACEFEM_CACHE": str(cache)} | more
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment, cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_changed_law_is_compiled_anew_with_a_warm_cache(tmp_path: Path) -> None:
    # the loop stands in another file than the law, and that is all that numba looks at
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    shutil.copytree(PACKAGE, tree / "interfacefem", ignore=shutil.ignore_patterns("__pycache__"))
    before = float(run(tree, cache))
    kept = {path for path in cache.rglob("*.nbi")}
    assert float(run(tree, cache)) == before
    assert {path for path in cache.rglob("*.nbi")} == kept  # nothing was compiled again
    law = tree / "interfacefem" / "materials" / "j2.py"
    text = law.read_text(encoding="utf-8")
    assert text.count("return y + modulus * alpha, modulus") == 1
    law.write_text(
        text.replace("return y + modulus * alpha", "return 2.0 * y + modulus * alpha"),
        encoding="utf-8",
    )
    assert float(run(tree, cache)) == pytest.approx(2.0 * before, rel=1e-3)


def test_a_file_is_known_by_all_it_can_reach(tmp_path: Path) -> None:
    powder = PACKAGE / "materials" / "powder.py"
    reached = {path.relative_to(PACKAGE).as_posix() for path in caches.reached(powder)}
    assert {"materials/powder.py", "materials/numbers.py", "compiled.py"} <= reached
    assert "drive/press.py" not in reached
    script = tmp_path / "law.py"
    script.write_text("from interfacefem.materials import (\n    j2,\n)\n", encoding="utf-8")
    assert PACKAGE / "materials" / "j2.py" in caches.reached(script)


def test_where_the_folder_cannot_be_written_another_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    program = (
        "from interfacefem import caches, logs\nwith logs.warnings_shown():\n"
        "    print(caches.folder('kernels'))\n"
        "    caches.folder('forms')  # which says it no second time\n"
    )
    nowhere = {"TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    given = tmp_path / "file" / "cache"
    found, said = run(PACKAGE.parent, given, program, **nowhere).strip().split("\n")
    assert found.startswith(str(tmp_path / "temporary"))
    assert f"compiled code cannot be kept in {given}; it is kept in " in said
    assert "INTERFACEFEM_CACHE" in said
