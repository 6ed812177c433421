# SPDX-License-Identifier: MIT
r"""Rigid surfaces: the wall of a die with Coulomb friction and flat punches, what they bear.

A rigid face against a mesh is a condition on each node, so that multipliers are nodal forces of the
whole circumference and need no areas. Normal contact and friction are enforced by an augmented
Lagrangian,

.. math::

\lambda = \max(0, \lambda_k - \kappa g), \quad t = \mathrm{clip}(t_k - \kappa \Delta u,
\pm\mu\lambda)

with multipliers that are carried on until gaps and stick slips hold. A node that just touches, as
all do at the start, counts as closed, and one that is about to slip, as all do that slid in the
increment before, as sticking, whatever round-off says. The slip tangent couples the two directions
and is not symmetric. The solution of the system is in :mod:`interfacefem.fem.mechanics`.

The press that uses them is :mod:`interfacefem.drive.press`.

References
----------
Alart and Curnier (1991), 10.1016/0045-7825(91)90022-X (augmented Lagrangian with friction).
Janssen (1895), Z. Ver. Dtsch. Ing. 39, 1045 (decay of the stress along a wall with friction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.contact.numbers import DIE_GAP, DIE_STICK, DIE_STIFFNESS, TIE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.describe.settings import Die
    from interfacefem.describe.stack import Layer
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Response:
    """Nodal forces of a face at one displacement, and which nodes it touches and lets slip."""

    normal: Array
    shear: Array
    touching: Mask
    slipping: Mask
    trial: Array


class RigidSurface:
    """A rigid face and the nodes it may touch.

    Parameters
    ----------
    name : str
        ``wall`` or ``punch``.
    normal : (n,) int array
        Degrees of freedom across the face; the face lies on their positive side.
    gap : (n,) array
        Distance of the nodes from the face before the press [um].
    stiffness : float
        Of the augmentation [uN/um]: it decides how fast it converges, not what it converges to.
    tolerance : float
        Gap, penetration or slip of a sticking node that is small enough [um].
    lead : int, optional
        Degree of freedom the face moves with; it stands still without one.
    along : (n,) int array, optional
        Degrees of freedom along the face, for friction.
    friction : float
        Coulomb coefficient [-].

    Attributes
    ----------
    normal, shear : (n,) array
        Carried multipliers: force of the face on each node, and along it [uN].
    """

    def __init__(
        self,
        name: str,
        normal: IntArray,
        gap: Array,
        *,
        stiffness: float,
        tolerance: float,
        lead: int | None = None,
        along: IntArray | None = None,
        friction: float = 0.0,
    ) -> None:
        self.name = name
        self._normal, self._along, self._lead = normal, along, lead
        self._gap, self._tolerance = gap, tolerance
        self._kappa, self._along_kappa = stiffness, DIE_STICK * stiffness
        self._friction = friction if along is not None else 0.0
        self._slack = TIE * tolerance
        self.normal = np.zeros(len(normal))
        self.shear = np.zeros(len(normal))

    def gaps(self, displacement: Array) -> Array:
        """Distance of each node from the face, negative where it penetrates [um]."""
        gap: Array = self._gap - displacement[self._normal]
        return gap if self._lead is None else gap + displacement[self._lead]

    def _slips(self, displacement: Array, accepted: Array) -> Array:
        change: Array = displacement[self._along] - accepted[self._along]
        return change

    def _respond(self, displacement: Array, accepted: Array) -> _Response:
        inward = self.normal - self._kappa * self.gaps(displacement)
        normal = np.maximum(0.0, inward)
        shear = np.zeros_like(normal)
        trial, slipping = shear, shear > 0.0
        if self._friction > 0.0:
            trial = self.shear - self._along_kappa * self._slips(displacement, accepted)
            limit = self._friction * normal
            slipping = np.abs(trial) > limit + self._along_kappa * self._slack
            shear = np.clip(trial, -limit, limit)
        touching = inward >= -self._kappa * self._slack
        return _Response(normal, shear, touching, slipping, trial)

    def add_forces(self, forces: Array, displacement: Array, accepted: Array) -> None:
        """Add the forces on the nodes to a vector of internal forces, in place."""
        self._add(forces, self._respond(displacement, accepted))

    def add_carried(self, forces: Array) -> None:
        """Add the forces of the carried multipliers to a vector of internal forces, in place."""
        none = self.normal < 0.0
        self._add(forces, _Response(self.normal, self.shear, none, none, self.shear))

    def _add(self, forces: Array, response: _Response) -> None:
        np.add.at(forces, self._normal, response.normal)
        if self._lead is not None:
            forces[self._lead] -= response.normal.sum()
        if self._along is not None:
            np.add.at(forces, self._along, -response.shear)

    def tangent(
        self, displacement: Array, accepted: Array, transform: sp.csr_matrix, *, symmetric: bool
    ) -> sp.csr_matrix:
        """Return the tangent of the forces in condensed unknowns [uN/um].

        Parameters
        ----------
        displacement, accepted : (dofs,) array
            Present iterate, and since when slip is counted [um].
        transform : (dofs, unknowns) CSR matrix
        symmetric : bool
            Leave out how the force across changes the limit of that along.

        Returns
        -------
        (unknowns, unknowns) CSR matrix
        """
        found = self._respond(displacement, accepted)
        across = transform[self._normal]
        if self._lead is not None:
            lead = transform[np.full(len(self._normal), self._lead)]
            across = (across - lead).tocsr()
            across.eliminate_zeros()
        stiffness = np.where(found.touching, self._kappa, 0.0)
        result = across.T @ sp.diags(stiffness) @ across
        if self._friction > 0.0:
            along = transform[self._along]
            sticking = np.where(found.slipping | ~found.touching, 0.0, self._along_kappa)
            result = result + along.T @ sp.diags(sticking) @ along
            if not symmetric:
                limit = np.where(found.slipping, self._friction * np.sign(found.trial), 0.0)
                result = result - along.T @ sp.diags(limit * stiffness) @ across
        return result.tocsr()

    def augment(self, displacement: Array, accepted: Array) -> float:
        """Carry the multipliers on; return how far that moved them, in tolerances."""
        found = self._respond(displacement, accepted)
        moved = [(found.normal - self.normal) / self._kappa]
        if self._friction > 0.0:
            sticks = ~found.slipping & found.touching
            moved.append((found.shear - self.shear)[sticks] / self._along_kappa)
        self.normal, self.shear = found.normal, found.shear
        return max(float(np.abs(part).max(initial=0.0)) for part in moved) / self._tolerance

    def scale(self, ratio: float) -> None:
        """Scale the forces across the face, as a guess for another load."""
        self.normal = ratio * self.normal

    def friction_work(self, displacement: Array, accepted: Array) -> float:
        """Work that friction takes from the accepted displacement to a given one [pJ]."""
        if self._along is None:
            return 0.0
        return -float(self.shear @ self._slips(displacement, accepted))

    @property
    def carried(self) -> tuple[Array, ...]:
        """Multipliers, to put them back when an attempt has failed."""
        return self.normal, self.shear

    @carried.setter
    def carried(self, saved: tuple[Array, ...]) -> None:
        self.normal, self.shear = saved

    def stored(self) -> dict[str, Array]:
        """Return the accepted state as arrays over the nodes."""
        return {"normal": self.normal.copy(), "shear": self.shear.copy()}

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`."""
        self.normal, self.shear = arrays["normal"].copy(), arrays["shear"].copy()


#: name of the moving punch; no layer can have it
FLAT_PUNCH = "flat punch"


@dataclass(frozen=True)
class DieForces:
    """Forces between a pellet and its die; pushes on the pellet are positive [uN].

    Attributes
    ----------
    punch, bottom : float
        Of the moving punch downwards, of the fixed one upwards.
    wall_friction : float
        Of the wall, upwards where the pellet slides down.
    wall : float
        Of the wall inwards, summed around.
    """

    punch: float
    bottom: float
    wall_friction: float
    wall: float

    def record(self, area: float) -> dict[str, float]:
        """Return what is kept of an increment, for a nominal area [um^2]."""
        return {
            "bottom_pressure": self.bottom / area,
            "wall_force": self.wall,
            "wall_friction": self.wall_friction,
        }


def die_walls(
    die: Die, mesh: StackMesh, bulk: Bulk, layers: Mapping[str, Layer], gap_tolerance: float
) -> dict[str, RigidSurface]:
    """Return the wall beside each layer, by layer.

    Parameters
    ----------
    die : Die
    mesh : StackMesh
        From the axis to the wall.
    bulk : Bulk
        Axisymmetric.
    layers : mapping of str to Layer
        Those that rub at the wall.
    gap_tolerance : float
        Of the case [-].
    """
    edge = np.unique(mesh.boundaries["right"])
    walls = {}
    for name, layer in layers.items():
        nodes = np.intersect1d(edge, mesh.layer_nodes(name))
        walls[name] = RigidSurface(
            name,
            bulk.node_dofs[nodes, 0],
            die.radius - mesh.points[nodes, 0],
            stiffness=_stiffness(mesh, layer),
            tolerance=DIE_GAP * gap_tolerance * mesh.width,
            along=bulk.node_dofs[nodes, 1],
            friction=die.wall_friction,
        )
    return walls


def flat_punch(
    top: IntArray, mesh: StackMesh, bulk: Bulk, layer: Layer, gap_tolerance: float
) -> RigidSurface:
    """Return the moving punch: a smooth rigid face that moves with the first node of a face.

    Parameters
    ----------
    top : (n,) int array
        Nodes of the uppermost face, from the axis to the wall. Where that is not flat, neither is
        the punch.
    mesh : StackMesh
    bulk : Bulk
    layer : Layer
        The uppermost one.
    gap_tolerance : float
        Of the case [-].
    """
    dofs = bulk.node_dofs[top, 1]
    return RigidSurface(
        FLAT_PUNCH,
        dofs[1:],
        np.zeros(len(top) - 1),
        stiffness=_stiffness(mesh, layer),
        tolerance=DIE_GAP * gap_tolerance * mesh.width,
        lead=int(dofs[0]),
    )


def _stiffness(mesh: StackMesh, layer: Layer) -> float:
    return DIE_STIFFNESS * 2.0 * np.pi * mesh.width * layer.material.law.pressed_modulus


def die_forces(problem: MechanicalProblem, bottom: IntArray) -> DieForces:
    """Return the forces of the last accepted attempt; none before the first.

    Parameters
    ----------
    problem : MechanicalProblem
    bottom : (n,) int array
        Vertical degrees of freedom on the fixed punch.
    """
    inner = np.zeros(problem.bulk.size) if problem.inner is None else problem.inner
    walls = [surface for surface in problem.rigid_surfaces if surface.name != FLAT_PUNCH]
    return DieForces(
        punch=problem.force,
        bottom=float((problem.balance_of(inner) - problem.dead_forces)[bottom].sum()),
        wall_friction=float(sum(wall.shear.sum() for wall in walls)),
        wall=float(sum(wall.normal.sum() for wall in walls)),
    )
