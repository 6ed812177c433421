# SPDX-License-Identifier: MIT
"""The rows of a sweep: written one run at a time by one process, read as one tidy table.

``rows.jsonl`` has one line a run, so that a run is there as a whole or not at all. The columns of
what was varied come from the plan; so a plan that has grown shows old runs in its own columns.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results import Results
from interfacefem.results.export import imported
from interfacefem.results.files import put_in_place, reason
from interfacefem.sweep.plan import CASE, RUNS, Plan
from interfacefem.sweep.worker import FINAL, Outcome, Row

if TYPE_CHECKING:
    import pandas as pd

ROWS, CSV, PARQUET = "rows.jsonl", "table.csv", "table.parquet"
#: first columns, before what was varied
_HEAD = ("run", "key")
_ABOUT = ("step", "failure", "reason")


class RowFile:
    """The file of rows; one process has it open for writing.

    Parameters
    ----------
    folder : Path
        Of the sweep.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / ROWS

    def append(self, outcome: Outcome) -> None:
        """Add the rows of a run, whole and at once.

        Raises
        ------
        ResultsError
            If they cannot be written.
        """
        line = {"key": outcome.key, "seconds": outcome.seconds, "rows": outcome.rows}
        try:
            with self.path.open("ab+") as file:
                end = file.seek(0, os.SEEK_END)
                if end:  # a line that a killed process left unfinished stays alone
                    file.seek(end - 1)
                    torn = file.read(1) != b"\n"
                    file.write(b"\n" if torn else b"")
                file.write(json.dumps(line).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ResultsError(f"{self.path}: cannot be written ({reason(error)})") from error

    def read(self) -> dict[str, list[Row]]:
        """Return the rows of each run by its key, the newest of a run that was repeated.

        Raises
        ------
        ResultsError
            If the file cannot be read.
        """
        found: dict[str, list[Row]] = {}
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return found
        except OSError as error:
            raise ResultsError(f"{self.path}: cannot be read ({reason(error)})") from error
        for line in text.splitlines():
            try:
                data = json.loads(line)
                key, rows = str(data["key"]), [dict(row) for row in data["rows"]]
            except (ValueError, KeyError, TypeError):
                continue  # was being written when the process was killed
            found[key] = rows
        return found


def is_final(rows: Sequence[Row]) -> bool:
    """Return whether a run need not be repeated: it is complete, or fails every time."""
    kinds = {str(row.get("failure") or "") for row in rows}
    return bool(rows) and kinds <= {"", *FINAL}


@dataclass(frozen=True, repr=False)
class SweepTable:
    """The table of a sweep: one row a run and moment.

    Attributes
    ----------
    plan : Plan
    rows : list of dict
        Column to value; None where it is not known.
    folder : Path
        Of the sweep.
    """

    plan: Plan
    rows: list[Row] = field(repr=False)
    folder: Path

    @classmethod
    def of(cls, plan: Plan, found: Mapping[str, Sequence[Row]], folder: Path) -> SweepTable:
        """Join the rows of runs with what was varied in them.

        Parameters
        ----------
        plan : Plan
        found : mapping
            Rows by key; runs that are missing are left out.
        folder : Path
        """
        rows: list[Row] = []
        for number, run in enumerate(plan.runs):
            for row in found.get(run.key, ()):
                level = row.get("level")
                inputs: Row = dict(run.inputs)
                if run.levels and isinstance(level, int):
                    inputs[plan.pressure] = run.levels[level]
                plain = {k: v for k, v in row.items() if k not in ("key", "level")}
                rows.append({"run": number, "key": run.key, **inputs, **plain})
        return cls(plan, rows, folder)

    @classmethod
    def open(cls, folder: Path) -> SweepTable:
        """Read the table of a sweep, also while it goes on.

        Raises
        ------
        ResultsError
            If there is none.
        """
        plan = Plan.read(folder)
        return cls.of(plan, RowFile(folder).read(), folder)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        done = len({row["key"] for row in self.rows})
        return (
            f"<SweepTable {self.plan.name}: {done} of {len(self.plan.runs)} runs, "
            f"{len(self)} rows, {len(self.failures)} failed>"
        )

    @property
    def columns(self) -> list[str]:
        """Names of all columns, what was varied first."""
        there = dict.fromkeys(name for row in self.rows for name in row)
        first = [*_HEAD, *self.plan.columns, *_ABOUT]
        return [*first, *(name for name in there if name not in first)]

    def of_case(self, name: str) -> SweepTable:
        """Return the rows of one of several cases.

        Raises
        ------
        ResultsError
            If there is no such case.
        """
        plan = self.plan.of_case(name)
        number = {run: position for position, run in enumerate(self._numbers(name))}
        rows: list[Row] = [
            {k: v for k, v in row.items() if k != CASE} | {"run": number[int(str(row["run"]))]}
            for row in self.rows
            if row.get(CASE, "") == name
        ]
        return SweepTable(plan, rows, self.folder)

    def _numbers(self, name: str) -> list[int]:
        runs = enumerate(self.plan.runs)
        return [number for number, run in runs if run.inputs.get(CASE, "") == name]

    def results(self, row: Mapping[str, object]) -> Results:
        """Open the results of the run of a row; close them, or use ``with``.

        Parameters
        ----------
        row : mapping
            One of :attr:`rows`.

        Raises
        ------
        ResultsError
            If the run has none.
        """
        return Results.open(self.folder / RUNS / str(row["key"]))

    @property
    def failures(self) -> list[Row]:
        """The rows that say why a run failed."""
        return [row for row in self.rows if row.get("failure")]

    def at(self, step: str) -> list[Row]:
        """Return the rows at the end of a step.

        Raises
        ------
        ResultsError
            If no run has reached such a step.
        """
        found = [row for row in self.rows if row.get("step") == step and not row.get("failure")]
        if not found:
            there = dict.fromkeys(str(r["step"]) for r in self.rows if not r.get("failure"))
            raise ResultsError(f"no row at the step '{step}'; there is: {', '.join(there) or '-'}")
        return found

    def values(self, column: str, rows: Iterable[Row] | None = None) -> npt.NDArray[np.float64]:
        """Return a column of numbers; NaN where it is not known.

        Raises
        ------
        ResultsError
            If no row has the column.
        """
        chosen = self.rows if rows is None else list(rows)
        if not any(column in row for row in self.rows):
            raise ResultsError(f"no column '{column}' in the table of {self.plan.name}")
        return np.array([number(row.get(column)) for row in chosen])

    def to_dataframe(self) -> pd.DataFrame:
        """Return the table as a ``pandas.DataFrame``.

        Raises
        ------
        EnvironmentProblem
            If pandas is missing.
        """
        return imported("pandas").DataFrame(self.rows, columns=self.columns)

    def write(self) -> list[Path]:
        """Write ``table.csv``, and ``table.parquet`` where pyarrow is there; return the files.

        Raises
        ------
        ResultsError
            If a file cannot be written.
        """
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns)
        writer.writeheader()
        writer.writerows(self.rows)
        content = {CSV: text.getvalue().encode()}
        parquet = self._parquet()
        if parquet is not None:
            content[PARQUET] = parquet
        for name, data in content.items():
            try:
                put_in_place(self.folder / name, data)
            except OSError as error:
                path = self.folder / name
                raise ResultsError(f"{path}: cannot be written ({reason(error)})") from error
        return [self.folder / name for name in content]

    def _parquet(self) -> bytes | None:
        try:
            arrow = importlib.import_module("pyarrow")
            writer = importlib.import_module("pyarrow.parquet")
        except ImportError:
            return None
        columns = {}
        for name in self.columns:
            cells = [row.get(name) for row in self.rows]
            words = any(isinstance(cell, str) for cell in cells)
            columns[name] = [None if c is None else str(c) for c in cells] if words else cells
        image = io.BytesIO()
        writer.write_table(arrow.table(columns), image)
        return image.getvalue()


def number(value: object) -> float:
    """Return a cell as a number; NaN where it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return math.nan
