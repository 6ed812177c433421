# SPDX-License-Identifier: MIT
r"""A made-up run with closed-form fields: tests, and trying pictures without a solver.

Nothing here is physics. On each interface, with :math:`c = \cos(2\pi k x/L)` and a threshold
:math:`t` in [-1, 1], the pressure is :math:`p_0 (c - t)` where :math:`c > t` and zero elsewhere,
the gap :math:`h (t - c)` where :math:`c < t`. So the contact fraction is :math:`\arccos(t)/\pi`,
and :math:`p_0` follows from the mean, :math:`\bar p = p_0 (\sqrt{1-t^2} - t \arccos t)/\pi`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interfacefem.materials import Elastic, J2Plastic, Material, Value
from interfacefem.results.results import Results
from interfacefem.results.snapshot import (
    CurrentInterface,
    CurrentLayer,
    CurrentSnapshot,
    FloatArray,
    IncrementSnapshot,
    IntArray,
    InterfaceSnapshot,
    LayerSnapshot,
)
from interfacefem.results.store import ResultsWriter

LAYERS = ("separator", "interlayer", "anode")
THICKNESS = (12.0, 4.0, 8.0)
WIDTH = 60.0
#: rms height of each face of the meshed interfaces [um]; amplitude over the square root of two
AMPLITUDE = 0.4
WAVES = 3
#: nominal pressures of the steps [MPa]
PRESS, RELEASE = 187.0, 5.0
MEAN_CURRENT = 0.5e-5


@dataclass(frozen=True, eq=False)
class Faces:
    """Edges of the two faces of an interface."""

    lower: IntArray
    upper: IntArray


@dataclass(frozen=True, eq=False)
class ExampleMesh:
    """Structured cells of three layers with wavy faces."""

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    interfaces: Mapping[str, Faces]
    boundaries: Mapping[str, IntArray]
    key: str = "example"


def wave(x: FloatArray) -> FloatArray:
    """Return the wave that pressure and gap follow [-]."""
    return np.cos(2.0 * np.pi * WAVES * np.asarray(x) / WIDTH)


def example_mesh(nx: int = 24, ny: int = 3) -> ExampleMesh:
    """Return the mesh: ``nx`` cells along, ``ny`` cells through each layer."""
    points, cells, owner, bottoms, tops = [], [], [], [], []
    x = np.linspace(0.0, WIDTH, nx + 1)
    height, last = 0.0, len(LAYERS) - 1
    for index, thickness in enumerate(THICKNESS):
        low = height - (AMPLITUDE * wave(x) if index else 0.0 * x)
        high = height + thickness + (AMPLITUDE * wave(x) if index < last else 0.0 * x)
        y = low + (high - low) * np.linspace(0.0, 1.0, ny + 1)[:, None]
        first = index * (nx + 1) * (ny + 1)
        node = first + np.arange((nx + 1) * (ny + 1)).reshape(ny + 1, nx + 1)
        points.append(np.column_stack([np.tile(x, ny + 1), y.ravel()]))
        corner = (node[:-1, :-1], node[:-1, 1:], node[1:, 1:], node[1:, :-1])
        cells.append(np.stack(corner, axis=-1).reshape(-1, 4))
        owner.append(np.full(nx * ny, index))
        bottoms.append(np.column_stack([node[0, :-1], node[0, 1:]]))
        tops.append(np.column_stack([node[-1, :-1], node[-1, 1:]]))
        height += thickness + 2.0 * AMPLITUDE
    names = [f"{low}|{high}" for low, high in itertools.pairwise(LAYERS)]
    return ExampleMesh(
        points=np.vstack(points),
        cells=np.vstack(cells).astype(np.int64),
        cell_layer=np.concatenate(owner).astype(np.int64),
        layer_names=LAYERS,
        interfaces={name: Faces(tops[i], bottoms[i + 1]) for i, name in enumerate(names)},
        boundaries={"bottom": bottoms[0], "top": tops[-1]},
    )


def example_materials() -> dict[str, Material]:
    """Return the layers' materials; the numbers are round and nobody's."""

    def record(value: float, low: float, high: float) -> Value:
        return Value(value, "MPa", low, high, 298.15, "a round number", "L", True)

    ceramic = {"hardness": record(600.0, 400.0, 1000.0), "tensile_strength": record(50, 30, 80)}
    return {
        "separator": Material("ceramic a", Elastic("30 GPa", 0.3), records=ceramic, brittle=True),
        "interlayer": Material("ceramic b", Elastic("100 GPa", 0.2), records=ceramic, brittle=True),
        "anode": Material(
            "metal", J2Plastic("7.8 GPa", 0.38, "0.8 MPa"), carrier="electrons", molar_volume=13.0
        ),
    }


def threshold(nominal_pressure: float) -> float:
    """Return the threshold of the wave at a pressure: full contact from 1.1 times the press on."""
    return 1.0 - 2.0 * min(nominal_pressure / (1.1 * PRESS), 1.0)


def example_interface(
    name: str, nominal_pressure: float, *, points: int = 121, limit: float | None = None
) -> InterfaceSnapshot:
    """Return one interface; ``limit`` replaces the threshold of the wave."""
    x = np.linspace(0.0, WIDTH, points)
    spacing = x[1] - x[0]
    weights = np.full(points, spacing)
    weights[[0, -1]] *= 0.5
    t = threshold(nominal_pressure) if limit is None else limit
    above = wave(x) - t
    mean = (math.sqrt(max(1.0 - t * t, 0.0)) - t * math.acos(t)) / math.pi
    pressure = np.clip(above, 0.0, None) * nominal_pressure / mean
    place = np.column_stack([x, np.zeros(points)])
    return InterfaceSnapshot(
        name=name,
        points_reference=place,
        points=place - np.array([0.0, 0.01]),
        weights=weights,
        contact_pressure=pressure,
        gap=AMPLITUDE * np.clip(-above, 0.0, None),
        shear_traction=0.1 * pressure * np.sin(2.0 * np.pi * x / WIDTH),
        slip=0.01 * x,
        in_contact=above > 0.0,
    )


def example_layers(mesh: ExampleMesh, nominal_pressure: float) -> tuple[LayerSnapshot, ...]:
    """Return the layers under uniform compression, with a tension that grows with x."""
    found = []
    dimension = mesh.points.shape[1]
    for index, name in enumerate(mesh.layer_names):
        cells = mesh.cells[mesh.cell_layer == index]
        points = mesh.points[np.unique(cells)]
        centre = mesh.points[cells].mean(axis=1)
        count = len(cells)
        stress = np.zeros((count, 4 if dimension == 2 else 6))
        stress[:, dimension - 1] = -nominal_pressure
        tension = nominal_pressure * (0.3 * centre[:, 0] / WIDTH - 0.1)
        displacement = np.zeros_like(points)
        displacement[:, -1] = -1e-4 * nominal_pressure * points[:, -1]
        found.append(
            LayerSnapshot(
                name=name,
                displacement=displacement,
                von_mises_stress=np.full(count, nominal_pressure),
                plastic_strain=0.01 * centre[:, -1] / mesh.points[:, -1].max(),
                mean_stress=np.full(count, -nominal_pressure / 3.0),
                max_principal_stress=tension,
                stress=stress,
            )
        )
    return tuple(found)


def example_increment(
    mesh: ExampleMesh,
    step: str,
    step_index: int,
    increment: int,
    nominal_pressure: float,
    *,
    layers: bool = False,
    points: int = 121,
    limit: float | None = None,
) -> IncrementSnapshot:
    """Return one increment; the energies balance exactly."""
    interfaces = tuple(
        example_interface(name, nominal_pressure, points=points, limit=limit)
        for name in mesh.interfaces
    )
    inside = example_layers(mesh, nominal_pressure) if layers else None
    return accepted(step, step_index, increment, nominal_pressure, interfaces, inside)


def accepted(
    step: str,
    step_index: int,
    increment: int,
    nominal_pressure: float,
    interfaces: tuple[InterfaceSnapshot, ...],
    layers: tuple[LayerSnapshot, ...] | None,
) -> IncrementSnapshot:
    """Return an increment with these parts, as if a solver had found it with little effort."""
    work = 0.01 * nominal_pressure
    return IncrementSnapshot(
        step=step,
        step_index=step_index,
        increment=increment,
        nominal_pressure=nominal_pressure,
        closure=1e-3 * nominal_pressure,
        interfaces=interfaces,
        layers=layers,
        newton_iterations=5,
        linear_solves=6,
        force_balance_error=1e-9,
        max_penetration=1e-6,
        pressure_in_open_gap=0.0,
        min_jacobian=0.9,
        applied_work=work,
        elastic_energy=0.6 * work,
        plastic_work=0.3 * work,
        friction_work=0.1 * work,
        wall_time=0.5,
        time=float(increment),
    )


def example_current(mesh: ExampleMesh, snapshot: IncrementSnapshot) -> CurrentSnapshot:
    """Return a current that flows in proportion to the contact pressure."""
    parts = []
    for part in snapshot.interfaces:
        mean = float(part.contact_pressure @ part.weights / part.weights.sum())
        density = MEAN_CURRENT * part.contact_pressure / mean
        parts.append(
            CurrentInterface(
                name=part.name, points=part.points, weights=part.weights, current_density=density
            )
        )
    layers = []
    for index, name in enumerate(mesh.layer_names):
        cells = mesh.cells[mesh.cell_layer == index]
        flow = np.zeros((len(cells), mesh.points.shape[1]))
        flow[:, -1] = MEAN_CURRENT
        height = mesh.points[np.unique(cells), -1]
        layers.append(CurrentLayer(name=name, potential=1e-3 * height, current_density=flow))
    return CurrentSnapshot(
        step=snapshot.step,
        increment=snapshot.increment,
        mean_current_density=MEAN_CURRENT,
        asr_total=3300.0,
        asr_layers={"separator": 2000.0, "interlayer": 500.0, "anode": 0.0},
        asr_interfaces={name: 300.0 for name in mesh.interfaces},
        asr_constriction=200.0,
        interfaces=tuple(parts),
        layers=tuple(layers),
        balance_error=1e-12,
    )


def example_run(
    folder: str | Path, *, nx: int = 24, points: int = 121, increments: int = 4
) -> Results:
    """Write a complete run of press, hold and release, and open it.

    Parameters
    ----------
    folder : path
        Folder of the run; must not hold one.
    nx : int
        Cells along each layer.
    points : int
        Points of each interface.
    increments : int
        Increments of the press and of the release.
    """
    mesh = example_mesh(nx)

    def snapshot(
        step: str, step_index: int, increment: int, pressure: float, layers: bool
    ) -> IncrementSnapshot:
        return example_increment(
            mesh, step, step_index, increment, pressure, layers=layers, points=points
        )

    return write_run(folder, mesh, snapshot, increments)


def write_run(
    folder: str | Path,
    mesh: ExampleMesh,
    snapshot: Callable[[str, int, int, float, bool], IncrementSnapshot],
    increments: int,
) -> Results:
    """Write press, hold and release with what ``snapshot`` returns, and open the run.

    Parameters
    ----------
    folder : path
        Folder of the run; must not hold one.
    mesh : ExampleMesh
    snapshot : callable
        Of step, its index, increment, nominal pressure and whether layers are wanted.
    increments : int
        Increments of the press and of the release.
    """
    ramp = np.linspace(0.0, 1.0, increments + 1)[1:]
    steps = {
        "press": PRESS * ramp,
        "hold": np.array([PRESS]),
        "release": PRESS + (RELEASE - PRESS) * ramp,
    }
    case = {
        "name": "example",
        "current": {"mean_current_density": "0.5 mA/cm^2", "critical": "1 mA/cm^2"},
    }
    provenance = {
        "versions": {"interfacefem": "0"},
        "methods": ["dual_mortar", "augmented_lagrangian"],
    }
    with ResultsWriter.create(
        folder, case=case, mesh=mesh, materials=example_materials(), provenance=provenance
    ) as writer:
        for index, (step, pressures) in enumerate(steps.items()):
            for increment, pressure in enumerate(pressures):
                last = increment == len(pressures) - 1
                found = snapshot(step, index, increment, float(pressure), last)
                writer.append(found)
                writer.append_current(example_current(mesh, found))
    return Results.open(folder)
