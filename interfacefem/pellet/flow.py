# SPDX-License-Identifier: MIT
r"""Current through a pellet: across an interface that conducts unevenly, and through its layers.

With the conductance g of the interface at each place and the impedance Z of the layers in front of
their electrodes the current density j under a voltage V is

.. math:: j(x) = g(x) \, [V - (Z j)(x)] .

Columns, currents that flow straight through, have the impedance of long waves for all waves. They
hold where the current changes over lengths :math:`\ell` that are long against

.. math:: \ell_t = \sqrt{\frac{\sum_i (h_i/\sigma_i) h_i^2}{3 (1/g + \sum_i h_i/\sigma_i)}} ,

here for one layer of the thickness H = h a side: then they understate how uneven the current is by
at most the part :math:`(\ell_t/\ell)^2`, and overstate the resistance by less. Where the interface
costs much more than the layers, :math:`\ell_t` is short whatever their thickness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.pellet.modes import Modes, Sheet, impedance

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """Current through a pellet.

    Attributes
    ----------
    share : (n,) array
        Current density at the patches over its mean [-].
    resistance : float
        Of the pellet over its area [V um^2/uA].
    """

    share: Array
    resistance: float


def columns(resistance: Array, areas: Array) -> Flow:
    """Return the current that flows straight through each place.

    Parameters
    ----------
    resistance : (n,) array
        Of interface and layers at each place [V um^2/uA]; infinite where nothing touches.
    areas : (n,) array
        [um^2].
    """
    return _of(1.0 / resistance, areas)


def flow(joint: Array, lower: Sequence[Sheet], upper: Sequence[Sheet], waves: Modes) -> Flow:
    """Return the current that spreads in the layers.

    Parameters
    ----------
    joint : (n,) array
        Resistance of the interface at each place [V um^2/uA]; infinite where nothing touches.
    lower, upper : sequence of Sheet
        From the interface outwards.
    waves : Modes
        Of the face.
    """
    layers = waves.matrix(impedance(lower, waves.wave) + impedance(upper, waves.wave))
    conductance = 1.0 / joint
    density = np.linalg.solve(
        np.eye(len(joint)) + conductance[:, None] * layers, conductance
    )  # of one volt
    return _of(density, waves.areas)


def transition(joint: float, lower: Sequence[Sheet], upper: Sequence[Sheet]) -> float:
    r"""Return the length :math:`\ell_t` over which currents spread [um].

    Parameters
    ----------
    joint : float
        Resistance of the interface [V um^2/uA].
    lower, upper : sequence of Sheet
        From the interface outwards.
    """
    across = sum(sheet.resistance for sheet in (*lower, *upper))
    # second term of the impedance in the wave number, whatever the layers of a side
    wave = 1e-3 / max(sum(s.thickness for s in lower), sum(s.thickness for s in upper), 1e-30)
    at = np.array([wave])
    less = across - float((impedance(lower, at) + impedance(upper, at))[0])
    return math.sqrt(max(less, 0.0) / (joint + across)) / wave


def _of(density: Array, areas: Array) -> Flow:
    mean = float(density @ areas / areas.sum())
    return Flow(density / mean, 1.0 / mean)
