# SPDX-License-Identifier: MIT
"""Fields of descriptions: what a value must be is said once, where the field is declared.

A description is an attrs class with ``field_transformer=placed``. From what its fields declare, its
values are read and checked here, with the place in every message. A number that was written with a
unit stays a :class:`interfacefem.units.Stated`, which knows its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import attrs

from interfacefem.errors import CaseError
from interfacefem.quantities import Scalar, written
from interfacefem.units import Dimensional, Stated, to_internal

#: key of a field's metadata that holds what its number must be
_SCALAR = "scalar"


def quantity(value: Dimensional) -> float:
    """Convert the value of a field; :func:`placed` puts in its place what the field declares."""
    return float(value)


def number(kind: str, *, place: str | None = None, **limits: Any) -> Mapping[str, Any]:
    """Return the metadata of a field that holds a number.

    Parameters
    ----------
    kind : str
        A key of :data:`interfacefem.units.KINDS`.
    place : str, optional
        What messages call it, if not by the name of the field.
    **limits
        As of :class:`interfacefem.quantities.Scalar`.
    """
    found: dict[str, Any] = {_SCALAR: Scalar(kind, **limits)}
    return found if place is None else found | {"place": place}


def scalar_of(field: attrs.Attribute[Any]) -> Scalar | None:
    """Return what the number of a field must be, None for a field that holds none."""
    return cast("Scalar | None", field.metadata.get(_SCALAR))


def scalars(cls: type) -> dict[str, Scalar]:
    """Return what the numbers of a description must be, by the name of the field."""
    found = {field.name: scalar_of(field) for field in attrs.fields(cls)}
    return {name: scalar for name, scalar in found.items() if scalar is not None}


def placed(cls: type, fields: list[Any]) -> list[Any]:
    """Make the fields of a description read their values, with their place in messages.

    The place is the attribute ``PLACE`` of the class, in which ``{0}`` is the description, and the
    name of the field. A number out of range raises a CaseError, or what ``RAISES`` of the class is.
    """
    done = []
    for field in fields:
        scalar = scalar_of(field)
        if scalar is not None and not field.inherited:
            converter = attrs.Converter(_converter(scalar), takes_self=True, takes_field=True)
            field = field.evolve(converter=converter)
        done.append(field)
    return done


def _converter(scalar: Scalar) -> Any:
    """Return what reads the number of a field; its annotation is that of the parameter."""

    def convert(value: Dimensional | None, made: object, field: Any) -> float | None:
        if value is None and field.default is None:
            return None
        try:
            place = field.metadata.get("place", field.name)
            place = f"{place_of(made)}{place}"
            return scalar.read(to_internal(value, scalar.kind, place=place), place)
        except CaseError as error:
            kind: Any = getattr(made, "RAISES", CaseError)
            if kind is CaseError:
                raise
            raise kind(str(error.mistakes[0])) from None

    return convert


def place_of(made: object) -> str:
    """Return where a description stands, as messages say it: ``step 'press'.``."""
    template = getattr(made, "PLACE", "")
    return f"{template.format(made)}." if template else ""


class Described:
    """Shows itself in one line, as its user would write it; a base of attrs classes.

    They are made with ``repr=False``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return shown(self)


def shown(made: object, *, positional: Iterable[str] = ()) -> str:
    """Return a description in one line, as its user would write it, without what is the default.

    Parameters
    ----------
    made : object
        An attrs instance.
    positional : iterable of str
        Fields that are shown without their name.
    """
    cls: Any = type(made)
    plain, parts = tuple(positional), []
    for field in attrs.fields(cls):
        value = getattr(made, field.name)
        if not field.init or value == _default(field):
            continue
        text = as_written(field, value)
        parts.append(text if field.name in plain else f"{field.name}={text}")
    return f"{cls.__name__}({', '.join(parts)})"


def as_written(field: attrs.Attribute[Any], value: object) -> str:
    """Return the value of a field as its user would write it."""
    scalar = scalar_of(field)
    if scalar is None or value is None:
        return repr(value)
    if isinstance(value, Stated) and value.unit:
        return f'"{value.text}"'
    if scalar.kind == "dimensionless":
        return f"{value:g}"
    return f'"{written(float(cast("float", value)), scalar.kind)}"'


def _default(field: attrs.Attribute[Any]) -> object:
    default: Any = field.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]
