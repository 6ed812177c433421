# SPDX-License-Identifier: MIT
"""One run of a sweep in a process of its own: press it, resume it or read it, and return its rows.

A worker ends with the process that started it, however that ends: Linux is asked to kill it
(``prctl``), and a thread watches the number of the parent. What the run had accepted is stored, and
the next call of the sweep goes on from there.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from interfacefem import registry
from interfacefem.case import Case
from interfacefem.describe.stage import openings
from interfacefem.drive.progress import LogFile
from interfacefem.environment import one_thread
from interfacefem.errors import (
    CaseError,
    ConvergenceError,
    EnvironmentProblem,
    InterfaceFEMError,
    MeshError,
    ResultsError,
)
from interfacefem.post.current import focusing_factor
from interfacefem.post.maps import clusters
from interfacefem.post.risk_table import risk_table
from interfacefem.post.strengths import electrode
from interfacefem.results import Results, fields, layout
from interfacefem.results.lock import holder
from interfacefem.results.risk_rows import ratios, severity

Row = dict[str, str | float | int | None]
#: how a run fails: in the check of its case, in its mesh, in convergence, by the machine (memory, a
#: package), by its files, by a mistake of the program, or because its process ended
Failure = Literal["check", "mesh", "convergence", "machine", "results", "program", "killed"]
#: failures that come again however often the run is repeated
FINAL: frozenset[str] = frozenset({"check", "mesh", "convergence"})
#: columns of the history that say how long a run took, or what its rows say otherwise
_LEFT_OUT = frozenset({"step", "step_index", "increment", "stage", "wall_time"})
#: numbers of PR_SET_PDEATHSIG, see prctl(2)
_PDEATHSIG = 1
#: how often a worker looks whether its parent lives [s]
_LOOK = 1.0
#: gmsh and PETSc hold one state a process
_alone = threading.Lock()


@dataclass(frozen=True)
class Task:
    """What a worker needs to know of one run.

    Attributes
    ----------
    key : str
    data : dict
        The tables of the case.
    base, folder : str
        Where files of the case are looked for; folder of the run.
    levels : int
        How many pressures a staged run reaches; 0 if it is none.
    names : tuple of str
        Steps of the case as given.
    files : tuple of str
        Extensions, loaded first.
    scripts : tuple of str
        Scripts of the cases, executed where a case has laws that are not known here.
    leader, until : str
        Folder of a run that has the first steps in common; the last of these. Empty if there is
        none.
    """

    key: str
    data: dict[str, Any]
    base: str
    folder: str
    levels: int
    names: tuple[str, ...]
    files: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    leader: str = ""
    until: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes
    ----------
    key : str
    rows : list of dict
        One a moment; the last one of a run that failed says why.
    seconds : float
        Time it took here [s].
    stopped : bool
        Whether it was interrupted, so that nothing is final.
    """

    key: str
    rows: list[Row]
    seconds: float
    stopped: bool = False


def start_worker(parent: int) -> None:
    """Make this process end with its parent, and leave Ctrl-C to the parent.

    Parameters
    ----------
    parent : int
        Number of the process that started this one.
    """
    with contextlib.suppress(ValueError):  # outside the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PDEATHSIG, int(signal.SIGKILL))
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def work(task: Task) -> Outcome:
    """Bring a run to its end and return its rows; errors become rows."""
    begun = time.perf_counter()
    with _alone, one_thread(asked=False):
        try:
            rows = _work(task)
        except _Stopped:
            return Outcome(task.key, [], time.perf_counter() - begun, stopped=True)
    return Outcome(task.key, rows, time.perf_counter() - begun)


def failure(key: str, kind: Failure, reason: BaseException | str) -> Row:
    """Return the row that says why a run failed."""
    return {"key": key, "level": None, "step": None, "failure": kind, "reason": in_words(reason)}


def in_words(error: BaseException | str) -> str:
    """Return a message on one line."""
    if isinstance(error, CaseError):
        return "; ".join(str(mistake) for mistake in error.mistakes)
    text = str(error)
    lines = [line.strip(" -") for line in text.splitlines()]
    return "; ".join(line for line in lines if line)


class _Stopped(Exception):
    """The run was interrupted."""


def _work(task: Task) -> list[Row]:
    folder = Path(task.folder)
    failed: Row | None = None
    try:
        case = _case(task)
        case.require()
        _reach(case, folder, task)
    except ConvergenceError as error:
        failed = failure(task.key, "convergence", error)
    except InterfaceFEMError as error:
        return [failure(task.key, _kind(error), error)]
    except MemoryError as error:
        return [failure(task.key, "machine", f"out of memory: {error}")]
    except (KeyboardInterrupt, SystemExit):
        raise _Stopped from None
    except _Stopped:
        raise
    except Exception as error:  # a sweep goes on after a mistake of the program, and says so
        return [failure(task.key, "program", f"{type(error).__name__}: {error}")]
    if not (folder / layout.FILE_NAME).is_file():
        return [failed] if failed else []
    with Results.open(folder) as results:
        opens = openings(case.protocol.stages)
        rows = moments(results, task, opens, whole=failed is None)
        if failed is not None and len(results):
            steps = max(1, len(task.names))
            last = int(results.history["step_index"][-1])
            failed["level"] = last // steps if task.levels else None
            failed["step"] = task.names[last % steps]
    return [*rows, *([failed] if failed else [])]


def _kind(error: InterfaceFEMError) -> Failure:
    if isinstance(error, CaseError) and all(m.place.startswith("mesh") for m in error.mistakes):
        return "mesh"
    kinds: tuple[tuple[type[InterfaceFEMError], Failure], ...] = (
        (MeshError, "mesh"),
        (EnvironmentProblem, "machine"),
        (ResultsError, "results"),
    )
    return next((kind for error_type, kind in kinds if isinstance(error, error_type)), "check")


def _case(task: Task) -> Case:
    """Return the case; laws of its own script are loaded where they are missing."""
    for file in task.files:
        registry.load_file(Path(file))
    try:
        return Case.from_dict(task.data, folder=task.base, source=task.key)
    except InterfaceFEMError:
        if not task.scripts:
            raise
    for script in task.scripts:
        Case.load(script)
    return Case.from_dict(task.data, folder=task.base, source=task.key)


def _reach(case: Case, folder: Path, task: Task) -> None:
    """Bring a run to its end: read it, resume it or begin it, after what its leader did.

    Raises
    ------
    ConvergenceError
        If it stops, or had stopped before.
    InterfaceFEMError
        Whatever else keeps it from its end.
    """
    from interfacefem.drive.run import resume, run_case
    from interfacefem.drive.sharing import share

    if task.leader and not (folder / layout.FILE_NAME).is_file():
        with contextlib.suppress(ResultsError, CaseError):  # then it does all steps itself
            share(case, folder, Path(task.leader), task.until)
    log = LogFile(folder / "run.log")
    if (folder / layout.FILE_NAME).is_file():
        if (who := holder(folder)) is not None:
            raise ResultsError(f"{folder}: is being written by {who}; wait for its end")
        with contextlib.suppress(ResultsError), Results.open(folder) as found:
            status = found.status
            if status == "complete":
                return
            if status.startswith("stopped: stopped in step"):
                raise ConvergenceError(
                    str(found.history["step"][-1]) if len(found) else case.protocol.names[0],
                    float(found.history["nominal_pressure"][-1]) if len(found) else 0.0,
                    [line.strip(" -") for line in found.message.splitlines()[1:]],
                )
        with contextlib.suppress(ResultsError):
            _ended(resume(folder, listeners=(log,)))
            return
    _ended(run_case(case, folder, overwrite=True, listeners=(log,)))


def _ended(results: Results) -> None:
    with results:
        if results.status.startswith("interrupted"):
            raise _Stopped


def moments(results: Results, task: Task, opens: Sequence[bool], *, whole: bool) -> list[Row]:
    """Return one row for the end of every step that a run has reached.

    Parameters
    ----------
    results : Results
    task : Task
    opens : sequence of bool
        Whether the die is opened before each stage.
    whole : bool
        Whether the last step that is there has come to its end.
    """
    history = results.history
    index = np.asarray(history["step_index"], dtype=int)
    ends = [int(np.flatnonzero(index == number)[-1]) for number in dict.fromkeys(index.tolist())]
    rows: list[Row] = []
    solves = np.cumsum(history["linear_solves"])
    highest = _since_opening(history, opens)
    for row in ends if whole else ends[:-1]:
        level, number = divmod(int(index[row]), len(task.names))
        found: Row = {
            "key": task.key,
            "level": level if task.levels else None,
            "step": task.names[number],
            "failure": "",
            "reason": "",
            "increments [-]": row + 1,
            "solves [-]": int(solves[row]),
            "degrees of freedom [-]": int(results.mesh.points.size),
            "highest pressure [MPa]": float(highest[row]),
        }
        for name in history.names:
            if name in _LEFT_OUT or name == "linear_solves":
                continue
            value = float(history[name][row])
            if math.isfinite(value) or math.isinf(value):
                found[f"{name} [{history.units[name]}]"] = value
        step, increment = results.when(row)
        for name in results.interfaces:
            state = results.interface(name).at(step, increment)
            if not state.present:
                continue
            found[f"contacts[{name}] [-]"] = len(clusters(state))
            if float(np.max(state.contact_pressure.values, initial=0.0)) > 0.0:
                varied = state.contact_pressure.coefficient_of_variation()
                found[f"pressure_variation[{name}] [-]"] = float(varied)
            if electrode(results.materials, name) and results.has_current_at(row):
                density = results.current(step, increment).interface(name)
                crowded = focusing_factor(density, percentile=99.0)  # the largest hangs on the mesh
                found[f"current_over_mean[{name}] [-]"] = crowded
        found |= _risks(results, step)
        rows.append(found)
    return rows


def _since_opening(history: fields.History, opens: Sequence[bool]) -> npt.NDArray[np.float64]:
    """Return the highest nominal pressure since the die was last opened [MPa]."""
    highest = np.array(history["nominal_pressure"])
    opened = np.cumsum([0, *(opens or [False])])[np.asarray(history["stage"], dtype=int) + 1]
    for number in np.unique(opened):
        inside = opened == number
        highest[inside] = np.maximum.accumulate(highest[inside])
    return highest


def _risks(results: Results, step: str) -> Row:
    """Return value over threshold of the worst row of each cause: least, as given, most."""
    found: Row = {}
    if not results.materials:
        return found
    worst: dict[str, Any] = {}
    for row in risk_table(results, step).rows:
        plain = asdict(row)
        if row.cause not in worst or severity(plain) < severity(worst[row.cause]):
            worst[row.cause] = plain
    for cause, plain in worst.items():
        for end, value in zip(("least", "given", "most"), ratios(plain), strict=True):
            found[f"risk[{cause}] {end} [-]"] = value
    return found
