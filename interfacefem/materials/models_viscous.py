# SPDX-License-Identifier: MIT
r"""Flow in time as frozen descriptions: Anand viscoplasticity and power-law creep.

Parameters only; the pointwise updates live in ``anand`` and ``creep``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import attrs

from interfacefem.errors import MaterialError
from interfacefem.fields import number, placed, quantity
from interfacefem.materials.base import FirstYield, Law, law
from interfacefem.units import ROOM

#: molar gas constant [J/(mol K)], exact in the SI of 2019
GAS_CONSTANT = 8.31446261815324

#: rate at which tension tests are usually quoted [1/s]
TEST_RATE = 1e-3


@law("anand")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class Anand(Law):
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

    rate_dependent: ClassVar[bool] = True
    uses_temperature: ClassVar[bool] = True
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("rate_prefactor", "activation_energy"),
        ("initial_resistance", "hardening_constant", "saturation_resistance"),
    )
    states: ClassVar[int] = 2

    rate_prefactor: float = attrs.field(converter=quantity, metadata=number("rate", above=0.0))
    activation_energy: float = attrs.field(
        converter=quantity, metadata=number("molar_energy", above=0.0)
    )
    rate_sensitivity: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    initial_resistance: float = attrs.field(
        converter=quantity, metadata=number("pressure", above=0.0)
    )
    hardening_constant: float = attrs.field(
        converter=quantity, metadata=number("pressure", at_least=0.0)
    )
    saturation_resistance: float = attrs.field(
        converter=quantity, metadata=number("pressure", above=0.0)
    )
    hardening_exponent: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    saturation_exponent: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", at_least=0.0)
    )

    def __attrs_post_init__(self) -> None:
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

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        """Return the flow stress at 1e-3 1/s and a temperature [K]; it flows at every stress."""
        return FirstYield(self.flow_stress(temperature=temperature))

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return the numbers of :func:`interfacefem.materials.anand.respond` at a temperature [K].

        Shear and bulk modulus [MPa], reference rate [1/s], rate sensitivity [-], initial
        resistance, hardening constant, saturation resistance [MPa], hardening exponent, saturation
        exponent [-].
        """
        return [
            self.shear_modulus,
            self.bulk_modulus,
            self.reference_rate(temperature),
            self.rate_sensitivity,
            self.initial_resistance,
            self.hardening_constant,
            self.saturation_resistance,
            self.hardening_exponent,
            self.saturation_exponent,
        ]

    def initial_state(self, temperature: float = ROOM) -> list[float]:
        """Return the equivalent plastic strain [-] and the deformation resistance [MPa]."""
        return [0.0, self.initial_resistance]

    @classmethod
    def respond(cls) -> Callable[..., object]:
        """Return the compiled update."""
        from interfacefem.materials.anand import respond

        return respond

    @property
    def yield_stress(self) -> float:
        """What a tension test at 1e-3 1/s and 298.15 K calls the yield stress [MPa]."""
        return self.flow_stress()


@law("norton")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class Norton(Law):
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

    rate_dependent: ClassVar[bool] = True
    uses_temperature: ClassVar[bool] = True
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (("creep_rate", "creep_temperature"),)

    creep_rate: float = attrs.field(converter=quantity, metadata=number("rate", above=0.0))
    creep_stress: float = attrs.field(converter=quantity, metadata=number("pressure", above=0.0))
    stress_exponent: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0)
    )
    activation_energy: float = attrs.field(
        converter=quantity, metadata=number("molar_energy", above=0.0)
    )
    creep_temperature: float = attrs.field(
        default=ROOM, converter=quantity, metadata=number("temperature", above=0.0)
    )

    def __attrs_post_init__(self) -> None:
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

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        """Return the flow stress at 1e-3 1/s and a temperature [K]; it flows at every stress."""
        return FirstYield(self.flow_stress(temperature=temperature))

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return the numbers of :func:`interfacefem.materials.creep.respond` at a temperature [K].

        Shear and bulk modulus [MPa], creep rate at the reference stress [1/s], reference stress
        [MPa], stress exponent [-].
        """
        rate = self.rate_at(temperature)
        return [
            self.shear_modulus,
            self.bulk_modulus,
            rate,
            self.creep_stress,
            self.stress_exponent,
        ]

    @classmethod
    def respond(cls) -> Callable[..., object]:
        """Return the compiled update."""
        from interfacefem.materials.creep import respond

        return respond

    @property
    def yield_stress(self) -> float:
        """What a tension test at 1e-3 1/s and 298.15 K calls the yield stress [MPa]."""
        return self.flow_stress()
