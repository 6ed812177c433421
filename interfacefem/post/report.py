# SPDX-License-Identifier: MIT
"""The summary of a run with its clusters, risks and pressure window, as text; each verdict once."""

from __future__ import annotations

from interfacefem.describe.interface_notes import bare_of, without_bonds
from interfacefem.post.causes import CAUSES
from interfacefem.post.maps import Clusters, clusters
from interfacefem.post.risk_table import risk_table
from interfacefem.post.window_points import window_of
from interfacefem.reference.constriction import spot_over_strip
from interfacefem.results import Results
from interfacefem.results.documents import Cell, table
from interfacefem.results.edges import contact_fraction

#: contact fraction up to which the closed form of an array of spots is good to a few per cent
MOST_AS_SPOTS = 0.5


def summary(results: Results, *, rows: int | None = None) -> str:
    """Return ``results.summary()`` with the risk table worked out from the fields.

    With the pressure window where there is one; of a section with what spots would constrict in
    place of its strips; in 3D with the clusters of contact and the voids of each interface. The
    risks are those that are registered now: a run of a case with a cause of its own is reported
    with that file (``interfacefem report RUN --with FILE``).

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    rows : int, optional
        Of the risk table; all by default.
    """
    text = results.summary(risk=False)
    if not len(results):
        return text
    if results.mesh.dimension == 3:
        text = f"{text}\n\n{_clusters(results)}"
    elif "die" not in results.case and (strips := _strips(results)):
        text = f"{text}\n\n{strips}"
    text = f"{text}\n\nRisk, worst of all steps\n{risk_table(results).to_text(rows)}"
    if bare := bare_of(results.case, results.materials):
        text += f"\n  note: {without_bonds(bare)}"
    unknown = dict.fromkeys(
        str(row["cause"]) for row in results.risk_rows() if row["cause"] not in CAUSES
    )
    for cause in unknown:
        text += (
            f"\n  note: the run stored the risk '{cause}', which nothing registers here; give the "
            "file that does (--with FILE.py)"
        )
    window = window_of(results)
    return text if window is None else f"{text}\n\nPressure window\n{window.to_text()}"


def _strips(results: Results) -> str:
    """Return what a section, whose contacts are strips, says of an area; empty if it all touches.

    No factor is given where strips of one width would be spots that touch each other.
    """
    rows: list[list[Cell]] = []
    for name in results.interfaces:
        for step in results.steps:
            state = results.interface(name).at(step)
            touching = contact_fraction(state) if state.present else 0.0
            if 0.0 < touching < MOST_AS_SPOTS:
                squeezed = (
                    results.current(step).asr_constriction if results.has_current(step) else None
                )
                rows.append([name, step, touching, squeezed, spot_over_strip(touching)])
    if not rows:
        return ""
    head = ["interface", "step", "contact [-]", "constriction of the stack [ohm cm^2]"]
    head += ["spot over strip"]
    return (
        "Contacts of a section are strips. At equal contact round spots constrict so many times as "
        "much;\na section shows neither percolation nor the focusing around a spot, so take "
        "numbers after release from 3D\n" + table(head, rows)
    )


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
