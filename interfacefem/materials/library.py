# SPDX-License-Identifier: MIT
"""Materials from the files of the package and from case files.

Every value of a library file must state its source and range; a value without is refused.
``Li.toml`` is lithium with the law it has by default, ``Li.anand.toml`` what another law adds or
changes. The records themselves live in ``value`` and ``material``, pressure-density points in
``calibrate``.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from interfacefem.errors import CaseError, InterfaceFEMError, MaterialError, Mistake
from interfacefem.materials.base import LAWS
from interfacefem.materials.value import PROPERTIES, Value, override, user_value
from interfacefem.names import shown
from interfacefem.quantities import did_you_mean, mistakes_of
from interfacefem.units import KINDS, ROOM, Dimensional, to_internal

if TYPE_CHECKING:
    from interfacefem.materials.material import Material

_HEAD = ("name", "title", "law", "carrier", "brittle")
_RECORD = ("value", "low", "high", "temperature", "source", "confidence", "estimate", "note")


def _files() -> list[list[str]]:
    """Return the library's files, each as the parts of its name."""
    found = resources.files("interfacefem.materials").joinpath("data").iterdir()
    return sorted(entry.name.split(".")[:-1] for entry in found if entry.name.endswith(".toml"))


def names() -> list[str]:
    """Return the names of the library's materials, sorted."""
    return [parts[0] for parts in _files() if len(parts) == 1]


def unknown(name: object) -> str:
    """Return advice for a name that is no material: one like it, one of that title, or all."""
    advice = did_you_mean(name, names())
    if advice.startswith("known"):
        titles = {one: str(tomllib.loads(_text_of(f"{one}.toml"))["title"]) for one in names()}
        word = str(name).casefold()
        called = [one for one in titles if word in titles[one].casefold()]
        metal = [one for one in called if titles[one].casefold().startswith(f"{word} metal")]
        called = metal or called
        if word and len(called) == 1:
            advice = f'did you mean "{called[0]}", {titles[called[0]]}?'
    return advice


def laws(name: str) -> list[str]:
    """Return the laws a material of the library can have, the default first.

    Raises
    ------
    MaterialError
        If the material is unknown.
    """
    if name not in names():
        raise MaterialError(f"{shown(name)} is not a material; {unknown(name)}")
    default = default_law(name)
    others = [parts[1] for parts in _files() if parts[0] == name and len(parts) == 2]
    return [default, *(kind for kind in others if kind in LAWS)]


@functools.cache
def default_law(name: str) -> str:
    """Return the law that a material of the library has without naming one."""
    return str(tomllib.loads(_text_of(f"{name}.toml"))["law"])


@functools.cache
def _text_of(file: str) -> str:
    folder = resources.files("interfacefem.materials").joinpath("data")
    return folder.joinpath(file).read_text(encoding="utf-8")


def is_default(name: str, law: str) -> bool:
    """Whether a material has a law without naming it; a name that is no entry has no other."""
    return name not in names() or default_law(name) == law


def take(
    make: type[Material], name: str, law: str | None, overrides: Mapping[str, Dimensional]
) -> Material:
    """Make a material of the library; see :func:`interfacefem.materials.get`."""
    if name not in names():
        raise MaterialError(f"{shown(name)} is not a material; {unknown(name)}")
    material = _load(make, name)
    if law is not None and law != material.law.kind:
        if law not in laws(name):
            raise MaterialError(
                f"{name}.law: {law!r} is not in the library for it; {did_you_mean(law, laws(name))}"
            )
        material = _load(make, name, law)
    return override(material, **overrides) if overrides else material


#: class, name and law -> the material, once its file is read
_LOADED: dict[tuple[object, str, str | None], Material] = {}


def _load(make: type[Material], name: str, law: str | None = None) -> Material:
    key = (make, name, law)
    if key not in _LOADED:
        change = "" if law is None else _text_of(f"{name}.{law}.toml")
        _LOADED[key] = read_library_text(_text_of(f"{name}.toml"), name, make, change)
    return _LOADED[key]


def read_library_text(text: str, name: str, make: type[Material], change: str = "") -> Material:
    """Read one library file, or one and what a second changes in it.

    Parameters
    ----------
    text : str
        The file of the material.
    name : str
        Its name.
    make : type
        Class of the material.
    change : str
        The file of another law; parameters that only the law of the first file has are dropped.

    Raises
    ------
    MaterialError
        With every mistake in it; a value without a source is one.
    """
    try:
        data = tomllib.loads(text)
        if change:
            old = LAWS[data["law"]]
            data |= tomllib.loads(change)
            new = LAWS[data["law"]]
            for key in (*old.required(), *old.optional()):
                if key not in (*new.required(), *new.optional()):
                    data.pop(key, None)
        material = _read_full(data, name, make, sourced=True)
    except (CaseError, tomllib.TOMLDecodeError) as error:
        raise MaterialError(f"the library file of {name} is unusable\n{error}") from None
    return make(
        material.name,
        material.law,
        records=material.records,
        brittle=material.brittle,
        carrier=material.carrier,
        title=material.title,
        base=material.name,
    )


def read_material(data: str | Mapping[str, object], place: str, make: type[Material]) -> Material:
    """Read what a case file says about a material.

    Parameters
    ----------
    data : str or mapping
        A library name; ``{base = "Li", law = "anand", density = "0.53 g/cm^3"}``; or a full
        definition with ``name``, ``law`` and its values.
    place : str
        Where it stands, for messages.
    make : type
        Class of the material.

    Returns
    -------
    Material

    Raises
    ------
    CaseError
        With every mistake in the data.
    """
    if isinstance(data, str):
        return _collected(lambda: take(make, data, None, {}), place)
    if not isinstance(data, Mapping):
        raise CaseError(
            [
                Mistake(
                    place,
                    f"{shown(data)} is not a material",
                    'write a name such as "Li", or {base = "Li", yield_stress = "0.6 MPa"}',
                )
            ]
        )
    if "base" in data:
        return _read_override(data, place, make)
    return _read_full(data, place, make, sourced=False)


def _collected(build: Callable[[], Material], place: str) -> Material:
    try:
        return build()
    except InterfaceFEMError as error:
        raise CaseError(_placed(error, place)) from None


def _placed(error: InterfaceFEMError, place: str) -> list[Mistake]:
    """Put the property a material error names into the place: ``layer[1].material.density``."""
    found = []
    for mistake in mistakes_of(error, place):
        head, colon, rest = mistake.problem.partition(": ")
        prop = head.rpartition(".")[2]
        if colon and prop in PROPERTIES:
            found.append(Mistake(f"{place}.{prop}", rest, mistake.remedy))
        else:
            found.append(mistake)
    return found


def _read_override(data: Mapping[str, Any], place: str, make: type[Material]) -> Material:
    mistakes: list[Mistake] = []
    values: dict[str, float] = {}
    base, law = data["base"], data.get("law")
    if base not in names():
        mistakes.append(Mistake(f"{place}.base", f"{shown(base)} is not a material", unknown(base)))
    elif law is not None and law not in laws(base):
        mistakes.append(
            Mistake(
                f"{place}.law",
                f"{law!r} is not in the library for {base}",
                did_you_mean(law, laws(base)),
            )
        )
    for key, given in data.items():
        if key in ("base", "law"):
            continue
        if key not in PROPERTIES:
            mistakes.append(_unknown(key, place, (*PROPERTIES, "base", "law")))
            continue
        try:
            number = to_internal(given, PROPERTIES[key].kind, place=f"{place}.{key}", bare=False)
            values[key] = user_value(key, number).value
        except InterfaceFEMError as error:
            mistakes += _placed(error, place)
    if mistakes:
        raise CaseError(mistakes)
    return _collected(lambda: take(make, base, law, values), place)


def _read_full(
    data: Mapping[str, Any], place: str, make: type[Material], *, sourced: bool
) -> Material:
    mistakes = _head_mistakes(data, place)
    law = LAWS.get(str(data.get("law", "")))
    records: dict[str, Value] = {}
    for key, given in data.items():
        if key in _HEAD:
            continue
        if key not in PROPERTIES:
            mistakes.append(_unknown(key, place, (*PROPERTIES, *_HEAD)))
            continue
        try:
            records[key] = _read_value(key, given, f"{place}.{key}", sourced=sourced)
        except InterfaceFEMError as error:
            mistakes += _placed(error, f"{place}.{key}" if isinstance(given, Mapping) else place)
    missing = [key for key in law.required() if key not in data] if law else []
    mistakes += [
        Mistake(f"{place}.{key}", "is missing", f"the law {data['law']!r} needs it")
        for key in missing
    ]
    if law and not missing:
        others = [key for kind in LAWS.values() for key in (*kind.required(), *kind.optional())]
        mistakes += [
            Mistake(f"{place}.{key}", f"is no parameter of the law {law.kind!r}", "leave it out")
            for key in dict.fromkeys(others)
            if key in records and key not in (*law.required(), *law.optional())
        ]
    if mistakes or law is None:
        raise CaseError(mistakes)
    numbers = {key: record.value for key, record in records.items()}
    return _collected(
        lambda: make(
            data["name"],
            law.from_parameters(numbers),
            records=records,
            brittle=data.get("brittle", False),
            carrier=data.get("carrier", "ions"),
            title=data.get("title", ""),
        ),
        place,
    )


def _head_mistakes(data: Mapping[str, Any], place: str) -> list[Mistake]:
    mistakes = []
    if not isinstance(data.get("name"), str) or not data["name"]:
        mistakes.append(Mistake(f"{place}.name", "is missing", 'write name = "..."'))
    law = data.get("law")
    if not isinstance(law, str) or law not in LAWS:
        problem = "is missing" if law is None else f"{law!r} is not a law that is known here"
        advice = f"write one of {', '.join(sorted(LAWS))}, or give the file of a law of your own "
        mistakes.append(Mistake(f"{place}.law", problem, advice + "with: --with FILE.py"))
    if data.get("carrier", "ions") not in ("ions", "electrons"):
        mistakes.append(
            Mistake(
                f"{place}.carrier", f"{data['carrier']!r} is unknown", "write ions or electrons"
            )
        )
    if not isinstance(data.get("brittle", False), bool):
        mistakes.append(
            Mistake(f"{place}.brittle", f"{data['brittle']!r} is not true or false", "write true")
        )
    return mistakes


def _unknown(key: str, place: str, known: tuple[str, ...]) -> Mistake:
    return Mistake(f"{place}.{key}", "unknown key", did_you_mean(key, known))


def _read_value(name: str, given: Any, place: str, *, sourced: bool) -> Value:
    """Read ``"22 GPa"`` or a table with the record of a value."""
    kind = PROPERTIES[name].kind
    if not isinstance(given, Mapping):
        if sourced:
            raise CaseError([Mistake(place, "has no source", "write a table with a source")])
        return user_value(name, to_internal(given, kind, place=place, bare=False))
    mistakes = [_unknown(key, place, _RECORD) for key in given if key not in _RECORD]
    numbers = {}
    for key, key_kind in (
        ("value", kind),
        ("low", kind),
        ("high", kind),
        ("temperature", "temperature"),
    ):
        if key not in given:
            if key == "value" or (sourced and key != "temperature"):
                mistakes.append(Mistake(f"{place}.{key}", "is missing", f"give the {key}"))
            continue
        try:
            numbers[key] = to_internal(given[key], key_kind, place=f"{place}.{key}", bare=False)
        except InterfaceFEMError as error:
            mistakes += mistakes_of(error, place)
    if sourced and "confidence" not in given:
        mistakes.append(Mistake(f"{place}.confidence", "is missing", "write H, M or L"))
    source = given.get("source", "")
    if not isinstance(source, str) or not source.strip():
        mistakes.append(Mistake(place, "has no source", 'write source = "author, year, DOI"'))
    if mistakes:
        raise CaseError(mistakes)
    value = numbers["value"]
    user_value(name, value)
    return Value(
        value,
        KINDS[kind][0],
        numbers.get("low", value),
        numbers.get("high", value),
        numbers.get("temperature", ROOM),
        source,
        given.get("confidence", "L"),
        bool(given.get("estimate", False)),
        str(given.get("note", "")),
    )
