# SPDX-License-Identifier: MIT
"""Write a run, increment by increment, so that what is on disk is whole at every moment.

Each append reads the file into memory, adds to it there, writes the whole to a file next to it and
puts that in place with one ``os.replace``. A reader that has the file open keeps its own consistent
version; a process killed at any moment leaves the last complete version and at most one hidden
``.results.h5.part``. The new file is flushed to the disk before it takes the place of the old one,
so a power cut loses no more. The cost grows with the size of the file: at 20,000 degrees of freedom
and 100 increments 0.04 s each with layer fields at the ends of steps (14 MB at the end), 0.17 s
with them at every increment (86 MB); memory for two copies of the file is needed while it writes.
Reading is in :mod:`interfacefem.results.results`; nothing here knows the solver.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Material
from interfacefem.results import layout
from interfacefem.results.process import process_stamp
from interfacefem.results.rows import current_row, history_row
from interfacefem.results.sections import (
    CaseLike,
    MeshArrays,
    json_text,
    materials_text,
    put_columns,
    put_current,
    put_mesh,
    put_row,
    toml_text,
)
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot

PART_NAME = ".results.h5.part"
_BLOCK = 1 << 20  # bytes the image in memory grows by


class ResultsWriter:
    """Appends accepted increments to ``<folder>/results.h5``.

    Made by :meth:`create`. As a context manager it closes the run in every case: an exception
    becomes the status ``stopped`` with its text, Ctrl-C the status ``interrupted``.
    """

    def __init__(self, folder: Path, interfaces: tuple[str, ...], layers: tuple[str, ...]) -> None:
        self.folder = folder
        self.path = folder / layout.FILE_NAME
        self._interfaces = interfaces
        self._layers = layers
        self._rows: list[tuple[str, int]] = []
        self._reference: dict[str, tuple[npt.NDArray[np.float64], str]] = {}
        self._finished = False

    @classmethod
    def create(
        cls,
        folder: str | Path,
        *,
        case: CaseLike | Mapping[str, Any] | str,
        mesh: MeshArrays,
        materials: Mapping[str, Material] | None = None,
        provenance: Mapping[str, Any] | None = None,
        overwrite: bool = False,
    ) -> ResultsWriter:
        """Start a run.

        Parameters
        ----------
        folder : path
            Folder of the run; made if missing.
        case : Case, mapping or str
            The resolved case, as it is, as a dictionary or as TOML text.
        mesh : MeshArrays
            Kept in the file, so that pictures and export need nothing else.
        materials : mapping of str to Material, optional
            By layer, kept with every value's range and source; taken from the case if it is one.
        provenance : mapping, optional
            Versions, seeds, ``methods`` for citation; anything JSON can hold.
        overwrite : bool
            Replace a run that is already there.

        Raises
        ------
        ResultsError
            If a run is there already, or the folder cannot be written.
        """
        where = Path(folder)
        if (where / layout.FILE_NAME).exists() and not overwrite:
            raise ResultsError(
                f"{where}: there is a run in this folder already; choose another folder, "
                "remove it, or allow it with overwrite=True (--overwrite on the command line)"
            )
        if where.exists() and not where.is_dir():
            raise ResultsError(f"{where}: is a file; give the folder of the run")
        writer = cls(where, tuple(mesh.interfaces), tuple(mesh.layer_names))
        for name in (*mesh.interfaces, *mesh.layer_names):
            if "/" in name or name in {"", "."}:
                raise ResultsError(f"{where}: layer name in {name!r} has a '/'; rename the layer")
        if isinstance(case, CaseLike):
            if materials is None:
                materials = {layer.name: layer.material for layer in case.stack.layers}
            case = case.to_dict()
        with writer._edit("the start of the run", fresh=True) as file:
            file.attrs["format"] = layout.FORMAT
            file.attrs["format_version"] = layout.FORMAT_VERSION
            file.attrs["status"] = "running"
            file.attrs["message"] = ""
            file.attrs["created"] = _now()
            file.attrs["changed"] = _now()
            file.attrs["writer"] = process_stamp()
            layout.put_text(file, "case", toml_text(case))
            layout.put_text(file, "provenance", json_text(dict(provenance or {})))
            layout.put_text(file, "materials", materials_text(materials or {}))
            put_mesh(file.create_group("mesh"), mesh)
            put_columns(file.create_group("history"), writer._interfaces)
            file.create_group("increments")
            file.create_group("risk")
        return writer

    def append(self, snapshot: IncrementSnapshot) -> None:
        """Store one accepted increment.

        Raises
        ------
        ResultsError
            If an array or a name does not fit the run, or the file cannot be written; what was
            stored before stays readable.
        """
        self._check(snapshot)
        index = len(self._rows)
        reference = dict(self._reference)
        with self._edit(f"increment {snapshot.increment} of step '{snapshot.step}'") as file:
            group = file["increments"].create_group(f"{index:06d}")
            group.attrs["step"] = snapshot.step
            group.attrs["step_index"] = snapshot.step_index
            group.attrs["increment"] = snapshot.increment
            for part in snapshot.interfaces:
                place = group.create_group(f"interfaces/{part.name}")
                layout.put(place, "points", part.points, "um")
                layout.put(place, "weights", part.weights, "um")
                for name, unit in layout.INTERFACE_FIELDS.items():
                    layout.put(place, name, getattr(part, name), unit)
                known = reference.get(part.name)
                if known is not None and np.array_equal(known[0], part.points_reference):
                    place["points_reference"] = file[known[1]]  # the same dataset, not a copy
                else:
                    layout.put(place, "points_reference", part.points_reference, "um")
                    path = f"{place.name}/points_reference"
                    reference[part.name] = (np.array(part.points_reference), path)
            for layer in snapshot.layers or ():
                place = group.create_group(f"layers/{layer.name}")
                for name, (unit, _) in layout.LAYER_FIELDS.items():
                    layout.put(place, name, getattr(layer, name), unit)
            put_row(file["history"], index, history_row(snapshot))
        self._rows.append((snapshot.step, snapshot.increment))
        self._reference = reference

    def append_current(self, snapshot: CurrentSnapshot) -> None:
        """Store a current solved on an increment that was appended before.

        Raises
        ------
        ResultsError
            If that increment is not there or has a current already, or the file cannot be written.
        """
        self._check_current(snapshot)
        wanted = snapshot.increment
        found = [
            index
            for index, (step, increment) in enumerate(self._rows)
            if step == snapshot.step and wanted in (None, increment)
        ]
        if not found:
            number = "" if wanted is None else f"increment {wanted} of "
            raise ResultsError(
                f"{self.path}: {number}step '{snapshot.step}' is not stored; append the increment "
                "before its current"
            )
        index = found[-1]
        with self._edit(f"the current of step '{snapshot.step}'") as file:
            if "current" in file[f"increments/{index:06d}"]:
                raise ResultsError(
                    f"{self.path}: increment {self._rows[index][1]} of step '{snapshot.step}' has "
                    "a current already; store one current for each increment"
                )
            group = file[f"increments/{index:06d}"].create_group("current")
            put_current(group, snapshot)
            put_row(file["history"], index, current_row(snapshot))

    def append_risk(self, step: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store the ranked risk rows after a step, replacing those stored before.

        Parameters
        ----------
        step : str
            Name of the protocol step.
        rows : sequence of mapping
            ``RiskTable.to_records()``.
        """
        with self._edit(f"the risk table of step '{step}'") as file:
            group = file["risk"]
            for name in [key for key, dataset in group.items() if dataset.attrs["step"] == step]:
                del group[name]
            name = f"{1 + max((int(key) for key in group), default=-1):03d}"
            layout.put_text(group, name, json_text(list(rows)))
            group[name].attrs["step"] = step

    def finish(
        self,
        status: str = "complete",
        message: str = "",
        *,
        provenance: Mapping[str, Any] | None = None,
    ) -> None:
        """Close the run.

        Parameters
        ----------
        status : str
            ``complete``, ``stopped`` or ``interrupted``.
        message : str
            Why, in words.
        provenance : mapping, optional
            Added to what was given at the start (wall time per stage, for example).
        """
        with self._edit("the end of the run") as file:
            file.attrs["status"] = status
            file.attrs["message"] = message
            if provenance:
                merged = json.loads(layout.text_of(file["provenance"])) | dict(provenance)
                del file["provenance"]
                layout.put_text(file, "provenance", json_text(merged))
        self._finished = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._finished:
            return
        if error is None:
            self.finish()
        elif isinstance(error, KeyboardInterrupt):
            self.finish("interrupted", "stopped by the user; what was accepted is kept")
        else:
            # The first error matters more than a disk that is full when it is noted down.
            with contextlib.suppress(ResultsError):
                self.finish("stopped", str(error) or type(error).__name__)

    def _check_current(self, snapshot: CurrentSnapshot) -> None:
        names = tuple(part.name for part in snapshot.interfaces)
        if names != self._interfaces:
            raise ResultsError(
                f"current of step '{snapshot.step}': interfaces {names}; the mesh has "
                f"{self._interfaces}"
            )

    def _check(self, snapshot: IncrementSnapshot) -> None:
        place = f"increment {snapshot.increment} of step '{snapshot.step}'"
        names = tuple(part.name for part in snapshot.interfaces)
        if names != self._interfaces:
            raise ResultsError(f"{place}: interfaces {names}; the mesh has {self._interfaces}")
        if (snapshot.step, snapshot.increment) in self._rows:
            raise ResultsError(f"{place}: is stored already; give each increment its own number")
        for part in snapshot.interfaces:
            count = len(part.points)
            for name in ("points_reference", "weights", *layout.INTERFACE_FIELDS):
                size = len(getattr(part, name))
                if size != count:
                    raise ResultsError(
                        f"{place}, interface '{part.name}': {name} has {size} values for {count} "
                        "points; give one for each point"
                    )
        if snapshot.layers is not None:
            layers = tuple(layer.name for layer in snapshot.layers)
            if layers != self._layers:
                raise ResultsError(f"{place}: layers {layers}; the mesh has {self._layers}")

    @contextlib.contextmanager
    def _edit(self, what: str, *, fresh: bool = False) -> Iterator[Any]:
        part = self.folder / PART_NAME
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # In memory: HDF5 that fails to flush to a full disk takes the whole process with it.
            with h5py.File(
                part if fresh else self.path,
                "w" if fresh else "r+",
                driver="core",
                backing_store=False,
                block_size=_BLOCK,
                locking=False,
            ) as file:
                yield file
                file.attrs["changed"] = _now()
                file.flush()
                image = file.id.get_file_image()
            with part.open("wb") as handle:
                handle.write(image)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(self.path)
        except (OSError, RuntimeError) as error:
            kept = "" if fresh else f"; what was stored before is kept in {self.path}"
            raise ResultsError(
                f"{self.folder}: cannot write {what} ({_reason(error)}){kept}; free some space or "
                "choose another folder (output folder of the case, -o on the command line)"
            ) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).splitlines()[0] if str(error) else type(error).__name__
