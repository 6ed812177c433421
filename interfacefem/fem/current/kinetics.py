# SPDX-License-Identifier: MIT
r"""Currents through contacts with charge-transfer kinetics and potentials at rest.

A conducting slave node takes the potential difference

.. math:: \Delta\phi_j = R_j j + \eta(j) + U_j , \qquad j = I_j / D_j ,

which is monotone in its current, so the currents minimise a convex function, the layers being
linear. Newton's method on it solves one linear chain an iteration
(:mod:`interfacefem.fem.current.system`); its step is halved until the work of what is left over
along it has fallen. It starts from the currents of vanishing density, whatever was solved before,
so that a continued run finds the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.kinetics import thermal_voltage
from interfacefem.errors import MeshError
from interfacefem.fem.current.numbers import (
    DESCENT,
    MOST_HALVINGS,
    MOST_ITERATIONS,
    TOLERANCE,
)
from interfacefem.fem.current.system import ChainSolution, solve_chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import scipy.sparse as sp

    from interfacefem.fem.current.links import Link
    from interfacefem.fem.linear.condensation import Supports

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Kinetics:
    """Solution of the chain with what the currents cost at each interface.

    Attributes
    ----------
    chain : ChainSolution
        For a total current of one; with kinetics or potentials at rest it belongs to one current.
    drops : list of (k,) array
        Of each link, potential that drives the current through its nodes, over the total current
        [V/uA]; potentials at rest are not in it.
    at_rest : bool
        Whether there are potentials without a current, so that a voltage is not all resistance.
    """

    chain: ChainSolution
    drops: list[Array]
    at_rest: bool


def solve_kinetics(
    stiffness: sp.csr_matrix,
    supports: Supports,
    links: Sequence[Link],
    node_conductivity: Array,
    total: float,
) -> Kinetics:
    """Solve for a total current.

    Parameters
    ----------
    stiffness, supports, links, node_conductivity
        As in :func:`interfacefem.fem.current.system.solve_chain`.
    total : float
        From bottom to top, not zero where a law is not linear [uA].

    Returns
    -------
    Kinetics

    Raises
    ------
    MeshError
        If the iteration does not end.
    """
    laws = [_Law(link, total) for link in links]

    def solve(slopes: Sequence[Array], offsets: Sequence[Array]) -> ChainSolution:
        changed = [
            replace(link, resistance=link.resistance + slope)
            for link, slope in zip(links, slopes, strict=True)
        ]
        rests = [law.rest + offset for law, offset in zip(laws, offsets, strict=True)]
        return solve_chain(stiffness, supports, changed, node_conductivity, rests)

    here: ChainSolution | None = None
    linear: list[Array] = []  # potential that the linear parts leave for the laws, negative
    for _ in range(MOST_ITERATIONS):
        before = [np.zeros(len(link.active)) for link in links] if here is None else here.currents
        values = [law.value(c) for law, c in zip(laws, before, strict=True)]
        slopes = [law.slope(c) for law, c in zip(laws, before, strict=True)]
        tangents = [v - s * c for v, s, c in zip(values, slopes, before, strict=True)]
        found = solve(slopes, tangents)
        goal = [-(t + s * c) for t, s, c in zip(tangents, slopes, found.currents, strict=True)]
        if here is None:
            here, linear = found, goal
        else:
            part = _part(laws, (here.currents, linear), (found.currents, goal))
            here = _between(here, found, part)
            linear = [(1.0 - part) * a + part * b for a, b in zip(linear, goal, strict=True)]
        if all(
            law.holds(rest, c) for law, rest, c in zip(laws, linear, here.currents, strict=True)
        ):
            break
    else:
        raise MeshError(
            "the currents through the contacts were not found; look for an exchange current "
            "density that is far too small"
        )
    drops = [
        link.resistance * c + law.value(c)
        for link, law, c in zip(links, laws, here.currents, strict=True)
    ]
    return Kinetics(here, drops, any(law.rest.any() for law in laws))


class _Law:
    """Overpotential of the nodes of a link over the total current, as a function of shares."""

    def __init__(self, link: Link, total: float) -> None:
        contact = link.contact
        self._kinetics = contact.kinetics
        self._total = total
        self._weights = contact.areas[link.active]
        zero = np.zeros(len(link.active))
        self.rest = zero if contact.rest is None else contact.rest[link.active] / total
        self._unit = 0.0
        if self._kinetics is not None:
            self._unit = thermal_voltage(self._kinetics.temperature) / abs(total)

    def value(self, shares: Array) -> Array:
        """Return the overpotential over the total current [V/uA]."""
        if self._kinetics is None:
            return np.zeros_like(shares)
        density = shares * self._total / self._weights
        return self._kinetics.overpotential(density) / self._total

    def slope(self, shares: Array) -> Array:
        """Return its derivative with the shares [V/uA]."""
        if self._kinetics is None:
            return np.zeros_like(shares)
        return self._kinetics.slope(shares * self._total / self._weights) / self._weights

    def holds(self, linear: Array, shares: Array) -> bool:
        """Return whether what the linear parts leave is the overpotential."""
        if self._kinetics is None:
            return True
        value = self.value(shares)
        size = max(self._unit, float(np.abs(value).max(initial=0.0)))
        return float(np.abs(linear + value).max(initial=0.0)) <= TOLERANCE * size


_State = tuple[list["Array"], list["Array"]]


def _part(laws: Sequence[_Law], here: _State, goal: _State) -> float:
    """Return the part of a step, one or a power of a half, that does not overshoot by far."""

    def work(part: float) -> float:
        """Return the derivative of the convex function along the step."""
        total = 0.0
        for law, a, b, c, d in zip(laws, *here, *goal, strict=True):
            left = (1.0 - part) * b + part * d + law.value((1.0 - part) * a + part * c)
            total += float((c - a) @ left)
        return total

    start, part = abs(work(0.0)), 1.0
    for _ in range(MOST_HALVINGS):
        if work(part) <= DESCENT * start:
            break
        part *= 0.5
    return part


def _between(one: ChainSolution, two: ChainSolution, part: float) -> ChainSolution:
    """Return the solution a part of the way from one to another; all of it is linear."""
    if part == 1.0:
        return two
    rest = 1.0 - part
    return ChainSolution(
        rest * one.deviation + part * two.deviation,
        [rest * a + part * b for a, b in zip(one.currents, two.currents, strict=True)],
        [rest * a + part * b for a, b in zip(one.steps, two.steps, strict=True)],
    )
