# SPDX-License-Identifier: MIT
"""What the solver hands over after each accepted increment: plain arrays, numpy only.

Snapshots are in internal units (um, MPa, V, uA). How they are stored, and in which units people
read them, is the business of :mod:`interfacefem.results.store`. Points keep one fixed order in
every snapshot of a run, and so do nodes and cells, which are those of the mesh (per layer in
ascending mesh index).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results import schema
from interfacefem.results.edges import shares_of_points
from interfacefem.results.layout import suggestion
from interfacefem.results.schema import column

FloatArray = npt.NDArray[np.float64]
#: numbers, truth values or names, as the quantity has them
AnyArray = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class InterfaceSnapshot(ShownData):
    """One interface at one increment, at the nodes that carry the contact unknowns.

    Attributes
    ----------
    name : str
        ``"lower|upper"``.
    points_reference : (n, d) array
        Positions in the undeformed mesh [um].
    points : (n, d) array
        Current positions [um].
    weights : (n,) array
        Area each point stands for [um^2]: length per unit depth in two dimensions [um].
    contact_pressure : (n,) array
        Compressive, >= 0 [MPa].
    gap : (n,) array
        Open > 0 [um].
    shear_traction : (n,) or (n, 2) array
        Tangential traction on the lower face, in 3D along x and y of the face [MPa].
    slip : (n,) array
        Accumulated path of slip [um].
    in_contact : (n,) array of bool
        Whether the point carries contact.
    present : bool
        Whether both layers are in the die; if not there is neither pressure nor gap.
    removed : (n,) array, optional
        How far a current has made the face of a metal recede, negative where it grew; part of the
        gap [um].
    damage, bonded, intact, adhesion, mode_mix, separation_energy : (n,) array, optional
        Where faces adhere: damage of the bond, bonded share of the area and the part of it that
        is not broken, which conducts [-], tension it bears
        [MPa], share of shear in the energy release [-] and energy spent on damage [MPa um].
    film_broken : (n,) array, optional
        Share of a film that is broken, where there is one [-].
    faces : (k, 2) or (k, 4) int array, optional
        Edges or quadrilaterals between the points; by default edges in the order of x.
    extra : mapping of str to (n, ...) array
        Registered quantities at the points; see :func:`interfacefem.results.schema.register`.
    """

    name: str
    points_reference: FloatArray
    points: FloatArray
    weights: FloatArray
    contact_pressure: FloatArray
    gap: FloatArray
    shear_traction: FloatArray
    slip: FloatArray
    in_contact: BoolArray
    present: bool = True
    removed: FloatArray | None = None
    damage: FloatArray | None = None
    bonded: FloatArray | None = None
    intact: FloatArray | None = None
    adhesion: FloatArray | None = None
    mode_mix: FloatArray | None = None
    separation_energy: FloatArray | None = None
    film_broken: FloatArray | None = None
    faces: IntArray | None = None
    extra: Mapping[str, AnyArray] = field(default_factory=dict)

    @cached_property
    def contact_shares(self) -> FloatArray:
        """Share of the area of each point in contact, (n,) [-], as in ``post.contact_shares``."""
        return shares_of_points(
            self.contact_pressure, self.gap, self.weights, self.points_reference, self.faces
        )

    @property
    def contact_fraction(self) -> float:
        """Part of the area that carries contact [-], as in ``post.contact_fraction``."""
        touching = float(self.contact_shares @ self.weights) / float(np.sum(self.weights))
        return min(touching, 1.0)  # but for round-off it is


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class LayerSnapshot(ShownData):
    """One layer at one increment.

    Attributes
    ----------
    name : str
        Layer name.
    displacement : (nodes, d) array
        At the layer's nodes [um].
    von_mises_stress, mean_stress, max_principal_stress : (cells,) array
        Cell values; tension positive [MPa].
    plastic_strain : (cells,) array
        Equivalent plastic strain [-].
    stress : (cells, 4) or (cells, 6) array
        Cauchy stress, components xx, yy, zz, xy, and in 3D xz, yz [MPa].
    relative_density : (cells,) array, optional
        Of a powder, over that of its dense material [-].
    present : bool
        Whether the layer is in the die.
    extra : mapping of str to (nodes, ...) or (cells, ...) array
        Registered quantities; see :func:`interfacefem.results.schema.register`.
    """

    name: str
    displacement: FloatArray
    von_mises_stress: FloatArray
    plastic_strain: FloatArray
    mean_stress: FloatArray
    max_principal_stress: FloatArray
    stress: FloatArray
    relative_density: FloatArray | None = None
    present: bool = True
    extra: Mapping[str, AnyArray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class IncrementSnapshot(ShownData):
    """One accepted increment.

    Attributes
    ----------
    step : str
        Name of the protocol step.
    step_index : int
        Its place in the protocol, from 0.
    increment : int
        Number of the increment in its step, from 0.
    nominal_pressure : float
        Force over nominal area [MPa].
    closure : float
        Platen approach since the first touch of the stage [um].
    interfaces : tuple of InterfaceSnapshot
        Bottom to top.
    layers : tuple of LayerSnapshot, optional
        Bottom to top; None where fields inside the layers are not stored.
    newton_iterations, linear_solves : int
        Of this increment, rejected attempts included in ``linear_solves``.
    rejected : int
        Attempts thrown away before this one was accepted.
    force_balance_error : float
        Unbalanced force over the applied force [-].
    max_penetration : float
        Largest overlap of the faces, >= 0 [um].
    pressure_in_open_gap : float
        Largest pressure where the gap is open [MPa].
    min_jacobian : float
        Smallest determinant of the deformation gradient or of the mapping of a cell [-].
    applied_work, elastic_energy, plastic_work, friction_work, cohesive_work, drag_work : float
        Since the start [pJ], per um of depth in two dimensions [pJ/um].
    shear_stress : float
        Force on a shear box over the area that can slip [MPa]; without one, not a number.
    bottom_pressure : float
        On the fixed punch of a die, force over nominal area [MPa]; without a die, not a number.
    wall_force, wall_friction : float
        Of the wall of a die, inwards summed around, and upwards [uN].
    increment_error : float
        Estimated error by the size of the increment, over the tolerance of the case [-]; not a
        number where none is estimated.
    wall_time : float
        Time this increment took [s].
    time : float
        Process time at its end [s].
    temperature : float
        At its end [K].
    stage : int
        Number of the stage, from 0.
    cycle : float
        Cycles done in this step, counted in parts of them [-]; not a number if it has none.
    charge : float
        Taken in this step from the electrode that began and not yet returned [uA s/um^2].
    extra : mapping of str to float
        Registered quantities by column of the history, those of an interface as
        ``NAME[lower|upper]``; see :func:`interfacefem.results.schema.register`.
    """

    step: str
    step_index: int
    increment: int
    nominal_pressure: float
    closure: float
    interfaces: tuple[InterfaceSnapshot, ...]
    layers: tuple[LayerSnapshot, ...] | None = None
    newton_iterations: int = 0
    linear_solves: int = 0
    rejected: int = 0
    force_balance_error: float = float("nan")
    max_penetration: float = float("nan")
    pressure_in_open_gap: float = float("nan")
    min_jacobian: float = float("nan")
    applied_work: float = float("nan")
    elastic_energy: float = float("nan")
    plastic_work: float = float("nan")
    drag_work: float = 0.0
    friction_work: float = float("nan")
    cohesive_work: float = float("nan")
    shear_stress: float = float("nan")
    bottom_pressure: float = float("nan")
    wall_force: float = float("nan")
    wall_friction: float = float("nan")
    increment_error: float = float("nan")
    wall_time: float = float("nan")
    time: float = float("nan")
    temperature: float = float("nan")
    stage: int = 0
    cycle: float = float("nan")
    charge: float = float("nan")
    extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CurrentInterface(ShownData):
    """Current through one interface.

    Attributes
    ----------
    name : str
        ``"lower|upper"``.
    points : (n, d) array
        Current positions [um].
    weights : (n,) array
        Area each point stands for [um^2]: length per unit depth in two dimensions [um].
    current_density : (n,) array
        Normal current density, lower to upper positive [uA/um^2].
    overpotential : (n,) array, optional
        Potential that drives it through the interface: resistance, film and charge transfer,
        without constriction and potentials at rest; of its sign, zero where none passes [V].
    """

    name: str
    points: FloatArray
    weights: FloatArray
    current_density: FloatArray
    overpotential: FloatArray | None = None


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CurrentLayer(ShownData):
    """Conduction in one layer.

    Attributes
    ----------
    name : str
        Layer name.
    potential : (nodes,) array
        At the layer's nodes [V].
    current_density : (cells, d) array
        Cell values [uA/um^2].
    """

    name: str
    potential: FloatArray
    current_density: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class CurrentSnapshot(ShownData):
    """Steady conduction on the deformed stack after one increment.

    Attributes
    ----------
    step : str
        Name of the protocol step.
    mean_current_density : float
        Applied, on the nominal area [uA/um^2].
    asr_total, asr_constriction : float
        Area-specific resistance of the stack, and the part from squeezing the current through
        the spots [V um^2/uA].
    asr_layers, asr_interfaces : mapping of str to float
        Parts of layers (as if flat) and of interfaces (intrinsic) [V um^2/uA].
    interfaces : tuple of CurrentInterface
        Bottom to top.
    layers : tuple of CurrentLayer
        Bottom to top; may be empty.
    balance_error : float
        Current in minus current out, over current in [-].
    increment : int, optional
        Increment in the step; None means the last one appended of this step.
    asr_uncertainty : float
        How well ``asr_total`` is known, by ends of contacts and small gaps [V um^2/uA].
    """

    step: str
    mean_current_density: float
    asr_total: float
    asr_layers: Mapping[str, float]
    asr_interfaces: Mapping[str, float]
    asr_constriction: float
    interfaces: tuple[CurrentInterface, ...]
    layers: tuple[CurrentLayer, ...] = field(default=())
    balance_error: float = float("nan")
    increment: int | None = None
    asr_uncertainty: float = float("nan")


def require_fit(
    snapshot: IncrementSnapshot, interfaces: tuple[str, ...], layers: tuple[str, ...]
) -> None:
    """Refuse an increment whose interfaces, layers or arrays are not those of the run.

    Parameters
    ----------
    snapshot : IncrementSnapshot
    interfaces, layers : tuple of str
        Those of the mesh.

    Raises
    ------
    ResultsError
    """
    place = f"increment {snapshot.increment} of step '{snapshot.step}'"
    names = tuple(part.name for part in snapshot.interfaces)
    if names != interfaces:
        raise ResultsError(f"{place}: interfaces {names}; the mesh has {interfaces}")
    known = [name for name in schema.extras("increment")]
    known += [column(name, one) for name in schema.extras("interface") for one in interfaces]
    _require_registered(place, snapshot.extra, known)
    for part in snapshot.interfaces:
        where = f"{place}, interface '{part.name}'"
        _require_registered(where, part.extra, schema.extras("point"))
        count = len(part.points)
        for name in ("points_reference", "weights", *schema.fields("point")):
            values = part.extra.get(name, getattr(part, name, None))
            size = count if values is None else len(values)
            if size != count:
                raise ResultsError(
                    f"{where}: {name} has {size} values for {count} points; give one for each point"
                )
    if snapshot.layers is None:
        return
    found = tuple(layer.name for layer in snapshot.layers)
    if found != layers:
        raise ResultsError(f"{place}: layers {found}; the mesh has {layers}")
    for layer in snapshot.layers:
        where = f"{place}, layer '{layer.name}'"
        _require_registered(where, layer.extra, schema.extras("node", "cell"))
        sizes = {"node": len(layer.displacement), "cell": len(layer.von_mises_stress)}
        for name, values in layer.extra.items():
            wanted = sizes[schema.extras("node", "cell")[name].place]
            if len(np.atleast_1d(values)) != wanted:
                raise ResultsError(
                    f"{where}: {name} has {len(np.atleast_1d(values))} values, not {wanted}"
                )


def require_current_fit(snapshot: CurrentSnapshot, interfaces: tuple[str, ...]) -> None:
    """Refuse a current whose interfaces are not the first ones of the run.

    Raises
    ------
    ResultsError
    """
    names = tuple(part.name for part in snapshot.interfaces)
    if names != interfaces[: len(names)]:  # those of punches carry none
        raise ResultsError(
            f"current of step '{snapshot.step}': interfaces {names}; the mesh has {interfaces}"
        )


def _require_registered(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            raise ResultsError(
                f"{place}: quantity '{name}' is not registered; {suggestion(name, known)} "
                "(results.schema.register)"
            )
