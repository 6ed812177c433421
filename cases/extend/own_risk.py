# SPDX-License-Identifier: MIT
"""A cause of risk of your own, one file: too little of the metal's face touches to carry current.

    interfacefem report RUN --with cases/extend/own_risk.py
    python cases/extend/own_risk.py RUN

It stands in the risk table and in the pressure window with its own threshold, and in the table that
a run stores if the case script imports this file.
"""

import sys
from collections.abc import Iterator

from interfacefem import Results, post

#: open part of the face: a choice, put in what your cell bears
OPEN = post.threshold(0.2, low=0.1, high=0.4, source="a choice of this file, not measured")


@post.risk("open at the metal", unit="-", needs=("interfaces", "materials"))
def open_at_the_metal(at: post.Increment) -> Iterator[post.Found]:
    """Too much of the face of a metal has lost its contact."""
    for name in at.interfaces:
        if post.electrode(at.materials, name) is None:
            continue  # no metal is stripped or plated here
        state = at.interface(name)
        opening = state.gap.values * (state.in_contact.values == 0)
        widest = int(opening.argmax())
        yield post.Found(
            subject=f"interface '{name}'",
            place=state.points[widest, :-1],
            value=1.0 - post.contact_fraction(state),
            threshold=OPEN,
            comment=f"widest gap {opening[widest]:.3g} um, {at.pressure:.3g} MPa",
        )


if __name__ == "__main__":
    with Results.open(sys.argv[1]) as run:
        print(post.risk_table(run, causes=["open at the metal"]).to_text())
