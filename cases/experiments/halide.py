# SPDX-License-Identifier: MIT
"""Varkey 2026: thickness of a halide separator against pressure."""

from pathlib import Path

from interfacefem.experiments import Comparison, Quantity, published
from interfacefem.materials.necks import Compaction

DATA = published("halide")
#: yield pressures of halide powders [MPa]: softest, middle, hardest that are published or aimed at
YIELDS = (90.0, 160.0, 250.0, 490.0)


def compare(folder: Path) -> Comparison:
    """Compare thickness over that at 100 MPa; the mass of the film does not change."""
    pressures, thickness = DATA.series("pressure"), DATA.series("thickness")

    def relative(yields: float) -> list[float]:
        density = Compaction(yields).density(pressures)
        return [float(density[0] / one) for one in density]

    bands, nominal = [relative(y) for y in YIELDS], relative(160.0)
    return Comparison(
        DATA,
        [
            Quantity(
                f"thickness at {p:g} MPa over that at 100 MPa", "",
                (t / thickness[0] - 0.01, t / thickness[0] + 0.01),
                tuple(band[i] for band in bands), nominal[i], share=True,
            )
            for i, (p, t) in enumerate(zip(pressures, thickness, strict=True)) if i
        ],
        assumed=["yield pressure of 160 MPa (90 to 490); 3 percent of binder without effect"],
        blind="the law of density was fitted to sulfides",
        missing="a film that resists at first and gives way later, as grains in a binder may: a "
        "powder with one yield pressure is compacted ever more slowly",
        notes=[
            f"to lose {1 - thickness[1] / thickness[0]:.1%} up to 200 MPa a powder must yield at "
            f"60 MPa, and would then lose {1 - relative(60.0)[-1]:.1%} up to 350; measured "
            f"{1 - thickness[-1] / thickness[0]:.1%}",
        ],
    )  # fmt: skip
