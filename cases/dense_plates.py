# SPDX-License-Identifier: MIT
"""Two dense ceramic plates and lithium: 1.5 t on a 10 mm die, hold, release to 5 MPa, no bonds."""

import interfacefem as ifem
from interfacefem import materials, surfaces


def rough(seed: int) -> ifem.Topography:
    """Return one face as pressed: 0.4 um rms, waves from 3 to 30 um, rms slope 0.10 to 0.16."""
    return surfaces.self_affine(
        "60 um", hurst=0.8, rms_height="400 nm", long_cutoff="30 um", short_cutoff="3 um", seed=seed
    )


best_li3ocl = materials.get("Li3OCl", ionic_conductivity="3.2e-5 S/cm")  # best reported value
stack = ifem.Stack(  # bottom to top
    ifem.Layer("separator", "Li3InCl6", "40 um", top=rough(1)),
    ifem.Interface(resistance="2 ohm*cm^2"),
    ifem.Layer("interlayer", best_li3ocl, "8 um", bottom=rough(2), top=rough(3)),
    ifem.Interface(resistance="2 ohm*cm^2"),
    ifem.Layer("anode", "Li", "30 um", bottom=rough(4)),
)
protocol = ifem.Protocol(
    ifem.Press(force="1.5 t", die="10 mm", name="secondary press"),
    ifem.Hold("60 s"),
    ifem.Release(to="5 MPa", name="stack pressure"),
)
case = ifem.Case("dense_plates", stack, protocol)

if __name__ == "__main__":
    ifem.main(case)
