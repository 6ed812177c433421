# SPDX-License-Identifier: MIT
"""Two processes give the numbers of one, and end together whatever happens."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from interfacefem.cli.shell import BAD_INPUT, DONE, INTERRUPTED
from interfacefem.results import Results

pytestmark = pytest.mark.slow

#: rough lithium on a rough ceramic with friction: contact, slip and flow in 1,036 unknowns
CASE = """
import interfacefem as ifem
from interfacefem import surfaces

rough = surfaces.self_affine(
    "4 um", hurst=0.8, rms_height="30 nm", long_cutoff="4 um", short_cutoff="2 um", seed=3
)
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=rough),
    ifem.Interface(friction=0.2, resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
)
protocol = ifem.Protocol(ifem.Press(to="1 MPa"), ifem.Hold("60 s"), ifem.Release(to="0.5 MPa"))
case = ifem.Case("shared", stack, protocol, mesh=ifem.MeshSize("0.2 um"))
"""
PROGRAM = "import sys; from interfacefem.cli import main; sys.exit(main())"
MPIEXEC = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
PROGRAM_IN_SPACE = "shared_3d.py"
#: what the clock and round-off of errors say is no history
NO_NUMBERS = ("wall_time", "balance_error")


def command(ranks: int, *words: str) -> list[str]:
    """Return the command that runs the program with some words on its command line."""
    alone = [sys.executable, "-c", PROGRAM, *words]
    return alone if ranks == 1 else [str(MPIEXEC), "-n", str(ranks), *alone]


def perform(
    folder: Path, ranks: int, *words: str, code: int = DONE, **variables: str
) -> tuple[str, str]:
    """Run the program to its end; return what it says."""
    done = subprocess.run(
        command(ranks, *words),
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | variables,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout, done.stderr


def numbers(folder: Path) -> dict[str, Any]:
    """Return every array of a run by its place in the file."""
    found: dict[str, Any] = {}

    def take(group: h5py.Group, place: str) -> None:
        for name, item in group.items():
            if isinstance(item, h5py.Group):
                take(item, f"{place}{name}/")
            elif item.dtype.kind in "biuf":
                found[f"{place}{name}"] = item[()]

    with h5py.File(folder / "results.h5") as file:
        take(file, "")
    return found


def difference(one: Path, two: Path, *, but: Sequence[str] = ()) -> float:
    """Return the largest difference of two runs, relative to the largest value of its array."""
    a, b = numbers(one), numbers(two)
    assert list(a) == list(b)
    worst = 0.0
    for name, values in a.items():
        if name in but or any(part in name for part in NO_NUMBERS):
            continue
        if values.dtype.kind != "f":
            assert np.array_equal(values, b[name]), name
            continue
        finite = np.isfinite(values)
        assert np.array_equal(finite, np.isfinite(b[name])), name
        if not finite.any():
            continue
        scale = np.abs(values[finite]).max()
        off = np.abs(values - b[name])[finite].max()
        worst = max(worst, float(off / scale) if scale > 0.0 else float(off))
    return worst


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the case, and its run by one process in ``one``."""
    where = tmp_path_factory.mktemp("shared")
    (where / "case.py").write_text(CASE, encoding="utf-8")
    perform(where, 1, "run", "case.py", "-o", "one")
    return where


def test_two_processes_store_the_numbers_of_one(folder: Path) -> None:
    said, _ = perform(folder, 2, "run", "case.py", "-o", "two")
    # measured 2e-9; the bar of the project is 1e-7
    assert difference(folder / "one", folder / "two") < 1e-7
    assert said.count("complete after") == 1  # only one of them speaks
    with Results.open(folder / "two") as results:
        assert results.provenance["ranks"] == 2
        # that of both together: libraries alone take a quarter of a gigabyte
        assert 2 * 0.25e9 < results.provenance["sessions"][-1]["memory"] < 2 * 0.5e9


def test_bonds_films_and_cycles_are_the_same_on_two(tmp_path: Path) -> None:
    bond = 'adhesion=ifem.Adhesion("0.5 MPa", "0.05 J/m^2")'
    film = 'film=ifem.Film(breaks_at="1 MPa", breaks_at_strain=0.01, resistance="9 ohm*cm^2")'
    text = CASE.replace(
        'resistance="5 ohm*cm^2"', f'resistance="5 ohm*cm^2", {bond}, {film}'
    ).replace(
        'ifem.Hold("60 s"), ifem.Release(to="0.5 MPa")',
        'ifem.Release(to="0.5 MPa"), CYCLE, ifem.PullOff("0.05 um")',
    )
    cycle = 'ifem.Cycle("0.5 mA/cm^2", "0.002 mAh/cm^2", increments=2)'
    (tmp_path / "case.py").write_text(text.replace("CYCLE", cycle), encoding="utf-8")
    perform(tmp_path, 1, "run", "case.py", "-o", "one")
    perform(tmp_path, 2, "run", "case.py", "-o", "two")
    assert difference(tmp_path / "one", tmp_path / "two") < 1e-7


APART = """
import interfacefem as ifem
from interfacefem.materials import Elastic, Material

bond = ifem.Interface(friction=0.2, adhesion=ifem.Adhesion("1 MPa", "0.01 J/m^2"))
lithium = ifem.materials.get("Li", law="norton")
discs = [Material(name, Elastic("10 GPa", nu)) for name, nu in (("a", 0.3), ("b", 0.2))]
made = {
    "time": (
        ifem.Stack(
            ifem.Layer("ceramic", "Li3OCl", "4 um"),
            bond,
            ifem.Layer("Li", lithium, "4 um", flow_size="bulk"),
            width="6 um",
        ),
        [ifem.PullOff("1 nm", rate="1 nm/s")],
    ),
    "pellet": (
        ifem.Stack(
            ifem.Layer("a", discs[0], "5 um"), bond, ifem.Layer("b", discs[1], "5 um"), width="5 um"
        ),
        [ifem.Eject(), ifem.PullOff("1 nm")],
    ),
    "space": (
        ifem.Stack(
            ifem.Layer("a", "Li3OCl", "2 um"),
            bond,
            ifem.Layer("b", "Li3OCl", "2 um"),
            width=("6 um", "4 um"),
        ),
        [ifem.Shear("1 nm")],
    ),
}
stack, steps = made["KIND"]
press = [ifem.Press("3 MPa", rate="1 MPa/s"), ifem.Release("1 MPa", rate="1 MPa/s")]
case = ifem.Case(
    "apart",
    stack,
    ifem.Protocol(*press, *steps),
    die=ifem.Die("10 um") if "KIND" == "pellet" else None,
    mesh=ifem.MeshSize("2 um"),
    current=None,
)
"""


@pytest.mark.parametrize(
    "kind", ["space", *(pytest.param(k, marks=pytest.mark.campaign) for k in ("time", "pellet"))]
)
def test_what_is_taken_apart_is_the_same_on_two(kind: str, tmp_path: Path) -> None:
    (tmp_path / "case.py").write_text(APART.replace("KIND", kind), encoding="utf-8")
    perform(tmp_path, 1, "run", "case.py", "-o", "one")
    perform(tmp_path, 2, "run", "case.py", "-o", "two")
    a, b = (numbers(tmp_path / name) for name in ("one", "two"))
    assert list(a) == list(b)
    # what is round-off in one increment, as slip is before a pull, is measured against all of them
    largest: dict[str, float] = {}
    for name, values in a.items():
        quantity = re.sub(r"increments/\d+/", "", name)
        size = float(np.nanmax(np.abs(values), initial=0.0))
        largest[quantity] = max(largest.get(quantity, 0.0), size)
    for name, values in a.items():
        if any(part in name for part in NO_NUMBERS):
            continue
        if values.dtype.kind != "f":
            assert np.array_equal(values, b[name]), name
            continue
        assert np.array_equal(np.isfinite(values), np.isfinite(b[name])), name
        off = float(np.nanmax(np.abs(values - b[name]), initial=0.0))
        # gaps of closed faces are round-off, so they are measured against what is tolerated
        gap = name.endswith("/gap") or "penetration" in name
        # and friction of faces that only part is nothing: 1e-5 MPa, um or pJ count as that
        scale = 1e-4 * 2.0 if gap else max(largest[re.sub(r"increments/\d+/", "", name)], 1e-5)
        assert off <= 1e-7 * scale, name


def test_ctrl_c_stops_both_and_one_goes_on(folder: Path) -> None:
    started = subprocess.Popen(
        command(2, "run", "case.py", "-o", "cut"),
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    path = folder / "cut" / "checkpoint.h5"
    end = time.monotonic() + 120.0
    while not (path.exists() and "iterations" in _log(folder / "cut")):
        assert started.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    said, _ = started.communicate(timeout=120)
    assert started.returncode == INTERRUPTED, said
    with Results.open(folder / "cut") as results:
        assert results.status.startswith("interrupted")
        assert 0 < len(results)
    perform(folder, 1, "resume", "cut")
    assert difference(folder / "one", folder / "cut") < 1e-7


def _log(folder: Path) -> str:
    path = folder / "run.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


@pytest.mark.campaign
def test_a_full_disk_ends_both_and_two_go_on(folder: Path) -> None:
    program = (
        "import errno, os, sys\n"
        "from interfacefem.results import checkpoint, files, store\n"
        "write, calls = files.put_in_place, []\n"
        "def put(path, data):\n"
        "    calls.append(path)\n"
        "    if len(calls) > 8:\n"
        "        raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "    write(path, data)\n"
        "store.put_in_place = checkpoint.put_in_place = put\n"
        "from interfacefem.cli import main\n"
        "sys.exit(main())\n"
    )
    (folder / "full.py").write_text(program, encoding="utf-8")
    words = [str(MPIEXEC), "-n", "2", sys.executable, "full.py", "run", "case.py", "-o", "full"]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == BAD_INPUT, done.stderr
    assert done.stderr.count("No space left on device") == 1
    with Results.open(folder / "full") as results:
        stored = len(results)
    assert stored > 0
    perform(folder, 2, "resume", "full", "--force")
    assert difference(folder / "one", folder / "full") < 1e-7


def test_mistakes_are_told_once_and_what_is_not_shared_is_done_once(folder: Path) -> None:
    text = CASE.replace("seed=3", "seed=3, wrong=1")
    (folder / "wrong.py").write_text(text, encoding="utf-8")
    _, said = perform(folder, 2, "run", "wrong.py", code=BAD_INPUT)
    assert said.count("wrong.py") == 1
    _, said = perform(folder, 2, "run", "case.py", "-o", "one", code=BAD_INPUT)
    assert said.count("there is a run in this folder already") == 1
    said, _ = perform(folder, 2, "check", "case.py")
    assert said.count("no mistakes") == 1


@pytest.mark.campaign
def test_plastic_contact_in_space_by_factors_and_by_iterations() -> None:
    words = [str(MPIEXEC), "-n", "2", sys.executable, str(Path(__file__).parent / PROGRAM_IN_SPACE)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ranks"] == 2
    for solver in ("direct", "iterative"):
        found = told[solver]
        assert found["plastic_strain"] > 0.05  # there is something to agree on
        assert found["iterations"][0] == found["iterations"][1]
        # measured 3e-12 and 5e-12: a preconditioner of another shape on two ranks gives 1e-2
        assert found["difference"] < 1e-9


CASE_IN_SPACE = """
import interfacefem as ifem
from interfacefem import surfaces

def rough(seed, rms):
    return surfaces.self_affine(
        size=(6.0, 6.0), hurst=0.8, rms_height=rms, long_cutoff=9.0, short_cutoff=6.0, seed=seed
    )

stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li3InCl6", "3 um", top=rough(1, 0.1)),
    ifem.Interface(friction=0.2),
    ifem.Layer("anode", "Li", "3 um", bottom=rough(2, 0.15), flow_size="bulk"),
)
case = ifem.Case(
    "killed",
    stack,
    ifem.Protocol(ifem.Press(to="0.03 MPa"), ifem.Release(to="0.01 MPa")),
    mesh=ifem.MeshSize("0.75 um", growth=1.9),
    numerics=ifem.Numerics(solver="iterative"),
)
"""


PELLET = """
import interfacefem as ifem

stack = ifem.Stack(
    ifem.Layer("electrolyte", ifem.materials.get("Li3InCl6", law="powder"), "0.8 mm"),
    ifem.Interface(friction=0.2),
    ifem.Layer("LGPS", ifem.materials.get("LGPS", law="powder"), "0.4 mm"),
    width="5 mm",
)
protocol = ifem.Protocol(ifem.Press(to="300 MPa"), ifem.Release(to="5 MPa"), ifem.Eject())
die = ifem.Die("10 mm", wall_friction=0.25)
case = ifem.Case("pellet", stack, protocol, die=die, mesh=ifem.MeshSize("400 um"))
"""


def test_a_pellet_and_its_ejection_by_two_processes(tmp_path: Path) -> None:
    # flat faces touch everywhere at once and slide at their limit: ties on every increment
    (tmp_path / "case.py").write_text(PELLET, encoding="utf-8")
    for ranks, name in ((1, "one"), (2, "two")):
        perform(tmp_path, ranks, "run", "case.py", "-o", name)
    a, b = (numbers(tmp_path / name) for name in ("one", "two"))
    assert np.array_equal(a["history/newton_iterations"], b["history/newton_iterations"])
    # gaps of closed faces are round-off, so they are measured against what is tolerated
    tolerated = 1e-4 * 400.0
    for name in [name for name in a if name.endswith("/gap")]:
        assert np.nanmax(np.abs(a[name] - b[name])) < 1e-7 * tolerated
    # and so is the constriction of full contact, a difference of resistances
    total = np.nanmax(a["history/asr"])
    small = [name for name in a if name.endswith("asr_constriction")]
    for name in small:
        assert np.nanmax(np.abs(a[name] - b[name])) < 1e-7 * total
    # and the overpotential of faces without resistance [V]
    zero = [name for name in a if name.endswith("/overpotential")]
    for name in zero:
        assert max(np.nanmax(np.abs(part[name])) for part in (a, b)) < 1e-12
    small += [*zero, *(name for name in a if name.endswith("/gap") or "penetration" in name)]
    assert difference(tmp_path / "one", tmp_path / "two", but=small) < 1e-7


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_in_space_on_two_processes(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    where = tmp_path_factory.getbasetemp() / "space"
    if not where.exists():
        where.mkdir()
        (where / "case.py").write_text(CASE_IN_SPACE, encoding="utf-8")
        perform(where, 2, "run", "case.py", "-o", "whole")
    total = _log(where / "whole").count("iterations")
    run = f"cut{seed}"
    rng = np.random.default_rng(seed)
    started = subprocess.Popen(
        command(2, "run", "case.py", "-o", run),
        cwd=where,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wanted = int(rng.integers(1, total))
    while _log(where / run).count("iterations") < wanted:
        assert started.poll() is None
        time.sleep(0.02)
    time.sleep(rng.uniform(0.0, 2.0))
    started.send_signal(signal.SIGKILL)  # mpiexec; its processes end with it
    started.wait()
    end = time.monotonic() + 60.0
    while Results.open(where / run).status == "running":
        assert time.monotonic() < end
        time.sleep(0.2)
    perform(where, 2, "resume", run)
    assert difference(where / "whole", where / run) < 1e-8


def _threads(*launcher: str, asked: str | None) -> set[int]:
    """Return how many threads scipy's linear algebra takes in a new process."""
    # numpy is loaded before the solver is, scipy's linear algebra after it
    program = (
        "import json, numpy, interfacefem.fem.backend, scipy.linalg, threadpoolctl as t;"
        "print(json.dumps([p['num_threads'] for p in t.threadpool_info()"
        " if p['internal_api'] == 'openblas' and 'scipy' in p['filepath']]))"
    )
    variables = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [*launcher, sys.executable, "-c", program],
        env=variables if asked is None else variables | {"OMP_NUM_THREADS": asked},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) >= 1
    return set(found)


def test_a_process_of_several_has_one_thread_unless_asked_otherwise() -> None:
    launcher = (str(MPIEXEC), "-n", "1")
    assert _threads(*launcher, asked=None) == {1}
    # OpenBLAS takes no more threads than the process may use processors, so a
    # process that nobody launched says how many two are here
    assert _threads(*launcher, asked="2") == _threads(asked="2")
