# SPDX-License-Identifier: MIT
r"""What a brittle layer bears: the depth of its flaws, and the chance that it breaks.

A strength is the toughness of a material over the root of its largest flaw. Whoever states both has
stated the depth of that flaw,

.. math:: a = \frac{1}{\pi} \Big(\frac{K_{IC}}{1.12\, \sigma}\Big)^2 ,

some 5 um for the electrolytes of the library. Shallower flaws are there as well, so all depths up
to this one are judged, and of them the one that opens most counts. In an even tension that is the
deepest, and the verdict on the flaw is that on the strength. Where the tension falls off within a
few micrometres, as under asperities, a shallower flaw is the worst, and the flaw bears more than
the strength says. A single depth of 1 um would be another material: one that is more than twice as
strong as stated.

A flaw is no deeper than half of its layer: further in, the tension of a bent layer ends. The weight
function is that of a half-space; a flaw deeper than a fifth of its layer has a larger stress
intensity than it says.

.. math:: P = 1 - \exp\Big(-\int \sum_i \big(\sigma_i^+ / \sigma_0\big)^m \, dV / V_0\Big)

What a run computed stands for the whole pressed area. Stresses are means of cells, so peaks smaller
than a cell are not in it.

References
----------
Weibull (1939), Ingeniorsvetenskapsakademiens Handlingar 151.
Stanley, Fessler and Sivill (1973), Proc. Br. Ceram. Soc. 22, 453 (independent action).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError
from interfacefem.materials import Material
from interfacefem.post.faces import is_axisymmetric
from interfacefem.post.flaws import positive
from interfacefem.post.measures import cells, computed_area, mean_around, pressed_area
from interfacefem.reference.fracture import UNIFORM
from interfacefem.results import LayerState, Results
from interfacefem.results.documents import number
from interfacefem.units import Dimensional

#: where strength or toughness are not known, and of the slit that a metal may enter [um]; a choice
USUAL_DEPTH = 1.0
#: part of a layer that its deepest flaw reaches [-]
DEEPEST = 0.5
#: depths that are judged, each half of the one before
HALVINGS = 4
#: cells that a flaw must span for its stress to be resolved
RESOLVED = 2.0


@dataclass(frozen=True)
class FlawDepths:
    """Depths of the flaws that are judged at a face.

    Attributes
    ----------
    depths : tuple of float
        Rising [um].
    said : str
        The deepest one and why it is that deep, in words.
    """

    depths: tuple[float, ...]
    said: str

    @property
    def deepest(self) -> float:
        """The deepest flaw [um]."""
        return self.depths[-1]


def depth_of_strength(material: Material) -> float | None:
    """Return the depth of the edge flaw that goes with the strength of a material [um].

    None where its strength or its toughness is not known.
    """
    try:
        toughness = material.value("fracture_toughness").value
        strength = material.value("tensile_strength").value
    except MaterialError:
        return None
    return (toughness / (UNIFORM * strength)) ** 2 / math.pi


def judged_depths(
    material: Material, thickness: float, cell: float, given: float | None
) -> FlawDepths:
    """Return the depths of flaws to judge at a face.

    Parameters
    ----------
    material : Material
        Of the layer.
    thickness : float
        Mean one of the layer [um].
    cell : float
        Size of the cells at the face across it [um]; flaws that span fewer than
        :data:`RESOLVED` are left out where there are deeper ones.
    given : float or None
        This depth alone [um].
    """
    if given is not None:
        deepest, said = given, f"flaw {number(given, 3)} um deep, as given"
        return FlawDepths((deepest,), said + _resolved(deepest, cell))
    strength = depth_of_strength(material)
    most = DEEPEST * thickness
    if strength is None:
        deepest = min(USUAL_DEPTH, most)
        said = f"flaw {number(deepest, 3)} um deep, a choice: no strength says how deep"
        return FlawDepths((deepest,), said + _resolved(deepest, cell))
    deepest = min(strength, most)
    said = f"flaws up to {number(deepest, 3)} um deep, "
    said += (
        "which go with the strength"
        if strength <= most
        else f"half of the layer ({number(strength, 3)} um would go with the strength)"
    )
    ladder = [deepest / 2.0**k for k in range(HALVINGS, -1, -1)]
    kept = [depth for depth in ladder if depth >= RESOLVED * cell] or [deepest]
    return FlawDepths(tuple(kept), said + _resolved(deepest, cell))


def _resolved(deepest: float, cell: float) -> str:
    """Return whether the mesh is too coarse for a flaw, in words; empty where it is not."""
    if deepest < RESOLVED * cell:
        return f", only {number(deepest / cell, 2)} cells: not resolved"
    return ""


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
        (:func:`~interfacefem.post.measures.pressed_area`).
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
