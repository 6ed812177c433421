# SPDX-License-Identifier: MIT
"""What happens between two stages: the die is opened, and layers are laid on each other.

How the reaction of a punch that is taken away fades, and how far a layer is moved until it just
touches. Which layers are there in
which stage is said by :mod:`interfacefem.describe.stage`, and everything is put together in
:mod:`interfacefem.drive.press`.

All layers are in one mesh from the beginning. Those that are not in the die have every degree of
freedom held where it is; they feel nothing and nothing feels them. A layer that is put in is moved
as a rigid body, which in a total Lagrangian description costs no stress.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.drive.advance import Memory, Policy, advance
from interfacefem.drive.numbers import FADE_CUT, FADE_GROWTH, FLOOR, SMALLEST_FADE
from interfacefem.fem.contact.mortar3d import smallest_distance
from interfacefem.fem.increment import Load, StepFailure
from interfacefem.meshing.faces import nodal_areas, polyline_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.drive.assembly import Assembly
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import LayerFaces, StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: forces fade in parts until those are too small, whatever number of them fails
UNTIL_SMALL = Policy(max_rejections=math.inf)


class Fading:
    """Let dead forces go from one set to another, in as few increments as converge.

    Parameters
    ----------
    problem : MechanicalProblem
        Without platen, in equilibrium with `start`.
    start, end : (dofs,) array
        [MPa um].
    floor : float
        Smallest force against which the residual is measured [MPa um].
    largest : float
        Largest part in one increment. Less than all of it follows how faces part and slide, where
        the work of a direction may be a poor guide to its length: an increment that fails is tried
        once more by the norm of its residual.
    """

    def __init__(
        self,
        problem: MechanicalProblem,
        start: Array,
        end: Array,
        floor: float,
        *,
        largest: float = 1.0,
    ) -> None:
        self.problem = problem
        self._start, self._end, self._floor, self._largest = start, end, floor, largest
        self._faded, self._part = 0.0, largest
        self._by_residual = False

    @property
    def done(self) -> bool:
        """Whether all has faded."""
        return self._faded >= 1.0

    @property
    def _goal(self) -> float:
        return min(1.0, self._faded + self._part)

    def load(self) -> Load:
        """Return the forces that are left next."""
        goal = self._goal
        nodal = (1.0 - goal) * self._start + goal * self._end
        return Load(nodal=nodal, floor=self._floor, by_residual=self._by_residual)

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Every converged attempt is good."""
        return ""

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Try again by the residual, or with half the part.

        Raises
        ------
        StepFailure
            If even a small part does not converge.
        """
        if self._largest < 1.0 and not self._by_residual:
            self._by_residual = True
            return
        self._by_residual = False
        self._part = FADE_CUT * (self._goal - self._faded)
        if self._part < SMALLEST_FADE * self._largest:
            raise StepFailure([reason])

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Go on with a larger part."""
        self._faded, self._part = self._goal, min(FADE_GROWTH * self._part, self._largest)
        self._by_residual = False

    def tried(self, load: Load) -> str:
        """Return what was tried, in words."""
        return f"while the die is opened, {self._goal:.3g} of its forces gone"


def fade(
    problem: MechanicalProblem, start: Array, end: Array, floor: float, *, largest: float = 1.0
) -> list[Attempt]:
    """Let dead forces go from one set to another; parameters as :class:`Fading`.

    Returns
    -------
    list of Attempt
        Those that were accepted.

    Raises
    ------
    StepFailure
        If even a small part does not converge.
    """
    accepted: list[Attempt] = []
    path = Fading(problem, start, end, floor, largest=largest)
    advance(path, Memory(), UNTIL_SMALL, lambda attempt, _: accepted.append(attempt))
    return accepted


def open_die(
    assembly: Assembly,
    pressed: MechanicalProblem,
    kept: Sequence[str],
    removed: Sequence[str],
    *,
    free_bottom: bool,
    largest: float,
) -> MechanicalProblem:
    """Take platen and punch away, and let the layers that stay spring back.

    Parameters
    ----------
    assembly : Assembly
    pressed : MechanicalProblem
        Before; it is not fit for use afterwards.
    kept, removed : sequence of str
        Layers that stay, bottom to top, and bodies that leave.
    free_bottom : bool
        Whether something will be laid below the lowest layer.
    largest : float
        Largest nominal pressure of the press [MPa].

    Returns
    -------
    MechanicalProblem
        Of the layers that stay, under the dead forces that hold them together.

    Raises
    ------
    StepFailure
        If they find no equilibrium.
    """
    mesh, bulk = assembly.mesh, assembly.bulk
    displacement, work = pressed.displacement.copy(), pressed.work
    bulk.warmth.lay([mesh.layer_index(name) for name in kept])
    if removed:
        work.applied -= work.elastic
        take_out(mesh, bulk, displacement, removed)
    opened = assembly.problem(kept, platen=False, free_bottom=free_bottom)
    opened.begin_from(displacement, work, np.zeros(bulk.size))
    free = opened.supports.unknown >= 0
    reaction = np.where(free, opened.unbalanced(), 0.0)
    opened.begin_from(displacement, work, reaction)
    if removed:
        barriers = sum(barrier.energy(displacement) for barrier in opened.fold_barriers)
        work.applied += bulk.elastic_energy() + barriers
    seat = assembly.seat(kept, free_bottom=free_bottom).nodal
    fade(opened, reaction, seat, FLOOR * largest * assembly.area)
    opened.system.destroy()
    pressed.system.destroy()
    return opened


def moving_walls(mesh: StackMesh, bulk: Bulk, layers: Sequence[str]) -> list[IntArray]:
    """Return the degrees of freedom of the walls opposite planes of symmetry, by axis."""
    present = np.concatenate([mesh.layer_nodes(name) for name in layers])
    sides = ("right", "back")[: mesh.dimension - 1]
    walls = [np.intersect1d(mesh.boundary_nodes(side), present) for side in sides]
    return [bulk.node_dofs[nodes, axis] for axis, nodes in enumerate(walls)]


def change_walls(old: MechanicalProblem, new: MechanicalProblem, *, bag: bool) -> MechanicalProblem:
    """Return a problem with other side walls in the equilibrium of the one before.

    Parameters
    ----------
    old, new : MechanicalProblem
        Of the same bodies; the old one is not fit for use afterwards.
    bag : bool
        Whether the walls give way; what they bore becomes dead forces on them.
    """
    none = np.zeros_like(old.displacement)
    new.take_over(old, none)
    new.force, new.motion = old.force, none
    if bag:
        inner = new.unbalanced()
        for wall in new.supports.platens[1:]:
            tied = np.flatnonzero(new.supports.unknown == wall)
            new.dead_forces[tied[0]] = inner[tied].sum()
    old.system.destroy()
    return new


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
