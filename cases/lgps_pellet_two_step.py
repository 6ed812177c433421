# SPDX-License-Identifier: MIT
"""The whole pellet: Li3InCl6 powder pressed first, LGPS powder added and pressed on it, taken out.

python cases/lgps_pellet_two_step.py [--first "100 MPa"] [--second "300 MPa"] [-o FOLDER] [--resume]
"""

import lgps

import interfacefem as ifem


def build(first: str = lgps.FIRST, second: str = lgps.SECOND) -> ifem.Case:
    """Return the case for the pressures of the two steps."""
    protocol = ifem.Protocol(
        ifem.Stage(
            ["electrolyte"],
            [ifem.Press(to=first, name="first press"), ifem.Release(to="1 MPa", name="open")],
        ),
        ifem.Stage(
            ["LGPS"],
            [ifem.Press(to=second), ifem.Release(to=lgps.RELEASED), ifem.Eject()],
        ),
    )
    options = {"die": lgps.DIE, "mesh": lgps.PELLET_MESH}
    return ifem.Case("lgps_pellet_two_step", lgps.pellet(), protocol, **options)


case = build()

if __name__ == "__main__":
    ifem.main(build(**lgps.pressures("first", "second")))
