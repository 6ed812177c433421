# SPDX-License-Identifier: MIT
r"""Powder as a frozen description: what it takes to press it and what density makes of it.

Parameters and closed forms only; the pointwise update lives in ``powder``, fitting to measured
densities in ``calibrate``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import attrs
import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError
from interfacefem.fields import number, placed, quantity
from interfacefem.materials.base import FirstYield, Law, law
from interfacefem.materials.necks import LEAST_PORES, Necks
from interfacefem.materials.numbers import LEAST_DENSITY, LEAST_DIE_PRESSURE, LOCK_UP, PRESSED
from interfacefem.units import ROOM

FloatArray = npt.NDArray[np.float64]


@law("powder")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class Powder(Law):
    r"""Powder that hardens by compaction: modified Cam-Clay calibrated in a die.

    The axial pressure in a die follows the Heckel equation,

    .. math:: P_{die}(D) = P_y \left[\ln \frac{1}{1 - D} - A_0\right],

    with D the relative density without elastic strain, and the lateral ratio k. From them, with
    :math:`\eta = 3(1-k)/(1+2k)`, follow the slope :math:`M = \sqrt{\eta^2 + 3\eta}` and the
    axis :math:`c = (1 + \eta^2/M^2)/(1 + 2\eta/3)\,(P_{die} + p_t)` of the yield ellipse
    :math:`q^2/M^2 + (P + p_t)(P + p_t - c) = 0`: exact for rigid-plastic compaction in a die, at
    any density, as far as the tensile strength :math:`p_t` does not lower k itself.

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus of the dense material [MPa].
    poissons_ratio : float
        Poisson's ratio [-], of every density.
    relative_density : float
        Density of the powder as it is filled in, over that of the dense material [-].
    yield_pressure : float
        Heckel's mean yield pressure :math:`P_y` [MPa].
    heckel_intercept : float
        :math:`A_0` [-].
    lateral_stress_ratio : float
        k, radial over axial stress in a die while the powder is compacted [-].
    stiffness_exponent : float
        b in :math:`E = E_s e^{-b(1-D)}` [-].
    isotropic_tensile_strength : float
        :math:`p_t` of the dense material [MPa]; 0 for a powder without cohesion.
    strength_exponent : float
        B in :math:`p_t(D) = p_t e^{-B(1-D)}` [-].
    conductivity_exponent : float
        m in :math:`\sigma = \sigma_s D^m` [-], what pores do.
    neck_constriction, neck_welding : float
        What the necks between particles do, :class:`interfacefem.materials.necks.Necks` [-]. Zero
        for necks that conduct like the solid, and for necks that all stay on release.
    neck_density : float
        Relative density at which necks begin [-].

    Raises
    ------
    MaterialError
        If a parameter is out of range.

    References
    ----------
    Heckel (1961), Trans. Metall. Soc. AIME 221, 671. Spriggs (1961), J. Am. Ceram. Soc. 44, 628
    (exponential stiffness). Ryshkewitch (1953), J. Am. Ceram. Soc. 36, 65 (exponential
    strength). Bruggeman (1935), Ann. Phys. 416, 636 (conductivity, m = 1.5).
    """

    coupled: ClassVar[bool] = True
    states: ClassVar[int] = 2

    relative_density: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    yield_pressure: float = attrs.field(converter=quantity, metadata=number("pressure", above=0.0))
    heckel_intercept: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    lateral_stress_ratio: float = attrs.field(
        default=0.5, converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    stiffness_exponent: float = attrs.field(
        default=4.0,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", at_least=0.0),
    )
    isotropic_tensile_strength: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("pressure", at_least=0.0)
    )
    strength_exponent: float = attrs.field(
        default=11.0,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", at_least=0.0),
    )
    conductivity_exponent: float = attrs.field(
        default=2.0,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", at_least=0.0),
    )
    neck_constriction: float = attrs.field(
        default=0.0,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", at_least=0.0),
    )
    neck_welding: float = attrs.field(
        default=0.0,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", at_least=0.0),
    )
    neck_density: float = attrs.field(
        default=0.3,
        kw_only=True,
        converter=quantity,
        metadata=number("dimensionless", above=0.0, below=1.0),
    )
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("yield_pressure", "heckel_intercept"),
        ("isotropic_tensile_strength", "strength_exponent"),
        ("conductivity_exponent", "neck_constriction", "neck_welding", "neck_density"),
    )

    def __attrs_post_init__(self) -> None:
        if not LEAST_DENSITY <= self.relative_density <= LOCK_UP:
            raise MaterialError(
                f"relative_density: {self.relative_density:g} is out of range; write the density "
                f"of the loose powder over that of the solid, {LEAST_DENSITY:g} to {LOCK_UP:g}"
            )
        if self.lateral_stress_ratio >= 1.0:
            raise MaterialError(
                f"lateral_stress_ratio: {self.lateral_stress_ratio:g} is out of range; write more "
                "than 0 and less than 1"
            )

    @property
    def pressed_modulus(self) -> float:
        """Young's modulus half way from filled in to dense [MPa]."""
        dense = PRESSED + (1.0 - PRESSED) * self.relative_density
        return self.youngs_modulus * float(self.stiffness_factor(dense))

    def conduction(self, compression: npt.ArrayLike) -> FloatArray:
        """Return the factor on the conductivity of the dense solid by density [-]."""
        return self.conductivity_factor(self._density(compression))

    def conduction_under(self, compression: npt.ArrayLike, pressure: float) -> FloatArray:
        """Return it at a nominal pressure [MPa] that may have fallen since: necks open [-]."""
        density = self._density(compression)
        stiffness = self.bulk_modulus + 4.0 / 3.0 * self.shear_modulus
        # without the elastic strain of the die; it is what Heckel's density is
        rest = density * np.exp(-max(pressure, 0.0) / (stiffness * self.stiffness_factor(density)))
        most = self.die_pressure(np.minimum(rest, LOCK_UP))
        pressed = most > 0.0
        load = np.where(pressed, pressure / np.where(pressed, most, 1.0), 1.0)
        return self.conduction(compression) * self.necks.kept(rest, load)

    def _density(self, compression: npt.ArrayLike) -> FloatArray:
        return self.relative_density * np.asarray(compression, dtype=np.float64)

    @property
    def necks(self) -> Necks:
        """How the necks between particles conduct."""
        return Necks(
            max(self.conductivity_exponent, LEAST_PORES),
            self.neck_constriction,
            self.neck_welding,
            self.neck_density,
        )

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        r"""Return where the powder as it is filled in begins to be compacted in a die.

        Its von Mises stress there is :math:`(1 - k) P_{die}(D_0)`. What it bears in shear rises
        with pressure: at the critical state q = M P, so the shear stress is at most
        :math:`M/\sqrt{3}` of the pressure.
        """
        loose = math.hypot(float(self.die_pressure(self.relative_density)), LEAST_DIE_PRESSURE)
        return FirstYield(
            (1.0 - self.lateral_stress_ratio) * loose, self.critical_slope / math.sqrt(3.0)
        )

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return the numbers of :func:`interfacefem.materials.powder.respond`.

        Shear and bulk modulus at the initial density, mean yield pressure [MPa], Heckel's
        intercept, slope M, ratio of the ellipse's axis to the die pressure, initial relative
        density, stiffness exponent [-], isotropic tensile strength of the dense material [MPa],
        strength exponent [-].
        """
        loose = float(self.stiffness_factor(self.relative_density))
        return [
            self.shear_modulus * loose,
            self.bulk_modulus * loose,
            self.yield_pressure,
            self.heckel_intercept,
            self.critical_slope,
            self.axis_ratio,
            self.relative_density,
            self.stiffness_exponent,
            self.isotropic_tensile_strength,
            self.strength_exponent,
        ]

    @classmethod
    def respond(cls) -> Callable[..., object]:
        """Return the compiled update."""
        from interfacefem.materials.powder import respond

        return respond

    @property
    def stress_ratio(self) -> float:
        r""":math:`\eta = q/P` of rigid-plastic compaction in a die [-]."""
        k = self.lateral_stress_ratio
        return 3.0 * (1.0 - k) / (1.0 + 2.0 * k)

    @property
    def critical_slope(self) -> float:
        """Slope M of the critical state line, q/P of flow at constant density [-]."""
        eta = self.stress_ratio
        return math.sqrt(eta * eta + 3.0 * eta)

    @property
    def axis_ratio(self) -> float:
        """Isotropic yield pressure over die pressure, both plus the tensile strength [-]."""
        eta = self.stress_ratio
        return (1.0 + eta / (eta + 3.0)) / (1.0 + 2.0 * eta / 3.0)

    def die_pressure(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the Heckel pressure [MPa] for relative densities [-], 0 below the intercept."""
        density = np.asarray(relative_density, dtype=np.float64)
        return self.yield_pressure * np.maximum(-np.log1p(-density) - self.heckel_intercept, 0.0)

    def pressed_density(self, die_pressure: npt.ArrayLike) -> FloatArray:
        """Return the relative density [-], elastic strain apart, that die pressures [MPa] give."""
        pressure = np.asarray(die_pressure, dtype=np.float64)
        pressed = -np.expm1(-pressure / self.yield_pressure - self.heckel_intercept)
        return np.maximum(pressed, self.relative_density)

    def tensile_strength_at(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the isotropic tensile strength [MPa] for relative densities [-]."""
        return self.isotropic_tensile_strength * self.strength_factor(relative_density)

    def isotropic_yield_pressure(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the pressure [MPa] at which isotropic compaction goes on, by density [-]."""
        tensile = self.tensile_strength_at(relative_density)
        return self.axis_ratio * (self.die_pressure(relative_density) + tensile) - tensile

    def stiffness_factor(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the moduli over those of the dense material [-] for relative densities [-]."""
        return np.exp(-self.stiffness_exponent * (1.0 - np.asarray(relative_density, np.float64)))

    def strength_factor(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the strength over that of the dense material [-] for relative densities [-]."""
        return np.exp(-self.strength_exponent * (1.0 - np.asarray(relative_density, np.float64)))

    def conductivity_factor(self, relative_density: npt.ArrayLike) -> FloatArray:
        """Return the conductivity over that of the dense material [-], by relative density [-]."""
        density = np.asarray(relative_density, dtype=np.float64)
        pores: FloatArray = density**self.conductivity_exponent
        if self.neck_constriction == 0.0:
            return pores
        return pores * self.necks.narrowing(density)

    def density_from_state(self, log_plastic_volume: npt.ArrayLike) -> FloatArray:
        """Return the relative density [-] from the second internal variable of the law [-]."""
        return self.relative_density * np.exp(-np.asarray(log_plastic_volume, dtype=np.float64))
