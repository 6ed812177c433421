# SPDX-License-Identifier: MIT
"""Equivalent circuits fitted to a spectrum by the package ``impedance``.

References
----------
Murbach, Gerwe, Dawson-Elli and Tsui (2020), 10.21105/joss.02349 (impedance.py).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import EnvironmentProblem, ResultsError
from interfacefem.fields import aligned, html_table, screen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.post.spectrum import Spectrum

    ComplexArray = npt.NDArray[np.complex128]


#: units of elements, by the letter they begin with
_UNITS = {"R": "ohm cm^2", "C": "F/cm^2"}
_HEAD = ("element", "value", "deviation", "unit", "arc")


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Circuit:
    """An equivalent circuit with its fitted values.

    Attributes
    ----------
    circuit : str
        As the package ``impedance`` writes it: ``R0-p(R1,C1)`` is a resistor in series with a
        resistor and a capacitor in parallel.
    names : tuple of str
        Elements in the order of their values.
    values : tuple of float
        Resistances [ohm cm^2], capacitances [F/cm^2] and so on.
    errors : tuple of float
        Standard deviation of each by the fit, infinite where it decides nothing.
    impedance : (n,) complex array
        Of the fitted circuit [ohm cm^2].
    residual : float
        Root mean square of the difference, over the magnitude of the impedance [-].
    arcs : mapping of str to str
        Which arc of the spectrum an element began as, e.g. ``{"R1": "constriction"}``; empty for a
        circuit of one's own. Two arcs that overlap may share theirs between them.
    """

    circuit: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    impedance: ComplexArray
    residual: float
    arcs: Mapping[str, str] = field(default_factory=dict)

    def _head(self) -> str:
        return f"Circuit {self.circuit}, off by {self.residual:.2g} of the impedance"

    def _rows(self) -> list[list[str]]:
        return [
            [name, f"{value:.4g}", f"{error:.2g}", _unit(name), self.arcs.get(name, "")]
            for name, value, error in zip(self.names, self.values, self.errors, strict=True)
        ]

    def __repr__(self) -> str:
        return screen([f"<{self._head()}>", *aligned([_HEAD, *self._rows()])])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), self._head())


def _unit(name: str) -> str:
    return "" if name.startswith("CPE") else _UNITS.get(name[0], "")


def circuit_of(spectrum: Spectrum) -> tuple[str, list[float], dict[str, str]]:
    """Return a circuit with a resistor and a capacitor for each arc, a guess, and which is which.

    What has no capacitance, or relaxes outside of the frequencies, is one resistor in series.
    """
    least, largest = 1e-3 * spectrum.direct, float(spectrum.frequency[-1])
    seen = [arc for arc in spectrum.arcs if arc.resistance > least and arc.frequency <= largest]
    rest = [arc for arc in spectrum.arcs if arc not in seen]
    parts, guess = ["R0"], [max(sum(arc.resistance for arc in rest), least)]
    arcs = {"R0": ", ".join(arc.name for arc in rest)}
    for index, arc in enumerate(seen, start=1):
        parts.append(f"p(R{index},C{index})")
        guess += [arc.resistance, arc.capacitance]
        arcs |= {f"R{index}": arc.name, f"C{index}": arc.name}
    return "-".join(parts), guess, arcs


def fit(
    spectrum: Spectrum, circuit: str | None = None, guess: Sequence[float] | None = None
) -> Circuit:
    """Fit an equivalent circuit; see :meth:`interfacefem.post.Spectrum.fit`."""
    try:
        circuits: Any = importlib.import_module("impedance.models.circuits")
    except ImportError as error:
        raise EnvironmentProblem(
            "fitting a circuit needs impedance.py; install it with: "
            "pip install 'interfacefem[impedance]'"
        ) from error
    arcs: dict[str, str] = {}
    if circuit is None:
        if not np.isfinite(spectrum.direct):
            raise ResultsError(
                "the spectrum of an open circuit has no arcs to begin with; give a circuit, e.g. "
                'fit("R0-p(R1,C1)-C2", [100.0, 1e3, 1e-9, 1e-9])'
            )
        circuit, guess, arcs = circuit_of(spectrum)
    if guess is None:
        raise ResultsError(
            f"circuit {circuit!r} has no values to begin with; give one for each element (guess)"
        )
    begin = [float(value) for value in guess]
    try:
        model: Any = circuits.CustomCircuit(circuit, initial_guess=begin)
        # resistances and capacitances differ by many decades
        model.fit(
            spectrum.frequency, spectrum.impedance, weight_by_modulus=True, x_scale=np.abs(begin)
        )
    except Exception as error:  # the package raises what it likes
        raise ResultsError(
            f"circuit {circuit!r} cannot be fitted: {error}; give another circuit or other values "
            "to begin with"
        ) from error
    found: ComplexArray = np.asarray(model.predict(spectrum.frequency))
    off = np.abs(found - spectrum.impedance) / np.abs(spectrum.impedance)
    names, _ = model.get_param_names()
    return Circuit(
        circuit=circuit,
        names=tuple(names),
        values=tuple(np.asarray(model.parameters_, dtype=float).tolist()),
        errors=tuple(np.asarray(model.conf_, dtype=float).tolist()),
        impedance=found,
        residual=float(np.sqrt(np.mean(off**2))),
        arcs=arcs,
    )
