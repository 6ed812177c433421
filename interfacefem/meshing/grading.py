# SPDX-License-Identifier: MIT
"""How fine: columns along the interfaces and graded rows through the layers, as plain numbers.

Lives here: what a topography needs, how many columns each layer gets so that neighbours never
match, and how rows grow away from the interfaces. numpy only; gmsh is told in ``layered``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.hardness import hardness
from interfacefem.errors import MeshError
from interfacefem.meshing.faces import FloatArray
from interfacefem.meshing.numbers import (
    BISECTIONS,
    EDGES_PER_WAVELENGTH,
    FLAT_EDGES,
    MINIMUM_EDGES_PER_WAVELENGTH,
    MINIMUM_ROWS,
    MOST_COLUMNS,
    MOST_NODES_2D,
    MOST_NODES_3D,
    MOST_RATIOS,
    ROWS_PER_THICKNESS,
    ROWS_PER_WIDTH,
)
from interfacefem.surfaces.resolution import shortest_wavelength

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.settings import MeshSize
    from interfacefem.describe.stack import Layer, Stack


@dataclass(frozen=True)
class LayerGrid:
    """Columns and rows of one layer.

    Attributes
    ----------
    columns : tuple of int
        Edges along x, and along y of an area.
    rows : ndarray, shape (rows + 1,)
        Heights as fractions of the thickness, from 0 to 1.
    """

    columns: tuple[int, ...]
    rows: FloatArray

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return math.prod(count + 1 for count in self.columns) * self.rows.size


class TooManyNodes(MeshError):
    """The mesh of a stack would have more nodes than are taken."""


def layer_grids(stack: Stack, size: MeshSize, protocol: Protocol | None = None) -> list[LayerGrid]:
    """Return columns and rows of each layer, bottom to top, of a line or an area.

    Parameters
    ----------
    stack : Stack
    size : MeshSize
    protocol : Protocol, optional
        How it is pressed, which says which layers are the softer ones.

    Raises
    ------
    MeshError
        If the edge is longer than a quarter of a shortest wavelength, or gives too many nodes.
    """
    return _Grading(stack, size, protocol).grids(stack.size)


@dataclass(frozen=True)
class Feasible:
    """What fits on a machine: a smaller part of the faces, or only their longer waves.

    Attributes
    ----------
    lengths : tuple of float
        Of the part of the stack [um]; empty where none is small enough.
    wave : float or None
        Shortest wave that may be kept on all of it [um]; None where that does not help.
    edge : float or None
        Edge of the mesh that belongs to it where the case gives one [um].
    nodes : int
        Of the part.
    """

    lengths: tuple[float, ...]
    wave: float | None
    edge: float | None
    nodes: int


def feasible(
    stack: Stack, size: MeshSize, protocol: Protocol | None, fits: Callable[[int, int], bool]
) -> Feasible:
    """Return what fits.

    Parameters
    ----------
    stack, size, protocol
        As of :func:`layer_grids`.
    fits : callable
        Told the numbers of nodes and of faces in contact of a mesh.
    """
    grading = _Grading(stack, size, protocol)

    def largest(good: Callable[[float], bool]) -> float:
        low, high = 0.0, 1.0
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if good(middle) else (low, middle)
        return low

    def fit(lengths: Sequence[float], wave: float = 0.0) -> bool:
        try:
            grids = grading.grids(lengths, wave)
        except MeshError:
            return False
        columns = [math.prod(grid.columns) for grid in grids]
        faces = sum(max(pair) for pair in itertools.pairwise(columns))
        return fits(sum(grid.nodes for grid in grids), faces)

    part = largest(lambda share: fit([share * length for length in stack.size]))
    lengths = tuple(part * length for length in stack.size if part)
    nodes = sum(grid.nodes for grid in grading.grids(lengths)) if part else 0
    waves = [wave for wave in grading.shortest if wave is not None]
    if not waves or not fit(stack.size, min(stack.size)):
        return Feasible(lengths, None, None, nodes)
    least = min(waves)
    kept = least / largest(lambda share: fit(stack.size, least / share))
    edge = None if size.edge is None else max(size.edge, kept / EDGES_PER_WAVELENGTH)
    return Feasible(lengths, kept, edge, nodes)


class _Grading:
    """How fine the layers of a stack are meshed, for its lengths and waves or for others."""

    def __init__(self, stack: Stack, size: MeshSize, protocol: Protocol | None) -> None:
        self._stack, self._size = stack, size
        found = short_wavelengths(stack.layers)
        self.shortest = [
            min((wave for face, wave in found.items() if face.split(" ")[0] == name), default=None)
            for name in stack.interface_names
        ]
        key = hardness(stack, protocol)
        self._keys = [key[layer.name] for layer in stack.layers]

    def grids(self, lengths: Sequence[float], wave: float = 0.0) -> list[LayerGrid]:
        """Return columns and rows of the layers, without waves shorter than one [um]."""
        stack, size = self._stack, self._size
        shortest = [one if one is None else max(one, wave) for one in self.shortest]
        edge = size.edge
        if edge is None and not any(shortest) and len(lengths) == 2:
            edge = 2.0 * max(lengths) / FLAT_EDGES
        if edge is not None and wave:
            edge = max(edge, wave / EDGES_PER_WAVELENGTH)
        columns = [
            column_counts(length, shortest, self._keys, edge, size.face_ratio) for length in lengths
        ]
        fewest = sum(math.prod(each) for each in zip(*columns, strict=True)) * MINIMUM_ROWS
        _refuse_slips(lengths, columns, fewest)  # before rows as thin as these are counted
        last = len(stack.layers) - 1
        grids = []
        for number, (layer, *counts) in enumerate(zip(stack.layers, *columns, strict=True)):
            inner = {"bottom": number > 0, "top": number < last}
            rows = row_fractions(
                layer.thickness,
                max(length / count for length, count in zip(lengths, counts, strict=True)),
                size.growth,
                graded=[side for side, is_inner in inner.items() if is_inner],
                largest=max(max(lengths) / ROWS_PER_WIDTH, layer.thickness / ROWS_PER_THICKNESS),
            )
            grids.append(LayerGrid(tuple(counts), rows))
        _refuse_slips(lengths, columns, sum(grid.nodes for grid in grids))
        return grids


def _refuse_slips(lengths: Sequence[float], columns: Sequence[Sequence[int]], nodes: int) -> None:
    if nodes > (MOST_NODES_2D if len(lengths) == 1 else MOST_NODES_3D):
        most = " by ".join(str(max(counts)) for counts in columns)
        width = " by ".join(f"{length:g}" for length in lengths)
        raise TooManyNodes(
            f"the mesh would have {nodes} nodes or more ({most} columns over {width} um); give a "
            "longer mesh edge, a smaller section, or resample the topography with a filter"
        )


def planned_dofs(stack: Stack, size: MeshSize, protocol: Protocol | None = None) -> int:
    """Return the displacement degrees of freedom of the mesh that would be built.

    Raises
    ------
    MeshError
        As of :func:`layer_grids`.
    """
    return (len(stack.size) + 1) * sum(grid.nodes for grid in layer_grids(stack, size, protocol))


def short_wavelengths(layers: Sequence[Layer]) -> dict[str, float]:
    """Return ``"lower|upper side"`` -> shortest wavelength of that face [um], rough faces only."""
    waves: dict[str, float] = {}
    for lower, upper in itertools.pairwise(layers):
        for side, topography in (("lower", lower.top), ("upper", upper.bottom)):
            wave = None if topography is None else shortest_wavelength(topography)
            if wave is not None:
                waves[f"{lower.name}|{upper.name} {side}"] = wave
    return waves


def column_counts(
    width: float,
    wavelengths: Sequence[float | None],
    hardness: Sequence[tuple[float, ...]],
    edge: float | None,
    face_ratio: float,
) -> list[int]:
    """Return the number of columns of each layer, bottom to top.

    Neighbours have counts without a common divisor, so their nodes meet at the walls only; the
    softer of two neighbours is finer.

    Parameters
    ----------
    width : float
        Width of the stack [um].
    wavelengths : sequence of float or None, length layers - 1
        Shortest wavelength of both faces of each interface [um]; None if both are flat.
    hardness : sequence of tuple, length layers
        Sort keys of :func:`interfacefem.describe.hardness.hardness`.
    edge : float or None
        Edge length on the coarser face [um]; None takes ten edges per shortest wavelength.
    face_ratio : float
        Columns of the softer of two neighbours for each of the harder, about.

    Raises
    ------
    MeshError
        If `edge` is not positive, or longer than a quarter of a shortest wavelength.
    """
    count = len(hardness)
    if edge is not None:
        if not edge > 0.0:
            raise MeshError(f"mesh edge is {edge:g} um; give a positive length")
        if not width / edge <= MOST_COLUMNS:
            raise MeshError(
                f"mesh edge {edge:g} um gives {width / edge:.3g} columns over {width:g} um; give a "
                "longer mesh edge"
            )
        shortest = min((w for w in wavelengths if w is not None), default=math.inf)
        if edge > shortest / MINIMUM_EDGES_PER_WAVELENGTH * (1 + 1e-9):
            raise MeshError(
                f"mesh edge {edge:g} um is too coarse for the shortest wavelength {shortest:g} um "
                f"({shortest / edge:.2g} edges per wavelength); give at most "
                f"{shortest / MINIMUM_EDGES_PER_WAVELENGTH:.3g} um, better "
                f"{shortest / EDGES_PER_WAVELENGTH:.3g} um, or leave edge out"
            )
        needed = [math.ceil(width / edge * (1 - 1e-9))] * count
    else:
        edges = [
            FLAT_EDGES if w is None else math.ceil(EDGES_PER_WAVELENGTH * width / w * (1 - 1e-9))
            for w in wavelengths
        ]
        needed = (
            [max([*edges[max(i - 1, 0) : i + 1], 2]) for i in range(count)]
            if edges
            else [FLAT_EDGES]
        )
    # From hard to soft; the upper one of two equals counts as the softer.
    order = sorted(range(count), key=lambda i: (hardness[i], -i), reverse=True)
    level = [0] * count
    for i in order:
        harder = [j for j in (i - 1, i + 1) if 0 <= j < count and order.index(j) < order.index(i)]
        level[i] = max((level[j] + 1 for j in harder), default=0)
    ratio = face_ratio ** min(1.0, MOST_RATIOS / max(*level, 1))
    columns = [0] * count
    for i in order:
        harder = [j for j in (i - 1, i + 1) if 0 <= j < count and columns[j]]
        columns[i] = _coprime(ratio, needed[i], [columns[j] for j in harder])
    return columns


def _coprime(ratio: float, needed: int, neighbours: Sequence[int]) -> int:
    """Return the count nearest to `ratio` times the neighbours that has no divisor with them."""
    if not neighbours:
        return needed
    fewest = max(needed, max(neighbours) + 1)
    target = max(needed, round(ratio * max(neighbours)))
    for step in itertools.count():
        for number in (target + step, target - step):
            if number >= fewest and all(math.gcd(number, other) == 1 for other in neighbours):
                return number
    raise MeshError("no count of columns found")  # not reached; for the type checker


def row_fractions(
    thickness: float, first: float, growth: float, *, graded: Sequence[str], largest: float
) -> FloatArray:
    """Return the heights of the rows through a layer as fractions of its thickness.

    Parameters
    ----------
    thickness : float
        Mean thickness [um].
    first : float
        Height of the rows at an interface [um].
    growth : float
        Largest ratio of neighbouring rows.
    graded : sequence of str
        Which faces are interfaces: ``"bottom"``, ``"top"``, both or none (rows all alike).
    largest : float
        No row is made higher than this [um].

    Returns
    -------
    ndarray, shape (rows + 1,)
        From 0 (bottom) to 1 (top).
    """
    if (not graded or growth == 1.0) and thickness > MOST_NODES_2D * first:
        raise MeshError(
            f"a layer of {thickness:g} um would have {thickness / first:.3g} rows of {first:g} um; "
            "give a longer mesh edge, a larger growth, or a thinner layer"
        )
    if not graded:
        number = max(MINIMUM_ROWS, math.ceil(thickness / first * (1 - 1e-9)))
        return np.linspace(0.0, 1.0, number + 1)
    if len(graded) == 2:
        half = _growing_rows(thickness / 2, first, growth, largest, MINIMUM_ROWS // 2)
        rows = np.concatenate([half, half[::-1]])
    else:
        rows = _growing_rows(thickness, first, growth, largest, MINIMUM_ROWS)
        if graded[0] == "top":
            rows = rows[::-1]
    fractions = np.concatenate([[0.0], np.cumsum(rows)])
    result: FloatArray = fractions / fractions[-1]
    return result


def _growing_rows(
    total: float, first: float, growth: float, largest: float, fewest: int
) -> FloatArray:
    """Return row heights that begin with `first`, grow by at most `growth` and fill `total`."""
    largest = max(largest, first)

    def heights(number: int, ratio: float) -> FloatArray:
        return np.minimum(first * ratio ** np.arange(number, dtype=np.float64), largest)

    number, filled, height = 0, 0.0, first
    while filled < total * (1 - 1e-9) or number < fewest:
        filled += height
        height = min(height * growth, largest)
        number += 1
    if number * first >= total:
        return np.full(number, total / number)
    low, high = 1.0, growth
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if heights(number, middle).sum() < total else (low, middle)
    rows = heights(number, high)
    return rows * (total / rows.sum())
