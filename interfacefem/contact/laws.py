# SPDX-License-Identifier: MIT
r"""Nodal interface laws in augmented Lagrangian form: unilateral contact and Coulomb friction.

Per slave node the inputs are the gap, the tangential slip of the increment and the carried
multipliers; the outputs are the tractions and the entries of their tangent:

.. math::

   \lambda = \langle \lambda_k - \epsilon g \rangle_+ , \qquad
   t = \Pi_{|t| \le s}(t_k - \epsilon_t w), \qquad s = \min(\mu \lambda, \tau_{max}).

Numpy only; geometry and assembly do not live here.

References
----------
Alart and Curnier (1991), 10.1016/0045-7825(91)90022-X (augmented Lagrangian friction).
Simo and Laursen (1992), 10.1016/0045-7949(92)90540-G (augmentation of frictional contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tractions:
    """Tractions of an interface law and their tangent at the slave nodes.

    Attributes
    ----------
    normal : (n,) array
        Contact pressure, positive in compression [MPa].
    tangential : (n,) array
        Shear traction on the slave [MPa].
    nn, tt, tn : (n,) array
        Derivatives: pressure with closing, minus shear traction with slip, and minus shear
        traction with closing [MPa/um].
    trial : (n,) array
        Trial pressure before the cut at zero; its sign decides contact [MPa].
    active, sticking : (n,) bool array
    """

    normal: Array
    tangential: Array
    nn: Array
    tt: Array
    tn: Array
    trial: Array
    active: Mask
    sticking: Mask


def evaluate(
    gap: Array,
    slip: Array,
    normal_multiplier: Array,
    shear_multiplier: Array,
    *,
    penalty: Array,
    shear_penalty: Array,
    friction: float,
    shear_cap: Array | float,
) -> Tractions:
    """Evaluate contact pressure, shear traction and their tangent.

    Parameters
    ----------
    gap : (n,) array
        Gap, positive when open [um].
    slip : (n,) array
        Tangential slip of the slave relative to the master in this increment [um].
    normal_multiplier, shear_multiplier : (n,) array
        Carried multipliers [MPa].
    penalty, shear_penalty : (n,) array
        Augmentation stiffness [MPa/um].
    friction : float
        Coulomb coefficient; zero switches friction off.
    shear_cap : (n,) array or float
        Largest shear traction the softer side can carry [MPa].

    Returns
    -------
    Tractions
    """
    trial = normal_multiplier - penalty * gap
    active = trial > 0.0
    normal = np.where(active, trial, 0.0)
    nn = np.where(active, penalty, 0.0)
    zero = np.zeros_like(gap)
    if friction <= 0.0:
        return Tractions(normal, zero, nn, zero, zero, trial, active, np.zeros_like(active))
    shear_trial = shear_multiplier - shear_penalty * slip
    coulomb = friction * normal
    limit = np.minimum(coulomb, shear_cap)
    sticking = active & (np.abs(shear_trial) <= limit)
    sign = np.sign(shear_trial)
    tangential = np.where(sticking, shear_trial, sign * limit)
    tt = np.where(sticking, shear_penalty, 0.0)
    # closing raises the limit, unless the cap holds it
    sliding = active & ~sticking & (coulomb <= shear_cap)
    tn = np.where(sliding, -sign * friction * penalty, 0.0)
    return Tractions(normal, tangential, nn, tt, tn, trial, active, sticking)
