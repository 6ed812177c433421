"""A pellet from edge to edge: linear foundations, half-spaces, Hertz, and what may not matter."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from interfacefem.errors import CaseError, ResultsError
from interfacefem.pellet import InterfaceLaw, Pellet, PelletState, Unloading
from interfacefem.pellet.disc import disc
from interfacefem.pellet.numbers import RINGS, SECTORS

Record = Callable[[str, float, float, str], None]

RADIUS = 5000.0
AREA = math.pi * RADIUS**2
MEAN = 60.0
FORCE = MEAN * AREA
STEEL = 210e3 / (1.0 - 0.3**2)


def foundation(stiffness: float, largest: float = 1e4) -> InterfaceLaw:
    """A law that closes in proportion to the pressure and opens half as far; asr = 100 / p."""
    pressure = np.concatenate([[0.0], np.geomspace(1e-3, largest, 200)])
    resistance = np.concatenate([[np.inf], 100.0 / pressure[1:]])
    share = np.linspace(0.0, 1.0, 21)[1:]
    unloading = tuple(
        Unloading(q, share * q, 0.5 * (1.0 - share) * q / stiffness, 100.0 / q / share**0.5)
        for q in (10.0, 100.0, 1000.0)
    )
    return InterfaceLaw(pressure, pressure / stiffness, resistance, unloading)


def pressed(law: InterfaceLaw, **given: object) -> PelletState:
    words = {"punch": "rigid", "seat": "guided"} | given
    (state,) = Pellet(2.0 * RADIUS, law, **words).press(FORCE)
    return state


def moment(state: PelletState) -> float:
    return float((state.pressure * state.x) @ state.areas)


def test_a_flat_pellet_returns_the_law() -> None:
    law = foundation(50.0)
    state, released = Pellet(2.0 * RADIUS, law, punch="rigid", seat="free").press(
        FORCE, then=FORCE / 6.0
    )
    assert state.variation < 1e-12
    assert state.approach == pytest.approx(MEAN / 50.0, rel=1e-10)
    assert state.area_resistance == pytest.approx(100.0 / MEAN, rel=1e-10)
    assert released.area_resistance == pytest.approx(100.0 / MEAN * 6.0**0.5, rel=2e-3)
    assert released.approach == pytest.approx(
        MEAN / 50.0 - 0.5 * (1.0 - 1.0 / 6.0) * MEAN / 50.0, rel=1e-10
    )


def test_a_tilted_rigid_punch_on_a_foundation(record: Record) -> None:
    stiffness, wedge = 50.0, 2.0
    state = pressed(foundation(stiffness), wedge=wedge)
    assert state.touching == pytest.approx(1.0)
    exact = stiffness * wedge / (4.0 * MEAN)
    record("pellet, wedge on a foundation: variation", abs(state.variation / exact - 1.0), 5e-3,
           "k w / (4 p)")  # fmt: skip
    exact = -stiffness * 0.5 * wedge / RADIUS * math.pi * RADIUS**4 / 4.0
    record("pellet, wedge on a foundation: moment", abs(moment(state) / exact - 1.0), 5e-3,
           "k theta pi R^4 / 4")  # fmt: skip
    assert state.pressure @ state.areas == pytest.approx(FORCE, rel=1e-12)


@pytest.mark.parametrize("bow", [1.0, -1.0])
def test_a_bowed_rigid_punch_on_a_foundation(bow: float, record: Record) -> None:
    state = pressed(foundation(50.0), bow=bow)
    exact = 50.0 / (math.sqrt(12.0) * MEAN)
    record(f"pellet, bow of {bow:g} um on a foundation: variation",
           abs(state.variation / exact - 1.0), 5e-3, "k b / (sqrt(12) p)")  # fmt: skip
    exact = MEAN / 50.0 + 0.5 * bow
    record(f"pellet, bow of {bow:g} um on a foundation: approach",
           abs(state.approach / exact - 1.0), 5e-3, "p / k + b / 2")  # fmt: skip


def test_a_bowed_punch_that_lifts_off_at_the_edge(record: Record) -> None:
    # it touches where approach > bow (r/R)^2: force = k pi R^2 approach^2 / (2 bow)
    stiffness, bow = 50.0, 8.0
    state = pressed(foundation(stiffness), bow=bow)
    exact = math.sqrt(2.0 * bow * MEAN / stiffness)
    assert exact < bow
    record("pellet, bow that lifts off: approach", abs(state.approach / exact - 1.0), 5e-3,
           "paraboloid")  # fmt: skip
    # pressures fall evenly with the area from k d to zero over the part d / b
    exact = math.sqrt(4.0 * bow / (3.0 * exact) - 1.0)
    record("pellet, bow that lifts off: variation", abs(state.variation / exact - 1.0), 5e-3,
           "paraboloid")  # fmt: skip


def test_a_tilted_punch_that_lifts_off_in_part(record: Record) -> None:
    stiffness, wedge = 50.0, 12.0
    state = pressed(foundation(stiffness), wedge=wedge)
    slope = 0.5 * wedge / RADIUS

    def strip(x: float, approach: float, power: int, twice: int) -> float:
        width = 2.0 * math.sqrt(max(RADIUS**2 - x**2, 0.0))
        return width * x**power * (stiffness * (approach - slope * x)) ** (1 + twice)

    def whole(approach: float, power: int = 0, twice: int = 0) -> float:
        edge = min(approach / slope, RADIUS)  # it touches where x is below this
        return float(quad(strip, -RADIUS, edge, args=(approach, power, twice))[0])

    approach = brentq(lambda a: whole(a) - FORCE, -0.49 * wedge, 0.49 * wedge)
    for name, found, exact in (
        ("approach of its edge", state.approach + 0.5 * wedge, approach + 0.5 * wedge),
        ("moment", moment(state), whole(approach, power=1)),
        ("variation", state.variation, math.sqrt(whole(approach, twice=1) / AREA / MEAN**2 - 1.0)),
    ):
        record(f"pellet, wedge that lifts off: {name}", abs(found / exact - 1.0), 5e-3,
               "quadrature")  # fmt: skip


@pytest.mark.parametrize("punch", ["rigid", "steel"])
def test_a_free_seat_makes_a_wedge_vanish(punch: str, record: Record) -> None:
    law = foundation(50.0)
    flat = pressed(law, punch=punch)
    free = pressed(law, punch=punch, seat="free", wedge=5.0)
    error = float(np.abs(free.pressure / flat.pressure - 1.0).max())
    record(f"pellet, wedge on a free seat, {punch}: pressure", error, 1e-6, "no wedge")
    assert free.tilt == pytest.approx(2.5 / RADIUS, rel=1e-6)


def test_a_trial_of_others_is_met() -> None:
    """Variations of pressure of a wedge at 60 MPa, as a trial with its own program gave them."""
    law = foundation(200.0, largest=1e3)
    steel = {"punch": "steel", "wedge": 5.0}
    assert pressed(law, **steel).variation == pytest.approx(0.81, abs=0.02)
    assert pressed(law, **steel, liner=0.1).variation == pytest.approx(0.17, abs=0.005)
    assert pressed(law, **steel | {"wedge": 20.0}, liner=0.1).variation == pytest.approx(
        0.62, abs=0.005
    )


def test_a_seat_lies_between_free_and_guided() -> None:
    stiffness, wedge = 50.0, 2.0
    own = stiffness * math.pi * RADIUS**4 / 4.0
    state = pressed(foundation(stiffness), wedge=wedge, seat=own)
    # the seat is as stiff as the foundation: half of the wedge is left
    assert state.variation == pytest.approx(0.5 * stiffness * wedge / (4.0 * MEAN), rel=5e-3)


def test_a_mirrored_wedge_is_a_mirrored_pellet() -> None:
    law = foundation(50.0)
    one, two = (pressed(law, punch="steel", wedge=sign * 5.0) for sign in (1.0, -1.0))
    other = (SECTORS // 2 - 1 - np.arange(SECTORS)) % SECTORS
    turned = one.pressure.reshape(RINGS, SECTORS)[:, other].ravel()
    assert two.pressure == pytest.approx(turned, rel=1e-8)


#: rings, and what the punch on a half-space then misses, in per cent: force, moment if tilted,
#: pressure inside of the outermost ring, mean pressure of that ring, which grows without bound
CONVERGENCE = {8: (0.43, 1.34, 1.07, 2.6), 16: (0.16, 0.52, 0.55, 2.8), 24: (0.11, 0.37, 0.49, 2.8)}


@pytest.mark.parametrize("rings", CONVERGENCE)
def test_flat_punches_on_a_half_space(rings: int, record: Record) -> None:
    face = disc(RADIUS, rings, SECTORS)
    soft = face.compliance(STEEL)
    assert face.areas.sum() == pytest.approx(AREA, rel=1e-12)
    even = np.linalg.solve(soft, np.ones(len(face.x)))
    force = even @ face.areas
    tilted = np.linalg.solve(soft, face.x)
    turning = (tilted * face.x) @ face.areas
    # mean of p = F / (2 pi R sqrt(R^2 - r^2)) over each ring
    root = np.sqrt(1.0 - np.minimum(face.ends / RADIUS, 1.0) ** 2)
    rings_exact = (root[:-1] - root[1:]) / np.diff((face.ends / RADIUS) ** 2)
    found = even.reshape(rings, -1).mean(axis=1) * AREA / force / rings_exact - 1.0
    missed = (
        force / (2.0 * STEEL * RADIUS) - 1.0,
        turning / (4.0 / 3.0 * STEEL * RADIUS**3) - 1.0,
        float(np.abs(found[:-1]).max()),
        found[-1],
    )
    assert np.abs(missed) == pytest.approx(np.array(CONVERGENCE[rings]) / 100.0, rel=0.05)
    if rings == RINGS:
        # under even pressure over the area (Johnson, section 3.4)
        moved = soft.sum(axis=1) @ face.areas / AREA
        exact = 16.0 * RADIUS / (3.0 * math.pi * STEEL)
        for name, error in zip(("force", "moment", "pressure", "displacement"),
                               (*missed[:3], moved / exact - 1.0), strict=True):  # fmt: skip
            record(f"pellet, flat punch on a half-space: {name}", abs(error), 1e-2, "Boussinesq")
        outside = face.ends[:-1] > 0.7 * RADIUS
        part = (even * face.areas).reshape(rings, -1)[outside].sum() / force
        record("pellet, flat punch: force in the outer half of the area",
               abs(part / root[:-1][outside][0] - 1.0), 1e-2, "Boussinesq")  # fmt: skip


def test_spherical_faces_on_steel_are_hertz(record: Record) -> None:
    bow, radius = 120.0, 0.6 * RADIUS
    sphere = RADIUS**2 / (2.0 * bow)
    force = 4.0 / 3.0 * 0.5 * STEEL / sphere * radius**3
    law = foundation(1e9, largest=1e6)
    (state,) = Pellet(2.0 * RADIUS, law, punch="steel", seat="guided", bow=bow).press(force)
    error = abs(state.approach / (radius**2 / sphere) - 1.0)
    record("pellet, Hertz: approach", error, 1e-2, "Hertz")
    assert math.sqrt(state.touching) == pytest.approx(0.6, abs=0.01)
    place = np.hypot(state.x, state.y) / radius
    inside = place < 0.8
    exact = 1.5 * force / (math.pi * radius**2) * np.sqrt(1.0 - place[inside] ** 2)
    error = float(np.abs(state.pressure[inside] / exact - 1.0).max())
    record("pellet, Hertz: pressure", error, 1e-2, "Hertz")


def test_an_edge_peak_on_a_compliant_interface_settles() -> None:
    """Largest pressure over the mean, 5 um of wedge on steel, with finer rings."""
    found = []
    for rings in (8, 16, 24):
        face = disc(RADIUS, rings, SECTORS)
        soft = 2.0 * face.compliance(STEEL) + np.eye(len(face.x)) / 50.0
        pressed_to = np.linalg.solve(soft, np.column_stack([np.ones(len(face.x)), -face.x]))
        force, wedge = pressed_to[:, 0] @ face.areas, 2.5 / RADIUS
        pressure = pressed_to @ [FORCE / force, wedge]
        found.append(float(pressure.max()) / MEAN)
    assert found == pytest.approx([2.75, 2.85, 2.88], rel=3e-3)
    state = pressed(foundation(50.0), punch="steel", wedge=5.0)
    assert state.largest_pressure == pytest.approx(found[-1], rel=1e-6)


def test_a_soft_liner_evens_the_pressure() -> None:
    law = foundation(50.0)
    found = [pressed(law, wedge=2.0, liner=soft).variation for soft in (0.0, 0.02, 0.1)]
    # in series with the interface: stiffness 1 / (1/50 + liner)
    for variation, soft in zip(found, (0.0, 0.02, 0.1), strict=True):
        stiffness = 1.0 / (1.0 / 50.0 + soft)
        assert variation == pytest.approx(stiffness * 2.0 / (4.0 * MEAN), rel=5e-3)


def test_resistance_and_current_are_those_of_columns() -> None:
    state = pressed(foundation(50.0), wedge=2.0, layers="10 ohm*cm^2")
    each = 10.0 + 100.0 / state.pressure
    exact = 1.0 / float((1.0 / each) @ state.areas / AREA)
    assert state.area_resistance == pytest.approx(exact, rel=2e-3)
    assert state.area_resistance > state.even_resistance
    assert state.hotspot == pytest.approx(exact / each.min(), rel=2e-3)
    assert (state.current @ state.areas) / AREA == pytest.approx(1.0, rel=1e-12)


def test_a_law_that_ends_too_early_is_refused() -> None:
    with pytest.raises(CaseError, match=r"ends at 100 MPa and 2.5 times the mean pressure is 150"):
        pressed(foundation(50.0, largest=100.0))
    with pytest.raises(CaseError, match="the largest pressure that was found is"):
        pressed(foundation(50.0, largest=160.0), wedge=20.0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"punch": "stel"}, 'did you mean "steel"'),
        ({"seat": "loose"}, '"guided", "free"'),
        ({"liner": "-1 um/MPa"}, "pellet.liner"),
        ({"punch": ("0 GPa", 0.3)}, r"pellet.punch\[0\]"),
    ],
)
def test_what_is_out_of_range_is_named(given: dict[str, object], words: str) -> None:
    with pytest.raises(CaseError, match=words):
        pressed(foundation(50.0), **given)


def test_tables_that_turn_back_are_refused() -> None:
    with pytest.raises(ResultsError, match="closing turns back in row 2"):
        InterfaceLaw([0.0, 1.0, 2.0], [0.0, 1.0, 0.5], [np.inf, 1.0, 1.0])
    with pytest.raises(ResultsError, match="begin with first touch"):
        InterfaceLaw([1.0, 2.0], [0.0, 1.0], [1.0, 1.0])
    with pytest.raises(ResultsError, match="same number of rows"):
        InterfaceLaw([0.0, 2.0], [0.0, 1.0], [1.0])


def two_peaks() -> InterfaceLaw:
    low = Unloading(4.0, [0.5, 1.5, 4.0], [0.2, 0.1, 0.0], [16.0, 8.0, 3.0])
    high = Unloading(8.0, [1.0, 5.0, 8.0], [0.3, 0.08, 0.0], [9.0, 4.0, 2.0])
    pressure, closing = [0.0, 1.0, 2.0, 4.0, 8.0], [0.0, 0.5, 0.8, 1.1, 1.3]
    return InterfaceLaw(pressure, closing, [np.inf, 8.0, 5.0, 3.0, 2.0], (low, high))


def test_slope_of_a_released_law_is_its_derivative() -> None:
    law, h = two_peaks(), 1e-6
    pressure, peak = np.array([0.9, 2.3, 3.1, 4.6]), np.array([5.0, 6.0, 4.5, 7.0])
    beside = [law.closings(pressure + sign * h, peak)[0] for sign in (1.0, -1.0)]
    np.testing.assert_allclose(
        law.closings(pressure, peak)[1], (beside[0] - beside[1]) / (2.0 * h), rtol=1e-6
    )


def test_between_two_peaks_the_gain_is_their_geometric_mean() -> None:
    law, share = two_peaks(), 0.45
    peak = math.sqrt(4.0 * 8.0)  # halfway in the logarithm

    def power(at: float, pressure: object, resistance: object) -> float:
        return float(np.exp(np.interp(np.log(at), np.log(pressure), np.log(resistance))))

    gains = [
        power(share * one.peak, one.pressure, one.resistance)
        / power(share * one.peak, law.pressure[1:], law.resistance[1:])
        for one in law.unloading
    ]
    expected = power(share * peak, law.pressure[1:], law.resistance[1:]) * math.sqrt(
        math.prod(gains)
    )
    found = law.resistances(np.array([share * peak]), np.array([peak]))
    assert found == pytest.approx([expected], rel=1e-12)
