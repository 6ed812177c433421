# SPDX-License-Identifier: MIT
r"""Mean dilatation: one pressure a cell, from the change of its volume.

The volumetric energy of a cell is :math:`V \tfrac{K}{2} (\ln \theta)^2` with the ratio
:math:`\theta = v / V` of current and reference volume, the latter with what heat has added to it.
The volume of a trilinear hexahedron, or of an axisymmetric cell, is a polynomial of its nodes, so
residual and tangent are exact, and a uniform pressure is in equilibrium on any mesh. The one-point
rule, which does that for quadrilaterals in plane strain, fails on hexahedra that are no
parallelepipeds, and on axisymmetric cells, where the mean of the volume is not at the centre.
Volumes and cell kernels for DOLFINx are in :mod:`interfacefem.fem.bulk.hexahedral_volume` and
:mod:`interfacefem.fem.bulk.axisymmetric_volume`, the isochoric part and assembly in
:mod:`interfacefem.fem.bulk.bodies`.

References
----------
Nagtegaal, Parks and Rice (1974), 10.1016/0045-7825(74)90032-2 (locking in the plastic range).
Simo, Taylor and Pister (1985), 10.1016/0045-7825(85)90033-7 (mean dilatation, finite strains).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
from dolfinx import fem

from interfacefem.fem.bulk import axisymmetric_volume, hexahedral_volume
from interfacefem.fem.bulk.quadrature import kernel_form

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class Dilatation:
    """Volumetric response of hexahedra or of axisymmetric cells.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Displacements: trilinear in 3D, else bilinear with the radius first.
    displacement, direction : dolfinx.fem.Function
        Their present values are read.
    modulus : (cells,) array
        Bulk modulus in the order of the domain [MPa]; zero where another rule has the volumetric
        part.
    cells : int32 array
        Those that are evaluated and integrated here, contiguous.

    Attributes
    ----------
    residual, jacobian : dolfinx.fem.Form
    swelling : (cells,) array
        Logarithm of the volume that heat has added.
    pressure : (cells,) array
        Mean Kirchhoff stress of the last :meth:`respond`, tension positive [MPa].
    determinant : (cells,) array
        Ratio of volumes there.
    """

    def __init__(
        self, space: Any, displacement: Any, direction: Any, modulus: Array, cells: Any
    ) -> None:
        domain = space.mesh
        field = fem.Function(fem.functionspace(domain, ("DG", 0)))
        self._place = field.function_space.dofmap.list.ravel()
        field.x.array[self._place] = modulus
        turning, swelling = (fem.Function(field.function_space) for _ in range(2))
        self._displacement, self._direction = displacement, direction
        self._own = slice(int(cells[0]), int(cells[-1]) + 1)
        self.modulus = modulus
        self._x = domain.geometry.x
        self._nodes = np.asarray(domain.geometry.dofmaps[0])[self._own]
        self._dofs = np.asarray(space.dofmap.list)[self._own]
        self.determinant = np.ones(len(modulus))
        self.pressure = np.zeros(len(modulus))
        self._logarithm = np.zeros(len(modulus))
        self._volume = np.zeros(len(modulus))
        self._slopes = np.zeros((*self._dofs.shape, space.dofmap.index_map_bs))
        self._change = np.zeros_like(self._slopes)
        shape: Any = hexahedral_volume if domain.geometry.dim == 3 else axisymmetric_volume
        self._volume_ratios = shape.volume_ratios
        self._kernels = shape.kernels()  # the forms hold their addresses
        # modulus, mean stress that turns in the tangent, and swelling
        self._fields = field, turning, swelling
        self.swelling = np.zeros(len(modulus))
        vector, matrix = self._kernels
        self.residual = kernel_form(vector, [space], [displacement, field, swelling], cells)
        given = [displacement, field, turning]
        self.jacobian = kernel_form(matrix, [space, space], given, cells)

    def retune(self, modulus: Array, swelling: Array) -> None:
        """Go on with other bulk moduli [MPa] and another :attr:`swelling`."""
        self.modulus, self.swelling = modulus, swelling
        self._fields[0].x.array[self._place] = modulus
        self._fields[2].x.array[self._place] = swelling

    @property
    def fields(self) -> tuple[Array, ...]:
        """What :meth:`respond` writes and is asked for by cell."""
        return self.determinant, self.pressure

    def respond(self, followed: Array | None = None, *, tangent: bool) -> bool:
        """Evaluate volumes and pressures at the present displacement; False if one is lost.

        Parameters are those of :meth:`interfacefem.fem.bulk.quadrature.ReducedQuadrature.respond`.
        """
        u, own = self._displacement.x.array, self._own
        ratio, logarithm = self.determinant[own], self._logarithm[own]
        self._volume_ratios(
            self._x,
            u,
            self._nodes,
            self._dofs,
            ratio,
            logarithm,
            self._volume[own],
            self._slopes,
        )
        if not np.all(ratio > 0.0):
            return False
        logarithm -= self.swelling[own]
        self.pressure[own] = self.modulus[own] * logarithm
        if tangent:
            turning = self.pressure if followed is None else followed
            self._fields[1].x.array[self._place] = turning
        return True

    def turn(self) -> None:
        """Take note of the direction."""
        change = self._direction.x.array.reshape(-1, self._change.shape[-1])
        self._change = change[self._dofs]

    def rates(self) -> Array:
        """Change of ``ln J`` of each cell along the direction, at the last :meth:`respond`."""
        rates = np.zeros(len(self.pressure))
        rates[self._own] = np.einsum("caj,caj->c", self._slopes, self._change)
        return rates

    def integral(self, values: Array) -> float:
        """Return the integral of a scalar given by cell, over the cells of this rank."""
        own = self._own
        return float(self._volume[own] @ values[own])

    def energy(self) -> float:
        """Return the stored volumetric energy [pJ] of the last :meth:`respond` in these cells."""
        return 0.5 * self.integral(self.pressure * self._logarithm)
