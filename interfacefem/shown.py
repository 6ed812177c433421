# SPDX-License-Identifier: MIT
"""How objects show themselves at a prompt: one screen, in the units that the user wrote.

At most :data:`LINES` lines of at most :data:`WIDTH` characters; what is the default is left out.
"""

from __future__ import annotations

import html
import inspect
from collections.abc import Iterable, Mapping, Sequence

from interfacefem.quantities import Scalar, written
from interfacefem.units import KINDS, Stated, to_internal

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
    if not isinstance(value, float) or isinstance(value, bool):
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
        if not hasattr(made, name):
            continue
        value, default = getattr(made, name), parameter.default
        scalar = scalars.get(name)
        if scalar is not None and isinstance(default, str):
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
        Texts and numbers; numbers have four digits.
    caption : str
        What stands above.
    """

    def row(tag: str, cells: Sequence[object]) -> str:
        texts = [f"{c:.4g}" if isinstance(c, float) else str(c) for c in cells]
        return "<tr>" + "".join(f"<{tag}>{html.escape(t)}</{tag}>" for t in texts) + "</tr>"

    top = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    body = "".join(row("td", cells) for cells in rows)
    return f"<table>{top}<thead>{row('th', head)}</thead><tbody>{body}</tbody></table>"
