# SPDX-License-Identifier: MIT
"""Whether a mesh that somebody brings is that of a stack, and what is to be said of it.

numpy only. Reading files is in ``read``, judging cells in ``quality``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interfacefem.describe.hardness import hardness
from interfacefem.describe.stack import Layer, Stack
from interfacefem.errors import MeshError
from interfacefem.meshing.faces import (
    CORNERS,
    GAUSS,
    FloatArray,
    IntArray,
    cell_measures,
    grid_of,
    nodal_areas,
)
from interfacefem.meshing.numbers import (
    FACE_TOLERANCE,
    THICKNESS_TOLERANCE,
    WALL_TOLERANCE,
    WIDTH_TOLERANCE,
)
from interfacefem.meshing.quality import require_usable
from interfacefem.meshing.stack_mesh import (
    BOUNDARIES,
    DEPTH_BOUNDARIES,
    StackMesh,
    layer_faces,
)
from interfacefem.surfaces import from_heights, shortest_wavelength
from interfacefem.surfaces.topography import Topography

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol

Side = Literal["bottom", "top"]


@dataclass(frozen=True, eq=False)
class Face:
    """A face of an interface in a mesh.

    Attributes
    ----------
    interface : str
        ``"lower|upper"``.
    layer : Layer
    side : {"bottom", "top"}
        Of the layer.
    points : ndarray, shape (n, 2) or (n, 3)
        Its nodes [um].
    rms_height, rms_slope : float
        Of the straight or bilinear pieces, about their mean [um, -].
    stated : Topography or None
        What the stack says of it.
    """

    interface: str
    layer: Layer
    side: Side
    points: FloatArray
    rms_height: float
    rms_slope: float
    stated: Topography | None

    @property
    def title(self) -> str:
        """What to call it."""
        return f"the {self.side} of '{self.layer.name}'"

    @property
    def flat(self) -> bool:
        """Whether its heights are round-off."""
        return self.rms_height <= WALL_TOLERANCE * float(np.ptp(self.points[:, 0]))

    @property
    def wavelength(self) -> float | None:
        """Shortest wavelength [um]: as stated, or of its own heights; None if it is flat."""
        if self.stated is not None or self.flat:
            return None if self.stated is None else shortest_wavelength(self.stated)
        options: dict[str, Any] = {"regrid": True, "no_data": "none"}
        if self.points.shape[1] == 2:
            own = from_heights(self.points[:, 1], x=self.points[:, 0], **options)
        else:
            x, y, heights = grid_of(self.points)
            own = from_heights(heights, x=x, y=y, **options)
        return shortest_wavelength(own)


def faces_of(mesh: StackMesh, stack: Stack) -> list[Face]:
    """Return the faces of all interfaces, bottom to top."""
    found = []
    for name, pair in mesh.interfaces.items():
        lower, upper = stack.pair(name)
        for edges, nodes, layer, side in (
            (pair.lower, pair.nodes("lower"), lower, "top"),
            (pair.upper, pair.nodes("upper"), upper, "bottom"),
        ):
            height, slope = face_measures(mesh.points, edges)
            stated = layer.top if side == "top" else layer.bottom
            points = mesh.points[nodes]
            found.append(Face(name, layer, side, points, height, slope, stated))  # type: ignore[arg-type]
    return found


def face_measures(points: FloatArray, faces: IntArray) -> tuple[float, float]:
    """Return rms height about the mean [um] and rms slope [-] of the pieces of a face.

    Parameters
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
    faces : ndarray of int64, shape (k, 2) or (k, 4)
        Exact for edges and for rectangles between lines along x and y.
    """
    corners = points[faces]
    height = corners[..., -1]
    if faces.shape[1] == 2:
        along = corners[:, 1, 0] - corners[:, 0, 0]
        places = [(0.5 * (1.0 + g), 0.5 * along) for g in GAUSS]
        heights = np.array([height[:, 0] + s * (height[:, 1] - height[:, 0]) for s, _ in places])
        weights = np.array([weight for _, weight in places])
        squares = np.repeat(((height[:, 1] - height[:, 0]) / along)[None] ** 2, 2, axis=0)
    else:
        found = []
        for place in itertools.product(GAUSS, repeat=2):
            factors = 1.0 + CORNERS * np.array(place)
            along = 0.25 * CORNERS * factors[:, ::-1]
            jacobian = np.einsum("ak,mad->mkd", along, corners[..., :2])
            slope = np.linalg.solve(jacobian, (height @ along)[..., None])[..., 0]
            own = height @ (0.25 * factors.prod(axis=1))
            found.append((own, np.linalg.det(jacobian), (slope**2).sum(axis=1)))
        heights, weights, squares = (np.array(part) for part in zip(*found, strict=True))
    area = weights.sum()
    mean = (weights * heights).sum() / area
    variance = (weights * (heights - mean) ** 2).sum() / area
    return float(np.sqrt(variance)), float(np.sqrt((weights * squares).sum() / area))


def require_sound(mesh: StackMesh, title: str) -> None:
    """Refuse a mesh that is not put together as :class:`StackMesh` says.

    Raises
    ------
    MeshError
        If a boundary or an interface is missing, a layer does not reach from wall to wall, a cell
        is inverted, or faces do not just touch.
    """
    try:
        wanted = BOUNDARIES + (DEPTH_BOUNDARIES if mesh.dimension == 3 else ())
        lost = [side for side in wanted if side not in mesh.boundaries]
        pairs = [f"{a}|{b}" for a, b in itertools.pairwise(mesh.layer_names)]
        lost += [pair for pair in pairs if pair not in mesh.interfaces]
        if lost:
            raise MeshError(f"has no {', '.join(lost)}; name all boundaries and interfaces")
        if sum(len(mesh.layer_nodes(name)) for name in mesh.layer_names) != len(mesh.points):
            raise MeshError(
                "layers share nodes, or nodes are of no layer; give each layer nodes of its own"
            )
        require_usable(mesh)
        sides = {name: layer_faces(mesh, name) for name in mesh.layer_names}
        slack = WALL_TOLERANCE * max(mesh.width, mesh.height)
        for pair, faces in mesh.interfaces.items():
            lower, _, upper = pair.partition("|")
            for side, own in (
                ("lower", sides[lower].nodes("top")),
                ("upper", sides[upper].nodes("bottom")),
            ):
                if not np.array_equal(np.sort(own), np.sort(faces.nodes(side))):  # type: ignore[arg-type]
                    raise MeshError(
                        f"the {side} face of {pair} is not the whole face of its layer; give all "
                        "of its edges"
                    )
            gap = float(mesh.gap(pair)[1].min())
            if abs(gap) > slack:
                apart = f"{gap:.6g} um apart" if gap > 0.0 else f"{-gap:.6g} um in each other"
                raise MeshError(f"the faces of {pair} are {apart}; move them until they touch")
        if np.abs(mesh.points.min(axis=0)).max() > slack:
            raise MeshError("does not begin at 0; move it there")
    except MeshError as error:
        raise MeshError(f"{title}: {error}") from None


def require_fit(mesh: StackMesh, stack: Stack, title: str) -> StackMesh:
    """Refuse a mesh that contradicts a stack; return it with the wavelengths of its faces.

    Width, thickness of each layer, and each face that the stack describes, are compared. Where the
    stack says nothing of a face, that of the mesh counts.

    Raises
    ------
    MeshError
        With all that differs.
    """
    if mesh.layer_names != stack.names:
        raise MeshError(
            f"{title} has the layers {', '.join(mesh.layer_names)}, the stack "
            f"{', '.join(stack.names)}; give them the same names"
        )
    if mesh.dimension != len(stack.size) + 1:
        kind, lengths = ("plane", "one width") if mesh.dimension == 2 else ("in 3D", "two widths")
        raise MeshError(f"{title} is {kind}; give the stack {lengths}, or another mesh")
    wrong = list(_widths(mesh, stack))
    wrong += [*_thicknesses(mesh, stack), *([] if wrong else _contradictions(mesh, stack))]
    if wrong:
        raise MeshError(
            f"{title} {', '.join(wrong)}; give the unit of the mesh (unit=..., in a case "
            "mesh_unit=...), or make them agree"
        )
    known = {"bottom": "upper", "top": "lower"}
    waves = {
        f"{face.interface} {known[face.side]}": wave
        for face in faces_of(mesh, stack)
        if (wave := face.wavelength) is not None
    }
    return replace(mesh, origin={**mesh.origin, "short_wavelengths": waves})


def _widths(mesh: StackMesh, stack: Stack) -> Iterator[str]:
    found = np.ptp(mesh.points[:, :-1], axis=0)
    for own, wanted, word in zip(found, stack.size, ("wide", "deep"), strict=False):
        if abs(own - wanted) > WIDTH_TOLERANCE * wanted:
            yield f"is {own:.6g} um {word}, the stack {wanted:.6g} um"


def _thicknesses(mesh: StackMesh, stack: Stack) -> Iterator[str]:
    measures = cell_measures(mesh.points, mesh.cells)
    for index, layer in enumerate(stack.layers):
        mean = float(measures[mesh.cell_layer == index].sum()) / mesh.area
        wanted = float(layer.thickness)
        slack = THICKNESS_TOLERANCE * wanted
        faces = layer_faces(mesh, layer.name)
        for stated, edges, sign in (
            (layer.top, faces.top, 1.0),
            (layer.bottom, faces.bottom, -1.0),
        ):
            if stated is not None:
                wanted += sign * stated.mean_height
                continue
            # of a face that only the mesh knows, the thickness may count from crests or valleys
            weights = nodal_areas(mesh.points, edges)
            heights = mesh.points[:, -1] - float(weights @ mesh.points[:, -1]) / mesh.area
            slack += float(np.abs(heights[np.unique(edges)]).max())
        if abs(mean - wanted) > slack:
            yield f"has a layer '{layer.name}' of {mean:.6g} um, the stack {wanted:.6g} um"


def _contradictions(mesh: StackMesh, stack: Stack) -> Iterator[str]:
    for face in faces_of(mesh, stack):
        if face.stated is None:
            continue
        scale = np.array(stack.size) / np.ptp(mesh.points[:, :-1], axis=0)
        places = np.clip(face.points[:, :-1] * scale, 0.0, stack.size)
        off = face.points[:, -1] - face.stated.at(*places.T)
        off -= off.mean()
        stated = face.stated.rms_height
        largest = max(stated, face.rms_height)
        apart = float(np.sqrt((off**2).mean()))
        if apart > FACE_TOLERANCE * largest + WALL_TOLERANCE * mesh.width:
            text = f"has other heights than the stack on {face.title}, by {apart:.3g} um rms"
            if abs(face.rms_height - stated) > FACE_TOLERANCE * largest:
                text = f"has on {face.title} an rms height of {face.rms_height:.3g} um, the stack "
                text += f"{stated:.3g} um"
            yield text


def notes(mesh: StackMesh, stack: Stack, protocol: Protocol | None = None) -> list[str]:
    """Return what is to be said of a mesh that was brought: what was moved, and its own faces."""
    found, key = [], hardness(stack, protocol)
    moved = mesh.origin.get("moved", {})
    for name in mesh.interfaces:
        lower, upper = name.split("|")
        gap = float(moved.get(name, 0.0)) if isinstance(moved, dict) else 0.0
        if abs(gap) > WALL_TOLERANCE * mesh.height:
            way = "down" if gap > 0.0 else "up"
            rest = " with what lies on it" if upper != mesh.layer_names[-1] else ""
            found.append(
                f"mesh: layer '{upper}' was moved {way} by {abs(gap):.6g} um{rest}, so that it "
                f"just touches '{lower}'"
            )
        faces = mesh.interfaces[name]
        counts = {lower: len(faces.edges("lower")), upper: len(faces.edges("upper"))}
        soft, hard = sorted(counts, key=lambda each: key[each])
        if counts[soft] < counts[hard]:
            found.append(
                f"mesh: at '{name}' the softer layer '{soft}' has {counts[soft]} faces and the "
                f"harder one {counts[hard]}: the contact pressure may alternate from node to node; "
                f"make '{soft}' the finer one"
            )
    for face in faces_of(mesh, stack):
        if face.stated is None and not face.flat:
            found.append(
                f"mesh: {face.title} has an rms height of {face.rms_height:.3g} um, of which the "
                "stack says nothing: what follows from roughness, as the strength of lithium, "
                "takes it as flat; give the layer that topography"
            )
    return found
