# SPDX-License-Identifier: MIT
"""Connected parts of an interface: runs along a line, nodes joined by face edges in 3D."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from interfacefem.errors import ResultsError
from interfacefem.results import InterfaceField

IntArray = npt.NDArray[np.int64]


def connected_parts(
    field: InterfaceField, mask: npt.ArrayLike, *, diagonal: bool = False
) -> IntArray:
    """Return the number of the connected part that each point of a mask belongs to.

    Points are neighbours next to each other along x, in 3D along the edges of the faces.

    Parameters
    ----------
    field : InterfaceField
        Any field of the interface.
    mask : (n,) array of bool
        Points that belong to a part.
    diagonal : bool
        Whether the corners of a face that lie across are neighbours as well.

    Returns
    -------
    (n,) int array
        Number of each point's part, from 0 in the order of their first points; -1 elsewhere.

    Raises
    ------
    ResultsError
        If the interface is an area and its field came without faces.
    """
    chosen = np.asarray(mask, dtype=bool)
    links = _neighbours(field, diagonal)
    links = links[chosen[links].all(axis=1)]
    size = len(chosen)
    graph = sp.coo_matrix((np.ones(len(links)), links.T), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    found = np.full(size, -1, dtype=np.int64)
    _, first, number = np.unique(label[chosen], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    found[chosen] = rank[number]
    return found


def require_faces(field: InterfaceField) -> IntArray:
    """Return the faces of a field of an area.

    Raises
    ------
    ResultsError
        If it has none.
    """
    if field.faces is None:
        kind = "a line" if field.points.shape[1] == 2 else "an area whose field has no faces"
        raise ResultsError(
            f"interface '{field.interface}' is {kind}; give a whole field of an area, as "
            "results.interface(...).at(...) returns it"
        )
    return field.faces


def _neighbours(field: InterfaceField, diagonal: bool) -> IntArray:
    """Return pairs of points that are next to each other, (k, 2)."""
    if field.points.shape[1] == 2:
        order = np.argsort(field.x, kind="stable")
        return np.column_stack([order[:-1], order[1:]])
    faces = require_faces(field)
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)] + ([(0, 2), (1, 3)] if diagonal else [])
    return np.vstack([faces[:, pair] for pair in pairs])
