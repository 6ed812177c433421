# SPDX-License-Identifier: MIT
"""Choice of the linear solver and its memory: against measured peaks, and the refusal."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from interfacefem.errors import EnvironmentProblem
from interfacefem.fem import effort, ranks

#: peak resident memory of one process that pressed a rough pair in space by an increment [GB], of
#: cases/bench.py: degrees of freedom, direct, iterative
MEASURED = [
    (21_396, 0.69, 0.55),
    (54_342, 1.33, 0.98),
    (127_488, 2.59, 1.64),
    (300_252, 6.01, 3.37),
]


@pytest.mark.parametrize(("dofs", "direct", "iterative"), MEASURED)
def test_memory_is_that_of_measured_runs_or_a_little_more(
    dofs: int, direct: float, iterative: float
) -> None:
    for solver, peak in (("direct", direct), ("iterative", iterative)):
        found = effort.memory(dofs, 3, solver) / 1e9  # type: ignore[arg-type]
        assert peak <= found < 1.25 * peak, solver


def test_memory_of_two_processes_and_in_the_plane() -> None:
    # both processes together; 0.39 GB in the plane
    assert 1.72 <= effort.memory(40_338, 3, "direct", 2) / 1e9 < 1.25 * 1.72
    assert 1.14 <= effort.memory(27_612, 3, "iterative", 2) / 1e9 < 1.25 * 1.14
    assert 0.39 <= effort.memory(23_718, 2) / 1e9 < 1.25 * 0.39


def test_factors_in_the_plane_and_where_they_are_faster() -> None:
    assert effort.is_direct(10**6, 2)
    assert effort.is_direct(effort.DIRECT_UP_TO, 3)
    assert not effort.is_direct(effort.DIRECT_UP_TO + 1, 3)
    assert effort.is_direct(10**6, 3, "direct")
    assert not effort.is_direct(100, 2, "iterative")


def test_what_does_not_fit_is_refused_with_what_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "machine_memory", lambda: 4e9)
    assert effort.require_memory(105_285, 3, "direct") == effort.memory(105_285, 3, "direct")
    with pytest.raises(EnvironmentProblem, match=r'solver = "iterative" \(about 2\.8 GB\)'):
        effort.require_memory(200_000, 3, "direct")
    with pytest.raises(EnvironmentProblem, match="start fewer processes"):
        effort.require_memory(200_000, 3, "iterative", 2)
    with pytest.raises(EnvironmentProblem, match=r"4\.0 GB of this machine; take a coarser mesh"):
        effort.require_memory(2_000_000, 3)


def resident() -> float:
    """Return the memory of this process [byte]."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="malloc of glibc")
def test_memory_is_kept_for_the_next_array_and_given_back_when_asked() -> None:
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
    monkeypatch.setattr(effort, "LIMITS", (str(limit),))
    whole = effort.machine_memory()
    limit.write_text("max\n", encoding="ascii")
    assert effort.machine_memory() == whole
    limit.write_text("1000000000\n", encoding="ascii")
    assert effort.machine_memory() == 1e9
