# SPDX-License-Identifier: MIT
"""Li3InCl6 powder and LGPS powder pressed at once, to the pressure of the second of two steps.

python cases/lgps_single_step.py [--second "300 MPa"] [-o FOLDER] [--resume]
"""

import lgps

import interfacefem as ifem


def build(second: str = lgps.SECOND) -> ifem.Case:
    """Return the case for a pressure."""
    protocol = ifem.Protocol(
        ifem.Press(to=second),
        ifem.Release(to=lgps.RELEASED),
    )
    return ifem.Case("lgps_single_step", lgps.stack(), protocol)


case = build()

if __name__ == "__main__":
    ifem.main(build(**lgps.pressures("second")))
