# SPDX-License-Identifier: MIT
"""Gaps that paths and checks look at."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.drive.numbers import LARGEST_PART, LAST_GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


def apart(problem: MechanicalProblem) -> float:
    """Return how far layers that do not touch may go before they do [um]."""
    total = 0.0
    for interface in problem.interfaces:
        gap = interface.gaps(problem.displacement)[interface.pairing.covered]
        total += max(0.0, float(gap.min()))
    return total


def mean_gap(interfaces: Sequence[ContactInterface], displacement: Array) -> float:
    """Return the mean gap, summed over some interfaces [um]."""
    total = 0.0
    for interface in interfaces:
        gap, seen = interface.gaps(displacement), interface.pairing.covered
        weights = interface.pairing.weights[seen]
        total += float(weights @ gap[seen].clip(min=0.0) / weights.sum())
    return total


def may_close(gap: float, height: float) -> float:
    """Return by how much a mean gap between faces of some rms height may close at once [um].

    The less is left of a gap, the faster it closes; a last one that closes by chance stays closed.
    """
    if gap <= LAST_GAP * height:
        return inf
    return max(LARGEST_PART * gap, LAST_GAP * height)


def max_penetration(problem: MechanicalProblem) -> float:
    """Largest overlap at a slave node, weighted over its neighbourhood [um]."""
    worst = 0.0
    for interface in problem.interfaces:
        worst = max(worst, float(np.max(-interface.gaps(problem.displacement), initial=0.0)))
    return worst


def pressure_in_open_gap(problem: MechanicalProblem) -> float:
    """Largest pressure at a node that stands open by more than the gap tolerance [MPa]."""
    worst = 0.0
    for interface in problem.interfaces:
        is_open = interface.gaps(problem.displacement) > interface.settings.gap_tolerance
        worst = max(worst, float(np.max(interface.pressure[is_open], initial=0.0)))
    return worst
