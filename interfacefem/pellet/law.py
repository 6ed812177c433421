# SPDX-License-Identifier: MIT
"""Closing and resistance of an interface against its pressure, from runs or from tables.

The law is that of the interface alone: it closes by what the mean gap between its faces loses, so
the compression of the layers does not count, and a pellet can add it once. It is never continued
beyond the pressures that were run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData

if TYPE_CHECKING:
    from interfacefem.results import Results

Array = npt.NDArray[np.float64]

#: of the pressures to which runs are brought before their mean is taken
_POINTS = 64


@dataclass(frozen=True, repr=False)
class Unloading(ShownData):
    """What an interface does on release from a peak.

    Attributes
    ----------
    peak : float
        Largest pressure before [MPa].
    pressure : (n,) array
        Rising, from the smallest that is known up to the peak [MPa].
    opening : (n,) array
        How far the interface has opened again since the peak [um]; zero at the peak.
    resistance : (n,) array
        [ohm cm^2].

    Raises
    ------
    ResultsError
        If the tables have other lengths, or do not rise and fall as said.
    """

    peak: float
    pressure: Array
    opening: Array
    resistance: Array

    def __post_init__(self) -> None:
        for name in ("pressure", "opening", "resistance"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        where = f"release from {self.peak:g} MPa"
        _same_length(where, self.pressure, self.opening, self.resistance)
        _monotone(where, "pressure", self.pressure, strict=True)
        _monotone(where, "opening", -self.opening, strict=False)
        if self.pressure[0] <= 0.0:
            raise ResultsError(
                f"{where}: the table begins at {self.pressure[0]:g} MPa; leave it out"
            )
        if abs(self.pressure[-1] / self.peak - 1.0) > 1e-6:
            raise ResultsError(
                f"{where}: the table ends at {self.pressure[-1]:g} MPa; let it end at the peak"
            )

    def opened(self, share: Array) -> tuple[Array, Array]:
        """Return opening [um] and its derivative with the share, at shares of the peak."""
        return _linear(share, self.pressure / self.peak, self.opening)

    def regained(self, share: Array) -> Array:
        """Return the resistance at shares of the peak, above zero [ohm cm^2]."""
        return _by_logarithms(share, self.pressure / self.peak, self.resistance)


@dataclass(frozen=True, repr=False)
class InterfaceLaw(ShownData):
    """Closing and resistance of an interface against its pressure.

    Attributes
    ----------
    pressure : (n,) array
        Rising from zero [MPa].
    closing : (n,) array
        How far the faces have come together since first touch [um].
    resistance : (n,) array
        Of the interface with its constriction [ohm cm^2]; infinite at zero pressure.
    unloading : tuple of Unloading
        By rising peak; empty if no release is known.
    members : tuple of InterfaceLaw
        One a realisation, where the law is the mean of several.

    Raises
    ------
    ResultsError
        If the tables have other lengths, or pressure or closing falls.
    """

    pressure: Array
    closing: Array
    resistance: Array
    unloading: tuple[Unloading, ...] = ()
    members: tuple[InterfaceLaw, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pressure", "closing", "resistance"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        _same_length("law of an interface", self.pressure, self.closing, self.resistance)
        _monotone("law of an interface", "pressure", self.pressure, strict=True)
        _monotone("law of an interface", "closing", self.closing, strict=False)
        if self.pressure[0] != 0.0 or self.closing[0] != 0.0:
            raise ResultsError(
                f"law of an interface: its first row is {self.pressure[0]:g} MPa and "
                f"{self.closing[0]:g} um; begin with first touch, zero and zero"
            )
        if (self.resistance[1:] <= 0.0).any():
            raise ResultsError("law of an interface: a resistance is zero or less; give ohm cm^2")

    @property
    def largest(self) -> float:
        """Pressure at which the law ends [MPa]."""
        return float(self.pressure[-1])

    # -- what a pellet asks ------------------------------------------------------------------------

    def closings(self, pressure: Array, peak: Array) -> tuple[Array, Array]:
        """Return closing and its derivative with the pressure.

        Parameters
        ----------
        pressure : (n,) array
            Zero or more [MPa].
        peak : (n,) array
            Largest pressure before at the same places [MPa].

        Returns
        -------
        closing : (n,) array
            [um].
        slope : (n,) array
            [um/MPa].
        """
        closing, slope = _linear(pressure, self.pressure, self.closing)
        back = pressure < peak
        if back.any() and self.unloading:
            kept, change = self._kept(pressure[back], peak[back])
            closing[back] += kept
            slope[back] += change
        return closing, slope

    def resistances(self, pressure: Array, peak: Array) -> Array:
        """Return the resistance of places under a pressure, infinite where there is none.

        Parameters
        ----------
        pressure, peak : (n,) array
            Present and largest pressure [MPa].

        Returns
        -------
        (n,) array
            [ohm cm^2].
        """
        found = _by_logarithms(pressure, self.pressure[1:], self.resistance[1:])
        back = (pressure < peak) & (pressure > 0.0)
        if back.any() and self.unloading:
            found[back] *= self._gain(pressure[back], peak[back])
        return found

    def _kept(self, pressure: Array, peak: Array) -> tuple[Array, Array]:
        """Return what of the closing stays after a peak, and its derivative with the pressure.

        Against the closing under the same pressure without a peak, so that an elastic interface
        keeps nothing; over the closing under the peak it is interpolated between known peaks.
        """
        share = pressure / peak
        parts, slopes = [], []
        for branch in self.unloading:
            first, rise = _linear(share * branch.peak, self.pressure, self.closing)
            opening, fall = branch.opened(share)
            closed = float(np.interp(branch.peak, self.pressure, self.closing))
            parts.append(1.0 - (opening + first) / closed)
            slopes.append(-(fall + rise * branch.peak) / closed)
        closing = np.interp(peak, self.pressure, self.closing)
        kept = closing * self._between(np.array(parts), peak)
        return kept, closing * self._between(np.array(slopes), peak) / peak

    def _gain(self, pressure: Array, peak: Array) -> Array:
        """Return the resistance after a peak over that under the same pressure without one."""
        share = pressure / peak
        gains = [
            branch.regained(share)
            / _by_logarithms(share * branch.peak, self.pressure[1:], self.resistance[1:])
            for branch in self.unloading
        ]
        found: Array = np.exp(self._between(np.log(gains), peak))
        return found

    def _between(self, values: Array, peak: Array) -> Array:
        """Interpolate (branches, n) values at n peaks, in the logarithm of the peak."""
        known = np.log([branch.peak for branch in self.unloading])
        if len(known) == 1:
            only: Array = values[0]
            return only
        at = np.clip(np.log(peak), known[0], known[-1])
        upper = np.clip(np.searchsorted(known, at), 1, len(known) - 1)
        part = (at - known[upper - 1]) / (known[upper] - known[upper - 1])
        where = np.arange(len(peak))
        low, high = values[upper - 1, where], values[upper, where]
        mixed: Array = low + part * (high - low)
        return mixed

    # -- from runs ---------------------------------------------------------------------------------

    @classmethod
    def from_runs(cls, runs: Sequence[Results] | Results) -> InterfaceLaw:
        """Return the law of the only interface of some runs, each another realisation.

        Press the pair of layers alone, to 2.5 times the mean pressure of the pellet or more, with
        a release (``ifem.ladder`` gives several peaks with a release after each). The mean is
        taken of closing and of conductance at equal pressure; ``members`` keeps each run.

        Parameters
        ----------
        runs : Results, or sequence of Results

        Returns
        -------
        InterfaceLaw

        Raises
        ------
        ResultsError
            If a run has several interfaces, no current, or too few increments.
        """
        given = [runs] if not isinstance(runs, Sequence) else list(runs)
        if not given:
            raise ResultsError("no run was given; give one or more")
        members = tuple(_of_run(run) for run in given)
        return members[0] if len(members) == 1 else mean_law(members)


def mean_law(members: Sequence[InterfaceLaw]) -> InterfaceLaw:
    """Return the mean of laws: of closing, of opening and of conductance at equal pressure.

    A pellet has room for many realisations beside each other, which share pressure and potential.
    It reaches as far as all members do, and keeps the peaks that all have.
    """
    most = min(law.largest for law in members)
    least = max(law.pressure[1] for law in members)
    pressure = np.concatenate([[0.0], np.geomspace(least, most, _POINTS)])
    closing = np.mean([np.interp(pressure, o.pressure, o.closing) for o in members], axis=0)
    conductance = np.mean(
        [1.0 / _by_logarithms(pressure, o.pressure[1:], o.resistance[1:]) for o in members], axis=0
    )
    with np.errstate(divide="ignore"):
        resistance = 1.0 / conductance
    unloading = []
    for branch in members[0].unloading:
        same = [_peak(law, branch.peak) for law in members]
        if all(same):
            unloading.append(_mean_unloading([found for found in same if found is not None]))
    return InterfaceLaw(pressure, closing, resistance, tuple(unloading), tuple(members))


def _peak(law: InterfaceLaw, peak: float) -> Unloading | None:
    return next((o for o in law.unloading if abs(o.peak / peak - 1.0) < 1e-3), None)


def _mean_unloading(branches: Sequence[Unloading]) -> Unloading:
    peak = float(np.mean([branch.peak for branch in branches]))
    share = np.linspace(max(o.pressure[0] / o.peak for o in branches), 1.0, _POINTS)
    opening = np.mean([branch.opened(share)[0] for branch in branches], axis=0)
    conductance = np.mean([1.0 / branch.regained(share) for branch in branches], axis=0)
    return Unloading(peak, share * peak, opening, 1.0 / conductance)


def _of_run(run: Results) -> InterfaceLaw:
    if len(run.interfaces) != 1:
        raise ResultsError(
            f"run {run.path.name}: it has {len(run.interfaces)} interfaces, which share one "
            "constriction; press the pair of layers alone"
        )
    (name,) = run.interfaces
    history = run.history
    if "asr" not in history and "asr_total" not in history:
        raise ResultsError(f"run {run.path.name}: no current was computed; leave current= as it is")
    pressure = np.asarray(history["nominal_pressure"], dtype=float)
    gap = np.asarray(history.of("gap_volume", name), dtype=float)
    joint = np.asarray(history.of("asr", name), dtype=float)
    resistance = joint + np.asarray(history["asr_constriction"], dtype=float)
    before = np.concatenate([[0.0], np.maximum.accumulate(pressure)[:-1]])
    rising = (pressure > before * (1.0 + 1e-9)) & np.isfinite(resistance)
    if rising.sum() < 3:
        raise ResultsError(f"run {run.path.name}: it has fewer than three increments of a press")
    p, r = pressure[rising], resistance[rising]
    closed = gap[rising][0] - gap[rising]
    # first touch lies before the first increment, by as much as its slope says
    closed += p[0] * (closed[1] - closed[0]) / (p[1] - p[0])
    closing = np.maximum.accumulate(np.concatenate([[0.0], closed]))
    zero = np.concatenate([[0.0], p]), np.concatenate([[np.inf], r])
    return InterfaceLaw(zero[0], closing, zero[1], tuple(_releases(pressure, gap, resistance)))


def _releases(pressure: Array, gap: Array, resistance: Array) -> Iterable[Unloading]:
    """Yield each release from a peak that was the largest pressure so far."""
    start = 0
    while start < len(pressure) - 1:
        stop = start
        while stop + 1 < len(pressure) and pressure[stop + 1] < pressure[stop] * (1.0 - 1e-9):
            stop += 1
        highest = pressure[start] >= pressure[: start + 1].max() * (1.0 - 1e-9)
        if stop > start and highest:
            part = slice(stop, start - 1 if start else None, -1)
            opened = np.maximum.accumulate((gap[part] - gap[start])[::-1])[::-1]
            whole = np.isfinite(resistance[part])
            yield Unloading(
                float(pressure[start]), pressure[part][whole], opened[whole],
                resistance[part][whole],
            )  # fmt: skip
        start = max(stop, start + 1)


def _linear(x: Array, known: Array, values: Array) -> tuple[Array, Array]:
    """Interpolate linearly; return values and slopes."""
    place = np.clip(np.searchsorted(known, x, side="right") - 1, 0, len(known) - 2)
    slope = (values[place + 1] - values[place]) / (known[place + 1] - known[place])
    return values[place] + slope * (x - known[place]), slope


def _by_logarithms(pressure: Array, known: Array, resistance: Array) -> Array:
    """Interpolate a resistance as a power of the pressure; infinite at zero pressure.

    Below the first pressure that is known the conductance is in proportion to the pressure.
    """
    found = np.full(len(pressure), np.inf)
    some = pressure > 0.0
    p = pressure[some]
    logs = np.interp(np.log(p), np.log(known), np.log(resistance))
    found[some] = np.exp(logs) * np.maximum(known[0] / p, 1.0)
    return found


def _same_length(where: str, *columns: Array) -> None:
    sizes = {column.shape for column in columns}
    if len(sizes) != 1 or columns[0].ndim != 1 or len(columns[0]) < 2:
        raise ResultsError(
            f"{where}: its tables have the shapes {', '.join(str(c.shape) for c in columns)}; "
            "give the same number of rows, two or more"
        )


def _monotone(where: str, name: str, values: Array, *, strict: bool) -> None:
    steps = np.diff(values)
    bad = np.flatnonzero(~(steps > 0.0) if strict else ~(steps >= 0.0))
    if len(bad) or not np.isfinite(values).all():
        row = int(bad[0]) + 1 if len(bad) else int(np.argmin(np.isfinite(values)))
        raise ResultsError(f"{where}: {name} turns back in row {row}; give rising pressures")
