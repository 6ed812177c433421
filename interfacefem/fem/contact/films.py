# SPDX-License-Identifier: MIT
"""State of a film on one face of an interface: how far it has ever been beyond what breaks it.

The law is :mod:`interfacefem.contact.film` or one of a file; what conducts through it is found in
:mod:`interfacefem.fem.current.conduction`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.base import FilmPoints

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact.base import SurfaceFilm
    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FilmOnFace:
    """A film and the face it lies on.

    Attributes
    ----------
    law : SurfaceFilm
    on_slave : bool
        Whether the face is the slave of the contact.
    """

    law: SurfaceFilm
    on_slave: bool


class FilmState:
    """What is remembered of a film at the slave nodes of an interface.

    Parameters
    ----------
    film : FilmOnFace
    count : int
        Slave nodes.
    temperature : float
        At the beginning [K].

    Attributes
    ----------
    highest : (n,) array
        Largest margin so far, see :meth:`interfacefem.contact.base.SurfaceFilm.margin` [-].
    """

    def __init__(self, film: FilmOnFace, count: int, temperature: float) -> None:
        self.film = film
        nothing = np.zeros(count)
        self.highest = film.law.margin(FilmPoints(nothing, nothing, temperature))

    def accept(self, interface: ContactInterface, displacement: Array, pressure: Array) -> None:
        """Commit an increment.

        Parameters
        ----------
        interface : ContactInterface
            Its pairing belongs to ``displacement``.
        displacement : (dofs,) array
            [um].
        pressure : (n,) array
            Contact pressure [MPa].
        """
        law = self.film.law
        strain = np.zeros(len(pressure))
        if law.uses_strain:
            strain = self._strain(interface, displacement)
        points = FilmPoints(pressure, strain, interface.settings.temperature)
        self.highest = np.maximum(self.highest, law.margin(points))

    def _strain(self, interface: ContactInterface, displacement: Array) -> Array:
        """Return the growth of the area of the face with the film at the slave nodes [-]."""
        axisymmetric = interface.axisymmetric
        if self.film.on_slave:
            points, dofs = interface.slave_points, interface.slave_dofs
            faces = interface.slave_faces
        else:
            points, dofs = interface.master_points, interface.master_dofs
            faces = interface.master_faces
        after = areas(points + displacement[dofs], faces, axisymmetric=axisymmetric)
        growth = after / areas(points, faces, axisymmetric=axisymmetric) - 1.0
        if self.film.on_slave:
            return growth
        across: Array = np.asarray(interface.pairing.projection @ growth)
        return np.where(interface.pairing.covered, across, 0.0)


def areas(points: Array, faces: IntArray, *, axisymmetric: bool) -> Array:
    """Return the area of the faces around each node of a face, along it and not as seen from above.

    Parameters
    ----------
    points : (n, d) array
        [um].
    faces : (k, 2) or (k, 4) int array
    axisymmetric : bool
        Whether x in the plane is a radius.

    Returns
    -------
    (n,) array
        [um^2], in the plane per unit depth [um].
    """
    corners = points[faces]
    if faces.shape[1] == 2:
        size = np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1)
        if axisymmetric:
            size = size * np.pi * corners[:, :, 0].sum(axis=1)
    else:
        one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
        size = 0.5 * np.linalg.norm(np.cross(one, two), axis=1)
    total: Array = np.bincount(faces.ravel(), np.repeat(size, faces.shape[1]), len(points))
    return total
