# SPDX-License-Identifier: MIT
r"""The interface laws of the program, and the nodal ones in augmented Lagrangian form.

.. math:: R(p) = R_0 \left( \frac{p}{p_0} \right)^{-m}, \qquad p > 0.

:math:`R_0` is what charge transfer and interphase films cost where the faces touch. It does not
hold the squeezing of current through the spots: that constriction is resolved by the geometry and
comes out of :mod:`interfacefem.fem.current.electric`. :math:`R_0 = 0` is a perfect contact, where
the potential is continuous. Numpy only; geometry and assembly do not live here.

Per slave node the inputs are the gap, the tangential slip of the increment and the carried
multipliers; the outputs are the tractions and the entries of their tangent. Slip and shear traction
are numbers in the plane and vectors of two components in 3D, returned radially:

.. math::

\lambda = \langle \lambda_k - \epsilon g \rangle_+ , \qquad t = \Pi_{|t| \le s}(t_k - \epsilon_t w),
\qquad s = \min(\mu \lambda, \tau_{max}).

A node that just touches counts as closed, one that is just about to slip as sticking, whatever
round-off says: flat faces touch at all nodes at once, and nodes that slid are on their limit where
the next increment begins.

Bonds of :mod:`interfacefem.contact.adhesion` act beside contact and friction. Numpy only; geometry
and assembly do not live here.

References
----------
Alart and Curnier (1991), 10.1016/0045-7825(91)90022-X (augmented Lagrangian friction).
Simo and Laursen (1992), 10.1016/0045-7949(92)90540-G (augmentation of frictional contact).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import attrs
import numpy as np

from interfacefem.contact.base import Conductance, ContactPoints, Friction, law
from interfacefem.fields import number, placed, quantity
from interfacefem.units import ROOM

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact.adhesion import BondTractions
    from interfacefem.contact.base import NormalLaw

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


@law("coulomb")
@attrs.frozen(field_transformer=placed, repr=False)
class Coulomb(Friction):
    """Friction in proportion to pressure, up to what the softer side bears.

    Attributes
    ----------
    coefficient : float
        [-]; zero is no friction.
    cap : float
        Largest shear traction [MPa]; infinite for none.
    """

    coefficient: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("dimensionless", at_least=0.0)
    )
    cap: float = math.inf

    @property
    def frictionless(self) -> bool:
        """Whether the coefficient is zero."""
        return self.coefficient == 0.0

    def shear_limit(self, points: ContactPoints) -> tuple[Array, Array]:
        """Return the limit and its slope; see :class:`interfacefem.contact.base.Friction`."""
        limit = self.coefficient * points.pressure
        slope = np.where(limit <= self.cap, self.coefficient, 0.0)
        return np.minimum(limit, self.cap), slope


#: faces that slide freely
NONE = Coulomb()


@law("power")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class PowerConductance(Conductance):
    """Area resistance of a contact as a power of the contact pressure.

    Attributes
    ----------
    resistance : float
        R0, area resistance at the reference pressure [V um^2/uA]; zero is a perfect contact.
    pressure_exponent : float
        m, zero for a resistance that does not depend on pressure [-].
    reference_pressure : float
        p0 [MPa].

    Raises
    ------
    MaterialError
        If a value is out of range.

    Notes
    -----
    Of the exponents in use, 0.95 is the plastic and 0.94 the elastic correlation for surfaces
    whose roughness is *not* resolved; with resolved roughness they would count the constriction
    twice.

    References
    ----------
    Cooper, Mikic and Yovanovich (1969), 10.1016/0017-9310(69)90011-8 (exponent 0.95).
    Mikic (1974), Int. J. Heat Mass Transfer 17, 205-214 (exponent 0.94).
    """

    resistance: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("area_resistance", at_least=0.0)
    )
    pressure_exponent: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("dimensionless", at_least=0.0)
    )
    reference_pressure: float = attrs.field(
        default=1.0, converter=quantity, metadata=number("pressure", above=0.0)
    )

    def area_resistance(self, points: ContactPoints) -> Array:
        """Return the area resistance [V um^2/uA]; infinite where there is no contact.

        A point in contact without pressure conducts only if the law does not depend on pressure.
        """
        touching = points.in_contact
        if self.resistance == 0.0 or self.pressure_exponent == 0.0:
            return np.where(touching, self.resistance, np.inf)
        values = np.where(touching, np.maximum(points.pressure, 0.0), 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            relative = values / self.reference_pressure
            result: Array = self.resistance * relative**-self.pressure_exponent
        return result


@dataclass(frozen=True)
class Tractions:
    """Tractions of an interface law and their tangent at the slave nodes.

    Attributes
    ----------
    normal : (n,) array
        Contact pressure, positive in compression, less the tension of bonds [MPa].
    tangential : (n,) or (n, 2) array
        Shear traction on the slave [MPa].
    nn : (n,) array
        Derivative of the contact pressure with closing [MPa/um].
    tt : (n,) or (n, 2, 2) array
        Derivative of minus the shear traction with slip [MPa/um].
    tn : (n,) or (n, 2) array
        Derivative of minus the shear traction with closing [MPa/um].
    trial : (n,) array
        Trial pressure before the cut at zero; its sign decides contact [MPa].
    active, sticking : (n,) bool array
    bond : BondTractions or None
        What bonds bear of ``normal`` and ``tangential``; their tangent is not in the others.
    """

    normal: Array
    tangential: Array
    nn: Array
    tt: Array
    tn: Array
    trial: Array
    active: Mask
    sticking: Mask
    bond: BondTractions | None = None

    def with_bond(self, bond: BondTractions) -> Tractions:
        """Return the same with bonds beside contact and friction."""
        return replace(
            self,
            normal=self.normal - bond.normal,
            tangential=self.tangential - bond.shear.reshape(self.tangential.shape),
            bond=bond,
        )

    @property
    def carried(self) -> tuple[Array, Array]:
        """Contact pressure and friction alone: what the multipliers take over [MPa]."""
        if self.bond is None:
            return self.normal, self.tangential
        friction = self.tangential + self.bond.shear.reshape(self.tangential.shape)
        return self.normal + self.bond.normal, friction


def evaluate(
    gap: Array,
    slip: Array,
    normal_multiplier: Array,
    shear_multiplier: Array,
    *,
    penalty: Array,
    shear_penalty: Array,
    friction: Friction = NONE,
    share: Array | float = 1.0,
    normal_law: NormalLaw | None = None,
    path: Array | None = None,
    temperature: float = ROOM,
    slack: float = 0.0,
) -> Tractions:
    """Evaluate contact pressure, shear traction and their tangent.

    Parameters
    ----------
    gap : (n,) array
        Gap, positive when open [um].
    slip : (n,) or (n, 2) array
        Tangential slip of the slave relative to the master in this increment [um].
    normal_multiplier : (n,) array
        Carried pressure [MPa].
    shear_multiplier : (n,) or (n, 2) array
        Carried shear traction [MPa].
    penalty, shear_penalty : (n,) array
        Augmentation stiffness [MPa/um].
    friction : Friction
        The largest shear traction.
    share : (n,) array or float
        Part of the friction that acts [-].
    normal_law : NormalLaw, optional
        Pressure as a function of the gap, in place of the multiplier that closes it.
    path : (n,) array, optional
        Of slip up to the beginning of the increment, for laws that depend on it [um].
    temperature : float
        [K].
    slack : float
        Gap and slip that may be round-off [um]; up to there a node is closed, or sticks.

    Returns
    -------
    Tractions
    """
    way = np.zeros(len(gap)) if path is None else path
    if normal_law is None:
        trial = normal_multiplier - penalty * gap
        active = trial > -slack * penalty
        normal = np.maximum(trial, 0.0)
        nn = np.where(active, penalty, 0.0)
    else:
        before = ContactPoints(normal_multiplier, gap, way, normal_multiplier > 0.0, temperature)
        normal, nn = normal_law.pressure(before)
        active = normal > 0.0
        trial = np.where(active, normal, -penalty * np.maximum(gap, 0.0))
    if friction.frictionless:
        zero = np.zeros_like(slip)
        tt = np.zeros(slip.shape + slip.shape[1:])
        return Tractions(normal, zero, nn, tt, zero, trial, active, np.zeros_like(active))
    limit, slope = friction.shear_limit(ContactPoints(normal, gap, way, active, temperature))
    limit = share * limit
    rise = share * slope * nn  # of the limit with closing
    rubbing = active & (np.asarray(share) > 0.0)
    if slip.ndim == 2:
        shear_trial = shear_multiplier - shear_penalty[:, None] * slip
        shear = _return_in_plane(shear_trial, rubbing, limit, rise, shear_penalty, slack)
        return Tractions(normal, shear[0], nn, shear[1], shear[2], trial, active, shear[3])
    shear_trial = shear_multiplier - shear_penalty * slip
    size = np.abs(shear_trial)
    sticking = rubbing & (size <= limit + slack * shear_penalty)
    sign = np.sign(shear_trial)
    tangential = np.where(size <= limit, shear_trial, sign * limit)
    tt = np.where(sticking, shear_penalty, 0.0)
    # closing raises the limit, unless a cap holds it
    tn = np.where(rubbing & ~sticking, -sign * rise, 0.0)
    return Tractions(normal, tangential, nn, tt, tn, trial, active, sticking)


def _return_in_plane(
    trial: Array, rubbing: Mask, limit: Array, rise: Array, penalty: Array, slack: float
) -> tuple[Array, Array, Array, Mask]:
    """Shear traction of two components, its tangents and who sticks."""
    size = np.linalg.norm(trial, axis=1)
    sticking = rubbing & (size <= limit + slack * penalty)
    unit = trial / np.maximum(size, 1e-300)[:, None]
    share = np.divide(limit, size, out=np.zeros_like(size), where=size > 0.0)
    tangential = np.where((size <= limit)[:, None], trial, limit[:, None] * unit)
    across = np.eye(2) - unit[:, :, None] * unit[:, None, :]
    tt = np.where(sticking[:, None, None], np.eye(2), share[:, None, None] * across)
    tt = tt * penalty[:, None, None]
    tn = np.where((rubbing & ~sticking)[:, None], -unit * rise[:, None], 0.0)
    return tangential, tt, tn, sticking
