# SPDX-License-Identifier: MIT
r"""How deep the flaws of a brittle layer are taken to be: as deep as its strength says.

A strength is the toughness of a material over the root of its largest flaw. Whoever states both
has stated the depth of that flaw,

.. math:: a = \frac{1}{\pi} \Big(\frac{K_{IC}}{1.12\, \sigma}\Big)^2 ,

some 5 um for the electrolytes of the library. Shallower flaws are there as well, so all depths up
to this one are judged, and of them the one that opens most counts. In an even tension that is the
deepest, and the verdict on the flaw is that on the strength. Where the tension falls off within a
few micrometres, as under asperities, a shallower flaw is the worst, and the flaw bears more than
the strength says. A single depth of 1 um would be another material: one that is more than twice
as strong as stated.

A flaw is no deeper than half of its layer: further in, the tension of a bent layer ends. The
weight function is that of a half-space; a flaw deeper than a fifth of its layer has a larger
stress intensity than it says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from interfacefem.errors import MaterialError
from interfacefem.materials import Material
from interfacefem.reference.fracture import UNIFORM
from interfacefem.results.text import number

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
