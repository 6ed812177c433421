# SPDX-License-Identifier: MIT
"""The interface of two layers for the solver: which face is the slave, how stiff, how exact.

The stiffnesses are those of the augmentation: they decide how fast it converges, not what it
converges to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.laws import NONE
from interfacefem.fem.contact.films import FilmOnFace
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.interface3d import ContactInterface3D
from interfacefem.fem.contact.numbers import FLAT, FLAT_GAP_TOLERANCE, FLOWING, SOFT, STIFF
from interfacefem.units import ROOM

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact.adhesion import Cohesion
    from interfacefem.contact.base import Friction, NormalLaw
    from interfacefem.describe.hardness import Hardness
    from interfacefem.describe.interface import Interface
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.materials import Material
    from interfacefem.meshing.faces import FaceSide
    from interfacefem.meshing.stack_mesh import StackMesh

    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ContactSettings:
    """Law and numerical stiffness of one interface.

    Attributes
    ----------
    penalty : float
        Augmentation stiffness [MPa/um].
    shear_penalty : float
        Tangential augmentation stiffness [MPa/um].
    gap_tolerance : float
        Largest gap or penetration of a node in contact when an increment is accepted [um].
    friction : Friction
        The largest shear traction.
    cohesion : Cohesion or None
        Law of the bonds; None if the faces do not adhere.
    normal_law : NormalLaw or None
        Pressure as a function of the gap; None where faces do not penetrate at all.
    film : FilmOnFace or None
        What must be broken before a current passes.
    temperature : float
        [K].
    friction_at : callable or None
        Friction at a temperature [K]; None where it is always the same.
    """

    penalty: float
    shear_penalty: float
    gap_tolerance: float
    friction: Friction = NONE
    cohesion: Cohesion | None = None
    normal_law: NormalLaw | None = None
    film: FilmOnFace | None = None
    temperature: float = ROOM
    friction_at: Callable[[float], Friction] | None = None


def lower_is_slave(mesh: StackMesh, name: str, hardness: Mapping[str, Hardness]) -> bool:
    """Return whether the lower face of an interface is the slave: that of the softer body.

    A mesh that was built for the case has the finer face there. Of any other mesh, and of a punch,
    the hardness decides.

    Parameters
    ----------
    mesh : StackMesh
    name : str
        ``"lower|upper"``.
    hardness : mapping of str to tuple
        Of layers and punches, see :func:`interfacefem.describe.hardness.hardness`.
    """
    lower, upper = name.split("|")
    faces = mesh.interfaces[name]
    below, above = (len(faces.edges(side)) for side in ("lower", "upper"))
    columns = mesh.origin.get("columns")  # only of a mesh that was built, and not of its punches
    if isinstance(columns, Mapping) and upper in columns and below != above:
        return below > above
    return hardness[lower] < hardness[upper]


def contact_interface(
    mesh: StackMesh,
    bulk: Bulk,
    name: str,
    law: Interface,
    materials: tuple[Material, Material],
    *,
    upward: bool,
    largest_pressure: float,
    gap_tolerance: float,
    temperature: float,
) -> ContactInterface:
    """Set up one interface.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    name : str
        ``"lower|upper"``.
    law : Interface
    materials : tuple of Material
        Of the lower and the upper layer.
    upward : bool
        Whether the lower face is the slave, see :func:`lower_is_slave`.
    largest_pressure : float
        Of the protocol [MPa].
    gap_tolerance : float
        Relative to the rms height of the rougher face [-].
    temperature : float
        At the beginning [K].

    Returns
    -------
    ContactInterface
    """
    lower, upper = materials
    faces = mesh.interfaces[name]
    sides: tuple[FaceSide, FaceSide] = ("lower", "upper") if upward else ("upper", "lower")
    points = mesh.points
    edge = (mesh.area / len(faces.edges(sides[0]))) ** (1.0 / (mesh.dimension - 1))
    softer = (lower if upward else upper).law
    yield_stress, modulus = softer.first_yield(ROOM).stress, softer.youngs_modulus
    rms = max(
        float(np.std(points[mesh.interfaces[pair].nodes(side), -1]))
        for pair in _of_one_face(mesh, name)
        for side in sides
    )
    tolerance = gap_tolerance * rms if rms > FLAT * edge else FLAT_GAP_TOLERANCE * edge
    stiffness = modulus / edge
    if yield_stress < largest_pressure:
        # asperities flow: a soft augmentation, above all against slip, saves changes of status
        penalty = max(stiffness, min(FLOWING * yield_stress / tolerance, STIFF * stiffness))
        shear_penalty = SOFT * stiffness
    else:
        penalty, shear_penalty = STIFF * stiffness, stiffness
    settings = ContactSettings(
        friction=law.friction_between(lower, upper, temperature),
        penalty=penalty,
        shear_penalty=shear_penalty,
        gap_tolerance=tolerance,
        cohesion=None if law.bond is None else law.bond.law,
        normal_law=law.normal,
        film=_film(law, materials, upward=upward),
        temperature=temperature,
        friction_at=lambda kelvin: law.friction_between(lower, upper, kelvin),
    )
    if mesh.dimension == 2:
        return ContactInterface(
            name,
            faces.nodes(sides[0]),
            faces.nodes(sides[1]),
            bulk.node_dofs,
            points,
            upward=upward,
            settings=settings,
            left_wall=True,
            right_wall=True,
            axisymmetric=bulk.kinematics.axisymmetric,
        )
    x_walls, y_walls = mesh.wall_nodes()
    return ContactInterface3D(
        name,
        faces.edges(sides[0]),
        faces.edges(sides[1]),
        bulk.node_dofs,
        points,
        upward=upward,
        settings=settings,
        x_walls=x_walls,
        y_walls=y_walls,
    )


def _film(
    law: Interface, materials: tuple[Material, Material], *, upward: bool
) -> FilmOnFace | None:
    """Return the film of an interface: on the metal, without a single one on the softer face."""
    if law.film is None:
        return None
    metals = [material.molar_volume is not None for material in materials]
    return FilmOnFace(law.film, metals[0 if upward else 1] if sum(metals) == 1 else True)


def roughness(mesh: StackMesh, name: str) -> float:
    """Return the rms height of the gap of an interface before the press [um].

    Where a punch leaves its imprint in the lower face, that is as rough as the gap to the punch.
    """
    return max(float(np.std(mesh.gap(pair)[1])) for pair in _of_one_face(mesh, name))


def _of_one_face(mesh: StackMesh, name: str) -> list[str]:
    """Return the interfaces that have the lower face of this one, a punch's among them."""
    lower = name.split("|")[0]
    return [pair for pair in mesh.interfaces if pair.split("|")[0] == lower]
