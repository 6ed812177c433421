# SPDX-License-Identifier: MIT
"""Pressure on a face as a pressure-sensitive film has shown it: a table, a picture with a scale.

What is read here is averaged over the patches of a pellet, so that the force is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from interfacefem.errors import EnvironmentProblem
from interfacefem.fields import ShownData
from interfacefem.pellet.disc import Disc
from interfacefem.pellet.numbers import COVERED, FORCE_FACTOR, SATURATED
from interfacefem.quantities import AnyPath, Scalar, did_you_mean, is_file, one_mistake, user_path
from interfacefem.units import Dimensional, to_internal

Array = npt.NDArray[np.float64]
PLACE = "film"
LENGTH = Scalar("length", above=0.0)
#: where colours of a film are read: red films are dark in green
COLOURS = {"red": 0, "green": 1, "blue": 2}
_UNIT = re.compile(r"[\[(]([^\])]+)[\])]")


@dataclass(frozen=True, eq=False, repr=False)
class PressureMap(ShownData):
    """Pressure on even pixels, from a film or any other sensor.

    Make one with :meth:`from_array` or :meth:`read`.

    Attributes
    ----------
    pressure : (nx, ny) array
        [MPa]; not a number where nothing was measured.
    pixel : tuple of float
        Lengths of a pixel along x and y [um].
    centre : tuple of float
        Of the pellet, from the lower left corner of the map [um].
    """

    pressure: Array
    pixel: tuple[float, float]
    centre: tuple[float, float]

    @classmethod
    def from_array(
        cls,
        pressure: npt.ArrayLike,
        *,
        pixel: Dimensional | Sequence[Dimensional],
        centre: Sequence[Dimensional] | None = None,
    ) -> PressureMap:
        """Make a map from an array.

        Parameters
        ----------
        pressure : (nx, ny) array
            [MPa]; the first index runs along x, the second along y.
        pixel : str, pint.Quantity, float, or a sequence of two
            Length of a pixel [um].
        centre : sequence of two, optional
            Of the pellet, from the lower left corner of the map [um]; the middle by default.

        Raises
        ------
        UnitError, CaseError
            If a length has no unit, or pressures are no table, below zero, or all zero.
        """
        values = np.asarray(pressure)
        if values.dtype.kind not in "iuf" or values.ndim != 2 or min(values.shape) < 2:
            raise one_mistake(
                PLACE, f"pressures are {values.dtype} of shape {values.shape}",
                "give numbers of shape (nx, ny)",
            )  # fmt: skip
        values = values.astype(np.float64)
        if np.isinf(values).any() or (values < 0.0).any():
            where = tuple(int(i) for i in np.argwhere(np.isinf(values) | (values < 0.0))[0])
            raise one_mistake(
                PLACE, f"pressure {float(values[where]):g} MPa at pixel {where}",
                "give pressures of zero or more, nan where nothing was measured",
            )  # fmt: skip
        if not np.nansum(values) > 0.0:
            raise one_mistake(PLACE, "shows no pressure", "check unit and scale")
        sides = _two(pixel, "pixel", LENGTH)
        size = sides[0] * values.shape[0], sides[1] * values.shape[1]
        middle = (0.5 * size[0], 0.5 * size[1])
        if centre is not None:
            middle = _two(centre, "centre", Scalar("length"))
        return cls(values, sides, middle)

    @classmethod
    def read(
        cls,
        path: AnyPath,
        *,
        pixel: Dimensional | Sequence[Dimensional] | None = None,
        scale: Mapping[int, Dimensional] | None = None,
        channel: Literal["grey", "red", "green", "blue"] = "grey",
        unit: str = "MPa",
        centre: Sequence[Dimensional] | None = None,
    ) -> PressureMap:
        """Read a table or a picture.

        Parameters
        ----------
        path : str or path
            A ``.csv`` or ``.txt`` file: rows of pressures, the first row at the largest y; or three
            columns x, y and pressure, that form a grid, with their units in the heading. Or a
            picture.
        pixel : str, pint.Quantity, float, or a sequence of two, optional
            Length of a pixel [um]; three columns have it in them.
        scale : mapping of int to str, pint.Quantity or float, optional
            Of a picture: two or more shades (0 black, 255 white) and their pressures [MPa], as the
            supplier of the film gives them; between them is interpolated.
        channel : {"grey", "red", "green", "blue"}
            Of a picture: what is its shade. A red film is read in green.
        unit : str
            Of a table without units in its heading.
        centre : sequence of two, optional
            Of the pellet, from the lower left corner [um]; the middle by default.

        Raises
        ------
        UnitError, CaseError
            If the file cannot be read or has no scale, or much of a picture is at an end of it.
        EnvironmentProblem
            If it is a picture and Pillow is missing.
        """
        file = user_path(path, PLACE)
        if not is_file(file):
            raise one_mistake(PLACE, f"'{file}' is not there", "give a CSV file or a picture")
        if file.suffix.lower() in (".csv", ".txt", ".dat", ".tsv"):
            values, sides = _table(file.read_text(encoding="utf-8", errors="replace"), unit)
            if sides is not None and pixel is not None:
                raise one_mistake(f"{PLACE}.pixel", "the columns x and y have it", "leave it out")
        else:
            values, sides = _shaded(_picture(file, channel), scale), None
        given = pixel if sides is None else sides
        if given is None:
            raise one_mistake(f"{PLACE}.pixel", "is not given", 'write for example pixel="125 um"')
        return cls.from_array(values, pixel=given, centre=centre)

    def on(self, face: Disc) -> Array:
        """Return the mean pressure on each patch of a face [MPa].

        Raises
        ------
        CaseError
            If the map does not cover the face.
        """
        across = [
            (np.arange(count) + 0.5) * side - middle
            for count, side, middle in zip(
                self.pressure.shape, self.pixel, self.centre, strict=True
            )
        ]
        x, y = np.meshgrid(*across, indexing="ij")
        patch = _patch(face, x, y)
        known = (patch >= 0) & np.isfinite(self.pressure)
        count = np.bincount(patch[known], minlength=len(face.x))
        total = np.bincount(patch[known], weights=self.pressure[known], minlength=len(face.x))
        seen = known.sum() * self.pixel[0] * self.pixel[1] / face.area
        if seen < COVERED:
            raise one_mistake(
                PLACE,
                f"covers {seen:.0%} of the face of {2e-3 * face.radius:g} mm",
                "give a map of the whole face, its pixel and centre",
            )
        pressure = np.divide(total, count, out=np.zeros(len(total)), where=count > 0)
        for place in np.flatnonzero(count == 0):
            away = (x - face.x[place]) ** 2 + (y - face.y[place]) ** 2
            nearest = np.argmin(np.where(np.isfinite(self.pressure), away, np.inf))
            pressure[place] = self.pressure.ravel()[nearest]
        # patches of different numbers of pixels must not change the force
        kept = np.nansum(self.pressure[known]) / known.sum()
        even: Array = pressure * kept * face.area / float(pressure @ face.areas)
        return even

    def scaled(self, pressure: Array, factor: float) -> Array:
        """Return pressures times a factor, if the film can be wrong by it.

        Raises
        ------
        CaseError
            If it cannot.
        """
        if not 1.0 / FORCE_FACTOR <= factor <= FORCE_FACTOR:
            raise one_mistake(
                "pellet.force", f"is {factor:.3g} times what the film shows",
                "check unit and scale of the film, the diameter of the die and the force",
            )  # fmt: skip
        return pressure * factor


def _patch(face: Disc, x: Array, y: Array) -> npt.NDArray[np.int64]:
    """Return the patch of each place, -1 outside of the face."""
    ring = np.searchsorted(face.ends, np.hypot(x, y), side="right") - 1
    angle = np.mod(np.arctan2(y, x), 2.0 * np.pi)
    sector = np.minimum((angle / (2.0 * np.pi) * face.sectors).astype(np.int64), face.sectors - 1)
    inside = ring < len(face.ends) - 1
    return np.where(inside, ring * face.sectors + sector, -1)


def _two(
    given: Dimensional | Sequence[Dimensional], key: str, scalar: Scalar
) -> tuple[float, float]:
    several = isinstance(given, Sequence) and not isinstance(given, str)
    parts: Sequence[object] = given if several else (given, given)  # type: ignore[assignment]
    if len(parts) != 2:
        raise one_mistake(f"{PLACE}.{key}", f"has {len(parts)} lengths", "give two, along x and y")
    return scalar.read(parts[0], f"{PLACE}.{key}[0]"), scalar.read(parts[1], f"{PLACE}.{key}[1]")


def _table(text: str, unit: str) -> tuple[Array, tuple[float, float] | None]:
    """Return pressures (nx, ny) [MPa] of a text, and the lengths of its pixels if it has them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    mark = next((m for m in (";", "\t", ",") if lines and m in lines[-1]), None)
    rows = [[cell.strip() for cell in line.rstrip(mark or "").split(mark)] for line in lines]
    head: list[str] = []
    if rows and all(_number(cell) is None for cell in rows[0]):
        head, rows = rows[0], rows[1:]
    if len(rows) < 2 or len({len(row) for row in rows}) != 1:
        lengths = sorted({len(row) for row in rows})
        raise one_mistake(
            PLACE, f"has {len(rows)} rows of {' or '.join(map(str, lengths))} numbers",
            "give rows of the same length",
        )  # fmt: skip
    values = np.empty((len(rows), len(rows[0])))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            number = _number(cell)
            if number is None:
                raise one_mistake(
                    PLACE, f"{cell!r} in row {i + 1} of the numbers is none",
                    "write numbers with a point, nan where nothing was measured",
                )  # fmt: skip
            values[i, j] = number
    if len(values[0]) == 3 and len(head) == 3:
        return _columns(values, head)
    found = _UNIT.search(" ".join(head))
    return values[::-1].T * _factor(found.group(1) if found else unit, "pressure"), None


def _columns(table: Array, head: Sequence[str]) -> tuple[Array, tuple[float, float]]:
    """Return the grid that columns x, y, pressure form."""
    units = [_UNIT.search(name) for name in head]
    if not all(units):
        raise one_mistake(
            PLACE, f"its columns are {', '.join(head)}", "write x [mm], y [mm], pressure [MPa]"
        )
    kinds = ("length", "length", "pressure")
    x, y, pressure = (
        table[:, k] * _factor(units[k].group(1), kinds[k])  # type: ignore[union-attr]
        for k in range(3)
    )
    axes = [np.unique(np.round(values, 3)) for values in (x, y)]
    steps = [np.diff(axis) for axis in axes]
    whole = len(axes[0]) * len(axes[1]) == len(table)
    if not whole or any(len(s) == 0 or np.ptp(s) > 0.02 * s.mean() for s in steps):
        raise one_mistake(
            PLACE, f"its {len(table)} places form no even grid", "give one row for each pixel"
        )
    grid = np.full((len(axes[0]), len(axes[1])), np.nan)
    at = [
        np.searchsorted(axis, np.round(values, 3))
        for axis, values in zip(axes, (x, y), strict=True)
    ]
    grid[at[0], at[1]] = pressure
    return grid, (float(steps[0].mean()), float(steps[1].mean()))


def _factor(unit: str, kind: str) -> float:
    return float(to_internal(f"1 {unit}", kind, place=f"{PLACE}.unit"))


def _number(cell: str) -> float | None:
    if cell.lower() in ("", "nan", "na", "-"):
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        return None


def _picture(file: Path, channel: str) -> Array:
    """Return shades from 0 to 255, (nx, ny)."""
    try:
        from PIL import Image
    except ImportError as error:
        raise EnvironmentProblem(
            "reading a picture needs Pillow; pip install 'interfacefem[plots]'"
        ) from error
    if channel != "grey" and channel not in COLOURS:
        raise one_mistake(
            f"{PLACE}.channel", f"{channel!r} is unknown", did_you_mean(channel, ["grey", *COLOURS])
        )
    try:
        with Image.open(file) as picture:
            shades = picture.convert("L" if channel == "grey" else "RGB")
            rows = np.asarray(shades, dtype=np.float64)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise one_mistake(
            PLACE, f"'{file}' is no picture that can be read", "give a PNG or TIFF file"
        ) from error
    shown: Array = rows if channel == "grey" else rows[..., COLOURS[channel]]
    return shown[::-1].T


def _shaded(shades: Array, scale: Mapping[int, Dimensional] | None) -> Array:
    """Return pressures of shades [MPa]."""
    if not isinstance(scale, Mapping) or len(scale) < 2:
        raise one_mistake(
            f"{PLACE}.scale", "has fewer than two shades",
            'write shades and pressures, such as scale={255: "0 MPa", 60: "50 MPa"}',
        )  # fmt: skip
    known = sorted(scale)
    reader = Scalar("pressure", at_least=0.0)
    pressures = [reader.read(scale[shade], f"{PLACE}.scale[{shade}]") for shade in known]
    steps = np.diff(pressures)
    if not ((steps > 0.0).all() or (steps < 0.0).all()):
        raise one_mistake(
            f"{PLACE}.scale", "its pressures turn back", "let them rise or fall with the shade"
        )
    most = known[int(np.argmax(pressures))]
    beyond = shades <= most if most == known[0] else shades >= most
    pressed = shades < known[-1] if most == known[0] else shades > known[0]
    part = beyond.sum() / max(int(pressed.sum()), 1)
    if part > SATURATED:
        raise one_mistake(
            f"{PLACE}.scale",
            f"ends at {max(pressures):g} MPa, and {part:.0%} of what is pressed is there or above",
            "take a film for higher pressures; a full film hides how uneven the pressure is",
        )
    found: Array = np.interp(shades, known, pressures)
    return found
