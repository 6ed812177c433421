# SPDX-License-Identifier: MIT
"""Li | Li3OCl | Li3InCl6 as it is made: two powders pressed in stages, then lithium with 1.5 t."""

import interfacefem as ifem
from interfacefem import materials, surfaces


def rough(seed: int) -> ifem.Topography:
    """Return one face as pressed: 0.4 um rms, waves from 5 to 30 um."""
    return surfaces.self_affine(
        "90 um", hurst=0.8, rms_height="400 nm", long_cutoff="30 um", short_cutoff="5 um", seed=seed
    )


li3incl6 = materials.get("Li3InCl6", law="powder")
li3ocl = materials.get("Li3OCl", law="powder", ionic_conductivity="3.2e-5 S/cm")  # best reported
stack = ifem.Stack(  # bottom to top; powders as they are poured
    ifem.Layer("separator", li3incl6, "40 um", top=rough(1)),
    ifem.Interface(friction=0.2, adhesion=ifem.Adhesion("10 MPa", "1 J/m^2")),
    ifem.Layer("interlayer", li3ocl, "13 um", bottom=rough(2), top=rough(3)),
    ifem.Interface(resistance="2 ohm*cm^2", adhesion=ifem.Adhesion("1.5 MPa", "0.3 J/m^2")),
    ifem.Layer("anode", "Li", "30 um", bottom=rough(4)),
)
pellet = [ifem.Press(to="300 MPa", name="pellet"), ifem.Release(to="1 MPa", name="opened")]
second = [ifem.Press(to="300 MPa", name="interlayer"), ifem.Release(to="1 MPa", name="reopened")]
press = ifem.Press(force="1.5 t", die="10 mm", name="secondary press")
cell = ifem.Stage(["anode"], [press, ifem.Release(to="5 MPa", name="stack pressure")])
stages = [ifem.Stage(["separator"], pellet), ifem.Stage(["interlayer"], second), cell]
case = ifem.Case("li_li3ocl_li3incl6", stack, ifem.Protocol(*stages))

if __name__ == "__main__":
    ifem.main(case)
