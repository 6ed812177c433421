# SPDX-License-Identifier: MIT
"""Names and texts from outside: which names are accepted, how they are shown, and named on disk.

A name is given by a user or read from a file. It is printed in a terminal and becomes a part of
file names, so both have one place here. Paths are in :mod:`interfacefem.quantities`.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable

#: most characters of a name
LONGEST = 100
#: most bytes of the part of a file name that stands for one name; file systems allow 255 in all
LONGEST_FILE_NAME = 120
#: how a name is written in a file name where a character is not kept
_WRITTEN = {" ": "+", "|": "~"}


def printable(text: object, *, lines: bool = True) -> str:
    r"""Return a text that a terminal shows and does not obey.

    Parameters
    ----------
    text : object
        Its ``str`` is shown.
    lines : bool
        Whether line ends stay.

    Returns
    -------
    str
        Control characters, marks of direction and lone surrogates are replaced by their escapes,
        for example ``\x1b``.
    """
    found = str(text)
    if found.isprintable():
        return found
    return "".join(c if _is_shown(c) or (lines and c == "\n") else _escape(c) for c in found)


def shown(value: object, most: int = 60) -> str:
    """Return a value as messages show it: its ``repr``, on one line and not too long."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # an integer of thousands of digits
        text = f"{type(value).__name__} of too many digits"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def in_minutes(seconds: float) -> str:
    """Return a time as people say it: seconds, minutes or hours."""
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min" if seconds < 5400.0 else f"{seconds / 3600.0:.1f} h"


def name_problem(name: object) -> str:
    """Return what is wrong with a name, with its remedy; empty if nothing is.

    A usable name is text of 1 to 100 printable characters, without ``/`` and without blanks at
    its ends, and neither ``.`` nor ``..``.
    """
    if not isinstance(name, str):
        return f"{shown(name)} is no text; write a word in quotes"
    if not name.strip() or name in (".", ".."):
        return f"{shown(name)} is not a usable name; write a word"
    if len(name) > LONGEST:
        return f"{shown(name)} has {len(name)} characters; write at most {LONGEST}"
    wrong = next((c for c in name if not _is_shown(c)), None)
    if wrong is not None:
        return f"{shown(name)} has the character {_escape(wrong)}, which cannot be shown; drop it"
    if "/" in name:
        return f"{shown(name)} is not a usable name; write a word without '/'"
    if name != name.strip():
        return f"{shown(name)} begins or ends with a blank; drop it"
    return ""


def file_name(name: str) -> str:
    """Return the part of a file name that stands for a name; different names give different parts.

    Letters, digits and ``_ - .`` stay. A blank becomes ``+``, the bar of an interface ``~``, any
    other character its bytes in UTF-8 as ``%7C``. What would be too long is cut and ends in a
    hash after ``=``.
    """
    # Some file systems join letters with the accents that follow them.
    joined = unicodedata.is_normalized("NFC", name)
    text = "".join(_filed(c, joined) for c in name)
    if len(text.encode()) <= LONGEST_FILE_NAME:
        return text
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    kept = text.encode()[: LONGEST_FILE_NAME - len(digest) - 1].decode(errors="ignore")
    return f"{kept}={digest}"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return :func:`file_name` of each name, kept apart also where upper and lower case are one.

    Parameters
    ----------
    names : iterable of str
        In a fixed order: of names that differ in case only, later ones get a number.
    """
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name in names:
        if name in found:
            continue
        text = file_name(name)
        number = taken[text.casefold()] = taken.get(text.casefold(), 0) + 1
        found[name] = text if number == 1 else f"{text}={number}"
    return found


def _is_shown(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _filed(character: str, joined: bool) -> str:
    if character in _WRITTEN:
        return _WRITTEN[character]
    if character in "_-." or (character.isalnum() and (joined or character.isascii())):
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
