# SPDX-License-Identifier: MIT
"""A material law of one's own: a metal that hardens as K (e0 + alpha)^n, after Swift.

python cases/extend/swift_metal.py        presses it on a wavy ceramic

Swift (1952), J. Mech. Phys. Solids 1, 1, 10.1016/0022-5096(52)90002-1.
"""

import interfacefem as ifem
from interfacefem import materials, surfaces


@materials.law("swift")
class Swift(materials.Law):
    """Von Mises plasticity with power hardening, rate-independent."""

    swift_stress: float = materials.parameter("pressure", above=0.0)
    swift_strain: float = materials.parameter("dimensionless", above=0.0)
    swift_exponent: float = materials.parameter("dimensionless", above=0.0, below=1.0)

    def first_yield(self, temperature):
        """K e0^n."""
        return materials.FirstYield(self.swift_stress * self.swift_strain**self.swift_exponent)

    @staticmethod
    def update(v, s, state, dt, row, new_state):
        """Return mean and von Mises stress, elastic strains, work and energy at a point."""
        g3, bulk, strength, shift, power = 3.0 * row[0], row[1], row[2], row[3], row[4]
        alpha = state[0]
        before = strength * (shift + alpha) ** power
        q, da = g3 * s, 0.0
        if q > before:
            for _ in range(50):  # 3 G (s - da) = flow stress: monotone from the left
                flow = strength * (shift + alpha + da) ** power
                slope = power * flow / (shift + alpha + da)
                step = (g3 * (s - da) - flow) / (g3 + slope)
                da += step
                if abs(step) < 1e-14:
                    break
            q = g3 * (s - da)
        new_state[0] = alpha + da
        energy = 0.5 * bulk * v * v + 0.5 * q * q / g3
        return bulk * v, q, v, q / g3, 0.5 * (before + q) * da, energy


metal = materials.Material("metal", Swift("7.8 GPa", 0.38, "1.6 MPa", 0.02, 0.2))
ceramic = materials.Material("ceramic", materials.Elastic("25 GPa", 0.3))
wave = surfaces.sinusoid("10 um", amplitude="200 nm", wavelength="10 um")
stack = ifem.Stack(
    ifem.Layer("ceramic", ceramic, "8 um", top=wave), ifem.Layer("metal", metal, "8 um")
)
case = ifem.Case("swift", stack, ifem.Protocol(ifem.Press(to="10 MPa")), current=None)

if __name__ == "__main__":
    ifem.main(case)
