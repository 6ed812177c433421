# SPDX-License-Identifier: MIT
r"""A round face in patches, and how an elastic half-space gives way under pressure on them.

A pressure p on one patch moves the surface of a half-space by

.. math:: u(x) = \frac{p}{\pi E^*} \int_{patch} \frac{dA}{|x - x'|} ,

which has a closed form for a polygon: each edge, at the distance d from x and from :math:`s_1` to
:math:`s_2` along itself, adds :math:`d [\mathrm{asinh}(s_2/d) - \mathrm{asinh}(s_1/d)]`.

References
----------
Johnson (1985), Contact Mechanics, Cambridge, section 3.3 (uniform pressure on polygons).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Disc:
    """A round face as a grid of patches.

    Attributes
    ----------
    radius : float
        [um].
    x, y : (n,) array
        Centres of area of the patches [um].
    areas : (n,) array
        [um^2]; their sum is that of the disc.
    corners : (n, 4, 2) array
        Of the patches, in order around each [um].
    ends : (rings + 1,) array
        Radii between the rings, from the axis to the edge [um]; patches go ring by ring.
    """

    radius: float
    x: Array
    y: Array
    areas: Array
    corners: Array
    ends: Array

    @property
    def sectors(self) -> int:
        """Patches of a ring [-]."""
        return len(self.x) // (len(self.ends) - 1)

    @property
    def area(self) -> float:
        """Of the whole face [um^2]."""
        return float(np.pi * self.radius**2)

    def compliance(self, modulus: float) -> Array:
        """Return how far a half-space gives way at each centre under unit pressure on each patch.

        Parameters
        ----------
        modulus : float
            Plane-strain modulus E / (1 - nu^2) of the half-space [MPa].

        Returns
        -------
        (n, n) array
            Row: where; column: which patch is pressed [um/MPa].
        """
        at = np.column_stack([self.x, self.y])
        total = np.zeros((len(at), len(at)))
        for k in range(4):
            start, stop = self.corners[:, k], self.corners[:, (k + 1) % 4]
            length = np.hypot(*(stop - start).T)
            # at the axis two corners of a patch are one
            along = (stop - start) / np.where(length > 0.0, length, 1.0)[:, None]
            first, last = start[None] - at[:, None], stop[None] - at[:, None]
            distance = first[..., 0] * along[:, 1] - first[..., 1] * along[:, 0]
            ends = (np.einsum("ijk,jk->ij", part, along) for part in (first, last))
            away = np.abs(distance)
            safe = np.where(away > 0.0, away, 1.0)
            low, high = (np.arcsinh(end / safe) for end in ends)
            total += np.where(away > 0.0, distance * (high - low), 0.0)
        return total / (np.pi * modulus)


def disc(radius: float, rings: int, sectors: int) -> Disc:
    """Divide a round face into patches, narrower towards its edge.

    Parameters
    ----------
    radius : float
        [um].
    rings, sectors : int

    Returns
    -------
    Disc
        Each ring has patches of equal size, whose polygons have the area of the ring.
    """
    ends = radius * np.sin(0.5 * np.pi * np.linspace(0.0, 1.0, rings + 1))
    angle = 2.0 * np.pi / sectors
    middle = angle * (np.arange(sectors) + 0.5)
    # corners of a polygon with the area of its circle
    out = ends * np.sqrt(angle / np.sin(angle))
    inner, outer = ends[:-1], ends[1:]
    areas = 0.5 * angle * (outer**2 - inner**2)
    # of a trapezium with parallel sides in proportion to the radii
    height = out * np.cos(0.5 * angle)
    a, b = height[:-1], height[1:]
    centre = 2.0 / 3.0 * (b**3 - a**3) / (b**2 - a**2)
    x = np.outer(centre, np.cos(middle)).ravel()
    y = np.outer(centre, np.sin(middle)).ravel()
    corners = np.empty((rings, sectors, 4, 2))
    for k, (ring, turn) in enumerate(((0, -0.5), (1, -0.5), (1, 0.5), (0, 0.5))):
        r = out[ring : ring + rings]
        corners[:, :, k, 0] = np.outer(r, np.cos(middle + turn * angle))
        corners[:, :, k, 1] = np.outer(r, np.sin(middle + turn * angle))
    each = np.repeat(areas, sectors)
    return Disc(radius, x, y, each, corners.reshape(-1, 4, 2), ends)
