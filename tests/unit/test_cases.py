# SPDX-License-Identifier: MIT
"""The case scripts: short, without mistakes, as large and as fine as they say, and runnable."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import post
from interfacefem.cli import main
from interfacefem.meshing import quality
from interfacefem.results import Results

#: scripts that run variants of a case; they hold none themselves
STUDIES = {
    "study", "robustness", "refinement", "dwell", "lgps", "gap_closing", "bench", "random_stacks",
    "li_llzo", "stack_pressure_sweep", "sensitivity", "left_out",
}  # fmt: skip
CASES = sorted(
    path for path in (Path(__file__).parents[2] / "cases").glob("*.py") if path.stem not in STUDIES
)


def without_clock(text: str) -> list[str]:
    """Return the lines of a run without times and places."""
    lines = text.split("results in")[0].splitlines()
    return [re.sub(r"\d+\.\d s$| after .*|, to .*", "", line).rstrip() for line in lines]


@pytest.mark.parametrize("script", CASES, ids=lambda path: path.stem)
def test_a_case_is_short_named_like_its_file_and_without_mistakes(script: Path) -> None:
    case = ifem.Case.load(script)
    assert case.name == script.stem
    assert case.check().ok
    code = [line for line in script.read_text(encoding="utf-8").splitlines() if line.strip()]
    # what a person reads at one glance, asked for by the design; less on the stack of another case
    assert len(code) <= 30
    assert len(code) >= 15 or any("import case as" in line for line in code)
    assert script.name in (script.parent / "README.md").read_text(encoding="utf-8")


def test_the_demonstration_is_fine_enough(repository: Path) -> None:
    case = ifem.Case.load(repository / "cases" / "li_li3ocl_li3incl6.py")
    mesh = ifem.build_mesh(case.stack, case.mesh)
    # at least 20,000 degrees of freedom and 8 edges a wave: the bar it was made for
    assert 20_000 <= mesh.dofs <= 26_000
    found = quality(mesh)
    assert len(found.edges_per_wavelength) == 4  # both interfaces, rough on both sides
    assert min(found.edges_per_wavelength.values()) >= 8.0
    assert not found.notes
    # 1.5 t on 10 mm: 1500 * 9.80665 N / (pi (5 mm)^2) = 187.29 MPa
    assert case.protocol.pressures[-2:] == pytest.approx((187.293, 5.0), rel=1e-5)


def test_the_fine_case_in_space_is_fine_enough(repository: Path) -> None:
    case = ifem.Case.load(repository / "cases" / "li_li3ocl_li3incl6_3d_fine.py")
    mesh = ifem.build_mesh(case.stack, case.mesh)
    # 48 by 48 quadrilaterals on each side of both interfaces, 100,000 degrees of freedom
    assert mesh.dofs >= 100_000
    assert min(min(columns) for columns in mesh.origin["columns"].values()) >= 48


def test_the_smallest_case_is_small(repository: Path) -> None:
    case = ifem.Case.load(repository / "cases" / "wavy_interface.py")
    assert ifem.build_mesh(case.stack, case.mesh).dofs < 2000


@pytest.mark.slow
def test_script_and_command_are_the_same_run(
    repository: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = repository / "cases" / "wavy_interface.py"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(repository))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert main(["run", str(script), "-o", "other"]) == 0
    shown = without_clock(capsys.readouterr().out)
    assert without_clock(done.stdout)[: len(shown)] == shown
    assert "contact fraction" in done.stdout  # the summary follows
    assert len(list(Path("runs/wavy_interface/figures").glob("*.png"))) == 12
    with Results.open("runs/wavy_interface") as one, Results.open("other") as two:
        assert one.status == two.status == "complete"
        for name in ("nominal_pressure", "contact_fraction[electrolyte|anode]", "asr"):
            np.testing.assert_array_equal(one.history[name], two.history[name])
        # after the press the same 5 MPa holds more contact than before
        touched, released = (
            post.contact_fraction(one.interface("electrolyte|anode").at(step))
            for step in ("first touch", "release")
        )
    assert released > touched + 0.3
