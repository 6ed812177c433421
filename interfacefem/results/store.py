# SPDX-License-Identifier: MIT
"""Write a run, increment by increment, so that what is on disk is whole at every moment.

Each append reads ``results.h5`` into memory, adds to it there and puts the whole in place with one
``os.replace``. A reader that has the file open keeps its own consistent version; a process killed
at any moment leaves the last complete version and at most one hidden ``.results.h5.part``. The new
file is flushed to the disk before it takes the place of the old one, so a power cut loses no more.

So that the cost of an append does not grow with the run, the increments move to a file of their own
(``results-001.h5``, ``results-002.h5``, ...) whenever 16 MB of them have come together; links take
their place, and who reads sees no difference. At 24,000 degrees of freedom an increment with its
current costs 0.05 s, 0.15 s with the fields inside the layers at every increment.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Material
from interfacefem.names import printable
from interfacefem.quantities import AnyPath, user_path
from interfacefem.results import layout, sections
from interfacefem.results.checkpoint import remove_checkpoint, remove_states
from interfacefem.results.files import (
    careful,
    in_memory,
    is_gone,
    now,
    part_name,
    put_in_place,
    reason,
)
from interfacefem.results.groups import Stored, require_closed
from interfacefem.results.lock import process_stamp
from interfacefem.results.snapshot import (
    CurrentSnapshot,
    IncrementSnapshot,
    require_current_fit,
    require_fit,
)

PART_NAME = part_name(layout.FILE_NAME)
#: bytes of increments in ``results.h5`` above which they move to a file of their own
PART_SIZE = 16 << 20


class ResultsWriter:
    """Appends accepted increments to ``<folder>/results.h5``.

    Made by :meth:`create`. As a context manager it closes the run in every case: an exception
    becomes the status ``stopped`` with its text, Ctrl-C the status ``interrupted``.
    """

    def __init__(self, folder: Path, interfaces: tuple[str, ...], layers: tuple[str, ...]) -> None:
        self.folder = folder
        self.path = folder / layout.FILE_NAME
        self.run = uuid.uuid4().hex  #: identifier of the run, the same in its checkpoint
        self._interfaces = interfaces
        self._layers = layers
        self._rows: list[tuple[str, int]] = []
        self._reference: dict[str, tuple[npt.NDArray[np.float64], str]] = {}
        self._size = self._bare_size = 0  # bytes of the file, with and without its increments
        self._finished = False

    @classmethod
    def create(
        cls,
        folder: AnyPath,
        *,
        case: sections.CaseLike | Mapping[str, object] | str,
        mesh: sections.MeshArrays,
        materials: Mapping[str, Material] | None = None,
        provenance: Mapping[str, object] | None = None,
        overwrite: bool = False,
        locked_by_system: bool = False,
    ) -> ResultsWriter:
        """Start a run. That no other process writes to the folder is for the caller to know.

        Parameters
        ----------
        folder : path
            Folder of the run; made if missing.
        case : Case, mapping or str
            The resolved case, as it is, as a dictionary or as TOML text.
        mesh : sections.MeshArrays
            Kept in the file, so that pictures and export need nothing else.
        materials : mapping of str to Material, optional
            By layer, kept with every value's range and source; taken from the case if it is one.
        provenance : mapping, optional
            Versions, seeds, ``methods`` for citation; anything JSON can hold.
        overwrite : bool
            Replace a run that is already there.
        locked_by_system : bool
            Whether the caller holds a lock of the folder that vanishes with this process
            (:class:`interfacefem.results.lock.RunLock`).

        Raises
        ------
        ResultsError
            If a run is there already, or the folder cannot be written.
        """
        where = user_path(folder, "folder of the run")
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
        if isinstance(case, sections.CaseLike):
            if materials is None:
                materials = {layer.name: layer.material for layer in case.stack.layers}
            case = case.to_dict()
        with writer._edit("the start of the run", fresh=True) as file:
            file.attrs["format"] = layout.FORMAT
            file.attrs["format_version"] = layout.FORMAT_VERSION
            file.attrs["status"] = "running"
            file.attrs["message"] = ""
            file.attrs["created"] = now()
            file.attrs["run"] = writer.run
            sections.put_signature(file, locked_by_system)
            layout.put_text(file, "case", sections.toml_text(case))
            layout.put_text(file, "provenance", sections.json_text(dict(provenance or {})))
            layout.put_text(file, "materials", sections.materials_text(materials or {}))
            sections.put_mesh(file.create_group("mesh"), mesh)
            pellet = isinstance(case, Mapping) and "die" in case
            sections.put_columns(
                file.create_group("history"),
                writer._interfaces,
                per_depth=np.shape(mesh.points)[1] == 2 and not pellet,
            )
            file.create_group("increments")
            file.create_group("risk")
        writer._bare_size = writer._size
        # After the new run is there, which does not know them: at no moment is there neither.
        remove_checkpoint(where)
        remove_states(where)
        layout.remove(where)
        return writer

    @classmethod
    def reopen(
        cls,
        folder: AnyPath,
        rows: int,
        *,
        provenance: Mapping[str, object] | None = None,
        locked_by_system: bool = False,
    ) -> ResultsWriter:
        """Continue a run that has ended before its protocol.

        Parameters
        ----------
        folder : path
            Folder of the run, which no other process may write.
        rows : int
            Increments to keep; what was stored after them is dropped.
        provenance : mapping, optional
            Added to what was given at the start.
        locked_by_system : bool
            As of :meth:`create`.

        Raises
        ------
        ResultsError
            If the file cannot be read or written, is damaged, or leads to another file.
        """
        where = user_path(folder, "folder of the run")
        writer = cls(where, (), ())
        with (
            writer._edit("the continuation of the run", reopened=True) as file,
            careful(str(writer.path)),
        ):
            require_closed(file, writer.path)
            root = Stored.of(file, writer.path)
            writer.run = root.words("run")
            mesh, history = root.inside("mesh"), root.inside("history")
            writer._interfaces = mesh.data("interface_names").texts()
            writer._layers = mesh.data("layer_names").texts()
            names = history.data("step").texts()[:rows]
            numbers = history.data("increment").array("iu")[:rows].tolist()
            writer._rows = list(zip(names, numbers, strict=True))
            kept = {layout.increment_name(row) for row in range(rows)}
            for name in set(file["increments"]) - kept:
                del file["increments"][name]
            for column in file["history"].values():
                column.resize((rows,))
            sections.put_missing_columns(file["history"], writer._interfaces)
            file.attrs["status"] = "running"
            file.attrs["message"] = ""
            sections.put_signature(file, locked_by_system)
            sections.merge_provenance(file, provenance)
        return writer

    def __len__(self) -> int:
        return len(self._rows)

    def append(self, snapshot: IncrementSnapshot) -> None:
        """Store one accepted increment.

        Raises
        ------
        ResultsError
            If an array or a name does not fit the run, or the file cannot be written; what was
            stored before stays readable.
        """
        require_fit(snapshot, self._interfaces, self._layers)
        if (snapshot.step, snapshot.increment) in self._rows:
            raise ResultsError(
                f"increment {snapshot.increment} of step '{snapshot.step}': is stored already; "
                "give each increment its own number"
            )
        if self._size - self._bare_size > PART_SIZE:
            self._part()
        index = len(self._rows)
        reference = dict(self._reference)
        with self._edit(f"increment {snapshot.increment} of step '{snapshot.step}'") as file:
            group = file["increments"].create_group(layout.increment_name(index))
            group.attrs["step"] = snapshot.step
            group.attrs["step_index"] = snapshot.step_index
            group.attrs["increment"] = snapshot.increment
            for part in snapshot.interfaces:
                place = group.create_group(f"interfaces/{part.name}")
                sections.put_interface(place, part)
                known = reference.get(part.name)
                if known is not None and np.array_equal(known[0], part.points_reference):
                    place["points_reference"] = file[known[1]]  # the same dataset, not a copy
                else:
                    sections.put_field(place, "points_reference", part.points_reference, "point")
                    path = f"{place.name}/points_reference"
                    reference[part.name] = (np.array(part.points_reference), path)
            for layer in snapshot.layers or ():
                sections.put_layer(group.create_group(f"layers/{layer.name}"), layer)
            sections.put_row(file["history"], index, sections.history_row(snapshot))
        self._rows.append((snapshot.step, snapshot.increment))
        self._reference = reference

    def append_current(self, snapshot: CurrentSnapshot) -> None:
        """Store a current solved on an increment that was appended before.

        Raises
        ------
        ResultsError
            If that increment is not there or has a current already, or the file cannot be written.
        """
        require_current_fit(snapshot, self._interfaces)
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
            if layout.is_moved(file, index):
                raise ResultsError(
                    f"{self.path}: increment {self._rows[index][1]} of step '{snapshot.step}' is "
                    "closed; store a current before the increments that follow"
                )
            if "current" in file[f"increments/{layout.increment_name(index)}"]:
                raise ResultsError(
                    f"{self.path}: increment {self._rows[index][1]} of step '{snapshot.step}' has "
                    "a current already; store one current for each increment"
                )
            group = file[f"increments/{layout.increment_name(index)}"].create_group("current")
            sections.put_current(group, snapshot)
            sections.put_row(file["history"], index, sections.current_row(snapshot))

    def append_risk(self, step: str, rows: Sequence[Mapping[str, object]]) -> None:
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
            name = f"{1 + max((int(key) for key in group if key.isdecimal()), default=-1):03d}"
            layout.put_text(group, name, sections.json_text(list(rows)))
            group[name].attrs["step"] = step

    def finish(
        self,
        status: str = "complete",
        message: str = "",
        *,
        provenance: Mapping[str, object] | None = None,
    ) -> None:
        """Close the run.

        Parameters
        ----------
        status : str
            ``complete``, ``stopped`` or ``interrupted``.
        message : str
            Why, in words.
        provenance : mapping, optional
            Added to what was given at the start, such as the wall time by stage.
        """
        with self._edit("the end of the run") as file:
            file.attrs["status"] = status
            file.attrs["message"] = printable(message)
            sections.merge_provenance(file, provenance)
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

    def _part(self) -> None:
        """Move the increments to a file of their own."""
        with self._writing("the increments"), in_memory(self.path, fresh=False) as (file, _):
            self._require_unchanged(file)
            self._size = self._bare_size = layout.move(file, self.path)
        self._reference = {}

    @contextlib.contextmanager
    def _edit(self, what: str, *, fresh: bool = False, reopened: bool = False) -> Iterator[Any]:
        with (
            self._writing(what, fresh=fresh),
            in_memory(self.path, fresh=fresh) as (file, image),
        ):
            if not (fresh or reopened):
                self._require_unchanged(file)
            yield file
            file.attrs["changed"] = now()
            content = image()
            put_in_place(self.path, content)
            self._size = len(content)

    def _require_unchanged(self, file: Any) -> None:
        """Stop where another process has written to the run although it must not."""
        with careful(str(self.path)):
            found = (file.attrs["run"], file.attrs["writer"], len(file["history/step"]))
        if found != (self.run, process_stamp(), len(self._rows)):
            raise ResultsError(
                f"{self.path}: was changed by another process while this one wrote it; this run "
                "stops, what is stored there stays. Run the case again in a folder of its own"
            )

    @contextlib.contextmanager
    def _writing(self, what: str, *, fresh: bool = False) -> Iterator[None]:
        try:
            if fresh:
                self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except (OSError, RuntimeError) as error:
            kept = "" if fresh else f"what was stored before is kept in {self.path}; "
            if not fresh and is_gone(self.path):
                kept = f"{self.path} has been removed; "
            raise ResultsError(
                f"{self.folder}: cannot write {what} ({reason(error)}); {kept}free some space or "
                "choose another folder (output folder of the case, -o on the command line)"
            ) from error
