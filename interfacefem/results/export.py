# SPDX-License-Identifier: MIT
"""A run for other programs: pandas, xarray and ParaView.

Names, units and labels are those that are stored; nothing is listed here. Both packages are
imported when they are asked for.

Every stored field is written under its name with its unit, through meshio; pictures are made in
:mod:`interfacefem.plots`.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import EnvironmentProblem, ResultsError
from interfacefem.names import file_names
from interfacefem.quantities import AnyPath, user_path
from interfacefem.results import schema
from interfacefem.results.files import part_name, put_in_place, reason
from interfacefem.results.schema import weight_unit

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from interfacefem.results.fields import History, InterfaceField, LayerField
    from interfacefem.results.results import Results
    from interfacefem.results.states import InterfaceState, LayerState

#: row of the history, and what meshio takes for a mesh
Frame = tuple[int, dict[str, Any]]
#: (variable, axes) by name, as xarray takes them
_Variables = dict[str, tuple[tuple[str, ...], npt.NDArray[Any], dict[str, str]]]
#: axes behind the first of a field, by the shape of one value
_AXES = {2: "axis", 3: "axis", 4: "component", 6: "component"}
_COORDINATES = {
    "axis": ("x", "y", "z"),
    "component": ("xx", "yy", "zz", "xy", "xz", "yz"),
}


def to_frame(history: History) -> pd.DataFrame:
    """Return the history as a ``pandas.DataFrame``, one row an increment, ``name [unit]`` on top.

    Raises
    ------
    EnvironmentProblem
        If pandas is missing.
    """
    pandas = imported("pandas")
    columns = {f"{name} [{history.units[name]}]": data for name, data in history.items()}
    return pandas.DataFrame(columns)


def to_tree(results: Results) -> xarray.DataTree:
    """Return a run as an ``xarray.DataTree``.

    ``history`` has the columns by increment, those of interfaces also by interface;
    ``interfaces/lower|upper`` the fields by increment and point; ``layers/NAME`` those inside a
    layer, at the increments where they are stored, by cell or node. Each variable has ``units``
    and ``long_name``. What is not stored everywhere is unknown (NaN) elsewhere.

    Raises
    ------
    EnvironmentProblem
        If xarray is missing.
    ResultsError
        If the run is damaged.
    """
    module = imported("xarray")
    parts: dict[str, Any] = {"history": _history(results, module)}
    rows = range(len(results))
    for name in results.interfaces:
        states = [results.interface(name).at(*results.when(row)) for row in rows]
        parts[f"interfaces/{name}"] = _interface(results, states, module)
    stored = [row for row in rows if results.has_layers_at(row)]
    for name in results.layers:
        layers = [results.layer(name).at(*results.when(row)) for row in stored]
        parts[f"layers/{name}"] = _layer(results, stored, layers, module)
    tree: xarray.DataTree = module.DataTree.from_dict(parts, name=results.name)
    return tree


def _history(results: Results, xarray: Any) -> Any:
    history, names = results.history, list(results.interfaces)
    variables: _Variables = {}
    for name, values in history.items():
        head, bracket, _ = name.partition("[")
        if bracket:
            continue
        variables[head] = (("row",), _plain(values), _attributes(history, name))
    heads = dict.fromkeys(name.partition("[")[0] for name in history.names if "[" in name)
    for head in heads:
        columns = [schema.column(head, name) for name in names]
        there = [name for name in columns if name in history]
        empty = np.full(len(history), np.nan)
        values = np.column_stack([history[n] if n in history else empty for n in columns])
        # a quantity of each interface may have the name of one of the whole stack
        key = f"{head}_of_interface" if head in variables else head
        variables[key] = (("row", "interface"), values, _attributes(history, there[0]))
    return xarray.Dataset(variables, coords={"row": np.arange(len(history)), "interface": names})


def _interface(results: Results, states: Sequence[InterfaceState], xarray: Any) -> Any:
    variables: _Variables = {}
    for name in dict.fromkeys(item for state in states for item in state.fields):
        found = [state.field(name) if name in state.fields else None for state in states]
        variables |= _stacked(name, found, "point")
    weight = schema.weight_unit(results.mesh.dimension)
    points = [state.points for state in states]
    if points:
        axes = ("row", "point", "axis")
        variables["points"] = (axes, np.stack(points), {"units": "um", "long_name": "position"})
        weights = np.stack([state.weights for state in states])
        about = {"units": weight, "long_name": "area of each point"}
        variables["weights"] = (("row", "point"), weights, about)
    return _dataset(results, range(len(states)), variables, xarray)


def _layer(results: Results, rows: Sequence[int], states: Sequence[LayerState], xarray: Any) -> Any:
    variables: _Variables = {}
    for name in dict.fromkeys(item for state in states for item in state.fields):
        found = [state.field(name) if name in state.fields else None for state in states]
        location = next(field.location for field in found if field is not None)
        variables |= _stacked(name, found, location)
    if states:
        about = {"units": "um", "long_name": "undeformed position"}
        variables["points_reference"] = (("node", "axis"), states[0].points_reference, about)
        corners = {"units": "-", "long_name": "nodes of each cell"}
        variables["cells"] = (("cell", "corner"), states[0].cells, corners)
    return _dataset(results, rows, variables, xarray)


def _stacked(
    name: str, found: Sequence[InterfaceField | LayerField | None], location: str
) -> _Variables:
    """Return one variable of a field at several increments."""
    known = next(field for field in found if field is not None)
    shape = np.shape(known.values)
    empty = np.full(shape, np.nan)
    rows = [
        field.values if field is not None and np.shape(field.values) == shape else empty
        for field in found
    ]
    values = np.stack(rows)
    own = tuple(_AXES.get(size, f"{name}_{size}") for size in shape[1:])
    about = {"units": known.unit, "long_name": known.words or schema.in_words(name)}
    return {name: (("row", location, *own), values, about)}


def _dataset(results: Results, rows: Iterable[int], variables: _Variables, xarray: Any) -> Any:
    chosen = list(rows)
    history = results.history
    sizes = {
        axis: size
        for axes, values, _ in variables.values()
        for axis, size in zip(axes, values.shape, strict=True)
    }
    coordinates: dict[str, Any] = {"row": chosen}
    for axis, labels in _COORDINATES.items():
        if axis in sizes:
            coordinates[axis] = list(labels[: sizes[axis]])
    for name in ("step", "increment", "nominal_pressure"):
        coordinates[name] = ("row", _plain(history[name])[chosen], _attributes(history, name))
    return xarray.Dataset(variables, coords=coordinates)


def _attributes(history: History, name: str) -> dict[str, str]:
    words = history.words.get(name) or schema.in_words(name.partition("[")[0])
    return {"units": history.units[name], "long_name": words}


def _plain(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values.astype(str) if values.dtype.kind == "O" else values


def imported(name: str) -> Any:
    """Return a library that holds tables, pandas or xarray.

    Raises
    ------
    EnvironmentProblem
        If it is missing.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EnvironmentProblem(
            f"this table needs {name}; install it with: pip install 'interfacefem[tables]'"
        ) from error


_CELL_TYPES = {2: "quad", 3: "hexahedron"}


def export_vtu(results: Results, folder: AnyPath | None = None) -> list[Path]:
    """Write ``layers.pvd`` and ``interface_NAME.pvd`` with their ``.vtu`` files.

    Layers stand in their undeformed place with the displacement as a field (Warp By Vector
    shows the deformed stack), at every increment where their fields are stored. Interfaces are
    lines, in 3D quadrilaterals, in their deformed place, at every increment. The time of the
    series is the increment's row in the history.

    Parameters
    ----------
    results : Results
        The run.
    folder : path, optional
        Where to write; by default ``paraview`` in the folder of the run.

    Returns
    -------
    list of Path
        The ``.pvd`` files, to be opened in ParaView.

    Raises
    ------
    ResultsError
        If nothing is stored yet or the files cannot be written.
    EnvironmentProblem
        If meshio is missing.
    """
    try:
        import meshio
    except ImportError as error:
        raise EnvironmentProblem(
            "export for ParaView needs meshio; install it with: pip install 'interfacefem[mesh]'"
        ) from error
    if not len(results):
        raise ResultsError(f"{results.path}: no increment is stored yet; nothing to export")
    target = results.folder / "paraview" if folder is None else user_path(folder, "folder")
    try:
        target.mkdir(parents=True, exist_ok=True)
        series = [_series(target, "layers", layer_frames(results), meshio)]
        for name, part in file_names(results.interfaces).items():
            frames = interface_frames(results, name)
            series.append(_series(target, f"interface_{part}", frames, meshio))
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the export ({reason(error)}); choose another folder (-o on "
            "the command line)"
        ) from error
    return [path for path in series if path is not None]


def _moments(results: Results) -> list[tuple[int, str, int]]:
    history = results.history
    return [
        (row, str(history["step"][row]), int(history["increment"][row]))
        for row in range(len(history))
    ]


def layer_frames(results: Results) -> list[Frame]:
    """Return the layers at every increment where their fields are stored."""
    mesh = results.mesh
    kind = _CELL_TYPES[mesh.dimension]
    frames = []
    for row, step, increment in _moments(results):
        if increment not in results.layer_increments(step):
            continue
        point: dict[str, np.ndarray] = {}
        cell: dict[str, np.ndarray] = {"layer [-]": mesh.cell_layer}
        for name in mesh.layer_names:
            state = results.layer(name).at(step, increment)
            for wanted in state.fields:
                field = state.field(wanted)
                nodal = field.location == "node"
                where = mesh.layer_nodes[name] if nodal else mesh.layer_cells(name)
                kept, count = (point, len(mesh.points)) if nodal else (cell, len(mesh.cells))
                key = f"{wanted} [{field.unit}]"
                if key not in kept:
                    kept[key] = np.full((count, *field.values.shape[1:]), np.nan)
                kept[key][where] = field.values
        frames.append(
            (
                row,
                {
                    "points": _spatial(mesh.points),
                    "cells": [(kind, mesh.cells)],
                    "point_data": {name: _vector(data) for name, data in point.items()},
                    "cell_data": {name: [_vector(data)] for name, data in cell.items()},
                },
            )
        )
    return frames


def interface_frames(results: Results, name: str) -> list[Frame]:
    """Return an interface at every increment."""
    frames = []
    for row, step, increment in _moments(results):
        state = results.interface(name).at(step, increment)
        points, faces = state.points, state.faces
        if faces is None:  # a line through the points from left to right
            order = np.argsort(state.points_reference[:, 0], kind="stable")
            cells = ("line", np.column_stack([order[:-1], order[1:]]))
        else:
            cells = ("quad", faces)
        data = {f"weight [{weight_unit(points.shape[1])}]": state.weights}
        for wanted in state.fields:
            field = state.field(wanted)
            if len(field) == len(points):
                values = np.asarray(field.values, dtype=np.float64)
                data[f"{wanted} [{field.unit}]"] = _vector(values)
        frames.append((row, {"points": _spatial(points), "cells": [cells], "point_data": data}))
    return frames


def _series(folder: Path, stem: str, frames: list[Frame], meshio: Any) -> Path | None:
    if not frames:
        return None
    lines = []
    for row, frame in frames:
        file = f"{stem}_{row:06d}.vtu"
        _write(folder / file, meshio.Mesh(**frame), meshio)
        lines.append(f'    <DataSet timestep="{row}" part="0" file="{file}"/>')
    path = folder / f"{stem}.pvd"
    text = (
        '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n  <Collection>\n'
        + "\n".join(lines)
        + "\n  </Collection>\n</VTKFile>\n"
    )
    put_in_place(path, text.encode())
    return path


def _write(path: Path, mesh: Any, meshio: Any) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(part_name(path.name))
    try:
        part.unlink(missing_ok=True)
        meshio.write(part, mesh, file_format="vtu")
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _spatial(points: np.ndarray) -> np.ndarray:
    # VTK knows three dimensions only.
    missing = 3 - points.shape[1]
    return np.column_stack([points, np.zeros((len(points), missing))]) if missing else points


def _vector(data: np.ndarray) -> np.ndarray:
    return _spatial(data) if data.ndim == 2 and data.shape[1] == 2 else data
