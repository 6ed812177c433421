# SPDX-License-Identifier: MIT
"""Topography: heights over a line or an area, with their size and how they were made.

Formulas between the samples are in ``shapes``, synthesis in ``generate``, changes in ``change``,
measures in ``measure``, filters in ``resample``, files in ``files``, recipes as text in ``recipe``.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from interfacefem.errors import SurfaceError
from interfacefem.quantities import spoken, user_path
from interfacefem.surfaces import change, cut, formats, measure
from interfacefem.surfaces import recipe as recipes
from interfacefem.surfaces.quantities import check_far
from interfacefem.surfaces.shapes import CosineSeries, FloatArray, Sampled, Shape
from interfacefem.surfaces.thumbnail import thumbnail
from interfacefem.units import Dimensional, to_internal

#: heights are compared and checksummed to this [um]; below, processors differ in the last digit
RESOLUTION = 1e-9


@dataclass(frozen=True, eq=False)
class Topography:
    """Heights over a line or an area.

    Samples lie on an even grid that includes both ends. Between the samples heights come from the
    formula the surface was made from, else from an interpolation.

    Attributes
    ----------
    heights : (n,) or (nx, ny) array [um]
        Read-only.
    size : tuple of float [um]
        One length for a line, two for an area.
    mirrored : bool
        Slopes vanish at the walls, so that side walls are smooth symmetry planes.
    recipe : dict
        How it was made, with units and seed, as plain values.
    shape : Shape, optional
        What is evaluated between the samples; a cubic interpolation if not given.

    Raises
    ------
    SurfaceError
        If heights are not finite or do not fit the size.
    """

    heights: FloatArray
    size: tuple[float, ...]
    mirrored: bool = False
    recipe: dict[str, object] = field(default_factory=dict, repr=False)
    shape: Shape | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        heights = np.array(self.heights, dtype=np.float64)
        size = tuple(float(length) for length in self.size)
        if heights.ndim not in (1, 2) or heights.ndim != len(size):
            raise SurfaceError(
                f"topography: heights of shape {heights.shape} do not fit {len(size)} length(s) "
                f"in size {size}; give (n,) heights for a line, (nx, ny) for an area"
            )
        if min(heights.shape) < 2:
            raise SurfaceError(
                f"topography: shape {heights.shape} has fewer than 2 samples in a direction; "
                "give at least both ends"
            )
        if not all(np.isfinite(length) and length > 0.0 for length in size):
            raise SurfaceError(f"topography: size {size} um must be positive and finite")
        if not np.isfinite(heights).all():
            place = tuple(int(i) for i in np.argwhere(~np.isfinite(heights))[0])
            raise SurfaceError(
                f"topography: height {heights[place]} at sample {place} "
                f"({np.count_nonzero(~np.isfinite(heights))} in all) is not finite; read or build "
                "it with fill_holes=True to close holes"
            )
        check_far(size, "topography")
        check_far(heights, "topography")
        heights.flags.writeable = False
        object.__setattr__(self, "heights", heights)
        object.__setattr__(self, "size", size)
        if self.shape is None:
            object.__setattr__(self, "shape", Sampled(heights, size, symmetric=self.mirrored))

    def in_brief(self) -> str:
        """Return kind and roughness in a few words."""
        kind = self.recipe.get("kind", "heights")
        return f"{kind}, rms {spoken(self.rms_height, 'length', digits=4)}"

    def __repr__(self) -> str:
        kind = self.recipe.get("kind", "heights")
        size = " x ".join(f"{length:g}" for length in self.size)
        points = " x ".join(str(n) for n in self.points)
        return (
            f"Topography({kind}, {size} um, {points} points, rms height {self.rms_height:.4g} um, "
            f"rms slope {self.rms_slope:.4g})"
        )

    def _repr_html_(self) -> str:
        return thumbnail(self.heights, repr(self))

    @functools.cached_property
    def checksum(self) -> str:
        """SHA-256 of size and heights, both to 1e-9 um, as hexadecimal digits."""
        digest = hashlib.sha256(repr(self.heights.shape).encode())
        for values in (np.asarray(self.size), self.heights):
            digest.update(np.rint(values / RESOLUTION).astype("<i8").tobytes())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Topography):
            return NotImplemented
        return self.checksum == other.checksum and self.mirrored == other.mirrored

    def __hash__(self) -> int:
        return hash((self.checksum, self.mirrored))

    # --- places -----------------------------------------------------------------------------

    @property
    def dimension(self) -> int:
        """1 for a line, 2 for an area."""
        return len(self.size)

    @property
    def points(self) -> tuple[int, ...]:
        """Samples per direction."""
        return tuple(self.heights.shape)

    @property
    def axes(self) -> tuple[FloatArray, ...]:
        """Sample coordinates per direction, both ends included [um]."""
        pairs = zip(self.size, self.points, strict=True)
        return tuple(np.linspace(0.0, length, n) for length, n in pairs)

    @property
    def x(self) -> FloatArray:
        """Sample coordinates along x [um]."""
        return self.axes[0]

    @property
    def y(self) -> FloatArray:
        """Sample coordinates along y of an area [um].

        Raises
        ------
        SurfaceError
            For a line.
        """
        if self.dimension == 1:
            raise SurfaceError("topography: a line has no y; use x")
        return self.axes[1]

    @property
    def spacing(self) -> tuple[float, ...]:
        """Distance of samples per direction [um]."""
        return tuple(length / (n - 1) for length, n in zip(self.size, self.points, strict=True))

    @property
    def short_cutoff(self) -> float | None:
        """Shortest wavelength the surface was made or filtered with [um], if it is known."""
        recipe: dict[str, Any] = self.recipe
        steps = [recipe, *recipe.get("then", ())]
        known = [step.get(key) for step in steps for key in ("short_cutoff", "cutoff", "short")]
        known.append(recipe.get("cutoffs", {}).get("short"))
        found = [to_internal(k, "length", place="short_cutoff") for k in known if k is not None]
        return max(found, default=None)

    @property
    def long_cutoff(self) -> float | None:
        """Longest wavelength of the self-affine range [um], if it is known."""
        recipe: dict[str, Any] = self.recipe
        known = recipe.get("long_cutoff", recipe.get("cutoffs", {}).get("long"))
        return None if known is None else to_internal(known, "length", place="long_cutoff")

    def _inside(self, coordinates: tuple[Any, ...]) -> list[FloatArray]:
        if len(coordinates) != self.dimension:
            raise SurfaceError(
                f"topography: {len(coordinates)} coordinate(s) given for "
                f"{'a line' if self.dimension == 1 else 'an area'}; give {self.dimension}"
            )
        result = []
        for name, length, values in zip("xy", self.size, coordinates, strict=False):
            place = np.asarray(values, dtype=np.float64)
            slack = 1e-9 * length
            outside = ~((place >= -slack) & (place <= length + slack))
            if outside.any():
                first = np.atleast_1d(place)[np.atleast_1d(outside)][0]
                raise SurfaceError(
                    f"topography: {name} = {first:g} um is outside 0 to {length:g} um; "
                    "evaluate between the walls"
                )
            result.append(np.clip(place, 0.0, length))
        return [np.asarray(c) for c in np.broadcast_arrays(*result)]

    def at(self, *coordinates: npt.ArrayLike) -> FloatArray:
        """Heights at points [um]: exact where the surface has a formula, else interpolated.

        Parameters
        ----------
        *coordinates : float or array [um]
            ``x`` of a line, ``x, y`` of an area, between the walls.

        Returns
        -------
        array of the coordinates' shape [um]

        Raises
        ------
        SurfaceError
            Outside the walls, or with the wrong number of coordinates.
        """
        return self.formula.height(*self._inside(coordinates))

    def slope_at(self, *coordinates: npt.ArrayLike) -> FloatArray | tuple[FloatArray, ...]:
        """Slope at points [-].

        Parameters
        ----------
        *coordinates : float or array [um]

        Returns
        -------
        array, or for an area a pair of arrays
            ``dh/dx`` and, for an area, ``dh/dy``.
        """
        slopes = self.formula.gradient(*self._inside(coordinates))
        return slopes[0] if self.dimension == 1 else slopes

    @property
    def formula(self) -> Shape:
        """What is evaluated between the samples; never missing."""
        return cast(Shape, self.shape)

    # --- measures ---------------------------------------------------------------------------

    @property
    def mean_height(self) -> float:
        """Mean height [um]."""
        return measure.mean_height(self.heights)

    @property
    def rms_height(self) -> float:
        """Root mean square height about the mean [um]; exact for a cosine series."""
        if isinstance(self.shape, CosineSeries):
            return self.shape.rms_height()
        return measure.rms_height(self.heights)

    @property
    def rms_slope(self) -> float:
        """Root mean square slope [-]; of the gradient's length for an area.

        Exact for a cosine series, otherwise of the straight pieces between samples.
        """
        if isinstance(self.shape, CosineSeries):
            return self.shape.rms_slope()
        return measure.rms_slope(self.heights, self.size)

    def power_spectrum(self) -> measure.PowerSpectrum:
        """Power spectral density, see :func:`interfacefem.surfaces.measure.power_spectrum`."""
        return measure.power_spectrum(self.heights, self.size)

    def bearing_curve(self) -> measure.BearingCurve:
        """Abbott-Firestone curve, see :func:`interfacefem.surfaces.measure.bearing_curve`."""
        return measure.bearing_curve(self.heights)

    # --- changes: what they do exactly is in ``change`` and ``cut``
    # ---------------------------------------

    def scaled(
        self,
        *,
        rms_height: Dimensional | None = None,
        rms_slope: float | None = None,
        factor: float | None = None,
    ) -> Topography:
        """Return the surface with heights multiplied about height 0.

        Give exactly one of ``rms_height`` [um], ``rms_slope`` [-] and ``factor`` [-]; ``-1`` turns
        the surface over. See :func:`interfacefem.surfaces.change.scaled`.
        """
        return change.scaled(self, rms_height=rms_height, rms_slope=rms_slope, factor=factor)

    def levelled(self, form: measure.Form = "plane") -> Topography:
        """Return the surface less its least-squares ``mean``, ``plane`` or ``quadratic``.

        This is the F-operation of ISO 25178-2, elsewhere called detrending. It is the only one that
        takes a tilt or a form off; :meth:`filtered` takes waves off.
        """
        return change.levelled(self, form)

    def resampled(
        self,
        points: int | tuple[int, ...],
        *,
        filter: change.Filter = "none",
        cutoff: Dimensional | None = None,
    ) -> Topography:
        """Return the surface on other points, filtered as stated.

        ``filter`` is ``none``, ``gaussian`` (ISO 16610-21) or ``cosine`` (sharp); ``cutoff`` is its
        wavelength [um]. See :func:`interfacefem.surfaces.change.resampled`.
        """
        return change.resampled(self, points, filter=filter, cutoff=cutoff)

    def symmetrised(self, cutoff: Dimensional | None = None) -> Topography:
        """Return a mirror-symmetric surface through the same samples.

        With a ``cutoff`` [um] only its waves down to that wavelength are kept. See
        :func:`interfacefem.surfaces.change.symmetrised`.
        """
        return change.symmetrised(self, cutoff)

    def filtered(
        self, *, short: Dimensional | None = None, long: Dimensional | None = None
    ) -> Topography:
        """Return the surface after an S-filter (``short``) and an L-filter (``long``) [um]."""
        return change.filtered(self, short=short, long=long)

    def crop(self, *, x: cut.Span = None, y: cut.Span = None) -> Topography:
        """Return the part between two places, e.g. ``x=("2 um", "10 um")``, and in y as well."""
        return cut.crop(self, x=x, y=y)

    def patches(self, count: int | tuple[int, ...]) -> list[Topography]:
        """Return so many parts of one size per direction, side by side."""
        return cut.patches(self, count)

    def profile(self, *, axis: str = "x", at: Dimensional) -> Topography:
        """Cut a line along ``axis`` from an area, ``at`` [um] of the other direction."""
        return cut.profile(self, axis=axis, at=at)

    # --- files and text ---------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write heights, size, series and recipe to an npz file; see :meth:`load`.

        Returns
        -------
        Path
            The file, with the ending ``.npz``.
        """
        return formats.save(self, user_path(path, "surface", SurfaceError))

    @classmethod
    def load(cls, path: str | Path) -> Topography:
        """Read a file that :meth:`save` wrote.

        Raises
        ------
        SurfaceError
            If the file is missing, of another kind, or its heights were changed.
        """
        return formats.load(user_path(path, "surface", SurfaceError), cls)

    def to_dict(self, folder: str | Path | None = None) -> dict[str, object]:
        """Return the recipe with the checksum, as plain values for JSON and TOML.

        Parameters
        ----------
        folder : str or Path, optional
            Where measured heights are written as npz, so that the folder can be moved. Without it
            a file is named as it was read, and an array's heights are listed, up to 4096.

        Raises
        ------
        SurfaceError
            If too many heights would be listed.
        """
        return recipes.to_dict(self, None if folder is None else Path(folder))

    @classmethod
    def from_dict(
        cls, data: Mapping[str, object], *, folder: str | Path | None = None, place: str = "surface"
    ) -> Topography:
        """Make a surface from its recipe; the checksum, if given, must agree.

        Parameters
        ----------
        data : mapping
        folder : str or Path, optional
            Files in the recipe are looked for here; the working folder if not given.
        place : str
            Where the recipe stands, for messages.

        Raises
        ------
        SurfaceError, UnitError
            If a key is unknown or missing, a value has no unit, or the checksum differs.
        """
        return recipes.from_dict(data, Path() if folder is None else Path(folder), place)
