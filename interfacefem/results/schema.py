# SPDX-License-Identifier: MIT
"""One table of what a run stores: name, unit, place, kind, shape and label of each quantity.

Writer, reader, the checks of what is read, export, tables and the labels of axes use this table. A
function of the present state is added with :func:`interfacefem.results.stored`, a quantity whose
values a program hands over with :func:`register`. What was added is stored with its unit, place and
label, so that a program that does not know it reads it all the same. Groups and files are described
in :mod:`interfacefem.results.layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from interfacefem.errors import ResultsError
from interfacefem.names import name_problem, shown
from interfacefem.registry import SESSION, Registry

#: where the values of a quantity are: nodes of an undeformed mesh, nodes and cells of a layer,
#: points of an interface, one value an increment (of the whole stack, or of each interface), one
#: value of a current
Place = Literal["mesh", "node", "cell", "point", "increment", "interface", "current"]
#: kinds of numbers; a text is one of a list of names
Kind = Literal["float", "integer", "truth", "text"]
#: numpy's letters for each kind that is accepted when a file is read
LETTERS: dict[Kind, str] = {"float": "f", "integer": "iu", "truth": "b", "text": "O"}


@dataclass(frozen=True)
class Quantity:
    """What is stored under one name.

    Attributes
    ----------
    name : str
    unit : str
        Unit in the file; ``-`` for numbers without one.
    place : str
        See :data:`Place`.
    kind : {"float", "integer", "truth", "text"}
    tail : tuple
        Shape of one value: sizes, or ``"dimension"``, ``"corners"`` of a cell, ``"stress"`` (4
        components in 2D, 6 in 3D), ``"tangent"`` (2 in 3D, none in 2D).
    words : str
        Name in words; that of the quantity with blanks if empty.
    required : bool
        Whether a run without it is damaged, or lacks it where it has nothing to say.
    current : bool
        Whether it belongs to a current solved on the increment.
    finite : bool
        Whether each value must be a finite number; others are unknown as NaN.
    function : callable, optional
        Of the present state; see :func:`interfacefem.results.stored`. Without one the values are
        handed over in ``extra`` of the snapshots.
    """

    name: str
    unit: str
    place: Place
    kind: Kind = "float"
    tail: tuple[int | str, ...] = ()
    words: str = ""
    required: bool = True
    current: bool = False
    finite: bool = False
    function: Callable[[Any], object] | None = field(default=None, compare=False)

    @property
    def label(self) -> str:
        """Name and unit, as on an axis."""
        return label(self.name, self.unit, self.words)

    def shape(self, dimension: int) -> tuple[int, ...]:
        """Return the shape of one value of a run in 2D or 3D."""
        sizes = {
            "dimension": (dimension,),
            "corners": (2**dimension,),
            "stress": (4,) if dimension == 2 else (6,),
            "tangent": () if dimension == 2 else (2,),
        }
        found: tuple[int, ...] = ()
        for part in self.tail:
            found += sizes[part] if isinstance(part, str) else (part,)
        return found


def label(name: str, unit: str, words: str = "") -> str:
    """Return a name in words with its unit."""
    return f"{words or in_words(name)} [{unit}]"


def in_words(name: str) -> str:
    """Return a name in words: those of the table, else the name with blanks."""
    words = next((item.words for item in _BUILT_IN if item.name == name and item.words), "")
    return words or name.replace("_", " ")


def _many(place: Place, units: dict[str, str], **options: bool | Kind) -> list[Quantity]:
    return [
        Quantity(name, unit, place, words=_WORDS.get(name, ""), **options)  # type: ignore[arg-type]
        for name, unit in units.items()
    ]


_ASR = "ohm cm^2"
#: names that are no words
_WORDS = {
    "asr": "area-specific resistance",
    "intact_fraction": "area with a bond that is not broken",
    "open_fraction": "area that neither touches nor has such a bond",
    "film_broken_fraction": "area whose film is broken",
    "asr_total": "area-specific resistance in all",
    "asr_layers": "area-specific resistance of the layers",
    "asr_interfaces": "area-specific resistance of the interfaces",
    "asr_constriction": "area-specific resistance of constriction",
    "asr_uncertainty": "how well it is known: ends of contacts, gaps below their tolerance",
}


_BUILT_IN: tuple[Quantity, ...] = (
    Quantity("points", "um", "mesh", tail=("dimension",), finite=True),
    Quantity("cells", "-", "mesh", "integer", tail=("corners",)),
    Quantity("cell_layer", "-", "mesh", "integer"),
    # an interface at one increment
    Quantity("points", "um", "point", tail=("dimension",), finite=True),
    Quantity("points_reference", "um", "point", tail=("dimension",), finite=True),
    Quantity("weights", "", "point", finite=True),
    Quantity("contact_pressure", "MPa", "point", finite=True),
    Quantity("gap", "um", "point"),  # unknown where nothing is opposite
    Quantity("shear_traction", "MPa", "point", tail=("tangent",), finite=True),
    Quantity("slip", "um", "point", finite=True),
    Quantity("in_contact", "-", "point", "truth"),
    # only where faces adhere or have a film, or where a current has taken metal or brought it
    Quantity("damage", "-", "point", required=False),
    Quantity("bonded", "-", "point", required=False),
    Quantity("intact", "-", "point", required=False, words="bonded and not broken share"),
    Quantity("adhesion", "MPa", "point", required=False),
    Quantity("mode_mix", "-", "point", required=False),
    Quantity("separation_energy", "MPa*um", "point", required=False),
    Quantity("removed", "um", "point", required=False),
    Quantity("film_broken", "-", "point", required=False, words="broken share of the film"),
    # a layer at one increment
    Quantity("displacement", "um", "node", tail=("dimension",), finite=True),
    Quantity("von_mises_stress", "MPa", "cell", words="von Mises stress"),
    Quantity("plastic_strain", "-", "cell"),
    Quantity("mean_stress", "MPa", "cell"),
    Quantity("max_principal_stress", "MPa", "cell"),
    Quantity("stress", "MPa", "cell", tail=("stress",)),
    Quantity("relative_density", "-", "cell", required=False),  # of powders
    # a current
    Quantity("points", "um", "point", tail=("dimension",), current=True, finite=True),
    Quantity("weights", "", "point", current=True, finite=True),
    Quantity("current_density", "mA/cm^2", "point", current=True, finite=True),
    Quantity("overpotential", "V", "point", required=False, current=True, finite=True),
    Quantity("potential", "V", "node", current=True),
    Quantity("current_density", "mA/cm^2", "cell", tail=("dimension",), current=True),
    *_many(
        "current",
        {
            "mean_current_density": "mA/cm^2",
            "asr_total": _ASR,
            "asr_constriction": _ASR,
            "asr": _ASR,  # of a layer or an interface
            "balance_error": "-",
        },
    ),
    *_many("current", {"asr_uncertainty": _ASR}, required=False),  # at the ends of steps
    # the history; steps and increments first
    Quantity("step", "-", "increment", "text"),
    *_many("increment", dict.fromkeys(("step_index", "increment"), "-"), kind="integer"),
    *_many("increment", {"nominal_pressure": "MPa", "closure": "um"}),
    *_many(
        "increment",
        dict.fromkeys(("newton_iterations", "linear_solves", "rejected"), "-"),
        kind="integer",
    ),
    *_many(
        "increment",
        {
            "force_balance_error": "-",
            "max_penetration": "um",
            "pressure_in_open_gap": "MPa",
            "min_jacobian": "-",
            "applied_work": "pJ/um",
            "elastic_energy": "pJ/um",
            "plastic_work": "pJ/um",
            "friction_work": "pJ/um",
        },
    ),
    *_many("increment", {"cohesive_work": "pJ/um", "drag_work": "pJ/um"}, required=False),
    Quantity("shear_stress", "MPa", "increment", required=False),
    Quantity("energy_balance_error", "-", "increment"),
    *_many(
        "increment",
        {"bottom_pressure": "MPa", "wall_force": "uN", "wall_friction": "uN"},
        required=False,
    ),
    Quantity("increment_error", "-", "increment", required=False),
    Quantity("wall_time", "s", "increment"),
    Quantity("time", "s", "increment", required=False),
    Quantity("temperature", "K", "increment", required=False),
    Quantity("stage", "-", "increment", "integer", required=False),
    *_many("increment", {"cycle": "-", "charge": "mA h/cm^2"}, required=False),
    *_many(
        "increment",
        {
            "mean_current_density": "mA/cm^2",
            "asr": _ASR,
            "asr_layers": _ASR,
            "asr_interfaces": _ASR,
            "asr_constriction": _ASR,
            "current_balance_error": "-",
        },
    ),
    # the history of each interface
    *_many(
        "interface",
        {
            "contact_fraction": "-",
            "mean_pressure": "MPa",
            "max_pressure": "MPa",
            "gap_volume": "um",
        },
    ),
    *_many(
        "interface",
        {
            "max_penetration": "um",
            "focusing_factor": "-",
            "asr": _ASR,
            "bonded_fraction": "-",
            "intact_fraction": "-",
            "open_fraction": "-",
            "mean_damage": "-",
            "opened_fraction": "-",
            "mode_mix": "-",
            "separation_energy": "MPa*um",
            "mean_removed": "um",
            "max_removed": "um",
            "film_broken_fraction": "-",
        },
        required=False,
    ),
)

#: larger numbers are not stored, as they overflow where they are squared
LARGEST = 1e100
#: columns that are per um of depth of a slice, and not in 3D or of a pellet
ENERGIES = frozenset(
    {
        "applied_work",
        "elastic_energy",
        "plastic_work",
        "friction_work",
        "cohesive_work",
        "drag_work",
    }
)
#: what says where the values of an interface are; no fields of their own
GEOMETRY = ("points", "points_reference", "weights")

_BY_NAME: dict[tuple[Place, bool, str], Quantity] = {
    (item.place, item.current, item.name): item for item in _BUILT_IN
}
#: names that nothing else can have
_TAKEN = frozenset(item.name for item in _BUILT_IN)
#: where something can be added
ADDED_AT: tuple[Place, ...] = tuple(p for p in get_args(Place) if p not in ("mesh", "current"))
#: quantities that files, packages and other programs have added, by name
ADDED: Registry[Quantity] = Registry("stored quantity", ResultsError)


def register(quantity: Quantity, *, origin: str = SESSION) -> None:
    """Add a quantity that a program or an extension stores beside the built-in ones.

    Parameters
    ----------
    quantity : Quantity
        At the nodes or cells of layers, the points of interfaces, or once an increment.
    origin : str
        The file that adds it, see :func:`interfacefem.registry.origin_of`.

    Raises
    ------
    ResultsError
        If the name is not usable, the place unknown, or a built-in quantity has the name.
    ExtensionError
        If another file has the name.
    """
    problem = name_problem(quantity.name)
    if not problem and any(sign in quantity.name for sign in "[]|."):
        problem = f"{shown(quantity.name)} has brackets, a bar or a dot; write a word"
    if problem:
        raise ResultsError(f"quantity: {problem}")
    if quantity.place not in ADDED_AT or quantity.kind == "text" or quantity.current:
        raise ResultsError(
            f"quantity '{quantity.name}': numbers at {', '.join(ADDED_AT)} are stored; choose one "
            "of these places"
        )
    if not quantity.unit:
        raise ResultsError(f"quantity '{quantity.name}': has no unit; write '-' for none")
    if quantity.name in _TAKEN:
        raise ResultsError(f"quantity '{quantity.name}': is stored already; choose another name")
    ADDED.add(quantity.name, quantity, origin=origin)


def unregister(name: str) -> None:
    """Take back what :func:`register` has added.

    Raises
    ------
    ResultsError
        If nothing of this name was added.
    """
    ADDED.remove(name)


def find(name: str, place: Place, *, current: bool = False) -> Quantity | None:
    """Return a quantity, None if this program does not know it."""
    known = _BY_NAME.get((place, current, name))
    added = ADDED.get(name) if known is None and not current else None
    return added if added is not None and added.place == place else known


def fields(*places: Place, current: bool = False) -> dict[str, Quantity]:
    """Return the fields at some places by name, in order, without what says where they are."""
    found = {} if current else extras(*places)
    return built_in(*places, current=current) | found


def built_in(*places: Place, current: bool = False) -> dict[str, Quantity]:
    """Return those of :func:`fields` that are not added by others."""
    return {
        item.name: item
        for item in _BUILT_IN
        if item.place in places
        and item.current == current
        and not (item.place == "point" and item.name in GEOMETRY)
    }


def extras(*places: Place) -> dict[str, Quantity]:
    """Return what was added at some places."""
    return {name: item for name, item in ADDED.items() if item.place in places}


def weight_unit(dimension: int) -> str:
    """Return the unit of area weights: areas in 3D, lengths per unit depth in 2D."""
    return "um^2" if dimension == 3 else "um"


def columns(interfaces: Iterable[str], *, per_depth: bool) -> dict[str, Quantity]:
    """Return the columns of the history by the name they are stored under.

    Parameters
    ----------
    interfaces : iterable of str
    per_depth : bool
        Whether energies are those of a slice, per um of depth, or of a whole body.
    """
    found = fields("increment")
    if not per_depth:
        for name in ENERGIES & set(found):
            found[name] = replace(found[name], unit="pJ")
    names = list(interfaces)
    for name, item in fields("interface").items():
        found |= {column(name, interface): item for interface in names}
    return found


def known_column(name: str) -> Quantity | None:
    """Return what a stored column of the history is, None if this program does not know it."""
    head, bracket, _ = name.partition("[")
    return find(head, "interface") if bracket else find(name, "increment")


def column(name: str, interface: str) -> str:
    """Return the history column of one interface: ``contact_fraction[lower|upper]``."""
    return f"{name}[{interface}]"
