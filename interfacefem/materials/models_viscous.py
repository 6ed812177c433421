# SPDX-License-Identifier: MIT
r"""Flow in time as frozen descriptions: Anand viscoplasticity and power-law creep.

Parameters only; the pointwise updates live in ``anand`` and ``creep``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from interfacefem.errors import MaterialError
from interfacefem.materials.models_solid import Elastic, take
from interfacefem.materials.value import ROOM
from interfacefem.units import Dimensional

#: molar gas constant [J/(mol K)], exact in the SI of 2019
GAS_CONSTANT = 8.31446261815324

#: rate at which tension tests are usually quoted [1/s]
TEST_RATE = 1e-3


@dataclass(frozen=True, init=False)
class Anand(Elastic):
    r"""Isotropic elasticity with the viscoplasticity of Anand, which flows at every stress.

    .. math::

        \dot\varepsilon = A e^{-Q/RT} (\sigma / S)^{1/m}, \quad
        \dot S = H_0 |1 - S/S_s|^a \mathrm{sign}(1 - S/S_s)\, \dot\varepsilon, \quad
        S_s = Y^* [\dot\varepsilon / (A e^{-Q/RT})]^n

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    rate_prefactor : float
        A [1/s].
    activation_energy : float
        Q [J/mol].
    rate_sensitivity : float
        m [-]; above 0, at most 1.
    initial_resistance : float
        Deformation resistance S of the virgin material [MPa].
    hardening_constant : float
        :math:`H_0` [MPa].
    saturation_resistance : float
        :math:`Y^*` [MPa].
    hardening_exponent : float
        a [-].
    saturation_exponent : float
        n [-].

    Raises
    ------
    MaterialError
        If a parameter is out of range.

    References
    ----------
    Anand and Narayan (2019), J. Electrochem. Soc. 166, A1092.
    """

    kind: ClassVar[str] = "anand"
    rate_dependent: ClassVar[bool] = True
    uses_temperature: ClassVar[bool] = True
    required: ClassVar[tuple[str, ...]] = (
        "youngs_modulus",
        "poissons_ratio",
        "rate_prefactor",
        "activation_energy",
        "rate_sensitivity",
        "initial_resistance",
        "hardening_constant",
        "saturation_resistance",
        "hardening_exponent",
        "saturation_exponent",
    )
    optional: ClassVar[tuple[str, ...]] = ()
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("rate_prefactor", "activation_energy"),
        ("initial_resistance", "hardening_constant", "saturation_resistance"),
    )

    rate_prefactor: float
    activation_energy: float
    rate_sensitivity: float
    initial_resistance: float
    hardening_constant: float
    saturation_resistance: float
    hardening_exponent: float
    saturation_exponent: float

    def __init__(
        self,
        youngs_modulus: Dimensional,
        poissons_ratio: Dimensional,
        *,
        rate_prefactor: Dimensional,
        activation_energy: Dimensional,
        rate_sensitivity: Dimensional,
        initial_resistance: Dimensional,
        hardening_constant: Dimensional,
        saturation_resistance: Dimensional,
        hardening_exponent: Dimensional,
        saturation_exponent: Dimensional,
    ) -> None:
        Elastic.__init__(self, youngs_modulus, poissons_ratio)
        take(
            self,
            rate_prefactor=rate_prefactor,
            activation_energy=activation_energy,
            rate_sensitivity=rate_sensitivity,
            initial_resistance=initial_resistance,
            hardening_constant=hardening_constant,
            saturation_resistance=saturation_resistance,
            hardening_exponent=hardening_exponent,
            saturation_exponent=saturation_exponent,
        )
        if self.rate_sensitivity > 1.0:
            raise MaterialError(
                f"rate_sensitivity: {self.rate_sensitivity:g} is out of range; write m, at most 1, "
                "not the stress exponent 1/m"
            )

    def reference_rate(self, temperature: float = ROOM) -> float:
        r"""Return :math:`A e^{-Q/RT}` [1/s] at a temperature [K]."""
        return self.rate_prefactor * math.exp(
            -self.activation_energy / (GAS_CONSTANT * temperature)
        )

    def flow_stress(
        self, rate: float = TEST_RATE, temperature: float = ROOM, *, saturated: bool = False
    ) -> float:
        """Return the flow stress [MPa] at a constant rate.

        Parameters
        ----------
        rate : float
            Equivalent plastic strain rate [1/s].
        temperature : float
            Temperature [K].
        saturated : bool
            Of the saturated, else of the virgin material.
        """
        ratio = rate / self.reference_rate(temperature)
        resistance = self.initial_resistance
        if saturated:
            resistance = self.saturation_resistance * ratio**self.saturation_exponent
        return float(resistance * ratio**self.rate_sensitivity)

    @property
    def yield_stress(self) -> float:
        """What a tension test at 1e-3 1/s and 298.15 K calls the yield stress [MPa]."""
        return self.flow_stress()


@dataclass(frozen=True, init=False)
class Norton(Elastic):
    r"""Isotropic elasticity with power-law creep.

    .. math::

        \dot\varepsilon = \dot\varepsilon_0 (\sigma/\sigma_0)^n
        \exp\left[-\frac{Q}{R}\left(\frac{1}{T} - \frac{1}{T_0}\right)\right]

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    creep_rate : float
        Rate at the reference stress and temperature [1/s].
    creep_stress : float
        Reference stress [MPa].
    stress_exponent : float
        n [-], at least 1.
    activation_energy : float
        Q [J/mol].
    creep_temperature : float
        Reference temperature [K].

    Raises
    ------
    MaterialError
        If a parameter is out of range.

    References
    ----------
    Norton (1929), The Creep of Steel at High Temperatures, McGraw-Hill.
    """

    kind: ClassVar[str] = "norton"
    rate_dependent: ClassVar[bool] = True
    uses_temperature: ClassVar[bool] = True
    required: ClassVar[tuple[str, ...]] = (
        "youngs_modulus",
        "poissons_ratio",
        "creep_rate",
        "creep_stress",
        "stress_exponent",
        "activation_energy",
        "creep_temperature",
    )
    optional: ClassVar[tuple[str, ...]] = ()
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (("creep_rate", "creep_temperature"),)

    creep_rate: float
    creep_stress: float
    stress_exponent: float
    activation_energy: float
    creep_temperature: float

    def __init__(
        self,
        youngs_modulus: Dimensional,
        poissons_ratio: Dimensional,
        *,
        creep_rate: Dimensional,
        creep_stress: Dimensional,
        stress_exponent: Dimensional,
        activation_energy: Dimensional,
        creep_temperature: Dimensional = ROOM,
    ) -> None:
        Elastic.__init__(self, youngs_modulus, poissons_ratio)
        take(
            self,
            creep_rate=creep_rate,
            creep_stress=creep_stress,
            stress_exponent=stress_exponent,
            activation_energy=activation_energy,
            creep_temperature=creep_temperature,
        )
        if self.stress_exponent < 1.0:
            raise MaterialError(
                f"stress_exponent: {self.stress_exponent:g} is out of range; write 1 or more"
            )

    def rate_at(self, temperature: float = ROOM) -> float:
        """Return the creep rate at the reference stress [1/s] and a temperature [K]."""
        inverse = 1.0 / temperature - 1.0 / self.creep_temperature
        return self.creep_rate * math.exp(-self.activation_energy / GAS_CONSTANT * inverse)

    def flow_stress(self, rate: float = TEST_RATE, temperature: float = ROOM) -> float:
        """Return the stress [MPa] under which it creeps at a rate [1/s] and temperature [K]."""
        ratio = rate / self.rate_at(temperature)
        return float(self.creep_stress * ratio ** (1.0 / self.stress_exponent))

    @property
    def yield_stress(self) -> float:
        """What a tension test at 1e-3 1/s and 298.15 K calls the yield stress [MPa]."""
        return self.flow_stress()
