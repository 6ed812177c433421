# SPDX-License-Identifier: MIT
r"""The chance that a brittle layer breaks, by independent action of its principal tensions.

.. math:: P = 1 - \exp\Big(-\int \sum_i \big(\sigma_i^+ / \sigma_0\big)^m \, dV / V_0\Big)

What a run computed stands for the whole pressed area. Stresses are means of cells, so peaks smaller
than a cell are not in it.

References
----------
Weibull (1939), Ingeniorsvetenskapsakademiens Handlingar 151.
Stanley, Fessler and Sivill (1973), Proc. Br. Ceram. Soc. 22, 453 (independent action).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from interfacefem.post.cells import cells, computed_area, mean_around, pressed_area
from interfacefem.post.faces import is_axisymmetric
from interfacefem.post.flaws import positive
from interfacefem.results import LayerState, Results
from interfacefem.units import Dimensional

FloatArray = npt.NDArray[np.float64]


def weibull_probability(
    results: Results,
    layer: str,
    step: str,
    *,
    modulus: float,
    strength: Dimensional,
    volume: Dimensional,
    area: Dimensional | None = None,
    increment: int = -1,
) -> float:
    r"""Return the probability that a brittle layer breaks.

    Parameters
    ----------
    results : Results
        Any run.
    layer, step : str
    modulus : float
        Weibull modulus m [-].
    strength, volume : str, pint.Quantity or float
        Scale :math:`\sigma_0` [MPa] and the volume :math:`V_0` it was measured on [um^3].
    area : str, pint.Quantity or float, optional
        Pressed area [um^2]; that of the die if not given
        (:func:`~interfacefem.post.cells.pressed_area`).
    increment : int
        Of those with layer fields; negative ones count back.

    Returns
    -------
    float

    Raises
    ------
    ResultsError
        If the step has no layer fields, or a parameter is not positive.
    """
    exponent = positive(modulus, "dimensionless", "modulus")
    scale = positive(strength, "pressure", "strength")
    reference = positive(volume, "volume", "volume")
    pressed = pressed_area(results)[0] if area is None else positive(area, "area", "area")
    state = results.layer(layer).at(step, increment)
    (chance,) = weibull_probabilities(
        results, state, [(exponent, scale)], volume=reference, area=pressed
    )
    return chance


def weibull_probabilities(
    results: Results,
    state: LayerState,
    pairs: Iterable[tuple[float, float]],
    *,
    volume: float,
    area: float,
    radius: float = 0.0,
) -> list[float]:
    """Return the probability that a layer breaks for several moduli and strengths.

    Parameters
    ----------
    results : Results
        The run.
    state : LayerState
        Of the layer.
    pairs : iterable of (float, float)
        Weibull modulus [-] and scale of the strength [MPa].
    volume, area : float
        The volume that strengths belong to [um^3], the pressed area [um^2].
    radius : float
        The stress counts as its mean over a ball of this radius [um].

    Returns
    -------
    list of float
    """
    centres, sizes = cells(state, axisymmetric=is_axisymmetric(results))
    stress = state.stress.values
    if radius > 0.0:
        stress = mean_around(centres, sizes, stress, radius)
    tension = np.maximum(principal(stress), 0.0)
    scaled = sizes * (area / computed_area(results) / volume)
    found = []
    for modulus, strength in pairs:
        with np.errstate(over="ignore"):  # certain, however large
            hazard = float(np.sum((tension / strength) ** modulus, axis=1) @ scaled)
        found.append(float(-np.expm1(-hazard)))
    return found


def principal(stress: FloatArray) -> FloatArray:
    """Return the principal stresses of cells, rising (cells, 3) [MPa].

    Parameters
    ----------
    stress : (cells, 4) or (cells, 6) array
        xx, yy, zz, xy, and in 3D xz, yz [MPa].
    """
    tensor = np.zeros((len(stress), 3, 3))
    rows, columns = np.array([0, 1, 2, 0, 0, 1]), np.array([0, 1, 2, 1, 2, 2])
    count = stress.shape[1]
    tensor[:, columns[:count], rows[:count]] = stress  # eigvalsh reads the lower triangle
    return np.asarray(np.linalg.eigvalsh(tensor))
