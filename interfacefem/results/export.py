# SPDX-License-Identifier: MIT
"""Write a run for ParaView: a time series of layers, and one of each interface.

Every stored field is written under its name with its unit, through meshio; pictures are made in
:mod:`interfacefem.plots`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import EnvironmentProblem, ResultsError
from interfacefem.names import file_names
from interfacefem.paths import AnyPath, user_path
from interfacefem.results.files import part_name, put_in_place, reason
from interfacefem.results.schema import weight_unit

if TYPE_CHECKING:
    from interfacefem.results.results import Results

_CELL_TYPES = {2: "quad", 3: "hexahedron"}


def export_vtu(results: Results, folder: AnyPath | None = None) -> list[Path]:
    """Write ``layers.pvd`` and ``interface_NAME.pvd`` with their ``.vtu`` files.

    Layers stand in their undeformed place with the displacement as a field (Warp By Vector
    shows the deformed stack), at every increment where their fields are stored. Interfaces are
    lines, in space quadrilaterals, in their deformed place, at every increment. The time of the
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
        series = [_series(target, "layers", _layer_frames(results), meshio)]
        for name, part in file_names(results.interfaces).items():
            frames = _interface_frames(results, name)
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


def _layer_frames(results: Results) -> list[tuple[int, dict[str, Any]]]:
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


def _interface_frames(results: Results, name: str) -> list[tuple[int, dict[str, Any]]]:
    frames = []
    for row, step, increment in _moments(results):
        state = results.interface(name).at(step, increment)
        points, faces = state.points, state.faces
        if faces is None:  # a line through the points from left to right
            order = np.argsort(points[:, 0], kind="stable")
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


def _series(
    folder: Path, stem: str, frames: list[tuple[int, dict[str, Any]]], meshio: Any
) -> Path | None:
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
