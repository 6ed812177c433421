# SPDX-License-Identifier: MIT
"""Meshes of stacks: positions, names, sizes, repeatability. No solver."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import MeshError
from interfacefem.meshing import grading, quality
from interfacefem.meshing.numbers import MINIMUM_ROWS, THINNEST

WIDTH = 30.0
SHORT = 4.0


def rough(seed: int, rms: float = 0.3) -> surfaces.Topography:
    return surfaces.self_affine(
        size=(WIDTH,), points=512, hurst=0.8, rms_height=rms, long_cutoff=15.0,
        short_cutoff=SHORT, seed=seed,
    )  # fmt: skip


@pytest.fixture(scope="module")
def stack() -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("separator", materials.get("Li3InCl6"), thickness=20.0, top=rough(1)),
        ifem.Layer("interlayer", materials.get("Li3OCl"), 8.0, bottom=rough(2), top=rough(3)),
        ifem.Layer("anode", materials.get("Li"), thickness=15.0, bottom=rough(4)),
    )


@pytest.fixture(scope="module")
def mesh(stack: ifem.Stack) -> ifem.StackMesh:
    return ifem.build_mesh(stack)


def test_layers_share_no_node(mesh: ifem.StackMesh) -> None:
    parts = [set(mesh.layer_nodes(name)) for name in mesh.layer_names]
    assert sum(len(part) for part in parts) == len(mesh.points)
    assert set.union(*parts) == set(range(len(mesh.points)))


def test_faces_follow_the_topographies(mesh: ifem.StackMesh, stack: ifem.Stack) -> None:
    for name in mesh.interfaces:
        lower, upper = stack.pair(name)
        for side, topography in (("lower", lower.top), ("upper", upper.bottom)):
            face = mesh.points[mesh.faces(name).nodes(side)]
            offset = face[:, 1] - topography.at(face[:, 0])
            # Rounding to 15 digits of 43 um is 1e-13.
            assert np.ptp(offset) < 1e-12


def test_thickness_is_that_between_the_mean_planes(mesh: ifem.StackMesh, stack: ifem.Stack) -> None:
    faces = mesh.faces("separator|interlayer"), mesh.faces("interlayer|anode")
    below = mesh.points[faces[0].nodes("upper")[0]]
    above = mesh.points[faces[1].nodes("lower")[0]]
    layer = stack.layer("interlayer")
    wanted = layer.thickness + layer.top.at(0.0) - layer.bottom.at(0.0)
    assert above[1] - below[1] == pytest.approx(wanted, abs=1e-12)


def test_faces_just_touch(mesh: ifem.StackMesh) -> None:
    for name in mesh.interfaces:
        x, gap = mesh.gap(name)
        assert abs(gap.min()) < 1e-12
        assert gap.max() > 0.1
        # Both faces' nodes are looked at, and only the walls are common to both.
        counts = [len(mesh.faces(name).nodes(side)) for side in ("lower", "upper")]
        assert len(x) == sum(counts) - 2


def test_interior_is_the_transfinite_blend_of_the_faces(mesh: ifem.StackMesh) -> None:
    # Gordon and Hall (1973): with straight walls and equal fractions, y is linear in the row.
    nodes = mesh.layer_nodes("separator")
    columns = mesh.origin["columns"]["separator"] + 1
    grid = mesh.points[nodes].reshape(columns, -1, 2)
    assert np.abs(grid[:, :, 0] - np.linspace(0.0, WIDTH, columns)[:, None]).max() < 1e-12
    bottom, top = grid[:, :1, 1], grid[:, -1:, 1]
    fractions = (grid[:, :, 1] - bottom) / (top - bottom)
    assert np.abs(fractions - fractions[0]).max() < 1e-12


def test_outer_boundaries(mesh: ifem.StackMesh) -> None:
    assert np.all(mesh.points[mesh.boundary_nodes("bottom"), 1] == 0.0)
    assert np.ptp(mesh.points[mesh.boundary_nodes("top"), 1]) == 0.0
    assert np.all(mesh.points[mesh.boundary_nodes("left"), 0] == 0.0)
    assert np.all(mesh.points[mesh.boundary_nodes("right"), 0] == WIDTH)
    # Every layer has one wall edge per row on each side.
    rows = sum(mesh.origin["rows"].values())
    assert len(mesh.boundaries["left"]) == len(mesh.boundaries["right"]) == rows


def test_area_of_cells_is_that_of_the_layers(mesh: ifem.StackMesh, stack: ifem.Stack) -> None:
    corner = mesh.points[mesh.cells]
    ahead = np.roll(corner, -1, axis=1)
    area = 0.5 * (corner[..., 0] * ahead[..., 1] - corner[..., 1] * ahead[..., 0]).sum(axis=1)
    assert area.min() > 0.0
    for name in mesh.layer_names:
        found = area[mesh.layer_cells(name)].sum()
        # Mean heights are zero; the trapezoid rule of a cosine series leaves nothing over.
        assert found == pytest.approx(WIDTH * stack.layer(name).thickness, rel=1e-6)


def test_softer_side_is_finer_and_nodes_never_meet(mesh: ifem.StackMesh) -> None:
    columns = mesh.origin["columns"]
    for lower, upper in itertools.pairwise(mesh.layer_names):
        assert math.gcd(columns[lower], columns[upper]) == 1
    assert columns["anode"] > columns["interlayer"]
    assert columns["anode"] / columns["interlayer"] == pytest.approx(4 / 3, rel=0.05)


def test_automatic_edge_resolves_the_shortest_wave(mesh: ifem.StackMesh) -> None:
    figures = quality(mesh)
    assert min(figures.edges_per_wavelength.values()) >= 10.0 - 1e-9
    assert figures.notes == ()
    assert set(figures.edges_per_wavelength) == {
        f"{name} {side}" for name in mesh.interfaces for side in ("lower", "upper")
    }


def test_rows_grow_no_faster_than_asked(stack: ifem.Stack) -> None:
    mesh = ifem.build_mesh(stack, ifem.MeshSize(edge=0.4, growth=1.2))
    for name in mesh.layer_names:
        y = mesh.points[mesh.layer_nodes(name)][: mesh.origin["rows"][name] + 1, 1]
        heights = np.diff(y)
        ratio = np.maximum(heights[1:] / heights[:-1], heights[:-1] / heights[1:])
        assert ratio.max() <= 1.2 + 1e-9


def test_same_input_gives_the_same_arrays_and_key(mesh: ifem.StackMesh, stack: ifem.Stack) -> None:
    again = ifem.build_mesh(stack)
    assert again == mesh
    other = ifem.build_mesh(stack, ifem.MeshSize(edge=0.39))
    assert other.key != mesh.key
    assert other != mesh


def test_flat_layers_and_a_single_layer() -> None:
    li = materials.get("Li")
    pair = ifem.Stack(ifem.Layer("a", li, 5.0), ifem.Layer("b", li, 5.0), width=10.0)
    mesh = ifem.build_mesh(pair, ifem.MeshSize(edge=1.0))
    assert mesh.origin["columns"] == {"a": 10, "b": 13}  # 4/3 of 10 is 13.3
    assert np.all(mesh.gap("a|b")[1] == 0.0)
    assert mesh.height == 10.0
    single = ifem.build_mesh(ifem.Stack(ifem.Layer("a", li, 5.0), width=10.0))
    assert single.interfaces == {}
    assert single.height == 5.0


def test_20000_nodes_take_less_than_three_seconds(stack: ifem.Stack) -> None:
    begin = time.perf_counter()
    mesh = ifem.build_mesh(stack, ifem.MeshSize(edge=0.08, growth=1.2))
    # The bar is 3 s; it takes 0.2 s on two cores of 2024.
    assert time.perf_counter() - begin < 3.0
    assert len(mesh.points) > 20_000


def test_edge_too_coarse_is_refused_with_a_better_one(stack: ifem.Stack) -> None:
    with pytest.raises(MeshError, match=r"edge 2 um is too coarse .* 4 um .* at most 1 um"):
        ifem.build_mesh(stack, ifem.MeshSize(edge=2.0))


def test_absurd_number_of_nodes_is_refused(stack: ifem.Stack) -> None:
    with pytest.raises(MeshError, match="give a longer mesh edge"):
        ifem.build_mesh(stack, ifem.MeshSize(edge=1e-3))


def test_layer_left_too_thin_is_refused() -> None:
    li = materials.get("Li")
    wave = surfaces.sinusoid(size=(WIDTH,), points=301, amplitude=1.0, wavelength=10.0)
    # 2 um of thickness minus waves of 1 um leave little; the flat top makes it 1 um everywhere.
    lowest = float(-wave.heights.min())
    thin = ifem.Stack(
        ifem.Layer("film", li, lowest / (1.0 - 0.9 * THINNEST), top=wave),
        ifem.Layer("foil", li, 5.0),
    )
    with pytest.raises(MeshError, match="faces of layer 'film' cross at x = "):
        ifem.build_mesh(thin)


def test_an_area_gives_hexahedra() -> None:
    li = materials.get("Li")
    area = ifem.Stack(ifem.Layer("a", li, 5.0), width=(10.0, 10.0))
    mesh = ifem.build_mesh(area)
    assert mesh.points.shape[1] == 3
    assert mesh.height == 5.0


def test_short_wavelength_of_a_sinusoid_and_of_plain_heights() -> None:
    wave = surfaces.sinusoid(size=(WIDTH,), points=601, amplitude=0.1, wavelength=5.0)
    assert surfaces.shortest_wavelength(wave) == pytest.approx(5.0)
    plain = surfaces.from_heights(np.asarray(wave.heights), size=(WIDTH,))
    # All slope variance lies in this one wave; the grid of wavelengths is 60/k um, and 60/12 = 5.
    assert surfaces.shortest_wavelength(plain) == pytest.approx(5.0, rel=0.02)
    assert surfaces.shortest_wavelength(surfaces.flat((WIDTH,))) is None


@pytest.mark.parametrize("layers", [2, 3, 5, 8])
def test_monotone_stacks_stay_bounded(layers: int) -> None:
    hardness = [(float(i), 1.0) for i in range(layers)]
    columns = grading.column_counts(60.0, [4.0] * (layers - 1), hardness, None, 4.0 / 3.0)
    assert min(columns) == columns[-1] == 150  # the hardest, 10 edges per 4 um over 60 um
    assert all(math.gcd(a, b) == 1 for a, b in itertools.pairwise(columns))
    assert all(a > b for a, b in itertools.pairwise(columns))
    # The bound is 16/9 = 267; coprime counts lie near.
    assert columns[0] <= 150 * 16 / 9 * 1.1


def test_rows_fill_the_layer() -> None:
    # 1 + 2 + 4 + 8 = 15: four rows with growth 2 fill 15 exactly.
    rows = np.diff(grading.row_fractions(15.0, 1.0, 2.0, graded=["top"], largest=100.0)) * 15.0
    assert rows == pytest.approx([8.0, 4.0, 2.0, 1.0])
    both = np.diff(grading.row_fractions(30.0, 1.0, 2.0, graded=["bottom", "top"], largest=100.0))
    assert both * 30.0 == pytest.approx([1.0, 2.0, 4.0, 8.0, 8.0, 4.0, 2.0, 1.0])
    capped = np.diff(grading.row_fractions(100.0, 1.0, 2.0, graded=["bottom"], largest=10.0)) * 100
    assert capped.max() <= 10.0 + 1e-9
    thin = grading.row_fractions(0.5, 1.0, 1.3, graded=["bottom"], largest=10.0)
    assert thin == pytest.approx(np.linspace(0.0, 1.0, MINIMUM_ROWS + 1))
