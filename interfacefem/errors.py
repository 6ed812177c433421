# SPDX-License-Identifier: MIT
"""The error family of interfacefem. Every error says what happened, where, and what to try.

Nothing else lives here: no logging, no checking. Errors carry their data as attributes so that
the command line and tests read them without parsing text. A message may quote names from a file
that somebody else made: what a terminal would obey is shown as its escape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interfacefem.names import printable


class InterfaceFEMError(Exception):
    """Base of all errors raised on purpose by interfacefem."""

    def __str__(self) -> str:
        return printable(super().__str__())


class UnitError(InterfaceFEMError):
    """A value has no unit, an unknown unit, or a unit of another kind."""


class SurfaceError(InterfaceFEMError):
    """A topography cannot be built, read or resolved."""


class MaterialError(InterfaceFEMError):
    """A material is unknown or one of its values is out of range."""


class MeshError(InterfaceFEMError):
    """A mesh cannot be built or read, or its cells are unusable."""


class ResultsError(InterfaceFEMError):
    """A results file is missing, damaged, of another version, or lacks what was asked for."""


class ExtensionError(InterfaceFEMError):
    """A file or package that extends the program cannot be loaded, or clashes with another."""


class EnvironmentProblem(InterfaceFEMError):
    """Something the machine must provide (DOLFINx, a C compiler, a package) is missing."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a case.

    Attributes
    ----------
    place : str
        Path of the value, e.g. ``layer[1].thickness``.
    problem : str
        What is wrong, with the value.
    remedy : str
        What to write instead.
    """

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        text = f"{self.place}: {self.problem}"
        return f"{text}; {self.remedy}" if self.remedy else text


class CaseError(InterfaceFEMError):
    """A case has mistakes; all of them are listed at once.

    Attributes
    ----------
    mistakes : tuple of Mistake
    """

    def __init__(self, mistakes: Iterable[Mistake], name: str = "case") -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(mistakes)
        self.name = name
        count = len(self.mistakes)
        head = f"{name}: {count} mistake{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  - {mistake}" for mistake in self.mistakes)]))


class ConvergenceError(InterfaceFEMError):
    """The solution could not be continued; what was accepted before is kept.

    Attributes
    ----------
    step : str
        Name of the protocol step.
    load : float
        Nominal pressure of the last accepted increment [MPa].
    reasons : tuple of str
        Why the last attempts were rejected, in words.
    """

    def __init__(self, step: str, load: float, reasons: Sequence[str], remedy: str = "") -> None:
        self.step = step
        self.load = load
        self.reasons = tuple(reasons)
        lines = [f"stopped in step '{step}' at {load:.4g} MPa"]
        lines += [f"  - {reason}" for reason in dict.fromkeys(self.reasons)]
        if remedy:
            lines.append(f"  try: {remedy}")
        super().__init__("\n".join(lines))
