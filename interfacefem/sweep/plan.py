# SPDX-License-Identifier: MIT
"""What a sweep runs, and the file that says so."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from interfacefem.errors import ResultsError
from interfacefem.names import shown
from interfacefem.quantities import did_you_mean
from interfacefem.results.files import put_in_place, reason
from interfacefem.sweep.inputs import Input, Plain, Tables

PLAN = "plan.toml"
#: folder of the runs, each in one of its own
RUNS = "runs"
FORMAT = 1
#: column of the realisation, where faces are drawn anew
REALISATION = "realisation"
#: column of the name of the case, where several are given
CASE = "case"


@dataclass(frozen=True)
class Planned:
    """One run of a sweep.

    Attributes
    ----------
    key : str
        Hash of the case; the name of its folder.
    inputs : dict
        Column of each varied input to its value, without the pressure of a staged run.
    levels : tuple
        Pressures of a staged run as the column shows them; empty if it has one.
    data : dict
        The tables of its case; empty in a plan that was read from its file.
    steps : tuple of str
        Names of the steps of the case as given; empty as the tables are.
    """

    key: str
    inputs: dict[str, Plain]
    levels: tuple[Plain, ...] = ()
    data: Tables = field(default_factory=dict, repr=False, compare=False)
    steps: tuple[str, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep.

    Attributes
    ----------
    name : str
    inputs : tuple of Input
        What is varied.
    pressure : str
        Column of the varied pressure or force; empty if none is.
    runs : tuple of Planned
    realisations : int
        How many draws of the faces there are; 1 where they stay as they are.
    separate : str
        Why each pressure has a run of its own; empty where one run has them all.
    cases : dict of str to dict
        Tables of each case as given; a single one has no name.
    """

    name: str
    inputs: tuple[Input, ...]
    pressure: str
    runs: tuple[Planned, ...]
    realisations: int
    separate: str
    cases: dict[str, Tables] = field(repr=False)

    @property
    def case(self) -> Tables:
        """Tables of the case as given, of the first one of several."""
        return next(iter(self.cases.values()))

    def of_case(self, name: str) -> Plan:
        """Return the plan of one of several cases.

        Raises
        ------
        ResultsError
            If there is no such case.
        """
        if name not in self.cases:
            raise ResultsError(
                f"{self.name}: has no case {shown(name)}; {did_you_mean(name, self.cases)}"
            )
        return replace(
            self,
            name=f"{self.name}, {name}" if name else self.name,
            runs=tuple(
                replace(run, inputs={k: v for k, v in run.inputs.items() if k != CASE})
                for run in self.runs
                if run.inputs.get(CASE, "") == name
            ),
            cases={"": self.cases[name]},
        )

    @property
    def columns(self) -> list[str]:
        """Columns of what is varied, the case and the realisation first."""
        there = {name for run in self.runs for name in run.inputs}
        first = [name for name in (CASE, REALISATION) if name in there]
        return [*first, *(one.column for one in self.inputs)]

    def write(self, folder: Path) -> Path:
        """Write the plan as TOML.

        Raises
        ------
        ResultsError
            If it cannot be written.
        """
        import tomlkit

        head: dict[str, Any] = {
            "sweep_format": FORMAT,
            "name": self.name,
            "pressure": self.pressure,
            "realisations": self.realisations,
            "separate": self.separate,
            "input": [{"path": i.path, "kind": i.kind, "unit": i.unit} for i in self.inputs],
            "run": [
                {"key": run.key, "inputs": run.inputs, "levels": list(run.levels)}
                for run in self.runs
            ],
        }
        head |= {"case": self.case} if "" in self.cases else {"cases": self.cases}
        path = folder / PLAN
        try:
            folder.mkdir(parents=True, exist_ok=True)
            put_in_place(path, tomlkit.dumps(head).encode())
        except OSError as error:
            raise ResultsError(f"{path}: cannot be written ({reason(error)})") from error
        return path

    @classmethod
    def read(cls, folder: Path) -> Plan:
        """Read the plan of a sweep.

        Raises
        ------
        ResultsError
            If there is none, or it is damaged.
        """
        path = folder / PLAN
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            if data["sweep_format"] != FORMAT:
                raise ResultsError(f"{path}: is of another version of the program; sweep again")
            return cls(
                str(data["name"]),
                tuple(Input(one["path"], one["kind"], one["unit"]) for one in data["input"]),
                str(data["pressure"]),
                tuple(
                    Planned(str(one["key"]), dict(one["inputs"]), tuple(one["levels"]))
                    for one in data["run"]
                ),
                int(data["realisations"]),
                str(data["separate"]),
                dict(data["cases"]) if "cases" in data else {"": dict(data["case"])},
            )
        except FileNotFoundError:
            raise ResultsError(f"{folder}: is no sweep; give a folder with {PLAN}") from None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ResultsError(f"{path}: cannot be read ({error}); sweep again") from None
