# SPDX-License-Identifier: MIT
"""The causes of risk: one register, read by risk table, report, pressure window and pictures.

A cause is a function that looks at one increment (:class:`~interfacefem.post.increment.Increment`)
and returns what it found: a value, the threshold it is held against with its range and source, and
the place. What a value over its threshold is called is decided for all causes alike in
:mod:`interfacefem.results.risk_rows`. Those of the program are in the modules
``overpressing_causes``, ``delamination_causes`` and ``hotspot_causes``; a file of your own adds
others::

    @post.risk("uneven pressure", unit="-", needs="interfaces")
    def uneven(at):
        '''The pressure of an interface varies too much.'''
        for name in at.interfaces:
            field = at.interface(name).contact_pressure
            yield post.Found(
                subject=f"interface '{name}'",
                value=field.coefficient_of_variation(),
                threshold=post.threshold(1.0, low=0.5, high=2.0, source="a wish"),
            )
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Value
from interfacefem.post.increment import Increment, Need, needed
from interfacefem.registry import Registry, origin_of
from interfacefem.results.documents import number

#: temperature of thresholds that nobody measured [K]
ROOM = 298.15


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a cause found at one place of one increment.

    Attributes
    ----------
    subject : str
        The layer or interface, e.g. ``"interface 'a|b'"``.
    value : float
        In the unit of the cause.
    threshold : Value
        What it is held against, with range and source, see :func:`threshold`.
    place : str or sequence of float
        Where: coordinates [um], or words.
    comment : str
        What helps to judge it.
    value_low, value_high : float, optional
        Range of the value itself, where it rests on values that are not known well.
    """

    subject: str
    value: float
    threshold: Value
    place: str | Sequence[float] | npt.NDArray[np.float64] = ""
    comment: str = ""
    value_low: float | None = None
    value_high: float | None = None


Find = Callable[[Increment], Iterable[Found]]


@dataclass(frozen=True)
class Cause:
    """What may go wrong, and how it is found.

    Attributes
    ----------
    name : str
        As in tables and pictures.
    unit : str
        Of values and thresholds; ``-`` for none.
    needs : frozenset of str
        What must be stored at an increment.
    means : str
        One sentence that says what a value over its threshold means.
    find : callable
        Of an increment; returns what it found.
    """

    name: str
    unit: str
    needs: frozenset[Need]
    means: str
    find: Find

    def at(self, increment: Increment) -> list[Found]:
        """Return what the cause finds at an increment, checked.

        Raises
        ------
        ResultsError
            If the function returns something that is no such row.
        """
        found = self.find(increment)
        if found is None:
            raise ResultsError("returned nothing; return rows, e.g. [post.Found(...)]")
        rows = list(found)
        for row in rows:
            if not isinstance(row, Found):
                raise ResultsError(
                    f"returned a {type(row).__name__} among its rows; return post.Found"
                )
            _check(row, self.unit)
        return rows


#: every cause of risk by name, in the order of registration
CAUSES: Registry[Cause] = Registry("cause of risk", ResultsError)


def risk[F: Find](
    name: str, *, unit: str = "-", needs: str | Collection[str] = (), means: str = ""
) -> Callable[[F], F]:
    """Register a function as a cause of risk.

    Parameters
    ----------
    name : str
        As in tables and pictures.
    unit : str
        Of values and thresholds.
    needs : str or collection of str
        What must be stored at an increment for the function to be called: ``"interfaces"`` (always
        there), ``"layers"`` (fields inside the layers), ``"current"``, ``"materials"``.
    means : str
        One sentence on what a value over its threshold means; the first line of the function's
        docstring by default.

    Returns
    -------
    callable
        A decorator that returns the function as it is.

    Raises
    ------
    ExtensionError
        If another file has the name, or a need is nothing that is stored.
    """

    def register(function: F) -> F:
        origin = origin_of(function)
        said = means or (inspect.getdoc(function) or "").partition("\n")[0]
        cause = Cause(name, unit or "-", needed(needs, origin), said, function)
        CAUSES.add(name, cause, origin=origin)
        return function

    return register


def threshold(
    value: float, *, low: float | None = None, high: float | None = None, source: str
) -> Value:
    """Return a threshold with its range, in the unit of its cause.

    Parameters
    ----------
    value : float
        As given; must be positive.
    low, high : float, optional
        Range in which the true threshold is believed to lie; the value itself by default.
    source : str
        Who says so, or that it is a convention.

    Raises
    ------
    MaterialError
        If there is no source, or the range does not contain the value.
    """
    return Value(
        value, "", value if low is None else low, value if high is None else high, ROOM, source
    )


def _check(row: Found, unit: str) -> None:
    limit = row.threshold
    if not isinstance(limit, Value):
        raise ResultsError(
            f"returned the threshold {limit!r}; write post.threshold(number, source='...')"
        )
    numbers = [row.value, row.value_low, row.value_high, limit.value, limit.low, limit.high]
    if not all(item is None or math.isfinite(item) for item in numbers):
        raise ResultsError(f"returned a value or a threshold that is no finite number: {numbers}")
    if not (limit.value > 0.0 and limit.low >= 0.0):
        raise ResultsError(
            f"returned the threshold {number(limit.value)} ({number(limit.low)} to "
            f"{number(limit.high)}); a threshold is positive"
        )
    low = row.value if row.value_low is None else row.value_low
    high = row.value if row.value_high is None else row.value_high
    if not low <= row.value <= high:
        raise ResultsError(
            f"returned the value {number(row.value)} outside of its range {number(low)} to "
            f"{number(high)}"
        )
    if limit.unit not in ("", unit):
        raise ResultsError(
            f"returned a threshold in {limit.unit}, its unit is {unit}; convert one of them"
        )
