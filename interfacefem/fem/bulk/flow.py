# SPDX-License-Identifier: MIT
r"""Plastic flow from one increment to the next: where the return map begins, and what it lacks.

The return map of the laws is backward Euler: the flow of an increment has the direction of the
stress at its end. Where strains are large against the yield strain that stress points along the
mean strain of the increment, so it lags behind the flow by half an increment. The backward
differentiation formula of second order (BDF2) has no such lag and needs no other return map: it is
backward Euler from a plastic state that the last increment has carried on,

.. math:: y^* = y_n + \frac{w^2}{1 + 2 w} (y_n - y_{n-1}),

with the ratio *w* of this increment to the last; of plastic strains the logarithms are. Where flow
stops, that would leave strains that nothing drives; so only points whose flow kept its direction
over the last two increments are carried on, by the cosine of the angle. Flow that changes the
volume is not: the mean stress of powders would jump.

What is carried on and taken back again costs no work. So the plastic work of an increment is that
of its net flow, under the mean of the stress at both of its ends; where flow sets in or turns,
under the stress at the end.

References
----------
Hairer and Wanner (1996), Solving Ordinary Differential Equations II (BDF2 of variable step).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.bulk.numbers import FARTHEST_AHEAD, ROUND_OFF, SAME_VOLUME

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.bulk.kinematics import Kinematics

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Energies:
    """Energies of the accepted bodies, per unit depth [uN], axisymmetric or in 3D [pJ].

    Attributes
    ----------
    elastic : float
        Stored elastic energy.
    plastic : float
        Plastic work of the last accepted increment.
    heat : float
        Work of thermal strain in it, and of strain out of the plane, which no load does.
    """

    elastic: float
    plastic: float
    heat: float = 0.0


class Flow:
    """Change of the plastic state in the last increment, and the state an increment begins with.

    Parameters
    ----------
    kinematics : Kinematics
    cp_inverse : (points, tensor) array
        Accepted inverse plastic right Cauchy-Green tensor.
    state : (points, variables) array
        Accepted internal variables.

    Attributes
    ----------
    cp_start, state_start : arrays
        What the increment begins with.
    changes : dict of str to array
        Of ``cp_inverse`` and ``state`` in the last increment; ``steady`` is the part of them that
        may be carried on, and ``drive`` the stress conjugate to ``cp_inverse`` at its end [MPa].
    """

    def __init__(self, kinematics: Kinematics, cp_inverse: Array, state: Array) -> None:
        self._kinematics = kinematics
        self.cp_start, self.state_start = cp_inverse.copy(), state.copy()
        self.changes = {
            "cp_change": np.zeros_like(cp_inverse),
            "state_change": np.zeros_like(state),
            "steady": np.zeros(len(state)),
            "drive": np.zeros_like(cp_inverse),
        }

    def begin(self, cp_inverse: Array, state: Array, ratio: float) -> None:
        """Begin an increment.

        Parameters
        ----------
        cp_inverse, state : arrays
            Accepted.
        ratio : float
            Of this increment to the last one; zero where the last one does not go on.
        """
        ahead = min(ratio**2 / (1.0 + 2.0 * ratio), FARTHEST_AHEAD)
        part = ahead * self.changes["steady"]
        moved = part > 0.0
        self.cp_start, self.state_start = cp_inverse.copy(), state.copy()
        part = part[moved, None]
        ends = cp_inverse[moved] - self.changes["cp_change"][moved], cp_inverse[moved]
        self.cp_start[moved] = _carried(self._kinematics, *ends, part)
        self.state_start[moved] += part * self.changes["state_change"][moved]

    def accept(
        self,
        before: tuple[Array, Array],
        now: tuple[Array, Array],
        gradient: Array,
        kirchhoff: Array,
        done: Array,
        in_time: Mask,
    ) -> Array:
        """Take note of an accepted increment.

        Parameters
        ----------
        before, now : tuple of arrays
            Accepted ``cp_inverse`` and ``state``.
        gradient : (points, components) array
            Deformation gradients at its end.
        kirchhoff : (points, tensor) array
            Stress there [MPa].
        done : (points,) array
            Plastic work by the law, which counts where flow changes the volume [MPa].
        in_time : (points,) bool array
            Where the law knows a rate; that of the end holds for the whole increment, and so does
            the work by the law.

        Returns
        -------
        (points,) array
            Plastic work of the increment [MPa].
        """
        shape, last = self._kinematics, self.changes["cp_change"]
        change = now[0] - before[0]
        sizes = shape.squared_norm(change), shape.squared_norm(last)
        flowed = sizes[1] > ROUND_OFF**2 * sizes[0]  # else it had no direction
        size = np.sqrt(sizes[0] * sizes[1])
        along = shape.product(change, last)
        cosine = np.divide(along, size, out=np.zeros_like(size), where=flowed & (size > 0.0))
        cosine = cosine.clip(0.0, 1.0)
        volumes = [shape.tensor_determinant(cp) for cp in (before[0], now[0])]
        still = np.abs(volumes[1] / volumes[0] - 1.0) > SAME_VOLUME
        drive, work = _drive(shape, now[0], gradient, kirchhoff), done.copy()
        net = (sizes[0] > 0.0) & ~(still | in_time)
        ends = [cp[net] for cp in (before[0], now[0])]
        forces = [values[net] for values in (self.changes["drive"], drive)]
        work[net] = _net_work(shape, ends, forces, cosine[net])
        self.changes = {
            "cp_change": change,
            "state_change": now[1] - before[1],
            "steady": np.where(still, 0.0, cosine),
            "drive": drive,
        }
        self.cp_start, self.state_start = now[0].copy(), now[1].copy()
        return work


def _carried(shape: Kinematics, before: Array, now: Array, part: Array) -> Array:
    """Return inverse plastic strains carried on by a part of their last change, (n, tensor).

    The logarithms are: so strain and equivalent strain agree, and the volume stays.
    """
    root = _power(shape.matrices(before), -0.5)
    change = _power(root @ shape.matrices(now) @ root, part)
    end = _power(shape.matrices(now), 0.5)
    return shape.symmetric(end @ change @ end)


def _power(matrices: Array, exponent: Array | float) -> Array:
    """Return powers of symmetric positive matrices (n, 3, 3)."""
    values, vectors = np.linalg.eigh(matrices)
    found: Array = np.einsum("nij,nj,nkj->nik", vectors, values**exponent, vectors)
    return found


def _inverse(matrices: Array) -> Array:
    """Return the inverses of matrices (n, 3, 3), by cofactors: LAPACK takes six times as long."""
    m = matrices.transpose(1, 2, 0)
    found = np.empty_like(matrices)
    for i in range(3):
        for j in range(3):
            a, b, c, d = (j + 1) % 3, (j + 2) % 3, (i + 1) % 3, (i + 2) % 3
            found[:, i, j] = m[a, c] * m[b, d] - m[a, d] * m[b, c]
    found /= np.einsum("jn,nj->n", m[0], found[:, :, 0])[:, None, None]
    return found


def _drive(shape: Kinematics, cp_inverse: Array, gradient: Array, kirchhoff: Array) -> Array:
    r"""Return the stress that is conjugate to the inverse plastic strain [MPa].

    :math:`-C_p F^{-1} \tau F / 2`, symmetric since the bodies are isotropic.
    """
    f, stress = shape.gradient_matrices(gradient), shape.matrices(shape.deviator(kirchhoff))
    mandel = _inverse(f) @ stress @ f
    return shape.symmetric(-0.5 * _inverse(shape.matrices(cp_inverse)) @ mandel)


def _net_work(
    shape: Kinematics, ends: Sequence[Array], forces: Sequence[Array], part: Array
) -> Array:
    """Return the work of a change of the inverse plastic strain [MPa].

    Parameters
    ----------
    ends, forces : two arrays each
        Inverse plastic strain and its conjugate stress at the start and the end.
    part : (n,) array
        Zero to take the stress at the end, one for the mean of both.
    """
    before, now = (shape.matrices(end) for end in ends)
    first, second = (
        cp @ shape.matrices(force) for cp, force in zip((before, now), forces, strict=True)
    )
    mandel = second + 0.5 * part[:, None, None] * (first - second)
    cp = 0.5 * (_inverse(before) + _inverse(now))
    found: Array = np.einsum("nij,nji->n", mandel @ (now - before), cp)
    return found


def lag(
    kinematics: Kinematics,
    gradient: Array,
    kirchhoff: Array,
    grown: Array,
    now: Array,
    ending: Array,
) -> Array:
    """Return the power that stress along the mean strain of an increment lacks at its end.

    Stress that belongs to the flow at the end does more work there than any other, the more the
    larger the angle is (principle of maximum dissipation).

    Parameters
    ----------
    kinematics : Kinematics
    gradient : (points, components) array
        Deformation gradients at the end.
    kirchhoff : (points, tensor) array
        Stress there [MPa].
    grown : (points,) array
        Growth of the equivalent plastic strain.
    now, ending : (points, components) arrays
        Gradients of the motion in the increment, and of that with which flow goes on.

    Returns
    -------
    (points,) array
        [MPa], never negative.
    """
    mean, end = (kinematics.stretching(gradient, motion) for motion in (now, ending))
    stress = np.sqrt(kinematics.squared_norm(kinematics.deviator(kirchhoff)))
    size, last = (np.sqrt(kinematics.squared_norm(rate)) for rate in (mean, end))
    flows = size > 0.0
    along = np.divide(kinematics.product(mean, end), size, out=last.copy(), where=flows)
    share = np.divide(np.sqrt(1.5) * grown, size, out=np.zeros_like(size), where=flows)
    power: Array = share.clip(0.0, 1.0) * stress * (last - along).clip(min=0.0)
    return power
