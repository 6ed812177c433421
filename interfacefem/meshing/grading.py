# SPDX-License-Identifier: MIT
"""How fine: columns along the interfaces and graded rows through the layers, as plain numbers.

Lives here: what a topography needs, how many columns each layer gets so that neighbours never
match, and how rows grow away from the interfaces. numpy only; gmsh is told in ``layered``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.meshing.stack_mesh import FloatArray
from interfacefem.units import to_internal

if TYPE_CHECKING:
    from interfacefem.materials import Material
    from interfacefem.stack import Layer
    from interfacefem.surfaces import Topography

#: edges per shortest wavelength that an automatic edge gives the coarser face
EDGES_PER_WAVELENGTH = 10
#: below this a wave is not a wave any more, so an explicit edge is refused
MINIMUM_EDGES_PER_WAVELENGTH = 4
#: edges of the softer (finer) face per edge of the harder face, and its bound along a whole stack
RATIO, RATIO_BOUND = 4.0 / 3.0, (4.0 / 3.0) ** 2
#: edges along an interface whose faces are all flat
FLAT_EDGES = 32
#: a layer must keep this part of its thickness everywhere
THINNEST = 0.05
#: fewest rows through a layer
MINIMUM_ROWS = 4


def short_wavelength(topography: Topography | None) -> float | None:
    """Return the shortest wavelength a mesh must follow.

    Parameters
    ----------
    topography : Topography or None
        Its short cut-off counts, or its wavelength if it is a sinusoid. Where neither is known,
        the wavelength above which 95 % of the slope variance lies, but not below eight samples,
        where measured heights are mostly noise.

    Returns
    -------
    float or None
        Wavelength [um]; None for a flat face.
    """
    if topography is None:
        return None
    heights = np.asarray(topography.heights, dtype=np.float64)
    if np.ptp(heights) == 0.0:
        return None
    if topography.short_cutoff is not None:
        return topography.short_cutoff
    if "wavelength" in topography.recipe:
        waves = topography.recipe["wavelength"]
        waves = waves if isinstance(waves, list) else [waves]
        return min(to_internal(wave, "length", place="wavelength") for wave in waves)
    # each direction of an area for itself, over all its lines
    return min(
        _shortest(np.moveaxis(heights, axis, 0).reshape(heights.shape[axis], -1), length)
        for axis, length in enumerate(topography.size)
    )


def _shortest(lines: FloatArray, length: float) -> float:
    """Return the wavelength above which 95 % of the slope variance of lines (n, k) lies."""
    # The even extension has no jump at the walls, so the spectrum is that of the heights alone.
    even = np.concatenate([lines, lines[-2:0:-1]])
    power = (np.abs(np.fft.rfft(even, axis=0)) ** 2).sum(axis=1)
    share = np.cumsum(np.arange(len(lines)) ** 2 * power)
    if share[-1] <= 1e-18 * power.sum():
        return 2.0 * length  # the lines are level; what is left is round-off
    last = int(np.searchsorted(share, 0.95 * share[-1]))
    return max(2.0 * length / max(last, 1), 8.0 * length / (len(lines) - 1))


def short_wavelengths(layers: Sequence[Layer]) -> dict[str, float]:
    """Return ``"lower|upper side"`` -> shortest wavelength of that face [um], rough faces only."""
    waves: dict[str, float] = {}
    for lower, upper in itertools.pairwise(layers):
        for side, topography in (("lower", lower.top), ("upper", upper.bottom)):
            wave = short_wavelength(topography)
            if wave is not None:
                waves[f"{lower.name}|{upper.name} {side}"] = wave
    return waves


def softness(material: Material) -> tuple[float, float]:
    """Return a sort key that is smaller for the softer material: yield stress, then stiffness."""
    law = material.law
    return float(getattr(law, "yield_stress", math.inf)), float(law.youngs_modulus)


def column_counts(
    width: float,
    wavelengths: Sequence[float | None],
    hardness: Sequence[tuple[float, float]],
    edge: float | None,
) -> list[int]:
    """Return the number of columns of each layer, bottom to top.

    Neighbours have counts without a common divisor, so their nodes meet at the walls only; the
    softer of two neighbours is finer by about 4 to 3.

    Parameters
    ----------
    width : float
        Width of the stack [um].
    wavelengths : sequence of float or None, length layers - 1
        Shortest wavelength of both faces of each interface [um]; None if both are flat.
    hardness : sequence of tuple, length layers
        Sort keys of :func:`softness`.
    edge : float or None
        Edge length on the coarser face [um]; None takes ten edges per shortest wavelength.

    Raises
    ------
    MeshError
        If `edge` is not positive, or longer than a quarter of a shortest wavelength.
    """
    count = len(hardness)
    if edge is not None:
        if not edge > 0.0:
            raise MeshError(f"mesh edge is {edge:g} um; give a positive length")
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
    ratio = min(RATIO, RATIO_BOUND ** (1.0 / max(*level, 1)))
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
