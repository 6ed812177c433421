# SPDX-License-Identifier: MIT
r"""Charge transfer at a lithium electrode: linear or Butler-Volmer kinetics, and its stress shift.

With the overpotential :math:`\eta`, positive where lithium dissolves (anodic), and :math:`f = F/RT`

.. math::

   j = i_0 \left( e^{\alpha f \eta} - e^{-(1 - \alpha) f \eta} \right) , \qquad
   \eta \approx j / (f i_0) \text{ for } |j| \ll i_0 .

A compressed metal dissolves more easily: under a contact pressure p its equilibrium potential
against the electrolyte falls by :math:`V_m p / F`, 1.35 mV at 10 MPa. Numpy only; the circuit is
solved in :mod:`interfacefem.fem.current.kinetics`. Films without capacity for charge, such as an
interphase, are the ohmic ``resistance`` of the interface; how they grow, and the diffusion of
vacancies in the metal, are not modelled.

References
----------
Newman and Thomas-Alyea (2004), Electrochemical Systems, 3rd ed., Wiley (Butler-Volmer equation).
Monroe and Newman (2005), J. Electrochem. Soc. 152, A396 (pressure and electrode potential).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

import numpy as np

from interfacefem.contact.numbers import INVERSE_ITERATIONS, INVERSE_STEP
from interfacefem.fields import Shown
from interfacefem.quantities import Scalar, did_you_mean, fill, one_mistake
from interfacefem.units import ROOM, Dimensional

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

Rate = Literal["linear", "butler_volmer"]

#: charge of a mole of electrons [C/mol], and energy of a mole per kelvin [J/(mol K)] (SI, exact)
FARADAY, GAS = 96485.33212, 8.314462618
#: cm^3/mol over F in um^3 per uC of charge (uA s)
_UM3_PER_UC = 1e6
#: MPa um^3/uC is a microvolt
_VOLT = 1e-6


def thermal_voltage(temperature: float) -> float:
    """Return RT/F [V]."""
    return GAS * temperature / FARADAY


def volume_per_charge(molar_volume: float) -> float:
    """Return the volume of metal that a charge takes away or brings, Faraday's law [um^3/uC].

    Parameters
    ----------
    molar_volume : float
        [cm^3/mol]; one electron an atom.
    """
    return molar_volume / FARADAY * _UM3_PER_UC


def stress_of_overpotential(overpotential: Array, molar_volume: float) -> Array:
    r"""Return the largest stress that plating can build where it has no room: F eta / V_m [MPa].

    At that stress the overpotential is used up and the current ends; 1 mV is 7.4 MPa for lithium.

    Parameters
    ----------
    overpotential : (n,) array
        [V].
    molar_volume : float
        Of the metal [cm^3/mol].

    References
    ----------
    Monroe and Newman (2005), J. Electrochem. Soc. 152, A396 (pressure and electrode potential).
    Porz et al. (2017), 10.1002/aenm.201701003 (stress of plating into a flaw).
    """
    stress: Array = overpotential / (volume_per_charge(molar_volume) * _VOLT)
    return stress


@dataclass(frozen=True, init=False, repr=False)
class ChargeTransfer(Shown):
    """How fast lithium dissolves and deposits where there is contact.

    Parameters
    ----------
    exchange_current_density : str, pint.Quantity or float
        i0 [uA/um^2]; a charge-transfer resistance R is RT/(F R).
    law : {"linear", "butler_volmer"}
        The linear one is exact for currents far below i0.
    anodic_coefficient : float
        alpha, of dissolution [-]; without influence on the linear law.
    stress_shift : bool
        Whether the contact pressure shifts the equilibrium potential.
    activation_energy : str, pint.Quantity or float, optional
        Of the exchange current density, which is given for 25 degC [J/mol]; without it only RT/F
        follows the temperature of the case.

    Raises
    ------
    UnitError
        If the current density has no unit or one of another kind.
    CaseError
        If a value is out of range, or the law unknown.
    """

    #: RT/F depends on the temperature of the case, the exchange current density if it has an energy
    uses_temperature: ClassVar[bool] = True
    scalars: ClassVar[dict[str, Scalar]] = {
        "exchange_current_density": Scalar("current_density", above=0.0),
        "anodic_coefficient": Scalar("dimensionless", above=0.0, below=1.0),
        "activation_energy": Scalar("molar_energy", above=0.0),
    }

    exchange_current_density: float
    law: Rate
    anodic_coefficient: float
    stress_shift: bool
    activation_energy: float | None

    def __init__(
        self,
        exchange_current_density: Dimensional,
        *,
        law: Rate = "butler_volmer",
        anodic_coefficient: float = 0.5,
        stress_shift: bool = False,
        activation_energy: Dimensional | None = None,
    ) -> None:
        place = "interface.charge_transfer"
        if law not in get_args(Rate):
            raise one_mistake(
                f"{place}.law", f"{law!r} is unknown", did_you_mean(law, get_args(Rate))
            )
        if not isinstance(stress_shift, bool):
            raise one_mistake(f"{place}.stress_shift", f"{stress_shift!r}", "write true or false")
        given = {
            "exchange_current_density": exchange_current_density,
            "anodic_coefficient": anodic_coefficient,
        }
        if activation_energy is not None:
            given["activation_energy"] = activation_energy
        numbers: dict[str, float | None] = {"activation_energy": None}
        numbers |= {
            key: self.scalars[key].read(value, f"{place}.{key}") for key, value in given.items()
        }
        fill(self, law=law, stress_shift=stress_shift, **numbers)

    def exchange_at(self, temperature: float) -> float:
        """Return the exchange current density at a temperature [K], by Arrhenius [uA/um^2]."""
        if self.activation_energy is None:
            return self.exchange_current_density
        inverse = 1.0 / temperature - 1.0 / ROOM
        return self.exchange_current_density * math.exp(-self.activation_energy / GAS * inverse)


@dataclass(frozen=True)
class ElectrodeKinetics:
    """Charge transfer of one interface, for current from the lower to the upper layer.

    Attributes
    ----------
    law : ChargeTransfer
    temperature : float
        [K].
    upper : bool
        Whether the electrode is the upper layer, so that positive current deposits lithium.
    molar_volume : float
        Of the metal, for the stress shift [cm^3/mol].
    """

    law: ChargeTransfer
    temperature: float
    upper: bool = False
    molar_volume: float = 0.0

    @property
    def linear(self) -> bool:
        """Whether the overpotential is proportional to the current density."""
        return self.law.law == "linear"

    def overpotential(self, density: Array) -> Array:
        """Return the potential of the lower less that of the upper layer that drives a current.

        Parameters
        ----------
        density : (n,) array
            From the lower to the upper layer [uA/um^2].

        Returns
        -------
        (n,) array
            [V], of the sign of the current.
        """
        relative = np.asarray(density, dtype=np.float64) / self.law.exchange_at(self.temperature)
        unit = thermal_voltage(self.temperature)
        result: Array = unit * (relative if self.linear else _inverse(relative, self._forward))
        return result

    def slope(self, density: Array) -> Array:
        """Return the derivative of the overpotential with the current density [V um^2/uA]."""
        exchange = self.law.exchange_at(self.temperature)
        unit = thermal_voltage(self.temperature) / exchange
        relative = np.asarray(density, dtype=np.float64) / exchange
        if self.linear:
            return np.full_like(relative, unit)
        x, a = _inverse(relative, self._forward), self._forward
        result: Array = unit / (a * np.exp(a * x) + (1.0 - a) * np.exp((a - 1.0) * x))
        return result

    def equilibrium(self, pressure: Array) -> Array:
        """Return by how much a contact pressure [MPa] shifts the potential at rest [V].

        It is that of the lower less that of the upper layer, against the stress-free state.
        """
        if not self.law.stress_shift:
            return np.zeros_like(pressure)
        shift: Array = volume_per_charge(self.molar_volume) * _VOLT * pressure
        return shift if self.upper else -shift

    @property
    def _forward(self) -> float:
        """Coefficient of positive current, which is cathodic at an upper electrode."""
        alpha = self.law.anodic_coefficient
        return 1.0 - alpha if self.upper else alpha


def _inverse(relative: Array, forward: float) -> Array:
    """Solve ``exp(a x) - exp((a - 1) x) = y``.

    On the branch y > 0 the logarithm ``a x + log(1 - exp(-x)) = log y`` is concave in x, and
    ``log(1 + a y) / a`` lies below its root: Newton's method rises to it without overflow.
    """
    if forward == 0.5:
        result: Array = 2.0 * np.arcsinh(0.5 * relative)
        return result
    size = np.abs(relative)
    a = np.where(relative >= 0.0, forward, 1.0 - forward)
    seen = size > 0.0
    y, a = size[seen], a[seen]
    x = np.log1p(a * y) / a
    for _ in range(INVERSE_ITERATIONS):
        rest = np.log(y) - a * x - np.log(-np.expm1(-x))
        change = rest / (a - np.exp(-x) / np.expm1(-x))
        x = x + change
        if np.all(np.abs(change) <= INVERSE_STEP * x):
            break
    found = np.zeros_like(size)
    found[seen] = x
    return np.copysign(found, relative)
