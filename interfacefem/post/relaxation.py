# SPDX-License-Identifier: MIT
r"""Distribution of relaxation times: how much of a resistance belongs to which time.

.. math:: Z(\omega) = R_\infty + \frac{1}{i \omega C}
    + \int \frac{\gamma(\tau)}{1 + i \omega \tau} \, d \ln \tau , \qquad \gamma \ge 0

with :math:`\gamma` on points at even distances of :math:`\ln \tau`. It is the least of

.. math:: \sum_j \frac{|Z_j - Z(\omega_j)|^2}{|Z_j|^2}
    + \lambda^2 \sum_k \Big( \frac{\gamma_{k-1} - 2 \gamma_k + \gamma_{k+1}}{|Z|_{max}} \Big)^2

among all :math:`\gamma, R_\infty, 1/C \ge 0`: Tikhonov's regularisation of the second difference,
solved as non-negative least squares. A spectrum that no such distribution meets is not one of
resistances and capacitances.

References
----------
Wan, Saccoccio, Chen and Ciucci (2015), 10.1016/j.electacta.2015.09.097 (regularisation).
Lawson and Hanson (1974), Solving Least Squares Problems, Prentice-Hall (non-negative solution).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

#: weight of the second difference, for a spectrum without noise [-]; a choice
REGULARISATION = 1e-3
#: relaxation times a decade; a choice: closer ones are smoothed away
A_DECADE = 10


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RelaxationTimes(ShownData):
    """Distribution of relaxation times of a spectrum.

    Attributes
    ----------
    time : (m,) array
        Rising, a decade beyond the frequencies on both sides [s].
    density : (m,) array
        Resistance a unit of the logarithm of time [ohm cm^2].
    resistance : float
        Without a relaxation, at infinite frequency [ohm cm^2].
    elastance : float
        One over a capacitance in series; zero where a direct current passes [ohm cm^2/s].
    residual : float
        Root mean square of what is left of the impedance, over its magnitude [-].
    regularisation : float
        Weight of the second difference [-].
    """

    time: FloatArray
    density: FloatArray
    resistance: float
    elastance: float
    residual: float
    regularisation: float

    @property
    def total(self) -> float:
        """Resistance at zero frequency [ohm cm^2]; infinite with a capacitance in series."""
        if self.elastance > 0.0:
            return float("inf")
        step = float(np.log(self.time[1] / self.time[0]))
        return self.resistance + step * float(self.density.sum())

    @property
    def peaks(self) -> FloatArray:
        """Times at which the density has a maximum [s]."""
        inner, least = self.density[1:-1], 1e-3 * float(self.density.max())
        top = (inner > self.density[:-2]) & (inner >= self.density[2:]) & (inner > least)
        return self.time[1:-1][top]


def relaxation_times(
    frequency: npt.ArrayLike,
    impedance: npt.ArrayLike,
    *,
    regularisation: float | None = None,
    points: int | None = None,
) -> RelaxationTimes:
    """Return the distribution of relaxation times of a spectrum.

    Parameters
    ----------
    frequency : (n,) array
        [Hz].
    impedance : (n,) complex array
        [ohm cm^2].
    regularisation : float, optional
        Weight of the second difference; 1e-3 if not given, more for spectra with noise [-].
    points : int, optional
        Relaxation times; 10 a decade if not given.

    Raises
    ------
    ResultsError
        If there are fewer than three frequencies, the regularisation is negative or there are
        fewer than three points.
    """
    f, z = np.asarray(frequency, dtype=np.float64), np.asarray(impedance, dtype=np.complex128)
    weight = REGULARISATION if regularisation is None else float(regularisation)
    if len(f) < 3 or f.shape != z.shape:
        raise ResultsError(
            f"relaxation times: {len(f)} frequencies and {len(z)} impedances; give three or more "
            "of both"
        )
    low, high = np.log10(f.min()), np.log10(f.max())
    count = int(np.ceil((high - low + 2.0) * A_DECADE)) + 1 if points is None else points
    if not weight >= 0.0 or count < 3:
        raise ResultsError(
            f"relaxation times: regularisation {weight:g} with {count} points; give zero or more, "
            "and three points or more"
        )
    time = np.logspace(-high - 1.0, -low + 1.0, count) / (2.0 * np.pi)
    step = float(np.log(time[1] / time[0]))
    omega = 2.0 * np.pi * f
    size, whole = np.abs(z), float(np.abs(z).max())
    kernel = step / (1.0 + 1j * omega[:, None] * time)
    series = np.column_stack([np.ones(len(f)), omega.min() / (1j * omega)])
    rows = np.column_stack([kernel, series]) * (whole / size)[:, None]
    second = np.diff(np.eye(count), 2, axis=0)
    smooth = weight * np.column_stack([second, np.zeros((count - 2, 2))])
    right = z / size
    found, _ = nnls(
        np.vstack([rows.real, rows.imag, smooth]),
        np.concatenate([right.real, right.imag, np.zeros(count - 2)]),
        maxiter=30 * count,
    )
    left = rows @ found - right
    return RelaxationTimes(
        time=time,
        density=whole * found[:-2],
        resistance=whole * float(found[-2]),
        elastance=whole * float(found[-1]) * float(omega.min()),
        residual=float(np.sqrt(np.mean(np.abs(left) ** 2))),
        regularisation=weight,
    )
