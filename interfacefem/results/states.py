# SPDX-License-Identifier: MIT
"""Interfaces, layers and currents of a stored run at one increment, read when asked for.

Made by :class:`interfacefem.results.results.Results`; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results import layout
from interfacefem.results.fields import FloatArray, InterfaceField, LayerField
from interfacefem.results.layout import suggestion

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FaceEdges:
    """The two faces of an interface in the mesh: node pairs [mesh index]."""

    lower: IntArray
    upper: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class RunMesh:
    """The undeformed mesh of a run, as arrays.

    Attributes
    ----------
    points : (N, d) array
        Positions [um].
    cells : (M, k) array
        Node indices.
    cell_layer : (M,) array
        Index of each cell's layer.
    layer_names : tuple of str
        Bottom to top.
    layer_nodes : mapping of str to array
        Mesh index of each node of a layer, ascending.
    interfaces : mapping of str to FaceEdges
        By ``"lower|upper"``.
    boundaries : mapping of str to array
        Node pairs by side.
    key : str
        Hash of what the mesh was made from.
    """

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    layer_nodes: Mapping[str, IntArray]
    interfaces: Mapping[str, FaceEdges]
    boundaries: Mapping[str, IntArray]
    key: str

    def layer_cells(self, name: str) -> IntArray:
        """Return the mesh index of each cell of a layer, ascending."""
        return np.flatnonzero(self.cell_layer == self.layer_names.index(name))

    def layer_connectivity(self, name: str) -> IntArray:
        """Return the cells of a layer in its own node numbers, (cells, k)."""
        return np.searchsorted(self.layer_nodes[name], self.cells[self.layer_cells(name)])

    def face_rms_height(self, interface: str) -> float:
        """Return the rms height of the gap's roughness as meshed [um].

        Both faces count: the root of the sum of their mean square heights, each about its own
        mean and weighted by projected length.
        """
        faces = self.interfaces[interface]
        return float(np.hypot(self._rms(faces.lower), self._rms(faces.upper)))

    def _rms(self, edges: IntArray) -> float:
        ends = self.points[edges]
        length = np.abs(ends[:, 1, 0] - ends[:, 0, 0])
        if not length.sum() > 0:
            return 0.0
        low, high = ends[:, 0, -1], ends[:, 1, -1]
        mean = float(length @ (low + high)) / (2.0 * float(length.sum()))
        low, high = low - mean, high - mean
        square = float(length @ (low**2 + low * high + high**2)) / (3.0 * float(length.sum()))
        return float(np.sqrt(square))


@dataclass(frozen=True, eq=False)
class InterfaceState:
    """One interface at one increment; each property reads one field from the file."""

    name: str
    step: str
    increment: int
    nominal_pressure: float
    _group: Any = field(repr=False)

    @property
    def present(self) -> bool:
        """Whether both layers are in the die."""
        return "absent" not in self._place.attrs

    @property
    def points(self) -> FloatArray:
        """Current positions (n, d) [um]."""
        return np.asarray(self._place["points"][()])

    @property
    def points_reference(self) -> FloatArray:
        """Positions in the undeformed mesh (n, d) [um]."""
        return np.asarray(self._place["points_reference"][()])

    @property
    def weights(self) -> FloatArray:
        """Area each point stands for (n,) [um]."""
        return np.asarray(self._place["weights"][()])

    @property
    def contact_pressure(self) -> InterfaceField:
        """Contact pressure, >= 0 in compression [MPa]."""
        return self.field("contact_pressure")

    @property
    def gap(self) -> InterfaceField:
        """Gap, open > 0 [um]."""
        return self.field("gap")

    @property
    def shear_traction(self) -> InterfaceField:
        """Tangential traction [MPa]."""
        return self.field("shear_traction")

    @property
    def slip(self) -> InterfaceField:
        """Accumulated slip [um]."""
        return self.field("slip")

    @property
    def in_contact(self) -> InterfaceField:
        """Where contact is carried, true or false; its mean is the contact fraction [-]."""
        return self.field("in_contact")

    @property
    def current_density(self) -> InterfaceField:
        """Normal current density [mA/cm^2], where a current was solved at this increment."""
        return self.field("current_density")

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields stored here."""
        current = ("current_density",) if "current" in self._group else ()
        return (*(name for name in layout.INTERFACE_FIELDS if name in self._place), *current)

    def field(self, name: str) -> InterfaceField:
        """Return a field by name.

        Raises
        ------
        ResultsError
            If it is not stored; the message lists what is.
        """
        if name not in self.fields:
            raise ResultsError(
                f"interface '{self.name}', step '{self.step}', increment {self.increment}: "
                f"no field {name!r}; {suggestion(name, self.fields)}"
            )
        place = self._place
        if name == "current_density":
            place = self._group["current/interfaces"][self.name]
        return InterfaceField(
            name=name,
            unit=str(place[name].attrs["unit"]),
            interface=self.name,
            step=self.step,
            increment=self.increment,
            points=np.asarray(place["points"][()]),
            weights=np.asarray(place["weights"][()]),
            values=np.asarray(place[name][()]),
        )

    @property
    def _place(self) -> Any:
        return self._group["interfaces"][self.name]


@dataclass(frozen=True, eq=False)
class LayerState:
    """One layer at one increment; each property reads one field from the file."""

    name: str
    step: str
    increment: int
    nominal_pressure: float
    _group: Any = field(repr=False)
    _mesh: RunMesh = field(repr=False)

    @property
    def present(self) -> bool:
        """Whether the layer is in the die."""
        return "absent" not in self._group["layers"][self.name].attrs

    @property
    def points_reference(self) -> FloatArray:
        """Undeformed node positions (nodes, d) [um]."""
        return self._mesh.points[self._mesh.layer_nodes[self.name]]

    @property
    def points(self) -> FloatArray:
        """Deformed node positions (nodes, d) [um]."""
        return self.points_reference + self.displacement.values

    @property
    def cells(self) -> IntArray:
        """Cells in the layer's own node numbers (cells, k)."""
        return self._mesh.layer_connectivity(self.name)

    @property
    def displacement(self) -> LayerField:
        """Displacement of the nodes (nodes, d) [um]."""
        return self.field("displacement")

    @property
    def von_mises_stress(self) -> LayerField:
        """Von Mises stress of the cells [MPa]."""
        return self.field("von_mises_stress")

    @property
    def plastic_strain(self) -> LayerField:
        """Equivalent plastic strain of the cells [-]."""
        return self.field("plastic_strain")

    @property
    def mean_stress(self) -> LayerField:
        """Mean stress of the cells, tension positive [MPa]."""
        return self.field("mean_stress")

    @property
    def max_principal_stress(self) -> LayerField:
        """Largest principal stress of the cells, tension positive [MPa]."""
        return self.field("max_principal_stress")

    @property
    def stress(self) -> LayerField:
        """Cauchy stress of the cells: xx, yy, zz, xy [MPa]."""
        return self.field("stress")

    @property
    def potential(self) -> LayerField:
        """Electric potential of the nodes [V], where a current was solved."""
        return self.field("potential")

    @property
    def current_density(self) -> LayerField:
        """Current density of the cells (cells, d) [mA/cm^2], where a current was solved."""
        return self.field("current_density")

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields stored here."""
        stored = tuple(
            name
            for name in (*layout.LAYER_FIELDS, *layout.POWDER_FIELDS)
            if name in self._group["layers"][self.name]
        )
        return (
            *stored,
            *(name for name in ("potential", "current_density") if name in self._electric),
        )

    def field(self, name: str) -> LayerField:
        """Return a field by name.

        Raises
        ------
        ResultsError
            If it is not stored; the message lists what is.
        """
        if name not in self.fields:
            raise ResultsError(
                f"layer '{self.name}', step '{self.step}', increment {self.increment}: "
                f"no field {name!r}; {suggestion(name, self.fields)}"
            )
        electric = name in ("potential", "current_density")
        dataset = (self._electric if electric else self._group["layers"][self.name])[name]
        known = layout.LAYER_FIELDS | layout.POWDER_FIELDS
        location = known[name][1] if not electric else "node"
        return LayerField(
            name=name,
            unit=str(dataset.attrs["unit"]),
            layer=self.name,
            step=self.step,
            increment=self.increment,
            location="cell" if name == "current_density" else location,
            values=np.asarray(dataset[()]),
        )

    @property
    def _electric(self) -> Any:
        path = f"current/layers/{self.name}"
        return self._group[path] if path in self._group else {}


@dataclass(frozen=True, eq=False, kw_only=True)
class CurrentState:
    """A solved current, in the units people use.

    Attributes
    ----------
    step : str
        Name of the protocol step.
    increment : int
        Number in the step.
    nominal_pressure : float
        [MPa].
    mean_current_density : float
        [mA/cm^2].
    asr_total, asr_constriction : float
        Area-specific resistance [ohm cm^2].
    asr_layers, asr_interfaces : mapping of str to float
        Parts of it [ohm cm^2].
    balance_error : float
        Current in minus current out over current in [-].
    interfaces : mapping of str to InterfaceField
        Normal current density [mA/cm^2].
    """

    step: str
    increment: int
    nominal_pressure: float
    mean_current_density: float
    asr_total: float
    asr_constriction: float
    asr_layers: Mapping[str, float]
    asr_interfaces: Mapping[str, float]
    balance_error: float
    interfaces: Mapping[str, InterfaceField]

    def interface(self, name: str) -> InterfaceField:
        """Return the current density of one interface [mA/cm^2].

        Raises
        ------
        ResultsError
            If there is no such interface.
        """
        if name not in self.interfaces:
            raise ResultsError(
                f"current: no interface {name!r}; {suggestion(name, self.interfaces)}"
            )
        return self.interfaces[name]


def read_current(
    group: Any, mesh: RunMesh, step: str, increment: int, pressure: float
) -> CurrentState:
    """Read the current stored in an increment's group, everything from bottom to top."""
    place = group["current"]
    parts = {
        name: place["interfaces"][name] for name in mesh.interfaces if name in place["interfaces"]
    }
    layers, interfaces = place["asr_layers"], place["asr_interfaces"]
    fields = {
        name: InterfaceField(
            name="current_density",
            unit=str(part["current_density"].attrs["unit"]),
            interface=name,
            step=step,
            increment=increment,
            points=np.asarray(part["points"][()]),
            weights=np.asarray(part["weights"][()]),
            values=np.asarray(part["current_density"][()]),
        )
        for name, part in parts.items()
    }
    return CurrentState(
        step=step,
        increment=increment,
        nominal_pressure=pressure,
        mean_current_density=float(place["mean_current_density"][()]),
        asr_total=float(place["asr_total"][()]),
        asr_constriction=float(place["asr_constriction"][()]),
        asr_layers={name: float(layers[name][()]) for name in mesh.layer_names if name in layers},
        asr_interfaces={
            name: float(interfaces[name][()]) for name in mesh.interfaces if name in interfaces
        },
        balance_error=float(place["balance_error"][()]),
        interfaces=fields,
    )
