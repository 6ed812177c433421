# SPDX-License-Identifier: MIT
r"""How a face recedes where a current takes metal from it, and how self-diffusion levels that.

A node loses the volume :math:`\Delta V_j` and recedes by :math:`\Delta V_j / D_j`, with the weight
:math:`D_j` of the mortar operator. Where the metal's atoms are mobile, what differs from node to
node levels out: along the face the recession h obeys

.. math:: \dot h = \dot V / D + \mathcal D \, \nabla_\Gamma^2 h

with linear elements on the deformed face, lumped by the weights, and implicit in time. The metal as
a whole is conserved to rounding. :math:`\mathcal D` is the self-diffusivity of the metal; motion
along the face stands for what in truth also goes through the depth of the metal, so it is a
reduction to the face, not a model of voids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]


def receded(
    interface: ContactInterface, displacement: Array, volume: Array, reach: float
) -> tuple[Array, Array]:
    """Return where a face is after metal has left it.

    Parameters
    ----------
    interface : ContactInterface
        Its pairing belongs to ``displacement``.
    displacement : (dofs,) array
        Accepted displacement [um].
    volume : (n,) array
        Taken at each slave node, brought where negative [um^3].
    reach : float
        Diffusivity times the time it took [um^2]; zero where nothing levels out.

    Returns
    -------
    recession : (n,) array
        Of each slave node, in all [um].
    taken : (n,) array
        Volume that is gone from each node, after what flowed along the face [um^3]; its sum is that
        of ``volume``.
    """
    weights = interface.pairing.weights
    there = weights > 0.0
    if reach == 0.0 or not there.any():
        moved = np.divide(volume, weights, out=np.zeros_like(volume), where=there)
        return interface.removed + moved, volume
    nodes = np.flatnonzero(there)
    stiffness = _laplacian(interface, displacement, there)[nodes][:, nodes]
    matrix = sp.diags(weights[nodes]) + reach * stiffness
    before = interface.removed[nodes]
    recession = interface.removed.copy()
    recession[nodes] = spsolve(matrix.tocsc(), weights[nodes] * before + volume[nodes])
    taken = volume.copy()
    # as what flows in and out, not as a difference: sums of it are zero to rounding
    taken[nodes] -= reach * (stiffness @ recession[nodes])
    return recession, taken


def _laplacian(
    interface: ContactInterface, displacement: Array, there: npt.NDArray[np.bool_]
) -> sp.csr_matrix:
    """Return the stiffness of linear elements on the deformed face, of nodes that are there."""
    points = interface.slave_points + displacement[interface.slave_dofs]
    faces = interface.slave_faces[there[interface.slave_faces].all(axis=1)]
    count = len(points)
    pairs: list[tuple[Any, Any, Array]] = []
    if faces.shape[1] == 2:
        first, second = faces.T
        conductance = 1.0 / np.linalg.norm(points[second] - points[first], axis=1)
        if interface.axisymmetric:
            conductance *= np.pi * (points[first, 0] + points[second, 0])
        pairs.append((first, second, conductance))
    else:
        # the mean of both ways to cut a quadrilateral into triangles, by their cotangents
        for corners in ((0, 1, 2), (0, 2, 3), (0, 1, 3), (1, 2, 3)):
            triangle = faces[:, corners]
            for k in range(3):
                first, second, apex = (triangle[:, (k + i) % 3] for i in range(3))
                one, two = points[first] - points[apex], points[second] - points[apex]
                area = np.linalg.norm(np.cross(one, two), axis=1)
                cotangent = np.einsum("ij,ij->i", one, two) / area
                pairs.append((first, second, 0.25 * cotangent))
    first, second, conductance = (np.concatenate(part) for part in zip(*pairs, strict=True))
    rows = np.concatenate([first, second, first, second])
    columns = np.concatenate([second, first, first, second])
    values = np.concatenate([-conductance, -conductance, conductance, conductance])
    return sp.csr_matrix((values, (rows, columns)), shape=(count, count))
