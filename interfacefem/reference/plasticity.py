# SPDX-License-Identifier: MIT
r"""Closed forms of von Mises plasticity: confined column, Prandtl's punch, Hill's thick cylinder.

The column holds at finite strain in the setting of the program (Kirchhoff stress, logarithmic
strain); punch and cylinder are solutions of small strains. Rate effects do not live here.

References
----------
Prandtl (1920), Nachr. Ges. Wiss. Göttingen, 74-85; Hill (1950), The Mathematical Theory of
Plasticity, chapters V.2 and IX.5; Weber and Anand (1990), Comput. Methods Appl. Mech. Eng. 79,
173-202.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

if TYPE_CHECKING:
    from collections.abc import Sequence


def prandtl_pressure(yield_stress: float) -> float:
    r"""Limit pressure of a rigid punch, :math:`(2 + \pi) Y/\sqrt3 \approx 2.97\,Y` [MPa]."""
    return float((2.0 + np.pi) * yield_stress / np.sqrt(3.0))


@dataclass(frozen=True)
class ColumnState:
    """State of a laterally confined column.

    Attributes
    ----------
    axial, lateral : float
        Kirchhoff stress, tension positive [MPa].
    plastic_strain : float
        Equivalent plastic strain.
    traction : float
        Axial Cauchy stress, which is the force per reference area as the area is fixed [MPa].
    """

    axial: float
    lateral: float
    plastic_strain: float
    traction: float


@dataclass(frozen=True)
class ConfinedColumn:
    r"""Column in uniaxial strain with von Mises plasticity and linear hardening.

    With the axial logarithmic strain :math:`\varepsilon` the mean Kirchhoff stress is
    :math:`K\varepsilon`. The difference :math:`q = \tau_a - \tau_l` follows
    :math:`dq = 2G\,d\varepsilon` until its size reaches the flow stress, and then
    :math:`d|q| = H\,d\alpha` with :math:`d\alpha = 2G\,|d\varepsilon| / (3G + H)`.

    Attributes
    ----------
    bulk_modulus, shear_modulus, yield_stress, hardening : float
        [MPa].
    """

    bulk_modulus: float
    shear_modulus: float
    yield_stress: float
    hardening: float = 0.0

    def along(self, strains: Sequence[float]) -> list[ColumnState]:
        """Return the states at the turning points of a strain path that starts at zero.

        Parameters
        ----------
        strains : sequence of float
            Axial logarithmic strain, monotonic between entries.

        Returns
        -------
        list of ColumnState
        """
        shear, hardening = self.shear_modulus, self.hardening
        q = alpha = last = 0.0
        states = []
        for strain in strains:
            trial = q + 2.0 * shear * (strain - last)
            flow = self.yield_stress + hardening * alpha
            growth = max(abs(trial) - flow, 0.0) / (3.0 * shear + hardening)
            alpha += growth
            q = float(np.sign(trial)) * (abs(trial) - 3.0 * shear * growth)
            last = strain
            mean = self.bulk_modulus * strain
            axial = mean + 2.0 / 3.0 * q
            states.append(ColumnState(axial, mean - q / 3.0, alpha, axial / float(np.exp(strain))))
        return states

    def strain_at(self, path: Sequence[float], traction: float) -> float:
        """Return the strain where unloading from the end of ``path`` reaches a traction [MPa]."""
        return float(
            brentq(
                lambda e: self.along([*path, e])[-1].traction - traction, path[-1], 0.0, xtol=1e-15
            )
        )


@dataclass(frozen=True)
class ThickCylinder:
    r"""Thick cylinder under internal pressure, perfectly plastic, plane strain.

    Exact for an incompressible solid, where the axial stress is the mean of the other two; with
    :math:`k = Y/\sqrt3`.

    Attributes
    ----------
    inner, outer : float
        Radii [um].
    yield_stress : float
        In uniaxial tension [MPa].
    """

    inner: float
    outer: float
    yield_stress: float

    @property
    def shear_yield(self) -> float:
        """Yield stress in shear [MPa]."""
        return self.yield_stress / float(np.sqrt(3.0))

    def pressure(self, front: float) -> float:
        r"""Return :math:`k[1 - c^2/b^2 + 2\ln(c/a)]` [MPa], plastic up to ``front``."""
        return self.shear_yield * float(
            1.0 - (front / self.outer) ** 2 + 2.0 * np.log(front / self.inner)
        )

    def front(self, pressure: float) -> float:
        """Return the elastoplastic radius [um] at an internal pressure [MPa] between its limits."""
        return float(brentq(lambda c: self.pressure(c) - pressure, self.inner, self.outer))

    def stresses(self, radius: float, front: float) -> tuple[float, float]:
        """Return radial and hoop stress [MPa] at a radius [um]."""
        k, b, c = self.shear_yield, self.outer, front
        if radius >= c:
            return k * (c**2 / b**2 - c**2 / radius**2), k * (c**2 / b**2 + c**2 / radius**2)
        radial = -k * float(1.0 - c**2 / b**2 + 2.0 * np.log(c / radius))
        return radial, radial + 2.0 * k
