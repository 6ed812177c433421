# SPDX-License-Identifier: MIT
"""Interfaces, layers and currents of a stored run at one increment, read when asked for.

Made by :class:`interfacefem.results.results.Results`; nothing here opens a file.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results import schema
from interfacefem.results.fields import FloatArray, InterfaceField, LayerField
from interfacefem.results.groups import Stored
from interfacefem.results.layout import suggestion
from interfacefem.results.read import RunMesh, location_of, read_field, read_number
from interfacefem.results.schema import GEOMETRY, Quantity

IntArray = npt.NDArray[np.int64]
#: where fields are, and whether they are those of a current
_Place = tuple[Stored, bool]


@dataclass(frozen=True, eq=False, repr=False)
class InterfaceState(ShownData):
    """One interface at one increment; each property reads one field from the file."""

    name: str
    step: str
    increment: int
    nominal_pressure: float
    _group: Stored = field(repr=False)
    _mesh: RunMesh = field(repr=False)

    @property
    def present(self) -> bool:
        """Whether both layers are in the die."""
        return not self._place.has("absent")

    @property
    def points(self) -> FloatArray:
        """Current positions (n, d) [um]."""
        return self._geometry("points")

    @property
    def points_reference(self) -> FloatArray:
        """Positions in the undeformed mesh (n, d) [um]."""
        return self._geometry("points_reference")

    @property
    def weights(self) -> FloatArray:
        """Area each point stands for (n,) [um^2]; its length [um] in two dimensions."""
        return self._geometry("weights")

    @property
    def faces(self) -> IntArray | None:
        """Quadrilaterals of the points in 3D (k, 4); None in two dimensions."""
        if self._mesh.dimension == 2:
            return None
        return self._mesh.point_faces(self.name, self.points_reference)

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
        """Which points carry contact; :func:`~interfacefem.post.contact_shares` is finer."""
        return self.field("in_contact")

    @property
    def held_by_bonds(self) -> npt.NDArray[np.bool_]:
        """Whether points that are not in contact are held by a bond that lives, (points,)."""
        apart = ~np.asarray(self.in_contact.values, dtype=bool)
        bonded = "intact" in self.fields and self.field("intact").values > 0.0
        held: npt.NDArray[np.bool_] = np.logical_and(apart, bonded)
        return held

    @property
    def current_density(self) -> InterfaceField:
        """Normal current density [mA/cm^2], where a current was solved at this increment."""
        return self.field("current_density")

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields stored here, also of those that this program does not know."""
        names = [name for place, _ in self._places for name in place.names()]
        names = [name for name in names if name not in GEOMETRY]
        return _in_order(names, "point")

    def field(self, name: str) -> InterfaceField:
        """Return a field by name.

        Raises
        ------
        ResultsError
            If it is not stored, the message lists what is; or if the file is damaged.
        """
        place, current = _find(
            f"{self._group.place}: interface '{self.name}'", self, self._places, name
        )
        points = self._geometry("points", place)
        weights = self._geometry("weights", place, len(points))
        item = schema.find(name, "point", current=current)
        values, unit, words = read_field(place, name, item, len(points), self._mesh.dimension)
        return InterfaceField(
            name=name,
            unit=unit,
            interface=self.name,
            step=self.step,
            increment=self.increment,
            points=points,
            weights=weights,
            values=values,
            faces=self.faces,
            words=words,
        )

    @functools.cached_property
    def _place(self) -> Stored:
        return self._group.inside("interfaces").inside(self.name)

    @functools.cached_property
    def _places(self) -> list[_Place]:
        """Where fields are, and whether they are those of a current; a punch carries none."""
        return [(self._place, False), *_of_current(self._group, "interfaces", self.name)]

    def _geometry(
        self, name: str, place: Stored | None = None, rows: int | None = None
    ) -> FloatArray:
        place = self._place if place is None else place
        item = schema.find(name, "point")
        return read_field(place, name, item, rows, self._mesh.dimension)[0]


@dataclass(frozen=True, eq=False, repr=False)
class LayerState(ShownData):
    """One layer at one increment; each property reads one field from the file."""

    name: str
    step: str
    increment: int
    nominal_pressure: float
    _group: Stored = field(repr=False)
    _mesh: RunMesh = field(repr=False)

    @property
    def present(self) -> bool:
        """Whether the layer is in the die."""
        return not self._places[0][0].has("absent")

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
        """Cauchy stress of the cells: xx, yy, zz, xy, and in 3D xz, yz [MPa]."""
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
        """Names of the fields stored here, also of those that this program does not know."""
        names = [name for place, _ in self._places for name in place.names()]
        return _in_order(names, "node", "cell")

    def field(self, name: str) -> LayerField:
        """Return a field by name.

        Raises
        ------
        ResultsError
            If it is not stored, the message lists what is; or if the file is damaged.
        """
        place, current = _find(
            f"{self._group.place}: layer '{self.name}'", self, self._places, name
        )
        sizes = {
            "node": len(self._mesh.layer_nodes[self.name]),
            "cell": len(self._mesh.layer_cells(self.name)),
        }
        item = _of_layer(name, current)
        location = item.place if item is not None else location_of(place.data(name), sizes)
        rows = sizes[location]
        values, unit, words = read_field(place, name, item, rows, self._mesh.dimension)
        return LayerField(
            name=name,
            unit=unit,
            layer=self.name,
            step=self.step,
            increment=self.increment,
            location=location,
            values=values,
            words=words,
        )

    @functools.cached_property
    def _places(self) -> list[_Place]:
        """Where fields are, and whether they are those of a current."""
        own = self._group.inside("layers").inside(self.name)
        return [(own, False), *_of_current(self._group, "layers", self.name)]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CurrentState(ShownData):
    """A solved current, in the units people use.

    Attributes
    ----------
    step, increment : str, int
        Name of the protocol step, and number in it.
    nominal_pressure, mean_current_density : float
        [MPa], [mA/cm^2].
    asr_total, asr_constriction : float
        Area-specific resistance [ohm cm^2].
    asr_layers, asr_interfaces : mapping of str to float
        Parts of it [ohm cm^2].
    balance_error : float
        Current in minus out over current in [-].
    interfaces : mapping of str to InterfaceField
        Normal current density [mA/cm^2].
    asr_uncertainty : float
        How well that is known, by ends of contacts and small gaps; at ends of steps [ohm cm^2].
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
    asr_uncertainty: float = math.nan

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
    group: Stored, mesh: RunMesh, step: str, increment: int, pressure: float
) -> CurrentState:
    """Read the current stored in an increment's group, everything from bottom to top.

    Raises
    ------
    ResultsError
        If the file is damaged.
    """
    place = group.inside("current")
    layers, interfaces = place.inside("asr_layers"), place.inside("asr_interfaces")
    # one layer alone has no interface
    carrying = place.inside("interfaces").names() if interfaces.names() else []
    states = [
        InterfaceState(name, step, increment, pressure, group, mesh)
        for name in mesh.interfaces
        if name in carrying
    ]
    return CurrentState(
        step=step,
        increment=increment,
        nominal_pressure=pressure,
        mean_current_density=read_number(place, "mean_current_density"),
        asr_total=read_number(place, "asr_total"),
        asr_constriction=read_number(place, "asr_constriction"),
        asr_layers=_parts(layers, mesh.layer_names),
        asr_interfaces=_parts(interfaces, mesh.interfaces),
        balance_error=read_number(place, "balance_error"),
        interfaces={state.name: state.current_density for state in states},
        asr_uncertainty=read_number(place, "asr_uncertainty", otherwise=math.nan),
    )


def _parts(place: Stored, names: Iterable[str]) -> dict[str, float]:
    return {name: read_number(place, name, "asr") for name in names if name in place}


def _of_current(group: Stored, kind: str, name: str) -> list[_Place]:
    """Return the place of the fields of a current, if there is one."""
    if "current" not in group or kind not in group.inside("current"):
        return []
    place = group.inside("current").inside(kind)
    return [(place.inside(name), True)] if name in place else []


def _of_layer(name: str, current: bool) -> Quantity | None:
    at_cells = schema.find(name, "cell", current=current)
    return schema.find(name, "node", current=current) if at_cells is None else at_cells


def _in_order(names: Iterable[str], *places: schema.Place) -> tuple[str, ...]:
    """Return names in the order of the table; those it does not know follow by name."""
    there = set(names)
    known = [*schema.fields(*places), *schema.fields(*places, current=True)]
    ordered = [name for name in dict.fromkeys(known) if name in there]
    return (*ordered, *sorted(there - set(ordered)))


def _find(
    subject: str, state: InterfaceState | LayerState, places: Iterable[_Place], name: str
) -> _Place:
    """Return where a field is; the message lists those there are."""
    for place, current in places:
        if name in place and (name not in GEOMETRY or isinstance(state, LayerState)):
            return place, current
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
