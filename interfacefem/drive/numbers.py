# SPDX-License-Identifier: MIT
"""Numbers that place increments: press, flow in time, cycles, separation, stages.

What a user sets is in :class:`interfacefem.describe.settings.Numerics`.
"""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

# -- any path ------------------------------------------------------------------------------------

FORGIVEN = room(
    "FORGIVEN", 0.5, "rejections that an accepted increment makes up for [-]",
    reason="presses that creep on in tiny increments, each after a rejection, are to be given up",
)  # fmt: skip
CUT = room(
    "CUT", 0.4, "factor on the size of an increment that was rejected [-]",
    reason="that of the prototype in 3D, where increments grew by 1.5",
)  # fmt: skip
ENDED = room(
    "ENDED", 1.0 - 1e-12, "part of its time or charge from which a step is at its end [-]",
    reason="sums of increments differ from the whole by round-off",
)  # fmt: skip
SAME = room(
    "SAME", 1e-9, "difference of pressures that counts as none [largest pressure]",
    reason="a force and its pressure differ by round-off",
)  # fmt: skip
FLOOR = room(
    "FLOOR", 5e-4, "force against which a residual is measured where there is none [largest force]",
    reason=f"{CHOSEN}, as that of the prototype: without a floor first touch never converges",
)  # fmt: skip
ROUND_OFF = room(
    "ROUND_OFF", 4.0, "round-off of a strain in the deformation gradient [rounding of one]",
    reason="presses to 100 Pa and faces of very unlike stiffness: residuals below it are noise",
)  # fmt: skip

# -- press: travel of the platen and force -------------------------------------------------------

SPRING_RATIO = room(
    "SPRING_RATIO", 10.0, "stiffness of the spring that drives the platen [stack]",
    reason="that of the prototype; so stiff that the travel is prescribed, not so stiff that first "
    "touch jumps",
)  # fmt: skip
LARGEST_CLOSING = room(
    "LARGEST_CLOSING", 0.17, "largest closing of gaps in one increment [rms height]",
    reason=f"{CHOSEN}; finer increments moved the resistance at the peak of the demo by 1 %",
)  # fmt: skip
LARGEST_PART = room(
    "LARGEST_PART", 0.7, "the same, of the gap that is left [-]", reason="as LAST_GAP"
)  # fmt: skip
LAST_GAP = room(
    "LAST_GAP", 0.03, "gap that closes at any speed [rms height]",
    reason="the last gap of a wave of lithium closed in one increment, at 10 % less resistance",
)  # fmt: skip
FLAT = room(
    "FLAT", 1e-9, "rms height below which an interface counts as flat [width]",
    reason="heights of a flat mesh differ by round-off",
)  # fmt: skip
FLAT_HEIGHT = room(
    "FLAT_HEIGHT", 1e-2, "rms height in place of that of interfaces that are all flat [width]",
    reason=f"{CHOSEN}; flat faces close at once",
)  # fmt: skip
EASY = room(
    "EASY", 13, "Newton iterations up to which the next opening is larger [-]",
    reason=f"{CHOSEN}; flow takes 8 to 12",
)  # fmt: skip
HARD = room(
    "HARD", 17, "Newton iterations above which increments shrink [-]",
    reason=f"{CHOSEN}; from about 20 on increments fail",
)  # fmt: skip
TRAVEL_GROWTH = room(
    "TRAVEL_GROWTH", 1.5, "largest ratio of a travel to the one before, after a smaller one [-]",
    reason=f"{CHOSEN}; a rejection is dearer than an increment",
)  # fmt: skip
TRAVEL_SHRINKAGE = room(
    "TRAVEL_SHRINKAGE", 0.8, "factor on the travel after a hard increment [-]", reason=CHOSEN
)  # fmt: skip
CAP_GROWTH = room(
    "CAP_GROWTH", 2.0, "factor on the largest change of force after an increment under force [-]",
    reason=f"{CHOSEN}; only after a rejection",
)  # fmt: skip
FARTHEST = room(
    "FARTHEST", 1.5, "farthest extrapolation of the motion of flow [last increment]",
    reason=f"{CHOSEN}; asperities that flow go on flowing much as they did",
)  # fmt: skip
LEAST_WAY = room(
    "LEAST_WAY", 1e-2, "least travel towards a state ahead [of what the spring takes for the rise]",
    reason="ever shorter increments would never arrive; a force rises by a hundredth of what is "
    "wanted at most",
)  # fmt: skip
LEAST_SHARE = room(
    "LEAST_SHARE", 0.02, "smallest part of the travel that counts as closing gaps [-]",
    reason=f"{CHOSEN}; where all gaps are closed none does",
)  # fmt: skip
FIRST = room(
    "FIRST", 0.5, "travel of the first increment of a press [limit]",
    reason="nothing tells its error; whole, it left a wave of lithium 3 % too far closed at half "
    "of the pressure that flattens it",
)  # fmt: skip
AFTER_FIRST = room(
    "AFTER_FIRST", 2.5, "largest travel [last increment]",
    reason=f"{CHOSEN}; flow is carried on from the last increment",
)  # fmt: skip
APPROACH = room(
    "APPROACH", 0.8, "part of the pressure left to a target that one increment aims at [-]",
    reason=f"{CHOSEN}; a stack that becomes stiffer on the way would pass the target",
)  # fmt: skip
LAST_BY_FORCE = room(
    "LAST_BY_FORCE", 0.02, "pressure left to a target that is taken by force [target]",
    reason="a driven platen does not meet a target; what closes too far on so short a way is "
    "of no account",
)  # fmt: skip
LAST_ERROR = room(
    "LAST_ERROR", 0.02, "error of closing by an increment under force [tolerance, rms height]",
    reason="with 0.1 the closure of a wave of lithium is 1.4 % too large at 2 MPa, with this 0.8 %",
)  # fmt: skip
LARGEST_LAG = room(
    "LARGEST_LAG", 0.5, "largest part of the pressure left that lagging stress may bring [-]",
    reason=f"{CHOSEN}; the lag is an estimate",
)  # fmt: skip
MOST_BY_FORCE = room(
    "MOST_BY_FORCE", 2.0, "largest change of pressure under force [last ordinary increment]",
    reason=f"{CHOSEN}; where nothing flows there is no error to limit it",
)  # fmt: skip
USUAL_POWER = room(
    "USUAL_POWER", 1.5, "power of the pressure that travel follows up to a passed target [-]",
    reason=f"{CHOSEN}; gaps that close make it smaller, first touch larger",
)  # fmt: skip
LEAST_POWER = room("LEAST_POWER", 0.5, "smallest such power [-]", reason=CHOSEN)
STEEPEST = room(
    "STEEPEST", 20.0, "power of the force that travel would follow, above which a force is set [-]",
    reason="the force hardly depends on the travel then, so that no travel meets it: faces with a "
    "law of their own press before they touch",
)  # fmt: skip
LARGEST_POWER = room("LARGEST_POWER", 2.0, "largest such power [-]", reason=CHOSEN)
ORDINARY = room(
    "ORDINARY", 0.3, "smallest travel that teaches a stiffness [last one that did]",
    reason="the last increments before a stop are small, and stiff: the increment after it "
    "would go too far",
)  # fmt: skip
REJECTED_LAG = room(
    "REJECTED_LAG", 3.0, "error of a press above which an increment is rejected [tolerance]",
    reason=f"{CHOSEN}; faces that begin to flow make single ones larger",
)  # fmt: skip
LAST_STEP = room(
    "LAST_STEP", 0.25, "rest up to a target that joins the increment before [increment]",
    reason=f"{CHOSEN}; saves a splinter at the end",
)  # fmt: skip
LAST_RELEASE = room(
    "LAST_RELEASE", 0.7, "the same for a release: target over the lowest pressure in reach [-]",
    reason=CHOSEN,
)  # fmt: skip

# -- flow in time --------------------------------------------------------------------------------

SMALL_STRAIN = room(
    "SMALL_STRAIN", 1e-3, "plastic strain below which the local error is absolute [-]",
    reason=f"{CHOSEN}; where nothing has flowed yet there is nothing to measure against",
)  # fmt: skip
SAFETY = room(
    "SAFETY", 0.9, "part of the duration by the local error that is taken [-]",
    reason="usual in error control (Hairer, Norsett and Wanner, Solving Ordinary Differential "
    "Equations I)",
)  # fmt: skip
DURATION_GROWTH = room(
    "DURATION_GROWTH", 2.5, "largest ratio of a duration to the one before [-]",
    reason="usual are 1.5 to 5 (as SAFETY)",
)  # fmt: skip
DURATION_LEAST = room(
    "DURATION_LEAST", 0.2, "smallest ratio of a duration to the one before [-]",
    reason="usual are 0.1 to 0.5 (as SAFETY)",
)  # fmt: skip
LEAST_ERROR = room(
    "LEAST_ERROR", 1e-12, "error below which a duration grows as with that [tolerance]",
    reason="no error at all would ask for a duration of no end; DURATION_GROWTH limits it anyway",
)  # fmt: skip
REJECTED = room(
    "REJECTED", 2.0, "error above which an increment is rejected [tolerance]",
    reason=f"{CHOSEN}; a duration that aims at the tolerance is not to be rejected by chance",
)  # fmt: skip
FRESH = room(
    "FRESH", 0.1, "duration of the first increment of a hold [last increment of the press]",
    reason=f"{CHOSEN}; creep is fastest at the beginning",
)  # fmt: skip
LAST_PART = room(
    "LAST_PART", 0.7, "duration of a hold's increment from which the rest is halved [rest]",
    reason=f"{CHOSEN}; saves a splinter at the end",
)  # fmt: skip
TOUCH_DURATION = room(
    "TOUCH_DURATION", 1e-3, "duration that is guessed for the first touch [whole press]",
    reason=f"{CHOSEN}; repeated until it fits",
)  # fmt: skip
TOUCH_RATIO = room(
    "TOUCH_RATIO", 2.0, "ratio of that duration to what its pressure stands for that is good [-]",
    reason=f"{CHOSEN}; hardly anything flows yet",
)  # fmt: skip
HARD_TOUCH = room("HARD_TOUCH", 0.1, "hardest first touch [target]", reason=CHOSEN)
LIGHT_TOUCH = room(
    "LIGHT_TOUCH", 1e-6, "lightest first touch whose duration counts [target]",
    reason=f"{CHOSEN}; a lighter one has no time to flow",
)  # fmt: skip

# -- cycles --------------------------------------------------------------------------------------

GAP_STIFFNESS = room(
    "GAP_STIFFNESS", 3e6, "stiffness of a fixture that keeps the gap [stack]",
    reason="raised from 1e6 with the closed forms of cycles; much more is round-off",
)  # fmt: skip
PRESSURE_ERROR = room(
    "PRESSURE_ERROR", 3e-7, "error of the pressure by gaps of flat faces in a stiff fixture [-]",
    reason="chosen with the closed forms of cycles",
)  # fmt: skip
CHARGE_GROWTH = room(
    "CHARGE_GROWTH", 1.5, "largest ratio of a charge to the one before [-]", reason=CHOSEN
)  # fmt: skip
SMALLEST_CHARGE = room(
    "SMALLEST_CHARGE", 1e-7, "charge below which a cycle is given up [capacity]", reason=CHOSEN
)  # fmt: skip
HALF_CYCLE = room(
    "HALF_CYCLE", 1e-9, "charge that decides nothing where half cycles are counted [capacity]",
    reason="sums of increments differ from the whole by round-off",
)  # fmt: skip

# -- instabilities -------------------------------------------------------------------------------

UNSTABLE = room(
    "UNSTABLE", 0.35, "travel of a platen that fails by an instability, not by its size [limit]",
    reason="measured as DRAG: smaller ones fail as well, down to 1e-8 um; 0.35 took fewer "
    "solves than 0.2 (2,151 for 2,376)",
)  # fmt: skip
DRAGGED = room("DRAGGED", 0.1, "travel against a drag [limit]", reason="as DRAG: up to 0.3 goes")
DRAG = room(
    "DRAG", 1.0, "drag on faces at first [pressure / rms height]",
    reason="measured on the main case with slopes of 0.3, where a valley of lithium buckles: 0.2 "
    "to 1 get past it in 25 to 40 iterations",
)  # fmt: skip
SOFTER = room("SOFTER", 0.5, "factor on the drag from step to step [-]", reason=CHOSEN)
STIFFER = room("STIFFER", 4.0, "the same after a step without a solution [-]", reason=CHOSEN)
MOST_STIFFER = room("MOST_STIFFER", 3, "such steps that are tried [-]", reason=CHOSEN)
AT_REST = room(
    "AT_REST", 2e-5, "force that a drag still bears when it is left out [that on the platen]",
    reason="as DRAG: one iteration or two above what the next solution begins with",
)  # fmt: skip
MOST_DRAGGED = room("MOST_DRAGGED", 20, "steps under a drag that are tried [-]", reason=CHOSEN)

# -- separation ----------------------------------------------------------------------------------

FIRST_OPENING = room(
    "FIRST_OPENING", 0.5, "first increment of opening or slip [onset of damage]",
    reason=f"{CHOSEN}; a prototype began with 1.5",
)  # fmt: skip
LARGEST_OPENING = room(
    "LARGEST_OPENING", 0.04, "largest increment of opening or slip [that of breaking]",
    reason="as fine as the 48 steps in which a prototype followed a snap-back",
)  # fmt: skip
LARGEST_IN_TIME = room(
    "LARGEST_IN_TIME", 0.02, "the same where a material flows [that of breaking]",
    reason="the rate at the end of an increment counts for all of it: plastic work is off by 5 %, "
    "proportional to it",
)  # fmt: skip
FIRST_BARE = room(
    "FIRST_BARE", 0.01, "first increment without bonds [largest closing of a press]", reason=CHOSEN
)  # fmt: skip
LARGEST_BARE = room(
    "LARGEST_BARE", 0.5, "largest increment without bonds [largest closing of a press]",
    reason=CHOSEN,
)  # fmt: skip
OPENING_GROWTH = room(
    "OPENING_GROWTH", 1.5, "factor on the opening after an easy increment [-]", reason=CHOSEN
)  # fmt: skip
OPENING_SHRINKAGE = room(
    "OPENING_SHRINKAGE", 0.7, "factor on the opening after a hard increment [-]", reason=CHOSEN
)  # fmt: skip
PARTED = room(
    "PARTED", 1.0 - 1e-9, "part of its opening or slip from which a step is at its end [-]",
    reason="the opening is met within the tolerance of Newton's method",
)  # fmt: skip
SEAT_OF_BONDS = room(
    "SEAT_OF_BONDS", 0.05, "pressure that just holds layers together [strength of the bonds]",
    reason="in full compression the opening has no compliance, so that it cannot be prescribed",
)  # fmt: skip
SEATED = room(
    "SEATED", 1.001, "force from which more is let go [force that just holds the layers]",
    reason="the force is met within the tolerance of Newton's method",
)  # fmt: skip
RELEASE_CUT = room(
    "RELEASE_CUT", 0.5, "factor on the part of the force let go, after a rejection [-]",
    reason=CHOSEN,
)  # fmt: skip
SMALLEST_RELEASE = room(
    "SMALLEST_RELEASE", 2.0**-4, "part of the force below which the opening is prescribed [-]",
    reason=f"{CHOSEN}; bonds that break on the way need the opening, not smaller parts",
)  # fmt: skip
RISE_STIFFNESS = room(
    "RISE_STIFFNESS", 3e5, "stiffness of what raises a platen at a rate [driving spring]",
    reason=f"{CHOSEN}; 3e6 times the stack, as GAP_STIFFNESS",
)  # fmt: skip
LEAST_FORCE = room(
    "LEAST_FORCE", 0.2, "force that a rising platen must leave [that of the seat]",
    reason=f"{CHOSEN}; a platen that came off holds nothing",
)  # fmt: skip

# -- stages --------------------------------------------------------------------------------------

SEAT = room(
    "SEAT", 1e-4, "pressure that holds layers together in the open die [largest pressure]",
    reason=f"{CHOSEN}; loose layers have no equilibrium",
)  # fmt: skip
EJECTED_PART = room(
    "EJECTED_PART", 2.0**-5, "largest part of the forces of a die that fades at once [-]",
    reason="faces part and slide on the way: larger ones left 0.30 to 0.43 of an LGPS pellet in "
    "contact, two and four times smaller ones leave the same nodes",
)  # fmt: skip
SMALLEST_FADE = room(
    "SMALLEST_FADE", 2.0**-8, "smallest part of a fading load that is tried [first part]",
    reason=CHOSEN,
)  # fmt: skip
FADE_CUT = room("FADE_CUT", 0.5, "factor on a fading part that was rejected [-]", reason=CHOSEN)
FADE_GROWTH = room(
    "FADE_GROWTH", 4.0, "factor on a fading part after one that was accepted [-]", reason=CHOSEN
)  # fmt: skip

# -- temperature ---------------------------------------------------------------------------------

LARGEST_WARMING = room(
    "LARGEST_WARMING", 20.0, "largest change of temperature in one increment [K]",
    reason="a thermal strain of 1e-3 in lithium; without flow the result does not depend on it",
)  # fmt: skip
WARMING_RATE = room(
    "WARMING_RATE", 0.1, "change of temperature in time, where a material flows in time [K/s]",
    reason="assumed: heated presses and cooling plates take minutes; creep of lithium follows a "
    "seventh root of it",
)  # fmt: skip
SPLINTER = room(
    "SPLINTER", 0.9, "part of the rest of a way from which an increment takes all of it [rest]",
    reason="saves a splinter at the end",
)  # fmt: skip
WARMING_GROWTH = room(
    "WARMING_GROWTH", 2.0, "growth of such a change after one that was rejected [-]",
    reason="back to the usual size after a few increments",
)  # fmt: skip
COLDEST_CUT = room(
    "COLDEST_CUT", 0.01, "change of temperature below which none is tried [K]",
    reason="smaller ones do nothing that an increment could fail at",
)  # fmt: skip
SAME_TEMPERATURE = room(
    "SAME_TEMPERATURE", 1e-9, "difference of temperatures that counts as none [K]",
    reason="round-off of the last of several parts",
)  # fmt: skip
SAME_PART = room(
    "SAME_PART", 1e-9, "part of an increment of temperature that is no increment more [-]",
    reason="round-off of what is left after several of them",
)  # fmt: skip

# -- pressure from all sides ---------------------------------------------------------------------

SETTLED = room(
    "SETTLED", 1e-8, "difference of pressures on the areas they act on that counts as none [-]",
    reason="a hundredth of what closed forms are compared to",
)  # fmt: skip
MOST_SETTLING = room(
    "MOST_SETTLING", 15.0, "increments at most for areas to agree with the forces on them [-]",
    reason="elastic stacks take two or three",
)  # fmt: skip

# -- what a run will take ------------------------------------------------------------------------

MEASURED = "measured on runs of this program on one core of a workstation of 2026"
SOLVES_PRESS = room(
    "SOLVES_PRESS", 180.0, "linear solves of a press [-]",
    reason=f"{MEASURED}: 100 to 300 for rough dense faces, powders and waves",
)  # fmt: skip
SOLVES_STEP = room(
    "SOLVES_STEP", 40.0, "linear solves of another step, or of one cycle [-]",
    reason=f"{MEASURED}: 20 to 80",
)  # fmt: skip
SOLVE_2D = room(
    "SOLVE_2D", 1.05e-5, "time of a solve in the plane, all around it included [s/unknown]",
    reason=f"{MEASURED}: 0.235 s at 22,000 unknowns",
)  # fmt: skip
SOLVE_3D = room(
    "SOLVE_3D", 1e-4, "the same in 3D at SOLVE_3D_AT [s/unknown]",
    reason=f"{MEASURED}: 4 to 34 s at 111,000 unknowns",
)  # fmt: skip
SOLVE_3D_AT = room("SOLVE_3D_AT", 1e5, "unknowns to which SOLVE_3D belongs [-]", reason=MEASURED)
SOLVE_3D_GROWTH = room(
    "SOLVE_3D_GROWTH", 0.3, "exponent of its growth with the unknowns [-]",
    reason=f"{MEASURED}: 1 to 3 s at 30,000 unknowns",
)  # fmt: skip
LEAST_TIME = room(
    "LEAST_TIME", 0.5, "least time that is said of a run [estimate]", reason=MEASURED
)  # fmt: skip
MOST_TIME = room("MOST_TIME", 2.5, "the most [estimate]", reason=MEASURED)
ADVISED = room(
    "ADVISED", 0.9, "part of the memory that a mesh fills which is advised [-]",
    reason="estimates of memory are right within a tenth",
)  # fmt: skip
