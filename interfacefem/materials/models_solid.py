# SPDX-License-Identifier: MIT
r"""Elasticity and rate-independent plasticity as frozen descriptions: parameters only.

The table of all laws is in ``models``, their pointwise updates in ``update``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from interfacefem.errors import MaterialError
from interfacefem.materials.value import PROPERTIES, check_physical
from interfacefem.units import Dimensional, to_internal


def parameter(name: str, value: Dimensional) -> float:
    """Return one parameter in internal units, checked to be physical."""
    number = to_internal(value, PROPERTIES[name], place=name)
    check_physical(name, number)
    return number


def take(law: object, **given: Dimensional) -> None:
    """Set parameters of a frozen law, each in internal units and checked to be physical."""
    for name, value in given.items():
        object.__setattr__(law, name, parameter(name, value))


@dataclass(frozen=True, init=False)
class LinearHardening:
    r"""Linear isotropic hardening, :math:`\sigma_y(\alpha) = Y + H\alpha`.

    Attributes
    ----------
    modulus : float
        H [MPa]; zero is perfect plasticity.
    """

    modulus: float

    def __init__(self, modulus: Dimensional = 0.0) -> None:
        object.__setattr__(self, "modulus", parameter("hardening_modulus", modulus))

    def gain(self, alpha: float, yield_stress: float) -> float:
        """Return how far the flow stress has risen above the yield stress [MPa]."""
        return self.modulus * alpha


@dataclass(frozen=True, init=False)
class SaturatingHardening:
    r"""Voce hardening, :math:`\sigma_y(\alpha) = Y + (S - Y)(1 - e^{-r\alpha}) + H\alpha`.

    Attributes
    ----------
    saturation_stress : float
        S [MPa], not below the yield stress.
    rate : float
        r [-], how fast the flow stress saturates with plastic strain.
    modulus : float
        H [MPa], what linear hardening remains.

    References
    ----------
    Voce (1948), J. Inst. Metals 74, 537.
    """

    saturation_stress: float
    rate: float
    modulus: float

    def __init__(
        self, saturation_stress: Dimensional, rate: Dimensional, modulus: Dimensional = 0.0
    ) -> None:
        object.__setattr__(
            self, "saturation_stress", parameter("saturation_stress", saturation_stress)
        )
        object.__setattr__(self, "rate", parameter("saturation_rate", rate))
        object.__setattr__(self, "modulus", parameter("hardening_modulus", modulus))

    def gain(self, alpha: float, yield_stress: float) -> float:
        """Return how far the flow stress has risen above the yield stress [MPa]."""
        saturating = (self.saturation_stress - yield_stress) * -math.expm1(-self.rate * alpha)
        return saturating + self.modulus * alpha


@dataclass(frozen=True, init=False)
class Elastic:
    """Isotropic elasticity.

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    """

    kind: ClassVar[str] = "elastic"
    #: whether the response depends on time
    rate_dependent: ClassVar[bool] = False
    #: whether the response depends on the temperature of the case
    uses_temperature: ClassVar[bool] = False
    #: parameters that go together: fitted to one curve, so that one alone makes little sense
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    required: ClassVar[tuple[str, ...]] = ("youngs_modulus", "poissons_ratio")
    optional: ClassVar[tuple[str, ...]] = ()

    youngs_modulus: float
    poissons_ratio: float

    def __init__(self, youngs_modulus: Dimensional, poissons_ratio: Dimensional) -> None:
        take(self, youngs_modulus=youngs_modulus, poissons_ratio=poissons_ratio)

    @property
    def bulk_modulus(self) -> float:
        """Bulk modulus [MPa]."""
        return self.youngs_modulus / (3.0 * (1.0 - 2.0 * self.poissons_ratio))

    @property
    def shear_modulus(self) -> float:
        """Shear modulus [MPa]."""
        return self.youngs_modulus / (2.0 * (1.0 + self.poissons_ratio))

    @property
    def plane_strain_modulus(self) -> float:
        r"""Contact modulus of one body, :math:`E/(1-\nu^2)` [MPa]."""
        return self.youngs_modulus / (1.0 - self.poissons_ratio**2)

    def parameters(self) -> dict[str, float]:
        """Return the parameters by property name [internal units]."""
        return {name: getattr(self, name) for name in (*self.required, *self.optional)}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, float]) -> Self:
        """Build the law from parameters by property name [internal units]."""
        names = (*cls.required, *(name for name in cls.optional if name in parameters))
        return cls(**{name: parameters[name] for name in names})


@dataclass(frozen=True, init=False)
class J2Plastic(Elastic):
    """Isotropic elasticity with von Mises plasticity and isotropic hardening, rate-independent.

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    yield_stress : float
        First yield in uniaxial tension [MPa].
    hardening : LinearHardening or SaturatingHardening
        How the flow stress rises with the equivalent plastic strain.

    Raises
    ------
    MaterialError
        If a parameter is out of range or the saturation stress lies below the yield stress.
    """

    kind: ClassVar[str] = "j2"
    required: ClassVar[tuple[str, ...]] = ("youngs_modulus", "poissons_ratio", "yield_stress")
    optional: ClassVar[tuple[str, ...]] = (
        "hardening_modulus",
        "saturation_stress",
        "saturation_rate",
    )
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("yield_stress", "saturation_stress"),
    )

    yield_stress: float
    hardening: LinearHardening | SaturatingHardening

    def __init__(
        self,
        youngs_modulus: Dimensional,
        poissons_ratio: Dimensional,
        yield_stress: Dimensional,
        hardening: LinearHardening | SaturatingHardening | None = None,
    ) -> None:
        Elastic.__init__(self, youngs_modulus, poissons_ratio)
        object.__setattr__(self, "yield_stress", parameter("yield_stress", yield_stress))
        object.__setattr__(self, "hardening", hardening or LinearHardening())
        saturation = getattr(self.hardening, "saturation_stress", math.inf)
        if saturation < self.yield_stress:
            raise MaterialError(
                f"saturation_stress: {saturation:g} MPa lies below the yield stress "
                f"{self.yield_stress:g} MPa; give both, the saturation stress above the other"
            )

    def flow_stress(self, alpha: float) -> float:
        """Return the flow stress [MPa] at the equivalent plastic strain ``alpha`` [-]."""
        return self.yield_stress + self.hardening.gain(alpha, self.yield_stress)

    def parameters(self) -> dict[str, float]:
        """Return the parameters by property name [internal units]."""
        found = {
            "youngs_modulus": self.youngs_modulus,
            "poissons_ratio": self.poissons_ratio,
            "yield_stress": self.yield_stress,
            "hardening_modulus": self.hardening.modulus,
        }
        if isinstance(self.hardening, SaturatingHardening):
            found["saturation_stress"] = self.hardening.saturation_stress
            found["saturation_rate"] = self.hardening.rate
        return found

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, float]) -> Self:
        """Build the law from parameters by property name [internal units].

        Raises
        ------
        MaterialError
            If only one of saturation stress and saturation rate is given.
        """
        saturation = parameters.get("saturation_stress")
        rate = parameters.get("saturation_rate")
        modulus = parameters.get("hardening_modulus", 0.0)
        hardening: LinearHardening | SaturatingHardening
        if saturation is not None and rate is not None:
            hardening = SaturatingHardening(saturation, rate, modulus)
        elif saturation is None and rate is None:
            hardening = LinearHardening(modulus)
        else:
            missing = "saturation_rate" if rate is None else "saturation_stress"
            raise MaterialError(
                f"{missing}: is missing; saturating hardening needs saturation_stress "
                "and saturation_rate"
            )
        return cls(
            parameters["youngs_modulus"],
            parameters["poissons_ratio"],
            parameters["yield_stress"],
            hardening,
        )
