# SPDX-License-Identifier: MIT
"""Where two flat faces touch, said beforehand: an array, a picture, round spots or strips.

A map says which share of each place is in contact. Numpy only; what the nodes of a mesh make of it
is in :mod:`interfacefem.fem.current.cover`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from interfacefem.contact.numbers import FITS
from interfacefem.errors import CaseError, EnvironmentProblem
from interfacefem.fields import ShownData
from interfacefem.quantities import AnyPath, Scalar, is_file, one_mistake, user_path
from interfacefem.units import Dimensional

FloatArray = npt.NDArray[np.float64]
#: one length, or one for each direction
Lengths = Dimensional | Sequence[Dimensional]

PLACE = "contact map"
LENGTH = Scalar("length", above=0.0)
COORDINATE = Scalar("length")
#: white in pictures of 8 and of 16 bits
WHITE = {"L": 255.0, "I;16": 65535.0, "I;16B": 65535.0, "I": 65535.0}


class Shape(Protocol):
    """What a contact map is made of.

    Attributes
    ----------
    dimension : int
        Of the face: 1 for the line of a section, 2 for an area.
    detail : float
        Smallest part [um].
    """

    @property
    def dimension(self) -> int:
        """Of the face: 1 for the line of a section, 2 for an area."""
        ...

    @property
    def detail(self) -> float:
        """Smallest part [um]."""
        ...

    def problem(self, extent: tuple[float, ...]) -> tuple[str, str] | None:
        """Return what does not fit a face of this extent [um], and the remedy."""
        ...

    def at(self, places: FloatArray) -> FloatArray:
        """Return the share in contact at places (n, dimension) [um], (n,)."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class Pixels(ShownData):
    """Shares on even pixels that fill the face.

    Attributes
    ----------
    shares : (nx,) or (nx, ny) array
        0 to 1.
    size : tuple of float
        Of the face [um].
    """

    shares: FloatArray
    size: tuple[float, ...]

    @property
    def dimension(self) -> int:
        """Of the face."""
        return self.shares.ndim

    @property
    def detail(self) -> float:
        """Length of a pixel [um]."""
        pixel = np.divide(self.size, self.shares.shape)
        return float(pixel.min())

    def problem(self, extent: tuple[float, ...]) -> tuple[str, str] | None:
        """Return what does not fit; see :class:`Shape`."""
        if np.allclose(self.size, extent, rtol=FITS, atol=0.0):
            return None
        return (
            f"is {_by(self.size)} large, the face {_by(extent)}",
            f'give size="{extent[0]:.6g} um", or a stack as wide as the map',
        )

    def at(self, places: FloatArray) -> FloatArray:
        """Return the share of the pixel at each place; see :class:`Shape`."""
        pixel = np.divide(self.size, self.shares.shape)
        index = np.clip((places / pixel).astype(np.int64), 0, np.array(self.shares.shape) - 1)
        found: FloatArray = self.shares[tuple(index.T)]
        return found


@dataclass(frozen=True, eq=False, repr=False)
class Balls(ShownData):
    """Round spots on an area, or strips on the line of a section.

    Attributes
    ----------
    centres : (k, dimension) array
        [um].
    radii : (k,) array
        Half of the width of strips [um].
    """

    centres: FloatArray
    radii: FloatArray

    @property
    def dimension(self) -> int:
        """Of the face."""
        return int(self.centres.shape[1])

    @property
    def detail(self) -> float:
        """Smallest radius [um]."""
        return float(self.radii.min())

    def problem(self, extent: tuple[float, ...]) -> tuple[str, str] | None:
        """Return what does not fit; see :class:`Shape`."""
        outside = ((self.centres < 0.0) | (self.centres > extent)).any(axis=1)
        if not outside.any():
            return None
        worst = int(np.argmax(outside))
        place = ", ".join(f"{value:.6g}" for value in self.centres[worst])
        return (
            f"part {worst} at ({place}) um lies outside of the face of {_by(extent)}",
            "give centres between 0 and the size of the face; at a wall a part is mirrored",
        )

    def at(self, places: FloatArray) -> FloatArray:
        """Return one inside of a spot or strip and zero elsewhere; see :class:`Shape`."""
        low, high = places.min(axis=0), places.max(axis=0)
        away = np.maximum(np.maximum(low - self.centres, self.centres - high), 0.0)
        inside = np.zeros(len(places), dtype=bool)
        for part in np.flatnonzero((away**2).sum(axis=1) <= self.radii**2):
            distance = ((places - self.centres[part]) ** 2).sum(axis=1)
            inside |= distance <= self.radii[part] ** 2
        return inside.astype(np.float64)


@dataclass(frozen=True, eq=False, repr=False)
class ContactMap(ShownData):
    """Where the two faces of a flat interface touch.

    Make one with :meth:`from_array`, :meth:`read`, :meth:`spots` or :meth:`strips`.

    Attributes
    ----------
    shape : Pixels or Balls
        What it is made of.
    """

    shape: Shape

    @classmethod
    def from_array(cls, shares: npt.ArrayLike, size: Lengths) -> ContactMap:
        """Make a map from an array of pixels.

        Parameters
        ----------
        shares : (nx,) or (nx, ny) array
            Share of each pixel in contact, 0 to 1, or truth values; the first index runs along x,
            the second along y. One direction for a section, two for an area.
        size : str, pint.Quantity, float, or a sequence of two
            Of the whole map [um]. One length is that along x; pixels are then square.

        Raises
        ------
        UnitError, CaseError
            If the array is no line or area, has no contact at all or a share outside of 0 to 1, or
            the size has no unit or does not fit it.
        """
        array = np.asarray(shares)
        if array.dtype.kind not in "biuf" or array.ndim not in (1, 2) or array.size == 0:
            raise one_mistake(
                PLACE,
                f"shares are {array.dtype} of shape {array.shape}",
                "give numbers or truth values, (nx,) for a section or (nx, ny) for an area",
            )
        values = array.astype(np.float64)
        bad = ~((values >= 0.0) & (values <= 1.0))
        if bad.any():
            where = tuple(int(i) for i in np.argwhere(bad)[0])
            raise one_mistake(
                PLACE,
                f"share {float(values[where]):g} at {where} is outside of 0 to 1",
                "give the part of each pixel that is in contact",
            )
        if not values.any():
            raise _open()
        lengths = _lengths(size, "size")
        if len(lengths) == 1 and values.ndim == 2:
            lengths = (lengths[0], lengths[0] * values.shape[1] / values.shape[0])
        if len(lengths) != values.ndim:
            raise one_mistake(
                f"{PLACE}.size",
                f"has {len(lengths)} lengths for an array of shape {values.shape}",
                "give one length, or one for each direction",
            )
        return cls(Pixels(values, lengths))

    @classmethod
    def read(
        cls,
        path: AnyPath,
        *,
        size: Lengths | None = None,
        pixel: Dimensional | None = None,
        contact: Literal["dark", "bright"] = "dark",
        threshold: float | None = None,
    ) -> ContactMap:
        """Read a picture; its scale is that of the whole or of a pixel.

        Parameters
        ----------
        path : str or path
            PNG, TIFF, JPEG, ... Its rows run from the top, where y is largest. Colours count by
            their brightness.
        size : str, pint.Quantity, float, or a sequence of two, optional
            Of the whole picture [um]; one length is its width.
        pixel : str, pint.Quantity or float, optional
            Length of a pixel [um], in place of ``size``.
        contact : {"dark", "bright"}
            What is in contact; shades between black and white are shares.
        threshold : float, optional
            Share from which a pixel is wholly in contact, and below which it is not at all.

        Raises
        ------
        UnitError, CaseError
            If the picture cannot be read, shows no contact, or has no scale.
        EnvironmentProblem
            If Pillow is missing.
        """
        try:
            from PIL import Image
        except ImportError as error:
            raise EnvironmentProblem(
                "reading a picture needs Pillow; pip install 'interfacefem[plots]'"
            ) from error
        if contact not in ("dark", "bright"):
            raise one_mistake(
                f"{PLACE}.contact", f"{contact!r} is unknown", 'write "dark" or "bright"'
            )
        file = user_path(path, PLACE)
        try:
            with Image.open(file) as picture:
                grey = picture if picture.mode in WHITE else picture.convert("L")
                rows = np.asarray(grey, dtype=np.float64) / WHITE[grey.mode]
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            said = "is no picture that can be read" if is_file(file) else "is not there"
            raise one_mistake(PLACE, f"'{file}' {said}", "give a PNG or TIFF file") from error
        shares = (rows if contact == "bright" else 1.0 - rows)[::-1].T
        if threshold is not None:
            limit = Scalar("dimensionless", above=0.0).read(threshold, f"{PLACE}.threshold")
            shares = (shares >= limit).astype(np.float64)
        if (size is None) == (pixel is None):
            raise one_mistake(
                f"{PLACE}.size",
                f"and pixel are {'both' if size is not None else 'not'} given",
                'give one of them, such as size="50 um"',
            )
        if pixel is not None:
            side = LENGTH.read(pixel, f"{PLACE}.pixel")
            return cls.from_array(shares, tuple(side * count for count in shares.shape))
        return cls.from_array(shares, _lengths(size, "size"))

    @classmethod
    def spots(cls, spots: Sequence[tuple[Dimensional, Dimensional, Dimensional]]) -> ContactMap:
        """Make a map of round spots on an area.

        Parameters
        ----------
        spots : sequence of (x, y, radius)
            [um], x and y from the corner of the face. The walls mirror: a spot in the corner stands
            for a whole one, of which the stack has a quarter. Spots may overlap.

        Raises
        ------
        UnitError, CaseError
            If a number has no unit or a radius is not positive.
        """
        return cls(_balls(spots, ("x", "y", "radius"), "spots", 1.0))

    @classmethod
    def strips(cls, strips: Sequence[tuple[Dimensional, Dimensional]]) -> ContactMap:
        """Make a map of strips on the line of a section.

        Parameters
        ----------
        strips : sequence of (x, width)
            [um], x of the middle from the left wall. The walls mirror.

        Raises
        ------
        UnitError, CaseError
            If a number has no unit or a width is not positive.
        """
        return cls(_balls(strips, ("x", "width"), "strips", 0.5))

    def at(self, places: npt.ArrayLike) -> FloatArray:
        """Return the share in contact at places of the face.

        Parameters
        ----------
        places : (n, dimension) array
            [um].

        Returns
        -------
        (n,) array
            0 to 1.
        """
        return self.shape.at(np.asarray(places, dtype=np.float64).reshape(-1, self.shape.dimension))

    def require_fit(self, extent: Sequence[float], place: str) -> None:
        """Refuse a map that does not belong on a face.

        Parameters
        ----------
        extent : sequence of float
            Of the face [um].
        place : str
            Of the map, for the message.

        Raises
        ------
        CaseError
            If it is of another dimension or size, or a part of it outside.
        """
        size = tuple(float(length) for length in extent)
        if len(size) != self.shape.dimension:
            kinds = {1: "the line of a section", 2: "an area"}
            raise one_mistake(
                place,
                f"is one of {kinds[self.shape.dimension]}, but the face is {kinds[len(size)]}",
                f"give {'spots or pixels along x and y' if len(size) == 2 else 'strips or a line'}",
            )
        found = self.shape.problem(size)
        if found is not None:
            raise one_mistake(place, *found)


def _balls(
    parts: Sequence[Sequence[Dimensional]], names: tuple[str, ...], kind: str, half: float
) -> Balls:
    rows = []
    for number, part in enumerate(parts):
        place = f"{PLACE}.{kind}[{number}]"
        if isinstance(part, str) or not isinstance(part, Sequence) or len(part) != len(names):
            raise one_mistake(place, f"{part!r} is none", f"give ({', '.join(names)})")
        scalars = [*[COORDINATE] * (len(names) - 1), LENGTH]
        rows.append(
            [
                scalar.read(value, f"{place}.{name}")
                for scalar, value, name in zip(scalars, part, names, strict=True)
            ]
        )
    if not rows:
        raise _open()
    table = np.array(rows, dtype=np.float64)
    return Balls(table[:, :-1], half * table[:, -1])


def _lengths(size: object, key: str) -> tuple[float, ...]:
    several = isinstance(size, Sequence) and not isinstance(size, str)
    values: Sequence[object] = size if several else (size,)  # type: ignore[assignment]
    return tuple(LENGTH.read(value, f"{PLACE}.{key}") for value in values)


def _open() -> CaseError:
    return one_mistake(
        PLACE, "has no contact at all, so no current can pass", "give at least one place"
    )


def _by(size: Sequence[float]) -> str:
    return " by ".join(f"{length:.6g}" for length in size) + " um"
