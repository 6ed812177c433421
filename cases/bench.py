# SPDX-License-Identifier: MIT
"""Time and memory of linear systems in 3D: by size, by solver, on one process and on two.

python cases/bench.py [--edges L ...] [--widths W ...] [--ranks N ...] [--increments K]

Runs the first increments of a rough pair of areas, each in a program of its own: one area on finer
and finer meshes, then wider and wider areas with one edge. Prints tables, and after each the
exponents of growth and the gain by processes. On a machine that does nothing else; about ten
minutes, more with wider areas.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import interfacefem as ifem
from interfacefem import surfaces

#: width of the area that is refined [um], and edge lengths along its finer face [um]: 7,400 to
#: 40,000 degrees of freedom
WIDTH, EDGES = 24.0, (2.0, 1.5, 1.15, 0.95)
#: edge length of the areas that grow [um], and their widths [um]: 20,000 to 50,000
EDGE, WIDTHS = 1.0, (19.0, 24.0, 30.0)
#: solver, processes: degrees of freedom, seconds a solve, seconds in all, bytes
type Found = dict[tuple[str, int], list[tuple[float, ...]]]


def pair(width: float, edge: float, solver: str) -> ifem.Case:
    """Return lithium on a ceramic, both rough: faces of the same waves at every size."""

    def rough(seed: int, rms: float) -> ifem.Topography:
        return surfaces.self_affine(
            size=(width, width), hurst=0.8, rms_height=rms, long_cutoff=1.5 * WIDTH,
            short_cutoff=8.5 * max(EDGES), seed=seed,
        )  # fmt: skip

    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3InCl6", "10 um", top=rough(1, 0.15)),
        ifem.Interface(friction=0.2),
        ifem.Layer("lithium", "Li", "10 um", bottom=rough(2, 0.25)),
    )
    return ifem.Case(
        "bench",
        stack,
        ifem.Protocol(ifem.Press(to="187 MPa")),
        mesh=ifem.MeshSize(f"{edge} um", growth=1.4),
        numerics=ifem.Numerics(solver=solver),
        current=None,
    )


class Stop:
    """Ends the run after some increments."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_increment(self, snapshot: Any) -> None:
        """Count."""
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


def measure(width: float, edge: float, solver: str, increments: int, folder: Path) -> None:
    """Run in this program, on however many processes it has, and print a line of JSON."""
    from interfacefem.fem import ranks
    from interfacefem.fem.effort import peak_memory

    results = ifem.run_case(
        pair(width, edge, solver), folder, overwrite=True, listeners=[Stop(increments)]
    )
    peak = ranks.current().total(peak_memory())
    if ranks.current().first:
        history = results.history
        row = {
            "dofs": results.mesh.points.size,
            "seconds": float(history["wall_time"].sum()),
            "solves": int(history["linear_solves"].sum()),
            "pressure": float(history["nominal_pressure"][-1]),
            "memory": peak,
        }
        print(json.dumps(row))


def launched(width: float, edge: float, solver: str, ranks: int, increments: int) -> dict[str, Any]:
    """Run in a program of its own; return what it printed."""
    here = Path(sys.executable).parent / "mpiexec"
    mpiexec = str(here) if here.exists() else str(shutil.which("mpiexec"))
    with tempfile.TemporaryDirectory() as folder:
        size = [str(width), str(edge)]
        words = [sys.executable, __file__, "--one", *size, solver, str(increments), folder]
        words = words if ranks == 1 else [mpiexec, "-n", str(ranks), *words]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(words)} failed:\n{done.stderr}")
    row: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def table(sizes: Sequence[tuple[float, float]], chosen: argparse.Namespace) -> Found:
    """Run each width and edge with each solver and number of processes; print a line each."""
    print(
        "| width [um] | edge [um] | degrees of freedom | solver | processes | solves | s a solve "
        "| s in all | GB |\n|---|---|---|---|---|---|---|---|---|"
    )
    found: Found = {}
    for width, edge in sizes:
        for solver in chosen.solvers:
            for ranks in chosen.ranks:
                row = launched(width, edge, solver, ranks, chosen.increments)
                each = row["seconds"] / row["solves"]
                found.setdefault((solver, ranks), []).append(
                    (float(row["dofs"]), each, row["seconds"], row["memory"])
                )
                print(
                    f"| {width:g} | {edge:g} | {row['dofs']} | {solver} | {ranks} "
                    f"| {row['solves']} | {each:.2f} | {row['seconds']:.1f} "
                    f"| {row['memory'] / 1e9:.2f} |",
                    flush=True,
                )
    return found


def exponents(found: Found) -> None:
    """Print how time and memory grow with size, and what processes gain."""
    for (solver, ranks), rows in found.items():
        sizes, each, whole, memory = np.array(rows).T
        if len(rows) > 1:
            time_power, memory_power = (
                np.polyfit(np.log(sizes), np.log(values), 1)[0] for values in (each, memory)
            )
            print(
                f"{solver}, {ranks} processes: time a solve grows with size to {time_power:.2f}, "
                f"memory to {memory_power:.2f}"
            )
        if ranks > 1 and (solver, 1) in found:
            gain = np.array(found[solver, 1]).T[2] / whole
            print(f"{solver}: {ranks} processes faster {', '.join(f'{g:.2f}' for g in gain)} times")


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print the tables and what they say."""
    parser = argparse.ArgumentParser(description="Time and memory of linear systems in 3D.")
    parser.add_argument("--edges", type=float, nargs="*", default=EDGES, metavar="L", help="[um]")
    parser.add_argument("--widths", type=float, nargs="*", default=WIDTHS, metavar="W", help="[um]")
    both = ("direct", "iterative")
    parser.add_argument("--solvers", nargs="+", choices=both, default=both)
    parser.add_argument("--ranks", type=int, nargs="+", default=(1, 2), metavar="N")
    parser.add_argument("--increments", type=int, default=2, metavar="K")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.one:
        width, edge, solver, increments, folder = chosen.one
        measure(float(width), float(edge), solver, int(increments), Path(folder) / "run")
        return 0
    print(f"{time.strftime('%Y-%m-%d')}, {chosen.increments} increments")
    refined = [(WIDTH, edge) for edge in chosen.edges]
    wider = [(width, EDGE) for width in chosen.widths]
    for title, sizes in (("finer meshes", refined), ("wider areas", wider)):
        if sizes:
            print(f"\n{title}")
            exponents(table(sizes, chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
