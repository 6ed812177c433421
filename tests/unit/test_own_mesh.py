# SPDX-License-Identifier: MIT
"""A case with a mesh of its own: compared with its stack, in any unit, as object, of hexahedra."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.cli.main import main
from interfacefem.drive.continuation import mesh_of as mesh_of_run
from interfacefem.errors import CaseError, MeshError, ResultsError, UnitError
from interfacefem.meshing import fit, solid
from interfacefem.meshing.faces import cell_measures
from interfacefem.meshing.own import mesh_of
from interfacefem.meshing.session import session

WAVE = 0.15
GROUPS = {1: "layer_separator", 2: "layer_anode", 3: "face_separator|anode_lower"}
GROUPS |= {4: "face_separator|anode_upper"}
PRESS = ifem.Protocol(ifem.Press(to="0.1 MPa"))


def stack(
    separator: str = "6 um", anode: str = "5 um", wave: float | None = WAVE, width: str = "10 um"
) -> ifem.Stack:
    top = None
    if wave is not None:
        top = surfaces.sinusoid(width, amplitude=f"{wave} um", wavelength=width)
    return ifem.Stack(
        ifem.Layer("separator", "Li6PS5Cl", separator, top=top),
        ifem.Layer("anode", "Li", anode, flow_size="bulk"),
        width=width,
    )


@pytest.fixture(scope="module")
def built() -> ifem.StackMesh:
    return ifem.build_mesh(stack(), ifem.MeshSize("1 um"))


def write(mesh: ifem.StackMesh, path: Path, *, apart: float = 0.0, size: float = 1.0) -> Path:
    """Write a mesh as VTU with numbers for its groups, the upper layer ``apart`` um higher."""
    points = np.zeros((len(mesh.points), 3))
    points[:, : mesh.dimension] = mesh.points
    points[mesh.layer_nodes(mesh.layer_names[1]), mesh.dimension - 1] += apart
    kinds = ("quad", "line") if mesh.dimension == 2 else ("hexahedron", "quad")
    faces = next(iter(mesh.interfaces.values()))
    sides = np.concatenate([faces.lower, faces.upper])
    numbers = np.repeat([3, 4], [len(faces.lower), len(faces.upper)])
    cells = [(kinds[0], mesh.cells), (kinds[1], sides)]
    data = {"part": [mesh.cell_layer + 1, numbers]}
    meshio.write(path, meshio.Mesh(points / size, cells, cell_data=data))
    return path


def case(given: ifem.Stack, path: Path | None = None, **settings: Any) -> ifem.Case:
    settings = {"mesh_groups": GROUPS, "mesh_file": path} | settings if path else settings
    return ifem.Case("own", given, PRESS, current=None, **settings)


def test_a_softer_layer_that_is_coarser_is_told(built: ifem.StackMesh) -> None:
    assert not any("finer one" in note for note in case(stack(), mesh=built).check().notes)
    top = stack().layers[0].top
    swapped = ifem.Stack(
        ifem.Layer("separator", "Li", "6 um", top=top, flow_size="bulk"),
        ifem.Layer("anode", "Li6PS5Cl", "5 um"),
        width="10 um",
    )
    coarse = ifem.build_mesh(swapped, ifem.MeshSize("1 um"))
    (said,) = (n for n in case(stack(), mesh=coarse).check().notes if "finer one" in n)
    assert "the softer layer 'anode' has 10 faces and the harder one 13" in said


# What contradicts the stack ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "settings", "said"),
    [
        (stack("60 um", "50 um"), {}, "a layer 'separator' of 6 um, the stack 60 um, has a layer"),
        (
            stack(wave=2.0),
            {},
            "on the top of 'separator' an rms height of 0.10. um, the stack 1.41",
        ),
        (
            stack(wave=-WAVE),
            {},
            "other heights than the stack on the top of 'separator', by 0.22 um",
        ),
        (
            stack(wave=0.0),
            {},
            "on the top of 'separator' an rms height of 0.10. um, the stack 0 um",
        ),
        (stack(width="100 um"), {}, "is 10 um wide, the stack 100 um"),
        (stack(), {"mesh_unit": "mm"}, "is 10000 um wide, the stack 10 um, has a layer"),
    ],
)
def test_a_mesh_that_contradicts_the_stack(
    given: ifem.Stack, settings: Any, said: str, built: ifem.StackMesh, tmp_path: Path
) -> None:
    path = write(built, tmp_path / "m.vtu")
    (mistake,) = case(given, path, **settings).check()
    assert mistake.place == "mesh.file"
    assert re.search(said, mistake.problem), mistake.problem
    assert mistake.remedy == (
        "give the unit of the mesh (unit=..., in a case mesh_unit=...), or make them agree"
    )
    with pytest.raises(MeshError, match=said):
        ifem.read_mesh(path, given, GROUPS, unit=settings.get("mesh_unit", "um"))


@pytest.mark.parametrize("thickness", ["5.85 um", "6 um", "6.15 um"])
def test_of_a_face_that_only_the_mesh_knows_any_plane_is_the_thickness(
    thickness: str, built: ifem.StackMesh
) -> None:
    report = case(stack(thickness, wave=None), mesh=built).check()
    assert report.ok
    assert any("the top of 'separator' has an rms height of 0.10" in note for note in report.notes)


def test_what_was_moved_is_said(built: ifem.StackMesh, tmp_path: Path) -> None:
    # the layers' planes are 500 um apart; the crest of the wave is 0.15 um above its plane
    path = write(built, tmp_path / "m.vtu", apart=500.0 - WAVE)
    report = case(stack(), path).check()
    assert report.ok
    assert report.degrees_of_freedom == built.dofs
    (said,) = (note for note in report.notes if "moved" in note)
    assert said.startswith("mesh: layer 'anode' was moved down by 499.85 um, so that")
    near = case(stack(), write(built, tmp_path / "n.vtu", apart=-0.1)).check().notes
    assert any("'anode' was moved up by 0.1 um" in note for note in near)
    assert not any("moved" in note for note in case(stack(), mesh=built).check().notes)


def test_check_shows_the_faces_of_the_mesh(
    built: ifem.StackMesh, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = case(stack(wave=None), write(built, tmp_path / "m.vtu")).save(tmp_path / "c.toml")
    assert main(["check", str(file)]) == 0
    said = capsys.readouterr().out
    # of a wave in k edges: rms height A / sqrt(2) sqrt((2 + cos t) / 3), t = 2 pi / k
    count = len(built.faces("separator|anode").lower)
    angle = 2.0 * np.pi / count
    height = WAVE / np.sqrt(2.0) * np.sqrt((2.0 + np.cos(angle)) / 3.0)
    slope = WAVE * np.sqrt(1.0 - np.cos(angle)) / (10.0 / count)
    wanted = f"top of separator: rms height {height:.3g} um, rms slope {slope:.3g} in the mesh"
    assert wanted in said
    assert f"{count}.0 per shortest wavelength" in said


def test_measures_of_a_face() -> None:
    # uneven pieces of the ramp z = x / 2 over 4 um: rms height 2 / sqrt(12), slope 1 / 2
    x = np.array([0.0, 0.5, 3.0, 4.0])
    line = np.column_stack([x, 0.5 * x])
    edges = np.array([[0, 1], [1, 2], [2, 3]])
    assert fit.face_measures(line, edges) == pytest.approx((2.0 / np.sqrt(12.0), 0.5), rel=1e-14)
    sheet = np.array([[a, b, 0.5 * a + 0.25 * b] for a in x for b in (0.0, 1.0)])
    quads = np.array([[0, 2, 3, 1], [2, 4, 5, 3], [4, 6, 7, 5]])
    height = np.sqrt((2.0**2 + 0.25**2) / 12.0)
    slope = np.hypot(0.5, 0.25)
    assert fit.face_measures(sheet, quads) == pytest.approx((height, slope), rel=1e-14)


# Unit and groups -----------------------------------------------------------------------------


def test_unit_and_groups_in_a_case_and_its_file(built: ifem.StackMesh, tmp_path: Path) -> None:
    path = write(built, tmp_path / "m.vtu", size=1000.0)
    own = case(stack(), path, mesh_unit="mm")
    assert own.check().ok
    assert f"  mesh_file: {path}\n  mesh_unit: mm\n  mesh_groups: {{'1': 'layer_" in repr(own)
    assert f"  mesh: a mesh of key {built.key[:12]}" in repr(case(stack(), mesh=built))
    again = ifem.Case.load(own.save(tmp_path / "c.toml"))
    assert again == own
    assert again.replace(name="other").mesh_unit == "mm"
    text = (tmp_path / "c.toml").read_text()
    assert 'file = "m.vtu"\nunit = "mm"' in text
    assert '1 = "layer_separator"' in text
    assert np.abs(mesh_of(again).points - built.points).max() < 1e-6


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"mesh_file": "m.msh", "mesh_unit": "MPa"}, UnitError, "mesh.unit: 'MPa' is no unit of"),
        ({"mesh_file": "m.msh", "mesh_unit": 3}, CaseError, "mesh.unit: 3 is not text"),
        ({"mesh_unit": "mm"}, CaseError, "mesh.unit: there is no mesh file"),
        ({"mesh_groups": {"a": "layer_a"}}, CaseError, "mesh.groups: there is no mesh file"),
        ({"mesh_file": "m.msh", "mesh_groups": ["a"]}, CaseError, "does not map names to names"),
        ({"mesh_file": "m.msh", "mesh_groups": {"a": 1}}, CaseError, "does not map names to names"),
        ({"mesh": 3}, CaseError, "mesh: int is not a MeshSize or a StackMesh"),
    ],
)
def test_settings_that_cannot_be(settings: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        case(stack(), **settings)


def test_the_table_of_a_file_says_what_is_wrong(tmp_path: Path) -> None:
    file = case(stack(), mesh=ifem.MeshSize("1 um")).save(tmp_path / "c.toml")
    text = file.read_text().replace("[numerics]", 'unit = "MPa"\ngroups = 3\n\n[numerics]')
    file.write_text(text.replace('edge = "1 um"', 'edge = "1 um"\nfile = "m.msh"'))
    with pytest.raises(CaseError) as caught:
        ifem.Case.load(file)
    places = [mistake.place for mistake in caught.value.mistakes]
    assert places == ["mesh.unit", "mesh.groups", "mesh.file"]


def test_check_reads_what_the_run_will_read(built: ifem.StackMesh, tmp_path: Path) -> None:
    path = write(built, tmp_path / "m.vtu")
    own = case(stack(), path)
    assert own.check().ok
    path.write_text("nothing of use\n")
    (mistake,) = own.check()
    assert mistake.place == "mesh.file"
    assert "m.vtu" in mistake.problem
    lost = case(stack(), write(built, path), mesh_groups={1: "layer_separator"})
    (mistake,) = lost.check()
    assert "lacks the groups layer_anode, face_separator|anode_lower" in mistake.problem


# An object -----------------------------------------------------------------------------------


def test_a_mesh_as_an_object_is_run_resumed_and_begun_from(
    built: ifem.StackMesh, tmp_path: Path
) -> None:
    own = case(stack(), mesh=built, output=ifem.Output(tmp_path / "run"))
    assert own.check().degrees_of_freedom == built.dofs
    finer = ifem.build_mesh(stack(), ifem.MeshSize("0.7 um"))
    with own.run(listeners=()) as results:
        assert results.status == "complete"
        stored = ifem.Case.load(tmp_path / "run" / "case.toml")
        for known in (stored, own):
            assert mesh_of_run(results, known).key == built.key
        with pytest.raises(ResultsError, match="the mesh of the case has changed since the run"):
            mesh_of_run(results, own.replace(mesh=finer))
    assert ifem.resume(tmp_path / "run", case=own).status == "complete"
    branch = ifem.Protocol(ifem.Release(to="0.05 MPa"))
    begun = own.replace(protocol=branch, start=(tmp_path / "run", "press"))
    assert begun.check().ok
    (mistake,) = begun.replace(mesh=finer).check()
    assert (
        str(mistake) == f"mesh: is not that of {tmp_path / 'run'}; begin with the mesh of that run"
    )


def test_an_object_in_a_case_file(built: ifem.StackMesh, tmp_path: Path) -> None:
    own = case(stack(), mesh=built)
    again = ifem.Case.load(own.save(tmp_path / "c.toml"))
    assert mesh_of(again) == mesh_of(own)
    assert again.mesh_file == tmp_path / f"mesh-{built.key[:12]}.msh"
    with pytest.raises(CaseError, match="mesh: a mesh cannot be listed; give the folder"):
        own.to_dict()
    with pytest.raises(CaseError, match="mesh: there are a mesh and a mesh file"):
        own.replace(mesh_file="m.msh")


def changed(mesh: ifem.StackMesh, **parts: Any) -> ifem.StackMesh:
    names = ("points", "cells", "cell_layer", "layer_names", "interfaces", "boundaries")
    return ifem.StackMesh(**({name: getattr(mesh, name) for name in names} | parts))


def test_an_object_that_is_not_put_together_is_refused(built: ifem.StackMesh) -> None:
    def said(**parts: Any) -> str:
        (mistake,) = case(stack(), mesh=changed(built, **parts)).check()
        assert mistake.place == "mesh"
        return mistake.problem

    apart = built.points.copy()
    apart[built.layer_nodes("anode"), 1] += 0.5
    assert said(points=apart) == "mesh: the faces of separator|anode are 0.5 um apart"
    assert said(points=built.points + 1.0) == "mesh: does not begin at 0"
    assert "has no top" in said(boundaries={"bottom": [], "left": [], "right": []})
    assert said(interfaces={}) == "mesh: has no separator|anode"
    flat = built.points.copy()
    flat[built.cells[3]] = flat[built.cells[3, 0]]
    assert "inverted or flat" in said(points=flat)
    (mistake,) = case(stack(), mesh=changed(built, layer_names=("b", "anode"))).check()
    assert "has no b|anode" in mistake.problem


# Hexahedra -----------------------------------------------------------------------------------


def areas(separator: str = "3 um") -> ifem.Stack:
    sides = ("6 um", "4 um")
    wave = surfaces.sinusoid(sides, amplitude="0.1 um", wavelength=sides)
    return ifem.Stack(
        ifem.Layer("separator", "Li6PS5Cl", separator, top=wave), ifem.Layer("anode", "Li", "2 um")
    )


@pytest.fixture(scope="module")
def block() -> ifem.StackMesh:
    return ifem.build_mesh(areas(), ifem.MeshSize("1 um"))


def shuffled(mesh: ifem.StackMesh, seed: int) -> ifem.StackMesh:
    """The same hexahedra with nodes, cells and corners in another order, some left-handed."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(mesh.points))
    number = np.argsort(order)
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    corners = np.concatenate([corners, corners + np.array([0, 0, 1])])
    cells = []
    for cell in number[mesh.cells]:
        # a symmetry of the cube: axes in another order, some turned round
        image = corners[:, rng.permutation(3)] ^ rng.integers(0, 2, 3)
        places = [int(np.flatnonzero((corners == c).all(axis=1))[0]) for c in image]
        cells.append(cell[places])
    faces = {
        name: type(pair)(number[pair.lower], number[pair.upper])
        for name, pair in mesh.interfaces.items()
    }
    return changed(
        mesh, points=mesh.points[order], cells=np.array(cells), interfaces=faces, boundaries={}
    )


def test_hexahedra_in_any_order(block: ifem.StackMesh, tmp_path: Path) -> None:
    other = shuffled(block, 1)
    other = changed(other, points=other.points + np.array([5.0, -3.0, 7.0]))
    path = write(other, tmp_path / "m.vtu", apart=4.0)
    own = case(areas(), path)
    report = own.check()
    assert report.ok
    assert report.degrees_of_freedom == block.dofs
    assert any("'anode' was moved down by 4 um" in note for note in report.notes)
    mesh = mesh_of(own)
    order, wanted = (np.lexsort(np.round(one.points, 6).T) for one in (mesh, block))
    assert np.abs(mesh.points[order] - block.points[wanted]).max() < 1e-12
    volumes = cell_measures(mesh.points, mesh.cells)
    assert volumes.min() > 0.0
    assert volumes.sum() == pytest.approx(6.0 * 4.0 * 5.0, rel=1e-12)
    for name in ("bottom", "top", "left", "right", "front", "back"):
        assert len(mesh.boundaries[name]) == len(block.boundaries[name])
    # upright: what a cell has below, another one has above, or it is a face of the layer
    assert np.all(np.ptp(mesh.points[mesh.cells][:, [0, 4], 2], axis=1) > 0.0)
    fit.require_sound(mesh, "mesh")


def test_hexahedra_with_the_digits_of_single_precision(
    block: ifem.StackMesh, tmp_path: Path
) -> None:
    third = changed(block, points=block.points * np.array([1.0 / 3.0, 1.0 / 7.0, 1.0]))
    path = write(third, tmp_path / "m.vtu", size=1000.0)
    rough = meshio.read(path)
    noise = np.random.default_rng(1).uniform(-2e-7, 2e-7, rough.points.shape)
    rough.points = rough.points + noise * np.ptp(rough.points, axis=0)
    rough.write(path)
    mesh = ifem.read_mesh(path, ("separator", "anode"), GROUPS, unit="mm")
    assert np.abs(mesh.points - third.points).max() < 3e-6
    for axis in (0, 1):
        assert len(np.unique(mesh.points[:, axis])) == len(np.unique(third.points[:, axis]))


def test_the_file_of_a_mesh_that_was_built(block: ifem.StackMesh, tmp_path: Path) -> None:
    assert mesh_of(case(areas(), mesh_file=block.save(tmp_path / "m.msh"))).key == block.key
    (mistake,) = case(areas("4 um"), mesh_file=tmp_path / "m.msh").check()
    assert "has a layer 'separator' of 3 um, the stack 4 um" in mistake.problem


def test_hexahedra_that_are_no_layers(block: ifem.StackMesh, tmp_path: Path) -> None:
    path = tmp_path / "m.vtu"

    def said(mesh: ifem.StackMesh) -> str:
        (mistake,) = case(areas(), write(mesh, path)).check()
        return mistake.problem

    inside, below_the_top = 1, len(block.cells) // 4
    for lost, problem in (
        (inside, "is not made of columns of hexahedra from wall to wall"),
        (below_the_top, "are upright but on no wall, the first at (3, 2.5, 2."),
    ):
        keep = np.arange(len(block.cells)) != lost
        holed = changed(block, cells=block.cells[keep], cell_layer=block.cell_layer[keep])
        assert problem in said(holed)
    # double nodes: a cell that hangs on its neighbours above and below only
    twin = np.concatenate([block.points, block.points])
    cells = block.cells.copy()
    cells[0] += len(block.points)
    split = changed(block, points=twin, cells=cells)
    assert "layer 'separator'" in said(split)
    narrow = block.points.copy()
    narrow[block.layer_nodes("anode"), 0] *= 0.9
    assert "layer 'anode' goes from x = 0 to 5.4 um" in said(changed(block, points=narrow))
    bent = block.points.copy()
    node = np.setdiff1d(block.faces("separator|anode").upper, block.boundary_nodes("left"))[7]
    bent[node, 0] += 0.05
    assert "the bottom face of layer 'anode'" in said(changed(block, points=bent))


def test_a_stack_of_another_dimension(
    built: ifem.StackMesh, block: ifem.StackMesh, tmp_path: Path
) -> None:
    (mistake,) = case(stack(wave=None), write(block, tmp_path / "m.vtu")).check()
    assert str(mistake).endswith("is in 3D; give the stack two widths, or another mesh")
    (mistake,) = case(areas(), write(built, tmp_path / "n.vtu")).check()
    assert str(mistake).endswith("is plane; give the stack one width, or another mesh")


@pytest.mark.parametrize("kind", ["tetra", "wedge", "pyramid", "hexahedron20"])
def test_other_solids_are_refused_with_a_way_out(kind: str, tmp_path: Path) -> None:
    nodes = {"tetra": 4, "wedge": 6, "pyramid": 5, "hexahedron20": 20}[kind]
    points = np.random.default_rng(1).random((nodes, 3))
    meshio.write(tmp_path / "m.vtu", meshio.Mesh(points, [(kind, np.arange(nodes)[None])]))
    with pytest.raises(MeshError, match=f"1 {kind}; .*extrude such a surface with Recombine"):
        ifem.read_mesh(tmp_path / "m.vtu", ("separator", "anode"))


def test_names_in_latin_1_and_groups_by_number(tmp_path: Path) -> None:
    path = tmp_path / "m.msh"
    with session("user") as gmsh:
        boxes = [gmsh.model.occ.addBox(0, 0, z, 2, 2, 1) for z in (0, 1)]
        gmsh.model.occ.fragment([(3, boxes[0])], [(3, boxes[1])])
        gmsh.model.occ.synchronize()
        gmsh.option.setNumber("Mesh.MeshSizeMax", 1.0)
        gmsh.model.mesh.setTransfiniteAutomatic(recombine=True)
        for volume, name in ((1, "layer_µ"), (2, "layer_b")):
            gmsh.model.addPhysicalGroup(3, [volume], 6 + volume, name=name)
        gmsh.model.mesh.generate(3)
        gmsh.write(str(path))
    content = path.read_bytes()
    path.write_bytes(content.replace("µ".encode(), "µ".encode("latin-1")))
    mesh = ifem.read_mesh(path, ("µ", "b"))
    shared = len(np.unique(mesh.faces("µ|b").lower))
    assert mesh.origin["separated_nodes"] == shared == 64
    assert len(mesh.points) == 512
    numbered = ifem.read_mesh(path, ("a", "b"), {"7": "layer_a"})
    assert np.array_equal(numbered.points, mesh.points)


def test_upright_is_right_handed() -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
    points = np.concatenate([corners, corners + np.array([0.1, 0.2, 2.0])])
    cell = np.arange(8)[None]
    assert solid.upright(points, cell).tolist() == cell.tolist()
    lying = np.array([[0, 3, 7, 4, 1, 2, 6, 5]])
    found = solid.upright(points, lying)
    assert sorted(found[0, :4].tolist()) == [0, 1, 2, 3]
    assert cell_measures(points, found)[0] == pytest.approx(2.0)
