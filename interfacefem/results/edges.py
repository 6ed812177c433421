# SPDX-License-Identifier: MIT
"""Contact area to less than an edge of the mesh."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.edges import touching_shares

if TYPE_CHECKING:
    from interfacefem.results.fields import InterfaceField
    from interfacefem.results.snapshot import FloatArray, IntArray, InterfaceSnapshot
    from interfacefem.results.states import InterfaceState


def contact_shares(state: InterfaceState) -> InterfaceField:
    """Return the share of the area of each point in contact, to less than an edge of the mesh.

    At the edges of contact the pressure says how much of a point's area touches, see
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
    values = _shares(
        np.asarray(pressure.values, dtype=np.float64),
        state.weights,
        state.points_reference,
        state.faces,
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


def fraction_of_snapshot(part: InterfaceSnapshot) -> float:
    """Return :func:`contact_fraction` of an interface before it is stored."""
    pressure = np.asarray(part.contact_pressure, dtype=np.float64)
    shares = _shares(pressure, part.weights, part.points_reference, part.faces)
    return min(float(part.weights @ shares) / float(np.sum(part.weights)), 1.0)


def _shares(
    pressure: FloatArray, weights: FloatArray, points: FloatArray, faces: IntArray | None
) -> FloatArray:
    """Return :func:`touching_shares`; a point without area beside another one is no edge."""
    if faces is None:
        order = np.argsort(points[:, 0], kind="stable")
        faces = np.column_stack([order[:-1], order[1:]])
    return touching_shares(pressure, faces[(weights[faces] > 0.0).all(axis=1)])
