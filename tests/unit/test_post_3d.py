"""Areas: hotspots, clusters and voids, regular maps, distributions, against counting by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interfacefem import post
from interfacefem.errors import ResultsError
from interfacefem.results import InterfaceField, Results
from interfacefem.results.example import PRESS, WAVES, WIDTH, example_run
from interfacefem.results.example_3d import (
    LARGEST,
    PERIOD,
    example_run_in_space,
    quads,
    spot_radius,
)

LOWER = "separator|interlayer"
N = 30


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run_in_space(tmp_path_factory.mktemp("space") / "run", n=N)


def area(values: np.ndarray, *, x: np.ndarray | None = None, unit: str = "-") -> InterfaceField:
    """A field on a grid of points (nx, ny), one um apart unless told."""
    nx, ny = values.shape
    along = np.arange(nx, dtype=float) if x is None else x
    grid = np.meshgrid(along, np.arange(ny, dtype=float), indexing="ij")
    shares = [np.r_[d, 0] / 2 + np.r_[0, d] / 2 for d in (np.diff(along), np.ones(ny - 1))]
    return InterfaceField(
        name="current_density",
        unit=unit,
        interface="a|b",
        step="press",
        increment=0,
        points=np.column_stack([*(g.ravel() for g in grid), np.zeros(nx * ny)]),
        weights=np.outer(*shares).ravel(),
        values=values.ravel(),
        faces=quads(np.arange(nx * ny).reshape(nx, ny)),
    )


def test_hotspots_of_an_area_by_hand() -> None:
    values = np.ones((9, 7))
    values[1:3, 1:4] = 10.0  # six points, one um^2 each
    values[2, 2] = 12.0
    values[5, 4] = values[6, 5] = 8.0  # meet at a corner only
    field = area(values)
    total = values.ravel() @ field.weights
    first, second, third = post.hotspots(field)
    mean = total / 48.0
    assert first.place == (2.0, 2.0, 0.0)
    assert first.area == pytest.approx(6.0)
    assert first.factor == pytest.approx(12.0 / mean)
    assert first.share == pytest.approx(62.0 / total)
    assert {second.place[:2], third.place[:2]} == {(5.0, 4.0), (6.0, 5.0)}
    assert second.area == third.area == pytest.approx(1.0)
    with pytest.raises(ResultsError, match="field has no faces"):
        post.hotspots(field.where(np.ones(63, dtype=bool)))


def test_hotspots_and_risk_of_round_spots(run: Results) -> None:
    # origin: the nine spots of the example, each with the same current
    spots = post.hotspots(run.current("press").interface(LOWER), above=0.5)
    assert len(spots) == WAVES**2
    assert {tuple(np.round(spot.place[:2], 9)) for spot in spots} == {
        ((i + 0.5) * PERIOD, (j + 0.5) * PERIOD) for i in range(3) for j in range(3)
    }
    assert sum(spot.share for spot in spots) == pytest.approx(1.0, abs=0.1)
    rows = post.risk_table(run, "press").rows
    hot = [row for row in rows if row.cause == "hotspot"]
    # at the metal, not between the two ion conductors
    assert hot[0].place.startswith("interface 'interlayer|anode' x = 10 um, y = 10 um")
    assert "um^2 large" in hot[0].comment
    pressed = [row for row in rows if row.cause == "over-pressing: contact pressure"]
    assert "x = 10 um, y = 10 um" in pressed[0].place
    released = [row for row in post.risk_table(run, "release").rows if row.cause == "delamination"]
    assert "y =" in released[0].place


def test_clusters_of_round_spots(run: Results) -> None:
    # origin: nine spots of 45 lattice points each, the open area around them is one
    state = run.interface(LOWER).at("press")
    cell = (WIDTH / N) ** 2
    contact, void = post.clusters(state, "contact"), post.clusters(state, "void")
    assert len(contact) == 9
    # points at the edge of a spot count by their share
    touching = post.contact_shares(state)
    area = touching.integral() / 9
    assert 30 * cell < area < 45 * cell
    np.testing.assert_allclose(contact.areas, area)
    assert contact.area_fraction == pytest.approx(touching.mean())
    assert contact.largest_share == pytest.approx(1 / 9)
    assert contact.mean_area == pytest.approx(area)
    assert contact.spanning == (False, False)
    sizes = (0.99 * area, 1.01 * area)
    assert [contact.number_of_at_least(size) for size in sizes] == [9, 0]
    assert len(void) == 1
    assert void.spanning == (True, True)
    assert void.area_fraction == pytest.approx(0.55)
    assert void.volumes[0] == pytest.approx(post.gap_volume(state) * WIDTH**2)
    assert set(contact.labels[contact.labels >= 0]) == set(range(9))
    assert np.array_equal(contact.labels < 0, void.labels == 0)
    with pytest.raises(ValueError, match="'contact' or 'void'"):
        post.clusters(state, "gap")  # type: ignore[arg-type]


def test_parts_span_and_touch_as_they_should() -> None:
    mask = np.zeros((5, 4), dtype=bool)
    mask[:, 1] = True  # from wall to wall along x
    mask[3, 3] = True
    mask[4, 2] = True  # across from (3, 3), next to (4, 1)
    field = area(mask.astype(float))
    apart = post.connected_parts(field, mask.ravel())
    assert apart.reshape(5, 4)[3, 3] == 1
    assert set(apart[mask.ravel()]) == {0, 1}
    joined = post.connected_parts(field, mask.ravel(), diagonal=True)
    assert set(joined[mask.ravel()]) == {0}
    assert (joined[~mask.ravel()] == -1).all()
    assert not (post.connected_parts(field, np.zeros(20, dtype=bool)) + 1).any()


def test_clusters_along_a_line(tmp_path: Path) -> None:
    # three crests of a cosine, of which the first and last are cut by the walls: four contacts
    plane = example_run(tmp_path / "run", nx=6, points=1201, increments=1)
    state = plane.interface(LOWER).at("press")
    contact, void = post.clusters(state), post.clusters(state, "void")
    assert (len(contact), len(void)) == (4, 3)
    assert contact.spanning == (False,)
    assert contact.area_fraction == pytest.approx(post.contact_fraction(state))
    assert contact.areas[0] == pytest.approx(2.0 * contact.areas[-1], rel=0.02)


@pytest.mark.parametrize("shape", [(7, 5), (30, 30), (64, 48), (1, 1)])
def test_maps_keep_the_integral(run: Results, shape: tuple[int, int]) -> None:
    state = run.interface(LOWER).at("press")
    for field in (state.contact_pressure, state.gap, state.in_contact):
        found = post.area_map(field, shape)
        assert found.values.shape == shape
        assert found.integral() == pytest.approx(field.integral(), rel=1e-12)
        assert found.weights.sum() == pytest.approx(field.area, rel=1e-12)
        np.testing.assert_allclose(
            found.weights, WIDTH**2 / np.prod(shape), rtol=0.25
        )  # samples of a face fall into one pixel or the next
    assert (found.x[0], found.x[-1], found.y[-1]) == (0.0, WIDTH, WIDTH)


def test_map_of_a_linear_field_is_that_field() -> None:
    # origin: bilinear interpolation keeps linear fields; means over pixels lie at their centres
    rng = np.random.default_rng(0)
    x = np.sort(np.r_[0.0, rng.uniform(0, 12, 11), 12.0])
    grid = np.meshgrid(x, np.arange(9.0), indexing="ij")
    field = area(2.0 * grid[0] - 3.0 * grid[1], x=x)
    found = post.area_map(field, (4, 4))
    centre = [0.5 * (edge[1:] + edge[:-1]) for edge in (found.x, found.y)]
    exact = 2.0 * centre[0][:, None] - 3.0 * centre[1]
    np.testing.assert_allclose(found.values, exact, atol=0.15)  # samples, not an exact integral
    half = post.area_map(field, (2, 2), extent=(0.0, 24.0, 0.0, 16.0))
    assert np.isnan(half.values[1, 1])
    assert half.integral() == pytest.approx(field.integral())


def test_map_leaves_out_what_is_not_known() -> None:
    values = np.full((4, 4), 2.0)
    values[0, 0] = np.nan
    found = post.area_map(area(values), (2, 2))
    np.testing.assert_allclose(found.values, 2.0)
    assert found.weights.sum() == pytest.approx(9.0 - 0.25)


def test_maps_refuse_what_they_cannot(run: Results, tmp_path: Path) -> None:
    state = run.interface(LOWER).at("press")
    with pytest.raises(ResultsError, match="2 components"):
        post.area_map(state.shear_traction, (3, 3))
    with pytest.raises(ResultsError, match="at least one"):
        post.area_map(state.gap, (0, 3))
    plane = example_run(tmp_path / "run", nx=6, points=5, increments=1)
    with pytest.raises(ResultsError, match="is a line"):
        post.area_map(plane.interface(LOWER).at("press").gap, (3, 3))


def test_cumulative_distribution_of_a_paraboloid(run: Results) -> None:
    # origin: p > q where r^2 < a^2 (1 - q/p0), so the area above falls linearly from f to 0; the
    # steps of the lattice are 8 points of 100
    field = run.current("press").interface(LOWER)
    values, above = post.cumulative_distribution(field)
    assert values[0] == 0.0
    assert above[0] == pytest.approx(0.45)
    assert above[-1] == 0.0
    assert (np.diff(above) < 0).all()
    fraction = np.pi * LARGEST**2
    np.testing.assert_allclose(above, fraction * (1.0 - values / values.max()), atol=0.08)
    for value, part in zip(values, above, strict=True):
        assert post.fraction_above(field, float(value)) == pytest.approx(part, abs=1e-12)
    assert spot_radius(PRESS) == pytest.approx(LARGEST * PERIOD)


def test_statistics_of_an_area(run: Results) -> None:
    state = run.interface(LOWER).at("press")
    found = post.pressure_statistics(state, over="contact")
    touching = post.contact_fraction(state)
    assert found.area_fraction == pytest.approx(touching)
    # what touches bears the force
    assert found.mean == pytest.approx(state.contact_pressure.mean() / touching)
    assert found.maximum == state.contact_pressure.max()
    opened = post.delamination(run, LOWER, "release")
    # all but the middle points of the nine spots, which are inside and whole
    assert opened.opened_fraction == pytest.approx(touching - 0.01)
    assert opened.opened.faces is not None
    text = post.summary(run)
    assert "Clusters at the end of each step" in text
    assert "x, y" in text
    assert "spot over strip" not in text


@pytest.mark.slow
def test_runs_in_space_are_compared(run: Results) -> None:
    found = {
        (row.quantity, row.subject, row.moment): row.values for row in post.compare([run, run]).rows
    }
    state = run.interface(LOWER).at("release")
    shear = np.asarray(state.shear_traction.values)
    rms = np.sqrt((shear**2).sum(axis=1) @ state.weights / WIDTH**2)
    values = found["rms shear traction", f"interface '{LOWER}'", "end"]
    assert values == pytest.approx((rms, rms))
    assert ("rms slope", f"interface '{LOWER}'", "end") in found
