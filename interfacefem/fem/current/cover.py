# SPDX-License-Identifier: MIT
r"""What the nodes of a face have of a contact map, or of contact or a film with a known edge.

The share of a node is the mean of the map weighted with the node's hat function,

.. math:: w_j = \int w \psi_j \, dA \Big/ \int \psi_j \, dA ,

so that the conducting area of all nodes together is that of the map. It is integrated by even
samples on each face, finer than the parts of the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.contact_map import Balls
from interfacefem.errors import MeshError
from interfacefem.fem.current.numbers import AT_ONCE, FEWEST_SAMPLES, MOST_SAMPLES, SAMPLES
from interfacefem.meshing.faces import CORNERS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from interfacefem.contact.contact_map import ContactMap
    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


def nodal_shares(points: Array, faces: IntArray, contact_map: ContactMap) -> Array:
    """Return the share in contact of the area of each node.

    Parameters
    ----------
    points : (n, d) array
        Nodes of a flat face [um], its walls at zero.
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.
    contact_map : ContactMap
        Of that face.

    Returns
    -------
    (n,) array
        0 to 1.

    Raises
    ------
    MeshError
        If a spot or strip is so much smaller than the faces that samples could miss it.
    """
    reach, detail = float(np.ptp(points[faces][..., :-1], axis=1).max()), contact_map.shape.detail
    wanted = np.ceil(SAMPLES * reach / detail)
    if wanted > MOST_SAMPLES and isinstance(contact_map.shape, Balls):
        raise MeshError(
            f"faces of {reach:.3g} um are too coarse for a spot or strip with a radius of "
            f"{detail:.3g} um; give a mesh edge of at most {MOST_SAMPLES * detail / SAMPLES:.3g} um"
        )
    number = int(np.clip(wanted, FEWEST_SAMPLES, MOST_SAMPLES))

    def shares(part: IntArray, hats: Array) -> Array:
        places = np.einsum("sa,kad->ksd", hats, points[part][..., :-1])
        return contact_map.at(places).reshape(len(part), len(hats))

    return _means(points, faces, number, shares)


def shares_of_levels(points: Array, faces: IntArray, levels: Array) -> Array:
    """Return the share of the area of each node where a function is positive.

    Parameters
    ----------
    points : (n, d) array
        Nodes of a face [um].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.
    levels : (n,) array
        Of the function, which is bilinear on each face and changes by about one over a face.

    Returns
    -------
    (n,) array
        0 to 1; between samples it changes evenly with the levels.
    """
    number = FEWEST_SAMPLES

    def shares(part: IntArray, hats: Array) -> Array:
        found: Array = np.clip(0.5 + number * (levels[part] @ hats.T), 0.0, 1.0)
        return found

    return _means(points, faces, number, shares)


def shares_above_zero(points: Array, faces: IntArray, values: Array) -> Array:
    """Return the share of the area of each node where interpolated values are above zero.

    Parameters
    ----------
    points : (n, d) array
        Nodes of a face [um].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.
    values : (n,) array
        At the nodes, of any size; bilinear on each face.

    Returns
    -------
    (n,) array
        0 to 1; where they cross zero on a face it changes evenly with them.
    """
    number = FEWEST_SAMPLES

    def shares(part: IntArray, hats: Array) -> Array:
        corners = values[part]
        span = np.ptp(corners, axis=1)[:, None]
        level = corners @ hats.T
        even = (level > 0.0).astype(np.float64)  # of a face whose values are all the same
        part_of_face = np.divide(level, span, out=even - 0.5, where=span > 0.0)
        found: Array = np.clip(0.5 + number * part_of_face, 0.0, 1.0)
        return found

    return _means(points, faces, number, shares)


def broken_film(interface: ContactInterface) -> Array | None:
    """Return the share of a film that is broken at each slave node, None without a film.

    The edge of what is broken lies between nodes; it is found on the face before deformation.
    """
    if interface.film is None:
        return None
    points, faces = interface.slave_points, interface.slave_faces
    return shares_above_zero(points, faces, interface.film.highest)


def _means(
    points: Array, faces: IntArray, number: int, values: Callable[[IntArray, Array], Array]
) -> Array:
    """Return means over hat functions of what has values at even samples of faces."""
    corners = points[faces][..., :-1]
    even = (2.0 * np.arange(number) + 1.0) / number - 1.0
    if faces.shape[1] == 2:
        own = even[:, None]
        hats = 0.5 * np.column_stack([1.0 - even, 1.0 + even])
        slopes = np.broadcast_to([-0.5, 0.5], (number, 1, 2))
    else:
        own = np.stack(np.meshgrid(even, even), axis=-1).reshape(-1, 2)
        factors = 1.0 + CORNERS * own[:, None]
        hats = 0.25 * factors.prod(axis=2)
        slopes = 0.25 * np.moveaxis(CORNERS * factors[..., ::-1], 2, 1)
    covered, area = np.zeros(len(points)), np.zeros(len(points))
    for part in np.array_split(np.arange(len(faces)), -(-len(faces) * len(own) // AT_ONCE)):
        size = np.abs(np.linalg.det(np.einsum("sea,kad->ksed", slopes, corners[part])))
        for total, sampled in ((covered, values(faces[part], hats) * size), (area, size)):
            np.add.at(total, faces[part], sampled @ hats)
    return np.divide(covered, area, out=np.zeros(len(points)), where=area > 0.0)
