# SPDX-License-Identifier: MIT
"""Texts inside a run, the case as TOML and others as JSON, with the form that readers rely on.

A form says what a value must be: a type or a tuple of types, ``[form]`` for a list, a dictionary of
forms for a table, whose keys that end in ``!`` must be there and whose other keys may be anything,
or :class:`Each` for a table of which all values have one form.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interfacefem.results.hdf5 import careful, damaged

_NUMBER = (int, float)
_WORDS = {str: "text", dict: "table", list: "list", int: "number", float: "number"}
#: a float can hold no more
_LARGEST = 1e300


@dataclass(frozen=True)
class Each:
    """A table of which all values have one form."""

    form: Any


_STEP = {
    "name": str,
    "kind": str,
    "interface": str,
    "begin": str,
    "die": (str, *_NUMBER),
}
CASE = {
    "name": str,
    "die": {"diameter!": (str, *_NUMBER), "wall_friction!": _NUMBER},
    "current": {"critical": (str, *_NUMBER)},
    "layer": [{}],
    "interface": [{"between": [str], "adhesion": {}}],
    "step": [_STEP],
    "stage": [{"step": [_STEP]}],
}
PROVENANCE = {
    "versions": Each(str),
    "methods": [str],
    "stored": Each(str),
    "sources": [str],
    "wall_time": Each(_NUMBER),
    "sessions": [
        {
            "after_increments!": int,
            "status!": str,
            "memory": _NUMBER,
            "wall_time": Each(_NUMBER),
        }
    ],
}
MATERIALS = Each((str, dict))
RISK = [
    {
        **{f"{name}!": str for name in ("subject", "place", "cause", "step", "unit", "comment")},
        **{f"{name}!": _NUMBER for name in ("value", "threshold", "ratio")},
        **{f"threshold_{end}!": _NUMBER for end in ("low", "high")},
        **{f"value_{end}": _NUMBER for end in ("low", "high")},  # since rows have a range
        "rank!": int,
        "source!": str,
    }
]


def read_json(text: str, form: Any, place: str) -> Any:
    """Return what a JSON text holds.

    Raises
    ------
    ResultsError
        With the place, if it is no JSON or not of the form.
    """
    with careful(place):
        found = json.loads(text)
        _require(found, form, place, "")
    return found


def read_toml(text: str, form: Any, place: str) -> dict[str, Any]:
    """Return what a TOML text holds; raises like :func:`read_json`."""
    with careful(place):
        found = tomllib.loads(text)
        _require(found, form, place, "")
    return found


def _require(value: Any, form: Any, place: str, at: str) -> None:
    if isinstance(form, Each):
        _require_type(value, dict, place, at)
        for key, item in value.items():
            _require(item, form.form, place, f"{at}.{key}")
    elif isinstance(form, list):
        _require_type(value, list, place, at)
        for index, item in enumerate(value):
            _require(item, form[0], place, f"{at}[{index}]")
    elif isinstance(form, Mapping):
        _require_type(value, dict, place, at)
        for name, inner in form.items():
            key = name.rstrip("!")
            if key in value:
                _require(value[key], inner, place, f"{at}.{key}")
            elif key != name:
                raise damaged(place, f"{f'{at}.{key}'.lstrip('.')} is missing")
    else:
        _require_type(value, form, place, at)


def _require_type(value: Any, kinds: Any, place: str, at: str) -> None:
    good = isinstance(value, kinds) and not (isinstance(value, bool) and kinds is not bool)
    if good and isinstance(value, _NUMBER):
        good = not abs(value) > _LARGEST or isinstance(value, float)
    if not good:
        wanted = kinds if isinstance(kinds, tuple) else (kinds,)
        what = " or ".join(dict.fromkeys(_WORDS[kind] for kind in wanted))
        raise damaged(place, f"{at.lstrip('.') or 'the text'} is no {what}")
