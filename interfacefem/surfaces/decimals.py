# SPDX-License-Identifier: MIT
"""A line of a text file as numbers, with a decimal point or a decimal comma; never by a guess.

What the columns mean is said in ``files``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, get_args

from interfacefem.errors import SurfaceError

Decimal = Literal[".", ","]

_COMMA = re.compile(r"[+-]?[0-9]+(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?|[+-]?,[0-9]+|nan", re.IGNORECASE)
#: a line that is one number with a decimal comma as well as two whole numbers
_EITHER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
#: a line that is one number with commas between thousands as well as two columns
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}(?:\.[0-9]*)?")


def check_decimal(decimal: object, *, text: bool, place: str) -> None:
    """Refuse what is no decimal sign, or is given for a file that is no text.

    Raises
    ------
    SurfaceError
        With what to write.
    """
    if decimal is None:
        return
    if decimal not in get_args(Decimal):
        raise SurfaceError(f'{place}: decimal {decimal!r} is unknown; write "." or ","')
    if not text:
        raise SurfaceError(f"{place}: decimal is for files of text; leave it out")


def numbers(line: str, decimal: Decimal | None) -> list[float]:
    """Return the numbers of a line; an empty column is not a number.

    Parameters
    ----------
    line : str
        Without blanks around it.
    decimal : {".", ","} or None
        With a comma for decimals, columns are separated by semicolons, tabs or blanks.

    Raises
    ------
    ValueError
        If a column is something else.
    """
    words = _words(line, ";\t" if decimal == "," else ";,\t")
    if decimal == ",":
        if not all(not word or _COMMA.fullmatch(word) for word in words):
            raise ValueError(line)
        words = [word.replace(",", ".") for word in words]
    if any("_" in word for word in words):
        raise ValueError(line)
    return [float(word) if word else float("nan") for word in words]


def refuse_comma(line: str, number: int, place: str) -> None:
    """Refuse a line that is no numbers unless its commas are decimal.

    Raises
    ------
    SurfaceError
        With the option that reads it.
    """
    try:
        numbers(line, ",")
    except ValueError:
        return
    raise SurfaceError(
        f'{place}: line {number} has decimal commas: {line[:40]!r}; give decimal=","'
    )


def either(lines: Sequence[str]) -> str:
    """Return why lines can all be read as one number or as two; empty if they cannot.

    Parameters
    ----------
    lines : sequence of str
        All lines with numbers.

    Returns
    -------
    str
        What is unclear and the options that decide it, for a message.
    """
    for pattern, what in ((_EITHER, "a decimal comma"), (_THOUSANDS, "a comma between thousands")):
        if lines and all(pattern.fullmatch(line) for line in lines):
            remedy = 'give decimal="." if the comma separates columns'
            remedy += ', decimal="," if it is decimal' if pattern is _EITHER else ""
            return f"{lines[0]!r} is one number with {what}, or two numbers; {remedy}"
    return ""


def _words(line: str, separators: str) -> list[str]:
    for separator in separators:
        if separator in line:
            return [word.strip() for word in line.split(separator)]
    return line.split()
