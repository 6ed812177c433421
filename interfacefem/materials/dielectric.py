# SPDX-License-Identifier: MIT
r"""What a material is for alternating currents: grains and their boundaries in series.

.. math::

   \frac{1}{a} = \frac{1}{\sigma_b + i \omega \epsilon_0 \epsilon_b}
   + \frac{1}{\sigma_g + i \omega \epsilon_0 \epsilon_g} , \qquad
   \sigma_b = \frac{\sigma}{1 - x} , \quad \sigma_g = \frac{\sigma}{x}

with the conductivity :math:`\sigma` that a steady current sees and the share x of the boundaries in
its resistance. The permittivity of the boundaries is that of the whole layer, as measured: many
times that of the matter in them, as they are thin (brick-layer model). Without a share there are no
boundaries, without a permittivity no capacitance.

References
----------
Irvine, Sinclair and West (1990), 10.1002/adma.19900020304 (which capacitance belongs to what).
van Dijk and Burggraaf (1981), 10.1002/pssa.2210630131 (brick-layer model).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import attrs
import numpy as np

from interfacefem.errors import MaterialError
from interfacefem.fields import Described, number, placed, quantity
from interfacefem.materials.value import PROPERTIES, Value
from interfacefem.units import KINDS, ROOM

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.materials.material import Material

    Array = npt.NDArray[np.float64]
    ComplexArray = npt.NDArray[np.complex128]

#: vacuum permittivity, [F/m] and [uA s/(V um)] alike (CODATA 2018)
VACUUM = 8.8541878128e-12

_WEST = "Irvine, Sinclair and West (1990), 10.1002/adma.19900020304: table of capacitances"

#: of two faces that touch [uA s/(V um^2)]
DOUBLE_LAYER = Value(
    1e-8, KINDS["capacitance_per_area"][0], 1e-9, 1e-7, ROOM, _WEST, "L", True,
    "recalled, not read: 1e-7 to 1e-5 F/cm^2 between sample and electrode; the middle of the "
    "decades, of no particular pair of materials",
)  # fmt: skip
#: of the grain boundaries of a layer [-]
GRAIN_BOUNDARY_PERMITTIVITY = Value(
    3.6e3, "", 1.1e2, 1.1e5, ROOM, _WEST, "L", True,
    "recalled, not read: 1e-11 to 1e-8 F of a cube of 1 cm; the middle of the decades",
)  # fmt: skip


def _optional(key: str) -> float | None:
    limits = {name: getattr(PROPERTIES[key], name) for name in ("above", "at_least", "below")}
    made: float | None = attrs.field(
        default=None, converter=quantity, metadata=number("dimensionless", **limits)
    )
    return made


@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class Dielectric(Described):
    """Capacitances of a layer, and what of its resistance is in grain boundaries.

    Attributes
    ----------
    relative_permittivity : float, optional
        Of the grains [-]; without one they have no capacitance.
    grain_boundary_share : float, optional
        Part of the resistance that is in the grain boundaries [-]; none without.
    grain_boundary_permittivity : float, optional
        Of the grain boundaries, with respect to the whole layer [-]; an estimate if not given.

    Raises
    ------
    MaterialError
        If a value is out of range.
    """

    RAISES: ClassVar[type[MaterialError]] = MaterialError

    relative_permittivity: float | None = _optional("relative_permittivity")
    grain_boundary_share: float | None = _optional("grain_boundary_share")
    grain_boundary_permittivity: float | None = _optional("grain_boundary_permittivity")

    @classmethod
    def of(cls, material: Material) -> Dielectric:
        """Return what a material states."""
        records = dict(material.records)
        return cls(**{
            key: records[key].value if key in records else None
            for key in attrs.fields_dict(cls)
        })  # fmt: skip

    @property
    def share(self) -> float:
        """Part of the resistance that is in the grain boundaries, zero without [-]."""
        return self.grain_boundary_share or 0.0

    def relaxation(self, conductivity: float) -> tuple[float, float]:
        """Return the frequencies at which grains and boundaries relax, infinite without [Hz].

        Parameters
        ----------
        conductivity : float
            For a steady current [uA/(V um)].
        """
        found = []
        for part, permittivity in self._parts:
            own = permittivity * VACUUM * part
            found.append(conductivity / (2.0 * np.pi * own) if own > 0.0 else np.inf)
        return found[0], found[1]

    def admittivity(self, conductivity: float, frequency: Array) -> ComplexArray:
        """Return the admittivity at frequencies [uA/(V um)].

        Parameters
        ----------
        conductivity : float
            For a steady current [uA/(V um)].
        frequency : (n,) array
            [Hz].

        Returns
        -------
        (n,) complex array
            Exactly the conductivity at zero frequency.
        """
        omega = 2.0 * np.pi * np.asarray(frequency, dtype=np.float64)
        # of a conductivity of one
        each = [
            part / (1.0 + 1j * omega * VACUUM * permittivity * part / conductivity)
            for part, permittivity in self._parts
        ]
        return np.asarray(conductivity / (each[0] + each[1]), dtype=np.complex128)

    @property
    def _parts(self) -> Sequence[tuple[float, float]]:
        """Share of the resistance and permittivity of grains and of boundaries [-]."""
        boundary = self.grain_boundary_permittivity or GRAIN_BOUNDARY_PERMITTIVITY.value
        return (1.0 - self.share, self.relative_permittivity or 0.0), (self.share, boundary)
