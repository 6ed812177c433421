# SPDX-License-Identifier: MIT
"""A run for ParaView as one file a part, in the format VTKHDF (ParaView 5.12 or newer).

The layers, and each interface, are one file with all their increments and every stored field. The
mesh of the layers and the faces of an interface are in it once. What a frame is, is said in
:mod:`interfacefem.results.export`, which writes a file an increment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.names import file_names
from interfacefem.quantities import AnyPath, did_you_mean, user_path
from interfacefem.results.export import Frame, interface_frames, layer_frames
from interfacefem.results.files import part_name, reason
from interfacefem.results.results import Results

#: of the format
_VERSION = (2, 2)
#: of cells, as VTK counts them
_TYPES = {"line": 3, "quad": 9, "hexahedron": 12}
#: what a time of the series is
Time = Literal["increment", "load"]
_LOAD = "nominal_pressure [MPa]"


def export_series(
    results: Results, folder: AnyPath | None = None, *, time: Time = "increment"
) -> list[Path]:
    """Write ``layers.vtkhdf`` and ``interface_NAME.vtkhdf``, each with all increments.

    Layers stand in their undeformed place with the displacement as a field (Warp By Vector
    shows the deformed stack), at every increment where their fields are stored; interfaces in
    their deformed place, at every increment. Each moment has the nominal pressure [MPa] and its
    row in the history as field data.

    Parameters
    ----------
    results : Results
        The run.
    folder : path, optional
        Where to write; by default ``paraview`` in the folder of the run.
    time : {"increment", "load"}
        What the time of the series is: the row of the history; or the nominal pressure [MPa]. Times
        must rise, so the second leaves out what does not raise the pressure above all before.

    Returns
    -------
    list of Path

    Raises
    ------
    ResultsError
        If nothing is stored yet, there is no such time, or the files cannot be written.
    """
    if time not in get_args(Time):
        raise ResultsError(f"time {time!r}: {did_you_mean(time, get_args(Time))}")
    if not len(results):
        raise ResultsError(f"{results.path}: no increment is stored yet; nothing to export")
    target = results.folder / "paraview" if folder is None else user_path(folder, "folder")
    load = np.asarray(results.history["nominal_pressure"], dtype=np.float64)
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        parts: dict[str, Callable[[], list[Frame]]] = {"layers": partial(layer_frames, results)}
        for name, stem in file_names(results.interfaces).items():
            parts[f"interface_{stem}"] = partial(interface_frames, results, name)
        for stem, frames in parts.items():
            chosen = _rising(frames(), load) if time == "load" else frames()
            if not chosen:
                continue
            path = target / f"{stem}.vtkhdf"
            begun = path.with_name(part_name(path.name))
            try:
                with h5py.File(begun, "w") as file:
                    _write(file, chosen, load, time)
                begun.replace(path)
            finally:
                begun.unlink(missing_ok=True)
            written.append(path)
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the export ({reason(error)}); choose another folder (-o on "
            "the command line)"
        ) from error
    return written


def _rising(frames: Sequence[Frame], load: npt.NDArray[np.float64]) -> list[Frame]:
    """Return the frames at which the load is larger than at all before."""
    found: list[Frame] = []
    for row, frame in frames:
        if not found or load[row] > load[found[-1][0]]:
            found.append((row, frame))
    return found


def _write(
    file: h5py.File, frames: Sequence[Frame], load: npt.NDArray[np.float64], time: Time
) -> None:
    count, rows = len(frames), np.array([row for row, _ in frames])
    root = file.create_group("VTKHDF")
    root.attrs["Version"] = _VERSION
    kind = b"UnstructuredGrid"
    root.attrs.create("Type", kind, dtype=h5py.string_dtype("ascii", len(kind)))
    ((shape, cells),) = frames[0][1]["cells"]
    points = [frame["points"] for _, frame in frames]
    moves = any(not np.array_equal(one, points[0]) for one in points)
    steps = root.create_group("Steps")
    steps.attrs["NSteps"] = count
    steps["Values"] = load[rows] if time == "load" else rows.astype(np.float64)
    # one part, whose cells are the same at all times
    root["NumberOfPoints"], root["NumberOfCells"] = [len(points[0])], [len(cells)]
    root["NumberOfConnectivityIds"] = [cells.size]
    root["Points"] = np.vstack(points) if moves else points[0]
    root["Connectivity"] = cells.ravel()
    root["Offsets"] = np.arange(0, cells.size + 1, cells.shape[1])
    root["Types"] = np.full(len(cells), _TYPES[shape], dtype=np.uint8)
    steps["NumberOfParts"] = np.ones(count, dtype=np.int64)
    steps["PointOffsets"] = np.arange(count) * (len(points[0]) if moves else 0)
    steps["PartOffsets"] = np.zeros(count, dtype=np.int64)
    for name in ("CellOffsets", "ConnectivityIdOffsets"):
        steps[name] = np.zeros((count, 1), dtype=np.int64)
    for place, key, size in (
        ("Point", "point_data", len(points[0])),
        ("Cell", "cell_data", len(cells)),
    ):
        data = [frame.get(key, {}) for _, frame in frames]
        for name in dict.fromkeys(name for fields in data for name in fields):
            _write_field(root, place, name, [_one(fields.get(name)) for fields in data], size)
    for name, values in ((_LOAD, load[rows]), ("row [-]", rows)):
        root[f"FieldData/{name}"] = values
        steps[f"FieldDataOffsets/{name}"] = np.arange(count)
        steps[f"FieldDataSizes/{name}"] = np.ones((count, 2), dtype=np.int64)


def _one(values: Any) -> npt.NDArray[Any] | None:
    """Return the values of a field, of cells those of the one kind of cells there is."""
    found: npt.NDArray[Any] | None = values[0] if isinstance(values, list) else values
    return found


def _write_field(
    root: h5py.Group,
    place: str,
    name: str,
    values: Sequence[npt.NDArray[Any] | None],
    size: int,
) -> None:
    """Write a field at all times; what is not stored at one is unknown there."""
    known = next(one for one in values if one is not None)
    empty = np.full((size, *known.shape[1:]), np.nan)
    plain = name.replace("/", " per ")  # a slash would begin a group
    data = np.concatenate([empty if one is None else one for one in values])
    root.create_dataset(f"{place}Data/{plain}", data=data, compression="gzip", shuffle=True)
    root[f"Steps/{place}DataOffsets/{plain}"] = np.arange(len(values)) * size
