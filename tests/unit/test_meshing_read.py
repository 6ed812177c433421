# SPDX-License-Identifier: MIT
"""Users' own meshes: every way to carry groups, what is mended, and what is refused where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials
from interfacefem.errors import MeshError, UnitError
from interfacefem.meshing import quality
from interfacefem.meshing.foreign import Outline, sort_chain
from interfacefem.meshing.session import session

WIDTH = 6.0
NAMES = ("a", "b")
#: y = 0.1 cos(pi x / 6): symmetric at the walls, so both faces of the interface are the same curve
FACE = 0.1


def wave(x: Any) -> Any:
    return FACE * np.cos(np.pi * np.asarray(x) / WIDTH)


def block(columns: int, rows: int, bottom: Any, top: Any) -> tuple[Any, Any, Any, Any]:
    """Points, quads, bottom nodes, top nodes of a structured block between two height functions."""
    x = np.linspace(0.0, WIDTH, columns + 1)
    v = np.linspace(0.0, 1.0, rows + 1)
    y = (1 - v) * (bottom(x) + 0 * x)[:, None] + v * (top(x) + 0 * x)[:, None]
    points = np.column_stack([np.repeat(x, rows + 1), y.ravel()])
    grid = np.arange(len(points)).reshape(columns + 1, rows + 1)
    quads = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=2)
    return points, quads.reshape(-1, 4), grid[:, 0], grid[:, -1]


def edges(nodes: Any) -> Any:
    return np.column_stack([nodes[:-1], nodes[1:]])


@dataclass
class User:
    """A user's mesh before it is written: quads, then lines, with groups over them."""

    points: Any
    quads: Any
    lines: Any
    layers: Any  # index per quad
    faces: Any  # 0 lower, 1 upper per line
    node_sets: dict[str, Any] = field(default_factory=dict)

    def meshio(self, sets: bool = True) -> meshio.Mesh:
        def pair(quads: Any, lines: Any) -> list[Any]:
            return [np.flatnonzero(quads), np.flatnonzero(lines)]

        nobody = np.zeros(len(self.lines), bool), np.zeros(len(self.quads), bool)
        cell_sets = {f"layer_{n}": pair(self.layers == i, nobody[0]) for i, n in enumerate(NAMES)}
        cell_sets |= {
            f"face_a|b_{side}": pair(nobody[1], self.faces == i)
            for i, side in enumerate(("lower", "upper"))
        }
        return meshio.Mesh(
            self.points,
            [("quad", self.quads), ("line", self.lines)],
            cell_sets=cell_sets if sets else None,
            point_sets=self.node_sets,
        )

    def numbers(self) -> list[Any]:
        return [self.layers + 1, self.faces + 11]

    def write(self, path: Path) -> Path:
        meshio.write(path, self.meshio())
        return path

    def read(self, folder: Path, **options: Any) -> ifem.StackMesh:
        return ifem.read_mesh(self.write(folder / "user.inp"), NAMES, **options)


@pytest.fixture
def user() -> User:
    """Two layers, 6 and 4 columns, the upper one lifted by 0.5 um."""
    points, quads, _, top = block(6, 3, lambda x: 0.0, lambda x: 2.0 + wave(x))
    more, other, bottom, _ = block(4, 2, lambda x: 2.5 + wave(x), lambda x: 4.0)
    shift = len(points)
    return User(
        points=np.concatenate([points, more]),
        quads=np.concatenate([quads, other + shift]),
        lines=np.concatenate([edges(top), edges(bottom + shift)]),
        layers=np.repeat([0, 1], [len(quads), len(other)]),
        faces=np.repeat([0, 1], [6, 4]),
        node_sets={"lower nodes": top, "upper nodes": bottom + shift},
    )


GROUPS = {1: "layer_a", 2: "layer_b", 11: "face_a|b_lower", 12: "face_a|b_upper"}


def by_abaqus(user: User, folder: Path) -> ifem.StackMesh:
    return ifem.read_mesh(user.write(folder / "m.inp"), NAMES)


def by_node_sets(user: User, folder: Path) -> ifem.StackMesh:
    mesh = user.meshio()
    mesh.cell_sets = {name: s for name, s in mesh.cell_sets.items() if name.startswith("layer")}
    meshio.write(folder / "m.inp", mesh)
    names = {"lower nodes": "face_a|b_lower", "upper nodes": "face_a|b_upper"}
    return ifem.read_mesh(folder / "m.inp", NAMES, names)


def by_upper_case(user: User, folder: Path) -> ifem.StackMesh:
    mesh = user.meshio()
    mesh.cell_sets = {name.upper(): members for name, members in mesh.cell_sets.items()}
    meshio.write(folder / "m.inp", mesh)
    return ifem.read_mesh(folder / "m.inp", NAMES)


def by_joined_sets(user: User, folder: Path) -> ifem.StackMesh:
    return ifem.read_mesh(user.write(folder / "m.vtu"), NAMES)


def by_numbers(kind: str) -> Callable[[User, Path], ifem.StackMesh]:
    def read(user: User, folder: Path) -> ifem.StackMesh:
        mesh = user.meshio(sets=False)
        mesh.point_sets = {}
        mesh.cell_data["part"] = user.numbers()
        meshio.write(folder / f"m.{kind}", mesh)
        return ifem.read_mesh(folder / f"m.{kind}", NAMES, GROUPS)

    return read


def by_named_number(user: User, folder: Path) -> ifem.StackMesh:
    mesh = user.meshio(sets=False)
    mesh.cell_data = {"part": user.numbers(), "other": [0 * n for n in user.numbers()]}
    meshio.write(folder / "m.vtu", mesh)
    groups = {f"part:{number}": name for number, name in GROUPS.items()}
    return ifem.read_mesh(folder / "m.vtu", NAMES, groups)


def by_masks(user: User, folder: Path) -> ifem.StackMesh:
    mesh = user.meshio(sets=False)
    mesh.cell_data = {
        name: [(part == number).astype(int) for part in user.numbers()]
        for number, name in GROUPS.items()
    }
    meshio.write(folder / "m.xdmf", mesh)
    return ifem.read_mesh(folder / "m.xdmf", NAMES)


def by_gmsh(version: float, binary: bool) -> Callable[[User, Path], ifem.StackMesh]:
    def read(user: User, folder: Path) -> ifem.StackMesh:
        path = folder / "m.msh"
        with session("user") as gmsh:
            coordinates = np.column_stack([user.points, np.zeros(len(user.points))])
            for index, name in enumerate(NAMES):
                surface = gmsh.model.addDiscreteEntity(2)
                if index == 0:
                    tags = np.arange(1, len(coordinates) + 1)
                    gmsh.model.mesh.addNodes(2, surface, tags, coordinates.ravel())
                quads = user.quads[user.layers == index] + 1
                gmsh.model.mesh.addElementsByType(surface, 3, [], quads.ravel())
                gmsh.model.addPhysicalGroup(2, [surface], name=f"layer_{name}")
            for index, side in enumerate(("lower", "upper")):
                curve = gmsh.model.addDiscreteEntity(1)
                lines = user.lines[user.faces == index] + 1
                gmsh.model.mesh.addElementsByType(curve, 1, [], lines.ravel())
                gmsh.model.addPhysicalGroup(1, [curve], name=f"face_a|b_{side}")
            gmsh.option.setNumber("Mesh.MshFileVersion", version)
            gmsh.option.setNumber("Mesh.Binary", binary)
            gmsh.write(str(path))
        return ifem.read_mesh(path, NAMES)

    return read


WAYS = {
    "abaqus element sets": by_abaqus,
    "abaqus node sets": by_node_sets,
    "abaqus upper case": by_upper_case,
    "vtu joined sets": by_joined_sets,
    "vtu numbers": by_numbers("vtu"),
    "xdmf numbers": by_numbers("xdmf"),
    "vtk numbers": by_numbers("vtk"),
    "vtu array and number": by_named_number,
    "xdmf masks": by_masks,
    "gmsh 2.2": by_gmsh(2.2, False),
    "gmsh 4.1": by_gmsh(4.1, False),
    "gmsh 4.1 binary": by_gmsh(4.1, True),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_mesh(way: str, user: User, tmp_path: Path) -> None:
    mesh = WAYS[way](user, tmp_path)
    assert mesh.layer_names == NAMES
    assert [len(mesh.layer_cells(name)) for name in NAMES] == [18, 8]
    faces = mesh.faces("a|b")
    assert (len(faces.lower), len(faces.upper)) == (6, 4)
    assert np.all(np.diff(mesh.points[faces.nodes("lower"), 0]) > 0.0)
    x = mesh.points[faces.nodes("upper"), 0]
    # What the coarse polyline of a wave misses between nodes is below h^2/8 y'' = 0.02 um.
    offset = mesh.points[faces.nodes("upper"), 1] - wave(x) - 2.0
    assert np.ptp(offset) < 1e-6  # VTK and Abaqus files keep that many digits
    assert abs(mesh.gap("a|b")[1].min()) < 1e-12
    assert abs(offset[0]) < 0.02
    assert {side: len(mesh.boundaries[side]) for side in mesh.boundaries} == {
        "bottom": 6,
        "top": 4,
        "left": 5,
        "right": 5,
    }
    assert np.all(mesh.points[mesh.boundary_nodes("right"), 0] == mesh.points[:, 0].max())
    assert len(quality(mesh).inverted) == 0


def test_what_was_read_can_be_saved_and_loaded(user: User, tmp_path: Path) -> None:
    mesh = user.read(tmp_path)
    assert ifem.StackMesh.load(mesh.save(tmp_path / "ours.msh")) == mesh
    assert user.read(tmp_path).key == mesh.key


def test_open_gap_is_closed_and_reported(user: User, tmp_path: Path) -> None:
    mesh = user.read(tmp_path)
    moved = mesh.origin["moved"]["a|b"]
    # The faces are the same wave 0.5 um apart, up to the chords (0.02 um, see above).
    assert moved == pytest.approx(0.5, abs=0.02)
    assert mesh.height == pytest.approx(4.0 - moved, abs=1e-6)


def test_small_overlap_is_moved_apart_and_a_large_one_refused(user: User, tmp_path: Path) -> None:
    upper = np.unique(user.quads[user.layers == 1])
    user.points[upper, 1] -= 0.7
    mesh = user.read(tmp_path)
    assert mesh.origin["moved"]["a|b"] == pytest.approx(-0.2, abs=0.02)
    assert abs(mesh.gap("a|b")[1].min()) < 1e-12
    user.points[upper, 1] -= 1.0
    with pytest.raises(MeshError, match=r"interface 'a\|b' overlap by 1\.[12]\d* um"):
        user.read(tmp_path)


def test_position_does_not_matter(user: User, tmp_path: Path) -> None:
    there = user.read(tmp_path)
    user.points += [-31.0, 17.0]
    here = user.read(tmp_path)
    assert np.abs(here.points - there.points).max() < 1e-9
    assert here.origin["moved"]["x"] == pytest.approx(31.0)
    assert here.origin["moved"]["a|b"] == pytest.approx(there.origin["moved"]["a|b"], abs=1e-9)


def test_unit_is_converted(user: User, tmp_path: Path) -> None:
    there = user.read(tmp_path)
    user.points *= 1e-3
    here = user.read(tmp_path, unit="mm")
    assert np.abs(here.points - there.points).max() < 1e-6
    with pytest.raises(UnitError, match="unit of the mesh"):
        user.read(tmp_path, unit="MPa")


def test_clockwise_cells_are_turned(user: User, tmp_path: Path) -> None:
    there = user.read(tmp_path)
    user.quads[::2] = user.quads[::2, ::-1]
    here = user.read(tmp_path)
    assert here.origin["turned_cells"] == 13  # every second of 26
    assert np.array_equal(here.points, there.points)
    assert np.array_equal(np.sort(here.cells, axis=1), np.sort(there.cells, axis=1))


def conforming(folder: Path) -> Path:
    """A mesh from gmsh as people make them: two surfaces that share the interface curve."""
    path = folder / "conforming.msh"
    with session("user") as gmsh:
        geo = gmsh.model.geo
        left = [geo.addPoint(0, y, 0) for y in (0, 2, 3)]
        right = [geo.addPoint(WIDTH, y, 0) for y in (0, 2, 3)]
        middle = [geo.addPoint(x, 2 + 0.3 * np.sin(np.pi * x / WIDTH), 0) for x in (1.5, 3, 4.5)]
        across = [
            geo.addLine(left[0], right[0]),
            geo.addSpline([left[1], *middle, right[1]]),
            geo.addLine(left[2], right[2]),
        ]
        walls = [[geo.addLine(side[i], side[i + 1]) for i in range(2)] for side in (left, right)]
        surfaces = []
        for index in range(2):
            outline = [across[index], walls[1][index], -across[index + 1], -walls[0][index]]
            surfaces.append(geo.addPlaneSurface([geo.addCurveLoop(outline)]))
        geo.synchronize()
        for surface, name in zip(surfaces, NAMES, strict=True):
            gmsh.model.mesh.setTransfiniteSurface(surface)
            gmsh.model.mesh.setRecombine(2, surface)
            gmsh.model.addPhysicalGroup(2, [surface], name=f"layer_{name}")
        for curve in across:
            gmsh.model.mesh.setTransfiniteCurve(curve, 9)
        for curve in walls[0] + walls[1]:
            gmsh.model.mesh.setTransfiniteCurve(curve, 4)
        gmsh.model.addPhysicalGroup(1, [across[1]], name="face_a|b")
        gmsh.model.mesh.generate(2)
        gmsh.write(str(path))
    return path


def test_shared_nodes_are_separated(tmp_path: Path) -> None:
    mesh = ifem.read_mesh(conforming(tmp_path), NAMES)
    assert mesh.origin["separated_nodes"] == 9
    assert len(mesh.points) == 2 * 9 * 4
    assert not set(mesh.layer_nodes("a")) & set(mesh.layer_nodes("b"))
    faces = mesh.faces("a|b")
    lower, upper = (mesh.points[faces.nodes(side)] for side in ("lower", "upper"))
    assert np.array_equal(lower, upper)
    assert np.all(mesh.gap("a|b")[1] == 0.0)


def test_a_stack_gives_names_and_checks_the_width(tmp_path: Path) -> None:
    path = conforming(tmp_path)
    li = materials.get("Li")
    stack = ifem.Stack(ifem.Layer("a", li, 2.0), ifem.Layer("b", li, 1.0), width=WIDTH)
    assert ifem.read_mesh(path, stack).layer_names == NAMES
    wide = ifem.Stack(ifem.Layer("a", li, 2.0), ifem.Layer("b", li, 1.0), width=60.0)
    with pytest.raises(MeshError, match="6 um wide, the stack 60 um; give the unit"):
        ifem.read_mesh(path, wide)


# Refusals ------------------------------------------------------------------------------------


def test_all_missing_groups_are_named_with_those_present(user: User, tmp_path: Path) -> None:
    with pytest.raises(MeshError) as caught:
        ifem.read_mesh(user.write(tmp_path / "m.inp"), ("a", "b", "c"))
    text = str(caught.value)
    assert "lacks the groups layer_c, face_b|c_lower, face_b|c_upper" in text
    assert "layers: layer_a, layer_b" in text
    assert "groups={" in text


def test_unknown_group_in_the_map(user: User, tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="no group 'LITHIUM' to use as 'layer_a'"):
        user.read(tmp_path, groups={"LITHIUM": "layer_a"})


@pytest.mark.parametrize("kind", ["triangle", "triangle6", "quad8", "line3"])
def test_other_cells_are_refused_with_a_way_out(kind: str, tmp_path: Path) -> None:
    nodes = {"triangle": 3, "triangle6": 6, "quad8": 8, "line3": 3}[kind]
    points = np.random.default_rng(1).random((8, 3)) * [1, 1, 0]
    cells = [("quad", np.array([[0, 1, 2, 3]])), (kind, np.arange(nodes)[None, :])]
    meshio.write(tmp_path / "m.vtu", meshio.Mesh(points, cells))
    with pytest.raises(MeshError, match=f"1 {kind}; only four-node.*ecombine"):
        ifem.read_mesh(tmp_path / "m.vtu", NAMES)


def test_triangles_from_gmsh_are_refused(tmp_path: Path) -> None:
    with session("user") as gmsh:
        gmsh.model.occ.addRectangle(0, 0, 0, 1, 1)
        gmsh.model.occ.synchronize()
        gmsh.model.mesh.generate(2)
        gmsh.write(str(tmp_path / "m.msh"))
    with pytest.raises(MeshError, match=r"triangle.*RecombineAll"):
        ifem.read_mesh(tmp_path / "m.msh", NAMES)


def test_inverted_cell_is_refused_with_its_place(user: User, tmp_path: Path) -> None:
    # A node of the lower layer's second column is pulled across its neighbours.
    node = int(np.flatnonzero(np.isclose(user.points, [3.0, 0.0]).all(axis=1))[0]) + 1
    user.points[node, 1] += 1.5
    with pytest.raises(MeshError, match=r"inverted or flat, at \([23]\.\d+, [01]\.\d+\) um.*'a'"):
        user.read(tmp_path)


def test_cell_in_no_layer_or_two(user: User, tmp_path: Path) -> None:
    mesh = user.meshio()
    mesh.cell_sets["layer_b"][0] = mesh.cell_sets["layer_b"][0][1:]
    meshio.write(tmp_path / "m.inp", mesh)
    with pytest.raises(MeshError, match=r"1 cells are in no layer, the first at \(0\.75, "):
        ifem.read_mesh(tmp_path / "m.inp", NAMES)
    mesh = user.meshio()
    mesh.cell_sets["layer_b"][0] = np.append(0, mesh.cell_sets["layer_b"][0])
    meshio.write(tmp_path / "m.inp", mesh)
    with pytest.raises(MeshError, match=r"at \(0\.5, 0\.3\d+\) um is in the groups layer_a and"):
        ifem.read_mesh(tmp_path / "m.inp", NAMES)


def test_face_with_a_hole(user: User, tmp_path: Path) -> None:
    keep = np.arange(len(user.lines)) != 2
    holed = replace(user, lines=user.lines[keep], faces=user.faces[keep])
    # What is missing in the face is neither wall nor, in the lower layer, the stack's top.
    with pytest.raises(MeshError, match=r"1 outer edges of layer 'a' .* at \(2\.5, 2\.0\d+\) um"):
        holed.read(tmp_path)


def test_face_groups_swapped(user: User, tmp_path: Path) -> None:
    user.faces = 1 - user.faces
    with pytest.raises(MeshError, match=r"4 of 4 edges of group 'face_a\|b_lower'"):
        user.read(tmp_path)


def test_layers_in_the_wrong_order(user: User, tmp_path: Path) -> None:
    path = user.write(tmp_path / "m.inp")
    groups = {"face_a|b_lower": "face_b|a_upper", "face_a|b_upper": "face_b|a_lower"}
    with pytest.raises(MeshError, match="layer 'b'"):
        ifem.read_mesh(path, ("b", "a"), groups)


def test_slanted_wall_and_narrow_layer(user: User, tmp_path: Path) -> None:
    right = np.flatnonzero(user.points[:, 0] == WIDTH)
    slanted = replace(user, points=user.points.copy())
    slanted.points[right[1], 0] += 0.1
    with pytest.raises(MeshError, match=r"layer 'b' goes from x = 0 to 6 um.* 6\.1 um"):
        slanted.read(tmp_path)
    inward = replace(user, points=user.points.copy())
    inward.points[right[1], 0] -= 0.1
    with pytest.raises(MeshError, match=r"neither face nor wall.*make the walls vertical"):
        inward.read(tmp_path)


def test_chain_with_an_overhang_a_hole_or_a_short_end() -> None:
    points = np.array([[0.0, 0.0], [2.0, 0.0], [1.5, 1.0], [3.0, 1.0], [2.0, 0.0]])

    def chain(edges: list[list[int]], width: float = 3.0) -> Any:
        part = Outline("a", np.arange(5), np.array(edges))
        return sort_chain(part, points, np.arange(len(edges)), width, "bottom", "mesh")

    assert chain([[1, 3], [0, 1]]).tolist() == [[0, 1], [1, 3]]
    with pytest.raises(MeshError, match=r"overhangs at \(1\.75, 0\.5\) um"):
        chain([[0, 1], [1, 2], [2, 3]])
    with pytest.raises(MeshError, match=r"hole or a double edge at \(2, 0\) um"):
        chain([[0, 1], [4, 3]])
    with pytest.raises(MeshError, match=r"from x = 0 to 3 um, the walls are at 0 and 4 um"):
        chain([[0, 1], [1, 3]], width=4.0)


def test_a_mesh_that_is_not_plane(user: User, tmp_path: Path) -> None:
    user.points = np.column_stack([user.points, user.points[:, 0]])
    with pytest.raises(MeshError, match="not plane: z varies by 6 um"):
        user.read(tmp_path)


def test_files_that_cannot_be_read(
    user: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MeshError, match="no such file"):
        ifem.read_mesh(tmp_path / "none.vtu", NAMES)
    with pytest.raises(MeshError, match="No such file"):
        ifem.read_mesh(tmp_path / "none.msh", NAMES)
    for name in ("broken.vtu", "broken.inp", "broken.xyzw", "broken.msh"):
        (tmp_path / name).write_text("nothing of use\n")
        with pytest.raises(MeshError, match=name):
            ifem.read_mesh(tmp_path / name, NAMES)
    assert capsys.readouterr() == ("", "")


def test_the_mesh_in_the_repository(repository: Path) -> None:
    mesh = ifem.read_mesh(repository / "meshes" / "wavy_two_layers.msh", ("separator", "anode"))
    faces = mesh.faces("separator|anode")
    # wavy_two_layers.geo: 20 edges against 27, a wave of 0.15 um, foil lying on the crests.
    assert (len(faces.lower), len(faces.upper)) == (20, 27)
    x, gap = mesh.gap("separator|anode")
    at_nodes = np.isin(x, mesh.points[faces.nodes("lower"), 0])
    wanted = 0.15 * (1.0 - np.cos(2.0 * np.pi * x / 10.0))
    # The spline through 41 points of the wave is off by less than 1e-4 um.
    assert np.abs(gap - wanted)[at_nodes].max() < 1e-4
    assert mesh.height == pytest.approx(6.0 + 0.15 + 5.0)
