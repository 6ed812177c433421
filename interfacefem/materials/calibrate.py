# SPDX-License-Identifier: MIT
r"""Powder parameters from measured pressures and densities, and the points the library rests on.

Give points to :func:`heckel` and get a :class:`~interfacefem.materials.Powder` with standard errors
and the fit's error. The figure is drawn by :func:`interfacefem.plots.charts`.

Notes
-----
Fitted is the relative density itself, :math:`D = 1 - e^{-P/P_y - A_0}`, by weighted least squares;
a straight line through :math:`\ln 1/(1-D)` would give dense points too much weight, since
there an error of D is stretched by :math:`1/(1-D)`. P is the axial pressure in a die, D the density
after ejection. Isostatic pressures and densities under load are converted with the law.

References
----------
Heckel (1961), Trans. Metall. Soc. AIME 221, 671.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError, UnitError
from interfacefem.materials.models import Elastic, Powder
from interfacefem.materials.numbers import LEAST_DENSITY
from interfacefem.quantities import did_you_mean
from interfacefem.units import registry, to_internal

FloatArray = npt.NDArray[np.float64]
Loading = Literal["die", "isostatic"]
Measured = Literal["ejected", "loaded"]


@dataclass(frozen=True, eq=False)
class CompactionData:
    """Published densities of one powder.

    Attributes
    ----------
    pressure : (n,) array
        Applied pressure [MPa].
    relative_density : (n,) array
        After ejection [-].
    scatter : (n,) array
        Standard deviation of the density, between samples, grain sizes or reports [-].
    loading : tuple of {"die", "isostatic"}
    source, confidence, note : tuple of str
        Of each point.
    estimate : tuple of bool
        True where no measurement of this powder stands behind the point.
    """

    pressure: FloatArray
    relative_density: FloatArray
    scatter: FloatArray
    loading: tuple[Loading, ...]
    source: tuple[str, ...]
    confidence: tuple[str, ...]
    note: tuple[str, ...]
    estimate: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Calibration:
    """A fitted powder and how well it fits.

    Attributes
    ----------
    powder : Powder
        With the fitted parameters.
    yield_pressure_error : float
        Standard error of its yield pressure [MPa]; nan if there are only as many points as
        parameters and no scatter is known.
    heckel_intercept_error : float
        Standard error of its intercept [-]; 0 if it was given.
    rms_error : float
        Root mean square difference of measured and fitted relative density [-].
    die_pressure : (n,) array
        The points' axial pressure in a die [MPa], converted where it was isostatic.
    relative_density : (n,) array
        The points' density without elastic strain [-], converted where it was under load.
    scatter : (n,) array or None
        As given [-].
    """

    powder: Powder
    yield_pressure_error: float
    heckel_intercept_error: float
    rms_error: float
    die_pressure: FloatArray
    relative_density: FloatArray
    scatter: FloatArray | None

    @property
    def fitted_density(self) -> FloatArray:
        """Relative density of the fit at the points [-]."""
        return _heckel_density(
            self.die_pressure, self.powder.yield_pressure, self.powder.heckel_intercept
        )


def heckel(
    pressure: Any,
    relative_density: npt.ArrayLike,
    *,
    like: Elastic,
    scatter: npt.ArrayLike | None = None,
    loading: Loading | Sequence[Loading] = "die",
    measured: Measured = "ejected",
    heckel_intercept: float | None = None,
) -> Calibration:
    """Fit yield pressure and intercept of the Heckel equation.

    Parameters
    ----------
    pressure : array quantity, sequence of str or float [MPa]
        Applied pressures.
    relative_density : (n,) array [-]
        Densities over that of the solid, between 0 and 1.
    like : Elastic or Powder
        Moduli of the dense material; of a powder all that is not fitted is kept.
    scatter : float or (n,) array, optional
        Standard deviations of the densities [-]. They weight the points, and the standard errors
        follow from them; without them from the residuals.
    loading : {"die", "isostatic"}, one or one for each point
    measured : {"ejected", "loaded"}
        Whether densities hold without or under the pressure, where elastic strain adds.
    heckel_intercept : float, optional
        Fit the yield pressure alone with this intercept; needed for a single point.

    Returns
    -------
    Calibration

    Raises
    ------
    MaterialError
        If points are too few, out of range, or do not rise with pressure.
    UnitError
        If a pressure has no unit or one of another kind.
    """
    p = _pressures(pressure)
    d = np.atleast_1d(np.asarray(relative_density, dtype=np.float64))
    _check(p, d, 1 if heckel_intercept is not None else 2)
    weight = None
    if scatter is not None:
        weight = np.broadcast_to(np.asarray(scatter, dtype=np.float64), d.shape).copy()
        if not (weight > 0.0).all():
            raise MaterialError("calibration: a scatter is not above 0; leave it out if unknown")
    kinds = _loadings(loading, len(p))
    if measured not in get_args(Measured):
        hint = did_you_mean(measured, get_args(Measured))
        raise MaterialError(f"calibration: measured {measured!r} is unknown; {hint}")
    # for conversions, into which neither of these two numbers enters
    first = _powder(like, 0.8, 300.0)
    if measured == "loaded":
        d = _unloaded(first, p, d, kinds)
    tensile = first.tensile_strength_at(d)
    isostatic = np.array([kind == "isostatic" for kind in kinds])
    # isotropic yield is axis_ratio (die + tensile) - tensile
    p = np.where(isostatic, (p + tensile) / first.axis_ratio - tensile, p)
    yields, intercept, errors = _fit(p, d, weight, heckel_intercept)
    rms = float(np.sqrt(np.mean((_heckel_density(p, yields, intercept) - d) ** 2)))
    return Calibration(_powder(like, intercept, yields), *errors, rms, p, d, weight)


def published(name: str) -> CompactionData:
    """Return the densities that a powder of the library rests on.

    Parameters
    ----------
    name : str
        A material of the library with the law ``"powder"``.

    Raises
    ------
    MaterialError
        If there are none for it.
    """
    folder = resources.files("interfacefem.materials").joinpath("data")
    ending = ".compaction.toml"
    known = sorted(f.name.removesuffix(ending) for f in folder.iterdir() if ending in f.name)
    if name not in known:
        raise MaterialError(f"{name!r} has no compaction data; {did_you_mean(name, known)}")
    data = tomllib.loads(folder.joinpath(f"{name}{ending}").read_text(encoding="utf-8"))
    points = data["point"]
    return CompactionData(
        _pressures([point["pressure"] for point in points]),
        np.array([point["relative_density"] for point in points], dtype=np.float64),
        np.array([point["scatter"] for point in points], dtype=np.float64),
        _loadings([point["loading"] for point in points], len(points)),
        tuple(point["source"] for point in points),
        tuple(point["confidence"] for point in points),
        tuple(point["note"] for point in points),
        tuple(point["estimate"] for point in points),
    )


def _pressures(given: Any) -> FloatArray:
    """Convert pressures as users write them to MPa."""
    if isinstance(given, registry().Quantity) and np.ndim(given.magnitude) > 0:
        if not given.check("[pressure]"):
            raise UnitError(f"pressure: {given.units} is not a pressure; write for example MPa")
        return np.asarray(given.to("MPa").magnitude, dtype=np.float64)
    several = given if isinstance(given, (list, tuple, np.ndarray)) else [given]
    return np.array(
        [to_internal(one, "pressure", place=f"pressure[{i}]") for i, one in enumerate(several)]
    )


def _loadings(given: Loading | Sequence[Loading], count: int) -> tuple[Loading, ...]:
    kinds = (given,) * count if isinstance(given, str) else tuple(given)
    if len(kinds) != count:
        raise MaterialError(
            f"calibration: {len(kinds)} loadings for {count} points; give one or one for each"
        )
    for kind in kinds:
        if kind not in get_args(Loading):
            raise MaterialError(
                f"calibration: loading {kind!r} is unknown; {did_you_mean(kind, get_args(Loading))}"
            )
    return kinds


def _check(pressure: FloatArray, density: FloatArray, least: int) -> None:
    if pressure.shape != density.shape or pressure.ndim != 1:
        raise MaterialError(
            f"calibration: {pressure.size} pressures for {density.size} densities; give as many"
        )
    if len(np.unique(pressure)) < least:
        raise MaterialError(
            f"calibration: {len(np.unique(pressure))} pressure(s) cannot fix {least} parameter(s); "
            "give more points, or heckel_intercept to fit the yield pressure alone"
        )
    if not (np.isfinite(density).all() and (density > 0.0).all() and (density < 1.0).all()):
        raise MaterialError(
            "calibration: a relative density is not between 0 and 1; divide by the density of "
            "the solid"
        )
    if not (pressure > 0.0).all():
        raise MaterialError("calibration: a pressure is not above 0; leave loose powder out")


def _powder(like: Elastic, intercept: float, yields: float) -> Powder:
    """Return the powder with these Heckel parameters and all else from ``like``."""
    given = dict(like.parameters()) if isinstance(like, Powder) else {}
    given |= {
        "youngs_modulus": like.youngs_modulus,
        "poissons_ratio": like.poissons_ratio,
        "yield_pressure": yields,
        "heckel_intercept": intercept,
    }
    # the density at which the fitted line begins, unless the loose density is known
    given.setdefault("relative_density", max(LEAST_DENSITY, -math.expm1(-intercept)))
    return Powder.from_parameters(given)


def _unloaded(
    powder: Powder, pressure: FloatArray, density: FloatArray, kinds: tuple[Loading, ...]
) -> FloatArray:
    """Take the elastic volume strain, P/K at the density without it, out of densities."""
    eta = powder.stress_ratio
    mean = np.where([kind == "die" for kind in kinds], pressure / (1.0 + 2.0 * eta / 3.0), pressure)
    found = density
    for _ in range(50):
        found = density * np.exp(-mean / (powder.bulk_modulus * powder.stiffness_factor(found)))
    return found


def _heckel_density(pressure: FloatArray, yields: float, intercept: float) -> FloatArray:
    return np.asarray(-np.expm1(-pressure / yields - intercept))


def _fit(
    pressure: FloatArray, density: FloatArray, scatter: FloatArray | None, fixed: float | None
) -> tuple[float, float, tuple[float, float]]:
    """Fit 1/Py and A0; return Py, A0 and the standard errors of both."""
    from scipy.optimize import least_squares

    sigma = np.ones_like(density) if scatter is None else scatter
    closing = -np.log1p(-density)
    if fixed is None:
        slope, intercept = np.polyfit(pressure, closing, 1)
        start = np.array([max(slope, 1e-6), intercept])
    else:
        start = np.array([max(float(np.mean((closing - fixed) / pressure)), 1e-6)])

    def parameters(x: FloatArray) -> tuple[float, float]:
        return float(x[0]), float(x[1]) if fixed is None else fixed

    def residuals(x: FloatArray) -> FloatArray:
        slope, intercept = parameters(x)
        return np.asarray((-np.expm1(-pressure * slope - intercept) - density) / sigma)

    def jacobian(x: FloatArray) -> FloatArray:
        slope, intercept = parameters(x)
        left = np.exp(-pressure * slope - intercept) / sigma
        return np.stack([pressure * left, left], axis=1)[:, : len(x)]

    found = least_squares(
        residuals, start, jacobian, x_scale="jac", xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    slope, intercept = parameters(found.x)
    if not (slope > 0.0 and intercept > 0.0):
        raise MaterialError(
            f"calibration: the fit gives a yield pressure of {1.0 / slope:g} MPa and an intercept "
            f"of {intercept:g}; densities must rise with pressure from above 0: check the points, "
            "or give heckel_intercept"
        )
    matrix = jacobian(found.x)
    covariance = np.linalg.inv(matrix.T @ matrix)
    freedom = len(density) - len(start)
    if scatter is None:
        covariance *= float(np.sum(found.fun**2)) / freedom if freedom else math.nan
    error = np.sqrt(np.diag(covariance))
    return (
        1.0 / slope,
        intercept,
        (float(error[0]) / slope**2, float(error[1]) if fixed is None else 0.0),
    )
