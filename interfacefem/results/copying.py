# SPDX-License-Identifier: MIT
"""Begin a run with the first increments of another one: copy its files up to the end of a step.

The copy is a run of its own, with a number of its own, that looks as if it had been interrupted
there. Whether both runs did the same until then is for the caller to know
(:mod:`interfacefem.drive.sharing`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py

from interfacefem.errors import ResultsError
from interfacefem.results import layout, sections
from interfacefem.results.checkpoint import Checkpoint, state_name, write_checkpoint
from interfacefem.results.files import careful, in_memory, put_in_place, reason
from interfacefem.results.groups import Stored, require_closed


def copy_beginning(
    source: Path,
    folder: Path,
    state: Checkpoint,
    *,
    case: Mapping[str, object],
    provenance: Mapping[str, object],
) -> None:
    """Write a run that ends where a state of another run was stored.

    Parameters
    ----------
    source, folder : Path
        Folder of the other run, and of the new one, which holds no run.
    state : Checkpoint
        Of the other run, at its last increment of one of its steps.
    case : mapping
        Tables of the new run.
    provenance : mapping
        Added to that of the other run.

    Raises
    ------
    ResultsError
        If the other run is damaged, or the new one cannot be written.
    """
    run = uuid.uuid4().hex
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / state_name(0)).parent.mkdir(exist_ok=True)
        for index in range(state.step_index + 1):
            if (source / state_name(index)).is_file():
                _renumber(source / state_name(index), folder / state_name(index), run)
        content, parts = _results(source / layout.FILE_NAME, run, state, case, provenance)
        for name in parts:
            _renumber(source / name, folder / name, run)
        write_checkpoint(folder, replace(state, run=run))
        # last: without it there is no run
        put_in_place(folder / layout.FILE_NAME, content)
    except OSError as error:
        raise ResultsError(f"{folder}: cannot be written ({reason(error)})") from error


def _renumber(source: Path, target: Path, run: str) -> None:
    """Copy a file of a run as one of another run."""
    with careful(str(source)), in_memory(source, fresh=False) as (file, image):
        file.attrs["run"] = run
        content = image()
    put_in_place(target, content)


def _results(
    source: Path,
    run: str,
    state: Checkpoint,
    case: Mapping[str, object],
    provenance: Mapping[str, object],
) -> tuple[bytes, set[str]]:
    """Return the content of ``results.h5``, and the names of the parts that it leads to."""
    kept = [layout.increment_name(row) for row in range(state.rows)]
    parts: set[str] = set()
    with (
        careful(str(source)),
        in_memory(source, fresh=False) as (old, _),
        in_memory(source, fresh=True) as (file, image),
    ):
        require_closed(old, source)
        steps = Stored.of(old, source).inside("history").data("step").texts()[: state.rows]
        for key, value in old.attrs.items():
            file.attrs[key] = value
        file.attrs["run"] = run
        file.attrs["status"] = "interrupted"
        file.attrs["message"] = f"begins with what {source.parent.name} did, and goes on from there"
        layout.put_text(file, "case", sections.toml_text(case))
        for name in ("provenance", "materials", "mesh", "history", "risk"):
            old.copy(old[name], file, name)
        sections.merge_provenance(file, provenance)
        for column in file["history"].values():
            column.resize((state.rows,))
        for name in [n for n, one in file["risk"].items() if one.attrs["step"] not in steps]:
            del file["risk"][name]
        _copy_increments(old, file, kept, parts)
        return image(), parts


def _copy_increments(old: Any, file: Any, kept: list[str], parts: set[str]) -> None:
    """Copy increments; those that lie in parts stay links."""
    links = {name: old["increments"].get(name, getlink=True) for name in old["increments"]}
    moved = {n: link for n, link in links.items() if isinstance(link, h5py.ExternalLink)}
    for name in links:
        if name in moved or name not in kept:
            del old["increments"][name]
    # all at once: points that increments share stay shared
    old.copy(old["increments"], file, "increments")
    for name in kept:
        if name in moved:
            file["increments"][name] = h5py.ExternalLink(moved[name].filename, moved[name].path)
            parts.add(moved[name].filename)
