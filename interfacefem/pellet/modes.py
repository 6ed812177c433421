# SPDX-License-Identifier: MIT
r"""What layers do to a pressure and a current that vary over a round face, wave by wave.

The waves :math:`\phi` of a disc with a wall are the eigenvectors of the Laplacian on its patches,
:math:`-\nabla^2 \phi = k^2 \phi`, without flow through the wall. Over the thickness h everything
has a closed form, so that no mesh of the layers is needed.

Current: a layer of the conductivity :math:`\sigma` between a face and what has the impedance
:math:`Z_L` has

.. math:: Z(k) = \frac{Z_L + \tanh(kh)/(\sigma k)}{1 + Z_L\, \sigma k \tanh(kh)} ,

:math:`h/\sigma` more for long waves, the half-space :math:`1/(\sigma k)` for short ones.

Elasticity: a layer that is bonded to a rigid base gives way, under a pressure without friction, by

.. math::

   \frac{u}{p} = \frac{2(1-\nu^2)}{E k}\,
   \frac{(3-4\nu)\sinh 2a - 2a}{(3-4\nu)\cosh 2a + 2a^2 + 5 - 12\nu + 8\nu^2} , \quad a = kh ,

for long waves that of a column that cannot widen, for short ones that of a half-space.

References
----------
Johnson (1985), Contact Mechanics, Cambridge, sections 5.8 and 13.2 (elastic layers, waves).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.pellet.disc import Disc

Array = npt.NDArray[np.float64]

#: beyond this the hyperbolic cosine is infinite in floating point
_LARGEST = 700.0


@dataclass(frozen=True)
class Sheet:
    """One flat layer of the pellet.

    Attributes
    ----------
    thickness : float
        [um].
    conductivity : float
        [S/m].
    modulus : float
        Young's modulus [MPa].
    poisson : float
        Poisson's ratio [-].
    """

    thickness: float
    conductivity: float
    modulus: float
    poisson: float

    @property
    def resistance(self) -> float:
        """Across the layer [V um^2/uA]."""
        return self.thickness / self.conductivity

    def compliance(self, wave: Array) -> Array:
        """Return how far it gives way under unit pressure [um/MPa].

        Parameters
        ----------
        wave : (n,) array
            Wave numbers, zero or more [1/um].
        """
        nu = self.poisson
        column = (1.0 + nu) * (1.0 - 2.0 * nu) / (1.0 - nu) * self.thickness / self.modulus
        found = np.full(len(wave), column)
        # below, the formula loses the digits that the limit has
        short = wave * self.thickness > 1e-3
        a = wave[short] * self.thickness
        less = 1.0 / np.cosh(np.minimum(2.0 * a, _LARGEST))
        above = (3.0 - 4.0 * nu) * np.tanh(2.0 * a) - 2.0 * a * less
        below = 3.0 - 4.0 * nu + (2.0 * a**2 + 5.0 - 12.0 * nu + 8.0 * nu**2) * less
        found[short] = 2.0 * (1.0 - nu**2) / (self.modulus * wave[short]) * above / below
        return found


def impedance(sheets: Sequence[Sheet], wave: Array) -> Array:
    """Return the impedance of layers in front of an electrode.

    Parameters
    ----------
    sheets : sequence of Sheet
        From the interface outwards; the last one touches the electrode.
    wave : (n,) array
        Wave numbers [1/um].

    Returns
    -------
    (n,) array
        [V um^2/uA].
    """
    found = np.zeros(len(wave))
    for sheet in reversed(sheets):
        bent = np.tanh(wave * sheet.thickness)
        safe = np.where(wave > 0.0, wave, 1.0)
        own = np.where(wave > 0.0, bent / safe, sheet.thickness) / sheet.conductivity
        found = (found + own) / (1.0 + found * sheet.conductivity * wave * bent)
    return found


@dataclass(frozen=True)
class Modes:
    """Waves of a round face with a wall.

    Attributes
    ----------
    wave : (n,) array
        Wave numbers, rising from zero [1/um].
    shapes : (n, n) array
        One a column [1/um]; the integral of the product of two is one or zero.
    areas : (n,) array
        Of the patches [um^2].
    """

    wave: Array
    shapes: Array
    areas: Array

    def matrix(self, factors: Array) -> Array:
        """Return the (n, n) matrix that multiplies each wave with a factor, (n,)."""
        found: Array = (self.shapes * factors) @ (self.shapes.T * self.areas)
        return found

    def length(self, values: Array) -> float:
        """Return over which length values (n,) at the patches change [um]: infinite if they do not.

        It is the inverse of the wave number if they are one wave.
        """
        parts = (self.shapes.T @ (self.areas * values))[1:] ** 2
        turned = float(parts @ self.wave[1:] ** 2)
        total = float(parts.sum())
        even = float(self.areas @ values**2)
        return math.sqrt(total / turned) if total > 1e-20 * even and turned > 0.0 else math.inf


def modes(face: Disc) -> Modes:
    """Return the waves of a round face, by finite volumes on its patches."""
    rings, sectors = len(face.ends) - 1, face.sectors
    angle = 2.0 * np.pi / sectors
    number = np.arange(rings * sectors).reshape(rings, sectors)
    inner, outer = face.ends[:-1], face.ends[1:]
    radius = 2.0 / 3.0 * (outer**3 - inner**3) / (outer**2 - inner**2)
    matrix = np.zeros((number.size, number.size))

    def join(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], flow: Array) -> None:
        matrix[first, second] -= flow
        matrix[second, first] -= flow
        matrix[first, first] += flow
        matrix[second, second] += flow

    for ring in range(rings):
        width = float(face.ends[ring + 1] - face.ends[ring])
        around = np.full(sectors, width / (angle * radius[ring]))
        join(number[ring], np.roll(number[ring], -1), around)
        if ring + 1 < rings:
            step = float(radius[ring + 1] - radius[ring])
            across = np.full(sectors, face.ends[ring + 1] * angle / step)
            join(number[ring], number[ring + 1], across)
    root = 1.0 / np.sqrt(face.areas)
    values, vectors = np.linalg.eigh(root[:, None] * matrix * root)
    values[0] = 0.0
    return Modes(np.sqrt(np.maximum(values, 0.0)), root[:, None] * vectors, face.areas)
