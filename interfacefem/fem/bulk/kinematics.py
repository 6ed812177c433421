# SPDX-License-Identifier: MIT
r"""Cells of the bodies: domains of DOLFINx from plain arrays, kinematics, size and mean gradient.

A kinematics says which components the gradient and symmetric tensors have, how the gradient is
formed and weighted, and which compiled loops respond to it. The loops are in
:mod:`interfacefem.materials`, fields and forms in :mod:`interfacefem.fem.bulk.bodies`.

DOLFINx renumbers nodes and cells; this is where the maps back are made. No form, law or state lives
here.

Over a cell :math:`\int \nabla N_a \, dV = \int \mathrm{cof} J \, \nabla_\xi N_a \, d\xi`, a
polynomial of at most second degree in each coordinate, so two Gauss points along each integrate it
exactly, on any mesh. Forms and their assembly do not live here.
"""

from __future__ import annotations

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import basix.ufl
import numpy as np
from dolfinx import mesh
from mpi4py import MPI

from interfacefem.materials import state as carry
from interfacefem.materials import update, update3d

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


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

    def stretching(self, gradient: Array, change: Array) -> Array:
        """Return the deviator of the strain that changes of deformation gradients make.

        Parameters
        ----------
        gradient, change : (n, components) array
            Deformation gradients, and small changes of them.

        Returns
        -------
        (n, tensor) array
            Deviator of the symmetric part of ``change`` times the inverse of ``gradient``.
        """
        full = self.gradient_matrices(gradient)
        moved = self.gradient_matrices(change)
        if self.dimension == 2 and not self.axisymmetric:
            moved[:, 2, 2] = 0.0
        rate = moved @ np.linalg.inv(full)
        return self.deviator(self.symmetric(rate))

    def gradient_matrices(self, gradient: Array) -> Array:
        """Return deformation gradients (n, components) as matrices (n, 3, 3)."""
        d = self.dimension
        found = np.zeros((len(gradient), 3, 3))
        found[:, :d, :d] = gradient[:, : d * d].reshape(-1, d, d)
        if d == 2:
            found[:, 2, 2] = gradient[:, 4] if self.axisymmetric else 1.0
        return found

    def matrices(self, tensor: Array) -> Array:
        """Return symmetric tensors (n, tensor) as matrices (n, 3, 3)."""
        found = np.zeros((len(tensor), 3, 3))
        rows, columns = self._places
        found[:, rows, columns] = tensor
        found[:, columns, rows] = tensor
        return found

    def symmetric(self, matrices: Array) -> Array:
        """Return the symmetric parts of matrices (n, 3, 3) as tensors (n, tensor)."""
        rows, columns = self._places
        found: Array = 0.5 * (matrices[:, rows, columns] + matrices[:, columns, rows])
        return found

    @property
    def _places(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Rows and columns of the components of a symmetric tensor."""
        return (0, 1, 2, 0, 0, 1)[: self.tensor], (0, 1, 2, 1, 2, 2)[: self.tensor]

    def deviator(self, tensor: Array) -> Array:
        """Return the deviators of symmetric tensors (n, tensor)."""
        found: Array = tensor - tensor[:, :3].mean(axis=1)[:, None] * self.unit
        return found

    def product(self, one: Array, two: Array) -> Array:
        """Return the scalar products of symmetric tensors (n, tensor)."""
        total: Array = np.einsum("ni,ni->n", one[:, :3], two[:, :3])
        total += 2.0 * np.einsum("ni,ni->n", one[:, 3:], two[:, 3:])
        return total

    def tensor_determinant(self, tensor: Array) -> Array:
        """Return the determinants of symmetric tensors (n, tensor)."""
        if self.dimension == 3:
            result: Array = np.linalg.det(self.matrices(tensor))
            return result
        plane: Array = tensor[:, 2] * (tensor[:, 0] * tensor[:, 1] - tensor[:, 3] ** 2)
        return plane

    def max_principal(self, tensor: Array) -> Array:
        """Return the largest eigenvalue of symmetric tensors (n, tensor)."""
        if self.dimension == 3:
            result: Array = np.linalg.eigvalsh(self.matrices(tensor))[:, -1]
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
    update3d.full_quadrature_response,
    update3d.update_dual,
    update3d.accepted_state,
)


class Grid:
    """Bilinear quadrilaterals or trilinear hexahedra with the caller's numbering.

    Parameters
    ----------
    points : (n, 2) or (n, 3) array
        Node positions [um].
    cells : (m, 4) or (m, 8) int array
        Counter-clockwise quadrilaterals; hexahedra as two such faces, the lower one first.

    Attributes
    ----------
    domain : dolfinx.mesh.Mesh
    cell_index : (m,) int array
        Caller's cell of each cell of the domain.
    """

    def __init__(self, points: Array, cells: IntArray) -> None:
        self.dimension = points.shape[1]
        shape = "quadrilateral" if self.dimension == 2 else "hexahedron"
        element: Any = basix.ufl.element("Lagrange", shape, 1, shape=(self.dimension,))
        tensor_order = [0, 1, 3, 2, 4, 5, 7, 6][: cells.shape[1]]
        ordered = np.ascontiguousarray(cells[:, tensor_order], dtype=np.int64)
        start = np.ascontiguousarray(points, dtype=np.float64)
        self.domain = mesh.create_mesh(MPI.COMM_SELF, ordered, element, start)
        self.cell_index = np.asarray(self.domain.topology.original_cell_index)
        self.size = len(points)
        self._node = np.asarray(self.domain.geometry.input_global_indices)

    def node_to_dof(self, space: Any) -> IntArray:
        """Return the (block) degree of freedom of each node of the caller.

        Parameters
        ----------
        space : dolfinx.fem.FunctionSpace
            Bilinear, on the domain.

        Returns
        -------
        (n,) int array
        """
        local = np.empty(self.size, np.int64)
        local[self.domain.geometry.dofmaps[0].ravel()] = space.dofmap.list.ravel()
        result = np.empty(self.size, np.int64)
        result[self._node] = local
        return result

    def move(self, points: Array) -> None:
        """Place the nodes; what is assembled afterwards lives on the new positions.

        Parameters
        ----------
        points : (n, 2) or (n, 3) array
            [um].
        """
        self.domain.geometry.x[:, : self.dimension] = points[self._node]


_GAUSS = (0.5 - 0.5 / np.sqrt(3.0), 0.5 + 0.5 / np.sqrt(3.0))
_FACE = ((0, 0), (1, 0), (1, 1), (0, 1))


def mean_gradients(points: Array, cells: IntArray) -> tuple[Array, Array]:
    """Return the size of each cell and the mean gradient over it as an operator on its nodes.

    Parameters
    ----------
    points : (n, d) array
        Node positions, d = 2 or 3 [um].
    cells : (m, 2**d) int array
        Counter-clockwise quadrilaterals; hexahedra as two such faces, the lower one first.

    Returns
    -------
    sizes : (m,) array
        Areas [um^2] or volumes [um^3]; not positive where a cell is inverted.
    operator : (m, d, 2**d) array
        Mean gradient per nodal value [1/um].
    """
    dimension = points.shape[1]
    corners = _FACE if dimension == 2 else [(*xy, z) for z in (0, 1) for xy in _FACE]
    reference = np.array(corners)
    position = points[cells]
    total = np.zeros((len(cells), dimension, len(corners)))
    for place in itertools.product(_GAUSS, repeat=dimension):
        slope = _slopes(reference, np.array(place))
        cofactor = _cofactors(np.einsum("mai,ad->mid", position, slope))
        total += np.einsum("mid,ad->mia", cofactor, slope)
    total /= 2**dimension
    # the divergence of the position is the dimension
    sizes = np.einsum("mai,mia->m", position, total) / dimension
    with np.errstate(divide="ignore", invalid="ignore"):
        return sizes, total / sizes[:, None, None]


def _slopes(reference: IntArray, place: Array) -> Array:
    """Return the derivatives of the shape functions at a point of the unit cell, (corners, d)."""
    values = np.where(reference == 1, place, 1.0 - place)
    slope = np.where(reference == 1, 1.0, -1.0)
    for axis in range(len(place)):
        others = np.delete(values, axis, axis=1)
        slope[:, axis] *= others.prod(axis=1)
    return slope


def _cofactors(jacobian: Array) -> Array:
    """Return the cofactors of (m, d, d) matrices without dividing by a determinant."""
    if jacobian.shape[1] == 2:
        (a, b), (c, d) = jacobian[:, 0].T, jacobian[:, 1].T
        return np.stack([np.stack([d, -c], axis=-1), np.stack([-b, a], axis=-1)], axis=1)
    one, two, three = (jacobian[:, :, axis] for axis in range(3))
    columns = [np.cross(two, three), np.cross(three, one), np.cross(one, two)]
    return np.stack(columns, axis=-1)
