# SPDX-License-Identifier: MIT
"""Open a run and read it: while it runs, after it ended, after it was killed.

Numpy and h5py only, so a laptop without DOLFINx reads every run. What a run means (risk, focusing,
spring-back) is worked out in :mod:`interfacefem.post`.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

import interfacefem
from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.materials import Material
from interfacefem.names import printable
from interfacefem.quantities import AnyPath, user_path
from interfacefem.results import documents, layout, lock
from interfacefem.results.export import to_tree
from interfacefem.results.files import careful, reason
from interfacefem.results.groups import Stored
from interfacefem.results.layout import Increments, suggestion
from interfacefem.results.lock import is_running
from interfacefem.results.over_run import InterfaceRun, LayerRun, Separation, StoredAt, separation
from interfacefem.results.provenance import cite
from interfacefem.results.read import read_history, read_mesh
from interfacefem.results.risk_rows import merge
from interfacefem.results.states import CurrentState, read_current
from interfacefem.results.summary import html_summary, summary

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray
    from matplotlib.figure import Figure

    from interfacefem.materials import Dielectric
    from interfacefem.plots.pictures import Film
    from interfacefem.post.spectrum import Spectrum
    from interfacefem.units import Dimensional


class Results:
    """A stored run, as it was when it was opened; :meth:`refresh` looks again.

    The writer never changes a file in place, so an open run stays consistent however far the
    solver goes on.

    Parameters
    ----------
    path : path
        The folder of a run or its ``results.h5``.

    Raises
    ------
    ResultsError
        If there is no run, the file is damaged or no HDF5, or of another format version; if it
        leads to a file that does not belong to it.

    Attributes
    ----------
    path : Path
        The HDF5 file.
    folder : Path
        The folder of the run.
    created, changed : str
        When the run began and when the file was last written.
    run : str
        Identifier of the run; empty where an early version wrote it.
    writer : str
        The process that wrote last, as ``host:process:start``.
    """

    def __init__(self, path: AnyPath) -> None:
        where = user_path(path, "run")
        try:
            self.path = where / layout.FILE_NAME if where.is_dir() else where
            self.folder = self.path.parent
            self._load()
        except OSError as error:
            raise ResultsError(f"{where}: cannot be read ({reason(error)})") from error

    @classmethod
    def open(cls, path: AnyPath) -> Results:
        """Open a run; the same as ``Results(path)``."""
        return cls(path)

    def refresh(self) -> None:
        """Look again at what is stored by now."""
        self.close()
        self._load()

    def close(self) -> None:
        """Let go of the file; what was read stays."""
        self._increments.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return printable(f"<Results {self.folder} ({self.status}, {len(self)} increments)>")

    def _repr_html_(self) -> str:
        return html_summary(self)

    def __reduce__(self) -> tuple[type[Results], tuple[str]]:
        return Results, (str(self.path.absolute()),)  # another process opens it again

    def __len__(self) -> int:
        return len(self.history)

    def _load(self) -> None:
        self._file = layout.open_file(self.path)
        try:
            self._read(Stored.of(self._file, self.path))
        except BaseException:
            self._file.close()
            raise
        self.__dict__.pop("case", None)

    def _read(self, root: Stored) -> None:
        self.format_version = root.whole("format_version")
        self.message = root.words("message")
        self.created = root.words("created")
        self.changed = root.words("changed")
        self.run = root.words("run", "")
        self._stored_status = root.words("status")
        self.writer = root.words("writer")
        self.locked_by_system = root.words("lock", "") == layout.LOCKED_BY_SYSTEM
        self.case_text = root.data("case").text()
        self.provenance: dict[str, Any] = documents.read_json(
            root.data("provenance").text(), documents.PROVENANCE, root.at("provenance")
        )
        self._materials: dict[str, Any] = documents.read_json(
            root.data("materials").text(), documents.MATERIALS, root.at("materials")
        )
        self.mesh = read_mesh(root.inside("mesh"))
        self.history = read_history(root.inside("history"), tuple(self.mesh.interfaces))
        risk = root.inside("risk")
        self._risk: dict[str, list[dict[str, Any]]] = {
            data.note("step"): documents.read_json(data.text(), documents.RISK, data.place)
            for data in map(risk.data, risk.names())
        }
        self._increments = Increments(root, self.folder, self.run, len(self.history))
        self._groups = self._increments.groups

    @property
    def status(self) -> str:
        """``running``, ``complete``, ``stopped: why`` or ``interrupted: why``."""
        status, message = self._stored_status, self.message
        if status == "running" and not self._is_written():
            status, message = "interrupted", "the process ended without closing the run"
        return printable(f"{status}: {message}" if message else status)

    def _is_written(self) -> bool:
        if self.locked_by_system:
            with contextlib.suppress(OSError):
                return lock.holder(self.folder) is not None
        return is_running(self.writer)

    @functools.cached_property
    def case(self) -> dict[str, object]:
        """The resolved case as a dictionary."""
        return documents.read_toml(self.case_text, documents.CASE, f"{self.path}: case")

    @property
    def materials(self) -> dict[str, Material]:
        """The material of each layer as it was used, with the range and source of each value.

        Empty where the run was written without them.
        """
        try:
            with careful(f"{self.path}: materials"):
                return {
                    layer: Material.from_dict(data, place=f"material of layer '{layer}'")
                    for layer, data in self._materials.items()
                }
        except InterfaceFEMError as error:
            raise ResultsError(
                f"{self.path}: its materials cannot be read by this interfacefem\n{error}"
            ) from error

    @property
    def name(self) -> str:
        """Name of the case, else of the folder."""
        return str(self.case.get("name", self.folder.name))

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the protocol steps reached so far, in order."""
        return tuple(dict.fromkeys(str(step) for step in self.history["step"]))

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Names of the interfaces, bottom to top."""
        return tuple(self.mesh.interfaces)

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers, bottom to top."""
        return self.mesh.layer_names

    def increments(self, step: str) -> tuple[int, ...]:
        """Return the numbers of the increments stored of a step."""
        return tuple(int(self.history["increment"][row]) for row in self._rows(step))

    def layer_increments(self, step: str) -> tuple[int, ...]:
        """Return the numbers of a step's increments where fields inside the layers are stored."""
        rows = [row for row in self._rows(step) if "layers" in self._groups[row]]
        return tuple(int(self.history["increment"][row]) for row in rows)

    def interface(self, name: str) -> InterfaceRun:
        """Return one interface over the run.

        Raises
        ------
        ResultsError
            If there is no such interface; the message lists those there are.
        """
        self._known("interface", name, self.interfaces)
        return InterfaceRun(name, self.mesh, partial(self._found, "interfaces", "interface fields"))

    def layer(self, name: str) -> LayerRun:
        """Return one layer over the run.

        Raises
        ------
        ResultsError
            If there is no such layer; the message lists those there are.
        """
        self._known("layer", name, self.layers)
        return LayerRun(name, self.mesh, partial(self._found, "layers", "layer fields"))

    def current(self, step: str | None = None, increment: int = -1) -> CurrentState:
        """Return the current solved in a step, the last one by default.

        Parameters
        ----------
        step : str, optional
            Name of the step; None is the last step with a current.
        increment : int
            Number of the increment; negative counts back over those with a current.

        Raises
        ------
        ResultsError
            If no current is stored there.
        """
        if step is None:
            with_current = [row for row in range(len(self)) if "current" in self._groups[row]]
            step = str(self.history["step"][with_current[-1]]) if with_current else self._last()
        row = self._row(step, increment, "a current", lambda group: "current" in group)
        return read_current(self._groups[row], self.mesh, *self._when(row))

    def has_current(self, step: str) -> bool:
        """Return whether a current is stored in a step."""
        return any("current" in self._groups[row] for row in self._rows(step))

    def has_current_at(self, row: int) -> bool:
        """Return whether a current is stored at a row of the history."""
        return "current" in self._groups[row]

    def has_layers_at(self, row: int) -> bool:
        """Return whether fields inside the layers are stored at a row of the history."""
        return "layers" in self._groups[row]

    def when(self, row: int) -> tuple[str, int]:
        """Return step and increment of a row of the history."""
        return self._when(row)[:2]

    def has_layers(self, step: str) -> bool:
        """Return whether fields inside the layers are stored in a step."""
        return bool(self.layer_increments(step))

    def risk_rows(self, step: str | None = None) -> list[dict[str, object]]:
        """Return the ranked risk rows stored after a step, or the worst of all steps.

        The list is empty where none were stored; :func:`interfacefem.post.risk_table` works them
        out from the fields.
        """
        if step is not None:
            self._rows(step)
            return list(self._risk.get(step, []))
        return merge(self._risk[name] for name in self.steps if name in self._risk)

    def summary(self, *, risk: bool = True) -> str:
        """Return the run as readable tables, with the risk rows that were stored if wanted."""
        return summary(self, risk=risk)

    def separation(self, step: str | None = None) -> Separation:
        """Return strength and work of a step that takes the stack apart, the only one by default.

        Raises
        ------
        ResultsError
            If there is no such step.
        """
        return separation(self, step)

    def spectrum(
        self,
        step: str | None = None,
        frequencies: npt.ArrayLike | None = None,
        *,
        double_layer: Dimensional | Mapping[str, Dimensional] | None = None,
        layers: Mapping[str, Dielectric] | None = None,
    ) -> Spectrum:
        """Return the impedance spectrum at the end of a step; this needs DOLFINx.

        See :func:`interfacefem.spectrum` for what it takes and raises.
        """
        # by its public name, which loads it when it is asked for: reading a run needs no solver
        found: Spectrum = interfacefem.spectrum(
            self, step, frequencies, double_layer=double_layer, layers=layers
        )
        return found

    def plot(self, kind: str, **options: object) -> Figure | Film:
        """Return a picture of the run by its name, as :func:`interfacefem.plots.draw` does.

        E.g. ``results.plot("loading", width="one column")``.
        """
        return interfacefem.plots.draw(self, kind, **options)

    def to_xarray(self) -> xarray.DataTree:
        """Return history and all fields as :func:`interfacefem.results.export.to_tree` does."""
        return to_tree(self)

    def cite(self) -> str:
        """Return the references behind this run's materials, methods and software."""
        return cite(self.materials, self.provenance)

    def _known(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = tuple(known)
        if name not in known:
            raise ResultsError(f"{self.path}: no {kind} {name!r}; {suggestion(name, known)}")

    def _last(self) -> str:
        if not self.steps:
            raise ResultsError(f"{self.path}: no increment is stored yet; wait for the first one")
        return self.steps[-1]

    def _rows(self, step: str) -> list[int]:
        self._known("step", step, self.steps)
        return [int(row) for row in np.flatnonzero(self.history["step"] == step)]

    def _row(self, step: str | None, increment: int, what: str, has: Callable[[Any], bool]) -> int:
        step = self._last() if step is None else step
        rows = [row for row in self._rows(step) if has(self._groups[row])]
        numbers = [int(self.history["increment"][row]) for row in rows]
        if increment < 0 and -increment <= len(rows):
            return rows[increment]
        if increment in numbers:
            return rows[numbers.index(increment)]
        stored = (
            f"increments {', '.join(map(str, numbers))}" if numbers else "none of its increments"
        )
        others = [
            name for name in self.steps if any(has(self._groups[row]) for row in self._rows(name))
        ]
        hint = "" if numbers else f"; steps that have it: {', '.join(others) or 'none'}"
        raise ResultsError(
            f"{self.path}: step '{step}' has no increment {increment} with {what}; "
            f"it is stored for {stored}{hint}"
        )

    def _found(self, part: str, what: str, step: str | None, increment: int) -> StoredAt:
        """Return where a part is stored: step, increment, nominal pressure and group."""
        row = self._row(step, increment, what, lambda group: part in group)
        return (*self._when(row), self._groups[row])

    def _when(self, row: int) -> tuple[str, int, float]:
        history = self.history
        return (
            str(history["step"][row]),
            int(history["increment"][row]),
            float(history["nominal_pressure"][row]),
        )
