# SPDX-License-Identifier: MIT
"""Time and memory of linear systems in space: by size, by solver, on one process and on two.

python cases/bench.py [--edges L ...] [--ranks N ...] [--increments K]

Runs the first increments of a rough pair of areas on finer and finer meshes, each in a program of
its own, and prints a table; at the end the exponents of growth and the gain by processes. On a
machine that does nothing else; about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
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

#: edge lengths along the finer face [um]: 7,400 to 40,000 degrees of freedom
EDGES = (2.0, 1.5, 1.15, 0.95)
WIDTH = 24.0


def pair(edge: float, solver: str) -> ifem.Case:
    """Return lithium on a ceramic, both rough: the same faces at every edge."""

    def rough(seed: int, rms: float) -> ifem.Topography:
        return surfaces.self_affine(
            size=(WIDTH, WIDTH), hurst=0.8, rms_height=rms, long_cutoff=1.5 * WIDTH,
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
        numerics=ifem.Numerics(solver=solver),  # type: ignore[arg-type]
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


def measure(edge: float, solver: str, increments: int, folder: Path) -> None:
    """Run in this program, on however many processes it has, and print a line of JSON."""
    from interfacefem.fem import ranks

    results = ifem.run_case(
        pair(edge, solver), folder, overwrite=True, listeners=[Stop(increments)]
    )
    peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024.0
    peak = ranks.current().total(peak)
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


def launched(edge: float, solver: str, ranks: int, increments: int) -> dict[str, Any]:
    """Run in a program of its own; return what it printed."""
    here = Path(sys.executable).parent / "mpiexec"
    mpiexec = str(here) if here.exists() else str(shutil.which("mpiexec"))
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, __file__, "--one", str(edge), solver, str(increments), folder]
        words = words if ranks == 1 else [mpiexec, "-n", str(ranks), *words]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(words)} failed:\n{done.stderr}")
    row: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print the table and what it says."""
    parser = argparse.ArgumentParser(description="Time and memory of linear systems in space.")
    parser.add_argument("--edges", type=float, nargs="+", default=EDGES, metavar="L", help="[um]")
    parser.add_argument("--ranks", type=int, nargs="+", default=(1, 2), metavar="N")
    parser.add_argument("--increments", type=int, default=2, metavar="K")
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.one:
        edge, solver, increments, folder = chosen.one
        measure(float(edge), solver, int(increments), Path(folder) / "run")
        return 0
    print(f"{time.strftime('%Y-%m-%d')}, edges {chosen.edges}, {chosen.increments} increments")
    print("| degrees of freedom | solver | processes | solves | s a solve | s in all | GB |")
    print("|---|---|---|---|---|---|---|")
    found: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
    for edge in chosen.edges:
        for solver in ("direct", "iterative"):
            for ranks in chosen.ranks:
                row = launched(edge, solver, ranks, chosen.increments)
                each = row["seconds"] / row["solves"]
                found.setdefault((solver, ranks), []).append(
                    (float(row["dofs"]), each, row["seconds"])
                )
                print(
                    f"| {row['dofs']} | {solver} | {ranks} | {row['solves']} | {each:.2f} "
                    f"| {row['seconds']:.1f} | {row['memory'] / 1e9:.2f} |",
                    flush=True,
                )
    for (solver, ranks), rows in found.items():
        sizes, each, whole = np.array(rows).T
        if len(rows) > 1:
            power = np.polyfit(np.log(sizes), np.log(each), 1)[0]
            print(f"{solver}, {ranks} processes: time a solve grows with size to {power:.2f}")
        if ranks > 1 and (solver, 1) in found:
            gain = np.array(found[solver, 1]).T[2] / whole
            print(f"{solver}: {ranks} processes faster {', '.join(f'{g:.2f}' for g in gain)} times")
    return 0


if __name__ == "__main__":
    sys.exit(main())
