# SPDX-License-Identifier: MIT
r"""The impedance of a pressed stack: from a case and its contact to what alternates.

Everything is linear about the state without a current. Where faces touch, or a bond conducts, an
area has the conductance of the steady current, charge transfer at its exchange current density, and
beside it the capacitance of a double layer; where they do not it has that of a gap,
:math:`\epsilon_0 / g`. A place of which a share conducts has both in proportion.

What belongs to constriction is found by a second problem in which the places that conduct do so
without any resistance: above its layers it has nothing but constriction. The rest is charge
transfer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.current.alternating import AlternatingContact, AlternatingProblem
from interfacefem.fem.current.numbers import CLOSED_GAP
from interfacefem.materials.dielectric import VACUUM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.fem.current.conduction import Conduction
    from interfacefem.fem.current.electric import CurrentProblem, CurrentSolution, ElectricContact
    from interfacefem.materials.dielectric import Dielectric

    Array = npt.NDArray[np.float64]
    ComplexArray = npt.NDArray[np.complex128]
    #: impedances times area, and errors of the balance, of all frequencies
    Swept = tuple[ComplexArray, Array]


@dataclass(frozen=True, eq=False, kw_only=True)
class Impedance:
    """Impedance of a stack, everything times its area [V um^2/uA].

    Attributes
    ----------
    whole, without_transfer : (n,) complex array
        As it is, and if places that conduct did so without resistance.
    layers : (n,) complex array
        With perfect contacts all over.
    steady, steady_without_transfer : float
        The first two for a vanishing steady current; infinite in an open circuit.
    steady_layers : tuple of float
        Each layer for a steady current with perfect contacts all over, bottom to top.
    conductivities : tuple of float
        Of the layers as pressed [uA/(V um)].
    balance_error : (n,) array
        Largest loss of current over the current [-].
    """

    whole: ComplexArray
    without_transfer: ComplexArray
    layers: ComplexArray
    steady: float
    steady_without_transfer: float
    steady_layers: tuple[float, ...]
    conductivities: tuple[float, ...]
    balance_error: Array


def impedance(
    conduction: Conduction,
    frequency: Array,
    dielectrics: Sequence[Dielectric],
    double_layers: Mapping[str, float],
) -> Impedance:
    """Return the impedance of the accepted configuration of a press.

    Parameters
    ----------
    conduction : Conduction
    frequency : (n,) array
        [Hz].
    dielectrics : sequence of Dielectric
        Of the layers, bottom to top.
    double_layers : mapping of str to float
        By interface [uA s/(V um^2)].

    Raises
    ------
    MeshError
        If an interface passes nothing at any frequency, or currents do not balance.
    """
    mechanics = conduction.press.problem
    conductivities, shares = conduction.conductivities()
    problem = conduction.problem
    problem.conductivities = conductivities
    problem.vary(shares)
    contacts = [_small_signal(conduction.contact(item)) for item in mechanics.interfaces]
    gaps = [item.gaps(mechanics.displacement) for item in mechanics.interfaces]
    stack = Stack(problem, conduction.displacement, conduction.press.area, dielectrics)
    capacitances = [
        capacitance(contact, gap, double_layers[contact.name])
        for contact, gap in zip(contacts, gaps, strict=True)
    ]
    return stack.impedance(contacts, capacitances, frequency)


def capacitance(contact: ElectricContact, gap: Array, double_layer: float) -> tuple[Array, Array]:
    """Return the capacitances of an interface at its slave nodes [uA s/(V um^2)]: touched, gap.

    Parameters
    ----------
    contact : ElectricContact
    gap : (n,) array
        Infinite where nothing lies opposite [um].
    double_layer : float
        Where faces touch [uA s/(V um^2)].
    """
    share = _share(contact)
    return share * double_layer, (1.0 - share) * VACUUM / np.maximum(gap, CLOSED_GAP)


@dataclass(frozen=True, eq=False)
class Stack:
    """Layers in one configuration, with what they are for alternating currents.

    Attributes
    ----------
    problem : CurrentProblem
        Its conductivities are those of a steady current.
    displacement : (n, d) array
        Of all nodes [um].
    area : float
        Nominal [um^2]; per unit depth in the plane [um].
    dielectrics : sequence of Dielectric
        Of the layers, bottom to top.
    """

    problem: CurrentProblem
    displacement: Array
    area: float
    dielectrics: Sequence[Dielectric]

    def impedance(
        self,
        contacts: Sequence[ElectricContact],
        capacitances: Sequence[tuple[Array, Array]],
        frequency: Array,
    ) -> Impedance:
        """Return the impedance at frequencies [Hz].

        Parameters
        ----------
        contacts : sequence of ElectricContact
            Exactly one between each layer and the next, without kinetics.
        capacitances : sequence of tuple
            Of each, as of :func:`capacitance`.
        frequency : (n,) array
            Above zero.
        """
        alternating = AlternatingProblem(
            self.problem,
            self.displacement,
            [
                AlternatingContact(
                    contact=item, conductance=_conductance(item), capacitance=touched, gap=gap
                )
                for item, (touched, gap) in zip(contacts, capacitances, strict=True)
            ],
            area=self.area,
        )
        whole, errors = self._sweep(alternating, frequency, tied=False)
        steady = self._steady(contacts)
        without, steady_without = whole, steady.asr_total
        if any(item.area_resistance[item.in_contact].any() for item in contacts):
            without, more = self._sweep(alternating, frequency, tied=True)
            zeros = [np.zeros(len(item.in_contact)) for item in contacts]
            tied = [replace(c, area_resistance=z) for c, z in zip(contacts, zeros, strict=True)]
            steady_without = self._steady(tied).asr_total
            errors = np.maximum(errors, more)
        alone = tuple(steady.asr_layers.values())
        given = self.problem.conductivities
        layers = sum(
            (
                asr * sigma / item.admittivity(sigma, frequency)
                for asr, sigma, item in zip(alone, given.tolist(), self.dielectrics, strict=True)
            ),
            start=np.zeros(len(frequency), dtype=np.complex128),
        )
        return Impedance(
            whole=whole,
            without_transfer=without,
            layers=layers,
            steady=steady.asr_total,
            steady_without_transfer=steady_without,
            steady_layers=alone,
            conductivities=tuple(given.tolist()),
            balance_error=errors,
        )

    def _steady(self, contacts: Sequence[ElectricContact]) -> CurrentSolution:
        return self.problem.solve(
            self.displacement, contacts, mean_current_density=1.0, area=self.area
        )

    def _sweep(self, alternating: AlternatingProblem, frequency: Array, *, tied: bool) -> Swept:
        given = self.problem.conductivities.tolist()
        admittivities = np.column_stack(
            [d.admittivity(s, frequency) for d, s in zip(self.dielectrics, given, strict=True)]
        )
        found = [
            alternating.solve(f, a, tied=tied)
            for f, a in zip(frequency.tolist(), admittivities, strict=True)
        ]
        return np.array([z for z, _ in found]), np.array([error for _, error in found])


def _small_signal(contact: ElectricContact) -> ElectricContact:
    """Return a contact with its kinetics as a resistance, that of a vanishing current."""
    if contact.kinetics is None:
        return replace(contact, rest=None)
    slope = contact.kinetics.slope(np.zeros(len(contact.in_contact)))
    resistance = contact.area_resistance + slope
    return replace(contact, area_resistance=resistance, kinetics=None, rest=None)


def _share(contact: ElectricContact) -> Array:
    """Return the part of the area of each slave node that conducts [-]."""
    conducts = contact.in_contact & np.isfinite(contact.area_resistance)
    share: Array | float = 1.0 if contact.share is None else contact.share
    return np.where(conducts, share, 0.0)


def _conductance(contact: ElectricContact) -> Array:
    """Return the conductance at the slave nodes, infinite without resistance [uA/(V um^2)]."""
    share = _share(contact)
    resistance = np.where(share > 0.0, contact.area_resistance, 1.0)
    with np.errstate(divide="ignore"):
        return np.where(share > 0.0, share / resistance, 0.0)
