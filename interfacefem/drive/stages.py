# SPDX-License-Identifier: MIT
"""What happens between two stages: the die is opened, and layers are laid on each other.

Lives here: a mechanical problem of the layers that are in the die, how the reaction of a punch that
is taken away fades, and how far a layer is moved until it just touches. Which layers are there in
which stage is said by :mod:`interfacefem.describe.stage`, and everything is put together in
:mod:`interfacefem.drive.press`.

All layers are in one mesh from the beginning. Those that are not in the die have every degree of
freedom held where it is; they feel nothing and nothing feels them. A layer that is put in is moved
as a rigid body, which in a total Lagrangian description costs no stress.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.laws import Tractions
from interfacefem.errors import MeshError
from interfacefem.fem.contact.face_distance import smallest_distance
from interfacefem.fem.increment import StepFailure, balance
from interfacefem.fem.mechanics import Load, MechanicalProblem
from interfacefem.meshing.gaps import polyline_gap
from interfacefem.meshing.measures import nodal_areas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.mechanics import Attempt
    from interfacefem.fem.work import Work
    from interfacefem.meshing.layer_faces import LayerFaces
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

#: pressure that holds several layers together while the die is open, over the largest of all
SEAT = 1e-4
#: smallest part of a fading load that is tried, in those it begins with
SMALLEST_PART = 2.0**-8
#: largest part of the forces of a die that fades at once: faces part and slide on the way, and from
#: here on smaller parts leave the same nodes in contact
EJECTED_PART = 2.0**-5


class StagedProblem(MechanicalProblem):
    """Mechanical problem of a stage: starts from what an earlier stage left.

    Attributes
    ----------
    seat : (dofs,) array or None
        Dead forces that hold the layers of the stage before together [MPa um]. They stay until
        the platen presses harder.
    seat_force : float
        Their sum [MPa um].
    above : dict of str to (dofs,) bool array
        By interface, the vertical degrees of freedom of all layers above it.
    """

    seat: Array | None = None
    seat_force: float = 0.0
    above: dict[str, Mask]

    def take_over(self, displacement: Array, work: Work | None, nodal: Array) -> None:
        """Start from an equilibrium without platen.

        Parameters
        ----------
        displacement : (dofs,) array
            [um].
        work : Work or None
            What was done so far.
        nodal : (dofs,) array
            Dead forces of that equilibrium [MPa um].
        """
        self.displacement = displacement.copy()
        self.work = work or self.work
        self._nodal = nodal.copy()
        if not self._refresh(self.displacement):
            raise MeshError("a face has folded over before the stage begins; use a finer mesh")

    @property
    def dead_forces(self) -> Array:
        """Accepted dead forces [MPa um]."""
        return self._nodal

    def attempt(self, load: Load) -> Attempt:
        """Try one increment; the seat holds as long as the platen presses less."""
        if self.seat is not None and load.nodal is None and self.force < self.seat_force:
            load = replace(load, nodal=self.seat)
        return super().attempt(load)

    def unbalanced(self) -> Array:
        """Return what bodies and interfaces do not balance at the accepted state [MPa um]."""
        inner = self.bulk.residual(self.displacement)
        if inner is None:
            raise StepFailure(["a cell is inverted when the die is opened"])
        return self.balance_of(inner)

    def balance_of(self, inner: Array) -> Array:
        """Return forces of the bodies with those of all faces added [MPa um]."""
        total = inner.copy()
        for barrier in self.fold_barriers:
            barrier.add_forces(total, self.displacement)
        for interface in self.interfaces:
            interface.add_forces(total, _carried(interface, self.displacement))
        for surface in self.rigid_surfaces:
            surface.add_carried(total)
        return total

    def _balance(self) -> float:
        outer = np.zeros(self.bulk.size)
        if self._load.nodal is not None:
            outer -= self._load.nodal
        for surface in self.rigid_surfaces:
            surface.add_carried(outer)
        if self._platen < 0 or not self.interfaces or self._current_force == 0.0:
            return 0.0
        above = (float(outer[self.above[interface.name]].sum()) for interface in self.interfaces)
        expected = [self._current_force + force for force in above]
        # a pull may end without any force
        scale = None if self._load.control is None else self.scale()
        return balance(self.interfaces, self._trial, expected, scale)


def fade(
    problem: StagedProblem, start: Array, end: Array, floor: float, *, largest: float = 1.0
) -> list[Attempt]:
    """Let dead forces go from one set to another, in as few increments as converge.

    Parameters
    ----------
    problem : StagedProblem
        Without platen, in equilibrium with `start`.
    start, end : (dofs,) array
        [MPa um].
    floor : float
        Smallest force against which the residual is measured [MPa um].
    largest : float
        Largest part in one increment. Less than all of it follows how faces part and slide, where
        the work of a direction may be a poor guide to its length.

    Returns
    -------
    list of Attempt
        Those that were accepted.

    Raises
    ------
    StepFailure
        If even a small part does not converge.
    """
    accepted = []
    done, part = 0.0, largest
    reasons: list[str] = []
    while done < 1.0:
        goal = min(1.0, done + part)
        nodal = (1.0 - goal) * start + goal * end
        load = Load(nodal=nodal, floor=floor)
        attempt = problem.attempt(load)
        if attempt.failure and largest < 1.0:
            attempt = problem.attempt(replace(load, by_residual=True))
        if attempt.failure:
            reasons.append(f"while the die is opened: {attempt.failure}")
            part = 0.5 * (goal - done)
            if part < SMALLEST_PART * largest:
                raise StepFailure(reasons)
            continue
        problem.accept(attempt)
        accepted.append(attempt)
        done, part = goal, min(4.0 * part, largest)
    return accepted


def face_load(mesh: StackMesh, bulk: Bulk, face: IntArray, pressure: float) -> Array:
    """Return the dead forces of a pressure downwards on a face, by its area before the press.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    face : (k, 2) or (k, 4) int array
        Its edges or quadrilaterals.
    pressure : float
        On the projected area [MPa].
    """
    force = np.zeros(bulk.size)
    areas = nodal_areas(mesh.points, face, axisymmetric=bulk.kinematics.axisymmetric)
    force[bulk.node_dofs[:, -1]] = -pressure * areas
    return force


def take_out(mesh: StackMesh, bulk: Bulk, displacement: Array, removed: Sequence[str]) -> None:
    """Put bodies that leave the die back to what they were before the press, in place."""
    indices = [mesh.layer_index(name) for name in removed]
    layer = np.repeat(mesh.cell_layer[bulk.cell_index], bulk.full.size)
    points = np.isin(layer, indices)
    bulk.cp_inverse[points] = bulk.kinematics.unit
    bulk.state[points] = bulk.laws.initial[layer[points]]
    bulk.deviator_ratio[points] = 1.0
    bulk.plastic_rate[points] = 0.0
    for name in removed:
        displacement[bulk.node_dofs[mesh.layer_nodes(name)]] = 0.0


def rest(
    mesh: StackMesh,
    bulk: Bulk,
    displacement: Array,
    faces: Mapping[str, LayerFaces],
    layers: Sequence[str],
    kept: Sequence[str],
) -> None:
    """Lay new layers on those that stay: moved vertically until they just touch, in place.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    displacement : (dofs,) array
        Of the layers that stay; that of the new ones is set [um].
    faces : mapping of str to LayerFaces
    layers : sequence of str
        What is in the die, bottom to top.
    kept : sequence of str
        Those that stay where they are; if there are none, the lowest layer does.
    """
    positions = [layers.index(name) for name in kept] or [0]
    dofs = bulk.node_dofs

    def move(name: str, height: float) -> None:
        nodes = mesh.layer_nodes(name)
        displacement[dofs[nodes]] = 0.0
        displacement[dofs[nodes, -1]] = height

    def distance(lower: str, upper: str) -> float:
        points = mesh.points + displacement[dofs]
        if mesh.dimension == 3:
            return float(smallest_distance(points, faces[lower].top, points, faces[upper].bottom))
        nodes = faces[lower].nodes("top"), faces[upper].nodes("bottom")
        return float(polyline_gap(points[nodes[0]], points[nodes[1]])[1].min())

    for lower, upper in itertools.pairwise(layers[positions[-1] :]):
        move(upper, 0.0)
        move(upper, -distance(lower, upper))
    for upper, lower in itertools.pairwise(layers[positions[0] :: -1]):
        move(lower, 0.0)
        move(lower, distance(lower, upper))


def _carried(interface: ContactInterface, displacement: Array) -> Tractions:
    """Return the multipliers of an interface, and what its bonds bear, as tractions."""
    zero = np.zeros_like(interface.pressure)
    none = zero > 0.0
    found = Tractions(
        interface.pressure, interface.shear, zero, zero, zero, zero, active=none, sticking=none
    )
    bond = interface.bond_tractions(displacement)
    return found if bond is None else found.with_bond(bond)
