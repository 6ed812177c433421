# SPDX-License-Identifier: MIT
"""Lines of text as numbers: signs between columns, decimal commas, quotation marks.

What the columns are is told by ``headings``, the table they make is read in ``columns``.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from interfacefem.errors import SurfaceError

Decimal = Literal[".", ","]
_COMMA = re.compile(r"[+-]?[0-9]+(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?|[+-]?,[0-9]+|nan", re.IGNORECASE)
#: a line that is one number with a decimal comma as well as two whole numbers
_EITHER = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?")
#: a line that is one number with commas between thousands as well as two columns
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}(?:\.[0-9]*)?")
#: what stands in no text
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
QUOTED = re.compile(r'"[^"]*"')


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
        Without blanks around it. Columns may stand in quotation marks.
    decimal : {".", ","} or None
        With a comma for decimals, columns are separated by semicolons, tabs or blanks; by commas
        only if the columns are quoted.

    Raises
    ------
    ValueError
        If a column is something else.
    """
    points = ";,\t" if decimal != "," else ";\t"
    words = words_of(line, ";\t," if decimal == "," and '"' in line else points)
    if decimal == ",":
        if not all(not word or _COMMA.fullmatch(word) for word in words):
            raise ValueError(line)
        words = [word.replace(",", ".") for word in words]
    if any("_" in word for word in words):
        raise ValueError(line)
    return [float(word) if word else float("nan") for word in words]


def words_of(line: str, separators: str) -> list[str]:
    """Return the columns of a line, split at the first of the separators that is in it.

    Raises
    ------
    ValueError
        If quotation marks are not closed.
    """
    quoted = '"' in line
    outside = QUOTED.sub("", line)
    for separator in separators:
        if separator in outside:
            if not quoted:
                return [word.strip() for word in line.split(separator)]
            try:
                reader = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
                words = next(reader)
            except csv.Error as error:
                raise ValueError(line) from error
            return [word.strip() for word in words]
    return [word.strip('"') for word in line.split()]


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


def lines_of(file: Path) -> list[str]:
    """Return the lines of a file of text.

    Raises
    ------
    SurfaceError
        If it is none, or cannot be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SurfaceError(f"{file}: cannot be read ({error.strerror}); check its rights") from None
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text.replace("\u2212", "-").splitlines()
    raise SurfaceError(f"{file}: not a text file; save it as text in UTF-8")
