# SPDX-License-Identifier: MIT
"""Whether an interface law of one's own does what its kind promises, before anything is solved.

It is evaluated at a few points: open, touching without pressure, and under pressures of four
decades. Slopes are held against differences.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.base import (
    Conductance,
    ContactPoints,
    FilmPoints,
    Friction,
    InterfaceLaw,
    NormalLaw,
    SurfaceFilm,
    is_own,
)
from interfacefem.contact.numbers import FROM_ROUNDING, KINK, LEAST_POINT, SLOPE_ERROR, STEP
from interfacefem.errors import MaterialError, Mistake
from interfacefem.units import ROOM

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

#: pressures that are tried [MPa]; no round numbers, so that none lies on a kink
PRESSURES = (0.0, 0.0131, 0.173, 1.93, 17.1, 211.0)
#: gaps that are tried [um]
GAPS = (1.3, 0.117, 0.0113, 0.0, -0.00117)
#: strains of a face that are tried beside the pressures [-]
STRAINS = (-0.0113, 0.0, 0.0131, 0.073, 0.171, 0.311)


def law_mistakes(law: InterfaceLaw, place: str, temperature: float = ROOM) -> list[Mistake]:
    """Return what is wrong with a law of one's own; nothing for one of the package.

    Parameters
    ----------
    law : InterfaceLaw
    place : str
        Of the law, e.g. ``interface 'lower|upper'.friction``.
    temperature : float
        [K].
    """
    if not is_own(law):
        return []
    own = f"{place} '{law.kind}'"
    try:
        match law:
            case Friction():
                found = _friction(law, own, temperature)
            case Conductance():
                found = _conductance(law, own, temperature)
            case NormalLaw():
                found = _normal(law, own, temperature)
            case SurfaceFilm():
                found = _film(law, own, temperature)
            case _:
                found = iter(())
        return list(itertools.islice(found, 1))  # what follows may rest on it
    except MaterialError as error:
        return [Mistake(own, str(error), "correct the law")]
    except Exception as error:
        return [Mistake(own, f"{type(error).__name__}: {error}", "correct the law")]


def _points(
    temperature: float, *, pressure: Array | None = None, gap: Array | None = None
) -> ContactPoints:
    """Return points in contact at pressures, or points at gaps."""
    size = len(gap) if pressure is None else len(pressure)  # type: ignore[arg-type]
    return ContactPoints(
        pressure=np.zeros(size) if pressure is None else pressure,
        gap=np.zeros(size) if gap is None else gap,
        slip=np.linspace(0.0, 0.3, size),
        in_contact=np.ones(size, bool) if gap is None else gap <= 0.0,
        temperature=temperature,
    )


def _friction(law: Friction, place: str, temperature: float) -> Iterator[Mistake]:
    pressures = np.array(PRESSURES)

    def at(values: Array) -> tuple[Array, Array]:
        limit, slope = law.shear_limit(_points(temperature, pressure=values))
        return limit, slope

    yield from _shapes(at(pressures), ("limit", "slope"), len(pressures), "MPa", place)
    yield from _slopes(at, pressures[1:], STEP * pressures[1:], 1.0, ("slope", place))


def _normal(law: NormalLaw, place: str, temperature: float) -> Iterator[Mistake]:
    gaps = np.array(GAPS)

    def at(values: Array) -> tuple[Array, Array]:
        pressure, stiffness = law.pressure(_points(temperature, gap=values))
        return pressure, stiffness

    yield from _shapes(at(gaps), ("pressure", "stiffness"), len(gaps), "MPa", place)
    yield from _slopes(at, gaps, np.full(len(gaps), STEP), -1.0, ("stiffness", place))


def _conductance(law: Conductance, place: str, temperature: float) -> Iterator[Mistake]:
    pressures = np.array(PRESSURES)
    touching = _points(temperature, pressure=pressures)
    closed = np.asarray(law.area_resistance(touching), dtype=float)
    apart = np.asarray(law.area_resistance(_points(temperature, gap=np.ones(3))), dtype=float)
    for values, size in ((closed, len(pressures)), (apart, 3)):
        if values.shape != (size,):
            problem = f"its resistance has the shape {values.shape} of {size} points"
            yield Mistake(place, problem, "return one number for each point")
            return
        if np.isnan(values).any() or (values < 0.0).any():
            problem = f"its resistance is {values[np.isnan(values) | (values < 0.0)][0]:g}"
            yield Mistake(place, problem, "return numbers >= 0, np.inf where nothing passes")
            return


def _film(law: SurfaceFilm, place: str, temperature: float) -> Iterator[Mistake]:
    pressures = np.array(PRESSURES)
    points = FilmPoints(pressures, np.array(STRAINS), temperature)
    values = np.asarray(law.margin(points), dtype=float)
    if values.shape != pressures.shape:
        problem = f"its margin has the shape {values.shape} of {len(pressures)} points"
        yield Mistake(place, problem, "return one number for each point")
    elif not np.isfinite(values).all():
        bad = values[~np.isfinite(values)][0]
        yield Mistake(place, f"its margin is {bad:g}", "return finite numbers, above 0 if broken")
    if not law.whole_resistance > 0.0:
        problem = f"where it is whole its resistance is {law.whole_resistance:g}"
        yield Mistake(place, problem, "return a number above 0, np.inf where nothing passes")


def _shapes(
    found: tuple[Array, Array], names: tuple[str, str], size: int, unit: str, place: str
) -> Iterator[Mistake]:
    """Yield what is no array of finite numbers that are not negative."""
    for name, given in zip(names, found, strict=True):
        values = np.asarray(given, dtype=float)
        if values.shape != (size,):
            problem = f"its {name} has the shape {values.shape} of {size} points"
            yield Mistake(place, problem, "return one number for each point")
        elif not np.isfinite(values).all() or (name != "slope" and (values < 0.0).any()):
            bad = values[~np.isfinite(values) | (values < 0.0)][0]
            yield Mistake(place, f"its {name} is {bad:g}", f"return finite numbers >= 0 [{unit}]")


def _slopes(
    at: Callable[[Array], tuple[Array, Array]],
    points: Array,
    steps: Array,
    sign: float,
    names: tuple[str, str],
) -> Iterator[Mistake]:
    """Yield slopes that are not those of differences; kinks are left out."""
    name, place = names
    values, given = at(points)
    left = sign * (values - at(points - steps)[0]) / steps
    right = sign * (at(points + steps)[0] - values) / steps
    middle = 0.5 * (left + right)
    rounded = FROM_ROUNDING * np.abs(values) / np.maximum(np.abs(points), LEAST_POINT)
    scale = np.maximum.reduce([np.abs(middle), np.abs(given), rounded])
    smooth = np.abs(left - right) <= KINK * scale
    wrong = smooth & (np.abs(middle - given) > SLOPE_ERROR * scale)
    if wrong.any():
        worst = int(np.argmax(wrong))
        problem = (
            f"its {name} is wrong: {given[worst]:.6g} where differences give {middle[worst]:.6g}"
        )
        yield Mistake(place, problem, "return the derivative of the first result")
