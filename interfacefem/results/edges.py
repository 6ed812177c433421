# SPDX-License-Identifier: MIT
"""Contact area to less than an edge of the mesh."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.edges import touching_shares

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.results.fields import InterfaceField
    from interfacefem.results.snapshot import FloatArray, IntArray
    from interfacefem.results.states import InterfaceState


def contact_shares(state: InterfaceState) -> InterfaceField:
    """Return the share of the area of each point in contact, to less than an edge of the mesh.

    At the edges of contact the pressure and the gap say how much of a point's area touches, see
    :mod:`interfacefem.contact.edges`. The mean of the field is :func:`contact_fraction`.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.

    Returns
    -------
    InterfaceField
        0 to 1 [-].
    """
    pressure = state.contact_pressure
    values = shares_of_points(
        pressure.values, state.gap.values, state.weights, state.points_reference, state.faces
    )
    return replace(pressure, name="contact_share", unit="-", values=values, words="")


def contact_fraction(state: InterfaceState) -> float:
    """Return the part of the interface's area that carries contact [-].

    It is the mean of :func:`contact_shares`, as in the history. The mean of ``state.in_contact``
    counts the points at edges of contact whole, and is high by half an edge of the mesh at each.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.
    """
    return min(contact_shares(state).mean(), 1.0)  # but for round-off it is


def held_shares(state: InterfaceState) -> InterfaceField:
    """Return the share of the area of each point that does not touch and that a bond holds [-].

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.
    """
    touching = contact_shares(state)
    living = "intact" in state.fields and state.field("intact").values > 0.0
    values = np.where(living, 1.0 - np.asarray(touching.values), 0.0)
    return replace(touching, name="held_share", values=values)


def shares_of_points(
    pressure: npt.ArrayLike,
    gap: npt.ArrayLike,
    weights: FloatArray,
    points: FloatArray,
    faces: IntArray | None,
) -> FloatArray:
    """Return the share of the area of each point in contact; see :func:`contact_shares`.

    Parameters
    ----------
    pressure : (n,) array
        Contact pressure [MPa].
    gap : (n,) array
        Open > 0 [um].
    weights : (n,) array
        Area of each point; one without area beside another one is no edge of contact.
    points : (n, d) array
        Positions in the undeformed mesh [um].
    faces : (k, 2) or (k, 4) int array, optional
        Edges or quadrilaterals between the points; by default edges in the order of x.

    Returns
    -------
    (n,) array
    """
    if faces is None:
        order = np.argsort(points[:, 0], kind="stable")
        faces = np.column_stack([order[:-1], order[1:]])
    covered = faces[(weights[faces] > 0.0).all(axis=1)]
    pressures, gaps = (np.asarray(each, dtype=np.float64) for each in (pressure, gap))
    return touching_shares(pressures, covered, gaps, points)
