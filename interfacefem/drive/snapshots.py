# SPDX-License-Identifier: MIT
"""Accepted states of a press as plain arrays, and who is told of them.

Functions that others have added to what is stored are shown the present state; nothing is copied
or kept while there are none. What they see is in
:mod:`interfacefem.results.now`, what they return in :mod:`interfacefem.results.added`.

What is not in the die yet is written as well, so that every increment of a run has the same parts:
an interface that is not there carries no pressure and has no gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from interfacefem.fem.current.cover import broken_film
from interfacefem.meshing.faces import cell_measures, nodal_areas
from interfacefem.results.added import extended, functions
from interfacefem.results.now import (
    Body,
    Moment,
    StackBefore,
    interface_now,
    layer_before,
    stack_before,
    stack_now,
)
from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from interfacefem.describe.stack import Layer
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Listener(Protocol):
    """Told how a run goes on; a method that a listener does not have is not called.

    A class of one's own takes this one for its base and has the methods it wants; the others do
    nothing. Listeners read what they are given and change nothing.
    """

    def on_compile(self) -> None:
        """Hear that functions have to be compiled, which takes up to a minute, once."""

    def on_start(self, info: Mapping[str, object]) -> None:
        """Begin a run.

        Parameters
        ----------
        info : mapping
            ``name``, ``path``, ``dofs`` and ``interfaces``. A run that is continued has
            ``resumed`` with ``step``, ``step_index``, ``increment`` and ``nominal_pressure`` of
            its last increment.
        """

    def on_step(self, name: str, target_pressure: float | None) -> None:
        """Begin a step, to a pressure [MPa]; None where it stays."""

    def on_increment(self, snapshot: IncrementSnapshot) -> None:
        """Look at an accepted increment."""

    def on_reject(self, text: str) -> None:
        """Hear why an attempt was thrown away."""

    def on_current(self, snapshot: CurrentSnapshot) -> None:
        """Look at a current that was solved for."""

    def on_end(self, status: str, message: str = "") -> None:
        """Hear how the run ended."""


class Look:
    """The state of a press for functions of others, from increment to increment.

    Parameters
    ----------
    press : Press
        As the run begins or goes on.
    """

    def __init__(self, press: Press) -> None:
        self._press = press
        self._wanted = bool(functions())
        self._before: StackBefore | None = None
        if not self._wanted:
            return
        mesh = press.mesh
        self._bodies = {
            name: Body(
                material=press.layers[name].material,
                points=mesh.points[mesh.layer_nodes(name)],
                cells=np.searchsorted(mesh.layer_nodes(name), mesh.cells[mesh.layer_cells(name)]),
            )
            for name in mesh.layer_names
        }
        when = Moment(pressure=press.pressure, time=press.memory.time)
        moved = press.problem.displacement[press.problem.bulk.node_dofs]
        self._before = StackBefore(
            when=when,
            layers={
                name: layer_before(when, name, moved[mesh.layer_nodes(name)], state)
                for name, state in self._states().items()
            },
            interfaces={
                part.name: interface_now(when, part) for part in press.interface_snapshots()
            },
        )

    def extend(self, snapshot: IncrementSnapshot) -> IncrementSnapshot:
        """Return an accepted increment with what the functions say of it.

        Raises
        ------
        ResultsError
            If a function fails or returns something else; the message names its line.
        """
        if self._before is None:
            return snapshot
        when = Moment(
            step=snapshot.step,
            increment=snapshot.increment,
            pressure=snapshot.nominal_pressure,
            time=snapshot.time,
            duration=snapshot.time - self._before.time,
        )
        layers = snapshot.layers or self._press.layer_snapshots()
        now = stack_now(
            when, layers, snapshot.interfaces, self._bodies, self._states(), self._before
        )
        found = extended(snapshot, now)
        self._before = stack_before(now)
        return found

    def _states(self) -> dict[str, Array]:
        """Return the internal variables of each layer (cells, k, variables)."""
        mesh, bulk = self._press.mesh, self._press.problem.bulk
        values = bulk.stored()["state"].reshape(len(mesh.cells), -1, bulk.state.shape[1])
        return {name: values[mesh.layer_cells(name)] for name in mesh.layer_names}


def interface_snapshots(
    problem: MechanicalProblem, interfaces: Iterable[ContactInterface]
) -> tuple[InterfaceSnapshot, ...]:
    """Return the accepted state of interfaces, of which the problem has all or a part."""
    return tuple(
        _present(interface, problem.displacement)
        if interface in problem.interfaces
        else _absent(interface, problem.displacement)
        for interface in interfaces
    )


def _present(interface: ContactInterface, displacement: Array) -> InterfaceSnapshot:
    gap = interface.gaps(displacement)
    bonds, bond = interface.bonds, interface.bond_tractions(displacement)
    shear = interface.shear
    adhesion: dict[str, Any] = {}
    if bonds is not None and bond is not None:
        shear = shear - bond.shear.reshape(shear.shape)
        adhesion = {
            "damage": bonds.damage.copy(),
            "bonded": bonds.share.copy(),
            "intact": bonds.intact,
            "adhesion": bond.normal,
            "mode_mix": bonds.mode.copy(),
            "separation_energy": bonds.dissipated.copy(),
        }
    return InterfaceSnapshot(
        name=interface.name,
        points_reference=interface.slave_points.copy(),
        points=interface.slave_points + displacement[interface.slave_dofs],
        weights=interface.pairing.weights.copy(),
        contact_pressure=interface.pressure.copy(),
        gap=np.where(np.isfinite(gap), gap, np.nan),
        shear_traction=shear.copy(),
        slip=interface.total_slip.copy(),
        in_contact=interface.pressure > 0.0,
        removed=interface.removed.copy() if interface.removed.any() else None,
        film_broken=broken_film(interface),
        faces=interface.slave_faces,
        **adhesion,
    )


def _absent(interface: ContactInterface, displacement: Array) -> InterfaceSnapshot:
    points = interface.slave_points
    zero = np.zeros(len(points))
    return InterfaceSnapshot(
        name=interface.name,
        points_reference=points.copy(),
        points=points + displacement[interface.slave_dofs],
        weights=nodal_areas(points, interface.slave_faces, axisymmetric=interface.axisymmetric),
        contact_pressure=zero,
        gap=np.full(len(points), np.nan),
        shear_traction=np.zeros_like(interface.shear),
        slip=zero,
        in_contact=zero > 0.0,
        present=False,
    )


def layer_snapshots(
    problem: MechanicalProblem,
    mesh: StackMesh,
    layers: Mapping[str, Layer],
    present: Iterable[str],
) -> tuple[LayerSnapshot, ...]:
    """Return the accepted state of all layers of a mesh, with the density of powders."""
    fields: dict[str, Any] = dict(problem.bulk.cell_fields())
    displacement = problem.displacement[problem.bulk.node_dofs]
    axisymmetric = problem.bulk.kinematics.axisymmetric
    before, after = (
        cell_measures(points, mesh.cells, axisymmetric=axisymmetric)
        for points in (mesh.points, mesh.points + displacement)
    )
    there = set(present)
    found = []
    for name in mesh.layer_names:
        cells = mesh.layer_cells(name)
        loose = getattr(layers[name].material.law, "relative_density", None)
        found.append(
            LayerSnapshot(
                name=name,
                displacement=displacement[mesh.layer_nodes(name)],
                # mass is kept: cells become denser as they become smaller
                relative_density=None if loose is None else loose * (before / after)[cells],
                present=name in there,
                **{key: values[cells] for key, values in fields.items()},
            )
        )
    return tuple(found)
