# SPDX-License-Identifier: MIT
"""What the studies here share: variants of a case, the sweep that runs them, the table.

Each run ends as one row of a CSV file, also if it fails, with the reason in words. Runs that are
there are not repeated.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import interfacefem as ifem
from interfacefem.results.documents import table as table_of
from interfacefem.results.summary import worst_penetration

DEMO = Path(__file__).with_name("li_li3ocl_li3incl6.py")
PLATES = Path(__file__).with_name("dense_plates.py")
Row = dict[str, str]
#: everything a row says about how the solver did, after what was run
SOLVER = (
    "status", "dofs", "increments", "rejected", "linear solves",
    "worst force balance [-]", "worst penetration/rms [-]", "min jacobian [-]",
    "energy imbalance [-]", "time [s]", "reason",
)  # fmt: skip


def variant(
    case: ifem.Case,
    name: str,
    *,
    seed: int = 0,
    rms_slope: float | None = None,
    edge: float | None = None,
    small: bool = False,
) -> ifem.Case:
    """Return a case with other surfaces or another mesh, and no other setting changed.

    Parameters
    ----------
    case : Case
        Its rough faces are synthesised (`surfaces.self_affine`).
    name : str
        Name of the variant.
    seed : int
        Added to the seed of every face.
    rms_slope : float, optional
        Every face is scaled to it [-].
    edge : float, optional
        Edge length along the interfaces [um].
    small : bool
        A third of the demo's width with waves twice as long: to try a study, not to judge by.
    """
    data = case.to_dict()
    data["name"] = name
    for recipe in data["surface"].values():
        del recipe["checksum"]
        recipe["seed"] += seed
        if rms_slope is not None:
            recipe.pop("rms_height", None)
            recipe["rms_slope"] = rms_slope
        if small:
            recipe.pop("points")
            recipe |= {"size": ["20 um"], "long_cutoff": "20 um", "short_cutoff": "6 um"}
    if edge is not None:
        data["mesh"]["edge"] = f"{edge:g} um"
    return ifem.Case.from_dict(data, source=name)


def solver_numbers(results: ifem.Results) -> Row:
    """Return status, size, effort and the worst of the checks of a run."""
    history = results.history
    row = {
        "status": results.status.split(":")[0],
        "dofs": str(results.mesh.points.size),
        "increments": str(len(history)),
    }
    if not len(history):
        return row
    return row | {
        "rejected": str(int(history["rejected"].sum())),
        "linear solves": str(int(history["linear_solves"].sum())),
        "worst force balance [-]": short(np.abs(history["force_balance_error"]).max()),
        "worst penetration/rms [-]": short(worst_penetration(results)),
        "min jacobian [-]": short(history["min_jacobian"].min()),
        "energy imbalance [-]": short(history["energy_balance_error"][-1]),
        "time [s]": f"{history['wall_time'].sum():.0f}",
    }


def short(value: float) -> str:
    """Return three digits, nothing for what is not known."""
    return f"{value:.3g}" if math.isfinite(value) else ""


def follow(
    cases: Mapping[str, ifem.Case],
    path: Path,
    describe: Callable[[str, ifem.Results | None], Row],
    columns: Sequence[str],
    *,
    workers: int | None = None,
    upright: bool = False,
) -> int:
    """Run all cases as one sweep, write and print the table, and return the exit code.

    Parameters
    ----------
    cases : mapping of str to Case
        By the first cell of their rows.
    path : Path
        Of the CSV file; a Markdown table stands beside it, the runs are in its folder.
    describe : callable
        Returns the columns that are the study's own from the name of a row and its results.
    columns : sequence of str
        The first names a row.
    workers : int, optional
        Processes; one a core by default.
    upright : bool
        Print one column a run: for few runs with many numbers.

    Returns
    -------
    int
        0 if every run is complete, 3 if not, 130 after Ctrl-C.
    """
    try:
        table = ifem.Sweep(cases, folder=path.parent).run(workers=workers, tell=print)
    except KeyboardInterrupt:
        print("stopped by Ctrl-C; the same command goes on from here")
        return 130
    reached: dict[str, list[dict[str, Any]]] = {}
    for row in table.rows:
        reached.setdefault(str(row["case"]), []).append(row)
    rows = [row_of(table, name, found, describe) for name, found in reached.items()]
    write(path, columns, rows, upright=upright)
    return 0 if all(row["status"] == "complete" for row in rows) else 3


def row_of(
    table: ifem.SweepTable,
    name: str,
    rows: Sequence[Mapping[str, Any]],
    describe: Callable[[str, ifem.Results | None], Row],
) -> Row:
    """Return the row of a run: what it took, what it reached, or why it did not."""
    failed = next((row for row in rows if row["failure"]), None)
    reason = {"reason": "" if failed is None else f"{failed['failure']}: {failed['reason']}"}
    try:
        results = table.results(rows[0])
    except ifem.ResultsError:  # nothing was solved
        return describe(name, None) | {"status": "refused"} | reason
    with results:
        return describe(name, results) | solver_numbers(results) | reason


def complete(folder: Path) -> dict[str, Callable[[], ifem.Results]]:
    """Return by name what opens the results of each run that is complete."""
    table = ifem.SweepTable.open(folder)
    failed = {row["key"] for row in table.failures}
    return {
        str(row["case"]): partial(table.results, row)
        for row in table.rows
        if row["key"] not in failed
    }


def write(path: Path, columns: Sequence[str], rows: Sequence[Row], *, upright: bool) -> None:
    """Write the table as CSV and as Markdown, and print it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    names = [name for name in columns if name != "reason"]
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    head, *body = [list(line) for line in zip(*lines, strict=True)] if upright else lines
    why = [f"{row[columns[0]]}: {row['reason']}" for row in rows if row["reason"]]
    print("\n".join(["", table_of(head, body), *(f"  {reason}" for reason in why)]))
    cells = [[cell.replace("|", "\\|") for cell in line] for line in (head, *body)]
    cells.insert(1, ["---"] * len(head))
    text = [f"| {' | '.join(line)} |" for line in cells]
    text += [""] * bool(why) + [f"- {reason}" for reason in why]
    target = path.with_suffix(".md")
    target.write_text("\n".join([*text, ""]), encoding="utf-8")
    print(f"\n{path}, {target}")


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every study."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-o", "--output", type=Path, help="folder of the table and the runs")
    parser.add_argument(
        "--quick", action="store_true", help="a small section, to try the command, not to judge by"
    )
    parser.add_argument("--workers", type=int, metavar="N", help="processes; one a core by default")
    return parser


def last_at(results: ifem.Results, pressure: float) -> int | None:
    """Return the last row of the history at a nominal pressure [MPa], None if there is none."""
    rows = np.flatnonzero(
        np.isclose(results.history["nominal_pressure"], pressure, rtol=1e-6, atol=0.0)
    )
    return int(rows[-1]) if len(rows) else None


def reached(results: ifem.Results, row: int | None, names: Mapping[str, str]) -> Row:
    """Return columns of the history at one of its rows.

    Parameters
    ----------
    results : Results
    row : int or None
        None leaves all of them empty.
    names : mapping of str to str
        Column of the table to column of the history.
    """
    if row is None:
        return {}
    history: Any = results.history
    return {name: short(float(history[column][row])) for name, column in names.items()}
