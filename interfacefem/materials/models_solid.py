# SPDX-License-Identifier: MIT
r"""Elasticity and rate-independent plasticity as frozen descriptions: parameters only.

The compiled update is in :mod:`interfacefem.materials.j2`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import ClassVar, Self

import attrs

from interfacefem.errors import MaterialError
from interfacefem.fields import Described, number, placed, quantity, scalars
from interfacefem.materials.base import FirstYield, Law, law
from interfacefem.quantities import Scalar
from interfacefem.units import ROOM


@attrs.frozen(field_transformer=placed, repr=False)
class LinearHardening(Described):
    r"""Linear isotropic hardening, :math:`\sigma_y(\alpha) = Y + H\alpha`.

    Attributes
    ----------
    modulus : float
        H [MPa]; zero is perfect plasticity.
    """

    RAISES: ClassVar[type[MaterialError]] = MaterialError

    modulus: float = attrs.field(
        default=0.0,
        converter=quantity,
        metadata=number("pressure", at_least=0.0, place="hardening_modulus"),
    )

    def gain(self, alpha: float, yield_stress: float) -> float:
        """Return how far the flow stress has risen above the yield stress [MPa]."""
        return self.modulus * alpha


@attrs.frozen(field_transformer=placed, repr=False)
class SaturatingHardening(Described):
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

    RAISES: ClassVar[type[MaterialError]] = MaterialError

    saturation_stress: float = attrs.field(
        converter=quantity, metadata=number("pressure", above=0.0)
    )
    rate: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=0.0, place="saturation_rate")
    )
    modulus: float = attrs.field(
        default=0.0,
        converter=quantity,
        metadata=number("pressure", at_least=0.0, place="hardening_modulus"),
    )

    def gain(self, alpha: float, yield_stress: float) -> float:
        """Return how far the flow stress has risen above the yield stress [MPa]."""
        saturating = (self.saturation_stress - yield_stress) * -math.expm1(-self.rate * alpha)
        return saturating + self.modulus * alpha


def _hardening(
    given: LinearHardening | SaturatingHardening | None,
) -> LinearHardening | SaturatingHardening:
    return LinearHardening() if given is None else given


@law("elastic")
@attrs.frozen(field_transformer=placed, repr=False)
class Elastic(Law):
    """Isotropic elasticity.

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    """

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        """Return that it never yields."""
        return FirstYield()

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return the numbers of :class:`J2Plastic` with an infinite yield stress."""
        return [self.shear_modulus, self.bulk_modulus, math.inf, math.inf, 0.0, 0.0]

    @classmethod
    def respond(cls) -> Callable[..., object]:
        """Return the compiled update."""
        from interfacefem.materials.j2 import respond

        return respond


@law("j2")
@attrs.frozen(field_transformer=placed, repr=False)
class J2Plastic(Law):
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

    yield_stress: float = attrs.field(converter=quantity, metadata=number("pressure", above=0.0))
    hardening: LinearHardening | SaturatingHardening = attrs.field(
        default=None, converter=_hardening
    )
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("yield_stress", "saturation_stress"),
    )

    def __attrs_post_init__(self) -> None:
        saturation = getattr(self.hardening, "saturation_stress", math.inf)
        if saturation < self.yield_stress:
            raise MaterialError(
                f"saturation_stress: {saturation:g} MPa lies below the yield stress "
                f"{self.yield_stress:g} MPa; give both, the saturation stress above the other"
            )

    def flow_stress(self, alpha: float) -> float:
        """Return the flow stress [MPa] at the equivalent plastic strain ``alpha`` [-]."""
        return self.yield_stress + self.hardening.gain(alpha, self.yield_stress)

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        """Return the yield stress, at any temperature."""
        return FirstYield(self.yield_stress)

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return shear and bulk modulus, yield and saturation stress, saturation rate, modulus.

        In MPa; the rate is dimensionless.
        """
        hardening = self.hardening
        saturation, rate = self.yield_stress, 0.0
        if isinstance(hardening, SaturatingHardening):
            saturation, rate = hardening.saturation_stress, hardening.rate
        moduli = [self.shear_modulus, self.bulk_modulus]
        return [*moduli, self.yield_stress, saturation, rate, hardening.modulus]

    @classmethod
    def respond(cls) -> Callable[..., object]:
        """Return the compiled update."""
        from interfacefem.materials.j2 import respond

        return respond

    @classmethod
    def scalars(cls) -> dict[str, Scalar]:
        """Return what its parameters must be, those of the hardening among them."""
        hardening = {
            "hardening_modulus": LinearHardening,
            "saturation_stress": SaturatingHardening,
            "saturation_rate": SaturatingHardening,
        }
        inner = {"hardening_modulus": "modulus", "saturation_rate": "rate"}
        return super().scalars() | {
            name: scalars(made)[inner.get(name, name)] for name, made in hardening.items()
        }

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
