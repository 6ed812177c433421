# SPDX-License-Identifier: MIT
"""Yan 2026: which first pressure is best for two powders that end at 625 MPa together."""

from pathlib import Path

from interfacefem.experiments import Comparison, Quantity, powders, published
from interfacefem.materials.necks import Necks

DATA = published("staged")


def compare(folder: Path) -> Comparison:
    """Compare the gain of conductivity by a first press of 375 MPa over one of 250 MPa."""
    final, (low, best, _) = DATA.one("final"), DATA.series("first")
    measured = DATA.one("conductivity_375") / DATA.one("conductivity_250")
    law, necks = powders.compaction()["pellets"], Necks()
    last, firsts = law.density(final), law.density([low, best])
    # both are pressed to the final pressure in the end: the powder remembers the largest one only
    gain = float(necks.factor(last, 0.0) / necks.factor(last, 0.0))
    flow = [float(last / first - 1.0) for first in firsts]
    return Comparison(
        DATA,
        [
            Quantity(
                "conductivity with a first press of 375 over that with 250 MPa", "",
                (measured / 1.2, measured * 1.2), (gain,), gain,
            )
        ],
        assumed=["the law of density of Li6PS5Cl for both layers"],
        blind="the laws of powders were fitted to other data",
        missing="cracks of the first layer in the final press, contact between layers: the laws "
        "remember the largest pressure of each powder only",
        notes=[
            f"after 250 MPa the first layer still flows by {flow[0]:.1%} in the final press, after "
            f"375 by {flow[1]:.1%}: a layer that thins by so much more while it is bonded to a "
            "fresh one is where micro-cracks are reported; nothing here breaks a layer",
        ],
    )  # fmt: skip
