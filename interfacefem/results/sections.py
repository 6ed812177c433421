# SPDX-License-Identifier: MIT
"""The parts of ``results.h5`` as they are put into an open file: mesh, history, current, texts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import h5py
import numpy as np
import numpy.typing as npt
import tomlkit

from interfacefem.materials import Material
from interfacefem.results import layout, schema
from interfacefem.results.layout import (
    AREA_RESISTANCE_FACTOR,
    CHARGE_FACTOR,
    CURRENT_DENSITY_FACTOR,
)
from interfacefem.results.lock import process_stamp
from interfacefem.results.schema import column
from interfacefem.results.snapshot import (
    CurrentSnapshot,
    IncrementSnapshot,
    InterfaceSnapshot,
    LayerSnapshot,
)

#: damage from which a bond counts as broken
BROKEN = 1.0 - 1e-9


def history_row(snapshot: IncrementSnapshot) -> dict[str, Any]:
    """Return the history columns of an accepted increment.

    The energy balance error is the applied work minus elastic energy, plastic work, friction
    work, cohesive work and the work against a drag, over the largest of them [-].
    """
    row: dict[str, Any] = {
        name: getattr(snapshot, name)
        for name in schema.fields("increment")
        if hasattr(snapshot, name)
    }
    row |= snapshot.extra
    row["charge"] *= CHARGE_FACTOR
    parts = (
        snapshot.elastic_energy,
        snapshot.plastic_work,
        snapshot.friction_work,
        snapshot.cohesive_work,
        snapshot.drag_work,
    )
    spent = sum(0.0 if math.isnan(part) else part for part in parts)
    scale = max(
        abs(snapshot.applied_work), *(abs(part) for part in parts if not math.isnan(part)), 0.0
    )
    row["energy_balance_error"] = (snapshot.applied_work - spent) / scale if scale > 0 else math.nan
    for part in snapshot.interfaces:
        if not part.present:
            continue  # not known
        area = float(np.sum(part.weights))
        pressure = np.asarray(part.contact_pressure)
        row[column("contact_fraction", part.name)] = part.contact_fraction
        row[column("mean_pressure", part.name)] = float(pressure @ part.weights) / area
        row[column("max_pressure", part.name)] = float(pressure.max())
        # a point without area has nothing opposite, and no gap
        opening = np.where(part.weights > 0.0, np.clip(part.gap, 0.0, None), 0.0)
        row[column("gap_volume", part.name)] = float(opening @ part.weights) / area
        overlap = -np.asarray(part.gap)[part.weights > 0.0]
        row[column("max_penetration", part.name)] = float(overlap.max(initial=0.0))
        if part.bonded is not None and part.damage is not None:
            row.update(_bonds(part, area))
        if part.film_broken is not None:
            broken = float(part.film_broken @ part.weights) / area
            row[column("film_broken_fraction", part.name)] = broken
        if part.removed is not None:
            row[column("mean_removed", part.name)] = float(part.removed @ part.weights) / area
            row[column("max_removed", part.name)] = float(part.removed.max())
    return row


def _bonds(part: InterfaceSnapshot, area: float) -> dict[str, Any]:
    """Return the columns of an interface whose faces adhere; damage is the mean over bonds."""
    bonded, damage = np.asarray(part.bonded), np.asarray(part.damage)
    spent = np.asarray(part.separation_energy) * part.weights
    bonds = part.weights * bonded
    total, energy = float(bonds.sum()), float(spent.sum())
    intact = np.asarray(part.intact) if part.intact is not None else np.full(len(bonds), math.nan)
    apart = part.weights * (1.0 - part.contact_shares)
    values = {
        "bonded_fraction": total / area,
        "intact_fraction": float(part.weights @ intact) / area,
        "open_fraction": float(apart @ (1.0 - intact)) / area,
        "mean_damage": float(damage @ bonds) / total if total > 0.0 else math.nan,
        "opened_fraction": float(bonds[damage >= BROKEN].sum()) / area,
        "mode_mix": float(np.asarray(part.mode_mix) @ spent) / energy if energy > 0.0 else math.nan,
        "separation_energy": energy / area,
    }
    return {column(name, part.name): value for name, value in values.items()}


def current_row(snapshot: CurrentSnapshot) -> dict[str, Any]:
    """Return the history columns of a current, in mA/cm^2 and ohm cm^2.

    The focusing factor of an interface is its largest current density over its mean [-].
    """
    row: dict[str, Any] = {
        "mean_current_density": snapshot.mean_current_density * CURRENT_DENSITY_FACTOR,
        "asr": snapshot.asr_total * AREA_RESISTANCE_FACTOR,
        "asr_layers": sum(snapshot.asr_layers.values()) * AREA_RESISTANCE_FACTOR,
        "asr_interfaces": sum(snapshot.asr_interfaces.values()) * AREA_RESISTANCE_FACTOR,
        "asr_constriction": snapshot.asr_constriction * AREA_RESISTANCE_FACTOR,
        "current_balance_error": snapshot.balance_error,
    }
    for part in snapshot.interfaces:
        density = np.abs(part.current_density)
        mean = abs(float(part.current_density @ part.weights)) / float(np.sum(part.weights))
        row[column("focusing_factor", part.name)] = (
            float(density.max()) / mean if mean else math.nan
        )
    for name, value in snapshot.asr_interfaces.items():
        row[column("asr", name)] = value * AREA_RESISTANCE_FACTOR
    return row


class Faces(Protocol):
    """The two faces of an interface as node pairs of the mesh, in 3D as quadrilaterals."""

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
    for name, item in schema.columns(interfaces, per_depth=per_depth).items():
        _put_column(group, name, item)


def put_missing_columns(group: Any, interfaces: tuple[str, ...]) -> None:
    """Add the columns that a run which is continued lacks, with unknown values so far."""
    per_depth = group["applied_work"].attrs["unit"] == "pJ/um"
    for name, item in schema.columns(interfaces, per_depth=per_depth).items():
        if name not in group and item.kind == "float":
            dataset = _put_column(group, name, item)
            dataset.resize(group["step"].shape)
            dataset[...] = np.nan


def _put_column(group: Any, name: str, item: schema.Quantity) -> Any:
    types = {"float": np.float64, "integer": np.int64, "truth": np.bool_}
    dtype = h5py.string_dtype() if item.kind == "text" else types[item.kind]
    dataset = group.create_dataset(
        name, (0,), maxshape=(None,), dtype=dtype, chunks=(128,), track_times=False
    )
    dataset.attrs["unit"] = item.unit
    if item.words:
        dataset.attrs["label"] = item.words
    return dataset


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
    values = {
        "mean_current_density": snapshot.mean_current_density * density,
        "asr_total": snapshot.asr_total * resistance,
        "asr_constriction": snapshot.asr_constriction * resistance,
        "balance_error": snapshot.balance_error,
    }
    units = {name: item.unit for name, item in schema.fields("current").items()}
    if np.isfinite(snapshot.asr_uncertainty):
        values["asr_uncertainty"] = snapshot.asr_uncertainty * resistance
    for name, value in values.items():
        layout.put(group, name, value, units[name])
    for kind, parts in (("layers", snapshot.asr_layers), ("interfaces", snapshot.asr_interfaces)):
        place = group.create_group(f"asr_{kind}")
        for name, value in parts.items():
            layout.put(place, name, value * resistance, units["asr"])
    for part in snapshot.interfaces:
        place = group.create_group(f"interfaces/{part.name}")
        unit = schema.weight_unit(part.points.shape[1])
        put_field(place, "points", part.points, "point", current=True)
        layout.put(place, "weights", part.weights, unit, "point")
        through = np.asarray(part.current_density) * density
        put_field(place, "current_density", through, "point", current=True)
        if part.overpotential is not None:
            put_field(place, "overpotential", part.overpotential, "point", current=True)
    for layer in snapshot.layers:
        place = group.create_group(f"layers/{layer.name}")
        put_field(place, "potential", layer.potential, "node", current=True)
        inside = np.asarray(layer.current_density) * density
        put_field(place, "current_density", inside, "cell", current=True)


def put_interface(group: Any, part: InterfaceSnapshot) -> None:
    """Store an interface except its points in the undeformed mesh."""
    put_presence(group, part.present)
    put_field(group, "points", part.points, "point")
    unit = schema.weight_unit(part.points.shape[1])
    layout.put(group, "weights", part.weights, unit, "point")
    for name in schema.fields("point"):
        values = part.extra.get(name, getattr(part, name, None))
        if values is not None:
            put_field(group, name, values, "point")


def put_layer(group: Any, layer: LayerSnapshot) -> None:
    """Store a layer."""
    put_presence(group, layer.present)
    for name, item in schema.fields("node", "cell").items():
        values = layer.extra.get(name, getattr(layer, name, None))
        if values is not None:
            put_field(group, name, values, item.place)


def put_field(
    group: Any, name: str, values: npt.ArrayLike, place: schema.Place, *, current: bool = False
) -> None:
    """Store a field with what the table of quantities says of it."""
    item = schema.find(name, place, current=current)
    if item is None:
        layout.put(group, name, values, "-", place)
    else:
        layout.put(group, name, values, item.unit, place, item.words)


def put_signature(file: Any, locked_by_system: bool) -> None:
    """Note who writes a run, and what tells whether it still does."""
    file.attrs["writer"] = process_stamp()
    file.attrs["lock"] = layout.LOCKED_BY_SYSTEM if locked_by_system else layout.LOCKED_BY_WORDS


def merge_provenance(file: Any, provenance: Mapping[str, Any] | None) -> None:
    """Add to the provenance of an open file."""
    if provenance:
        merged = json.loads(str(file["provenance"].asstr()[()])) | dict(provenance)
        del file["provenance"]
        layout.put_text(file, "provenance", json_text(merged))


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
        {
            layer: replace(item, base=None, declared=None).to_dict()
            for layer, item in materials.items()
        }
    )


def json_text(value: Any) -> str:
    """Return anything as JSON text; what JSON does not know becomes its text."""
    return json.dumps(_without_none(value), ensure_ascii=False, default=str)
