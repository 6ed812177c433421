# SPDX-License-Identifier: MIT
"""A friction law of one's own: Coulomb's at low pressure, a constant shear stress at high pressure.

python cases/extend/pressure_friction.py        shears a pressed layer until it slides

The shear traction is at most s_max tanh(mu p / s_max): the real area of contact grows with the
pressure until the faces touch everywhere. After Shaw (1963), Int. J. Mech. Sci. 5, 1.
"""

import numpy as np

import interfacefem as ifem
from interfacefem import contact, materials


@contact.law("saturating")
class Saturating(contact.Friction):
    """Friction that saturates at a shear strength."""

    coefficient: float = contact.parameter("dimensionless", above=0.0)
    strength: float = contact.parameter("pressure", above=0.0)

    def shear_limit(self, points):
        """Return the largest shear traction [MPa] and its derivative by the pressure [-]."""
        ratio = self.coefficient * points.pressure / self.strength
        limit = self.strength * np.tanh(ratio)
        return limit, self.coefficient * (1.0 - np.tanh(ratio) ** 2)


soft = materials.Material("soft", materials.Elastic("1 GPa", 0.3))
hard = materials.Material("hard", materials.Elastic("25 GPa", 0.3))
stack = ifem.Stack(
    ifem.Layer("hard", hard, "5 um"),
    ifem.Interface(friction=Saturating(0.4, "5 MPa")),
    ifem.Layer("soft", soft, "5 um"),
    width="10 um",
)
steps = ifem.Press(to="20 MPa"), ifem.Shear("60 nm")
case = ifem.Case("saturating", stack, ifem.Protocol(*steps), current=None)

if __name__ == "__main__":
    ifem.main(case)
