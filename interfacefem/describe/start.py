# SPDX-License-Identifier: MIT
"""The stored state of another run that a case begins with. Description only."""

from __future__ import annotations

from pathlib import Path

import attrs

from interfacefem.names import shown
from interfacefem.quantities import AnyPath, checked_name, checked_path, one_mistake

#: step of the first row of a run that begins with a state of another run
START = "start"


def _path(path: AnyPath) -> Path:
    return checked_path(path, "start.run")


def _step(step: str) -> str:
    return checked_name(step, "start.step") if step else ""


@attrs.frozen
class Start:
    """Where a case begins: at the end of a step of another run, with the same stack and die.

    Parameters
    ----------
    run : str or Path
        Folder of that run.
    step : str
        Its step; the last one at whose end a state is stored if empty.

    Raises
    ------
    CaseError
        If the path is none, or the name unusable.
    """

    run: Path = attrs.field(converter=_path)
    step: str = attrs.field(default="", converter=_step)


def read_start(given: object) -> Start | None:
    """Return a start as a user writes it: a Start, ``(run, step)``, or the folder of a run.

    Raises
    ------
    CaseError
        If it is something else.
    """
    match given:
        case None | Start():
            return given
        case str() | Path():
            return Start(given)
        case (str() | Path() as run, str() as step):
            return Start(run, step)
    problem = f"{shown(given)} is no start"
    raise one_mistake("start", problem, 'write start=("runs/press", "secondary press")')
