"""Nodal contact and friction laws: cases by hand and all blocks of the tangent by differences."""

from __future__ import annotations

import numpy as np
import pytest

from interfacefem.contact import Coulomb
from interfacefem.contact.laws import Tractions, evaluate

EPS, EPS_T = 300.0, 40.0


def law(
    gap: object,
    slip: object = 0.0,
    pressure: object = 0.0,
    shear: object = 0.0,
    *,
    friction: float = 0.3,
    cap: float = np.inf,
    slack: float = 0.0,
) -> Tractions:
    arrays = [np.atleast_1d(np.asarray(v, dtype=float)) for v in (gap, slip, pressure, shear)]
    count = max(len(a) for a in arrays)
    arrays = [np.broadcast_to(a, count).copy() for a in arrays]
    return evaluate(
        *arrays,
        penalty=np.full(count, EPS),
        shear_penalty=np.full(count, EPS_T),
        friction=Coulomb(friction, cap),
        slack=slack,
    )


@pytest.mark.parametrize("noise", [-1e-12, 0.0, 1e-12])
def test_round_off_does_not_decide_who_touches_and_who_slips(noise: float) -> None:
    # one that just touches, without load; one that slid and is on its limit where the next begins
    touch = law(noise, noise, slack=1e-9)
    slid = law(noise, noise, 5.0, 0.3 * 5.0, slack=1e-9)
    for found in (touch, slid):
        assert found.active[0]
        assert found.sticking[0]
        assert (found.nn[0], found.tt[0], found.tn[0]) == (EPS, EPS_T, 0.0)
    assert np.abs(touch.tangential[0]) <= 0.3 * touch.normal[0]
    assert slid.tangential[0] <= 0.3 * slid.normal[0] + 1e-15
    # but what is beyond the slack is not held back
    assert not law(2e-9, slack=1e-9).active[0]
    assert not law(0.0, -2e-9, 5.0, 0.3 * 5.0, slack=1e-9).sticking[0]
    assert not law(0.0, 0.0, 5.0, 0.0, friction=0.0, slack=1e-9).sticking[0]


def test_open_node_carries_nothing() -> None:
    result = law(0.01, 0.5, 2.0, 0.3)  # 2 - 300 * 0.01 = -1
    assert not result.active[0]
    assert not result.sticking[0]
    values = [result.normal, result.tangential, result.nn, result.tt, result.tn]
    assert [v[0] for v in values] == [0.0] * 5
    assert result.trial[0] == pytest.approx(-1.0)


def test_penetration_raises_the_carried_pressure() -> None:
    result = law(-0.01, 0.0, 2.0)
    assert result.normal[0] == pytest.approx(5.0)
    assert result.nn[0] == EPS


def test_stick_and_slip() -> None:
    # limit 0.3 * 5 = 1.5; trial 0.2 - 40 * slip
    stick, slip, back = (law(-0.01, w, 2.0, 0.2) for w in (0.01, 0.1, -0.1))
    assert stick.sticking[0]
    assert stick.tangential[0] == pytest.approx(-0.2)
    assert (stick.tt[0], stick.tn[0]) == (EPS_T, 0.0)
    assert not slip.sticking[0]
    assert slip.tangential[0] == pytest.approx(-1.5)
    assert back.tangential[0] == pytest.approx(1.5)
    # closing raises the limit of a slipping node; tn is the change of minus the shear traction
    assert slip.tn[0] == pytest.approx(0.3 * EPS)
    assert back.tn[0] == pytest.approx(-0.3 * EPS)


def test_the_cap_rules_where_it_is_below_the_friction_limit() -> None:
    result = law(-0.01, 0.1, 2.0, 0.2, cap=0.7)
    assert result.tangential[0] == pytest.approx(-0.7)
    assert result.tn[0] == 0.0
    assert result.tt[0] == 0.0


def test_without_friction_a_carried_shear_is_dropped() -> None:
    result = law(-0.01, 0.1, 2.0, 0.2, friction=0.0)
    assert result.tangential[0] == 0.0
    assert not result.sticking[0]


@pytest.mark.parametrize(
    ("friction", "cap"), [(0.0, np.inf), (0.3, np.inf), (0.3, 0.6), (0.8, 0.4)]
)
def test_blocks_of_the_tangent_by_differences(friction: float, cap: float) -> None:
    rng = np.random.default_rng(1)
    count = 400
    gap, slip = 0.02 * rng.normal(size=count), 0.05 * rng.normal(size=count)
    pressure, shear = 3.0 * rng.random(count), rng.normal(size=count)
    at = law(gap, slip, pressure, shear, friction=friction, cap=cap)
    if friction:
        assert at.sticking.sum() > 20
        assert (at.active & ~at.sticking).sum() > 20
    h = 1e-7

    def difference(dg: float, dw: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        plus = law(gap + h * dg, slip + h * dw, pressure, shear, friction=friction, cap=cap)
        minus = law(gap - h * dg, slip - h * dw, pressure, shear, friction=friction, cap=cap)
        # not across a kink
        smooth = (plus.active == minus.active) & (plus.sticking == minus.sticking)
        smooth &= np.isclose(plus.tn, minus.tn)
        assert smooth.sum() > 0.95 * count
        normal = (plus.normal - minus.normal) / (2.0 * h)
        return normal, (plus.tangential - minus.tangential) / (2.0 * h), smooth

    normal, tangential, smooth = difference(1.0, 0.0)  # opening
    np.testing.assert_allclose(-normal[smooth], at.nn[smooth], atol=1e-5)
    np.testing.assert_allclose(-tangential[smooth], -at.tn[smooth], atol=1e-5)
    normal, tangential, smooth = difference(0.0, 1.0)  # slipping
    np.testing.assert_allclose(normal[smooth], 0.0, atol=1e-5)
    np.testing.assert_allclose(-tangential[smooth], at.tt[smooth], atol=1e-5)


def test_limit_is_never_exceeded_and_shear_opposes_slip() -> None:
    rng = np.random.default_rng(2)
    result = law(
        0.02 * rng.normal(size=500), rng.normal(size=500), 3.0 * rng.random(500), 0.0, cap=0.5
    )
    limit = np.minimum(0.3 * result.normal, 0.5)
    assert np.all(np.abs(result.tangential) <= limit * (1.0 + 1e-14))
    slip = np.random.default_rng(2)
    slip.normal(size=500)
    assert np.all(result.tangential * slip.normal(size=500) <= 0.0)
