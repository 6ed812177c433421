# SPDX-License-Identifier: MIT
"""The risk table of a run: every registered cause at the ends of the steps, the worst first.

How one cause finds its value is in the modules ``*_causes``; a cause of somebody else that stops
with an error is named in the notes, and all others are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from interfacefem import logs, registry
from interfacefem.materials import Material
from interfacefem.post import current, delamination_causes, overpressing_causes, plating_causes
from interfacefem.post.causes import CAUSES, Cause
from interfacefem.post.exposures import SLIT_WIDTH, flaw_sizes_given
from interfacefem.post.increment import Increment, Need, last_with
from interfacefem.post.risk_rows import RiskRow, RiskTable, ranked, rows_of
from interfacefem.results import Results
from interfacefem.units import Dimensional

logger = logs.get(__name__)

#: what is missing where a cause is not judged
_MISSING: dict[Need, str] = {
    "materials": "the run was written without its materials",
    "layers": "no fields inside the layers are stored",
    "current": "no current was computed",
}
#: those of the program, which register themselves
_OWN = (delamination_causes, current, overpressing_causes, plating_causes)


class Judge:
    """Causes of risk, and the options they are judged with, for one run.

    Parameters
    ----------
    results : Results
        The run.
    causes : collection of str, optional
        Names; all that are registered by default.
    materials, depth, width, critical
        As for :class:`~interfacefem.post.increment.Increment`.

    Attributes
    ----------
    causes : tuple of Cause
    notes, assumptions : list of str
        What could not be judged, and what rows rest on, so far.

    Raises
    ------
    ResultsError
        If there is no such cause, or a size is not positive.
    UnitError
        If a size is no length.
    """

    def __init__(
        self,
        results: Results,
        *,
        causes: Collection[str] | None = None,
        materials: Mapping[str, Material] | None = None,
        depth: Dimensional | None = None,
        width: Dimensional = SLIT_WIDTH,
        critical: Dimensional | None = None,
    ) -> None:
        self.results = results
        self.causes = tuple(CAUSES.find(name) for name in (CAUSES if causes is None else causes))
        self.notes: list[str] = []
        self.assumptions: list[str] = []
        self._materials = results.materials if materials is None else materials
        self._depth, self._width = flaw_sizes_given(depth, width)
        self._critical = critical
        self._failed: set[str] = set()

    def at(self, step: str, number: int) -> list[RiskRow]:
        """Return the rows of every cause whose needs are stored at an increment."""
        at = self._increment(step, number)
        rows = []
        for cause in self.causes:
            if cause.needs <= at.stored:
                rows += self._rows(cause, at)
        self._keep(at)
        return rows

    def at_end(self, step: str) -> list[RiskRow]:
        """Return the rows of a step, each cause at the last increment that has what it needs.

        Raises
        ------
        ResultsError
            If there is no such step.
        """
        self.results.increments(step)
        opened: dict[int, Increment] = {}
        rows: list[RiskRow] = []
        for cause in self.causes:
            number = last_with(self.results, step, cause.needs)
            if number is None or ("materials" in cause.needs and not self._materials):
                continue
            if number not in opened:
                opened[number] = self._increment(step, number)
            rows += self._rows(cause, opened[number])
        for at in opened.values():
            self._keep(at)
        return rows

    def missing(self, steps: Iterable[str]) -> list[str]:
        """Return which causes cannot be judged at the end of any of these steps, and why."""
        found: dict[str, list[str]] = {}
        names = list(steps)
        for cause in self.causes:
            for need, why in _MISSING.items():
                there = bool(self._materials)
                if need != "materials":
                    there = any(
                        last_with(self.results, name, (need,)) is not None for name in names
                    )
                if need in cause.needs and not there:
                    found.setdefault(why, []).append(cause.name)
                    break
        return [f"{why}; not judged: {', '.join(whose)}" for why, whose in found.items()]

    def _increment(self, step: str, number: int) -> Increment:
        return Increment(
            self.results, step, number,
            materials=self._materials, depth=self._depth, width=self._width,
            critical=self._critical,
        )  # fmt: skip

    def _keep(self, at: Increment) -> None:
        self.notes += at.notes
        self.assumptions += at.assumptions

    def _rows(self, cause: Cause, at: Increment) -> list[RiskRow]:
        """Return the rows of a cause; what others' functions raise becomes a note."""
        if cause.name in self._failed:
            return []
        origin = CAUSES.origin(cause.name)
        try:
            return rows_of(cause, at)
        except Exception as error:
            if CAUSES.is_own(cause.name):
                raise
            said = f"risk '{cause.name}' is not judged: {registry.told(error, origin)}"
            logger.warning("%s", said)
            self.notes.append(said)
            self._failed.add(cause.name)
            return []


def risk_table(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    critical_current_density: Dimensional | None = None,
    depth: Dimensional | None = None,
    width: Dimensional = SLIT_WIDTH,
    causes: Collection[str] | None = None,
) -> RiskTable:
    """Rank the places of a run that may fail.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        Judge the end of this step; None takes the worst of all steps, each row saying which.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    critical_current_density : str, pint.Quantity or float, optional
        E.g. ``"1 mA/cm^2"``, a float is in uA/um^2; by default that of the case, else of the
        electrolyte's material with its range.
    depth, width : str, pint.Quantity or float, optional
        Of the flaws and slits that are looked for [um]; by default all flaws up to that which goes
        with the strength (:mod:`interfacefem.post.brittle`), and slits of 0.1 um.
    causes : collection of str, optional
        Only these; all that are registered by default (:data:`interfacefem.post.CAUSES`).

    Raises
    ------
    ResultsError
        If there is no such step or cause, or a size is not positive.
    UnitError
        If a size is no length.
    """
    judge = Judge(
        results, causes=causes, materials=materials, depth=depth, width=width,
        critical=critical_current_density,
    )  # fmt: skip
    names = results.steps if step is None else (step,)
    tables = [judge.at_end(name) for name in names]
    return ranked(tables, [*judge.missing(names), *judge.notes], judge.assumptions)


def overpressing(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional | None = None,
    width: Dimensional = SLIT_WIDTH,
) -> RiskTable:
    """Rank where the brittle layers of a run may have been pressed too hard.

    The rows of :func:`risk_table` with the causes ``over-pressing: ...``
    (:mod:`interfacefem.post.overpressing_causes`).

    Parameters
    ----------
    results, step, materials, depth, width
        As for :func:`risk_table`.

    Raises
    ------
    ResultsError, UnitError
        As for :func:`risk_table`.
    """
    chosen = [name for name in CAUSES if name.startswith("over-pressing")]
    return risk_table(results, step, materials=materials, depth=depth, width=width, causes=chosen)


def delamination_risk(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
) -> RiskTable:
    """Rank where the interfaces of a run have come apart or may do so.

    The rows of :func:`risk_table` with the causes ``delamination...``
    (:mod:`interfacefem.post.delamination_causes`); no adhesion is needed.

    Parameters
    ----------
    results, step, materials
        As for :func:`risk_table`.

    Raises
    ------
    ResultsError
        As for :func:`risk_table`.
    """
    chosen = [name for name in CAUSES if name.startswith("delamination")]
    return risk_table(results, step, materials=materials, causes=chosen)
