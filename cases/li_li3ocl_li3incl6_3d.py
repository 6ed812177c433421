# SPDX-License-Identifier: MIT
"""Secondary press of Li | Li3OCl | Li3InCl6 in 3D: thin layers, long waves; see README.md."""

import interfacefem as ifem
from interfacefem import materials, surfaces


def rough(seed: int) -> ifem.Topography:
    """Return one face as pressed: 0.3 um rms, waves from 16 to 30 um."""
    size = ("40 um", "40 um")
    return surfaces.self_affine(
        size, hurst=0.8, rms_height="300 nm", long_cutoff="30 um", short_cutoff="16 um", seed=seed
    )


best_li3ocl = materials.get("Li3OCl", ionic_conductivity="3.2e-5 S/cm")  # best reported value
stack = ifem.Stack(  # bottom to top
    ifem.Layer("separator", "Li3InCl6", "8 um", top=rough(1)),
    ifem.Interface(resistance="2 ohm*cm^2"),
    ifem.Layer("interlayer", best_li3ocl, "4.8 um", bottom=rough(2), top=rough(3)),
    ifem.Interface(resistance="2 ohm*cm^2"),
    ifem.Layer("anode", "Li", "8 um", bottom=rough(4), flow_size="bulk"),
)
press = ifem.Press(force="1.5 t", die="10 mm", name="secondary press")
protocol = ifem.Protocol(press, ifem.Release(to="5 MPa", name="stack pressure"))
size = ifem.MeshSize(edge="2 um", growth=1.95)
case = ifem.Case("li_li3ocl_li3incl6_3d", stack, protocol, mesh=size)

if __name__ == "__main__":
    ifem.main(case)
