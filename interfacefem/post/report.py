# SPDX-License-Identifier: MIT
"""The summary of a run with its clusters, risks, flaws and pressure window, as text."""

from __future__ import annotations

from interfacefem.post.clusters import Clusters, clusters
from interfacefem.post.risk import risk_table
from interfacefem.post.short_circuit import short_circuit
from interfacefem.post.window import window_of
from interfacefem.results import Results
from interfacefem.results.text import Cell, table


def summary(results: Results, *, rows: int = 10) -> str:
    """Return ``results.summary()`` with the risk table worked out from the fields.

    With the flaws at the faces of brittle layers and their assumptions, and the pressure window
    where there is one; in 3D with the clusters of contact and the voids of each interface, too.

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    rows : int
        Of the risk table.
    """
    text = results.summary(risk=False)
    if not len(results):
        return text
    if results.mesh.dimension == 3:
        text = f"{text}\n\n{_clusters(results)}"
    text = f"{text}\n\nRisk, worst of all steps\n{risk_table(results).to_text(rows)}"
    found = short_circuit(results)
    if len(found):
        text += f"\n\nFlaws at the faces of brittle layers\n{found.to_text()}"
    window = window_of(results)
    return text if window is None else f"{text}\n\nPressure window\n{window.to_text()}"


def _clusters(results: Results) -> str:
    rows: list[list[Cell]] = []
    for name in results.interfaces:
        for step in results.steps:
            state = results.interface(name).at(step)
            if not state.present:
                continue
            contact, void = clusters(state, "contact"), clusters(state, "void")
            row: list[Cell] = [name, step]
            for part in (contact, void):
                row += [len(part), part.largest_share, _spans(part)]
            rows.append(row)
    head = ["interface", "step", "contacts", "largest [-]", "span"]
    head += ["voids", "largest [-]", "span"]
    return (
        "Clusters at the end of each step (largest: its part of the contact or open area; span: "
        "axes along which one reaches from wall to wall)\n" + table(head, rows)
    )


def _spans(found: Clusters) -> str:
    axes = [axis for axis, spans in zip("xy", found.spanning, strict=False) if spans]
    return ", ".join(axes) or "none"
