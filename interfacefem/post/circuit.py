# SPDX-License-Identifier: MIT
"""Equivalent circuits fitted to a spectrum by the package ``impedance``.

References
----------
Murbach, Gerwe, Dawson-Elli and Tsui (2020), 10.21105/joss.02349 (impedance.py).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import EnvironmentProblem, ResultsError
from interfacefem.fields import ShownData

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.post.spectrum import Spectrum

    ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Circuit(ShownData):
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
    """

    circuit: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    errors: tuple[float, ...]
    impedance: ComplexArray
    residual: float


def circuit_of(spectrum: Spectrum) -> tuple[str, list[float]]:
    """Return a circuit with a resistor and a capacitor for each arc, and a guess of its values.

    What has no capacitance, or relaxes outside of the frequencies, is one resistor in series.
    """
    least, largest = 1e-3 * spectrum.direct, float(spectrum.frequency[-1])
    seen = [arc for arc in spectrum.arcs if arc.resistance > least and arc.frequency <= largest]
    series = sum(arc.resistance for arc in spectrum.arcs if arc not in seen)
    parts, guess = ["R0"], [max(series, least)]
    for index, arc in enumerate(seen, start=1):
        parts.append(f"p(R{index},C{index})")
        guess += [arc.resistance, arc.capacitance]
    return "-".join(parts), guess


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
    if circuit is None:
        if not np.isfinite(spectrum.direct):
            raise ResultsError(
                "the spectrum of an open circuit has no arcs to begin with; give a circuit, e.g. "
                'fit("R0-p(R1,C1)-C2", [100.0, 1e3, 1e-9, 1e-9])'
            )
        circuit, guess = circuit_of(spectrum)
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
    )
