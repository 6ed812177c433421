# SPDX-License-Identifier: MIT
"""Saving and loading meshes, the gmsh session, and what is refused."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import MeshError
from interfacefem.meshing.session import session
from interfacefem.meshing.stack_mesh import round_coordinates


@pytest.fixture(scope="module")
def mesh() -> ifem.StackMesh:
    rough = surfaces.self_affine(
        size=(20.0,), points=256, hurst=0.8, rms_height=0.2, long_cutoff=10.0, short_cutoff=5.0,
        seed=3,
    )  # fmt: skip
    return ifem.build_mesh(
        ifem.Stack(
            ifem.Layer("separator", materials.get("LLZO"), 6.0, top=rough),
            ifem.Layer("anode-1", materials.get("Li"), 4.0, bottom=rough),
        )
    )


def test_load_returns_an_equal_mesh(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    loaded = ifem.StackMesh.load(mesh.save(tmp_path / "stack.msh"))
    assert np.array_equal(loaded.points, mesh.points)  # every bit: see round_coordinates
    assert np.array_equal(loaded.cells, mesh.cells)
    assert loaded == mesh
    assert loaded.key == mesh.key


def test_equality_sees_every_part(mesh: ifem.StackMesh) -> None:
    parts = dict(vars(mesh))
    moved = parts | {"points": mesh.points + 1e-9}
    turned = parts | {"cells": np.roll(mesh.cells, 1, axis=1)}
    assert ifem.StackMesh(**parts) == mesh
    assert ifem.StackMesh(**moved) != mesh
    assert ifem.StackMesh(**turned) != mesh
    assert ifem.StackMesh(**(parts | {"boundaries": {}})) != mesh
    assert mesh != "mesh"


def test_file_has_named_groups_only(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    path = mesh.save(tmp_path / "stack.msh")
    with session("test") as gmsh:
        gmsh.merge(str(path))
        groups = gmsh.model.getPhysicalGroups()
        names = {gmsh.model.getPhysicalName(*group) for group in groups}
    assert names == {
        "layer_separator",
        "layer_anode-1",
        "face_separator|anode-1_lower",
        "face_separator|anode-1_upper",
        "boundary_bottom",
        "boundary_top",
        "boundary_left",
        "boundary_right",
    }


def test_meshio_reads_the_file(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    import meshio

    found = meshio.read(mesh.save(tmp_path / "stack.msh"))
    assert sum(len(block.data) for block in found.cells if block.type == "quad") == len(mesh.cells)
    assert "face_separator|anode-1_upper" in found.field_data


@pytest.mark.parametrize("largest", [0.7, 43.0, 99.99, 1234.5, 3e4])
def test_rounded_coordinates_survive_sixteen_digits(largest: float) -> None:
    points = np.random.default_rng(1).random((1000, 2)) * largest
    rounded = round_coordinates(points)
    # 15 digits of the largest: a relative step of at most 1e-14, half of it as error.
    assert np.abs(rounded - points).max() <= 0.5e-14 * 10 ** np.ceil(np.log10(largest))
    assert all(float(f"{value:.16g}") == value for value in rounded.ravel())


def test_save_is_whole_or_not_at_all(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="cannot write the mesh"):
        mesh.save(tmp_path / "missing" / "stack.msh")
    with pytest.raises(MeshError, match=r"ends in \.msh"):
        mesh.save(tmp_path / "stack.vtu")
    (tmp_path / "taken.msh").mkdir()
    with pytest.raises(MeshError, match="cannot write the mesh"):
        mesh.save(tmp_path / "taken.msh")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken.msh"]


def test_save_replaces_what_was_there(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    path = tmp_path / "stack.msh"
    path.write_text("something else")
    mesh.save(path)
    assert ifem.StackMesh.load(path) == mesh
    assert list(tmp_path.iterdir()) == [path]


def test_load_refuses_what_is_no_mesh(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="No such file"):
        ifem.StackMesh.load(tmp_path / "none.msh")
    script = tmp_path / "script.msh"
    # gmsh would run this as a script.
    script.write_text(f'SystemCall "touch {tmp_path / "ran"}";')
    with pytest.raises(MeshError, match="not a gmsh mesh file"):
        ifem.StackMesh.load(script)
    assert not (tmp_path / "ran").exists()
    content = mesh.save(tmp_path / "stack.msh").read_bytes()
    cut = tmp_path / "cut.msh"
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(MeshError):
        ifem.StackMesh.load(cut)
    foreign = tmp_path / "foreign.msh"
    foreign.write_bytes(content[: content.rindex(b"$Comments")])
    with pytest.raises(MeshError, match="read_mesh"):
        ifem.StackMesh.load(foreign)
    newer = tmp_path / "newer.msh"
    newer.write_bytes(content.replace(b'{"format": 1', b'{"format": 99'))
    with pytest.raises(MeshError, match="format 99"):
        ifem.StackMesh.load(newer)


def test_unknown_names_are_answered_with_the_known_ones(mesh: ifem.StackMesh) -> None:
    with pytest.raises(MeshError, match="no layer 'cathode'; it has separator, anode-1"):
        mesh.layer_cells("cathode")
    with pytest.raises(MeshError, match=r"no interface 'a\|b'; it has separator\|anode-1"):
        mesh.faces("a|b")
    with pytest.raises(MeshError, match="no boundary 'front'"):
        mesh.boundary_nodes("front")


def test_session_leaves_nothing_behind() -> None:
    import gmsh

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(RuntimeError, match="inside"), session("test"):
        raise RuntimeError("inside")
    assert not gmsh.isInitialized()
    assert signal.getsignal(signal.SIGINT) is before


def test_session_respects_a_running_gmsh(mesh: ifem.StackMesh, tmp_path: Path) -> None:
    import gmsh

    gmsh.initialize([], readConfigFiles=False, interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.model.add("mine")
        mesh.save(tmp_path / "stack.msh")
        assert gmsh.isInitialized()
        assert gmsh.model.getCurrent() == "mine"
    finally:
        gmsh.finalize()
