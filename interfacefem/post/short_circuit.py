# SPDX-License-Identifier: MIT
"""Where flaws of a brittle layer may grow and a metal be driven in: a table of faces, assumptions.

Three readings at every node of every face of a brittle layer: the largest stress intensity of the
flaws that the layer may have (:mod:`interfacefem.post.brittle`), dry; the same with the metal's
contact pressure inside them; and by how much that pressure exceeds what it takes to enter a slit of
given width (:mod:`interfacefem.post.exposures`). No probability and no single number: what counts
is where, over how much of the area, and how far the ranges of the data reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interfacefem.materials import Material, Value
from interfacefem.post.exposures import (
    SLIT_WIDTH,
    Exposure,
    exposures,
    flaw_sizes_given,
    percent,
)
from interfacefem.results import Results
from interfacefem.results.documents import Cell, number, table
from interfacefem.results.fields import write_csv
from interfacefem.units import Dimensional


@dataclass(frozen=True)
class ShortCircuit:
    """The faces of the brittle layers of a run, with what was assumed.

    Attributes
    ----------
    exposures : tuple of Exposure
        In the order of steps, layers from bottom to top.
    assumptions : tuple of str
    """

    exposures: tuple[Exposure, ...]
    assumptions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.exposures)

    def __iter__(self) -> Iterator[Exposure]:
        return iter(self.exposures)

    def to_text(self) -> str:
        """Return an aligned table and the assumptions."""
        head = ["layer", "at", "step", "pressure [MPa]", "flaws up to [um]"]
        head += ["K dry [MPa m^0.5]", "K with metal"]
        head += ["toughness", "grows on", "driven in on"]
        rows: list[list[Cell]] = [
            [
                each.layer,
                each.interface,
                each.step,
                each.pressure,
                each.flaws.deepest,
                each.dry.max(),
                None if each.metal is None else each.metal.filled.max(),
                "-" if each.toughness is None else _range(each.toughness),
                percent(each.growing()),
                percent(each.entered()),
            ]
            for each in self.exposures
        ]
        lines = [table(head, rows)] if rows else ["  no brittle layer to judge"]
        return "\n".join([*lines, "  Assumed", *(f"    {text}" for text in self.assumptions)])

    def to_csv(self, path: str | Path) -> Path:
        """Write one line a face and step; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        head = ["layer", "interface", "step", "pressure [MPa]"]
        head += ["flaws up to [um]", "slit depth [um]", "slit width [um]"]
        head += ["K_dry [MPa m^0.5]", "K_filled [MPa m^0.5]", "intrusion [MPa]"]
        head += [f"{what} {which} [-]" for what in ("growing", "entered") for which in _THREE]
        rows = []
        for each in self.exposures:
            metal = each.metal
            most, slit = [math.nan, math.nan], [math.nan, math.nan]
            if metal is not None:
                most = [metal.filled.max(), metal.intrusion.max()]
                slit = [metal.depth, metal.width]
            place = [each.layer, each.interface, each.step, each.pressure, each.flaws.deepest]
            row = [*place, *slit, each.dry.max(), *most, *each.growing(), *each.entered()]
            rows.append(row)
        return write_csv(path, head, rows)


_THREE = ("if weak", "as given", "if strong")


def short_circuit(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional | None = None,
    width: Dimensional = SLIT_WIDTH,
) -> ShortCircuit:
    """Judge every face of the brittle layers of a run at the ends of its steps.

    Parameters
    ----------
    results : Results
        Plane or axisymmetric sections, or 3D.
    step : str, optional
        Only this step; all with layer fields by default.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    depth : str, pint.Quantity or float, optional
        Of the flaw, and of the slit that a metal may enter [um]; by default all flaws up to that
        which goes with the strength of the layer (:mod:`interfacefem.post.brittle`).
    width : str, pint.Quantity or float
        Of the slit [um].

    Raises
    ------
    ResultsError
        If there is no such step, or a size is not positive.
    UnitError
        If a size is no length.
    """
    known = results.materials if materials is None else materials
    deep, wide = flaw_sizes_given(depth, width)
    names = [name for name in results.steps if results.has_layers(name)] if step is None else [step]
    notes: list[str] = []
    found = [each for name in names for each in exposures(results, name, known, deep, wide, notes)]
    # the last one of a layer: as it is deformed the depths change little
    depths = {each.layer: f"layer '{each.layer}': {each.flaws.said}" for each in found}
    said = (*assumptions(found), *depths.values(), *dict.fromkeys(notes))
    return ShortCircuit(tuple(found), said)


def assumptions(found: Sequence[Exposure]) -> tuple[str, ...]:
    """Return in words what the readings of faces rest on."""
    lines = [
        "sharp flaws, long along the face and perpendicular to it, at every node; weight function "
        "of Hartranft and Sih (1973) for a half-plane. A flaw that is not longer than deep has 0.6 "
        "to 0.65 of its stress intensity, one deeper than a fifth of its layer more than it"
    ]
    lines += [
        "the stress is that of the layer without the flaw, as mean over cells; flaws do not see "
        "each other, and nothing grows",
    ]
    metals = [each.metal for each in found if each.metal is not None]
    if metals:
        lines.append(
            "'with metal': the contact pressure beside the flaw acts on its whole depth; no "
            "current, no time: plating into a flaw builds a pressure of its own"
        )
    lines += dict.fromkeys(
        f"'driven in': a slit {number(metal.width)} um wide and {number(metal.depth)} um deep, "
        "propped open by its own elasticity; the pressure exceeds what squeezes it shut and what "
        f"it takes to flow in, of layer '{metal.layer}' {_range(metal.flow)} MPa: "
        f"{metal.flow.source}"
        for metal in metals
    )
    return tuple(lines)


def _range(value: Value) -> str:
    return f"{number(value.value)} ({number(value.low)} to {number(value.high)})"
