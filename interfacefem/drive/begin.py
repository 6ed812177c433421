# SPDX-License-Identifier: MIT
"""Where a run begins: a folder that can take it, a stored state that it goes on from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.describe.case import Description
from interfacefem.describe.start import START, Start
from interfacefem.drive.advance import Beginning
from interfacefem.drive.continuation import CASE_NAME, MESH_NAME, flat, mesh_of
from interfacefem.drive.progress import LOG_NAME
from interfacefem.errors import CaseError, Mistake, ResultsError
from interfacefem.meshing import own
from interfacefem.quantities import did_you_mean, mistakes_of
from interfacefem.results import Results, checkpoint, layout
from interfacefem.results.checkpoint import (
    Checkpoint,
    read_checkpoint,
    require_unchanged,
    state_name,
)
from interfacefem.results.files import reason

if TYPE_CHECKING:
    from interfacefem.meshing import StackMesh


def require_place(folder: Path, *, overwrite: bool, mesh_file: Path | None = None) -> None:
    """Refuse a folder that could not take the results, or whose own files they would replace.

    Parameters
    ----------
    folder : Path
        Folder of the run; it need not be there yet.
    overwrite : bool
        Whether a run in it may be replaced.
    mesh_file : Path, optional
        The mesh that the case brings.

    Raises
    ------
    ResultsError
        If it holds a run or other files of the same names, is a file, or cannot be written.
    """
    try:
        _require(folder, overwrite, mesh_file)
    except OSError as error:
        raise ResultsError(
            f"{folder}: cannot be written ({reason(error)}); give another folder with -o"
        ) from error


def require_apart(folder: Path, start: Path | None) -> None:
    """Refuse to write a run into the folder of the run that it begins from.

    Raises
    ------
    ResultsError
    """
    if start is not None and folder.resolve() == start.resolve():
        raise ResultsError(
            f"{folder}: the run begins from a state in this folder; give another folder with -o"
        )


def _require(folder: Path, overwrite: bool, mesh_file: Path | None) -> None:
    run = (folder / layout.FILE_NAME).exists()
    if run and not overwrite:
        raise ResultsError(
            f"{folder}: there is a run in this folder already; give another folder with -o, "
            "replace it with --overwrite (overwrite=True), or continue it with: interfacefem resume"
        )
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise ResultsError(f"{folder}: {nearest} is a file; give a folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ResultsError(f"{folder}: cannot write in {nearest}; give another folder with -o")
    if mesh_file is not None and mesh_file.resolve() == (folder / MESH_NAME).resolve():
        raise ResultsError(
            f"{folder}: the run would replace {mesh_file.name}, the mesh of its case; give another "
            "folder with -o, or move the mesh elsewhere"
        )
    names = (CASE_NAME, MESH_NAME, LOG_NAME, checkpoint.FILE_NAME)
    others = [name for name in names if (folder / name).exists()]
    if others and not run:
        raise ResultsError(
            f"{folder}: has {', '.join(others)} but no run, which a run here would replace; give "
            "another folder with -o, or move what is there elsewhere"
        )


#: parts of a case that must be those of the run it begins from
SAME = ("width", "layer", "interface", "surface", "die", "temperature", "mesh")


@dataclass(frozen=True, eq=False, kw_only=True)
class Started:
    """What a case begins with.

    Attributes
    ----------
    case : Description
        Its protocol knows the initial pressure.
    mesh : StackMesh
        Array by array that of the other run.
    state : Checkpoint
    source : dict
        What is noted in the results: run, its identifier, step and pressure [MPa].
    """

    case: Description
    mesh: StackMesh
    state: Checkpoint
    source: dict[str, Any]

    @property
    def beginning(self) -> Beginning:
        """What the press has to know."""
        return Beginning.of(self.state)


def find_start(case: Description, start: Start) -> Started:
    """Return what a case begins with.

    Parameters
    ----------
    case : Description
    start : Start
        Of the case.

    Raises
    ------
    CaseError
        If there is no such run or state, or the case is of another stack, mesh, die or temperature.
    ResultsError
        If the run or the state is damaged.
    """
    folder = start.run
    if not folder.is_dir():
        remedy = "run that case first, or correct the path"
        raise CaseError([Mistake("start.run", f"{folder}: there is no run", remedy)])
    with Results.open(folder) as results:
        names = _steps(results)
        step = start.step or (names[-1] if names else "")
        if step not in names:
            raise CaseError([_no_state(results, step, names)])
        other = Description.from_dict(
            results.case, folder=folder, source=f"{folder}: the stored case"
        )
        changed = _changed(other, case)
        if changed:
            problem = f"is of another cell than this case: {', '.join(changed[:5])} differs"
            remedy = "begin with the same stack, mesh, die and temperature as that run"
            raise CaseError([Mistake("start.run", f"{folder} {problem}", remedy)])
        state = read_checkpoint(folder, state_name(other.protocol.names.index(step)))
        if state is None or state.run != results.run:
            raise CaseError([_no_state(results, step, [n for n in names if n != step])])
        require_unchanged(folder, state_name(other.protocol.names.index(step)))
        if any(
            stage.punch is not None for stage in (*other.protocol.stages, *case.protocol.stages)
        ):
            remedy = "press that with flat punches, or all of it in one run"
            raise CaseError([Mistake("start", "punches with a face of their own", remedy)])
        if START in case.protocol.names:
            problem = f"{START!r} is the name of the state that the run begins with"
            raise CaseError([Mistake("step", problem, "give the step another name")])
        known = case.replace(protocol=case.protocol.after(state.nominal_pressure))
        source = {
            "run": str(folder), "id": results.run, "step": step,
            "nominal_pressure": state.nominal_pressure,
        }  # fmt: skip
        mesh = mesh_of(results, other)
        if case.own_mesh and own.mesh_of(case).key != mesh.key:
            remedy = "begin with the mesh of that run"
            raise CaseError([Mistake("mesh", f"is not that of {folder}", remedy)])
        return Started(case=known, mesh=mesh, state=state, source=source)


def start_mistakes(case: Description) -> list[Mistake]:
    """Return what is wrong with the start of a case."""
    if case.start is None:
        return []
    try:
        find_start(case, case.start)
    except (CaseError, ResultsError) as error:
        return list(mistakes_of(error, "start"))
    return []


def _steps(results: Results) -> list[str]:
    """Return the steps at whose end a run has stored its state."""
    names = [str(step["name"]) for step in _step_tables(results.case)]
    return [n for i, n in enumerate(names) if (results.folder / state_name(i)).is_file()]


def _step_tables(case: Any) -> list[Any]:
    stages = case.get("stage", [])
    return [step for stage in stages for step in stage["step"]] or list(case.get("step", []))


def _no_state(results: Results, step: str, names: list[str]) -> Mistake:
    if not names:
        problem = f"{results.folder} has stored no state at the end of a step"
        return Mistake("start.run", problem, "resume that run, or run it again")
    problem = f"{results.folder} has no state at the end of a step {step!r}"
    return Mistake("start.step", problem, did_you_mean(step, names))


def _changed(other: Description, case: Description) -> list[str]:
    one, two = (
        dict(flat({key: data[key] for key in SAME if key in data}))
        for data in (other.to_dict(listed=False), case.to_dict(listed=False))
    )
    # the file of a mesh may have moved; its content is compared with that of the run
    return [k for k in {**one, **two} if k != "mesh.file" and one.get(k) != two.get(k)]
