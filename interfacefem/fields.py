# SPDX-License-Identifier: MIT
"""Fields of descriptions: what a value must be, and how objects show themselves.

At most :data:`LINES` lines of at most :data:`WIDTH` characters; what is the default is left out.

A description is an attrs class with ``field_transformer=placed``. From what its fields declare, its
values are read and checked here, with the place in every message. A number that was written with a
unit stays a :class:`interfacefem.units.Stated`, which knows its text.
"""

from __future__ import annotations

import contextlib
import html
import inspect
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar, cast

import attrs
import numpy as np

from interfacefem.errors import CaseError, UnitError
from interfacefem.quantities import Scalar, written
from interfacefem.units import KINDS, Dimensional, Stated, to_internal

#: characters of a line and lines of a screen
WIDTH, LINES = 100, 20


def in_words(value: object, scalar: Scalar | None = None) -> str:
    """Return a value as its user would write it.

    Parameters
    ----------
    value : object
        A number keeps the text it was written with, where it had a unit.
    scalar : Scalar, optional
        What a number must be.
    """
    if isinstance(value, Stated) and value.unit:
        return f'"{value.text}"'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple | list):
        inner = ", ".join(map(in_words, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' * (len(value) == 1)})"
    if not isinstance(value, float):
        return repr(value)
    kind = value.kind if isinstance(value, Stated) else "" if scalar is None else scalar.kind
    if kind in ("", "dimensionless") or kind not in KINDS:
        return f"{value:g}"
    return f'"{written(float(value), kind)}"'


def changed(made: object, scalars: Mapping[str, Scalar]) -> dict[str, str]:
    """Return the parameters of an object that are not the default, as their user would write them.

    Parameters
    ----------
    made : object
        Its attributes are called as the parameters of its class.
    scalars : mapping of str to Scalar
        What its numbers must be.
    """
    found = {}
    for name, parameter in inspect.signature(type(made)).parameters.items():
        if name not in vars(made):  # what it was made from, but does not keep
            continue
        value, default = getattr(made, name), parameter.default
        scalar = scalars.get(name)
        if scalar is not None and isinstance(default, str) and isinstance(value, float):
            with contextlib.suppress(UnitError):  # a word, such as "yield"
                default = to_internal(default, scalar.kind)
        if default is inspect.Parameter.empty or not bool(value == default):
            found[name] = in_words(value, scalar)
    return found


def as_call(
    made: object, scalars: Mapping[str, Scalar], *, positional: Sequence[str] = (), **texts: str
) -> str:
    """Return an object as the call that makes it, without what is the default.

    Parameters
    ----------
    made : object
        Its attributes are called as the parameters of its class.
    scalars : mapping of str to Scalar
        What its numbers must be.
    positional : sequence of str
        Parameters that are written without their name.
    **texts : str
        Other texts for parameters; empty ones are left out.
    """
    parts = changed(made, scalars) | texts
    return call(
        type(made).__name__,
        [text if name in positional else f"{name}={text}" for name, text in parts.items() if text],
    )


class Shown:
    """Shows itself as the call that makes it; a base of descriptions.

    Their parameters are attributes too. A dataclass that derives from it has ``repr=False``.
    """

    #: parameters that are written without their name
    POSITIONAL: ClassVar[tuple[str, ...]] = ()
    #: what the numbers of the class must be
    scalars: ClassVar[dict[str, Scalar]] = {}

    def __repr__(self) -> str:
        return as_call(self, self.scalars, positional=self.POSITIONAL)


class ShownData:
    """Shows the fields of a dataclass in short: of arrays and tables their size.

    A dataclass that derives from it has ``repr=False``.
    """

    def __repr__(self) -> str:
        made: Any = self
        parts = [f"{f.name}={in_short(getattr(self, f.name))}" for f in fields(made) if f.repr]
        return call(type(self).__name__, parts)


def in_short(value: object) -> str:
    """Return a value on one line; of an array, a table or a long tuple its size."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} array {value.shape}>" if value.size > 6 else str(value.tolist())
    if isinstance(value, Mapping):
        return f"<{len(value)} by name: {', '.join(map(str, value))}>" if value else "{}"
    if isinstance(value, tuple) and len(str(value)) > WIDTH:
        return f"<{len(value)} of {type(value[0]).__name__}>"
    if isinstance(value, float):
        return f"{value:.6g}"
    line = " ".join(in_words(value).split())
    return line if len(line) <= WIDTH // 2 else f"{line[: WIDTH // 2]}..."


def call(name: str, parts: Sequence[str]) -> str:
    """Return a call on one line, or with one argument a line where it is too long."""
    line = f"{name}({', '.join(parts)})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    inner = [f"    {row}" for part in parts for row in f"{part},".splitlines()]
    return screen([f"{name}(", *inner, ")"])


def screen(lines: Iterable[str]) -> str:
    """Return lines that fit on a screen: long ones are cut, and of many the middle is left out."""
    rows = [
        line if len(line) <= WIDTH else f"{line[: WIDTH - 3].rstrip()}..."
        for text in lines
        for line in text.splitlines()
    ]
    if len(rows) > LINES:
        head = LINES * 2 // 3
        tail = LINES - head - 1
        left = f"  ... {len(rows) - head - tail} more lines ..."
        rows = [*rows[:head], left, *rows[-tail:]]
    return "\n".join(rows)


def listed(head: str, words: Iterable[str]) -> str:
    """Return a head and words under it, filled into lines."""
    lines, line = [head], ""
    for word in words:
        if line and len(line) + len(word) + 2 > WIDTH:
            lines.append(f"{line},")
            line = ""
        line = f"{line}, {word}" if line else f"  {word}"
    return screen([*lines, line] if line else lines)


def aligned(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> list[str]:
    """Return rows of as many words each, with aligned columns."""
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        (
            indent + "  ".join(word.ljust(size) for word, size in zip(row, sizes, strict=True))
        ).rstrip()
        for row in rows
    ]


def as_html(text: str) -> str:
    """Return a text for a notebook, its lines and columns kept."""
    return f"<pre>{html.escape(text)}</pre>"


def html_table(head: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "") -> str:
    """Return a table for a notebook.

    Parameters
    ----------
    head : sequence of str
        Names of the columns, with units.
    rows : sequence of sequence
        Texts and numbers; numbers have four digits, and ``-`` stands for what is none.
    caption : str
        What stands above.
    """

    def row(tag: str, cells: Sequence[object], like: Sequence[object]) -> str:
        shown = ""
        for cell, model in zip(cells, like, strict=True):
            side = "left" if isinstance(model, str) else "right"
            text = str(cell)
            if isinstance(cell, float):
                text = "-" if math.isnan(cell) else f"{cell:.4g}"
            shown += f'<{tag} style="text-align: {side}">{html.escape(text)}</{tag}>'
        return f"<tr>{shown}</tr>"

    top = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    body = "".join(row("td", cells, cells) for cells in rows)
    columns = row("th", head, rows[-1] if rows else head)  # names stand over their values
    return f"<table>{top}<thead>{columns}</thead><tbody>{body}</tbody></table>"


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


def html_of_last(columns: Mapping[str, Any], units: Mapping[str, str], count: int = 5) -> str:
    """Return the last rows of columns as a table for a notebook, a row a column.

    Parameters
    ----------
    columns : mapping of str to (n,) array
    units : mapping of str to str
        Of each column.
    count : int
        Of rows.
    """
    size = len(next(iter(columns.values()), ()))
    last = range(max(0, size - count), size)
    head = ["column", *(f"increment {row + 1} of {size}" for row in last)]
    texts = [
        [f"{name} [{units[name]}]", *(np.asarray(column[row]).item() for row in last)]
        for name, column in columns.items()
    ]
    rows = [row for row in texts if any(value == value for value in row[1:])]
    left = len(texts) - len(rows)
    return html_table(head, rows, f"{left} columns without values are left out" if left else "")
