# SPDX-License-Identifier: MIT
"""Interfaces, layers and currents of a stored run at one increment, read when asked for.

Made by :class:`interfacefem.results.results.Results`; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results import layout
from interfacefem.results.fields import FloatArray, InterfaceField, LayerField
from interfacefem.results.layout import suggestion
from interfacefem.results.run_mesh import RunMesh

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class InterfaceState:
    """One interface at one increment; each property reads one field from the file."""

    name: str
    step: str
    increment: int
    nominal_pressure: float
    _group: Any = field(repr=False)
    _mesh: RunMesh = field(repr=False)

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
        """Area each point stands for (n,) [um^2]; its length [um] in two dimensions."""
        return np.asarray(self._place["weights"][()])

    @property
    def faces(self) -> IntArray | None:
        """Quadrilaterals of the points in space (k, 4); None in two dimensions."""
        return _faces(self._mesh, self._place, self.name)

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
        current: tuple[str, ...] = ()
        if f"current/interfaces/{self.name}" in self._group:  # a punch carries none
            current = ("current_density",)
        known = (*layout.INTERFACE_FIELDS, *layout.OPTIONAL_FIELDS)
        return (*(name for name in known if name in self._place), *current)

    def field(self, name: str) -> InterfaceField:
        """Return a field by name.

        Raises
        ------
        ResultsError
            If it is not stored; the message lists what is.
        """
        _known(f"interface '{self.name}'", self, name)
        place = self._place
        if name == "current_density":
            place = self._group["current/interfaces"][self.name]
        return _interface_field(self, name, place, self.faces)

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
        """Cauchy stress of the cells: xx, yy, zz, xy, and in space xz, yz [MPa]."""
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
        _known(f"layer '{self.name}'", self, name)
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
            raise ResultsError(_unknown("current", self, "interface", name, self.interfaces))
        return self.interfaces[name]


def read_current(
    group: Any, mesh: RunMesh, step: str, increment: int, pressure: float
) -> CurrentState:
    """Read the current stored in an increment's group, everything from bottom to top."""
    place = group["current"]
    states = [
        InterfaceState(name, step, increment, pressure, group, mesh)
        for name in mesh.interfaces
        if name in place["interfaces"]
    ]
    layers, interfaces = place["asr_layers"], place["asr_interfaces"]
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
        interfaces={state.name: state.current_density for state in states},
    )


def _faces(mesh: RunMesh, place: Any, name: str) -> IntArray | None:
    if mesh.dimension == 2:
        return None
    return mesh.point_faces(name, np.asarray(place["points_reference"][()]))


def _interface_field(
    state: InterfaceState, name: str, place: Any, faces: IntArray | None
) -> InterfaceField:
    return InterfaceField(
        name=name,
        unit=str(place[name].attrs["unit"]),
        interface=state.name,
        step=state.step,
        increment=state.increment,
        points=np.asarray(place["points"][()]),
        weights=np.asarray(place["weights"][()]),
        values=np.asarray(place[name][()]),
        faces=faces,
    )


def _known(subject: str, state: InterfaceState | LayerState, name: str) -> None:
    if name not in state.fields:
        raise ResultsError(_unknown(subject, state, "field", name, state.fields))


def _unknown(
    subject: str,
    state: InterfaceState | LayerState | CurrentState,
    kind: str,
    name: str,
    known: Iterable[str],
) -> str:
    return (
        f"{subject}, step '{state.step}', increment {state.increment}: "
        f"no {kind} {name!r}; {suggestion(name, known)}"
    )
