# SPDX-License-Identifier: MIT
"""Contact fraction, pressure statistics and gap volume of an interface, weighted by area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from interfacefem.results import InterfaceField, InterfaceState

#: percentiles that are reported unless others are asked for [%]
PERCENTILES = (5.0, 50.0, 95.0, 99.0)

Over = Literal["all", "contact"]


@dataclass(frozen=True)
class PressureStatistics:
    """How the contact pressure is spread.

    Attributes
    ----------
    over : str
        ``all`` of the interface, or the part in ``contact``.
    area_fraction : float
        Part of the interface it is taken over [-].
    mean, maximum : float
        [MPa].
    coefficient_of_variation : float
        Standard deviation over mean [-].
    percentiles : mapping of float to float
        Pressure that a part of the area does not exceed [% -> MPa].
    """

    over: Over
    area_fraction: float
    mean: float
    maximum: float
    coefficient_of_variation: float
    percentiles: Mapping[float, float]


def contact_fraction(state: InterfaceState) -> float:
    """Return the part of the interface's area that carries contact [-]."""
    return state.in_contact.mean()


def pressure_statistics(
    state: InterfaceState, *, over: Over = "all", percentiles: tuple[float, ...] = PERCENTILES
) -> PressureStatistics:
    """Return mean, maximum, spread and percentiles of the contact pressure.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.
    over : {"all", "contact"}
        The whole interface, or only where there is contact.
    percentiles : tuple of float
        Which ones [%].
    """
    field = state.contact_pressure
    touching = np.asarray(state.in_contact.values, dtype=bool)
    part = field.where(touching) if over == "contact" else field
    return PressureStatistics(
        over=over,
        area_fraction=field.fraction(touching) if over == "contact" else 1.0,
        mean=part.mean(),
        maximum=part.max(),
        coefficient_of_variation=part.coefficient_of_variation(),
        percentiles={q: part.percentile(q) for q in percentiles},
    )


def gap_volume(gap: InterfaceField | InterfaceState) -> float:
    """Return the open volume per area [um]; overlap does not count against it.

    After a release it is the residual gap.
    """
    field = gap.gap if isinstance(gap, InterfaceState) else gap
    # a point without area has nothing opposite, and no gap
    opening = np.where(field.weights > 0.0, np.clip(field.values, 0.0, None), 0.0)
    return float(opening @ field.weights) / field.area
