# SPDX-License-Identifier: MIT
"""Numbers of the compiled updates at a point: local iterations, limits of round-off.

Parameters of the laws themselves are with their descriptions.
"""

from __future__ import annotations

from interfacefem.numbers import Room

room = Room(__name__)
GUARD = "a guard: a few are usual, Newton's method is monotone or in a bracket"
BITS = "some bits above rounding"

# -- tensors -------------------------------------------------------------------------------------

NO_DEVIATOR = room(
    "NO_DEVIATOR", 1e-30, "deviator of the strain that counts as none [-]",
    reason="its direction would be round-off",
)  # fmt: skip
ELASTIC = room(
    "ELASTIC", 1.0 - 1e-8, "elastic over trial strain above which a point counts as elastic [-]",
    reason="where an increment begins, points that have flowed are on the yield surface, and "
    "round-off must not decide",
)  # fmt: skip
SERIES_BELOW = room(
    "SERIES_BELOW", 1e-3, "square of the relative stretch below which logarithms are series [-]",
    reason="the first term left out is below rounding there, and the closed form loses digits",
)  # fmt: skip
NO_RADIUS = room(
    "NO_RADIUS", 1e-12, "shear strain below which the sinh of the exponential is its limit [-]",
    reason="the next term is the square of it",
)  # fmt: skip
JACOBI_SWEEPS = room(
    "JACOBI_SWEEPS", 12, "sweeps of Jacobi's method for principal axes [-]",
    reason="a guard: quadratic, four or five are usual (Golub and Van Loan 2013)",
)  # fmt: skip
JACOBI_OFF = room(
    "JACOBI_OFF", 1e-34, "square of what is left beside the diagonal, relative [-]",
    reason="below the square of rounding",
)  # fmt: skip

# -- laws of a user ------------------------------------------------------------------------------

STEP = room(
    "STEP", 1e-8, "step of differences of the trial strain [-]",
    reason="chosen; for strains so small that RELATIVE_STEP would be lost in rounding",
)  # fmt: skip
RELATIVE_STEP = room(
    "RELATIVE_STEP", 1e-6, "the same, relative to the strain [-]",
    reason="chosen; about the third root of rounding, the best of central differences",
)  # fmt: skip

TANGENT_ERROR = room(
    "TANGENT_ERROR", 1e-4, "largest error of the tangent of such a law [larger elastic modulus]",
    reason="differences of RELATIVE_STEP are good to 1e-9 or so; a wrong term is far off",
)  # fmt: skip
KINK = room(
    "KINK", 1e-3, "change of a slope over a step that is a kink [larger elastic modulus]",
    reason="chosen; no tangent is judged at a kink",
)  # fmt: skip
WARMER = room(
    "WARMER", 35.0, "by how much it is heated to see whether a law uses the temperature [K]",
    reason="chosen; any difference would do",
)  # fmt: skip
NEVER_STRAIN = room(
    "NEVER_STRAIN", 1e-3, "strain at which a law that never yields is checked [-]",
    reason="chosen; near a usual strain of first yield",
)  # fmt: skip
STRAIN_ROUND_OFF = room(
    "STRAIN_ROUND_OFF", 1e-12, "how far an elastic strain may be off its bounds [trial strain]",
    reason="round-off",
)  # fmt: skip

# -- von Mises -----------------------------------------------------------------------------------

J2_ITERATIONS = room("J2_ITERATIONS", 60, "Newton iterations of the return [-]", reason=GUARD)
J2_STEP = room("J2_STEP", 1e-13, "relative step at which they end [-]", reason=BITS)
J2_SMALLEST = room(
    "J2_SMALLEST", 1e-15, "plastic strain that counts as none [-]",
    reason="a stress of it is below rounding of the yield stress",
)  # fmt: skip

# -- Anand ---------------------------------------------------------------------------------------

RESISTANCE_ITERATIONS = room(
    "RESISTANCE_ITERATIONS", 200, "Newton iterations for the resistance [-]", reason=GUARD
)
RESISTANCE_STEP = room(
    "RESISTANCE_STEP", 4e-16, "relative step at which they end [-]", reason="two bits"
)
ANAND_ITERATIONS = room(
    "ANAND_ITERATIONS", 200, "Newton iterations for the rate [-]",
    reason="a guard: 1.5 to 2.6 on average, five at most",
)  # fmt: skip
ANAND_STEP = room("ANAND_STEP", 1e-14, "step at which they end [ln of the rate]", reason=BITS)
ANAND_NO_FLOW = room(
    "ANAND_NO_FLOW", 1e-17, "flow and recovery that count as none [stress, resistance]",
    reason="below rounding",
)  # fmt: skip

# -- Norton --------------------------------------------------------------------------------------

NORTON_ITERATIONS = room(
    "NORTON_ITERATIONS", 100, "Newton iterations for the stress [-]", reason=GUARD
)
NORTON_STEP = room("NORTON_STEP", 1e-14, "step at which they end [ln of the stress]", reason=BITS)

# -- powder --------------------------------------------------------------------------------------

HECKEL_ROUNDING = room(
    "HECKEL_ROUNDING", 0.02, "width of the rounded foot of the Heckel line [ln(1/(1 - D))]",
    reason="chosen; a kink there would have no tangent",
)  # fmt: skip
LEAST_DIE_PRESSURE = room(
    "LEAST_DIE_PRESSURE", 0.5, "least die pressure that a powder of any density bears [MPa]",
    reason="chosen; a surface of no size has no normal",
)  # fmt: skip
LEAST_DENSITY = room(
    "LEAST_DENSITY", 0.3, "smallest relative density of a powder that is taken [-]",
    reason="chosen; less is a mistake of the unit or a foam",
)  # fmt: skip
PRESSED = room(
    "PRESSED", 0.5, "density whose stiffness stands for a powder in the press [filled in to dense]",
    reason="half way: a powder becomes stiffer by e^2 or so from one to the other; for the "
    "augmentation only",
)  # fmt: skip
LOCK_UP = room(
    "LOCK_UP", 0.995, "relative density beyond which the die pressure rises to infinity at 1 [-]",
    reason="chosen; the Heckel line alone gets there more slowly than elastic strain",
)  # fmt: skip
OUTSIDE = room(
    "OUTSIDE", 1.0 + 1e-9, "size up to which derivatives are those of an elastic point [surface]",
    reason="where an increment begins, points that have flowed are on the yield surface, and "
    "round-off must not decide",
)  # fmt: skip
POWDER_ITERATIONS = room(
    "POWDER_ITERATIONS", 200, "iterations for the plastic multiplier [-]",
    reason="a guard: six are usual; halving of the bracket alone takes 55",
)  # fmt: skip
POWDER_RESIDUAL = room(
    "POWDER_RESIDUAL", 2e-14, "residual at which they end [surface]",
    reason="what rounding of the stress leaves of it",
)  # fmt: skip
POWDER_BRACKET = room(
    "POWDER_BRACKET", 1.0 - 4e-16, "lower over upper end of a bracket that holds no number [-]",
    reason="neighbouring numbers sent the search to each other for ever, in one of 2,000 cases",
)  # fmt: skip
VOLUME_ITERATIONS = room(
    "VOLUME_ITERATIONS", 100, "iterations for the elastic volume at a multiplier [-]",
    reason="a guard: halving of the bracket alone takes 55",
)  # fmt: skip
VOLUME_STEP = room(
    "VOLUME_STEP", 1e-12, "step at which they end [strain]",
    reason="what is left of the error after a Newton step of it is rounding",
)  # fmt: skip
VOLUME_WIDTH = room(
    "VOLUME_WIDTH", 1e-12, "least width of the first bracket of a dilating point [-]",
    reason="a width of zero does not grow",
)  # fmt: skip
VOLUME_WIDENINGS = room(
    "VOLUME_WIDENINGS", 60, "doublings of that bracket [-]",
    reason="from VOLUME_WIDTH to more than any strain takes 45",
)  # fmt: skip
