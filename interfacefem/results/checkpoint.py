# SPDX-License-Identifier: MIT
"""The state from which a run is continued: ``checkpoint.h5`` beside the results, replaced whole.

Only the last accepted increment is kept. The file is written after the results of its increment, so
the results may be one increment ahead of it, never behind. What the arrays mean is the business of
:mod:`interfacefem.drive.checkpoint`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results.files import in_memory, put_in_place, reason

FORMAT = "interfacefem checkpoint"
FORMAT_VERSION = 1
FILE_NAME = "checkpoint.h5"


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
    """

    run: str
    rows: int
    step: str
    step_index: int
    increment: int
    nominal_pressure: float
    began_at: float
    arrays: Mapping[str, npt.NDArray[Any]]


_PLAIN = tuple(field.name for field in fields(Checkpoint) if field.name != "arrays")


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint of a run.

    Raises
    ------
    ResultsError
        If it cannot be written; the one before is kept.
    """
    path = folder / FILE_NAME
    try:
        with in_memory(path, fresh=True) as (file, image):
            file.attrs["format"] = FORMAT
            file.attrs["format_version"] = FORMAT_VERSION
            for name in _PLAIN:
                file.attrs[name] = getattr(checkpoint, name)
            for name, values in checkpoint.arrays.items():
                file.create_dataset(name, data=values, track_times=False)
            put_in_place(path, image())
    except (OSError, RuntimeError) as error:
        raise ResultsError(
            f"{folder}: cannot write the checkpoint ({reason(error)}); the one before and the "
            "results are kept: free some space, then continue the run (interfacefem resume)"
        ) from error


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the checkpoint of a run, None if there is none.

    Raises
    ------
    ResultsError
        If the file is damaged or of another version.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return None
    remedy = "it cannot be continued; run the case again"
    try:
        with h5py.File(path, "r", locking="best-effort") as file:
            version = file.attrs.get("format_version")
            if file.attrs.get("format") != FORMAT or version != FORMAT_VERSION:
                raise ResultsError(
                    f"{path}: has checkpoint format {version}, this interfacefem reads "
                    f"{FORMAT_VERSION}; continue with the interfacefem that wrote it or run the "
                    "case again"
                )
            plain = {name: file.attrs[name] for name in _PLAIN}
            arrays: dict[str, npt.NDArray[Any]] = {}

            def take(name: str, item: Any) -> None:
                if isinstance(item, h5py.Dataset):
                    arrays[name] = np.asarray(item[()])

            file.visititems(take)
    except (KeyError, OSError, RuntimeError) as error:
        raise ResultsError(f"{path}: is damaged ({reason(error)}); {remedy}") from error
    return Checkpoint(
        run=str(plain["run"]),
        rows=int(plain["rows"]),
        step=str(plain["step"]),
        step_index=int(plain["step_index"]),
        increment=int(plain["increment"]),
        nominal_pressure=float(plain["nominal_pressure"]),
        began_at=float(plain["began_at"]),
        arrays=arrays,
    )


def remove_checkpoint(folder: Path) -> None:
    """Remove the checkpoint of a run that is complete, or replaced."""
    with contextlib.suppress(OSError):
        (folder / FILE_NAME).unlink(missing_ok=True)
