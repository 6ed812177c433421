# SPDX-License-Identifier: MIT
"""The face of a layer at an interface, and the stress below it, in sections and in 3D.

What flaws and bonds are read from; what the stress means for a flaw is in
:mod:`interfacefem.post.flaws`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
from scipy.spatial import Delaunay, QhullError, cKDTree

from interfacefem.errors import ResultsError
from interfacefem.results import InterfaceField, LayerState, Results

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: a triangle between centres of cells that is longer than so many of its cells bridges a valley
_BRIDGE = 2.5
#: least length that an extrapolation rests on, over the length that it reaches
_BASE = 0.5


@dataclass(frozen=True, eq=False)
class Face:
    """The face of a layer at an interface, as deformed.

    Attributes
    ----------
    points : (n, d) array
        Nodes [um]; in sections along increasing x.
    inward : (n, d) array
        Unit normals into the layer.
    weights : (n,) array
        Area each node stands for [um^2]; its length [um] in a plane section.
    faces : (k, 4) int array or None
        Quadrilaterals of the points in 3D.
    """

    points: FloatArray
    inward: FloatArray
    weights: FloatArray
    faces: IntArray | None

    def tangents(self) -> FloatArray:
        """Return the directions along the face (n, d - 1, d), the first one along x."""
        normal = self.inward
        if normal.shape[1] == 2:
            return np.column_stack([normal[:, 1], -normal[:, 0]])[:, None, :]
        first = np.array([1.0, 0.0, 0.0]) - normal * normal[:, :1]
        first /= np.linalg.norm(first, axis=1)[:, None]
        return np.stack([first, np.cross(normal, first)], axis=1)


def face(results: Results, layer: str, interface: str, step: str, increment: int = -1) -> Face:
    """Return the deformed face of a layer at an interface.

    Parameters
    ----------
    results : Results
    layer, interface, step : str
    increment : int
        Of those with layer fields; negative ones count back.

    Raises
    ------
    ResultsError
        If the interface is not one of the layer's, the step has no layer fields, or the layer is
        not in the die.
    """
    if layer not in interface.split("|"):
        raise ResultsError(f"interface '{interface}' is not one of layer '{layer}'")
    mesh = results.mesh
    lower = interface.split("|")[0] == layer
    state = results.layer(layer).at(step, increment)
    if not state.present:
        raise ResultsError(f"layer '{layer}' is not in the die in step '{step}'")
    edges = mesh.interfaces[interface].lower if lower else mesh.interfaces[interface].upper
    if mesh.dimension == 3:
        return _area(state, mesh.layer_nodes[layer], edges, lower)
    nodes = np.append(edges[:, 0], edges[-1, 1])
    points = state.points[np.searchsorted(mesh.layer_nodes[layer], nodes)]
    edge = np.diff(points, axis=0)
    outward = np.column_stack([-edge[:, 1], edge[:, 0]]) * (1.0 if lower else -1.0)
    length = np.linalg.norm(edge, axis=1)
    share = length
    if is_axisymmetric(results):  # of the band that half an edge sweeps about the axis
        share = np.pi * length * (points[:-1, 0] + points[1:, 0])
    normal, weights = np.zeros_like(points), np.zeros(len(points))
    for part in (slice(None, -1), slice(1, None)):
        normal[part] += outward
        weights[part] += 0.5 * share
    return Face(points, -_unit(normal), weights, None)


def is_axisymmetric(results: Results) -> bool:
    """Return whether a plane run is a section of revolution about x = 0."""
    return "die" in results.case


def contact_pressure_at(
    results: Results, interface: str, step: str, points: FloatArray, increment: int = -1
) -> FloatArray:
    """Return the contact pressure beside points of either face [MPa]."""
    field = results.interface(interface).at(step, increment).contact_pressure
    return beside(field, points)


def beside(field: InterfaceField, points: FloatArray) -> FloatArray:
    """Return the values of an interface field beside points of either face."""
    values = np.asarray(field.values, dtype=np.float64)
    if field.points.shape[1] == 2:
        order = np.argsort(field.x)
        return np.asarray(np.interp(points[:, 0], field.x[order], values[order]))
    plane = field.points[:, :2]
    found = np.asarray(LinearNDInterpolator(plane, values)(points[:, :2]))
    nearest = values[cKDTree(plane).query(points[:, :2])[1]]  # beyond the rim
    return np.where(np.isfinite(found), found, nearest)


def stress_below(
    results: Results, layer: str, step: str, where: Face, depths: FloatArray, increment: int = -1
) -> FloatArray:
    """Return the stress along a face at depths below each of its nodes.

    The means of the cells are interpolated between their centres; half a cell below the face, where
    there is no centre above, along the line through what lies deeper.

    Parameters
    ----------
    results : Results
    layer, step : str
    where : Face
        Of the layer.
    depths : (m, k) array
        Rows of increasing depths [um]; each row is extrapolated by itself.
    increment : int
        Of those with layer fields; negative ones count back.

    Returns
    -------
    (n, m, k, 2, 2) array
        Components in the plane of the face [MPa]: along the section and across it (the hoop
        of an axisymmetric one), in 3D along two directions of the face.

    Raises
    ------
    ResultsError
        If the deepest is below the layer.
    """
    state = results.layer(layer).at(step, increment)
    corners = state.points[state.cells]
    height = thickness(state)
    deepest = float(depths.max())
    if deepest >= height:
        raise ResultsError(
            f"layer '{layer}' is {height:.4g} um thick and has no flaw {deepest:.4g} um deep; "
            "give a smaller depth"
        )
    centres = corners.mean(axis=1)
    size = np.linalg.norm(np.ptp(corners, axis=1), axis=1)
    near = cKDTree(where.points).query(centres)[0] <= deepest + 2.0 * size
    centres, size, values = centres[near], size[near], state.stress.values[near]
    below = depths[None, :, :, None]
    inside = where.points[:, None, None, :] + below * where.inward[:, None, None, :]
    # the side walls are planes of symmetry: nothing changes across the half cell beside them
    walls = slice(0, centres.shape[1] - 1)
    inside[..., walls] = np.clip(
        inside[..., walls], centres[:, walls].min(axis=0), centres[:, walls].max(axis=0)
    )
    stress = _between(centres, size, values, inside)
    _extrapolate(stress, depths)
    nearest = np.asarray(NearestNDInterpolator(centres, values)(inside))  # in a concave corner
    return _along(np.where(np.isfinite(stress), stress, nearest), where)


def _extrapolate(stress: FloatArray, depths: FloatArray) -> None:
    """Fill what is missing towards the face along the line through what lies deeper, in place.

    The line has to rest on a length that is not small against what it is to reach; places where
    there is none are left out.

    Parameters
    ----------
    stress : (n, m, k, components) array
        NaN where it is missing.
    depths : (m, k) array
        Rows of increasing depths [um].
    """
    first = np.argmax(np.isfinite(stress[..., 0]), axis=2)
    for row, depth in enumerate(depths):
        for start in range(1, len(depth) - 1):
            there = np.flatnonzero(first[:, row] == start)
            far = depth[start] + _BASE * (depth[start] - depth[0])
            base = int(np.searchsorted(depth, far))
            if not len(there) or base >= len(depth):
                continue
            one, other = stress[there, row, start], stress[there, row, base]
            slope = (other - one) / (depth[base] - depth[start])
            reach = (depth[:start] - depth[start])[None, :, None]
            stress[there, row, :start] = one[:, None] + reach * slope[:, None]


def thickness(state: LayerState) -> float:
    """Return how far a layer reaches in height [um]."""
    return float(np.ptp(state.points[:, -1]))


def cell_height(state: LayerState, where: Face) -> float:
    """Return the size of the cells at a face across it [um]; the middle of all nodes."""
    centres = state.points[state.cells].mean(axis=1)
    offset = centres[cKDTree(centres).query(where.points)[1]] - where.points
    half = np.abs(np.sum(offset * where.inward, axis=1))
    return 2.0 * float(np.median(half))


def _area(state: LayerState, own: IntArray, quads: IntArray, lower: bool) -> Face:
    nodes = np.unique(quads)
    faces = np.searchsorted(nodes, quads)
    points = state.points[np.searchsorted(own, nodes)]
    corner = points[faces]
    vector = 0.5 * np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    vector *= np.sign(vector[:, 2].sum()) * (-1.0 if lower else 1.0)
    normal, weights = np.zeros_like(points), np.zeros(len(points))
    for k in range(4):
        np.add.at(normal, faces[:, k], vector)
        np.add.at(weights, faces[:, k], 0.25 * np.linalg.norm(vector, axis=1))
    return Face(points, _unit(normal), weights, faces)


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1)[:, None])


def _between(
    centres: FloatArray, size: FloatArray, values: FloatArray, places: FloatArray
) -> FloatArray:
    """Return values interpolated on the triangles of the centres; NaN where there is none.

    Triangles that bridge a valley of the face belong to no material and are left out.
    """
    dimension = centres.shape[1]
    try:
        triangles = Delaunay(centres)
    except QhullError:  # one row of cells, or too few of them
        return np.full((*places.shape[:-1], values.shape[1]), np.nan)
    flat = places.reshape(-1, dimension)
    found = triangles.find_simplex(flat)
    corner = triangles.simplices[found]
    transform = triangles.transform[found]
    part = np.einsum("nij,nj->ni", transform[:, :dimension], flat - transform[:, dimension])
    weights = np.column_stack([part, 1.0 - part.sum(axis=1)])
    span = np.ptp(centres[corner], axis=1)
    bridge = np.linalg.norm(span, axis=1) > _BRIDGE * size[corner].max(axis=1)
    result = np.einsum("nc,ncs->ns", weights, values[corner])
    result[(found < 0) | bridge] = np.nan
    return np.asarray(result.reshape(*places.shape[:-1], values.shape[1]))


def _along(stress: FloatArray, where: Face) -> FloatArray:
    """Return the components in the plane of the face."""
    tangents = where.tangents()
    xx, yy, zz, xy = np.moveaxis(stress[..., :4], -1, 0)
    if tangents.shape[1] == 1:
        tx, ty = (tangents[:, 0, axis][:, None, None] for axis in (0, 1))
        first = xx * tx**2 + yy * ty**2 + 2.0 * xy * tx * ty
        none = np.zeros_like(first)
        return np.stack([np.stack([first, none], -1), np.stack([none, zz], -1)], -1)
    xz, yz = stress[..., 4], stress[..., 5]
    whole = np.stack(
        [np.stack([xx, xy, xz], -1), np.stack([xy, yy, yz], -1), np.stack([xz, yz, zz], -1)], -1
    )
    return np.asarray(np.einsum("nai,nmkij,nbj->nmkab", tangents, whole, tangents))
