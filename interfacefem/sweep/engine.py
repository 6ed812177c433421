# SPDX-License-Identifier: MIT
"""Where the runs of a sweep are done: processes of this machine, or a Dask cluster by address.

Processes are those of ``concurrent.futures``, clusters those of ``dask.distributed``; nothing is
scheduled here. Each run has one core. Outcomes come back to one process, which alone writes.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from interfacefem.environment import THREADS
from interfacefem.errors import EnvironmentProblem, InterfaceFEMError
from interfacefem.results.files import reason
from interfacefem.sweep.worker import Failure, Outcome, Task, failure, start_worker, work

#: how long workers may take to close their runs after Ctrl-C before they are killed [s]
GRACE = 8.0
#: how often a run is tried whose process ended without a word, as one without memory does
TRIES = 2
#: libraries that would start as many threads as there are cores
_THREADS = (*THREADS, "NUMBA_NUM_THREADS")

#: what is told of each outcome
Done = Callable[[Outcome], None]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_tasks(
    tasks: Sequence[Task],
    done: Done,
    *,
    workers: int | None = None,
    cluster: str | None = None,
) -> None:
    """Do all tasks and hand each outcome on as it comes.

    Parameters
    ----------
    tasks : sequence of Task
    done : callable
        Called in this process, with one outcome at a time.
    workers : int, optional
        Processes on this machine; as many as there are cores by default.
    cluster : str, optional
        Address of the scheduler of a Dask cluster, e.g. ``"tcp://node1:8786"``. Its workers must
        see the folder of the sweep under the same path, and have this program.

    Raises
    ------
    EnvironmentProblem
        If Dask is missing, or there is no cluster at the address.
    KeyboardInterrupt
        After Ctrl-C, when all workers have ended.
    """
    if not tasks:
        return
    if cluster is not None:
        _on_cluster(tasks, done, cluster)
        return
    count = min(len(tasks), cores() if workers is None else workers)
    left = {task.key: task for task in tasks}
    deaths = dict.fromkeys(left, 0)
    while left:
        # Alone, a run whose process dies is known for certain.
        suspects = [task for task in left.values() if deaths[task.key]]
        batch = suspects[:1] or list(left.values())
        for key in _on_processes(batch, done, left, min(count, len(batch))):
            deaths[key] += 1
            if deaths[key] >= TRIES or len(batch) == 1:
                why = "the process of the run ended without a word; is there enough memory?"
                done(Outcome(key, [failure(key, "killed", why)], 0.0))
                left.pop(key, None)


def _on_processes(
    batch: Sequence[Task], done: Done, left: dict[str, Task], count: int
) -> list[str]:
    """Do tasks on this machine; return those that were under way when a process died."""
    # DOLFINx, PETSc and MPI do not survive a fork.
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(
        count, mp_context=context, initializer=start_worker, initargs=(os.getpid(),)
    )
    futures: dict[Future[Outcome], Task] = {}
    broken = False
    try:
        with _one_thread_each(), _importable_main():
            waiting = list(reversed(batch))
            while waiting or futures:
                while waiting and len(futures) < count:
                    task = waiting.pop()
                    futures[pool.submit(work, task)] = task
                for future in _next(futures):
                    outcome = future.result()
                    left.pop(outcome.key, None)
                    del futures[future]
                    done(outcome)
    except BrokenProcessPool:
        broken = True
    except BaseException:
        _end(before)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [task.key for task in futures.values() if task.key in left] if broken else []


def _next(futures: dict[Future[Outcome], Task]) -> list[Future[Outcome]]:
    """Wait for the next outcome."""
    return [next(iter(as_completed(futures)))]


def _end(before: set[Any]) -> None:
    """End the processes that were started here: they close their runs, or are killed."""
    mine = [child for child in multiprocessing.active_children() if child not in before]
    for child in mine:
        child.terminate()
    limit = time.monotonic() + GRACE
    for child in mine:
        child.join(max(0.0, limit - time.monotonic()))
        if child.is_alive():
            child.kill()


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that are started inside compute on one thread each, unless told otherwise."""
    added = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextlib.contextmanager
def _importable_main() -> Iterator[None]:
    """Let processes that are started inside not look for a script that came from the terminal."""
    main: Any = sys.modules["__main__"]
    name = getattr(main, "__file__", None)
    if name is None or Path(name).exists():
        yield
        return
    del main.__file__  # "<stdin>", of which each new process would want to read the script
    try:
        yield
    finally:
        main.__file__ = name


def _on_cluster(tasks: Sequence[Task], done: Done, address: str) -> None:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise EnvironmentProblem(
            "a cluster needs dask.distributed; install it with: pip install 'interfacefem[sweep]'"
        ) from error
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(
            f"no Dask cluster answers at {address} ({reason(error)}); start one, "
            "or correct the address"
        ) from None
    with client:
        keys: dict[Any, Task] = {}
        futures = []
        for task in tasks:
            future = client.submit(work, task, pure=False, retries=TRIES - 1)
            keys[future.key] = task
            futures.append(future)
        try:
            for future in distributed.as_completed(futures):
                done(_of_cluster(future, keys[future.key]))
                future.release()
        except BaseException:
            client.cancel(futures)
            raise


def _of_cluster(future: Any, task: Task) -> Outcome:
    """Return the outcome of a run on a cluster; what the cluster could not do is a failure."""
    if future.status == "finished":
        outcome: Outcome = future.result()
        return outcome
    error = future.exception()
    kind: Failure = "machine" if isinstance(error, InterfaceFEMError | ImportError) else "killed"
    why = f"the cluster did not bring it to an end: {type(error).__name__}: {error}"
    return Outcome(task.key, [failure(task.key, kind, why)], 0.0)
