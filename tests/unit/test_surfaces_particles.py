# SPDX-License-Identifier: MIT
"""Packed particles: a packing without overlap, the ball that feels it, punch, filter, recipe."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from interfacefem import surfaces
from interfacefem.errors import SurfaceError, UnitError
from interfacefem.surfaces import Topography, particles

LINE: dict[str, Any] = {"size": "60 um", "diameter": "4 um", "seed": 3}
AREA: dict[str, Any] = {"size": ("8 um", "6 um"), "diameter": "4 um", "seed": 3}


def made(base: dict[str, Any], **changes: Any) -> Topography:
    return surfaces.packed_particles(**(base | changes))


@pytest.mark.parametrize("packing", ["dense", "loose"])
@pytest.mark.parametrize("extent", [(60.0,), (12.0, 10.0)], ids=["line", "area"])
def test_particles_touch_but_do_not_overlap(extent: tuple[float, ...], packing: str) -> None:
    centres, radii = particles._packed(extent, 4.0, 0.3, packing, 5)  # type: ignore[arg-type]
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    gap = distance - (radii[:, None] + radii[None])
    assert gap.min() > -1e-9
    # each rests on the floor or on another
    on_floor = centres[:, -1] - radii
    assert on_floor.min() >= 0.0
    assert np.maximum(-gap.min(axis=1), -on_floor).min() > -1e-9
    # about five diameters thick
    assert 3.0 < centres[:, -1].max() / 4.0 < 9.0
    # and beyond all walls
    for direction, length in enumerate(extent):
        assert centres[:, direction].min() < -4.0
        assert centres[:, direction].max() > length + 4.0


def test_sizes_are_lognormal() -> None:
    _, radii = particles._packed((1200.0,), 4.0, 0.3, "loose", 1)
    logs = np.log(2.0 * radii / 4.0) / 0.3
    # A normal number cut at 2 deviations has a deviation of 0.8796 (Johnson, Kotz: truncated
    # normal); some 1,200 numbers scatter by 0.88/sqrt(n) in the mean, 1/sqrt(2n) in the deviation.
    assert radii.size > 900
    assert np.mean(logs) == pytest.approx(0.0, abs=4.0 * 0.88 / np.sqrt(radii.size))
    assert np.std(logs) == pytest.approx(0.8796, abs=4.0 / np.sqrt(2 * radii.size))
    assert np.abs(logs).max() <= 2.0
    _, equal = particles._packed((60.0,), 4.0, 0.0, "loose", 1)
    assert (equal == 2.0).all()


def test_a_ball_feels_two_discs() -> None:
    # Discs of radius 2 at a distance of 5: a ball of radius 1.5 between them has its centre
    # sqrt((2 + 1.5)^2 - 2.5^2) above theirs and touches no lower than 1.5 less.
    centres = np.array([[7.5, 2.0], [12.5, 2.0]])
    n = 4001
    raised = particles._from_above((20.0,), (n,), centres, np.array([3.5, 3.5]))
    felt = particles._felt(raised, (20.0,), 1.5)
    x = np.linspace(0.0, 20.0, n)
    lowest = 2.0 + np.sqrt(3.5**2 - 2.5**2) - 1.5
    assert felt[n // 2] == pytest.approx(lowest, abs=2e-3)
    # the tops are touched as they are, down to where the ball leaves them: 2.5 * 2/3.5 from them
    top = np.abs(x - 7.5) < 1.4
    assert felt[top] == pytest.approx(2.0 + np.sqrt(4.0 - (x[top] - 7.5) ** 2), abs=2e-3)
    # over an area the same between two spheres
    raised = particles._from_above(
        (20.0, 8.0), (401, 161), np.array([[7.5, 4.0, 2.0], [12.5, 4.0, 2.0]]), np.array([3.5, 3.5])
    )
    assert particles._felt(raised, (20.0, 8.0), 1.5)[200, 80] == pytest.approx(lowest, abs=0.02)


def test_view_from_above_is_deeper_than_what_a_ball_feels() -> None:
    above, felt = made(LINE, probe=0.0), made(LINE)
    larger = made(LINE, probe="12 um")
    assert above.rms_slope > 1.3 * felt.rms_slope > 1.3 * larger.rms_slope
    assert np.ptp(above.heights) > np.ptp(felt.heights) > np.ptp(larger.heights)


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_punch_leaves_a_plane_of_its_share(share: float) -> None:
    # A short filter hardly moves the plane: a plane wider than the cut-off stays at one height.
    flat = made(LINE, flattened=share, short_cutoff="0.3 um", points=4001)
    top = flat.heights.max()
    plane = flat.heights > top - 0.04
    assert plane.mean() == pytest.approx(share, abs=0.05)
    whole = made(LINE, short_cutoff="0.3 um", points=4001)
    assert (whole.heights > whole.heights.max() - 0.04).mean() < 0.1
    # below the plane nothing changes but the mean
    valleys = flat.heights < top - 0.3
    change = (whole.heights - flat.heights)[valleys]
    assert np.ptp(change) < 0.05


def test_levelled_filling_is_smoother_than_a_loose_one() -> None:
    ratio = [
        made(LINE, spread=0.2, packing="loose", seed=seed).rms_height
        / made(LINE, spread=0.2, seed=seed).rms_height
        for seed in range(8)
    ]
    assert np.median(ratio) > 1.2


def test_heights_scale_with_the_diameter() -> None:
    one = made(LINE, points=481)
    two = surfaces.packed_particles("120 um", 481, diameter="8 um", seed=3)
    assert two.heights == pytest.approx(2.0 * one.heights, abs=1e-9)


@pytest.mark.parametrize("base", [LINE, AREA], ids=["line", "area"])
def test_walls_are_symmetry_planes_and_points_do_not_matter(base: dict[str, Any]) -> None:
    surface = made(base, short_cutoff="2 um")
    assert surface.mirrored
    corners = [np.array([0.0, length]) for length in surface.size]
    slopes = surface.slope_at(*corners)
    assert np.abs(slopes).max() < 1e-12
    finer = made(base, short_cutoff="2 um", points=tuple(2 * n - 1 for n in surface.points))
    coarse = finer.heights[(slice(None, None, 2),) * surface.dimension]
    assert coarse == pytest.approx(surface.heights, abs=1e-12)
    assert surface.mean_height == pytest.approx(0.0, abs=1e-3)
    assert surface.short_cutoff == 2.0
    # a longer filter is gentler
    assert made(base, short_cutoff="4 um").rms_slope < surface.rms_slope


@pytest.mark.parametrize("base", [LINE, AREA], ids=["line", "area"])
def test_made_again_from_its_recipe(base: dict[str, Any]) -> None:
    surface = made(base, spread=0.25, flattened=0.1, packing="loose", probe="3 um")
    again = Topography.from_dict(surface.to_dict())
    assert again == surface
    assert again.recipe == surface.recipe
    assert surface.recipe["kind"] == "packed_particles"
    assert made(base | {"size": "20 um"}, seed=4) != made(base | {"size": "20 um"})
    changed = surface.scaled(rms_slope=0.2)
    assert Topography.from_dict(changed.to_dict()).rms_slope == pytest.approx(0.2)
    bare = surface.to_dict() | {"diameter": 4.0}
    with pytest.raises(UnitError, match=r"surface\.diameter: 4\.0 has no unit"):
        Topography.from_dict(bare)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"seed": -1}, "seed -1 must be a whole number of at least 0"),
        ({"seed": True}, "seed True must be a whole number"),
        ({"packing": "tapped"}, "packing 'tapped' is unknown; write 'dense' or 'loose'"),
        ({"spread": 0.9}, "spread 0.9 must be from 0 to 0.7"),
        ({"flattened": 1.0}, "flattened 1 must be from 0 to below 1"),
        ({"probe": "-1 um"}, "probe -1 um must be 0 or more"),
        ({"diameter": "0 um"}, "diameter: 0 um must be positive"),
        ({"diameter": "1 nm"}, "are more than 20000; take a smaller size or larger particles"),
        ({"short_cutoff": "130 um"}, "must be less than twice the size"),
        ({"points": 11}, "give at least 61"),
    ],
)
def test_refusals(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(SurfaceError, match=re.escape(text)):
        made(LINE, **changes)
