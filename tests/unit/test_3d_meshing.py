# SPDX-License-Identifier: MIT
"""Meshes of stacks of areas: hexahedra between rough faces. No solver."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import MeshError
from interfacefem.meshing import quality
from interfacefem.meshing.numbers import THINNEST
from interfacefem.meshing.quality import corner_jacobians

SIZE = (20.0, 14.0)


def rough(seed: int, rms: float = 0.2) -> surfaces.Topography:
    return surfaces.self_affine(
        size=SIZE, hurst=0.8, rms_height=rms, long_cutoff=10.0, short_cutoff=6.0, seed=seed
    )


@pytest.fixture(scope="module")
def stack() -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("separator", materials.get("Li3InCl6"), 9.0, top=rough(1)),
        ifem.Layer("interlayer", materials.get("Li3OCl"), 4.0, bottom=rough(2), top=rough(3)),
        ifem.Layer("anode", materials.get("Li"), 7.0, bottom=rough(4)),
    )


@pytest.fixture(scope="module")
def mesh(stack: ifem.Stack) -> ifem.StackMesh:
    return ifem.build_mesh(stack, ifem.MeshSize(edge=1.3))


def volumes(mesh: ifem.StackMesh) -> np.ndarray:
    """Volume of each cell by the 2x2x2 rule, which is exact for trilinear maps."""
    side = np.array([-1.0, 1.0]) / np.sqrt(3.0)
    corner = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    corner = np.vstack([np.column_stack([corner, np.full(4, z)]) for z in (-1, 1)])
    total = np.zeros(len(mesh.cells))
    for point in np.array(np.meshgrid(side, side, side)).reshape(3, -1).T:
        factor = 1.0 + corner * point
        gradient = np.stack(
            [corner[:, i] * np.delete(factor, i, axis=1).prod(axis=1) / 8.0 for i in range(3)]
        )
        total += np.linalg.det(np.einsum("ij,cjk->cik", gradient, mesh.points[mesh.cells]))
    return total


def test_faces_follow_the_topographies_and_just_touch(
    mesh: ifem.StackMesh, stack: ifem.Stack
) -> None:
    for name in mesh.interfaces:
        lower, upper = stack.pair(name)
        for side, topography in (("lower", lower.top), ("upper", upper.bottom)):
            face = mesh.points[mesh.faces(name).nodes(side)]
            assert np.ptp(face[:, 2] - topography.at(face[:, 0], face[:, 1])) < 1e-12
        place, gap = mesh.gap(name)
        assert abs(gap.min()) < 1e-12
        assert gap.max() > 0.1
        # random points of the faces are not closer than the grid of both faces' lines says
        assert place.shape == (len(gap), 2)


def test_volume_of_cells_is_that_of_the_layers(mesh: ifem.StackMesh, stack: ifem.Stack) -> None:
    found = volumes(mesh)
    assert found.min() > 0.0
    for name in mesh.layer_names:
        # mean heights are zero; the trapezoid rule of a cosine series leaves nothing over
        wanted = SIZE[0] * SIZE[1] * stack.layer(name).thickness
        assert found[mesh.layer_cells(name)].sum() == pytest.approx(wanted, rel=1e-12)


def test_layers_share_no_node_and_do_not_match(mesh: ifem.StackMesh) -> None:
    assert sum(len(mesh.layer_nodes(name)) for name in mesh.layer_names) == len(mesh.points)
    columns = mesh.origin["columns"]
    for lower, upper in (name.split("|") for name in mesh.interfaces):
        for a, b in zip(columns[lower], columns[upper], strict=True):
            assert math.gcd(a, b) == 1
    assert columns["anode"][0] > columns["interlayer"][0]


def test_outer_boundaries(mesh: ifem.StackMesh) -> None:
    for side, axis, place in (
        ("left", 0, 0.0),
        ("right", 0, SIZE[0]),
        ("front", 1, 0.0),
        ("back", 1, SIZE[1]),
        ("bottom", 2, 0.0),
    ):
        nodes = mesh.boundary_nodes(side)
        assert np.all(mesh.points[nodes, axis] == place)
        assert np.array_equal(nodes, np.flatnonzero(mesh.points[:, axis] == place))
    assert np.ptp(mesh.points[mesh.boundary_nodes("top"), 2]) == 0.0
    assert mesh.area == pytest.approx(SIZE[0] * SIZE[1])
    assert mesh.dofs == 3 * len(mesh.points)


def test_rows_begin_with_the_edge_and_grow_as_asked(
    mesh: ifem.StackMesh, stack: ifem.Stack
) -> None:
    nodes = mesh.layer_nodes("separator")
    z = mesh.points[nodes].reshape(-1, mesh.origin["rows"]["separator"] + 1, 3)[..., 2]
    height = (np.diff(z, axis=1) / (z[:, -1] - z[:, 0])[:, None]).mean(axis=0)
    assert np.abs(np.diff(z, axis=1) / (z[:, -1] - z[:, 0])[:, None] - height).max() < 1e-12
    ratio = height[:-1] / height[1:]  # coarse at the bottom, fine at the interface above
    assert ratio.max() <= 1.3 + 1e-9
    assert ratio.min() >= 1.0 - 1e-9


def test_quality_of_a_sheared_box_is_known() -> None:
    # a unit cube sheared by 1 along x per unit of z: angles 45 and 135 degrees, Jacobian 1
    base = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    points = np.vstack(
        [np.column_stack([base + np.array([z, 0.0]), np.full(4, z)]) for z in (0.0, 1.0)]
    )
    cells = np.arange(8)[None]
    assert corner_jacobians(points, cells) == pytest.approx(np.ones((1, 8)))
    mesh = ifem.StackMesh(points, cells, np.zeros(1, int), ("a",), {}, {})
    figures = quality(mesh)
    assert figures.min_angle == pytest.approx(45.0)
    assert figures.max_angle == pytest.approx(135.0)
    assert figures.max_aspect_ratio == pytest.approx(math.sqrt(2.0))
    turned = cells[:, [4, 5, 6, 7, 0, 1, 2, 3]]
    assert len(quality(ifem.StackMesh(points, turned, np.zeros(1, int), ("a",), {}, {})).inverted)


def test_quality_of_a_stack(mesh: ifem.StackMesh) -> None:
    figures = quality(mesh)
    assert len(figures.inverted) == 0
    assert figures.min_corner_ratio > 0.8
    assert figures.dofs == mesh.dofs
    columns = mesh.origin["columns"]["anode"]
    longest = max(length / count for length, count in zip(SIZE, columns, strict=True))
    assert figures.max_edge["interlayer|anode upper"] == pytest.approx(longest)


def test_files_keep_every_bit(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    assert ifem.StackMesh.load(mesh.save(tmp_path / "stack.msh")) == mesh


def test_a_steep_area_is_refused_with_its_place() -> None:
    wave = surfaces.sinusoid(size=SIZE, amplitude=1.0, wavelength=(10.0, 7.0), points=(81, 57))
    lowest = float(-wave.heights.min())
    thin = ifem.Stack(
        ifem.Layer("film", materials.get("Li"), lowest / (1.0 - 0.9 * THINNEST), top=wave),
        ifem.Layer("foil", materials.get("Li"), 5.0),
    )
    with pytest.raises(MeshError, match=r"faces of layer 'film' cross at x = .* y = "):
        ifem.build_mesh(thin)


def test_too_many_nodes_are_refused(stack: ifem.Stack) -> None:
    with pytest.raises(MeshError, match="give a longer mesh edge"):
        ifem.build_mesh(stack, ifem.MeshSize(edge=0.05))


def test_short_wavelength_of_measured_areas() -> None:
    wave = surfaces.sinusoid(size=SIZE, amplitude=0.1, wavelength=(5.0, 7.0), points=(201, 141))
    plain = surfaces.from_heights(np.asarray(wave.heights), size=SIZE)
    assert surfaces.shortest_wavelength(plain) == pytest.approx(5.0, rel=0.02)
    ridge = np.broadcast_to(np.cos(2.0 * np.pi * plain.x / 5.0)[:, None], plain.heights.shape)
    # no slope along y at all: x decides, not round-off
    assert surfaces.shortest_wavelength(surfaces.from_heights(ridge, size=SIZE)) == pytest.approx(
        5.0
    )
