# SPDX-License-Identifier: MIT
"""A material: one law and the records behind every number it has.

Laws live in ``models``, single records in ``value``, the files and their reading in ``library``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from interfacefem.errors import MaterialError
from interfacefem.fields import aligned, call, html_table, in_words, screen
from interfacefem.materials import library
from interfacefem.materials.base import Law
from interfacefem.materials.value import (
    CONFIDENCES,
    PROPERTIES,
    USER,
    Value,
    arrhenius,
    check_known,
    check_physical,
    user_value,
)
from interfacefem.quantities import fill, written
from interfacefem.units import Dimensional, to_internal

Carrier = Literal["ions", "electrons"]


@dataclass(frozen=True, init=False, repr=False)
class Material:
    """What a layer is made of.

    Parameters
    ----------
    name : str
        Short name, e.g. ``"Li3InCl6"``.
    law : Law
        How it deforms.
    records : mapping of str to Value, optional
        Records by property name. Parameters of the law without a record get one whose source
        is ``"user"``.
    brittle : bool
        Whether tension can crack it, so that strength and hardness are watched.
    carrier : {"ions", "electrons"}
        What carries the current through the layer.
    title : str
        One line saying what it is.
    base : str, optional
        Name of the library entry it was taken from.
    declared : Material, optional
        What a description says, where the program has chosen values in its place.
    **properties : str, pint.Quantity or float
        Other values by property name, e.g. ``ionic_conductivity="1 mS/cm"``; their source is
        ``"user"``.

    Raises
    ------
    MaterialError
        If a property is unknown or out of range, or a record contradicts the law.
    UnitError
        If a value has no unit or one of another kind.
    """

    name: str
    law: Law
    records: tuple[tuple[str, Value], ...]
    brittle: bool
    carrier: Carrier
    title: str
    base: str | None
    declared: Material | None

    def __init__(
        self,
        name: str,
        law: Law,
        *,
        records: Mapping[str, Value] | Iterable[tuple[str, Value]] = (),
        brittle: bool = False,
        carrier: Carrier = "ions",
        title: str = "",
        base: str | None = None,
        declared: Material | None = None,
        **properties: Dimensional,
    ) -> None:
        known = dict(records)
        parameters = law.parameters()
        for key, number in properties.items():
            check_known(name, key)
            if key in parameters:
                raise MaterialError(f"{name}.{key}: belongs to the law; give it to {law.kind!r}")
            known[key] = user_value(key, to_internal(number, PROPERTIES[key].kind, place=key))
        for key, number in parameters.items():
            if key not in known:
                # No hardening is the absence of a value, not a value somebody gave.
                if key in law.required() or number != 0.0:
                    known[key] = user_value(key, number)
            elif known[key].value != number:
                raise MaterialError(
                    f"{name}.{key}: the law says {number:g}, the record {known[key].value:g} "
                    f"{known[key].unit}; make them agree"
                )
        for key, record in known.items():
            check_known(name, key)
            check_physical(key, record.value)
        if carrier not in get_args(Carrier):
            raise MaterialError(f"{name}.carrier: {carrier!r} is unknown; write ions or electrons")
        order = (*parameters, *(key for key in PROPERTIES if key not in parameters))
        ordered = tuple((key, known[key]) for key in order if key in known)
        fill(
            self,
            name=name,
            law=law,
            records=ordered,
            brittle=bool(brittle),
            carrier=carrier,
            title=title,
            base=base,
            declared=declared,
        )

    def value(self, name: str) -> Value:
        """Return the record of a property.

        Raises
        ------
        MaterialError
            If the material has no such value.
        """
        record = self._find(name)
        if record is None:
            check_known(self.name, name)
            raise MaterialError(
                f'{self.name}.{name}: is not known; give it, e.g. materials.get("{self.name}", '
                f"{name}=...)"
            )
        return record

    def _find(self, name: str) -> Value | None:
        return dict(self.records).get(name)

    def _number(self, name: str) -> float | None:
        record = self._find(name)
        return None if record is None else record.value

    @property
    def conductivity(self) -> float:
        """Conductivity for the carrier of the current [uA/(V um) = S/m].

        Raises
        ------
        MaterialError
            If it is not known.
        """
        return self.value(self.conductivity_name).value

    def conductivity_at(self, temperature: float) -> float:
        r"""Return that conductivity at a temperature [S/m].

        .. math:: \sigma = \sigma_0 \exp[-E/R\,(1/T - 1/T_0)]

        with the ``conduction_energy`` E, and the temperature :math:`T_0` for which the conductivity
        is recorded. It stays what it is where no energy is known; ``check`` says so.

        Parameters
        ----------
        temperature : float
            [K].
        """
        energy = self._number("conduction_energy")
        if energy is None:
            return self.conductivity
        record = self.value(self.conductivity_name)
        return record.value * arrhenius(energy, temperature, record.temperature)

    @property
    def conductivity_name(self) -> str:
        """Property that carries the current, ionic or electronic."""
        electrons = self.carrier == "electrons"
        return "electronic_conductivity" if electrons else "ionic_conductivity"

    @property
    def ionic_conductivity(self) -> float | None:
        """Ionic conductivity [uA/(V um) = S/m], None if not known."""
        return self._number("ionic_conductivity")

    @property
    def electronic_conductivity(self) -> float | None:
        """Electronic conductivity [uA/(V um) = S/m], None if not known."""
        return self._number("electronic_conductivity")

    @property
    def hardness(self) -> float | None:
        """Indentation hardness [MPa], None if not known."""
        return self._number("hardness")

    @property
    def tensile_strength(self) -> float | None:
        """Tensile strength [MPa], None if not known."""
        return self._number("tensile_strength")

    @property
    def fracture_toughness(self) -> float | None:
        """Mode I fracture toughness [MPa um^0.5], None if not known."""
        return self._number("fracture_toughness")

    @property
    def critical_current_density(self) -> float | None:
        """Critical current density [uA/um^2], None if not known."""
        return self._number("critical_current_density")

    @property
    def density(self) -> float | None:
        """Mass density [g/cm^3], None if not known."""
        return self._number("density")

    @property
    def molar_volume(self) -> float | None:
        """Volume of a mole of lithium of an electrode of the metal [cm^3/mol], None of others."""
        return self._number("molar_volume")

    @property
    def thermal_expansion(self) -> float | None:
        """Coefficient of linear thermal expansion [1/K], None if not known."""
        return self._number("thermal_expansion")

    def in_brief(self) -> str:
        """Return how the material is got: its name, and what differs from the library."""
        if self.declared is not None:
            return self.declared.in_brief()
        if self.base is None:
            return f"Material({self.name!r}, {self.law!r})"
        law = [] if library.is_default(self.base, self.law.kind) else [f"law={self.law.kind!r}"]
        given = [
            f"{key}={in_words(record.value, PROPERTIES[key])}"
            for key, record in self.records
            if record.source == USER
        ]
        return call("materials.get", [f'"{self.base}"', *law, *given])

    def __repr__(self) -> str:
        brittle = ", brittle" if self.brittle else ""
        rows = [
            (
                key,
                in_words(record.value, PROPERTIES[key]).strip('"'),
                _known_as(record),
            )
            for key, record in self.records
        ]
        head = f"<Material {self.name}: law {self.law.kind!r}, carries {self.carrier}{brittle}>"
        return screen([head, *aligned(rows)])

    def _repr_html_(self) -> str:
        def said(key: str, number: float) -> str:
            return in_words(number, PROPERTIES[key]).strip('"')

        rows = []
        for key, record in self.records:
            band = f"{said(key, record.low)} to {said(key, record.high)}"
            band = "" if record.low == record.high else band
            sure = CONFIDENCES[record.confidence] + (", estimate" if record.estimate else "")
            known = ["", "given"] if record.source == USER else [sure, record.source]
            rows.append([key, said(key, record.value), band, *known])
        head = ["property", "value", "range", "confidence", "source"]
        return html_table(head, rows, f"{self.name}, law {self.law.kind}, carries {self.carrier}")

    def citations(self) -> list[str]:
        """Return the sources behind the values, each once, in order of the properties."""
        sources = (record.source for _, record in self.records)
        return [source for source in dict.fromkeys(sources) if source != USER]

    def to_dict(self) -> str | dict[str, object]:
        """Return what a case file says: the name, the name with overrides, or all of it."""
        if self.declared is not None:
            return self.declared.to_dict()
        if self.base is not None:
            law = {} if library.is_default(self.base, self.law.kind) else {"law": self.law.kind}
            given = law | {
                key: _text(key, record.value)
                for key, record in self.records
                if record.source == USER
            }
            return {"base": self.base, **given} if given else self.base
        return {
            "name": self.name,
            "law": self.law.kind,
            "carrier": self.carrier,
            "brittle": self.brittle,
            **({"title": self.title} if self.title else {}),
            **{key: _record_to_dict(key, record) for key, record in self.records},
        }

    @classmethod
    def from_dict(cls, data: str | Mapping[str, object], *, place: str = "material") -> Material:
        """Build a material from what a case file says; see :meth:`to_dict`.

        Raises
        ------
        CaseError
            With every mistake in the data.
        """
        return library.read_material(data, place, cls)


def get(name: str, *, law: str | None = None, **overrides: Dimensional) -> Material:
    """Return a material of the library.

    Parameters
    ----------
    name : str
        One of :func:`interfacefem.materials.names`.
    law : str, optional
        One of :func:`interfacefem.materials.laws`, e.g. ``"anand"`` for lithium in time or
        ``"powder"`` for an electrolyte that is pressed; the default law if not given.
    **overrides : str, pint.Quantity or float
        Values to use instead, by property name; their records say ``"user"`` for a source and
        note what they stand in for.

    Returns
    -------
    Material

    Raises
    ------
    MaterialError
        If the material, its law or a property is unknown, or a value is out of range.
    UnitError
        If a value has no unit or one of another kind.
    """
    return library.take(Material, name, law, overrides)


def _text(name: str, number: float) -> str | float:
    kind = PROPERTIES[name].kind
    return number if kind == "dimensionless" else written(number, kind)


def _known_as(record: Value) -> str:
    """Return in a few words how well a value is known."""
    if record.source == USER:
        return "given"
    return f"[{record.confidence}{', estimate' if record.estimate else ''}] {record.source}"


def _record_to_dict(name: str, record: Value) -> Any:
    if record == user_value(name, record.value):
        return _text(name, record.value)
    return {
        "value": _text(name, record.value),
        "low": _text(name, record.low),
        "high": _text(name, record.high),
        "temperature": written(record.temperature, "temperature"),
        "source": record.source,
        "confidence": record.confidence,
        "estimate": record.estimate,
        **({"note": record.note} if record.note else {}),
    }
