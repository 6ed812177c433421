# SPDX-License-Identifier: MIT
"""From an instrument's file to maps: lithium foil on a measured face of Li6PS5Cl, in 3D."""

from pathlib import Path

import interfacefem as ifem
from interfacefem import surfaces

# made up by this project in the format of ISO 25178-71, no measurement: see meshes/README.md
file = Path(__file__).parents[1] / "meshes" / "made_up_face.sdf"
measured = surfaces.read(file, fill_holes=True)  # 12 x 12 um, tilted, noisy, with holes
face = measured.levelled().resampled(25, filter="cosine", cutoff="8 um")
stack = ifem.Stack(  # bottom to top
    ifem.Layer("electrolyte", "Li6PS5Cl", "5 um", top=face),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "4 um"),
)
protocol = ifem.Protocol(
    ifem.Press(to="1 MPa", name="first touch"), ifem.Press(to="60 MPa"), ifem.Release(to="1 MPa")
)
case = ifem.Case("measured_topography", stack, protocol, mesh=ifem.MeshSize("1 um"))

if __name__ == "__main__":
    ifem.main(case)
