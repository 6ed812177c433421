# SPDX-License-Identifier: MIT
r"""A film on a metal that must be broken before a current passes: where, and what it costs.

Lithium carries a film of hydroxide, carbonate and oxide, and so do garnets that have seen air. It
breaks where contact pressure p and growth of the face's area :math:`\epsilon = A/A_0 - 1` reach

.. math:: \max \left( p / p_b, \; \epsilon / \epsilon_b \right) > 1

at any time, and stays broken. The broken part conducts as the clean interface. The
part that is whole lets nothing pass, or has a resistance in series with that of the interface.

A press alone pierces a film when it reaches the hardness of the film; where soft lithium flows
under it, the film is stretched and cracks long before, as in cold welding. Nobody has measured
either for the native film on lithium in a pressed cell, so neither has a default.

What the state of a film is remembered by is in :mod:`interfacefem.fem.contact.films`. Numpy only.

References
----------
Bay (1983), Weld. J. 62, 137s (cold welding: cover layers crack as the face is stretched).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from interfacefem.contact.base import FilmPoints, SurfaceFilm, law, parameter
from interfacefem.errors import MaterialError
from interfacefem.fields import placed

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@law("threshold film")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class Film(SurfaceFilm):
    """A film that breaks at a contact pressure, or at a strain of the face it lies on.

    It lies on the face of the metal; of two metals or two electrolytes on the softer one.

    Attributes
    ----------
    breaks_at : float or None
        Contact pressure that breaks it [MPa]. Its hardness is what it takes without any flow under
        it: about 0.6 GPa for hydroxide and carbonate of lithium, a value from memory without a
        source that was confirmed.
    breaks_at_strain : float or None
        Growth of the area of the face that cracks it [-].
    resistance : float or None
        Area resistance where it is whole, in series with that of the interface [V um^2/uA]; if not
        given nothing passes there.

    Raises
    ------
    MaterialError
        If nothing says what breaks it, or a value is out of range.
    """

    breaks_at: float | None = parameter("pressure", default=None, above=0.0)
    breaks_at_strain: float | None = parameter("dimensionless", default=None, above=0.0)
    resistance: float | None = parameter("area_resistance", default=None, above=0.0)

    def __attrs_post_init__(self) -> None:
        """Refuse a film that nothing breaks."""
        if self.breaks_at is None and self.breaks_at_strain is None:
            raise MaterialError(
                "film: nothing says what breaks it; give breaks_at, e.g. '20 MPa', or "
                "breaks_at_strain, e.g. 0.1"
            )

    @property
    def uses_strain(self) -> bool:  # type: ignore[override]
        """Whether it asks for the strain of the face."""
        return self.breaks_at_strain is not None

    @property
    def whole_resistance(self) -> float:
        """Area resistance of a film that is not broken [V um^2/uA]; infinite: nothing passes."""
        return math.inf if self.resistance is None else self.resistance

    def margin(self, points: FilmPoints) -> Array:
        """Return by how much it is beyond what breaks it; see :class:`SurfaceFilm`."""
        found = np.full(len(points.pressure), -1.0)
        if self.breaks_at is not None:
            found = np.maximum(found, points.pressure / self.breaks_at - 1.0)
        if self.breaks_at_strain is not None:
            found = np.maximum(found, points.strain / self.breaks_at_strain - 1.0)
        return found


def in_series(
    clean: Array, share: Array, broken: Array, whole_resistance: float
) -> tuple[Array, Array]:
    """Return area resistance and conducting share of places with a film.

    Parameters
    ----------
    clean : (n,) array
        Area resistance without a film [V um^2/uA].
    share : (n,) array
        Part of the area that would conduct without it.
    broken : (n,) array
        Part of the film that is broken.
    whole_resistance : float
        Of the film where it is whole; infinite where nothing passes [V um^2/uA].

    Returns
    -------
    resistance : (n,) array
        Of the share that conducts; infinite where nothing does [V um^2/uA].
    share : (n,) array
    """
    if math.isinf(whole_resistance):
        left = share * broken
        return np.where(left > 0.0, clean, np.inf), left
    with np.errstate(divide="ignore", invalid="ignore"):
        through = np.where(broken > 0.0, broken / clean, 0.0)
        mixed = 1.0 / (through + (1.0 - broken) / (clean + whole_resistance))
    return np.where(broken == 1.0, clean, mixed), share
