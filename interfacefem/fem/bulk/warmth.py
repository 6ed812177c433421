# SPDX-License-Identifier: MIT
r"""Temperature of the bodies: the numbers of their laws at it, and strain that no stress makes.

The deformation gradient is :math:`F = F_e F_p F_{th}` with the isotropic :math:`F_{th} = e^\theta
I` and :math:`\theta = \alpha (T - T_f)`: the logarithmic strain of a free body, from the
temperature :math:`T_f` at which it was laid into the press. Since it is isotropic, it commutes with
the rest: the inverse plastic tensor that the points are given is :math:`e^{-2\theta} C_p^{-1}`, and
no law needs to know of heat. What is stored as :math:`C_p^{-1}` is without it.

A section in plane strain may shrink out of its plane, uniformly: by the logarithmic strain
``depth``, the stretch that its points do not know of. It is given to them in the same way, along
that axis alone. Forces then are per depth before the press.

Both belong to the accepted state. An increment may end with others, which are tried and
then accepted with all else. The points are in :mod:`interfacefem.fem.bulk.bodies`.

References
----------
Lu and Pister (1975), 10.1016/0020-7683(75)90015-3 (split into thermal and elastic deformation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.materials.points import law_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk.dilatation import Dilatation
    from interfacefem.fem.bulk.quadrature import Quadrature, ReducedQuadrature
    from interfacefem.materials.base import Law

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Warmth:
    """Temperature of all bodies, uniform, and what of them it decides.

    Parameters
    ----------
    laws : sequence of Law
        One a body.
    temperature : float
        At the beginning, at which all bodies are free of thermal strain [K].
    expansions : sequence of float, optional
        Coefficients of linear thermal expansion by body [1/K]; zero if not given.

    Attributes
    ----------
    table : LawTable
        Its rows are those of the temperature that is tried.
    temperature : float
        Accepted [K].
    tried : float
        That of the increment being solved [K].
    depth, depth_tried : float
        Strain out of the plane, accepted and tried [-].
    free : (bodies,) array
        Temperature at which each body has no thermal strain; not a number for bodies that are not
        in the press, which have none at all [K].
    """

    def __init__(
        self, laws: Sequence[Law], temperature: float, expansions: Sequence[float] | None = None
    ) -> None:
        self._laws = laws
        self._expansions = np.zeros(len(laws)) if expansions is None else np.array(expansions)
        self.table = law_table(laws, temperature)
        self.temperature = self.tried = float(temperature)
        self.free = np.full(len(laws), self.temperature)
        self.depth = self.depth_tried = 0.0

    def join(
        self,
        mean: Dilatation | ReducedQuadrature,
        full: Quadrature,
        cells: IntArray,
        points: IntArray,
    ) -> None:
        """Join the rules that respond to it, and the body of each cell and of each point."""
        self._mean, self._full, self._cells, self._points = mean, full, cells, points
        self._before = np.zeros(len(cells)), np.zeros(len(points)), np.zeros(len(points))

    def attempt(self, temperature: float | None = None, depth: float | None = None) -> None:
        """Try a temperature [K] and a strain out of the plane; the accepted ones if None."""
        wanted = self.temperature if temperature is None else float(temperature)
        strain = self.depth if depth is None else depth
        if (wanted, strain) != (self.tried, self.depth_tried):
            self.depth_tried = strain
            self._go(wanted)

    def _go(self, temperature: float) -> None:
        self.tried = temperature
        self.table.rows[:] = law_table(self._laws, temperature).rows
        self._retune()

    def settle(self, temperature: float) -> None:
        """Go to a temperature [K] at which all bodies become free of thermal strain."""
        self.temperature = float(temperature)
        self.free[~np.isnan(self.free)] = self.temperature
        self._go(self.temperature)

    def lay(self, bodies: Sequence[int]) -> None:
        """Say which bodies are in the press; those that are new are free of thermal strain."""
        before = self.free.copy()
        self.free[:] = np.nan
        for body in bodies:
            self.free[body] = self.temperature if np.isnan(before[body]) else before[body]
        self._retune()

    def _retune(self) -> None:
        law = self._cells
        self._mean.retune(self.table.mean_moduli[law], self.swelling[law])

    @property
    def strain(self) -> Array:
        """Logarithmic thermal strain of each body at the temperature that is tried (bodies,)."""
        return self._strain(self.tried)

    @property
    def swelling(self) -> Array:
        """Logarithm of the volume that points do not know of: heat has added it (bodies,)."""
        return 3.0 * self.strain - self.depth_tried

    def _strain(self, temperature: float) -> Array:
        return self._expansions * np.nan_to_num(temperature - self.free)

    def added(self, cp_inverse: Array, own: slice) -> Array:
        """Return inverse plastic tensors of some of all points with thermal strain."""
        return self._scaled(cp_inverse[own], own, 1.0)

    def removed(self, cp_inverse: Array, own: slice) -> Array:
        """Return the tensors of :meth:`added`, of those points alone, without thermal strain."""
        return self._scaled(cp_inverse, own, -1.0)

    def _scaled(self, tensor: Array, own: slice, power: float) -> Array:
        strain = self.strain
        if not strain.any() and self.depth_tried == 0.0:
            return tensor
        scaled: Array = tensor * np.exp(-2.0 * power * strain)[self._points[own], None]
        scaled[:, 2] *= np.exp(2.0 * power * self.depth_tried)
        return scaled

    def note(self, kirchhoff: Array) -> None:
        """Note the stress before the increment; ``kirchhoff`` is that at the points [MPa]."""
        self._before = self._stresses(kirchhoff)

    def accept(self, kirchhoff: Array) -> float:
        """Take over what was tried, and return the work of the strain that it makes.

        It is that against the mean of the stress noted and of the one at the end, over the volume
        before the press, and exact where stress changes in proportion; zero where nothing swells.
        """
        grown = 3.0 * (self.strain - self._strain(self.temperature))
        deeper = self.depth_tried - self.depth
        self.temperature, self.depth = self.tried, self.depth_tried
        if not grown.any() and deeper == 0.0:
            return 0.0
        ends = self._before, self._stresses(kirchhoff)
        cell, mean, across = (0.5 * (before + now) for before, now in zip(*ends, strict=True))
        cells = (deeper - grown[self._cells]) * cell
        points = deeper * across - grown[self._points] * mean
        return self._mean.integral(cells) + self._full.integral(points)

    def _stresses(self, kirchhoff: Array) -> tuple[Array, Array, Array]:
        """Return the mean stress of cells, and at points theirs and that along the third axis.

        Points have the mean stress where their law is coupled, and else only the deviator [MPa].
        """
        coupled = self.table.coupled[self._points]
        mean = coupled * kirchhoff[:, :3].sum(axis=1) / 3.0
        return self._mean.pressure.copy(), mean, kirchhoff[:, 2].copy()

    def stored(self) -> dict[str, Array]:
        """Return what is accepted as arrays."""
        return {
            "temperature": np.array(self.temperature),
            "free_temperatures": self.free.copy(),
            "depth": np.array(self.depth),
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`."""
        self.temperature = float(arrays["temperature"])
        self.free[:] = arrays["free_temperatures"]
        self.depth = self.depth_tried = float(arrays["depth"])
        self._go(self.temperature)
