# SPDX-License-Identifier: MIT
r"""A body of revolution in a die: rigid wall with Coulomb friction, rigid punches, ejection.

The body stands on a fixed punch and is pressed by a moving one, whose face holds the body back
only where it touches it. Wall and moving punch are rigid, so that contact is a condition on single
nodes: multipliers are nodal forces of the whole ring and need no areas. Normal contact and friction
are enforced by an augmented Lagrangian,

.. math::

    \lambda = \max(0, \lambda_k - \kappa g), \quad
    t = \mathrm{clip}(t_k - \kappa \Delta u_z, \pm\mu\lambda)

with multipliers that are carried on until gaps and stick slips hold. The slip tangent couples the
two directions, and that of a powder is not symmetric by itself, so systems are solved by LU. Rough
interfaces do not live here; they are pressed in :mod:`interfacefem.fem.mechanics`.

References
----------
Janssen (1895), Z. Ver. Dtsch. Ing. 39, 1045 (decay of the stress along a wall with friction).
Alart and Curnier (1991), 10.1016/0045-7825(91)90022-X (augmented Lagrangian with friction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from interfacefem.fem.stepping import StepFailure

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.bulk import Bulk

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: residual relative to the largest nodal force, gap and stick slip relative to the height
TOLERANCE, GAP_TOLERANCE = 1e-11, 1e-9
#: stiffness of the augmentation in units of the body's; it is rigid on rigid, so high
RIGID = 30.0
MAX_ITERATIONS, MAX_PASSES, MAX_CUTS = 25, 30, 8


@dataclass(frozen=True)
class DieForces:
    """Forces between a body and its die; pushes on the body are positive [uN].

    Attributes
    ----------
    punch : float
        Of the moving punch, downwards.
    bottom : float
        Of the fixed punch, upwards.
    wall_friction : float
        Of the wall, upwards where the body slides down.
    wall : (nodes,) array
        Of the wall on each of its nodes, inwards.
    wall_shear : (nodes,) array
        Of the wall on each of its nodes, upwards.
    """

    punch: float
    bottom: float
    wall_friction: float
    wall: Array
    wall_shear: Array


class Die:
    """A body of revolution between wall and punches; the first coordinate is the radius.

    Parameters
    ----------
    bulk : Bulk
        Axisymmetric.
    points : (n, 2) array
        Reference positions [um].
    wall, top, bottom, axis : int arrays
        Nodes at the wall, under the moving punch, on the fixed punch and on the axis.
    friction : float
        Coefficient at the wall [-]. The punches are smooth.
    stiffness : float
        Modulus that scales the augmentation [MPa]; that of the body.
    """

    def __init__(
        self,
        bulk: Bulk,
        points: Array,
        *,
        wall: IntArray,
        top: IntArray,
        bottom: IntArray,
        axis: IntArray,
        friction: float,
        stiffness: float,
    ) -> None:
        self.bulk = bulk
        self.friction = friction
        dofs = bulk.node_dofs
        self._wall, self._along = dofs[wall, 0], dofs[wall, 1]
        self._top, self._bottom = dofs[top, 1], dofs[bottom, 1]
        self._height = dofs[:, 1], points[:, 1] - points[bottom, 1].mean()
        free = np.ones(bulk.size, dtype=bool)
        free[self._bottom] = False
        free[dofs[axis, 0]] = False
        self._free = np.flatnonzero(free)
        self._radius = float(points[wall, 0].mean())
        self._tall = float(points[top, 1].mean() - points[bottom, 1].mean())
        self._kappa = RIGID * 2.0 * np.pi * self._radius * stiffness
        self.displacement = np.zeros(bulk.size)
        self.punch = 0.0
        self.closed = True  # whether the wall is there
        self._normal = np.zeros(len(wall))
        self._shear = np.zeros(len(wall))
        self._push = np.zeros(len(top))
        self._dead = np.zeros(bulk.size)

    def move(self, change: float) -> DieForces:
        """Move the punch, in smaller increments where one does not converge.

        Parameters
        ----------
        change : float
            Displacement of the punch, positive upwards [um].

        Returns
        -------
        DieForces

        Raises
        ------
        StepFailure
            If increments became too small.
        """
        left, size, cuts = change, change, 0
        reasons: list[str] = []
        while True:
            size = size if abs(size) < abs(left) else left
            reason = self._increment(size)
            if not reason:
                left, cuts, reasons = left - size, 0, []
                if left == 0.0:
                    return self.forces()
                size *= 2.0
                continue
            reasons.append(reason)
            cuts += 1
            if cuts > MAX_CUTS:
                raise StepFailure(reasons)
            size *= 0.5

    def eject(self, increments: int = 10) -> DieForces:
        """Take the die away: what the wall does to the body fades in equal parts.

        Raises
        ------
        StepFailure
            If an increment does not converge.
        """
        dead = np.zeros(self.bulk.size)
        np.add.at(dead, self._wall, self._normal)
        np.add.at(dead, self._along, -self._shear)
        self.closed = False
        self._normal[:] = self._shear[:] = 0.0
        for part in np.linspace(1.0, 0.0, increments + 1)[1:]:
            self._dead = part * dead
            reason = self._increment(0.0)
            if reason:
                raise StepFailure([reason])
        return self.forces()

    def forces(self) -> DieForces:
        """Return the forces of the accepted state."""
        internal = self.bulk.residual(self.displacement)
        if internal is None:
            raise StepFailure(["a cell is inverted"])
        # nodes on the fixed punch do not slide along the wall, so it alone holds them
        return DieForces(
            float(self._push.sum()),
            float(internal[self._bottom].sum()),
            float(self._shear.sum()),
            self._normal.copy(),
            self._shear.copy(),
        )

    def _increment(self, change: float) -> str:
        """Try one increment and accept it, or return why not."""
        saved = self._normal.copy(), self._shear.copy(), self._push.copy()
        u = self.displacement.copy()
        dofs, height = self._height
        # in a die the body follows the punch almost affinely
        u[dofs] += change * height / self._tall
        self.punch += change
        reason = "the gaps do not close to tolerance"
        for _ in range(MAX_PASSES):
            found, reason = self._solve(u)
            if reason:
                break
            u = found
            _, _, normal, shear, push = self._contact(u, self.displacement)
            worst = self._violation(u, normal, shear, push)
            self._normal, self._shear, self._push = normal, shear, push
            if worst <= GAP_TOLERANCE * self._tall:
                self.bulk.residual(u)
                self.bulk.accept()
                self.displacement = u
                return ""
            reason = "the gaps do not close to tolerance"
        self.punch -= change
        self._normal, self._shear, self._push = saved
        return reason

    def _solve(self, u: Array) -> tuple[Array, str]:
        """Newton's method at fixed multipliers; steps that raise the residual are cut."""
        found = self._residual(u)
        for _ in range(MAX_ITERATIONS):
            if found is None:
                return u, "a cell is inverted or a point has no solution"
            residual, stiffness, scale = found
            norm = float(np.abs(residual).max())
            if norm <= TOLERANCE * scale:
                return u, ""
            indptr, indices, values = self.bulk.jacobian().getValuesCSR()
            matrix = sp.csr_matrix((values, indices, indptr)) + stiffness
            step = splu(matrix[self._free][:, self._free].tocsc()).solve(-residual)
            if not np.all(np.isfinite(step)):
                return u, "the linear system is singular"
            length = 1.0
            for _ in range(MAX_CUTS):
                trial = u.copy()
                trial[self._free] += length * step
                found = self._residual(trial)
                if found is not None and float(np.linalg.norm(found[0])) < (
                    1.0 - 0.1 * length
                ) * float(np.linalg.norm(residual)):
                    break
                length *= 0.5
            u = trial
        return u, f"no convergence in {MAX_ITERATIONS} iterations"

    def _residual(self, u: Array) -> tuple[Array, sp.csr_matrix, float] | None:
        """Return free residual, tangent of the contact and scale of forces, with tangents ready."""
        internal = self.bulk.residual(u, tangent=True, primal_dual=False)
        if internal is None or not np.all(np.isfinite(internal)):
            return None
        contact, stiffness, *_ = self._contact(u, self.displacement)
        scale = max(float(np.abs(internal).max()), 1e-9 * self._kappa * self._tall)
        return (internal + contact)[self._free], stiffness, scale

    def _contact(self, u: Array, start: Array) -> tuple[Array, sp.csr_matrix, Array, Array, Array]:
        """Return forces to add to the internal ones, their tangent, and multipliers."""
        kappa, size = self._kappa, self.bulk.size
        force = self._dead.copy()
        trial = self._push - kappa * (self.punch - u[self._top])
        push = np.maximum(0.0, trial)
        np.add.at(force, self._top, push)
        rows, columns = [self._top], [self._top]
        # a face that just touches, as all do at the start, is closed
        values = [np.where(trial >= 0.0, kappa, 0.0)]
        normal, shear = np.zeros(len(self._wall)), np.zeros(len(self._wall))
        if self.closed:
            inward = self._normal + kappa * u[self._wall]
            normal = np.maximum(0.0, inward)
            trial = self._shear - kappa * (u[self._along] - start[self._along])
            limit = self.friction * normal
            slips = np.abs(trial) > limit
            shear = np.clip(trial, -limit, limit)
            np.add.at(force, self._wall, normal)
            np.add.at(force, self._along, -shear)
            touching = np.where(inward >= 0.0, kappa, 0.0)
            rows += [self._wall, self._along, self._along]
            columns += [self._wall, self._along, self._wall]
            values += [touching, np.where(slips, 0.0, kappa)]
            values += [np.where(slips, -self.friction * np.sign(trial), 0.0) * touching]
        index = np.concatenate(rows), np.concatenate(columns)
        tangent = sp.csr_matrix((np.concatenate(values), index), shape=(size, size))
        return force, tangent, normal, shear, push

    def _violation(self, u: Array, normal: Array, shear: Array, push: Array) -> float:
        """Return the largest gap or penetration and the largest slip of sticking nodes [um].

        That is how far the augmentation moves the multipliers.
        """
        changes = [push - self._push]
        if self.closed:
            sticks = np.abs(shear) < self.friction * normal
            changes += [normal - self._normal, (shear - self._shear)[sticks]]
        return max(float(np.abs(part).max(initial=0.0)) for part in changes) / self._kappa
