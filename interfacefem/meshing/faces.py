# SPDX-License-Identifier: MIT
"""The two faces of an interface in a mesh, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MeshError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FaceSide = Literal["lower", "upper"]


@dataclass(frozen=True, eq=False)
class InterfaceFaces:
    """The two faces of an interface; they share no node and need not match.

    Attributes
    ----------
    lower : ndarray of int64, shape (k, 2) or (k, 4)
        Edges of the lower layer's top face, ordered by increasing x, each from left to right; in
        three dimensions its quadrilaterals, counter-clockwise seen from above.
    upper : ndarray of int64, shape (l, 2) or (l, 4)
        Edges or quadrilaterals of the upper layer's bottom face, in the same order.
    """

    lower: IntArray
    upper: IntArray

    def __post_init__(self) -> None:
        for side in ("lower", "upper"):
            edges = np.ascontiguousarray(getattr(self, side), dtype=np.int64)
            if edges.ndim != 2 or edges.shape[1] not in (2, 4):
                raise MeshError(
                    f"face '{side}' has edges of shape {edges.shape}; give node pairs of shape "
                    "(k, 2), or quadrilaterals of shape (k, 4)"
                )
            object.__setattr__(self, side, edges)

    def edges(self, side: FaceSide) -> IntArray:
        """Return the edges or quadrilaterals of one side, shape (k, 2) or (k, 4)."""
        return self.lower if side == "lower" else self.upper

    def nodes(self, side: FaceSide) -> IntArray:
        """Return the nodes of one side: from left to right, or increasing in three dimensions."""
        edges = self.edges(side)
        if edges.shape[1] == 4:
            return np.unique(edges)
        return np.append(edges[:, 0], edges[-1, 1])
