# SPDX-License-Identifier: MIT
"""A sweep: a case with some of its inputs varied, or several cases; one folder, one table.

``sweeps/NAME`` holds ``plan.toml``, ``rows.jsonl``, ``table.csv`` and ``runs/KEY``, the key being a
hash of the case. Called again, a sweep does what is missing: finished runs are read, half-done ones
resumed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interfacefem.describe.case import Description
from interfacefem.errors import ResultsError
from interfacefem.names import in_minutes, name_problem
from interfacefem.quantities import AnyPath, one_mistake, user_path
from interfacefem.results.lock import RunLock
from interfacefem.sweep.engine import run_tasks
from interfacefem.sweep.plan import RUNS, Plan, Planned
from interfacefem.sweep.planning import Values, make_plan
from interfacefem.sweep.shared import Leader, leaders
from interfacefem.sweep.table import RowFile, SweepTable, is_final
from interfacefem.sweep.worker import Outcome, Task

if TYPE_CHECKING:
    import pandas as pd

#: where sweeps go unless told otherwise
SWEEPS = Path("sweeps")


class Sweep:
    """Runs of a case with some of its inputs varied, or of several cases.

    Parameters
    ----------
    case : Case or mapping of str to Case
        What is varied. Several cases, by a name of each, are crossed with what is varied of them,
        which may be nothing; the name is the column ``case``.
    over : mapping of str to values
        By path of the input, as in a case file: ``"step.secondary press.to"``,
        ``"layer.anode.material.yield_stress"``, ``"interface.separator|anode.friction"``. Values
        are a list; ``"range"`` for the range of the library; or a range of one's own,
        ``"0.4 MPa to 1.2 MPa"``. Lists are crossed; of ranges the ends and the middle, or a sample.
    seeds : int or sequence of int
        How many new realisations of every synthesised face, or which. A line cut from a measured
        map is cut elsewhere.
    sample : str, optional
        ``"lhs:N"``: N points of a Latin hypercube over all ranges; realisations are dealt out over
        them.
    name : str, optional
        Name of the folder; that of the case by default. Several cases need one.
    folder : path, optional
        Another folder than ``sweeps/NAME``.
    separate : bool
        Whether each pressure has a run of its own, also where one run could reach them all.
    base : path
        Where files of the case are looked for.
    files : sequence of path
        Extensions that a worker loads first.
    script : path or sequence of path, optional
        Script of the case, or of each of them, if it holds laws of its own.

    Attributes
    ----------
    plan : Plan
    folder : Path

    Raises
    ------
    CaseError
        If an input is unknown, a value unreadable, or nothing is varied; with all mistakes.

    Examples
    --------
    >>> sweep = Sweep(case, {"step.press.to": ["25 MPa", "60 MPa"]}, seeds=12)  # doctest: +SKIP
    >>> table = sweep.run()  # doctest: +SKIP
    >>> Sweep({"bonded": one, "without bonds": two}, seeds=3, name="bonds")  # doctest: +SKIP
    """

    def __init__(
        self,
        case: Description | Mapping[str, Description],
        over: Mapping[str, Values] | None = None,
        *,
        seeds: int | Sequence[int] = 0,
        sample: str | None = None,
        name: str | None = None,
        folder: AnyPath | None = None,
        separate: bool = False,
        base: AnyPath = ".",
        files: Sequence[AnyPath] = (),
        script: AnyPath | Sequence[AnyPath] = (),
    ) -> None:
        given = "" if folder is None else user_path(folder, "sweep").name
        called: str = name or (given if isinstance(case, Mapping) else case.name)
        problem, _, remedy = name_problem(called).rpartition("; ")
        if problem:
            raise one_mistake("name", problem, remedy)
        self.folder = SWEEPS / called if folder is None else user_path(folder, "sweep")
        self._base = Path(base).expanduser().absolute()
        self._files = _absolute(files)
        scripts = [script] if isinstance(script, str | os.PathLike) else script
        self._scripts = _absolute(scripts)
        self.plan: Plan = make_plan(
            case, over or {}, seeds=seeds, sample=sample, name=called, separate=separate,
            folder=self._base, target=self.folder,
        )  # fmt: skip

    def __repr__(self) -> str:
        varied = ", ".join(self.plan.columns) or "nothing"
        return f"<Sweep {self.plan.name}: {len(self.plan.runs)} runs over {varied}>"

    def run(
        self,
        *,
        workers: int | None = None,
        cluster: str | None = None,
        retry: bool = False,
        tell: Callable[[str], object] | None = None,
    ) -> SweepTable:
        """Do all runs that are missing and return the table.

        Parameters
        ----------
        workers : int, optional
            Processes on this machine; as many as there are cores by default. A script that calls
            this does so under ``if __name__ == "__main__":``.
        cluster : str, optional
            Address of the scheduler of a Dask cluster in their place.
        retry : bool
            Repeat runs that failed, too.
        tell : callable, optional
            Called with a line about each run that ends, with the time left.

        Raises
        ------
        CaseError
            If the number of workers is not positive.
        ResultsError
            If another process writes this sweep, or the folder cannot be written.
        EnvironmentProblem
            If the cluster cannot be reached.
        KeyboardInterrupt
            After Ctrl-C; what is finished is kept.
        """
        if workers is not None and workers < 1:
            raise one_mistake("workers", f"{workers} is out of range", "write 1 or more")
        say = tell or (lambda text: None)
        with RunLock.take(self.folder):
            self.plan.write(self.folder)
            file = RowFile(self.folder)
            found = file.read()
            left = [
                run
                for run in self.plan.runs
                if not is_final(found.get(run.key, []))
                or (retry and any(row.get("failure") for row in found[run.key]))
            ]
            led = leaders(self.plan)
            say(self._begin(left, led))
            clock = _Clock([run.key in led for run in left], len(self.plan.runs) - len(left))

            def done(outcome: Outcome) -> None:
                if outcome.stopped:
                    return
                file.append(outcome)
                found[outcome.key] = outcome.rows
                say(clock.line(outcome, led=outcome.key in led))

            first = [self._task(run) for run in left if run.key not in led]
            then = [self._task(run, led[run.key]) for run in left if run.key in led]
            try:
                for tasks in (first, then):  # those that are led begin when their leaders are there
                    run_tasks(tasks, done, workers=workers, cluster=cluster)
            finally:
                table = SweepTable.of(self.plan, found, self.folder)
                table.write()
        return table

    def table(self) -> SweepTable:
        """Return the table of what is done by now.

        Raises
        ------
        ResultsError
            If nothing is there.
        """
        if not self.folder.is_dir():
            raise ResultsError(f"{self.folder}: the sweep has not begun; call run()")
        return SweepTable.of(self.plan, RowFile(self.folder).read(), self.folder)

    def to_dataframe(self) -> pd.DataFrame:
        """Return :meth:`table` as a ``pandas.DataFrame``."""
        return self.table().to_dataframe()

    def _begin(self, left: Sequence[Planned], led: Mapping[str, Leader]) -> str:
        runs, levels = len(self.plan.runs), max(len(run.levels) for run in self.plan.runs)
        text = f"{self.plan.name}: {runs} runs over {', '.join(self.plan.columns)}"
        if levels:
            text += f"; each reaches {levels} pressures one after the other"
        elif self.plan.separate:
            text += f"; one run a pressure: {self.plan.separate}"
        if led:
            steps = ", ".join(
                f"'{step}'" for step in dict.fromkeys(one.step for one in led.values())
            )
            text += f"; {len(led)} of them begin with what another one did up to {steps}"
        if len(left) < runs:
            text += f"; {runs - len(left)} are there already"
        return text

    def _task(self, run: Planned, leader: Leader | None = None) -> Task:
        runs = (self.folder / RUNS).absolute()
        return Task(
            run.key, run.data, str(self._base), str(runs / run.key),
            len(run.levels), run.steps, self._files, self._scripts,
            *(("", "") if leader is None else (str(runs / leader.key), leader.step)),
        )  # fmt: skip


def _absolute(paths: Sequence[AnyPath]) -> tuple[str, ...]:
    return tuple(str(Path(path).expanduser().absolute()) for path in paths)


class _Clock:
    """How far a sweep is, and how long it still takes.

    Parameters
    ----------
    led : list of bool
        For each run that is left, whether another one does its first steps.
    before : int
        Runs that were there already.
    """

    def __init__(self, led: Sequence[bool], before: int) -> None:
        self._left = [len(led) - sum(led), sum(led)]
        self._seconds: tuple[list[float], list[float]] = ([], [])
        self._all, self._done = before + len(led), before
        self._begun = time.perf_counter()

    def line(self, outcome: Outcome, *, led: bool) -> str:
        """Count an outcome and return what to say."""
        self._done += 1
        self._left[led] -= 1
        self._seconds[led].append(outcome.seconds)
        why = next((row for row in outcome.rows if row.get("failure")), None)
        text = f"  {self._done} of {self._all}  {outcome.key}  {outcome.seconds:.0f} s"
        if why is not None:
            text += f"  failed ({why['failure']}): {why['reason']}"
        if any(self._left):
            text += f"  about {in_minutes(self._rest())} left"
        return text

    def _rest(self) -> float:
        """Return the time that is left [s], from what runs of each kind have taken so far."""
        every = [*self._seconds[0], *self._seconds[1]]
        means = [sum(part or every) / len(part or every) for part in self._seconds]
        at_once = sum(every) / (time.perf_counter() - self._begun)
        work = sum(count * mean for count, mean in zip(self._left, means, strict=True))
        return work / max(at_once, 1e-9)
