# SPDX-License-Identifier: MIT
"""States of a run beside its results: ``checkpoint.h5``, from which it is continued, and others.

Of increments only the last accepted one is kept, replaced whole. The file is written after the
results of its increment, so the results may be one increment ahead of it, never behind. No run may
go on from a state that was never reached: who does asks :func:`require_unchanged`. What the arrays
mean is the business of :mod:`interfacefem.drive.press`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results.files import damaged, in_memory, open_hdf5, put_in_place, reason, seal_of
from interfacefem.results.groups import Stored

FORMAT = "interfacefem checkpoint"
FORMAT_VERSION = 3
FILE_NAME = "checkpoint.h5"
#: folder of the states at the ends of steps
STATES = "states"
#: groups inside groups: ``interfaces/NAME/FIELD``
DEEPEST = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Checkpoint:
    """An accepted increment with all that the next one depends on.

    Attributes
    ----------
    run : str
        Identifier of the run it belongs to.
    rows : int
        Increments of the run up to and with this one.
    step : str
        Name of its protocol step.
    step_index : int
        Place of the step in the protocol, from 0.
    increment : int
        Number in its step, from 0; -1 before the first.
    nominal_pressure : float
        [MPa].
    began_at : float
        Time at the beginning of the step [s].
    arrays : mapping of str to ndarray
        State by name.
    present : tuple of str
        Layers in the die, bottom to top; a punch comes last.
    largest, stage_largest : float
        Largest nominal pressure of its protocol, and of the stage it is in [MPa].
    """

    run: str
    rows: int
    step: str
    step_index: int
    increment: int
    nominal_pressure: float
    began_at: float
    arrays: Mapping[str, npt.NDArray[Any]]
    present: tuple[str, ...] = ()
    largest: float = 0.0
    stage_largest: float = 0.0


_PLAIN = tuple(
    field.name for field in fields(Checkpoint) if field.name not in ("arrays", "present")
)


def state_name(step: int | None) -> str:
    """Return the file of the state at the end of a step, counted from 0; None is the start."""
    return f"{STATES}/start.h5" if step is None else f"{STATES}/{step:03d}.h5"


def write_checkpoint(folder: Path, checkpoint: Checkpoint, name: str = FILE_NAME) -> None:
    """Replace the checkpoint of a run, or another of its states.

    Raises
    ------
    ResultsError
        If it cannot be written; the one before is kept.
    """
    path = folder / name
    if (folder / STATES).is_symlink():
        raise ResultsError(
            f"{folder / STATES}: is a link, and a run writes in its own folder only; remove it"
        )
    try:
        path.parent.mkdir(exist_ok=True)
        with in_memory(path, fresh=True) as (file, image):
            file.attrs["format"] = FORMAT
            file.attrs["format_version"] = FORMAT_VERSION
            for key in _PLAIN:
                file.attrs[key] = getattr(checkpoint, key)
            file.attrs["present"] = "|".join(checkpoint.present)
            for key, values in checkpoint.arrays.items():
                file.create_dataset(key, data=values, track_times=False)
            put_in_place(path, image())
    except (OSError, RuntimeError) as error:
        raise ResultsError(
            f"{folder}: cannot write the checkpoint ({reason(error)}); the one before and the "
            "results are kept: free some space, then continue the run (interfacefem resume)"
        ) from error


def read_checkpoint(folder: Path, name: str = FILE_NAME) -> Checkpoint | None:
    """Return the checkpoint of a run, or another of its states; None if there is none.

    Raises
    ------
    ResultsError
        If the file is damaged or of another version.
    """
    path = folder / name
    if not path.is_file():
        return None
    with open_hdf5(path) as file:
        root = Stored.of(file, path)
        version = root.whole("format_version")
        if root.words("format", "") != FORMAT or version != FORMAT_VERSION:
            raise ResultsError(
                f"{path}: has checkpoint format {version}, this interfacefem reads "
                f"{FORMAT_VERSION}; continue with the interfacefem that wrote it or run the "
                "case again"
            )
        return Checkpoint(
            run=root.words("run"),
            rows=root.whole("rows"),
            step=root.words("step"),
            step_index=root.whole("step_index"),
            increment=root.whole("increment"),
            nominal_pressure=root.real("nominal_pressure"),
            began_at=root.real("began_at"),
            arrays=dict(_arrays(root, "", 0)),
            present=tuple(filter(None, root.words("present").split("|"))),
            largest=root.real("largest"),
            stage_largest=root.real("stage_largest"),
        )


def require_unchanged(folder: Path, name: str = FILE_NAME) -> None:
    """Refuse a state that is not as it was written: no run may go on from another one.

    Raises
    ------
    ResultsError
    """
    path = folder / name
    if seal_of(path) is not True:
        raise ResultsError(
            f"{path}: was changed since it was written; put back the original, or run the case "
            "again"
        )


def _arrays(group: Stored, prefix: str, depth: int) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield all arrays of a group by path; a group that is inside itself has no end."""
    if depth > DEEPEST:
        raise damaged(group.place, "lies too deep")
    for name in group.names():
        if group.is_group(name):
            yield from _arrays(group.inside(name), f"{prefix}{name}/", depth + 1)
        else:
            yield f"{prefix}{name}", group.data(name).any_array()


def remove_checkpoint(folder: Path) -> None:
    """Remove the checkpoint of a run that is complete, or replaced."""
    with contextlib.suppress(OSError):
        (folder / FILE_NAME).unlink(missing_ok=True)


def remove_states(folder: Path) -> None:
    """Remove the states of a run that is replaced, and nothing else."""
    if (folder / STATES).is_symlink():
        return
    with contextlib.suppress(OSError):
        for path in (folder / STATES).glob("*.h5"):
            if _is_state(path):
                path.unlink(missing_ok=True)
        (folder / STATES).rmdir()


def _is_state(path: Path) -> bool:
    with contextlib.suppress(OSError, ResultsError), open_hdf5(path) as file:
        return Stored.of(file, path).words("format", "") == FORMAT
    return False
