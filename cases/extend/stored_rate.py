# SPDX-License-Identifier: MIT
"""A stored quantity of your own, one file: the rate of the equivalent plastic strain of each cell.

    interfacefem run CASE.py --with cases/extend/stored_rate.py -o RUN
    interfacefem plot RUN field --field plastic_strain_rate
    python cases/extend/stored_rate.py        presses creeping lithium on a wave and holds it

It is written wherever fields inside the layers are; export and tables have it as well. Who reads
the run does not need this file.
"""

import numpy as np

import interfacefem as ifem
from interfacefem import materials, results, surfaces


@results.stored("plastic_strain_rate", unit="1/s", place="cells", label="plastic strain rate")
def plastic_strain_rate(layer: results.LayerNow) -> np.ndarray:
    """Mean over the last increment; unknown where a press takes no time."""
    if layer.duration <= 0.0:
        return np.full(len(layer.cells), np.nan)
    return (layer.plastic_strain - layer.before.plastic_strain) / layer.duration


lithium = materials.get("Li", law="anand")
wave = surfaces.sinusoid("10 um", amplitude="200 nm", wavelength="10 um")
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "8 um", top=wave), ifem.Layer("anode", lithium, "8 um")
)
protocol = ifem.Protocol(ifem.Press(to="2 MPa", duration="10 s"), ifem.Hold("60 s"))
case = ifem.Case("stored_rate", stack, protocol, current=None)

if __name__ == "__main__":
    ifem.main(case)
