# SPDX-License-Identifier: MIT
r"""What a bond would have to bear to hold an opened interface shut, by elasticity of two bodies.

Everything that was in contact under the highest load is thought of as bonded, all else as open.
The change of pressure q there that brings the opened part back to zero gap, without a change of the
force on the stack, solves

.. math:: \int K(x - x')\, q(x')\, dx' + \delta = -g(x), \qquad \int q\, dx = 0 ,

with the kernel of the two bodies in cosine waves, for side walls are planes of symmetry:
:math:`\hat K = \sum_i \frac{2}{k E_i'} f(k h_i)`, h the height of the body and f = 1 far below it.
A body on a platen is held flat, :math:`f = \sinh^2/(\sinh \cosh + kh)`; one in front of a metal,
which flows, or of a pellet that lies free bends, :math:`f = (\sinh \cosh + kh)/(\sinh^2 - (kh)^2)`.
Where q is negative the bond is under tension; the work :math:`\tfrac12 \int -q g` over the opened
area is the energy that letting go would release.

The softer body flows rather than bear more than a few times its yield stress, so what a bond would
have to bear is no more than that tension, and its work over the opening. Left out: how flow changes
the tension along the interface; differences of stiffness inside a body; friction; of an
axisymmetric section, that x is a radius. So it says how far from holding a bond of known strength
and toughness is, not what it will do.

References
----------
Johnson (1985), Contact Mechanics, chapters 2 and 13 (waves of pressure on half-spaces). The factors
f are solved for here from a layer in plane strain under a wave of pressure without friction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.fft import dctn, idctn
from scipy.sparse.linalg import LinearOperator, cg

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.materials import Material
from interfacefem.post.delamination import Delamination
from interfacefem.post.faces import beside
from interfacefem.post.maps import area_map
from interfacefem.results import InterfaceField, Results

FloatArray = npt.NDArray[np.float64]

#: points of the regular grid along a line, and pixels along the longer side of an area
LINE, AREA = 1024, 128
#: times its yield stress at which a layer flows rather than bears more tension (a convention)
FLOWS_AT = 3.0
#: beyond this k h a layer is a half-space
_DEEP = 30.0


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PullOffDemand(ShownData):
    """What would hold an interface shut where it has opened.

    Attributes
    ----------
    tension : InterfaceField
        Of the bond at the points of the interface, by elasticity [MPa]; zero where it was never in
        contact.
    elastic_traction : float
        Its mean over the opened area [MPa]; at its rims, where it is singular, it is larger.
    elastic_energy : float
        Energy that letting go would release by elasticity, over the opened area [J/m^2].
    place : tuple of float
        Where the tension of the opened area is largest [um].
    flow_limit : float
        Tension at which the softer layer flows rather than bears more [MPa].
    mean_gap : float
        Of the opened area [um].
    """

    tension: InterfaceField
    elastic_traction: float
    elastic_energy: float
    place: tuple[float, ...]
    flow_limit: float
    mean_gap: float

    @property
    def flows(self) -> bool:
        """Whether the softer layer would flow before the bond bore what elasticity asks for."""
        return self.elastic_traction > self.flow_limit

    @property
    def traction(self) -> float:
        """Mean tension of the opened area, at most until the softer layer flows [MPa]."""
        return min(self.elastic_traction, self.flow_limit)

    @property
    def energy(self) -> float:
        """Energy over the opened area, at most until the softer layer flows [J/m^2]."""
        if not self.flows:
            return self.elastic_energy
        return min(self.elastic_energy, self.flow_limit * self.mean_gap)


@dataclass(frozen=True)
class Body:
    """One side of an interface.

    Attributes
    ----------
    modulus : float
        Plane strain modulus E/(1 - nu^2) [MPa].
    height : float
        [um].
    held : bool
        Whether a platen holds its far face flat; else it is free to bend.
    """

    modulus: float
    height: float
    held: bool


def pull_off_demand(
    results: Results, found: Delamination, materials: Mapping[str, Material]
) -> PullOffDemand | None:
    """Return what would hold the opened part of an interface.

    Parameters
    ----------
    results : Results
    found : Delamination
        See :func:`~interfacefem.post.delamination`.
    materials : mapping of str to Material
        By layer.

    Returns
    -------
    PullOffDemand or None
        None where nothing has opened.

    Raises
    ------
    ResultsError
        If the material of one side is not known.
    """
    opened = found.opened
    if not found.opened_fraction > 0.0:
        return None
    loaded = results.interface(found.interface).at(found.loaded_step, found.loaded_increment)
    bonded = replace(
        opened,
        name="bonded",
        unit="-",
        values=np.asarray(loaded.in_contact.values, dtype=np.float64),
    )
    gap, size = _grid(opened)
    mask = _grid(bonded)[0] > 0.5
    if not mask.any():  # less than the grid resolves
        return None
    sides = bodies(results, found.interface, materials, pressed=found.pressure > 0.0)
    change = closing_pressure(np.where(mask, gap, 0.0), mask, size, sides)
    tension = _points(-change, opened, bonded)
    part = tension.where(opened.values > 0.0)
    peak = int(np.argmax(np.where(opened.values > 0.0, tension.values, -np.inf)))
    work = 0.5 * float((tension.values * opened.values) @ opened.weights)
    return PullOffDemand(
        tension=tension,
        elastic_traction=part.mean(),
        elastic_energy=work / part.area,
        place=tuple(float(value) for value in opened.points[peak]),
        flow_limit=min(flow_limit(materials[layer]) for layer in found.interface.split("|")),
        mean_gap=found.mean_gap,
    )


def flow_limit(material: Material) -> float:
    """Return the tension at which a layer flows rather than bears more [MPa].

    Infinite of a material that never yields, and of a powder: it breaks before it flows in tension.
    """
    first = material.law.first_yield()
    return math.inf if first.internal_friction is not None else FLOWS_AT * first.stress


def bodies(
    results: Results, interface: str, materials: Mapping[str, Material], *, pressed: bool
) -> tuple[Body, Body]:
    """Return the two sides of an interface, from the undeformed mesh.

    A body has the modulus of its layer at the interface; it ends at the next metal or platen.

    Parameters
    ----------
    results : Results
    interface : str
        ``"lower|upper"``.
    materials : mapping of str to Material
        By layer.
    pressed : bool
        Whether there are platens.

    Raises
    ------
    ResultsError
        If the material of one side is not known.
    """
    mesh = results.mesh
    lower, upper = (mesh.layer_names.index(name) for name in interface.split("|"))
    found = []
    for names in (mesh.layer_names[lower::-1], mesh.layer_names[upper:]):
        if names[0] not in materials:
            raise ResultsError(f"the run was written without the material of layer '{names[0]}'")
        law = materials[names[0]].law
        height, held = 0.0, pressed
        for place, name in enumerate(names):
            if place and not (name in materials and materials[name].brittle):
                held = False
                break
            height += float(np.ptp(mesh.points[mesh.layer_nodes[name], -1]))
        found.append(Body(law.youngs_modulus / (1.0 - law.poissons_ratio**2), height, held))
    return found[0], found[1]


def closing_pressure(
    gap: FloatArray,
    bonded: npt.NDArray[np.bool_],
    size: tuple[float, ...],
    sides: tuple[Body, Body],
) -> FloatArray:
    """Return the change of pressure that takes a gap away where bodies are bonded [MPa].

    Parameters
    ----------
    gap : (n,) or (n, m) array
        On a regular grid of cells between the walls [um].
    bonded : array of bool
        Where a bond acts.
    size : tuple of float
        Of the interface along each axis [um].
    sides : tuple of Body

    Returns
    -------
    array
        Of the shape of the gap; zero where nothing is bonded, negative is tension.
    """
    compliance = _compliance(gap.shape, size, sides)

    def shut(change: FloatArray) -> FloatArray:
        whole = np.zeros(gap.shape)
        whole[bonded] = change - change.mean()
        moved = np.asarray(idctn(compliance * dctn(whole, norm="ortho"), norm="ortho"))[bonded]
        return np.asarray(moved - moved.mean())

    target = -gap[bonded]
    count = int(bonded.sum())
    operator = LinearOperator((count, count), matvec=shut, dtype=np.float64)
    uneven = target - target.mean()
    if np.abs(uneven).max(initial=0.0) <= 1e-12 * np.abs(target).max(initial=0.0):
        return np.zeros(gap.shape)  # nothing but round-off
    change, _ = cg(operator, uneven, rtol=1e-6, maxiter=2000)
    whole = np.zeros(gap.shape)
    whole[bonded] = change  # without a mean, as what it was made from
    return whole


def _compliance(
    shape: tuple[int, ...], size: tuple[float, ...], sides: tuple[Body, Body]
) -> FloatArray:
    """Return displacement over pressure of each cosine wave [um/MPa]; none of the mean."""
    waves = [np.pi * np.arange(n) / length for n, length in zip(shape, size, strict=True)]
    number = np.linalg.norm(np.meshgrid(*waves, indexing="ij"), axis=0)
    number.flat[0] = 1.0
    total = np.zeros(shape)
    for side in sides:
        depth = np.minimum(number * side.height, _DEEP)
        sinh, product = np.sinh(depth), np.sinh(depth) * np.cosh(depth)
        if side.held:
            factor = sinh**2 / (product + depth)
        else:
            factor = (product + depth) / (sinh**2 - depth**2)
        total += 2.0 * factor / (number * side.modulus)
    total.flat[0] = 0.0
    return total


def _grid(field: InterfaceField) -> tuple[FloatArray, tuple[float, ...]]:
    """Return a field on a regular grid of cells, and the size of the interface."""
    if field.points.shape[1] == 2:
        length = float(np.ptp(field.x))
        x = field.x.min() + length * (np.arange(LINE) + 0.5) / LINE
        return beside(field, np.column_stack([x, x])), (length,)
    sides = np.ptp(field.points[:, :2], axis=0)
    shape = np.maximum(np.rint(AREA * sides / sides.max()), 1).astype(int)
    found = area_map(field, (int(shape[0]), int(shape[1])))
    return np.nan_to_num(found.values), (float(sides[0]), float(sides[1]))


def _points(values: FloatArray, like: InterfaceField, bonded: InterfaceField) -> InterfaceField:
    """Return the mean of a grid over what each point stands for, as a field; zero if not bonded."""
    low, high = like.points.min(axis=0), like.points.max(axis=0)
    index = []
    for axis, count in enumerate(values.shape):
        part = (like.points[:, axis] - low[axis]) / (high[axis] - low[axis])
        index.append(np.clip((part * count).astype(np.int64), 0, count - 1))
    there = np.where(bonded.values > 0.5, values[tuple(index)], 0.0)
    return replace(like, name="bond_tension", unit="MPa", values=there)
