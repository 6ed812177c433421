# SPDX-License-Identifier: MIT
"""gmsh files: writes a ``StackMesh``, loads its parts back, reads any ``.msh`` as raw groups.

A mesh is written with the physical groups ``layer_<name>``, ``face_<lower>|<upper>_lower``,
``face_<lower>|<upper>_upper`` and ``boundary_<side>``, so that gmsh, meshio and ParaView show them
by name. Key and origin stand in a comment section, which other programs skip. Not here: checking a
user's mesh (``read``).
"""

from __future__ import annotations

import hashlib
import itertools
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.meshing.faces import FloatArray, IntArray, InterfaceFaces
from interfacefem.meshing.raw import RawMesh
from interfacefem.meshing.session import require_survivable, session
from interfacefem.quantities import user_path

if TYPE_CHECKING:
    from interfacefem.meshing.stack_mesh import StackMesh

#: version of what stands in the comment section
FORMAT = 1
_MARK = "interfacefem "
_HEAD = f"$Comments\n{_MARK}"
_LINE, _QUAD, _HEXAHEDRON, _POINT = 1, 3, 5, 15  # gmsh's element types


@dataclass(frozen=True, eq=False, kw_only=True)
class MeshParts:
    """What a saved mesh is made of; the attributes are those of ``StackMesh``."""

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    interfaces: dict[str, InterfaceFaces]
    boundaries: dict[str, IntArray]
    key: str
    origin: dict[str, Any]


def write_msh(mesh: StackMesh, path: str | Path) -> Path:
    """Write a mesh as gmsh file (format 4.1, text), whole or not at all.

    Parameters
    ----------
    mesh : StackMesh
        The mesh; coordinates are written in um.
    path : str or Path
        File name ending in ``.msh``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    MeshError
        If the name does not end in ``.msh`` or the place cannot be written.
    """
    path = user_path(path, "mesh", MeshError)
    if path.suffix != ".msh":
        raise MeshError(f"cannot save a mesh as '{path.name}'; choose a name that ends in .msh")
    try:
        # In the same folder, so that the replacement at the end is one step of the file system.
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
            new = Path(folder) / "new.msh"
            with session("save") as gmsh:
                _fill_model(gmsh, mesh)
                gmsh.option.setNumber("Mesh.MshFileVersion", 4.1)
                gmsh.option.setNumber("Mesh.Binary", 0)
                gmsh.option.setNumber("Mesh.SaveAll", 0)
                gmsh.write(str(new))
            comment = _comment(mesh)
            comment |= {"sha256": _checksum(new.read_bytes(), comment)}
            with new.open("a", encoding="utf-8") as file:
                file.write(f"{_HEAD}{json.dumps(comment)}\n$EndComments\n")
            new.replace(path)
    except OSError as error:
        raise MeshError(
            f"cannot write the mesh to '{path}' ({error.strerror or error}); "
            "choose a folder that exists and can be written"
        ) from None
    return path


def _comment(mesh: StackMesh) -> dict[str, Any]:
    comment = {
        "format": FORMAT,
        "unit": "um",
        "key": mesh.key,
        "layers": list(mesh.layer_names),
        "origin": dict(mesh.origin),
    }
    if mesh.dimension != 2:
        comment["dimension"] = mesh.dimension
    if list(mesh.interfaces) != _pairs(mesh.layer_names):
        comment["interfaces"] = list(mesh.interfaces)
    return comment


def _pairs(names: Sequence[str]) -> list[str]:
    return [f"{lower}|{upper}" for lower, upper in itertools.pairwise(names)]


def _fill_model(gmsh: Any, mesh: StackMesh) -> None:
    """Put a mesh into the current model as discrete entities with named groups."""
    points = np.zeros((len(mesh.points), 3))
    dimension = mesh.dimension
    points[:, :dimension] = mesh.points
    cell_type, face_type = (_QUAD, _LINE) if dimension == 2 else (_HEXAHEDRON, _QUAD)
    node_layer = mesh.node_layer()
    next_tag = 1
    for index, name in enumerate(mesh.layer_names):
        body = gmsh.model.addDiscreteEntity(dimension)
        nodes = np.flatnonzero(node_layer == index)
        gmsh.model.mesh.addNodes(dimension, body, nodes + 1, points[nodes].ravel())
        cells = np.flatnonzero(mesh.cell_layer == index)
        corners = mesh.cells[cells].ravel() + 1
        gmsh.model.mesh.addElementsByType(body, cell_type, cells + 1, corners)
        gmsh.model.addPhysicalGroup(dimension, [body], name=f"layer_{name}")
    next_tag += len(mesh.cells)
    sides: dict[str, IntArray] = {}
    for name, faces in mesh.interfaces.items():
        sides[f"face_{name}_lower"] = faces.lower
        sides[f"face_{name}_upper"] = faces.upper
    sides |= {f"boundary_{side}": edges for side, edges in mesh.boundaries.items()}
    for name, edges in sides.items():
        side = gmsh.model.addDiscreteEntity(dimension - 1)
        tags = np.arange(next_tag, next_tag + len(edges))
        next_tag += len(edges)
        gmsh.model.mesh.addElementsByType(side, face_type, tags, edges.ravel() + 1)
        gmsh.model.addPhysicalGroup(dimension - 1, [side], name=name)


def load_msh(path: str | Path) -> MeshParts:
    """Load the parts of a mesh written by :func:`write_msh`; node and cell order are kept.

    Raises
    ------
    MeshError
        If the file is missing, damaged, not written by interfacefem or of another version. A mesh
        of your own is read by ``meshing.read_mesh``.
    """
    path = user_path(path, "mesh", MeshError)
    comment, intact = _read_comment(path)
    found = comment.get("format")
    if found is None:
        raise MeshError(
            f"'{path}' was not saved by interfacefem; read it with meshing.read_mesh, which "
            "checks it"
        )
    if found != FORMAT:
        raise MeshError(
            f"'{path}' has mesh format {found}, this version reads {FORMAT}; "
            "build the mesh again or use the version that wrote it"
        )
    if not intact and "sha256" in comment:
        raise MeshError(
            f"'{path}' is damaged, or was changed since it was written; build the mesh again"
        )
    _require_form(comment, path)
    raw = read_msh(path)
    names = tuple(comment["layers"])
    dimension = int(comment.get("dimension", 2))
    cells, groups = raw.cells, raw.cell_groups
    sides = (raw.lines, raw.line_groups), (raw.quads, raw.quad_groups)
    faces, face_groups = sides[dimension - 2]
    try:
        cell_layer = np.full(len(cells), -1, dtype=np.int64)
        for index, name in enumerate(names):
            cell_layer[groups[f"layer_{name}"]] = index

        def edges(group: str) -> IntArray:
            return faces[face_groups[group]]

        pairs = comment.get("interfaces", _pairs(names))
        interfaces = {
            pair: InterfaceFaces(edges(f"face_{pair}_lower"), edges(f"face_{pair}_upper"))
            for pair in pairs
        }
        prefix = "boundary_"
        boundaries = {
            str(group).removeprefix(prefix): faces[members]
            for group, members in face_groups.items()
            if str(group).startswith(prefix)
        }
    except KeyError as error:
        raise MeshError(f"'{path}' has lost its group {error}; build the mesh again") from None
    if (cell_layer < 0).any():
        raise MeshError(
            f"'{path}' has {int((cell_layer < 0).sum())} cells in no layer; build the mesh again"
        )
    return MeshParts(
        points=raw.points[:, :dimension],
        cells=cells,
        cell_layer=cell_layer,
        layer_names=names,
        interfaces=interfaces,
        boundaries=boundaries,
        key=str(comment["key"]),
        origin=comment["origin"],
    )


def saved_layers(path: Path) -> tuple[str, ...]:
    """Return the layers of a mesh that is as :func:`write_msh` wrote it; none of any other.

    Raises
    ------
    MeshError
        If the file is missing or is not a gmsh mesh file.
    """
    comment, intact = _read_comment(path)
    return tuple(comment.get("layers", ())) if intact else ()


def read_msh(path: Path) -> RawMesh:
    """Read any gmsh mesh file (formats 1 to 4.1, text or binary) with its physical groups.

    Raises
    ------
    MeshError
        If the file is missing, is not a gmsh mesh file or is damaged.
    """
    comment, intact = _read_comment(path)
    if not intact:
        require_survivable(path)
    raw = read_with_gmsh(path)
    raw.comment = comment
    return raw


def read_with_gmsh(path: Path) -> RawMesh:
    """Read a mesh file that gmsh survives.

    Raises
    ------
    MeshError
        If gmsh cannot read it, or its parts do not fit together.
    """
    try:
        try:
            return _read_with_gmsh(path)
        except UnicodeDecodeError:
            with tempfile.TemporaryDirectory() as folder:
                return _read_with_gmsh(_names_in_utf8(path, Path(folder)))
    except MeshError:
        raise
    except Exception as error:  # gmsh raises plain Exception
        raise MeshError(f"gmsh cannot read '{path}': {error}; export the mesh again") from None


def _names_in_utf8(path: Path, folder: Path) -> Path:
    """Return a copy of a file whose names of groups are in Latin-1, with these in UTF-8."""
    content = path.read_bytes()
    start, end = content.find(b"$PhysicalNames"), content.find(b"$EndPhysicalNames")
    names = content[start:end].decode("latin-1").encode()  # text in binary files, too
    copy = folder / path.name
    copy.write_bytes(content[:start] + names + content[end:])
    return copy


def _read_with_gmsh(path: Path) -> RawMesh:
    with session("read") as gmsh:
        gmsh.merge(str(path))
        tags, coordinates, _ = gmsh.model.mesh.getNodes()
        order = np.argsort(tags, kind="stable")
        tags = np.asarray(tags, dtype=np.int64)[order]
        points = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[order]
        raw = RawMesh(points, np.zeros((0, 4), dtype=np.int64), np.zeros((0, 2), dtype=np.int64))
        numbers: dict[int, IntArray] = {}
        for kind in gmsh.model.mesh.getElementTypes():
            elements, nodes = gmsh.model.mesh.getElementsByType(kind)
            if kind not in (_LINE, _QUAD, _HEXAHEDRON):
                title = gmsh.model.mesh.getElementProperties(kind)[0]
                if kind != _POINT:
                    raw.others[str(title).lower()] = len(elements)
                continue
            order = np.argsort(elements, kind="stable")
            numbers[kind] = np.asarray(elements, dtype=np.int64)[order]
            cells = np.asarray(nodes, dtype=np.int64).reshape(len(elements), -1)[order]
            cells = _positions(tags, cells, path)
            if kind == _LINE:
                raw.lines = cells
            elif kind == _QUAD:
                raw.quads = cells
            elif kind == _HEXAHEDRON:
                raw.hexahedra = cells
        for dimension, kind, groups in (
            (1, _LINE, raw.line_groups),
            (2, _QUAD, raw.quad_groups),
            (3, _HEXAHEDRON, raw.hexahedron_groups),
        ):
            for _, tag in gmsh.model.getPhysicalGroups(dimension):
                title = gmsh.model.getPhysicalName(dimension, tag)
                name = title or int(tag)
                if title:
                    raw.titles.setdefault(int(tag), []).append(title)
                members = [np.zeros(0, dtype=np.int64)]
                for entity in gmsh.model.getEntitiesForPhysicalGroup(dimension, tag):
                    elements, _ = gmsh.model.mesh.getElementsByType(kind, entity)
                    if len(elements):
                        members.append(_positions(numbers[kind], elements, path))
                groups[name] = np.sort(np.concatenate(members))
    return raw


def _positions(numbers: IntArray, wanted: Any, path: Path) -> IntArray:
    """Return where numbers stand in a sorted list."""
    wanted = np.asarray(wanted, dtype=np.int64)
    found: IntArray = np.searchsorted(numbers, wanted)
    if wanted.size and (
        not numbers.size or (numbers[np.minimum(found, numbers.size - 1)] != wanted).any()
    ):
        raise MeshError(
            f"'{path}' is damaged: cells have nodes that are not there; export the mesh again"
        )
    return found


def _checksum(content: bytes, comment: Mapping[str, Any]) -> str:
    """Return the sha256 of a mesh and of what its comment says."""
    total = hashlib.sha256(content)
    total.update(json.dumps({k: v for k, v in comment.items() if k != "sha256"}).encode())
    return total.hexdigest()


def _require_form(comment: Mapping[str, Any], path: Path) -> None:
    names, pairs = comment.get("layers"), comment.get("interfaces", [])
    lists = isinstance(names, list) and isinstance(pairs, list)
    good = lists and all(isinstance(name, str) for name in [*names, *pairs])  # type: ignore[misc]
    good = good and isinstance(comment.get("key"), str)
    good = good and isinstance(comment.get("origin"), dict)
    if not good or comment.get("dimension", 2) not in (2, 3):
        raise MeshError(f"the comment section of '{path}' is damaged; build the mesh again")


def _read_comment(path: Path) -> tuple[dict[str, Any], bool]:
    """Check that a file is a gmsh mesh and return our comment section, if there is one.

    Also returns whether the file is for certain as interfacefem wrote it.

    The check comes first because gmsh would run a file with other content as a script.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MeshError(
            f"cannot read the mesh '{path}' ({error.strerror}); check the path"
        ) from None
    if not content.lstrip().startswith((b"$MeshFormat", b"$Comments", b"$NOD")):
        raise MeshError(f"'{path}' is not a gmsh mesh file; export it from gmsh as .msh")
    start = content.rfind(b"\n" + _MARK.encode())
    if start < 0:
        return {}, False
    line = content[start + 1 + len(_MARK) :].split(b"\n", 1)[0]
    try:
        comment = json.loads(line)
    except ValueError:
        comment = None
    if not isinstance(comment, dict):
        raise MeshError(f"the comment section of '{path}' is damaged; build the mesh again")
    head = content.rfind(_HEAD.encode())
    return comment, comment.get("sha256") == _checksum(content[: max(head, 0)], comment)
