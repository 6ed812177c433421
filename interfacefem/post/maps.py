# SPDX-License-Identifier: MIT
"""Regular maps of the fields of an area, which keep its integrals; lines have ``to_grid``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.post.connected import require_faces
from interfacefem.results import InterfaceField
from interfacefem.shown import ShownData

FloatArray = npt.NDArray[np.float64]

#: samples of a face along each side: for each pixel it covers, and at least and at most
PER_PIXEL, FEWEST, MOST = 4, 8, 48


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AreaMap(ShownData):
    """A field of an interface on a regular grid of pixels.

    Attributes
    ----------
    name, unit, interface, step : str
        What, its unit, where and when.
    increment : int
        Number in the step.
    x, y : (nx + 1,) and (ny + 1,) array
        Edges of the pixels [um].
    values : (nx, ny) array
        Area-weighted mean over each pixel; NaN where there is no area.
    weights : (nx, ny) array
        Area of the interface in each pixel [um^2].
    """

    name: str
    unit: str
    interface: str
    step: str
    increment: int
    x: FloatArray
    y: FloatArray
    values: FloatArray
    weights: FloatArray

    def integral(self) -> float:
        """Return the values times the weights, summed [unit um^2]; that of the field."""
        return float(np.nansum(self.values * self.weights))


def area_map(
    field: InterfaceField,
    shape: tuple[int, int],
    *,
    extent: tuple[float, float, float, float] | None = None,
) -> AreaMap:
    """Return a regular map of a field of an area.

    The field is taken as bilinear over each face, and every point's area is shared among the
    pixels in proportion to its shape function, so the sum over all pixels of value times area is
    the field's own integral. Pixels smaller than the faces show the interpolation, no detail.

    Parameters
    ----------
    field : InterfaceField
        E.g. ``results.interface(name).at(step).contact_pressure``. Points whose value is not a
        number are left out.
    shape : tuple of int
        Pixels along x and along y.
    extent : tuple of float, optional
        x from and to, y from and to [um]; the points' own by default. What lies outside goes to
        the pixels at the rim.

    Raises
    ------
    ResultsError
        If the interface is a line, or its field came without faces.
    """
    faces = require_faces(field)
    if min(shape) < 1:
        raise ResultsError(f"a map of {shape} pixels has none; give at least one along x and y")
    values = np.asarray(field.values, dtype=np.float64)
    if values.ndim != 1:
        raise ResultsError(f"{field.name} has {values.shape[1]} components; map one of them")
    plane = field.points[:, :2]
    low, high = plane.min(axis=0), plane.max(axis=0)
    if extent is not None:
        low, high = np.array([extent[0], extent[2]]), np.array([extent[1], extent[3]])
    pixel = (high - low) / shape
    corner = plane[faces]
    reach = np.ptp(corner, axis=1).max(axis=0)
    number = int(np.clip(PER_PIXEL * np.ceil((reach / pixel).max()), FEWEST, MOST))
    functions = _functions(number)
    place = np.einsum("sa,kai->ksi", functions, corner)
    index = np.clip(((place - low) / pixel).astype(np.int64), 0, np.array(shape) - 1)
    flat = np.ravel_multi_index((index[..., 0], index[..., 1]), shape).ravel()
    known = np.isfinite(values)
    share = _shares(np.where(known, field.weights, 0.0), faces, corner)
    spread = functions / functions.sum(axis=0)
    size = shape[0] * shape[1]
    area = np.bincount(flat, (share @ spread.T).ravel(), size)
    total = np.bincount(
        flat, ((share * np.where(known, values, 0.0)[faces]) @ spread.T).ravel(), size
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(area > 0.0, total / area, np.nan)
    return AreaMap(
        name=field.name,
        unit=field.unit,
        interface=field.interface,
        step=field.step,
        increment=field.increment,
        x=np.linspace(low[0], high[0], shape[0] + 1),
        y=np.linspace(low[1], high[1], shape[1] + 1),
        values=mean.reshape(shape),
        weights=area.reshape(shape),
    )


def _functions(number: int) -> FloatArray:
    """Return the bilinear functions at even samples of a face, (samples, 4)."""
    even = (np.arange(number) + 0.5) / number
    s, t = (a.ravel() for a in np.meshgrid(even, even, indexing="ij"))
    return np.column_stack([(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t])


def _shares(weights: FloatArray, faces: npt.NDArray[np.int64], corner: FloatArray) -> FloatArray:
    """Return the part of each point's area on each of its faces, (k, 4)."""
    one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    size = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    around = np.bincount(faces.ravel(), np.repeat(size, 4), len(weights))
    shares: FloatArray = weights[faces] * size[:, None] / around[faces]
    return shares
