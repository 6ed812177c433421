"""A pellet from edge to edge: linear foundations, half-spaces, Hertz, and what may not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from interfacefem.errors import CaseError, ResultsError
from interfacefem.pellet import InterfaceLaw, Pellet, PelletState, Unloading
from interfacefem.pellet.disc import disc

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


def test_a_tilted_rigid_punch_on_a_foundation() -> None:
    stiffness, wedge = 50.0, 2.0
    state = pressed(foundation(stiffness), wedge=wedge)
    assert state.touching == pytest.approx(1.0)
    assert state.variation == pytest.approx(stiffness * wedge / (4.0 * MEAN), rel=5e-3)
    exact = -stiffness * 0.5 * wedge / RADIUS * math.pi * RADIUS**4 / 4.0
    assert moment(state) == pytest.approx(exact, rel=5e-3)
    assert state.pressure @ state.areas == pytest.approx(FORCE, rel=1e-12)


@pytest.mark.parametrize("bow", [1.0, -1.0])
def test_a_bowed_rigid_punch_on_a_foundation(bow: float) -> None:
    state = pressed(foundation(50.0), bow=bow)
    assert state.variation == pytest.approx(50.0 / (math.sqrt(12.0) * MEAN), rel=6e-3)
    assert state.approach == pytest.approx(MEAN / 50.0 + 0.5 * bow, rel=5e-3)


def test_a_tilted_punch_that_lifts_off_in_part() -> None:
    stiffness, wedge = 50.0, 12.0
    state = pressed(foundation(stiffness), wedge=wedge)
    slope = 0.5 * wedge / RADIUS
    edge = state.approach / slope  # it touches where x is below this

    def strip(x: float, power: int) -> float:
        width = 2.0 * math.sqrt(max(RADIUS**2 - x**2, 0.0))
        return stiffness * (state.approach - slope * x) * width * x**power

    force, turning = (quad(strip, -RADIUS, min(edge, RADIUS), args=(k,))[0] for k in (0, 1))
    assert -RADIUS < edge < RADIUS
    assert force == pytest.approx(FORCE, rel=5e-3)
    assert moment(state) == pytest.approx(turning, rel=5e-3)


def test_a_free_seat_makes_a_wedge_vanish() -> None:
    law = foundation(50.0)
    for punch in ("rigid", "steel"):
        flat = pressed(law, punch=punch)
        free = pressed(law, punch=punch, seat="free", wedge=5.0)
        assert free.pressure == pytest.approx(flat.pressure, rel=1e-6)
        assert free.tilt == pytest.approx(2.5 / RADIUS, rel=1e-6)


def test_a_seat_lies_between_free_and_guided() -> None:
    stiffness, wedge = 50.0, 2.0
    own = stiffness * math.pi * RADIUS**4 / 4.0
    state = pressed(foundation(stiffness), wedge=wedge, seat=own)
    # the seat is as stiff as the foundation: half of the wedge is left
    assert state.variation == pytest.approx(0.5 * stiffness * wedge / (4.0 * MEAN), rel=6e-3)


def test_a_mirrored_wedge_is_a_mirrored_pellet() -> None:
    law = foundation(50.0)
    one, two = (pressed(law, punch="steel", wedge=sign * 5.0) for sign in (1.0, -1.0))
    turned = one.pressure.reshape(16, 32)[:, (15 - np.arange(32)) % 32].ravel()
    assert two.pressure == pytest.approx(turned, rel=1e-8)


@pytest.mark.parametrize(("rings", "sectors", "bound"), [(8, 16, 0.025), (16, 32, 0.007)])
def test_flat_punches_on_a_half_space(rings: int, sectors: int, bound: float) -> None:
    face = disc(RADIUS, rings, sectors)
    soft = face.compliance(STEEL)
    assert face.areas.sum() == pytest.approx(AREA, rel=1e-12)
    even = np.linalg.solve(soft, np.ones(len(face.x)))
    assert even @ face.areas == pytest.approx(2.0 * STEEL * RADIUS, rel=bound)
    tilted = np.linalg.solve(soft, face.x)
    exact = 4.0 / 3.0 * STEEL * RADIUS**3
    assert (tilted * face.x) @ face.areas == pytest.approx(exact, rel=bound)
    # under even pressure: in the middle, and over the area (Johnson, section 3.4)
    moved = soft.sum(axis=1)
    assert moved @ face.areas / AREA == pytest.approx(
        16.0 * RADIUS / (3.0 * math.pi * STEEL), rel=bound
    )


def test_spherical_faces_on_steel_are_hertz() -> None:
    bow = 120.0
    sphere = RADIUS**2 / (2.0 * bow)
    modulus = 0.5 * STEEL
    force = 4.0 / 3.0 * modulus / sphere * (0.6 * RADIUS) ** 3
    law = foundation(1e9, largest=1e6)
    (state,) = Pellet(2.0 * RADIUS, law, punch="steel", seat="guided", bow=bow).press(force)
    assert state.approach == pytest.approx((0.6 * RADIUS) ** 2 / sphere, rel=1e-2)
    assert math.sqrt(state.touching) == pytest.approx(0.6, abs=0.04)
    highest = 1.5 * force / (math.pi * (0.6 * RADIUS) ** 2)
    assert state.pressure.max() == pytest.approx(highest, rel=1.5e-2)


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
