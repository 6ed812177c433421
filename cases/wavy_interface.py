# SPDX-License-Identifier: MIT
"""The smallest useful case: lithium on one wave of Li6PS5Cl, touched, pressed and released."""

import interfacefem as ifem
from interfacefem import surfaces

wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
stack = ifem.Stack(  # bottom to top
    ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave),
    ifem.Interface(resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "20 um"),
)
protocol = ifem.Protocol(
    ifem.Press(to="5 MPa", name="first touch"), ifem.Press(to="60 MPa"), ifem.Release(to="5 MPa")
)
case = ifem.Case("wavy_interface", stack, protocol, mesh=ifem.MeshSize("0.6 um"))

if __name__ == "__main__":
    ifem.main(case)
