# SPDX-License-Identifier: MIT
r"""Bonds of two faces: their description, and the cohesive law at a point.

Bonds form when a press or a hold ends, at every place that is in contact then and whose contact
pressure has reached ``bond_pressure`` at any time.

A bond bears the opening :math:`o \ge 0` and the slip :math:`w` since it was formed,

.. math::

t = q (1 - d) K (o, w), \qquad \delta = \sqrt{o^2 + |w|^2}, \qquad d = \max_t \frac{\delta_f (\delta
- \delta_0)}{\delta (\delta_f - \delta_0)},

with the bonded share of the area :math:`q`. Onset :math:`\delta_0` and end :math:`\delta_f` depend
on the mode mix :math:`B = |w|^2 / \delta^2`, which is the share of shear in the energy release,

.. math::

\delta_0^2 = \delta_{0n}^2 + (\delta_{0s}^2 - \delta_{0n}^2) B^\eta, \qquad G = G_n + (G_s - G_n)
B^\eta, \qquad \delta_f = 2 G / (K \delta_0).

Damage falls only where the bond heals. The energy dissipated up to a damage is
:math:`G\,\delta_0 d / (\delta_f - d (\delta_f - \delta_0))` at a constant mode mix. Numpy only;
contact and friction, which act beside it, are in :mod:`interfacefem.contact.laws`, and when bonds
form is said in :mod:`interfacefem.fem.contact.bonds`.

References
----------
Benzeggagh and Kenane (1996), 10.1016/0266-3538(96)00005-X (toughness against mode mix).
Camanho, Davila and de Moura (2003), 10.1177/0021998303034505 (bilinear mixed-mode law).
Turon, Camanho, Costa and Davila (2006), Mechanics of Materials 38, 1072 (onset against mode mix).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from interfacefem.contact.numbers import ONSET_OVER_END
from interfacefem.fields import Shown
from interfacefem.quantities import Scalar, fill, one_mistake

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.units import Dimensional

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True, init=False, repr=False)
class Adhesion(Shown):
    """Adhesion of two faces.

    Parameters
    ----------
    strength : str, pint.Quantity or float
        Largest tension a bond bears [MPa].
    toughness : str, pint.Quantity or float
        Energy per area to separate the faces in tension [MPa um = J/m2].
    shear_strength, shear_toughness : str, pint.Quantity or float, optional
        The same in shear; those in tension if not given.
    mode_exponent : float
        eta of Benzeggagh and Kenane between the two [-].
    stiffness : str, pint.Quantity or float, optional
        Of a whole bond [MPa/um]; so that damage begins at 0.005 of the opening that breaks the
        bond, if not given.
    bond_pressure : str, pint.Quantity or float
        Contact pressure from which a place bonds [MPa]; zero: whatever is in contact.
    full_pressure : str, pint.Quantity or float
        Contact pressure from which a place bonds with its whole area [MPa]. Where the largest
        contact pressure so far is less, strength and toughness are less in proportion. Zero: the
        whole area bonds at any pressure.
    healing_pressure : str, pint.Quantity or float, optional
        Contact pressure at the end of a press or a hold that makes a damaged bond whole again
        [MPa]. If not given the largest of strength, bond pressure and full pressure: no
        measurement is known, it is assumed that as much is needed to join faces again as the bond
        bears. A pressure that is never reached keeps all damage.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is out of range, or the bond too soft to reach its strength.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "strength": Scalar("pressure", above=0.0),
        "toughness": Scalar("energy_per_area", above=0.0),
        "shear_strength": Scalar("pressure", above=0.0),
        "shear_toughness": Scalar("energy_per_area", above=0.0),
        "mode_exponent": Scalar("dimensionless", at_least=1.0),
        "stiffness": Scalar("stiffness", above=0.0),
        "bond_pressure": Scalar("pressure", at_least=0.0),
        "full_pressure": Scalar("pressure", at_least=0.0),
        "healing_pressure": Scalar("pressure", at_least=0.0),
    }
    #: what need not be given
    optional: ClassVar[tuple[str, ...]] = (
        "shear_strength",
        "shear_toughness",
        "stiffness",
        "healing_pressure",
    )

    strength: float
    toughness: float
    shear_strength: float | None
    shear_toughness: float | None
    mode_exponent: float
    stiffness: float | None
    bond_pressure: float
    full_pressure: float
    healing_pressure: float | None

    def __init__(
        self,
        strength: Dimensional,
        toughness: Dimensional,
        *,
        shear_strength: Dimensional | None = None,
        shear_toughness: Dimensional | None = None,
        mode_exponent: float = 2.0,
        stiffness: Dimensional | None = None,
        bond_pressure: Dimensional = "0 MPa",
        full_pressure: Dimensional = "0 MPa",
        healing_pressure: Dimensional | None = None,
    ) -> None:
        given = {
            "strength": strength,
            "toughness": toughness,
            "shear_strength": shear_strength,
            "shear_toughness": shear_toughness,
            "mode_exponent": mode_exponent,
            "stiffness": stiffness,
            "bond_pressure": bond_pressure,
            "full_pressure": full_pressure,
            "healing_pressure": healing_pressure,
        }
        fill(
            self,
            **{
                key: None
                if value is None and key in self.optional
                else self.scalars[key].read(value, f"adhesion.{key}")
                for key, value in given.items()
            },
        )
        lowest = 0.5 * max(s**2 / g for s, g in self._modes)
        if self.stiffness is not None and self.stiffness <= lowest:
            raise one_mistake(
                "adhesion.stiffness",
                f"{stiffness!r} spends the toughness before the strength is reached",
                f"write more than {lowest:.3g} MPa/um, or leave it out",
            )

    @property
    def _modes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Strength and toughness in tension, and in shear."""
        shear = self.shear_strength or self.strength, self.shear_toughness or self.toughness
        return (self.strength, self.toughness), shear

    @property
    def heals_at(self) -> float:
        """Contact pressure that makes a damaged bond whole again [MPa]."""
        if self.healing_pressure is not None:
            return self.healing_pressure
        return max(self.strength, self.bond_pressure, self.full_pressure)

    @property
    def law(self) -> Cohesion:
        """The cohesive law."""
        (strength, toughness), (shear_strength, shear_toughness) = self._modes
        stiff = max(s**2 / g for s, g in self._modes) / (2.0 * ONSET_OVER_END)
        return Cohesion(
            strength=strength,
            shear_strength=shear_strength,
            toughness=toughness,
            shear_toughness=shear_toughness,
            stiffness=self.stiffness or stiff,
            mode_exponent=self.mode_exponent,
            threshold=self.bond_pressure,
            full_pressure=self.full_pressure,
            healing=self.heals_at,
        )


@dataclass(frozen=True)
class BondTractions:
    """What bonds bear at the slave nodes, and how it changes.

    Attributes
    ----------
    normal : (n,) array
        Tension [MPa].
    shear : (n, k) array
        Shear traction against the slip [MPa].
    damage : (n,) array
        After this opening and slip.
    mode : (n,) array
        Share of shear in the energy release, 0 to 1.
    nn : (n,) array
        Derivative of the tension with opening [MPa/um].
    nt, tn : (n, k) array
        Of the tension with slip, and of the shear traction with opening [MPa/um].
    tt : (n, k, k) array
        Of the shear traction with slip [MPa/um].
    secant : (n,) array
        Stiffness towards the origin [MPa/um].
    """

    normal: Array
    shear: Array
    damage: Array
    mode: Array
    nn: Array
    nt: Array
    tn: Array
    tt: Array
    secant: Array


@dataclass(frozen=True)
class Cohesion:
    """Numbers of the cohesive law.

    Attributes
    ----------
    strength, shear_strength : float
        Largest tension, and largest shear traction [MPa].
    toughness, shear_toughness : float
        Energy to separate the faces in tension, and in shear [MPa um].
    stiffness : float
        K before damage, per area [MPa/um].
    mode_exponent : float
        eta of Benzeggagh and Kenane.
    threshold : float
        Contact pressure that makes a bond [MPa].
    full_pressure : float
        Contact pressure from which the whole area is bonded [MPa]; below it, the part pressure
        over this. Zero bonds the whole area at any pressure.
    healing : float
        Contact pressure that makes a damaged bond whole again [MPa].
    """

    strength: float
    shear_strength: float
    toughness: float
    shear_toughness: float
    stiffness: float
    mode_exponent: float = 2.0
    threshold: float = 0.0
    full_pressure: float = 0.0
    healing: float = float("inf")

    @property
    def ends(self) -> tuple[float, float]:
        """Opening at which a bond breaks in tension, and slip at which it does in shear [um]."""
        return (
            2.0 * self.toughness / self.strength,
            2.0 * self.shear_toughness / self.shear_strength,
        )

    @property
    def onset(self) -> float:
        """Smaller of opening and slip at which damage begins [um]."""
        return min(self.strength, self.shear_strength) / self.stiffness

    def share(self, highest: Array) -> Array:
        """Return the part of the area that bonds where the largest contact pressure was this."""
        if self.full_pressure > 0.0:
            part = np.minimum(highest / self.full_pressure, 1.0)
        else:
            part = np.ones_like(highest)
        bonds: Array = np.where((highest > 0.0) & (highest >= self.threshold), part, 0.0)
        return bonds

    def limits(self, mode: Array) -> tuple[Array, Array, Array]:
        """Return onset, end [um] and toughness [MPa um] at a mode mix."""
        onset, end, toughness, _, _ = self._limits(mode)
        return onset, end, toughness

    def _limits(self, mode: Array) -> tuple[Array, Array, Array, Array, Array]:
        """As :meth:`limits`, with the derivatives of onset and end with the mode mix."""
        eta = self.mode_exponent
        first, last = self.strength / self.stiffness, self.shear_strength / self.stiffness
        rise = mode**eta
        slope = eta * mode ** (eta - 1.0)
        span = last**2 - first**2
        more = self.shear_toughness - self.toughness
        onset = np.sqrt(first**2 + span * rise)
        toughness = self.toughness + more * rise
        end = 2.0 * toughness / (self.stiffness * onset)
        onset_slope = 0.5 * span * slope / onset
        end_slope = end * (more * slope / toughness - onset_slope / onset)
        return onset, end, toughness, onset_slope, end_slope

    def evaluate(self, opening: Array, slip: Array, damage: Array, share: Array) -> BondTractions:
        """Evaluate tractions, damage and tangent.

        Parameters
        ----------
        opening : (n,) array
            At least zero [um].
        slip : (n, k) array
            Since the bond was formed [um].
        damage : (n,) array
            Committed, 0 to 1.
        share : (n,) array
            Bonded share of the area; zero where there is no bond.
        """
        k = self.stiffness
        square = opening**2 + np.einsum("ij,ij->i", slip, slip)
        delta = np.sqrt(square)
        safe = np.where(square > 0.0, square, 1.0)
        mode = np.where(square > 0.0, 1.0 - opening**2 / safe, 0.0)
        onset, end, _, onset_slope, end_slope = self._limits(mode)
        size = np.maximum(delta, onset)  # below the onset nothing grows
        width = end - onset
        trial = np.minimum(end * (size - onset) / (size * width), 1.0)
        grows = (trial > damage) & (delta > onset) & (delta < end)
        now = np.maximum(damage, trial)
        secant = share * (1.0 - now) * k
        # d damage / d delta, / d mode
        by_size = np.where(grows, end * onset / (size**2 * width), 0.0)
        by_mode = np.where(
            grows,
            end * (size - end) / (size * width**2) * onset_slope
            - onset * (size - onset) / (size * width**2) * end_slope,
            0.0,
        )
        length = np.sqrt(safe)
        rest = opening**2 / safe  # 1 - mode
        by_opening = by_size * opening / length - by_mode * 2.0 * mode * opening / safe
        by_slip = (by_size / length + by_mode * 2.0 * rest / safe)[:, None] * slip
        lost = share * k
        eye = np.eye(slip.shape[1])
        return BondTractions(
            normal=secant * opening,
            shear=secant[:, None] * slip,
            damage=now,
            mode=mode,
            nn=secant - lost * opening * by_opening,
            nt=-(lost * opening)[:, None] * by_slip,
            tn=-(lost * by_opening)[:, None] * slip,
            tt=secant[:, None, None] * eye
            - lost[:, None, None] * slip[:, :, None] * by_slip[:, None, :],
            secant=secant,
        )

    def intact(self, damage: Array, mode: Array) -> Array:
        """Return the share of a bond that is not broken, by damage and mode mix [-].

        It is the part of the toughness that is left. On the way to the end it equals the traction
        that the bond still bears over its strength: what is left of it is as strong as before.
        """
        onset, end, _ = self.limits(mode)
        left: Array = end * (1.0 - damage) / (end - damage * (end - onset))
        return left

    def dissipated(self, damage: Array, mode: Array) -> Array:
        """Return the energy dissipated up to a damage at a mode mix, per bonded area [MPa um]."""
        onset, end, toughness = self.limits(mode)
        lost: Array = toughness * onset * damage / (end - damage * (end - onset))
        return lost
