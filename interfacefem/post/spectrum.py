# SPDX-License-Identifier: MIT
r"""The impedance spectrum of a pressed cell: what it holds, and the arcs in it.

The impedance is the sum of three: the layers as they would be with perfect contacts, constriction,
and charge transfer. Constriction is what the stack would have above its layers if the places that
conduct did so without resistance; charge transfer is the rest. At the frequency where the
capacitance of open gaps carries the current as well as the spots, constriction is gone. Relaxation
times and equivalent circuits are in :mod:`interfacefem.post.relaxation` and
:mod:`interfacefem.post.circuit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.fields import html_table
from interfacefem.materials import Value
from interfacefem.names import printable
from interfacefem.results.documents import number, table
from interfacefem.results.export import imported
from interfacefem.results.fields import write_csv

if TYPE_CHECKING:
    import pandas as pd

    from interfacefem.post.circuit import Circuit
    from interfacefem.post.relaxation import RelaxationTimes

FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]

#: names of the arcs that interfaces make
CONSTRICTION, TRANSFER = "constriction", "charge transfer"
#: of the resistance of the layers; what is less is no arc (a convention)
LEAST = 1e-6


@dataclass(frozen=True)
class Arc:
    """One arc of a spectrum.

    Attributes
    ----------
    name : str
        What it belongs to.
    resistance : float
        Its width at zero frequency [ohm cm^2].
    frequency : float
        Where its imaginary part is largest [Hz]; infinite without a capacitance, not a number if
        that is outside of the spectrum.
    """

    name: str
    resistance: float
    frequency: float

    @property
    def capacitance(self) -> float:
        """Of a resistor and a capacitor in parallel with that arc [F/cm^2]."""
        if not (self.resistance > 0.0 and self.frequency > 0.0):
            return float("nan")
        return 1.0 / (2.0 * np.pi * self.frequency * self.resistance)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Spectrum:
    """Impedance of a pressed cell against frequency, times its area.

    Attributes
    ----------
    origin : str
        Name of the run.
    step : str
        Protocol step at whose end the stack is as it is here.
    nominal_pressure : float
        [MPa].
    frequency : (n,) array
        Rising [Hz].
    impedance : (n,) complex array
        [ohm cm^2].
    layers : (n,) complex array
        With perfect contacts all over [ohm cm^2].
    without_transfer : (n,) complex array
        If places that conduct did so without resistance [ohm cm^2].
    direct, direct_without_transfer : float
        The limits of the impedance and of the last one at zero frequency, which are resistances of
        a vanishing steady current [ohm cm^2]; infinite where no contact is left.
    bulk : float
        The limit at infinite frequency: the grains of all layers [ohm cm^2]. There interfaces and
        grain boundaries are bridged by their capacitances; that of the grains themselves, if one
        was given, is not counted.
    layer_arcs : tuple of Arc
        Grains, and grain boundaries if there are any, of each layer, bottom to top.
    balance_error : (n,) array
        Largest loss of current over the current [-].
    values : mapping of str to Value
        Capacitances that were used, by what they belong to.
    notes : tuple of str
        What was left out, and what was estimated.
    """

    origin: str
    step: str
    nominal_pressure: float
    frequency: FloatArray
    impedance: ComplexArray
    layers: ComplexArray
    without_transfer: ComplexArray
    direct: float
    direct_without_transfer: float
    bulk: float
    layer_arcs: tuple[Arc, ...]
    balance_error: FloatArray
    values: dict[str, Value]
    notes: tuple[str, ...]

    @property
    def constriction(self) -> ComplexArray:
        """What squeezing the current through the spots adds [ohm cm^2]."""
        return self.without_transfer - self.layers

    @property
    def charge_transfer(self) -> ComplexArray:
        """What the resistance of the spots adds [ohm cm^2]."""
        return self.impedance - self.without_transfer

    @property
    def arcs(self) -> tuple[Arc, ...]:
        """Layers, constriction and charge transfer; the last two where a direct current passes."""
        steady = sum(arc.resistance for arc in self.layer_arcs)
        found = list(self.layer_arcs)
        if np.isfinite(self.direct):
            without = self.direct_without_transfer
            squeezed, passed = self._peak(self.constriction), self._peak(self.charge_transfer)
            found.append(Arc(CONSTRICTION, without - steady, squeezed))
            found.append(Arc(TRANSFER, self.direct - without, passed))
        return tuple(arc for arc in found if arc.resistance > LEAST * steady)

    def _peak(self, part: ComplexArray) -> float:
        """Return where minus the imaginary part is largest, between frequencies by a parabola."""
        height = -part.imag
        top = int(np.argmax(height))
        if not 0 < top < len(height) - 1:
            return float("nan")
        place = np.log(self.frequency[top - 1 : top + 2])
        curve = np.polyfit(place - place[1], height[top - 1 : top + 2], 2)
        return float(np.exp(place[1] - 0.5 * curve[1] / curve[0]))

    def relaxation_times(
        self, *, regularisation: float | None = None, points: int | None = None
    ) -> RelaxationTimes:
        """Return the distribution of relaxation times.

        See :func:`interfacefem.post.relaxation_times`.
        """
        from interfacefem.post.relaxation import relaxation_times

        return relaxation_times(
            self.frequency, self.impedance, regularisation=regularisation, points=points
        )

    def fit(self, circuit: str | None = None, guess: list[float] | None = None) -> Circuit:
        """Fit an equivalent circuit by the package ``impedance``.

        Parameters
        ----------
        circuit : str, optional
            E.g. ``"R0-p(R1,CPE1)"``; one with a resistor and a capacitor for each arc if not given.
        guess : list of float, optional
            Values to begin with, in the order of the elements; needed with a circuit of one's own.

        Raises
        ------
        EnvironmentProblem
            If the package ``impedance`` is missing.
        ResultsError
            If a circuit comes without a guess, cannot be read, or the fit does not end; if the
            spectrum has no direct resistance and no circuit is given.
        """
        from interfacefem.post.circuit import fit

        return fit(self, circuit, guess)

    @property
    def columns(self) -> dict[str, FloatArray]:
        """Columns of the table by name with unit."""
        parts = {
            "impedance": self.impedance,
            "layers": self.layers,
            "constriction": self.constriction,
            "charge transfer": self.charge_transfer,
        }
        found = {"frequency [Hz]": self.frequency}
        for name, part in parts.items():
            found |= {
                f"{name}, real [ohm cm^2]": part.real,
                f"{name}, imaginary [ohm cm^2]": part.imag,
            }
        return found | {"balance error [-]": self.balance_error}

    def to_dataframe(self) -> pd.DataFrame:
        """Return the spectrum as a ``pandas.DataFrame`` with units in its head.

        Raises
        ------
        EnvironmentProblem
            If pandas is missing.
        """
        return imported("pandas").DataFrame(self.columns)

    def to_csv(self, path: str | Path) -> Path:
        """Write the spectrum with units in the first line; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        rows = np.column_stack(list(self.columns.values())).tolist()
        return write_csv(path, list(self.columns), rows)

    def to_text(self) -> str:
        """Return arcs, limits, what was used and what was left out."""
        rows = [
            (arc.name, number(arc.resistance), _spoken(arc.frequency), number(arc.capacitance))
            for arc in self.arcs
        ]
        head = ("arc", "resistance [ohm cm^2]", "frequency [Hz]", "capacitance [F/cm^2]")
        used = [f"  {name}: {value} {value.source}" for name, value in self.values.items()]
        lines = [
            repr(self).strip("<>"),
            f"direct resistance {number(self.direct)} ohm cm^2, grains of all layers "
            f"{number(self.bulk)} ohm cm^2",
            f"current lost: at most {self.balance_error.max():.1e} of it",
            "",
            table(head, rows),
            *(["", "Capacitances", *used] if used else []),
            *(["", *(f"note: {note}" for note in self.notes)] if self.notes else []),
        ]
        return printable("\n".join(lines))

    def __len__(self) -> int:
        return len(self.frequency)

    def __repr__(self) -> str:
        low, high = self.frequency[0], self.frequency[-1]
        return printable(
            f"<Spectrum {self.origin}, step '{self.step}' at {number(self.nominal_pressure)} MPa: "
            f"{len(self)} frequencies from {low:.3g} to {high:.3g} Hz, "
            f"{number(self.direct)} ohm cm^2>"
        )

    def _repr_html_(self) -> str:
        rows = [
            (arc.name, arc.resistance, _spoken(arc.frequency), f"{arc.capacitance:.3g}")
            for arc in self.arcs
        ]
        head = ("Arc", "Resistance [ohm cm²]", "Frequency [Hz]", "Capacitance [F/cm²]")
        return html_table(head, rows, repr(self).strip("<>"))


def _spoken(frequency: float) -> str:
    if np.isinf(frequency):
        return "no capacitance"
    return "outside" if np.isnan(frequency) else f"{frequency:.3g}"
