# SPDX-License-Identifier: MIT
"""One input of a case by its path: what kind of value it is, its range, and how it is changed.

Paths lead through the tables of a case file: ``"step.secondary press.to"``,
``"layer.anode.material.yield_stress"``, ``"interface.separator|anode.friction"``, ``"mesh.edge"``.
Which runs a sweep makes of it is decided in :mod:`interfacefem.sweep.plan`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from interfacefem import fields
from interfacefem.contact.adhesion import Adhesion
from interfacefem.contact.base import LAWS
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.describe.interface import Interface
from interfacefem.describe.protocol import (
    Cycle,
    Eject,
    Hold,
    Isostatic,
    Press,
    PullOff,
    Release,
    Shear,
)
from interfacefem.describe.settings import CurrentLoad, Die, Numerics
from interfacefem.describe.tables import LAWS_OF_FACES
from interfacefem.errors import MaterialError
from interfacefem.materials import Material
from interfacefem.materials.value import PROPERTIES, changed_alone
from interfacefem.names import shown
from interfacefem.quantities import did_you_mean, one_mistake, spoken, written
from interfacefem.units import Stated, from_internal, to_internal

#: the tables of a case file; values are plain
Tables = dict[str, Any]
#: a value of an input as a table of results holds it
Plain = str | float | int | bool

_STEPS = {
    kind.kind: kind for kind in (Press, Hold, Release, Isostatic, Eject, Cycle, PullOff, Shear)
}
_SURFACE = {
    **dict.fromkeys(
        ("rms_height", "short_cutoff", "long_cutoff", "amplitude", "wavelength", "radius"),
        "length",
    ),
    **dict.fromkeys(("rms_slope", "hurst", "seed"), "dimensionless"),
}
#: keys of which a table can have one: setting one removes the others
_EITHER = (
    ("to", ("force", "die")),
    ("force", ("to",)),
    ("rate", ("duration",)),
    ("rms_height", ("rms_slope",)),
    ("rms_slope", ("rms_height",)),
)
#: words that a table can hold, beside those it has
_WORDS = {"mesh": ("file",), "layer": ("material", "material.law", "top", "bottom")}


@dataclass(frozen=True)
class Input:
    """An input of a case that is varied.

    Attributes
    ----------
    path : str
        Where it stands.
    kind : str
        A key of :data:`interfacefem.units.KINDS`; empty for words and switches.
    unit : str
        In which tables show it; empty for words and plain numbers.
    """

    path: str
    kind: str = ""
    unit: str = ""

    @property
    def column(self) -> str:
        """Name of its column: the path with the unit."""
        return f"{self.path} [{self.unit or '-'}]" if self.kind else self.path

    def read(self, value: object, *, bare: bool = True) -> tuple[Any, Plain]:
        """Return a value as the tables of a case take it, and as its column shows it.

        Parameters
        ----------
        value : object
            Text with a unit, a pint quantity, or a number in internal units.
        bare : bool
            Whether a number without a unit is allowed.

        Raises
        ------
        UnitError
            If the unit is missing or of another kind.
        """
        if not self.kind:
            return value, value if isinstance(value, str | float | int) else shown(value)
        number = to_internal(value, self.kind, place=self.path, bare=bare)
        if self.kind == "dimensionless":
            plain = int(number) if number == int(number) and self.path.endswith("seed") else number
            return plain, float(number)
        return written(float(number), self.kind), self.shown(number)

    def shown(self, number: float) -> float:
        """Return a number in internal units in the unit of the column."""
        if not self.unit:
            return float(number)
        return float(f"{from_internal(float(number), self.kind, self.unit):.12g}")


def varied_step(path: str) -> str:
    """Return the name of the step that a path leads to, or a column; empty if it leads to none."""
    return path.removeprefix("step.").rpartition(".")[0] if path.startswith("step.") else ""


def find_input(data: Tables, path: str, like: object = None) -> Input:
    """Return what an input is.

    Parameters
    ----------
    data : dict
        The tables of the case, as :meth:`Case.to_dict` returns them.
    path : str
        Where it stands.
    like : object
        A value as the user wrote it; its unit is that of the column.

    Raises
    ------
    CaseError
        If there is no such place; the message lists what there is.
    """
    table, keys = _item(data, path)
    kinds = _kinds(table, path.partition(".")[0])
    name = ".".join(keys)
    if name in _WORDS.get(path.partition(".")[0], ()):
        return Input(path)
    if name not in kinds:
        inside: Any = table
        for key in keys:
            if not isinstance(inside, Mapping) or key not in inside:
                known = [*kinds, *(k for k in table if not isinstance(table[k], Mapping | list))]
                raise one_mistake(path, f"no input {name!r}", did_you_mean(name, known))
            inside = inside[key]
        if isinstance(inside, Mapping | list):
            raise one_mistake(path, "is a table, no value", f"go on, e.g. {path}.{_first(inside)}")
        return Input(path)
    kind = kinds[name]
    if kind == "dimensionless":
        return Input(path, kind)
    unit = ""
    if isinstance(like, str):
        first = to_internal(like, kind, place=path)
        unit = first.unit if isinstance(first, Stated) else ""
    return Input(path, kind, unit or spoken(1.0, kind).partition(" ")[2])


def library_range(layers: Mapping[str, Material], path: str) -> tuple[float, float]:
    """Return the range of a material value, in internal units.

    Parameters
    ----------
    layers : mapping of str to Material
        By name of the layer.
    path : str
        ``layer.NAME.material.PROPERTY``.

    Raises
    ------
    CaseError
        If the value has no range.
    """
    advice = 'write the range, e.g. "0.4 MPa to 1.2 MPa"'
    head, _, rest = path.partition(".")
    name, _, prop = rest.rpartition(".material.")
    if head != "layer" or name not in layers or prop not in PROPERTIES:
        raise one_mistake(path, "only values of materials have a range in the library", advice)
    try:
        record = layers[name].value(prop)
    except MaterialError as error:
        raise one_mistake(path, str(error), advice) from None
    if not record.low < record.high:
        raise one_mistake(path, f"the library gives {record} without a range", advice)
    return record.low, record.high


def companions(layers: Mapping[str, Material], path: str, value: object) -> dict[str, str]:
    """Return what changes in proportion with a material value, as path and text.

    Those are values of the same kind that were fitted together with it: of lithium that yields
    earlier the saturation stress is lower too.

    Parameters
    ----------
    layers : mapping of str to Material
        By name of the layer, as the case has them.
    path : str
        What is changed.
    value : object
        Its new value, with a unit.
    """
    head, _, rest = path.partition(".")
    name, _, prop = rest.rpartition(".material.")
    if head != "layer" or name not in layers or prop not in PROPERTIES:
        return {}
    fitted = {key: record.value for key, record in layers[name].records}
    given = {prop: float(to_internal(value, PROPERTIES[prop].kind, place=path))}
    found: dict[str, str] = {}
    for one in changed_alone(layers[name].law, fitted, given):
        for key, number in one.alike.items():
            if PROPERTIES[key].kind != "dimensionless":
                found[f"layer.{name}.material.{key}"] = written(number, PROPERTIES[key].kind)
    return found


def changed(data: Tables, path: str, value: object) -> Tables:
    """Return the tables of a case with another value at a path; those given stay as they are.

    What excludes the new value goes: a force where a pressure is set, the height of a face where
    its slope is. Checksums of changed faces go too.

    Raises
    ------
    CaseError
        If there is no such place.
    """
    made = copy.deepcopy(data)
    table, keys = _item(made, path)
    inside = path.startswith("layer.") and keys[0] == "material" and len(keys) > 1
    if inside and isinstance(table["material"], str):
        table["material"] = {"base": table["material"]}
    if path.startswith("surface."):
        table.pop("checksum", None)
        if keys[-1] in ("short_cutoff", "size"):
            table.pop("points", None)
    for key in keys[:-1]:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            raise one_mistake(path, f"{key!r} is no table", "correct the path")
        table = inner
    for key, others in _EITHER:
        if keys[-1] == key:
            for other in others:
                table.pop(other, None)
    table[keys[-1]] = value
    return made


def _item(data: Tables, path: str) -> tuple[Tables, list[str]]:
    """Return the table that a path leads to by name, and the keys below it."""
    head, _, rest = path.partition(".")
    items: list[tuple[str, Tables]] = []
    if head == "step":
        stages = [step for stage in data.get("stage", []) for step in stage["step"]]
        items = [(str(step["name"]), step) for step in [*data.get("step", []), *stages]]
    elif head == "layer":
        items = [(str(layer["name"]), layer) for layer in data["layer"]]
    elif head == "interface":
        items = [("|".join(joint["between"]), joint) for joint in data["interface"]]
    elif head == "surface":
        items = list(data.get("surface", {}).items())
    elif head in data and rest and isinstance(data[head], dict):
        return data[head], rest.split(".")
    elif head in data and not rest:
        return data, [head]
    else:
        known = ["step", "layer", "interface", "surface", *(k for k in data if k != "case_format")]
        raise one_mistake(path, f"no table {head!r} in a case", did_you_mean(head, known))
    fits = [(name, item) for name, item in items if rest.startswith(f"{name}.")]
    if not fits:
        names = [name for name, _ in items]
        wanted = rest.partition(".")[0]
        raise one_mistake(path, f"no {head} {wanted!r} with a value", did_you_mean(wanted, names))
    name, item = max(fits, key=lambda pair: len(pair[0]))  # names may have dots
    return item, rest[len(name) + 1 :].split(".")


def _kinds(table: Tables, head: str) -> dict[str, str]:
    """Return the kind of each number that a table can hold."""
    if head == "step":
        scalars = _STEPS[table["kind"]].scalars
        return {key: scalar.kind for key, scalar in scalars.items()}
    if head == "layer":
        materials = {f"material.{key}": scalar.kind for key, scalar in PROPERTIES.items()}
        return {"thickness": "length", **materials}
    if head == "interface":
        found = {key: scalar.kind for key, scalar in Interface.scalars.items()}
        for part, kind in (("charge_transfer", ChargeTransfer), ("adhesion", Adhesion)):
            if part in table:
                found |= {f"{part}.{key}": s.kind for key, s in kind.scalars.items()}
        for part in LAWS_OF_FACES:
            law = LAWS.get(table[part].get("law")) if isinstance(table.get(part), dict) else None
            if law is not None:
                found |= {f"{part}.{key}": s.kind for key, s in fields.scalars(law).items()}
        return found
    if head == "surface":
        return _SURFACE
    if head == "temperature":
        return {"temperature": "temperature"}
    if head == "width":
        return {"width": "length"}
    if head == "mesh":
        return {"edge": "length", "growth": "dimensionless", "face_ratio": "dimensionless"}
    known: dict[str, Any] = {"numerics": Numerics, "current": CurrentLoad, "die": Die}
    return {key: s.kind for key, s in known[head].scalars.items()} if head in known else {}


def _first(inside: Iterable[Any]) -> str:
    return str(next(iter(inside), "..."))
