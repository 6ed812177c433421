# SPDX-License-Identifier: MIT
"""Li3InCl6 powder and LGPS powder pressed at once, to the pressure of the second of two steps.

python cases/lgps_single_step.py [--second "300 MPa"]
    [--apart pull-off|shear] [-o FOLDER] [--resume]
"""

import lgps

import interfacefem as ifem


def build(second: str = lgps.SECOND, apart: str = "") -> ifem.Case:
    """Return the case for a pressure, and for how it is taken apart at its end."""
    protocol = ifem.Protocol(
        ifem.Press(to=second),
        ifem.Release(to=lgps.RELEASED),
        *lgps.APART[apart],
    )
    name = "_".join(["lgps_single_step", *apart.split()])
    return ifem.Case(name, lgps.stack(apart), protocol)


case = build()

if __name__ == "__main__":
    ifem.main(build(**lgps.pressures("second", "apart")))
