# SPDX-License-Identifier: MIT
r"""Stress intensity of flaws at the interface faces of layers, and what can be driven into them.

The stress of the layer without the flaw is weighed over the depth of the flaw, which stands
perpendicular to the face (:mod:`interfacefem.reference.fracture` has the weight function) and is
long along it; of all such flaws the one that opens most counts. That is exact for a flaw that is
small against the layer and against the waves of the face, and whose presence does not redistribute
contact; it is a bound on neither side otherwise. A flaw that is not longer than deep has 0.6 to
0.65 of the stress intensity (Newman and Raju). Where the other layer is softer and touches, its
contact pressure may act in the flaw as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Material
from interfacefem.post.faces import contact_pressure_at, face, stress_below
from interfacefem.reference.fracture import edge_flaw_rule, slit_closure_pressure
from interfacefem.results import InterfaceField, Results
from interfacefem.units import Dimensional, to_internal

FloatArray = npt.NDArray[np.float64]

#: [MPa um^0.5] in one [MPa m^0.5]
ROOT_METRE = 1000.0


def stress_intensity(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depth: Dimensional,
    pressurised: bool = False,
    increment: int = -1,
) -> InterfaceField:
    """Return the stress intensity of an edge flaw at every node of a layer's face.

    Parameters
    ----------
    results : Results
        Any run, with layer fields at the end of the step.
    layer, interface, step : str
    depth : str, pint.Quantity or float
        Depth of the flaw [um]; below two cells the stress is not resolved over it.
    pressurised : bool
        The contact pressure on the face acts inside the flaw too, as that of a soft metal that
        has entered it.
    increment : int
        Of those with layer fields; negative ones count back.

    Returns
    -------
    InterfaceField
        ``stress_intensity`` [MPa m^0.5] of the direction that opens most; negative where the flaw
        is shut in all of them.

    Raises
    ------
    ResultsError
        See :func:`~interfacefem.post.faces.face`; or if the depth is not positive or more than
        the layer has.
    UnitError
        If the depth is no length.

    References
    ----------
    Newman and Raju (1981), Eng. Fract. Mech. 15, 185 (surface flaws of finite length).
    """
    size = positive(depth, "length", "depth")
    (dry,) = stress_intensities(
        results, layer, interface, step, depths=(size,), increment=increment
    )
    if not pressurised:
        return dry
    inside = contact_pressure_at(results, interface, step, dry.points, dry.increment)
    return pressure_inside(dry, inside, depth=size)


def stress_intensities(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depths: Sequence[float],
    increment: int = -1,
) -> list[InterfaceField]:
    """Return the stress intensity of dry edge flaws of several depths, found together.

    Parameters
    ----------
    results, layer, interface, step, increment
        As for :func:`stress_intensity`.
    depths : sequence of float
        [um].

    Returns
    -------
    list of InterfaceField
        One a depth [MPa m^0.5].

    Raises
    ------
    ResultsError
        See :func:`stress_intensity`.
    """
    when = results.layer(layer).at(step, increment).increment
    where = face(results, layer, interface, step, when)
    places, weights = edge_flaw_rule()
    sizes = np.asarray(depths, dtype=np.float64)
    opening = stress_below(results, layer, step, where, np.outer(sizes, places), when)
    tensors = np.einsum("nmkij,k->mnij", opening, weights)
    return [
        InterfaceField(
            name="stress_intensity",
            unit="MPa m^0.5",
            interface=interface,
            step=step,
            increment=when,
            points=where.points,
            weights=where.weights,
            values=math.sqrt(size) * _most(tensor) / ROOT_METRE,
            faces=where.faces,
        )
        for size, tensor in zip(sizes, tensors, strict=True)
    ]


def flaw_sizes(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depths: Sequence[Dimensional],
    pressurised: bool = False,
) -> FloatArray:
    """Return the largest stress intensity of the face for flaws of several depths [MPa m^0.5].

    Parameters
    ----------
    results, layer, interface, step, pressurised
        As for :func:`stress_intensity`.
    depths : sequence of str, pint.Quantity or float
        [um].

    Returns
    -------
    (k,) array
    """
    sizes = [positive(depth, "length", "depth") for depth in depths]
    found = stress_intensities(results, layer, interface, step, depths=sizes)
    if pressurised:
        first = found[0]
        there = contact_pressure_at(results, interface, step, first.points, first.increment)
        found = [
            pressure_inside(dry, there, depth=size) for size, dry in zip(sizes, found, strict=True)
        ]
    return np.array([field.max() for field in found])


def intrusion_pressure(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depth: Dimensional,
    width: Dimensional,
    entry: Dimensional = 0.0,
    increment: int = -1,
) -> InterfaceField:
    r"""Return by how much the pressure on a face exceeds what keeps a slit of it free.

    A slit of given width and depth is squeezed by the compression along the face and propped open
    by its own elasticity; of all directions the least squeezed counts. What lies on the face is
    driven into the slit where the contact pressure is larger than the difference, and than what
    it takes to flow in.

    Parameters
    ----------
    results : Results
        Written with its materials.
    layer, interface, step : str
        The layer has the slit.
    depth, width : str, pint.Quantity or float
        Of the unloaded slit [um].
    entry : str, pint.Quantity or float
        Pressure it takes to flow into the slit
        (:func:`interfacefem.reference.fracture.slit_entry_pressure`) [MPa]; with the default of
        zero the result says only where entry is not impossible.
    increment : int
        Of those with layer fields; negative ones count back.

    Returns
    -------
    InterfaceField
        ``intrusion_pressure`` [MPa], positive where it is driven in.

    Raises
    ------
    ResultsError
        See :func:`stress_intensity`; or if the materials were not stored.
    """
    size = positive(depth, "length", "depth")
    opening = positive(width, "length", "width")
    flow = to_internal(entry, "pressure", place="entry")
    if layer not in results.materials:
        raise ResultsError(f"the run was written without the material of layer '{layer}'")
    dry = stress_intensity(results, layer, interface, step, depth=size, increment=increment)
    needed = entry_pressure(dry, results.materials[layer], depth=size, width=opening, flow=flow)
    there = contact_pressure_at(results, interface, step, dry.points, dry.increment)
    return replace(dry, name="intrusion_pressure", unit="MPa", values=there - needed)


def entry_pressure(
    dry: InterfaceField, material: Material, *, depth: float, width: float, flow: float = 0.0
) -> FloatArray:
    """Return the pressure above which slits of a face are entered [MPa].

    Parameters
    ----------
    dry : InterfaceField
        Stress intensity of flaws as deep as the slits, see :func:`stress_intensity`.
    material : Material
        Of the layer with the slits.
    depth, width : float
        Of the unloaded slits [um].
    flow : float
        Pressure it takes to flow in [MPa].

    Returns
    -------
    (n,) array
        At the points of the field.
    """
    law = material.law
    modulus = law.youngs_modulus / (1.0 - law.poissons_ratio**2)
    squeezing = -dry.values / _of_pressure(depth)
    shut = squeezing - slit_closure_pressure(modulus, width=width, depth=depth)
    return np.asarray(np.maximum(shut, 0.0) + flow)


def pressure_inside(dry: InterfaceField, pressure: FloatArray, *, depth: float) -> InterfaceField:
    """Return the stress intensity with a pressure inside the flaws as well [MPa m^0.5]."""
    return replace(dry, values=dry.values + _of_pressure(depth) * pressure)


def pressure_to_grow(
    dry: Sequence[FloatArray], depths: Sequence[float], toughness: float
) -> FloatArray:
    """Return the least pressure inside the flaws of some depths that grows one [MPa].

    Parameters
    ----------
    dry : sequence of (n,) array
        Stress intensity without it, one for each depth [MPa m^0.5].
    depths : sequence of float
        [um].
    toughness : float
        [MPa m^0.5].

    Returns
    -------
    (n,) array
        Not positive where a flaw grows without it.
    """
    needed = [
        (toughness - each) / _of_pressure(depth) for each, depth in zip(dry, depths, strict=True)
    ]
    least: FloatArray = np.min(needed, axis=0)
    return least


def positive(value: Dimensional, kind: str, place: str) -> float:
    """Return a quantity in internal units that must be larger than zero.

    Raises
    ------
    ResultsError
        If it is not.
    UnitError
        If it is of another kind.
    """
    number = to_internal(value, kind, place=place)
    if not number > 0.0:
        raise ResultsError(f"{place}: {number:g} is not positive; give a larger one")
    return number


def _of_pressure(depth: float) -> float:
    """Return the stress intensity of a unit pressure in a flaw [m^0.5]."""
    return math.sqrt(depth) * float(edge_flaw_rule()[1].sum()) / ROOT_METRE


def _most(tensors: FloatArray) -> FloatArray:
    """Return the largest principal value of symmetric tensors (n, 2, 2)."""
    one, two, across = tensors[:, 0, 0], tensors[:, 1, 1], tensors[:, 0, 1]
    return np.asarray(0.5 * (one + two) + np.hypot(0.5 * (one - two), across))
