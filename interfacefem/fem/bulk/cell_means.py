# SPDX-License-Identifier: MIT
r"""Size and mean gradient of bilinear quadrilaterals and trilinear hexahedra, as plain arrays.

Over a cell :math:`\int \nabla N_a \, dV = \int \mathrm{cof} J \, \nabla_\xi N_a \, d\xi`, a
polynomial of at most second degree in each coordinate, so two Gauss points along each integrate it
exactly, on any mesh. Forms and their assembly do not live here.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

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
