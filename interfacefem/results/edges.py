# SPDX-License-Identifier: MIT
"""Contact of a stored state to less than an edge of the mesh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from interfacefem.contact.edges import touching_shares
from interfacefem.results.fields import InterfaceField
from interfacefem.results.states import InterfaceState


def contact_shares(state: InterfaceState) -> InterfaceField:
    """Return the share of the area of each point in contact, to less than an edge of the mesh.

    At the edges of contact the pressure says how much of a point's area touches, see
    :mod:`interfacefem.contact.edges`. The mean of the field is a contact fraction that does not
    count the points at edges whole, as
    :func:`interfacefem.post.contact_fraction` does.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.

    Returns
    -------
    InterfaceField
        0 to 1 [-].
    """
    pressure, faces = state.contact_pressure, state.faces
    if faces is None:
        order = np.argsort(state.points_reference[:, 0], kind="stable")
        faces = np.column_stack([order[:-1], order[1:]])
    shares = touching_shares(np.asarray(pressure.values, dtype=np.float64), faces)
    return replace(pressure, name="contact_share", unit="-", values=shares, words="")
