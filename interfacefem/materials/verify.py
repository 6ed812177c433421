# SPDX-License-Identifier: MIT
"""Whether a law of one's own does what its description promises, before anything is solved.

Its update and tangent are evaluated as plain Python at a few states. The laws of the package are
held against closed forms by tests instead.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from interfacefem.errors import MaterialError, Mistake
from interfacefem.materials.base import Law
from interfacefem.materials.numbers import (
    KINK,
    NEVER_STRAIN,
    RELATIVE_STEP,
    STRAIN_ROUND_OFF,
    TANGENT_ERROR,
    WARMER,
)
from interfacefem.units import ROOM

#: trial strains that are tried, over the strain of first yield; none of them is a round number, so
#: that none lies on a kink
STRAINS = (0.31, 0.93, 1.57, 3.3, 11.0, 97.0)
#: arguments of update and tangent
ARGUMENTS = ("v", "s", "state", "dt", "row", "new_state")
RESULTS = ("p", "q", "v_e", "s_e", "work", "energy")
SLOPES = ("p_v", "p_s", "q_v", "q_s")

Point = tuple[float, float, list[float]]


def law_mistakes(law: Law, place: str, temperature: float = ROOM) -> list[Mistake]:
    """Return what is wrong with a law of one's own; nothing for one of the package.

    Parameters
    ----------
    law : Law
    place : str
        Of the material, e.g. ``layer[1].material``.
    temperature : float
        [K].
    """
    own = f"{place}.law '{law.kind}'"
    try:
        stress = law.first_yield(temperature).stress
    except (MaterialError, AttributeError, TypeError) as error:
        return [_mistake(own, error, "return materials.FirstYield(stress) of a number in MPa")]
    if not stress > 0.0:
        problem = f"its first yield is at {stress!r} MPa"
        return [Mistake(own, problem, "return a positive stress, math.inf if it never yields")]
    if law.respond() is not None:
        return []
    try:
        if not law.uses_temperature and _varies(law):
            problem = "its numbers depend on the temperature, but it states that they do not"
            return [Mistake(own, problem, "write uses_temperature = True in the class")]
    except Exception as error:
        return [_mistake(own, error, "correct its row and initial_state")]
    wrong = [_signature(law, name, own) for name in ("update", "tangent")]
    if any(wrong):
        return [mistake for mistake in wrong if mistake is not None]
    try:
        return list(_at_points(law, own, stress, temperature))[:1]
    except Exception as error:
        return [_mistake(own, error, "correct its update")]


def _varies(law: Law) -> bool:
    """Return whether what an update gets is another at another temperature."""
    cold, warm = (np.hstack([law.row(t), law.initial_state(t)]) for t in (ROOM, ROOM + WARMER))
    return not np.array_equal(cold, warm)


def _mistake(place: str, error: Exception, remedy: str) -> Mistake:
    text = str(error)
    problem, _, advice = text.removeprefix(f"{place.rpartition(' ')[2]}: ").partition("; ")
    if not isinstance(error, MaterialError):
        problem, advice = f"{type(error).__name__}: {text}", remedy
    return Mistake(place, problem, advice or remedy)


def by_differences(law: Law) -> bool:
    """Return whether the tangent of a law of one's own is found by differences."""
    return law.respond() is None and getattr(law, "tangent", None) is None


def _signature(law: Law, name: str, place: str) -> Mistake | None:
    function = getattr(law, name, None)
    if function is None:
        if name == "tangent":
            return None
        head = f"@staticmethod def update({', '.join(ARGUMENTS)})"
        return Mistake(place, "has no update", f"define {head}")
    known = tuple(inspect.signature(function).parameters)
    if len(known) == len(ARGUMENTS):
        return None
    return Mistake(
        place,
        f"its {name} takes {', '.join(known) or 'nothing'}",
        f"write @staticmethod def {name}({', '.join(ARGUMENTS)})",
    )


def _at_points(law: Law, place: str, stress: float, temperature: float) -> Iterator[Mistake]:
    """Yield what is wrong with results and tangent at some states."""
    row = np.array(law.row(temperature))
    initial = law.initial_state(temperature)
    if len(initial) != law.states:
        problem = f"has {law.states} states, but its initial state has {len(initial)}"
        yield Mistake(place, problem, "make states and initial_state agree")
        return
    unit = NEVER_STRAIN if math.isinf(stress) else stress / (3.0 * row[0])
    dt = 1.0 if law.rate_dependent else 0.0
    states = [initial]
    found = _evaluate(law, 0.0, STRAINS[-2] * unit, initial, dt, row)
    states.append(found[1])
    volumes = (-0.53 * unit, 0.0, 0.47 * unit) if law.coupled else (0.0,)
    for state in states:
        for strain in STRAINS:
            for volume in volumes:
                point = volume, strain * unit, state
                wrong = _result_mistake(law, place, point, dt, row)
                wrong = wrong or _tangent_mistake(law, place, point, dt, row)
                if wrong is not None:
                    yield wrong


def _evaluate(
    law: Any, v: float, s: float, state: list[float], dt: float, row: Any
) -> tuple[tuple[float, ...], list[float]]:
    new = np.array(state, dtype=float)
    found = tuple(law.update(v, s, np.array(state), dt, row, new))
    return found, new.tolist()


def _result_mistake(law: Law, place: str, point: Point, dt: float, row: Any) -> Mistake | None:
    v, s, state = point
    found, new = _evaluate(law, v, s, state, dt, row)
    where = f"at v = {v:.3g}, s = {s:.3g}, state = {[float(f'{x:.3g}') for x in state]}"
    if len(found) != len(RESULTS):
        problem = f"its update returns {len(found)} numbers"
        return Mistake(place, problem, f"return {', '.join(RESULTS)}")
    wrong = [name for name, x in zip(RESULTS, found, strict=True) if not math.isfinite(x)]
    wrong += [f"new_state[{k}]" for k, x in enumerate(new) if not math.isfinite(x)]
    if wrong:
        return Mistake(place, f"{', '.join(wrong)} is no number {where}", "correct its update")
    q, s_e = found[1], found[3]
    if q < 0.0 or not -STRAIN_ROUND_OFF * s <= s_e <= s * (1.0 + STRAIN_ROUND_OFF):
        problem = f"q = {q:.4g} MPa and s_e = {s_e:.4g} {where}"
        return Mistake(place, problem, "return q >= 0 and an elastic strain s_e from 0 to s")
    return None


def _tangent_mistake(law: Any, place: str, point: Point, dt: float, row: Any) -> Mistake | None:
    if getattr(law, "tangent", None) is None:
        return None
    v, s, state = point
    _, new = _evaluate(law, v, s, state, dt, row)
    given = tuple(law.tangent(v, s, np.array(state), dt, row, np.array(new)))
    if len(given) != len(SLOPES):
        problem = f"its tangent returns {len(given)} numbers"
        return Mistake(place, problem, f"return {', '.join(SLOPES)}")
    scale = max(abs(row[1]), 3.0 * abs(row[0]))
    h = RELATIVE_STEP * max(abs(s), abs(v))

    def slopes(change: Callable[[float], tuple[float, float]]) -> tuple[Any, bool]:
        """Return dp and dq along v or s, and whether they are the same from both sides."""
        sides = [
            np.array(_evaluate(law, *change(k * h), state, dt, row)[0][:2]) for k in (-1, 0, 1)
        ]
        left, right = (sides[1] - sides[0]) / h, (sides[2] - sides[1]) / h
        smooth = float(np.abs(right - left).max()) <= KINK * scale
        return 0.5 * (left + right), smooth

    along_v, smooth_v = slopes(lambda d: (v + d, s))
    along_s, smooth_s = slopes(lambda d: (v, s + d))
    if not (smooth_v and smooth_s):
        return None  # a kink
    right = along_v[0], along_s[0], along_v[1], along_s[1]
    for name, one, two in zip(SLOPES, given, right, strict=True):
        if name in ("p_v", "q_v", "p_s") and not law.coupled:
            continue  # nobody asks for them
        if not abs(one - two) <= TANGENT_ERROR * scale:
            problem = (
                f"its tangent is wrong: {name} = {one:.6g} MPa, by differences {two:.6g} at "
                f"s = {s:.3g}, state = {[float(f'{x:.3g}') for x in state]}"
            )
            return Mistake(place, problem, "correct tangent, or leave it out: differences are used")
    return None
