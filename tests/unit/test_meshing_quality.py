# SPDX-License-Identifier: MIT
"""Figures of a mesh, against hand-made cells."""

from __future__ import annotations

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import MeshError
from interfacefem.meshing import quality
from interfacefem.meshing.quality import corner_jacobians, inverted_cells, require_usable

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def one_cell(points: object) -> ifem.StackMesh:
    cells = np.array([[0, 1, 2, 3]])
    return ifem.StackMesh(np.asarray(points), cells, np.zeros(1), ("a",), {}, {})


def test_square_is_perfect() -> None:
    figures = quality(one_cell(SQUARE))
    assert figures.min_corner_ratio == 1.0
    assert figures.max_aspect_ratio == 1.0
    assert figures.min_angle == figures.max_angle == 90.0
    assert (figures.nodes, figures.dofs, figures.cells) == (4, 8, {"a": 1})
    assert figures.notes == ()


def test_rhombus_has_its_angles() -> None:
    # Unit sides, 60 degrees: a parallelogram, so all corner Jacobians are sin 60.
    half = np.sqrt(3.0) / 2.0
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.5, half], [0.5, half]])
    figures = quality(one_cell(points))
    assert figures.min_angle == pytest.approx(60.0)
    assert figures.max_angle == pytest.approx(120.0)
    assert figures.min_corner_ratio == pytest.approx(1.0)
    assert corner_jacobians(points, np.array([[0, 1, 2, 3]])) == pytest.approx(half)


def test_trapezium_has_its_ratios() -> None:
    # Bottom 4, top 1, height 1: corner Jacobians 4 and 1, longest edge 4, shortest 1.
    figures = quality(one_cell([[0.0, 0.0], [4.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))
    assert figures.min_corner_ratio == pytest.approx(0.25)
    assert figures.max_aspect_ratio == pytest.approx(4.0)
    # The corner at (4, 0) opens by atan(1/3).
    assert figures.min_angle == pytest.approx(np.degrees(np.arctan2(1.0, 3.0)))
    assert any("smallest angle" in note for note in figures.notes)


@pytest.mark.parametrize(
    "corner", [(0.2, 0.2), (0.5, 0.5), (-1.0, -1.0)], ids=["concave", "flat", "crossed"]
)
def test_bad_cells_are_found_and_named(corner: tuple[float, float]) -> None:
    points = SQUARE.copy()
    points[2] = corner
    mesh = one_cell(points)
    assert list(inverted_cells(mesh.points, mesh.cells)) == [0]
    figures = quality(mesh)
    assert list(figures.inverted) == [0]
    assert "1 inverted or flat cells" in figures.message()
    x, y = points.mean(axis=0)
    with pytest.raises(MeshError, match=rf"at \({x:.4g}, {y:.4g}\) um in layer 'a'"):
        require_usable(mesh)


def test_clockwise_cell_is_inverted() -> None:
    mesh = one_cell(SQUARE[::-1])
    assert list(quality(mesh).inverted) == [0]
    assert quality(mesh).min_corner_ratio == -1.0


def test_edges_per_wavelength_and_its_note() -> None:
    wave = surfaces.sinusoid(size=(12.0,), points=241, amplitude=0.1, wavelength=4.0)
    stack = ifem.Stack(
        ifem.Layer("a", materials.get("LLZO"), 4.0, top=wave),
        ifem.Layer("b", materials.get("Li"), 4.0),
    )
    figures = quality(ifem.build_mesh(stack, ifem.MeshSize(edge=0.8)))
    # 12 um in edges of 0.8 um are 15; 4 um of them are 5. The softer side has 19 or 20 in 12 um.
    assert figures.edges_per_wavelength["a|b lower"] == pytest.approx(5.0)
    assert figures.max_edge["a|b lower"] == pytest.approx(0.8)
    assert figures.edges_per_wavelength["a|b upper"] > 6.0
    note = [note for note in figures.notes if "a|b lower" in note]
    assert "5 edges per shortest wavelength; at least 8" in note[0]
    assert note[0] in figures.message()
    fine = quality(ifem.build_mesh(stack, ifem.MeshSize(edge=0.4)))
    assert fine.notes == ()
    assert "degrees of freedom" in fine.message()
