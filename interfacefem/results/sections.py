# SPDX-License-Identifier: MIT
"""The parts of ``results.h5`` as they are put into an open file: mesh, history, current, texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import h5py
import numpy as np
import numpy.typing as npt
import tomlkit

from interfacefem.materials import Material
from interfacefem.results import layout
from interfacefem.results.snapshot import CurrentSnapshot


class Faces(Protocol):
    """The two faces of an interface as node pairs of the mesh, in space as quadrilaterals."""

    @property
    def lower(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def upper(self) -> npt.NDArray[Any]: ...  # noqa: D102


class MeshArrays(Protocol):
    """What is kept of a mesh; :class:`interfacefem.meshing.StackMesh` has this shape."""

    @property
    def points(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def cells(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def cell_layer(self) -> npt.NDArray[Any]: ...  # noqa: D102
    @property
    def layer_names(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def interfaces(self) -> Mapping[str, Faces]: ...  # noqa: D102
    @property
    def boundaries(self) -> Mapping[str, npt.NDArray[Any]]: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102


class LayerLike(Protocol):
    """A layer with its name and material."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def material(self) -> Material: ...  # noqa: D102


class StackLike(Protocol):
    """Layers, bottom to top."""

    @property
    def layers(self) -> Sequence[LayerLike]: ...  # noqa: D102


@runtime_checkable
class CaseLike(Protocol):
    """What is kept of a case; :class:`interfacefem.describe.case.Description` has this shape."""

    @property
    def stack(self) -> StackLike: ...  # noqa: D102
    def to_dict(self) -> Mapping[str, Any]: ...  # noqa: D102


def put_mesh(group: Any, mesh: MeshArrays) -> None:
    """Store the mesh."""
    group.attrs["key"] = mesh.key
    layout.put(group, "points", np.asarray(mesh.points, dtype=np.float64), "um")
    layout.put(group, "cells", np.asarray(mesh.cells, dtype=np.int64), "-")
    layout.put(group, "cell_layer", np.asarray(mesh.cell_layer, dtype=np.int64), "-")
    layout.put_text(group, "layer_names", list(mesh.layer_names))
    layout.put_text(group, "interface_names", list(mesh.interfaces))
    for index, name in enumerate(mesh.layer_names):
        nodes = np.unique(np.asarray(mesh.cells)[np.asarray(mesh.cell_layer) == index])
        layout.put(group.require_group("layers").create_group(name), "nodes", nodes, "-")
    for name, faces in mesh.interfaces.items():
        place = group.require_group("interfaces").create_group(name)
        layout.put(place, "lower", np.asarray(faces.lower, dtype=np.int64), "-")
        layout.put(place, "upper", np.asarray(faces.upper, dtype=np.int64), "-")
    for side, edges in mesh.boundaries.items():
        place = group.require_group("boundaries")
        layout.put(place, side, np.asarray(edges, dtype=np.int64), "-")


def put_presence(group: Any, present: bool) -> None:
    """Mark a layer or an interface that is not in the die."""
    if not present:
        group.attrs["absent"] = True


def put_columns(group: Any, interfaces: tuple[str, ...], *, per_depth: bool) -> None:
    """Make the empty columns of the history, of a slice or of a whole body."""
    columns = layout.history_units(per_depth=per_depth)
    for name, unit in layout.HISTORY_INTERFACE_COLUMNS.items():
        columns |= {layout.column(name, interface): unit for interface in interfaces}
    for name, unit in columns.items():
        integer = name in layout.INTEGER_COLUMNS
        dtype = h5py.string_dtype() if name == "step" else np.int64 if integer else np.float64
        dataset = group.create_dataset(
            name, (0,), maxshape=(None,), dtype=dtype, chunks=(128,), track_times=False
        )
        dataset.attrs["unit"] = unit


def put_row(group: Any, index: int, row: Mapping[str, Any]) -> None:
    """Write one row of the history; columns not in ``row`` stay as they are or become unknown."""
    # A new row starts as "not known" in every column; a current fills its columns in later.
    for name, dataset in group.items():
        if index >= dataset.shape[0]:
            dataset.resize((index + 1,))
            if dataset.dtype.kind == "f":
                dataset[index] = row.get(name, np.nan)
            elif name in row:
                dataset[index] = row[name]
        elif name in row:
            dataset[index] = row[name]


def put_current(group: Any, snapshot: CurrentSnapshot) -> None:
    """Store a current, converted to the units of the file."""
    density, resistance = layout.CURRENT_DENSITY_FACTOR, layout.AREA_RESISTANCE_FACTOR
    layout.put(group, "mean_current_density", snapshot.mean_current_density * density, "mA/cm^2")
    layout.put(group, "asr_total", snapshot.asr_total * resistance, "ohm cm^2")
    layout.put(group, "asr_constriction", snapshot.asr_constriction * resistance, "ohm cm^2")
    layout.put(group, "balance_error", snapshot.balance_error, "-")
    for kind, parts in (("layers", snapshot.asr_layers), ("interfaces", snapshot.asr_interfaces)):
        place = group.create_group(f"asr_{kind}")
        for name, value in parts.items():
            layout.put(place, name, value * resistance, "ohm cm^2")
    for part in snapshot.interfaces:
        place = group.create_group(f"interfaces/{part.name}")
        layout.put(place, "points", part.points, "um")
        layout.put(place, "weights", part.weights, layout.weight_unit(part.points.shape[1]))
        values = np.asarray(part.current_density) * density
        layout.put(place, "current_density", values, "mA/cm^2")
    for layer in snapshot.layers:
        place = group.create_group(f"layers/{layer.name}")
        layout.put(place, "potential", layer.potential, "V")
        values = np.asarray(layer.current_density) * density
        layout.put(place, "current_density", values, "mA/cm^2")


def toml_text(case: Mapping[str, Any] | str) -> str:
    """Return a case as TOML text; what is None is left out."""
    return case if isinstance(case, str) else tomlkit.dumps(_without_none(case))


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value if item is not None]
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    return value


def materials_text(materials: Mapping[str, Material]) -> str:
    """Return every record of the layers' materials as JSON text.

    The library is not asked again when a run is read: its values may have moved on by then.
    """
    return json_text(
        {layer: replace(item, base=None).to_dict() for layer, item in materials.items()}
    )


def json_text(value: Any) -> str:
    """Return anything as JSON text; what JSON does not know becomes its text."""
    return json.dumps(_without_none(value), ensure_ascii=False, default=str)
