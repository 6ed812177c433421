# SPDX-License-Identifier: MIT
"""What `robustness.py` and `refinement.py` share: variants of a case, a row a run, the table.

A study runs variants of one case one after the other. Each ends as one row of a CSV file, also if
it fails, with the reason in words; rows that are there are not run again.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import interfacefem as ifem
from interfacefem.results.documents import table
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


def run(case: ifem.Case, folder: Path) -> tuple[Row, ifem.Results | None]:
    """Run a case and return how the solver did, with what it reached.

    Parameters
    ----------
    case : Case
    folder : Path
        Of the run; what is there is replaced.

    Raises
    ------
    KeyboardInterrupt
        If the run was stopped with Ctrl-C.
    """
    reason, begun = "", time.perf_counter()
    try:
        case.run(folder, overwrite=True).close()
    except ifem.ConvergenceError as error:
        reason = str(error)
    except ifem.InterfaceFEMError as error:  # nothing was solved
        return {"status": "refused", "reason": words(str(error))}, None
    except Exception as error:  # a campaign goes on after a mistake of the program, and says so
        return {"status": "failed", "reason": words(f"{type(error).__name__}: {error}")}, None
    row = {"time [s]": f"{time.perf_counter() - begun:.0f}", "reason": words(reason)}
    with ifem.Results.open(folder) as results:
        return solver_numbers(results) | row, results


def words(text: str) -> str:
    """Return a message on one line, without its advice, which is to change a setting."""
    lines = [line.strip(" -") for line in text.splitlines()]
    return "; ".join(line for line in lines if not line.startswith("try:"))


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
    }


def short(value: float) -> str:
    """Return three digits, nothing for what is not known."""
    return f"{value:.3g}" if math.isfinite(value) else ""


class Record:
    """Rows of a study in a CSV file that is there after every run.

    Parameters
    ----------
    path : Path
        Made with its folder if missing; rows that are there are kept.
    columns : sequence of str
        The first names a row.
    upright : bool
        Print one column a run: for few runs with many numbers.

    Raises
    ------
    ResultsError
        If the file has other columns.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, upright: bool = False) -> None:
        self.path, self.columns, self.upright = path, list(columns), upright
        self.rows: list[Row] = []
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                reader = csv.DictReader(file)
                self.rows = list(reader)
            if reader.fieldnames != self.columns:
                raise ifem.ResultsError(
                    f"{path}: has other columns than this study; give another folder with -o"
                )

    def __contains__(self, name: str) -> bool:
        return any(row[self.columns[0]] == name for row in self.rows)

    def append(self, row: Mapping[str, str]) -> None:
        """Add a row to the file at once; columns it does not have stay empty."""
        new = not self.path.is_file()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns)
            if new:
                writer.writeheader()
            writer.writerow(row)
        self.rows.append({name: row.get(name, "") for name in self.columns})

    def lines(self) -> list[list[str]]:
        """Return the printed table, its head first; the reasons are printed below it."""
        columns = [name for name in self.columns if name != "reason"]
        lines = [columns, *([row[name] for name in columns] for row in self.rows)]
        return [list(line) for line in zip(*lines, strict=True)] if self.upright else lines

    def text(self) -> str:
        """Return the rows as an aligned table, and below it why runs did not complete."""
        head, *rows = self.lines()
        return "\n".join([table(head, rows), *(f"  {reason}" for reason in self.reasons())])

    def markdown(self) -> str:
        """Return the same as Markdown."""
        head, *rows = self.lines()
        cells = [[cell.replace("|", "\\|") for cell in line] for line in (head, *rows)]
        cells.insert(1, ["---"] * len(head))
        lines = [f"| {' | '.join(line)} |" for line in cells]
        reasons = [f"- {reason}" for reason in self.reasons()]
        return "\n".join([*lines, *([""] if reasons else []), *reasons, ""])

    def reasons(self) -> list[str]:
        """Return why runs did not complete."""
        return [f"{row[self.columns[0]]}: {row['reason']}" for row in self.rows if row["reason"]]


def follow(
    record: Record,
    folder: Path,
    variants: Mapping[str, Callable[[], ifem.Case]],
    describe: Callable[[str, ifem.Results | None], Row],
) -> int:
    """Run what is not in the record yet, print the table, and return the exit code.

    Parameters
    ----------
    record : Record
    folder : Path
        The runs go to folders in it.
    variants : mapping of str to callable
        Makes the case of each row.
    describe : callable
        Returns the columns that are the study's own from the name of a row and its results.

    Returns
    -------
    int
        0 if every row of the study is complete, 3 if not, 130 after Ctrl-C.
    """
    code = 0
    for name, make in variants.items():
        if name in record:
            print(f"{name}: done before")
            continue
        try:
            try:
                case = make()
            except ifem.InterfaceFEMError as error:
                row, results = {"status": "refused", "reason": words(str(error))}, None
            else:
                row, results = run(case, folder / case.name)
        except KeyboardInterrupt:
            print("stopped by Ctrl-C; the same command goes on from here")
            code = 130
            break
        record.append(describe(name, results) | row)
        print(f"{name}: {row['status']} {row.get('reason', '')}".rstrip(), flush=True)
    target = record.path.with_suffix(".md")
    if record.rows:
        target.write_text(record.markdown(), encoding="utf-8")
        print(f"\n{record.text()}\n\n{record.path}, {target}")
    done = [row for row in record.rows if row[record.columns[0]] in variants]
    return code or (0 if all(row["status"] == "complete" for row in done) else 3)


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every study."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-o", "--output", type=Path, help="folder of the table and the runs")
    parser.add_argument(
        "--quick", action="store_true", help="a small section, to try the command, not to judge by"
    )
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
