# SPDX-License-Identifier: MIT
"""What a sweep runs: which values, which realisations, which cases, and the file that says so.

Lists are crossed with each other. ``"range"`` takes the low end, the value as given and the high
end; with ``sample="lhs:N"`` the ranges are sampled together by a Latin hypercube of N points
(McKay, Beckman, Conover 1979, Technometrics 21, 239), evenly in the logarithm where a range spans
more than a factor of three. Values of a material that were fitted together with one that is varied
change in proportion with it, unless they are varied themselves. Realisations are crossed with lists
and dealt out over the points of a sample. The pressure of a press becomes one run with rising peaks
where that is the same. Several cases are crossed with all of it.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.describe.case import Description
from interfacefem.errors import CaseError, InterfaceFEMError, Mistake, SurfaceError
from interfacefem.materials import Material
from interfacefem.names import name_problem
from interfacefem.quantities import mistakes_of, one_mistake
from interfacefem.sweep.inputs import (
    Input,
    Plain,
    Tables,
    changed,
    companions,
    find_input,
    library_range,
)
from interfacefem.sweep.ladder import is_pressure, require_one_pressure, staged, why_separate
from interfacefem.sweep.plan import CASE, REALISATION, Plan, Planned
from interfacefem.sweep.realisations import realisation
from interfacefem.units import to_internal

#: high over low end of a range above which it is sampled evenly in its logarithm
_LOGARITHMIC = 3.0
#: more runs are taken for a slip
MOST_RUNS = 10_000

#: what a user gives for one input
Values = str | Iterable[Any]


def make_plan(
    cases: Description | Mapping[str, Description],
    over: Mapping[str, Values],
    *,
    seeds: int | Sequence[int] = 0,
    sample: str | None = None,
    name: str,
    separate: bool = False,
    folder: Path,
    target: Path,
) -> Plan:
    """Return the runs of a sweep.

    Parameters
    ----------
    cases : Description or mapping of str to Description
        Several are crossed with all that is varied; their names are the column ``case``.
    over : mapping of str to values
        By path of the input: a list of values, ``"range"``, or a range as ``"1 MPa to 5 MPa"``.
    seeds : int or sequence of int
        How many new realisations of the faces, or which; 0 takes those of the case.
    sample : str, optional
        ``"lhs:N"``.
    name : str
    separate : bool
        Whether each pressure has a run of its own in any case.
    folder, target : Path
        Where files of the case are looked for; where heights without a recipe are kept.

    Raises
    ------
    CaseError
        If an input is unknown, a value unreadable, or nothing is varied.
    """
    if not isinstance(cases, Mapping):
        one = _Variations.read(cases, over, seeds, sample, folder, target)
        if not one.varies:
            raise one_mistake("sweep", "nothing is varied", "give over=..., seeds=..., or both")
        return one.plan(name, separate=separate)
    if not cases:
        raise one_mistake("sweep", "has no cases", "give at least one")
    read = {}
    for number, (given, case) in enumerate(cases.items()):
        problem, _, remedy = name_problem(given).rpartition("; ")
        if problem:
            raise one_mistake("case", problem, remedy)
        try:
            # heights of each case in a folder of its own: layers may have the same names
            own = target / "cases" / str(number)
            read[given] = _Variations.read(case, over, seeds, sample, folder, own)
        except CaseError as error:
            found = [replace(one, place=f"{given}: {one.place}") for one in error.mistakes]
            raise CaseError(found, "sweep") from error
    # one way to reach pressures for all of them
    why = next(filter(None, (one.why_separate for one in read.values())), "")
    plans = {key: one.plan(name, separate=separate or bool(why)) for key, one in read.items()}
    first = next(iter(plans.values()))
    return replace(
        first,
        inputs=tuple(dict.fromkeys(one for plan in plans.values() for one in plan.inputs)),
        runs=tuple(
            replace(run, inputs={CASE: key, **run.inputs})
            for key, plan in plans.items()
            for run in plan.runs
        ),
        separate=why if why and not separate else first.separate,
        cases={key: one.data for key, one in read.items()},
    )


@dataclass(frozen=True)
class _Variations:
    """What is varied of one case, as it was read.

    Attributes
    ----------
    case : Description
    data : dict
        Its tables.
    lists, ranges : dict
        Values of inputs, each as it is written and as it is shown; low end, middle, high end.
    points : list of dict
        Points in the ranges.
    deal : bool
        Whether realisations are dealt out over them.
    numbers : list of int
        The realisations.
    folder : Path
        Where files of the case are looked for.
    """

    case: Description
    data: Tables
    lists: dict[Input, list[tuple[Any, Plain]]]
    ranges: dict[Input, tuple[float, float, float]]
    points: list[dict[Input, float]]
    deal: bool
    numbers: list[int]
    folder: Path

    @classmethod
    def read(
        cls,
        case: Description,
        over: Mapping[str, Values],
        seeds: int | Sequence[int],
        sample: str | None,
        folder: Path,
        target: Path,
    ) -> _Variations:
        """Read what is varied.

        Raises
        ------
        CaseError
            With all mistakes.
        """
        data = _tables(case, folder, target)
        mistakes: list[Mistake] = []
        lists: dict[Input, list[tuple[Any, Plain]]] = {}
        ranges: dict[Input, tuple[float, float, float]] = {}
        layers = {layer.name: layer.material for layer in case.stack.layers}
        for path, given in over.items():
            try:
                one, listed, ends = _read(data, path, given, layers)
            except InterfaceFEMError as error:
                mistakes += mistakes_of(error, path)
                continue
            if ends is not None:
                ranges[one] = ends
            else:
                lists[one] = listed
        count = _points(sample, mistakes)
        numbers = _numbers(seeds, mistakes)
        if count and not ranges and not mistakes:
            mistakes.append(Mistake("sample", "no input has a range", 'write PATH = "range"'))
        if mistakes:
            raise CaseError(mistakes, "sweep")
        require_one_pressure([one.path for one in lists if is_pressure(data, one.path)])
        points = _sampled(ranges, count)
        return cls(case, data, lists, ranges, points, count > 0, numbers, folder)

    @property
    def varies(self) -> bool:
        """Whether there is more than the case itself."""
        return bool(self.lists or self.ranges or self.numbers)

    @property
    def rising(self) -> Input | None:
        """The pressure that is varied by a list."""
        return next((one for one in self.lists if is_pressure(self.data, one.path)), None)

    @property
    def why_separate(self) -> str:
        """Why each pressure needs a run of its own; empty if it does not."""
        if self.rising is None:
            return ""
        case = self.case
        return why_separate(case.stack, case.protocol, self.data, self.rising.path)

    def plan(self, name: str, *, separate: bool) -> Plan:
        """Return the runs.

        Raises
        ------
        CaseError
            If there are too many.
        """
        rising, why = self.rising, "" if separate else self.why_separate
        together = rising is not None and len(self.lists[rising]) > 1 and not (why or separate)
        crossed = {
            one: values for one, values in self.lists.items() if not (together and one is rising)
        }
        runs: dict[str, Planned] = {}
        for number, tables, inputs in self._each(crossed):
            drawn: dict[str, Plain] = {} if number is None else {REALISATION: number}
            levels: tuple[Plain, ...] = ()
            if together and rising is not None:
                values = sorted(
                    self.lists[rising], key=lambda pair: to_internal(pair[0], rising.kind)
                )
                tables = staged(tables, rising.path, [str(value) for value, _ in values])
                levels = tuple(shown for _, shown in values)
            key = key_of(tables, self.case)
            tables["name"] = key
            steps = tuple(self.case.protocol.names)
            runs.setdefault(key, Planned(key, drawn | inputs, levels, tables, steps))
            if len(runs) > MOST_RUNS:
                raise one_mistake("sweep", f"has more than {MOST_RUNS} runs", "vary less")
        return Plan(
            name,
            (*self.lists, *self.ranges),
            rising.column if rising is not None else "",
            tuple(runs.values()),
            max(1, len(self.numbers)),
            "asked for" if separate and rising is not None else why,
            {"": self.data},
        )

    def _each(
        self, lists: Mapping[Input, list[tuple[Any, Plain]]]
    ) -> Iterable[tuple[int | None, Tables, dict[str, Plain]]]:
        """Yield each run: number of the realisation, tables, and what its columns show."""
        layers = {layer.name: layer.material for layer in self.case.stack.layers}
        drawn: list[tuple[int | None, Tables]] = [
            (number, realisation(self.data, number, self.folder)) for number in self.numbers
        ]
        drawn = drawn or [(None, self.data)]
        for index, point in enumerate(self.points):
            # realisations are dealt out over the points of a sample
            chosen = [drawn[index % len(drawn)]] if self.deal else drawn
            for number, base in chosen:
                for combination in itertools.product(*lists.values()):
                    tables, inputs = dict(base), dict[str, Plain]()
                    read = dict(zip(lists, combination, strict=True))
                    read |= {one: one.read(value) for one, value in point.items()}
                    varied = {one.path for one in read}
                    for one, (value, shown) in read.items():
                        for path, other in companions(layers, one.path, value).items():
                            tables = tables if path in varied else changed(tables, path, other)
                        tables = changed(tables, one.path, value)
                        inputs[one.column] = shown
                    yield number, tables, inputs


def key_of(data: Tables, case: Description) -> str:
    """Return the hash of a case: of its tables, and of the library's values of its materials.

    Its name, and where its results go, are not in it.
    """
    output = {k: v for k, v in data.get("output", {}).items() if k != "path"}
    plain = {k: v for k, v in data.items() if k != "name"} | {"output": output}
    values = [
        [[name, record.value, record.low, record.high] for name, record in layer.material.records]
        for layer in case.stack.layers
    ]
    text = json.dumps([plain, values], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _tables(case: Description, folder: Path, target: Path) -> Tables:
    """Return the tables of a case; paths of maps and of a mesh in it are absolute."""
    try:
        data = case.to_dict()
    except (SurfaceError, CaseError):  # too many heights to list, or a mesh
        target.mkdir(parents=True, exist_ok=True)
        data = case.to_dict(target)
    recipes: Any = data.get("surface", {})
    for recipe in recipes.values():
        if recipe.get("kind") == "file":
            found = [place / recipe["path"] for place in (folder, target, Path.cwd())]
            recipe["path"] = str(next((p for p in found if p.is_file()), found[0]).absolute())
    mesh: Any = data["mesh"]
    if "file" in mesh:
        mesh["file"] = str((target / mesh["file"]).absolute())
    output: Any = data["output"]
    output.pop("path", None)
    return data


def _read(
    data: Tables, path: str, given: Values, layers: Mapping[str, Material]
) -> tuple[Input, list[tuple[Any, Plain]], tuple[float, float, float] | None]:
    """Return an input with its values, or with low end, middle and high end of its range."""
    if given == "range":
        one = find_input(data, path)
        low, high = library_range(layers, path)
        name, _, prop = path.removeprefix("layer.").rpartition(".material.")
        return one, [], (low, float(layers[name].value(prop).value), high)
    parts = re.split(r"\s+to\s+|\.\.", given) if isinstance(given, str) else []
    if len(parts) == 2:
        one = find_input(data, path, parts[0])
        if not one.kind:
            raise one_mistake(path, "is no number", "give a list of values")
        low, high = (to_internal(part.strip(), one.kind, place=path) for part in parts)
        if not low < high:
            raise one_mistake(path, f"the range {given!r} does not rise", "write low to high")
        return one, [], (low, 0.5 * (low + high), high)
    values = [given] if isinstance(given, str | int | float) else list(given)
    if not values:
        raise one_mistake(path, "has no values", "give at least one")
    one = find_input(data, path, values[0])
    return one, [one.read(value) for value in values], None


def _points(sample: str | None, mistakes: list[Mistake]) -> int:
    if sample is None:
        return 0
    kind, _, count = str(sample).partition(":")
    if kind != "lhs" or not count.isdecimal() or not 1 <= int(count) <= MOST_RUNS:
        mistakes.append(Mistake("sample", f"{sample!r} is unknown", 'write "lhs:24"'))
        return 0
    return int(count)


def _numbers(seeds: int | Sequence[int], mistakes: list[Mistake]) -> list[int]:
    if isinstance(seeds, int) and not 0 <= seeds <= MOST_RUNS:  # before there is a list of them
        mistakes.append(Mistake("seeds", f"{seeds!r} is out of range", "write for example 12"))
        return []
    numbers = list(range(1, seeds + 1)) if isinstance(seeds, int) else [int(one) for one in seeds]
    if isinstance(seeds, bool) or any(n < 0 for n in numbers) or len(set(numbers)) < len(numbers):
        mistakes.append(Mistake("seeds", f"{seeds!r} is no count", "write for example 12"))
        return []
    return numbers


def _sampled(
    ranges: Mapping[Input, tuple[float, float, float]], count: int
) -> list[dict[Input, float]]:
    """Return points in the ranges: a Latin hypercube, or all low, middle and high ends."""
    if not ranges:
        return [{}]
    if not count:
        ends = [sorted(set(three)) for three in ranges.values()]
        return [dict(zip(ranges, point, strict=True)) for point in itertools.product(*ends)]
    from scipy.stats import qmc

    # the same sample every time, so that a sweep that is called again finds its runs
    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(0)).random(count)
    columns = []
    for (low, _, high), part in zip(ranges.values(), unit.T, strict=True):
        even = low + part * (high - low)
        if low > 0.0 and high > _LOGARITHMIC * low:
            even = low * (high / low) ** part
        columns.append([float(f"{value:.6g}") for value in even])
    return [dict(zip(ranges, point, strict=True)) for point in zip(*columns, strict=True)]
