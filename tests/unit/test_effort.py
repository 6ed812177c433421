# SPDX-License-Identifier: MIT
"""Choice of the linear solver and its memory: against measured peaks, and the refusal."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from interfacefem import environment
from interfacefem.describe.interface import Interface
from interfacefem.describe.settings import MeshSize
from interfacefem.describe.stack import Layer, Stack
from interfacefem.errors import EnvironmentProblem
from interfacefem.fem import effort, ranks
from interfacefem.fem.effort import Size
from interfacefem.fem.numbers import DIRECT_UP_TO
from interfacefem.meshing import build_mesh
from interfacefem.surfaces import flat

if TYPE_CHECKING:
    from interfacefem import environment
from interfacefem.describe.settings import Solver

#: peak resident memory of whole presses and releases [GB]: degrees of freedom, faces, solver,
#: processes. cases/li_li3ocl_li3incl6_3d.py by both solvers, its fine mesh, and random stacks in
#: space whose lithium comes to touch all over (cases/random_stacks.py: 1, 4, 5)
MEASURED = [
    (30_135, 1_458, "direct", 1, 1.33),
    (30_135, 1_458, "iterative", 1, 0.98),
    (111_015, 4_802, "direct", 1, 4.04),
    (111_015, 4_802, "direct", 2, 7.21),
    (21_651, 818, "direct", 1, 0.89),
    (9_339, 289, "direct", 1, 0.55),
    (10_860, 289, "direct", 1, 0.59),
]


@pytest.mark.parametrize(("dofs", "faces", "solver", "processes", "peak"), MEASURED)
def test_memory_is_that_of_measured_runs_or_a_little_more(
    dofs: int, faces: int, solver: Solver, processes: int, peak: float
) -> None:
    found = effort.memory(Size(dofs, 3, faces), solver, processes) / 1e9
    assert peak <= found < 1.25 * peak


#: peaks of the first increment of a rough pair in 3D [GB], of cases/bench.py, where faces hardly
#: touch: degrees of freedom, direct, iterative
BEGUN = [
    (21_396, 0.69, 0.55),
    (54_342, 1.33, 0.98),
    (127_488, 2.59, 1.64),
    (300_252, 6.01, 3.37),
]


@pytest.mark.parametrize(("dofs", "direct", "iterative"), BEGUN)
def test_memory_before_faces_touch_is_that_of_first_increments_or_a_little_more(
    dofs: int, direct: float, iterative: float
) -> None:
    for solver, peak in (("direct", direct), ("iterative", iterative)):
        found = effort.memory(Size(dofs, 3, 0), solver) / 1e9  # type: ignore[arg-type]
        assert peak <= found < 1.25 * peak, solver


def test_memory_of_two_processes_before_faces_touch() -> None:
    # both processes together
    assert 1.72 <= effort.memory(Size(40_338, 3, 0), "direct", 2) / 1e9 < 1.25 * 1.72
    assert 1.14 <= effort.memory(Size(27_612, 3, 0), "iterative", 2) / 1e9 < 1.25 * 1.14


def test_memory_where_faces_touch_on_a_part_only_in_two_processes_and_in_the_plane() -> None:
    # ceramics on ceramics (random stacks 2, 3); the demos in 3D and in the plane
    assert 1.90 <= effort.memory(Size(30_135, 3, 1_458), "direct", 2) / 1e9 < 1.40 * 1.90
    assert 0.49 <= effort.memory(Size(9_888, 3, 289)) / 1e9 < 1.45 * 0.49
    assert 0.62 <= effort.memory(Size(16_227, 3, 578)) / 1e9 < 1.45 * 0.62
    assert 0.50 <= effort.memory(Size(23_718, 2, 800)) / 1e9 < 1.25 * 0.50


def test_size_of_a_mesh_counts_the_finer_side_of_each_interface() -> None:
    area = flat(("8 um", "6 um"))
    stack = Stack(
        Layer("below", "LLZO", "6 um", top=area),
        Interface(),
        Layer("between", "LGPS", "6 um"),
        Interface(),
        Layer("above", "Li", "6 um"),
    )
    mesh = build_mesh(stack, MeshSize("2 um"))
    counts = [(len(pair.lower), len(pair.upper)) for pair in mesh.interfaces.values()]
    assert counts == [(4 * 3, 5 * 4), (5 * 4, 7 * 5)]
    assert Size.of(mesh) == (mesh.points.size, 3, 5 * 4 + 7 * 5)


def test_factors_in_the_plane_and_where_they_are_faster() -> None:
    assert effort.is_direct(10**6, 2)
    assert effort.is_direct(DIRECT_UP_TO, 3)
    assert not effort.is_direct(DIRECT_UP_TO + 1, 3)
    assert effort.is_direct(10**6, 3, "direct")
    assert not effort.is_direct(100, 2, "iterative")


def test_what_does_not_fit_is_refused_with_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "machine_memory", lambda: 6e9)
    small, large = Size(105_285, 3, 4_500), Size(180_000, 3, 5_000)
    assert effort.require_memory(small, "direct") == effort.memory(small, "direct")
    with pytest.raises(EnvironmentProblem, match=r'solver = "iterative" \(about 3\.4 GB\)'):
        effort.require_memory(large, "direct")
    with pytest.raises(EnvironmentProblem, match="start fewer processes"):
        effort.require_memory(large, "iterative", 2)
    with pytest.raises(EnvironmentProblem, match=r"6\.0 GB of this machine; take a coarser mesh"):
        effort.require_memory(Size(2_000_000, 3, 50_000))


def resident() -> float:
    """Return the memory of this process [byte]."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc of glibc")
def test_memory_is_kept_for_the_next_array_and_given_back_when_asked() -> None:
    ranks.current().give_memory_back()  # what tests before this one have left
    before = resident()
    array = np.ones(25_000_000)
    with_it = resident()
    assert with_it > before + 150e6
    assert effort.peak_memory() >= with_it - 1e7
    del array
    assert resident() > before + 150e6
    ranks.current().give_memory_back()
    assert resident() < before + 50e6


def test_a_container_may_take_less_than_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(environment, "LIMITS", (str(limit),))
    whole = environment.machine_memory()
    limit.write_text("max\n", encoding="ascii")
    assert environment.machine_memory() == whole
    limit.write_text("1000000000\n", encoding="ascii")
    assert environment.machine_memory() == 1e9
