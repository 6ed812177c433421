# SPDX-License-Identifier: MIT
"""What distinguishes bodies in plane strain, of revolution and in space, in one table.

A kinematics says which components the gradient and symmetric tensors have, how the gradient is
formed and weighted, and which compiled loops respond to it. The loops are in
:mod:`interfacefem.materials`, fields and forms in :mod:`interfacefem.fem.bulk.bodies`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.materials import state as carry
from interfacefem.materials import update
from interfacefem.materials import update3d as spatial

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kinematics:
    """Components and compiled loops of one kind of deformation.

    Attributes
    ----------
    dimension : int
        Number of coordinates and displacements.
    diagonal : tuple of int
        Components of the gradient that are one without deformation.
    components, tensor : int
        Components of the gradient, row by row, and of symmetric tensors, whose first three are
        normal.
    axisymmetric : bool
        Whether the first coordinate is a radius.
    full_quadrature, update_dual, accepted_state : callable
        Loops over the points of the full rule.
    reduced_quadrature : callable or None
        Loop over the points of the reduced rule; None where mean dilatation takes its place.
    """

    dimension: int
    diagonal: tuple[int, ...]
    components: int
    tensor: int
    axisymmetric: bool
    full_quadrature: Callable[..., bool]
    update_dual: Callable[..., None]
    accepted_state: Callable[..., None]
    reduced_quadrature: Callable[..., bool] | None = None

    def gradient(self, u: Any, radius: Any) -> list[Any]:
        """Return the components of the gradient of a symbolic displacement."""
        size = range(self.dimension)
        components = [u[i].dx(j) for i in size for j in size]
        return [*components, u[0] / radius] if self.axisymmetric else components

    @property
    def unit(self) -> Array:
        """Unit tensor."""
        return np.concatenate([np.ones(3), np.zeros(self.tensor - 3)])

    def squared_norm(self, tensor: Array) -> Array:
        """Return the squared norm of symmetric tensors (n, tensor)."""
        total: Array = (tensor[:, :3] ** 2).sum(axis=1) + 2.0 * (tensor[:, 3:] ** 2).sum(axis=1)
        return total

    def determinant(self, gradient: Array) -> Array:
        """Return the determinants of deformation gradients (n, components)."""
        if self.dimension == 3:
            result: Array = np.linalg.det(gradient.reshape(-1, 3, 3))
            return result
        plane: Array = gradient[:, 0] * gradient[:, 3] - gradient[:, 1] * gradient[:, 2]
        return plane * gradient[:, 4] if self.axisymmetric else plane

    def max_principal(self, tensor: Array) -> Array:
        """Return the largest eigenvalue of symmetric tensors (n, tensor)."""
        if self.dimension == 3:
            full = tensor[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
            result: Array = np.linalg.eigvalsh(full)[:, -1]
            return result
        centre = 0.5 * (tensor[:, 0] + tensor[:, 1])
        radius = np.hypot(0.5 * (tensor[:, 0] - tensor[:, 1]), tensor[:, 3])
        return np.maximum(centre + radius, tensor[:, 2])


_IN_PLANE = (update.full_quadrature_response, carry.update_dual, carry.accepted_state)
PLANE = Kinematics(2, (0, 3), 4, 4, False, *_IN_PLANE, update.reduced_quadrature_response)
AXISYMMETRIC = Kinematics(2, (0, 3, 4), 5, 4, True, *_IN_PLANE)
THREE_D = Kinematics(
    3,
    (0, 4, 8),
    9,
    6,
    False,
    spatial.full_quadrature_response,
    spatial.update_dual,
    spatial.accepted_state,
)
