# SPDX-License-Identifier: MIT
"""The table "model beside measurement", as markdown and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from interfacefem.experiments.rows import Comparison

COLUMNS = (
    "data set", "quantity", "unit", "measured low", "measured high", "model nominal", "model low",
    "model high", "verdict", "source", "doi", "read",
)  # fmt: skip


def as_csv(found: Sequence[Comparison]) -> str:
    """Return one line a quantity."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        for q in one.quantities:
            numbers = (*q.measured, q.nominal, *q.band)
            row = [one.data.name, q.name, q.unit, *(f"{value:.6g}" for value in numbers)]
            writer.writerow([*row, q.in_words(), one.data.source, one.data.doi, one.data.read])
    return stream.getvalue()


def as_markdown(found: Sequence[Comparison]) -> str:
    """Return the table, and under it what was assumed, fitted, blind and is missing."""
    inside = sum(one.verdict == "inside" for one in found)
    lines = [
        "# Model beside measurement",
        "",
        f"{inside} of {len(found)} data sets are inside the band in all that was compared. Inside: "
        "the range of the measurement with its error of reading, and the band of the model over "
        "seeds and assumed inputs, overlap. A band that is wider than a factor of four (0.3 of a "
        "share) and off in its nominal value decides nothing. Written by `interfacefem validate`.",
        "",
        "![all quantities, model over measurement, by data set](validation.png)",
        "",
        "| Data set | Quantity | Measured | Model (band) | Verdict |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        for i, q in enumerate(one.quantities):
            low, high = q.measured
            measured = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
            model = f"{q.nominal:.3g} ({q.band[0]:.3g} to {q.band[1]:.3g})"
            name = one.data.title if i == 0 else ""
            unit = f" {q.unit}" if q.unit else ""
            cells = (name, q.name, f"{measured}{unit}", f"{model}{unit}", q.in_words())
            # names of stacks hold the character that divides cells
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    for one in found:
        doi = f", {one.data.doi}" if one.data.doi else ""
        lines += ["", f"## {one.data.name}: {one.verdict}", "", one.data.title + "."]
        lines.append(f"Source: {one.data.source}{doi} (read: {one.data.read}).")
        parts = [("Assumed", "; ".join(one.assumed)), ("Fitted", one.fitted or "nothing")]
        parts += [("Blind", one.blind), ("Missing", one.missing)]
        lines += ["", *(f"- {head}: {text}." for head, text in parts if text)]
        lines += [f"- {note}." for note in one.notes]
    return "\n".join(lines) + "\n"
