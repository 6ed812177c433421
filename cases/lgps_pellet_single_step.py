# SPDX-License-Identifier: MIT
"""The whole pellet of Li3InCl6 powder and LGPS powder, pressed at once and taken out of its die.

python cases/lgps_pellet_single_step.py [--second "300 MPa"] [-o FOLDER] [--resume]
"""

import lgps

import interfacefem as ifem


def build(second: str = lgps.SECOND) -> ifem.Case:
    """Return the case for a pressure."""
    protocol = ifem.Protocol(
        ifem.Press(to=second),
        ifem.Release(to=lgps.RELEASED),
        ifem.Eject(),
    )
    options = {"die": lgps.DIE, "mesh": lgps.PELLET_MESH}
    return ifem.Case("lgps_pellet_single_step", lgps.pellet(), protocol, **options)


case = build()

if __name__ == "__main__":
    ifem.main(build(**lgps.pressures("second")))
