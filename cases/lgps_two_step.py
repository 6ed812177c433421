# SPDX-License-Identifier: MIT
"""Li3InCl6 powder pressed first, LGPS powder added and pressed on it.

python cases/lgps_two_step.py [--first "100 MPa"] [--second "300 MPa"]
    [--apart pull-off|shear] [-o FOLDER] [--resume]
"""

import lgps

import interfacefem as ifem


def build(first: str = lgps.FIRST, second: str = lgps.SECOND, apart: str = "") -> ifem.Case:
    """Return the case for the pressures of the two steps, and for how it is taken apart."""
    protocol = ifem.Protocol(
        ifem.Stage(
            ["electrolyte"],
            [ifem.Press(to=first, name="first press"), ifem.Release(to="1 MPa", name="open")],
            punch=lgps.punch(),
            punch_interface=lgps.FRICTION,
        ),
        ifem.Stage(
            ["LGPS"],
            [ifem.Press(to=second), ifem.Release(to=lgps.RELEASED), *lgps.APART[apart]],
        ),
    )
    name = "_".join(["lgps_two_step", *apart.split()])
    return ifem.Case(name, lgps.stack(apart), protocol)


case = build()

if __name__ == "__main__":
    ifem.main(build(**lgps.pressures("first", "second", "apart")))
