# SPDX-License-Identifier: MIT
r"""Flaws at the interface faces of brittle layers, and the chance that a brittle layer breaks.

The stress of the layer without the flaw is weighed over the depth of the flaw, which stands
perpendicular to the face (:mod:`interfacefem.reference.fracture` has the weight function). That is
exact for a flaw that is small against the layer and against the waves of the face, and whose
presence does not redistribute contact; it is a bound on neither side otherwise. Where the other
layer is softer and touches, its contact pressure may act in the flaw as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from interfacefem.errors import ResultsError
from interfacefem.reference.fracture import edge_flaw_rule, slit_closure_pressure
from interfacefem.results import InterfaceField, Results
from interfacefem.units import Dimensional, to_internal

FloatArray = npt.NDArray[np.float64]

#: [MPa um^0.5] in one [MPa m^0.5]
ROOT_METRE = 1000.0


@dataclass(frozen=True, eq=False)
class Face:
    """The face of a layer at an interface, as deformed.

    Attributes
    ----------
    points : (n, 2) array
        Nodes along increasing x [um].
    inward : (n, 2) array
        Unit normals into the layer.
    weights : (n,) array
        Length each node stands for [um].
    """

    points: FloatArray
    inward: FloatArray
    weights: FloatArray


def face(results: Results, layer: str, interface: str, step: str) -> Face:
    """Return the deformed face of a layer at an interface.

    Parameters
    ----------
    results : Results
    layer, interface, step : str

    Raises
    ------
    ResultsError
        If the interface is not one of the layer's, or the step has no layer fields.
    """
    if layer not in interface.split("|"):
        raise ResultsError(f"interface '{interface}' is not one of layer '{layer}'")
    mesh = results.mesh
    if mesh.points.shape[1] != 2:
        raise ResultsError("flaws are judged in sections so far, not in space")
    lower = interface.split("|")[0] == layer
    edges = mesh.interfaces[interface].lower if lower else mesh.interfaces[interface].upper
    nodes = np.append(edges[:, 0], edges[-1, 1])
    state = results.layer(layer).at(step)
    points = state.points[np.searchsorted(mesh.layer_nodes[layer], nodes)]
    edge = np.diff(points, axis=0)
    length = np.linalg.norm(edge, axis=1)
    weights = np.zeros(len(points))
    weights[:-1] += 0.5 * length
    weights[1:] += 0.5 * length
    normal = np.zeros_like(points)
    outward = np.column_stack([-edge[:, 1], edge[:, 0]]) * (1.0 if lower else -1.0)
    normal[:-1] += outward
    normal[1:] += outward
    inward = -normal / np.linalg.norm(normal, axis=1)[:, None]
    return Face(points, inward, weights)


def stress_intensity(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depth: Dimensional,
    pressurised: bool = False,
) -> InterfaceField:
    """Return the stress intensity of an edge flaw at every node of a layer's face.

    Parameters
    ----------
    results : Results
        Sections in the plane, with layer fields at the end of the step.
    layer, interface, step : str
    depth : str, pint.Quantity or float
        Depth of the flaw [um]; below two cells the stress is not resolved over it.
    pressurised : bool
        The contact pressure on the face acts inside the flaw too, as that of a soft metal that
        has entered it.

    Returns
    -------
    InterfaceField
        ``stress_intensity`` [MPa m^0.5]; negative where the flaw is shut.

    Raises
    ------
    ResultsError
        See :func:`face`.
    UnitError
        If the depth is no length.
    """
    size = to_internal(depth, "length", place="depth")
    where = face(results, layer, interface, step)
    places, weights = edge_flaw_rule()
    opening = _opening_stress(results, layer, step, where, size * places)
    if pressurised:
        opening = opening + contact_pressure_at(results, interface, step, where.points)[:, None]
    values = np.sqrt(size) * (opening @ weights) / ROOT_METRE
    return _field("stress_intensity", "MPa m^0.5", results, interface, step, where, values)


def intrusion_pressure(
    results: Results,
    layer: str,
    interface: str,
    step: str,
    *,
    depth: Dimensional,
    width: Dimensional,
) -> InterfaceField:
    """Return by how much the pressure on a face exceeds what keeps a slit of it shut.

    A slit of given width and depth is squeezed by the compression along the face and propped open
    by its own elasticity; what lies on the face can be driven into it where the contact pressure
    is larger than the difference. That it takes pressure to flow through the slit is left out, so
    this says where entry is not impossible.

    Parameters
    ----------
    results : Results
        Written with its materials.
    layer, interface, step : str
        The layer has the slit.
    depth, width : str, pint.Quantity or float
        Of the unloaded slit [um].

    Returns
    -------
    InterfaceField
        ``intrusion_pressure`` [MPa], positive where entry is possible.

    Raises
    ------
    ResultsError
        See :func:`face`; or if the materials were not stored.
    """
    size = to_internal(depth, "length", place="depth")
    opening = to_internal(width, "length", place="width")
    if layer not in results.materials:
        raise ResultsError(f"the run was written without the material of layer '{layer}'")
    law = results.materials[layer].law
    modulus = law.youngs_modulus / (1.0 - law.poissons_ratio**2)
    where = face(results, layer, interface, step)
    places, weights = edge_flaw_rule()
    stress = _opening_stress(results, layer, step, where, size * places)
    squeezing = -(stress @ weights) / weights.sum()
    shut = squeezing - slit_closure_pressure(modulus, width=opening, depth=size)
    values = contact_pressure_at(results, interface, step, where.points) - shut
    return _field("intrusion_pressure", "MPa", results, interface, step, where, values)


def weibull_probability(
    results: Results,
    layer: str,
    step: str,
    *,
    modulus: float,
    strength: Dimensional,
    volume: Dimensional,
    area: Dimensional,
) -> float:
    r"""Return the probability that a brittle layer breaks, by independent action of tensions.

    .. math:: P = 1 - \exp\Big(-\int \sum_i \big(\sigma_i^+ / \sigma_0\big)^m \, dV / V_0\Big)

    Parameters
    ----------
    results : Results
        A section, which stands for every section of the pressed area.
    layer, step : str
    modulus : float
        Weibull modulus m [-].
    strength, volume : str, pint.Quantity or float
        Scale :math:`\sigma_0` [MPa] and the volume :math:`V_0` it was measured on [um^3].
    area : str, pint.Quantity or float
        Pressed area, for example of the die [um^2].

    Returns
    -------
    float

    Raises
    ------
    ResultsError
        If the step has no layer fields, or a parameter is not positive.

    References
    ----------
    Weibull (1939), Ingeniorsvetenskapsakademiens Handlingar 151.
    Stanley, Fessler and Sivill (1973), Proc. Br. Ceram. Soc. 22, 453 (independent action).
    """
    scale = to_internal(strength, "pressure", place="strength")
    reference = to_internal(volume, "volume", place="volume")
    pressed = to_internal(area, "area", place="area")
    for name, value in (
        ("modulus", modulus), ("strength", scale), ("volume", reference), ("area", pressed)
    ):  # fmt: skip
        if not value > 0.0:
            raise ResultsError(f"{name}: {value:g} is not positive")
    state = results.layer(layer).at(step)
    x, y = np.moveaxis(state.points[state.cells], -1, 0)
    sizes = 0.5 * np.abs(np.sum(x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1), axis=1))
    stress = state.stress.values
    centre = 0.5 * (stress[:, 0] + stress[:, 1])
    radius = np.hypot(0.5 * (stress[:, 0] - stress[:, 1]), stress[:, 3])
    principal = np.column_stack([centre + radius, centre - radius, stress[:, 2]])
    danger = np.sum((np.maximum(principal, 0.0) / scale) ** modulus, axis=1)
    width = float(np.ptp(results.mesh.points[:, 0]))
    return float(-np.expm1(-(danger @ sizes) * pressed / width / reference))


def contact_pressure_at(
    results: Results, interface: str, step: str, points: FloatArray
) -> FloatArray:
    """Return the contact pressure beside points of either face [MPa]."""
    field = results.interface(interface).at(step).contact_pressure
    order = np.argsort(field.x)
    return np.asarray(np.interp(points[:, 0], field.x[order], field.values[order]))


def _opening_stress(
    results: Results, layer: str, step: str, where: Face, depths: FloatArray
) -> FloatArray:
    """Stress along the face at depths below each of its nodes, (nodes, depths) [MPa]."""
    state = results.layer(layer).at(step)
    centres = state.points[state.cells].mean(axis=1)
    inside = where.points[:, None, :] + depths[None, :, None] * where.inward[:, None, :]
    # the side walls are planes of symmetry: nothing changes across the half cell beside them
    inside[..., 0] = np.clip(inside[..., 0], centres[:, 0].min(), centres[:, 0].max())
    stress = np.asarray(LinearNDInterpolator(centres, state.stress.values)(inside))
    # half a cell below the face there is no centre above: the line through what lies deeper
    for k in range(len(depths) - 3, -1, -1):
        reach = (depths[k] - depths[k + 1]) / (depths[k + 1] - depths[k + 2])
        line = stress[:, k + 1] + reach * (stress[:, k + 1] - stress[:, k + 2])
        stress[:, k] = np.where(np.isfinite(stress[:, k]), stress[:, k], line)
    nearest = NearestNDInterpolator(centres, state.stress.values)(inside)  # in a concave corner
    stress = np.where(np.isfinite(stress), stress, nearest)
    tangent = np.column_stack([where.inward[:, 1], -where.inward[:, 0]])
    tx, ty = tangent[:, :1], tangent[:, 1:]
    along: FloatArray = (
        stress[..., 0] * tx**2 + stress[..., 1] * ty**2 + 2.0 * stress[..., 3] * tx * ty
    )
    return along


def _field(
    name: str,
    unit: str,
    results: Results,
    interface: str,
    step: str,
    where: Face,
    values: FloatArray,
) -> InterfaceField:
    return InterfaceField(
        name=name,
        unit=unit,
        interface=interface,
        step=step,
        increment=results.increments(step)[-1],
        points=where.points,
        weights=where.weights,
        values=values,
    )
