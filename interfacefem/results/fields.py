# SPDX-License-Identifier: MIT
"""Fields as they are read: values with their points, area weights, name and unit.

Every statistic of an interface field is weighted by area, so it does not depend on how the mesh
is graded. Fields are plain data; nothing here reads a file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData, html_of_last, listed
from interfacefem.quantities import user_path
from interfacefem.results import schema
from interfacefem.results.export import to_frame
from interfacefem.results.files import reason, write_whole
from interfacefem.results.layout import suggestion

if TYPE_CHECKING:
    import pandas as pd

FloatArray = npt.NDArray[np.float64]
#: numbers, truth values or names, as the quantity has them
AnyArray = npt.NDArray[Any]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class InterfaceField(ShownData):
    """One quantity on one interface at one increment.

    Attributes
    ----------
    name : str
        What it is, e.g. ``contact_pressure``.
    unit : str
        Unit of the values.
    interface : str
        ``"lower|upper"``.
    step : str
        Name of the protocol step.
    increment : int
        Number in the step.
    points : (n, d) array
        Current positions [um].
    weights : (n,) array
        Area each point stands for [um^2]: length per unit depth in two dimensions [um].
    values : (n,) array
        In ``unit``; (n, 2) for tractions in 3D.
    faces : (k, 4) int array, optional
        Quadrilaterals of the points in 3D, for whoever asks for neighbours.
    words : str
        The name in words, where it has other ones than its letters.
    """

    name: str
    unit: str
    interface: str
    step: str
    increment: int
    points: FloatArray
    weights: FloatArray
    values: AnyArray
    faces: npt.NDArray[np.int64] | None = None
    words: str = ""

    @property
    def x(self) -> FloatArray:
        """Horizontal position of the points [um]."""
        return self.points[:, 0]

    @property
    def label(self) -> str:
        """Name and unit, as on an axis."""
        return schema.label(self.name, self.unit, self.words)

    @property
    def area(self) -> float:
        """Sum of the weights [um^2], in two dimensions [um]."""
        return float(np.sum(self.weights))

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        return np.array(self.values, dtype=dtype, copy=copy)

    def integral(self) -> float:
        """Return the values times the weights, summed [unit um^2], in two dimensions [unit um]."""
        return float(np.asarray(self.values, dtype=np.float64) @ self.weights)

    def mean(self) -> float:
        """Return the area-weighted mean; NaN where there is no area."""
        return self.integral() / self.area if self.area > 0 else float("nan")

    def max(self) -> float:
        """Return the largest value; NaN where there are no points."""
        return float(np.max(self.values)) if len(self) else float("nan")

    def min(self) -> float:
        """Return the smallest value; NaN where there are no points."""
        return float(np.min(self.values)) if len(self) else float("nan")

    def std(self) -> float:
        """Return the area-weighted standard deviation."""
        if not self.area > 0:
            return float("nan")
        deviation = np.asarray(self.values, dtype=np.float64) - self.mean()
        return float(np.sqrt((deviation**2) @ self.weights / self.area))

    def coefficient_of_variation(self) -> float:
        """Return the standard deviation over the magnitude of the mean [-]; NaN for mean zero."""
        mean = self.mean()
        return self.std() / abs(mean) if mean else float("nan")

    def percentile(self, q: float) -> float:
        """Return the value that a part ``q`` of the area does not exceed.

        The cumulative area is taken at the middle of each point's share and interpolated, so
        equal weights give Hazen's definition of a percentile.

        Parameters
        ----------
        q : float
            0 to 100 [%].

        Raises
        ------
        ValueError
            If ``q`` is outside 0 to 100.
        """
        if not 0 <= q <= 100:
            raise ValueError(f"percentile {q} is outside 0 to 100")
        if not self.area > 0:
            return float("nan")
        values = np.asarray(self.values, dtype=np.float64)
        order = np.argsort(values, kind="stable")
        weights = self.weights[order]
        middle = (np.cumsum(weights) - 0.5 * weights) / self.area
        return float(np.interp(q / 100.0, middle, values[order]))

    def fraction(self, mask: npt.ArrayLike) -> float:
        """Return the part of the area where ``mask`` is true [-]."""
        chosen = np.asarray(mask, dtype=bool)
        return float(np.sum(self.weights[chosen])) / self.area if self.area > 0 else float("nan")

    def where(self, mask: npt.ArrayLike) -> InterfaceField:
        """Return the field on the points where ``mask`` is true."""
        chosen = np.asarray(mask, dtype=bool)
        return replace(
            self,
            points=self.points[chosen],
            weights=self.weights[chosen],
            values=self.values[chosen],
            faces=None,  # what is left has other numbers
        )

    def projected(self) -> InterfaceField:
        """Return the field weighted by the area that each point has seen along the press.

        The weights as stored are those of the face itself, which is larger where it is inclined: by
        half of its mean square slope. The projected area is the nominal one, and means
        over it are nominal: what frictionless faces bear is then the pressure of the press.

        Raises
        ------
        ResultsError
            If the points were chosen from an area, so that no faces join them.
        """
        faces = self.faces
        if self.points.shape[1] == 2:  # a line
            order = np.argsort(self.x, kind="stable")
            faces = np.column_stack([order[:-1], order[1:]])
        if faces is None:
            raise ResultsError(
                f"interface '{self.interface}': points that were chosen have no faces; take "
                "projected() before where()"
            )
        corners = self.points[faces]
        if corners.shape[1] == 2:
            edges = corners[:, 1] - corners[:, 0]
            areas = np.linalg.norm(edges, axis=1), np.abs(edges[:, 0])
        else:
            normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
            areas = np.linalg.norm(normals, axis=1), np.abs(normals[:, 2])
        whole, seen = (
            np.bincount(faces.ravel(), np.repeat(part, faces.shape[1]), len(self)) for part in areas
        )
        share = np.divide(seen, whole, out=np.zeros_like(seen), where=whole > 0.0)
        return replace(self, weights=self.weights * share)

    def to_grid(self, count: int) -> tuple[FloatArray, FloatArray]:
        """Return ``count`` even positions along x [um] and the values there, interpolated.

        Raises
        ------
        ResultsError
            If the interface is an area; see :func:`interfacefem.post.area_map`.
        """
        if self.points.shape[1] != 2:
            raise ResultsError(
                f"interface '{self.interface}' is an area, no line; take post.area_map for a "
                "regular map of it"
            )
        order = np.argsort(self.x, kind="stable")
        x = self.x[order]
        even = np.linspace(x[0], x[-1], count)
        return even, np.interp(even, x, np.asarray(self.values, dtype=np.float64)[order])

    def to_csv(self, path: str | Path) -> Path:
        """Write position, weight and value with units in the first line; return the path."""
        axes = "xyz"[: self.points.shape[1]]
        values = np.asarray(self.values, dtype=np.float64)
        parts = [self.name] if values.ndim == 1 else [f"{self.name}_{axis}" for axis in "xy"]
        unit = schema.weight_unit(len(axes))
        head = [*(f"{axis} [um]" for axis in axes), f"weight [{unit}]"]
        head += [f"{part} [{self.unit}]" for part in parts]
        rows = np.column_stack([self.points, self.weights, values])
        return write_csv(path, head, [[float(item) for item in row] for row in rows])


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LayerField(ShownData):
    """One quantity in one layer at one increment.

    Attributes
    ----------
    name, unit, layer, step : str
        What, its unit, where and when.
    increment : int
        Number in the step.
    location : str
        ``node`` or ``cell``.
    values : (n,) or (n, k) array
        One row for each node or cell of the layer, in ascending mesh index.
    words : str
        As of :class:`InterfaceField`.
    """

    name: str
    unit: str
    layer: str
    step: str
    increment: int
    location: str
    values: FloatArray
    words: str = ""

    @property
    def label(self) -> str:
        """Name and unit, as on an axis."""
        return schema.label(self.name, self.unit, self.words)

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        return np.array(self.values, dtype=dtype, copy=copy)

    def max(self) -> float:
        """Return the largest value."""
        return float(np.max(self.values))

    def min(self) -> float:
        """Return the smallest value."""
        return float(np.min(self.values))


class History(dict[str, AnyArray]):
    """What was recorded at every increment: columns by name, each with its unit.

    Columns of one interface are called ``contact_fraction[lower|upper]``; :meth:`of` takes the
    two parts. It is a dictionary, so that ``pandas.DataFrame(history)`` makes a table of it; its
    length is the number of increments.

    Parameters
    ----------
    columns : mapping of str to array
        All of one length.
    units : mapping of str to str
        Unit of each column.
    place : str
        Where it is from, for messages.
    words : mapping of str to str
        Names in words, where they have other ones than their letters.
    """

    def __init__(
        self,
        columns: Mapping[str, AnyArray],
        units: Mapping[str, str],
        place: str = "history",
        words: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(columns)
        self.units, self.place, self.words = units, place, words or {}

    @property
    def columns(self) -> Mapping[str, AnyArray]:
        """Columns by name."""
        return dict(self)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self)

    def __len__(self) -> int:
        return len(next(iter(self.values()), ()))

    # the same object, as columns are arrays, which have no truth value
    __eq__ = object.__eq__
    __ne__ = object.__ne__

    def __repr__(self) -> str:
        head = f"<History of {len(self)} increments: {len(self.names)} columns"
        labels = [f"{name} [{self.units[name]}]" for name in self]
        return listed(head + ">", labels)

    def _repr_html_(self) -> str:
        return html_of_last(self, self.units)

    def __missing__(self, name: str) -> AnyArray:
        raise ResultsError(f"{self.place}: no column {name!r}; {suggestion(name, self)}")

    def of(self, name: str, interface: str) -> AnyArray:
        """Return the column ``name`` of one interface."""
        return self[f"{name}[{interface}]"]

    def label(self, name: str) -> str:
        """Return name and unit, as on an axis.

        Raises
        ------
        ResultsError
            If there is no such column.
        """
        self[name]
        return schema.label(name, self.units[name], self.words.get(name, ""))

    def to_dataframe(self) -> pd.DataFrame:
        """Return all columns as a ``pandas.DataFrame``, with their units in the head.

        Raises
        ------
        EnvironmentProblem
            If pandas is missing.
        """
        return to_frame(self)

    to_pandas = to_dataframe  # its former name

    def where(self, mask: npt.ArrayLike) -> History:
        """Return the rows where ``mask`` is true.

        ``history.where(history["step"] == "press")`` is one step.
        """
        chosen = np.asarray(mask, dtype=bool)
        columns = {name: data[chosen] for name, data in self.items()}
        return History(columns, self.units, self.place, self.words)

    def to_csv(self, path: str | Path) -> Path:
        """Write all columns with units in the first line; return the path."""
        head = [f"{name} [{self.units[name]}]" for name in self]
        rows = zip(*(data.tolist() for data in self.values()), strict=True)
        return write_csv(path, head, [list(row) for row in rows])


def write_csv(path: str | Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write a table; return the path.

    Raises
    ------
    ResultsError
        If the file cannot be written.
    """
    target = user_path(path, "table")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    try:
        write_whole(target, text.getvalue().encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ResultsError(
            f"{target}: cannot write the table ({reason(error)}); choose another place"
        ) from error
    return target
