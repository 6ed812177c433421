# SPDX-License-Identifier: MIT
"""Mesh, history and fields of a run as they are taken from an open file, with every check.

Numpy only. Made by :class:`interfacefem.results.results.Results`; nothing here opens a file.

Which run and which increment is the business of :mod:`interfacefem.results.results` and
:mod:`interfacefem.results.states`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results import schema
from interfacefem.results.fields import FloatArray, History
from interfacefem.results.files import damaged
from interfacefem.results.groups import Data, Stored
from interfacefem.results.schema import LETTERS, Quantity

IntArray = npt.NDArray[np.int64]

#: integrals of products of the bilinear functions of a rectangle, over its area
_MASS = np.array([[4, 2, 1, 2], [2, 4, 2, 1], [1, 2, 4, 2], [2, 1, 2, 4]]) / 36.0


@dataclass(frozen=True, eq=False)
class FaceEdges:
    """The two faces of an interface in the mesh: node pairs, in 3D quadrilaterals."""

    lower: IntArray
    upper: IntArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RunMesh(ShownData):
    """The undeformed mesh of a run, as arrays.

    Attributes
    ----------
    points : (N, d) array
        Positions [um].
    cells : (M, k) array
        Node indices.
    cell_layer : (M,) array
        Index of each cell's layer.
    layer_names : tuple of str
        Bottom to top.
    layer_nodes : mapping of str to array
        Mesh index of each node of a layer, ascending.
    interfaces : mapping of str to FaceEdges
        By ``"lower|upper"``.
    boundaries : mapping of str to array
        Node pairs by side, in 3D quadrilaterals.
    key : str
        Hash of what the mesh was made from.
    """

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    layer_nodes: Mapping[str, IntArray]
    interfaces: Mapping[str, FaceEdges]
    boundaries: Mapping[str, IntArray]
    key: str

    @property
    def dimension(self) -> int:
        """Number of coordinates: 2 in plane strain, 3 in 3D."""
        return int(self.points.shape[1])

    def layer_cells(self, name: str) -> IntArray:
        """Return the mesh index of each cell of a layer, ascending."""
        return np.flatnonzero(self.cell_layer == self.layer_names.index(name))

    def layer_connectivity(self, name: str) -> IntArray:
        """Return the cells of a layer in its own node numbers, (cells, k)."""
        return np.searchsorted(self.layer_nodes[name], self.cells[self.layer_cells(name)])

    def point_faces(self, interface: str, points_reference: FloatArray) -> IntArray:
        """Return the face that an interface's points are nodes of, in the points' own numbers.

        Parameters
        ----------
        interface : str
            ``"lower|upper"``.
        points_reference : (n, d) array
            The points in the undeformed mesh, by increasing node [um].

        Returns
        -------
        (k, 4) int array
            Quadrilaterals, counter-clockwise seen from above.

        Raises
        ------
        ResultsError
            If they are the nodes of neither face.
        """
        faces = self.interfaces[interface]
        found: list[tuple[float, IntArray]] = []
        for face in (faces.lower, faces.upper):
            nodes = np.unique(face)
            if len(nodes) == len(points_reference):
                # a stage may have laid the layer elsewhere, so the nearer face of the two is it
                away = float(np.abs(self.points[nodes] - points_reference).max())
                found.append((away, np.searchsorted(nodes, face)))
        if not found:
            raise ResultsError(
                f"interface '{interface}': its {len(points_reference)} points are the nodes of "
                "neither of its faces; the run was written by a program that is not interfacefem, "
                "or is damaged"
            )
        return min(found, key=lambda item: item[0])[1]

    def face_rms_height(self, interface: str) -> float:
        """Return the rms height of the gap's roughness as meshed [um].

        Both faces count: the root of the sum of their mean square heights, each about its own
        mean and weighted by projected length or area.
        """
        faces = self.interfaces[interface]
        return float(np.hypot(self._rms(faces.lower), self._rms(faces.upper)))

    def _rms(self, faces: IntArray) -> float:
        corner = self.points[faces]
        height = corner[..., -1]
        if self.dimension == 2:
            size = np.abs(corner[:, 1, 0] - corner[:, 0, 0])
            mass = np.array([[2, 1], [1, 2]]) / 6.0
        else:
            one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
            size = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
            mass = _MASS
        total = float(size.sum())
        if not total > 0:
            return 0.0
        height = height - float(size @ height.mean(axis=1)) / total
        square = float(size @ np.einsum("ki,ij,kj->k", height, mass, height)) / total
        return float(np.sqrt(max(square, 0.0)))


def read_mesh(place: Stored) -> RunMesh:
    """Return the mesh, whose numbers all lead to nodes and layers that are there.

    Raises
    ------
    ResultsError
    """
    dimension = (*place.data("points").shape, 0, 0)[1]
    if dimension not in (2, 3):
        raise damaged(place.at("points"), "is no list of points in 2D or 3D")
    points = read_field(place, "points", schema.find("points", "mesh"), None, dimension)[0]
    if not len(points) or not (np.ptp(points, axis=0) > 0.0).all():
        raise damaged(place.at("points"), "has no extent")
    layers = _names(place, "layer_names")
    interfaces = _names(place, "interface_names")
    cells = _numbers(place, "cells", (2**dimension,), len(points))
    owner = _numbers(place, "cell_layer", (), len(layers), rows=len(cells))
    nodes: dict[str, IntArray] = {}
    for index, name in enumerate(layers):
        inside = place.inside("layers").inside(name)
        nodes[name] = inside.data("nodes").array(LETTERS["integer"])
        used = np.zeros(len(points), dtype=bool)
        used[cells[owner == index]] = True
        if not np.array_equal(nodes[name], np.flatnonzero(used)):
            raise damaged(inside.at("nodes"), "is not the list of the nodes of its cells")
    corners = (2 ** (dimension - 1),)
    faces: dict[str, FaceEdges] = {}
    for name in interfaces:
        inside = place.inside("interfaces").inside(name)
        sides = [_numbers(inside, side, corners, len(points)) for side in ("lower", "upper")]
        faces[name] = FaceEdges(*sides)
    boundaries: dict[str, IntArray] = {}
    if "boundaries" in place:
        inside = place.inside("boundaries")
        for side in inside.names():
            boundaries[side] = _numbers(inside, side, corners, len(points))
    return RunMesh(
        points=points,
        cells=cells,
        cell_layer=owner,
        layer_names=layers,
        layer_nodes=nodes,
        interfaces=faces,
        boundaries=boundaries,
        key=place.words("key"),
    )


#: what is infinite where the circuit is open
OPEN = ("asr", "asr_total", "asr_interfaces")


def read_history(place: Stored, interfaces: tuple[str, ...]) -> History:
    """Return all columns, those that this program knows first.

    Raises
    ------
    ResultsError
    """
    known = schema.columns(interfaces, per_depth=True)
    stored = place.names()
    for name, item in known.items():
        if item.required and name not in stored:
            raise damaged(place.at(name), "is missing")
    own = [name for name in known if "[" not in name and name in stored]
    steps = place.data("step").texts()
    columns: dict[str, npt.NDArray[Any]] = {}
    units: dict[str, str] = {}
    words: dict[str, str] = {}
    for name in [*own, *(name for name in stored if name not in own)]:
        column = schema.known_column(name)
        data = place.data(name)
        units[name] = data.note("unit")
        words[name] = data.note("label", "") if column is None else column.words
        if column is not None and units[name] not in _units(column):
            raise _wrong_unit(place.at(name), units[name], column)
        if name == "step":
            columns[name] = np.array(steps, dtype=object)
        else:
            letters = "fiub" if column is None else LETTERS[column.kind]
            resistance = name.partition("[")[0] in OPEN
            columns[name] = data.array(letters, rows=len(steps), infinite=resistance)
    return History(columns, units, place.place, {n: said for n, said in words.items() if said})


def read_field(
    place: Stored, name: str, item: Quantity | None, rows: int | None, dimension: int
) -> tuple[npt.NDArray[Any], str, str]:
    """Return the values of a field, their unit, and its name in words where it has other ones.

    Parameters
    ----------
    place : Stored
    name : str
    item : Quantity or None
        What is known of it; None for what another program has added.
    rows : int or None
        Nodes, cells or points; None where that is not known before.
    dimension : int
        2 or 3.

    Raises
    ------
    ResultsError
    """
    data = place.data(name)
    unit = data.note("unit")
    if item is None:
        return data.array("fiub", rows=rows, tail=None), unit, data.note("label", "")
    if item.unit and unit != item.unit:
        raise _wrong_unit(place.at(name), unit, item)
    tail = item.shape(dimension)
    values = data.array(LETTERS[item.kind], rows=rows, tail=tail, finite=item.finite)
    return values, unit, item.words


def read_number(
    place: Stored, name: str, kind: str = "", *, otherwise: float | None = None
) -> float:
    """Return one number of a current.

    Parameters
    ----------
    place : Stored
    name : str
    kind : str, optional
        Its name in the table of quantities, if that is another.
    otherwise : float, optional
        If it is not stored.

    Raises
    ------
    ResultsError
    """
    if otherwise is not None and name not in place:
        return otherwise
    kind = kind or name
    data, item = place.data(name), schema.find(kind, "current")
    if item is not None and data.note("unit") != item.unit:
        raise _wrong_unit(data.place, data.note("unit"), item)
    return data.number(infinite=kind in OPEN)


def location_of(data: Data, sizes: Mapping[str, int]) -> str:
    """Return where the values of a field are that this program does not know.

    Parameters
    ----------
    data : Data
    sizes : mapping of str to int
        Number of values at each place it may be at.

    Raises
    ------
    ResultsError
        If the field does not say it, and its size fits none or several.
    """
    noted = data.note("place", "")
    if noted in sizes:
        return noted
    found = [place for place, size in sizes.items() if data.shape[:1] == (size,)]
    if noted or len(found) != 1:
        raise damaged(data.place, f"does not say which of these it belongs to: {', '.join(sizes)}")
    return found[0]


def _names(place: Stored, name: str) -> tuple[str, ...]:
    found = place.data(name).texts()
    if len(set(found)) != len(found) or any(not item or "/" in item for item in found):
        raise damaged(place.at(name), "has names that are empty or stand there twice")
    return found


def _numbers(
    place: Stored, name: str, tail: tuple[int, ...], below: int, rows: int | None = None
) -> IntArray:
    values = place.data(name).array(LETTERS["integer"], rows=rows, tail=tail)
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < below:
        raise damaged(place.at(name), f"has numbers outside 0 to {below - 1}")
    return values


def _units(item: Quantity) -> tuple[str, ...]:
    # per um of depth of a slice, or of a whole body
    return (item.unit, "pJ") if item.name in schema.ENERGIES else (item.unit,)


def _wrong_unit(place: str, unit: str, item: Quantity) -> Exception:
    return damaged(place, f"has the unit '{unit}', not '{item.unit}'")
