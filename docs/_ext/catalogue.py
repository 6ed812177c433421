# SPDX-License-Identifier: MIT
"""What is public: the names of the package and of its rooms, each with the page it stands on."""

from __future__ import annotations

import functools
import importlib
import inspect

import interfacefem

#: modules that users name although no room lists them
MODULES = ("materials.size", "materials.calibrate")
#: page of the names of the package -> modules that define them
GROUPS = {
    "Case": ("case", "describe", "contact"),
    "Mesh and run": ("meshing", "drive", "cli"),
    "Errors and logging": ("errors", "logs"),
}


def rooms() -> tuple[str, ...]:
    """Return the rooms that users work in."""
    return interfacefem._ROOMS


@functools.cache
def entries() -> dict[str, list[str]]:
    """Return the full names of what each page documents; every object stands on one page."""
    found: dict[str, list[str]] = {}
    for room in rooms():
        module = importlib.import_module(f"interfacefem.{room}")
        found[room] = [f"interfacefem.{room}.{name}" for name in module.__all__]
    found["reference"] = [
        f"{name}.{member}" for name in found["reference"] for member in members(name)
    ]
    for name in MODULES:
        room = name.partition(".")[0]
        found[room] += [
            f"interfacefem.{name}.{member}" for member in members(f"interfacefem.{name}")
        ]
    there = {id(load(name)) for names in found.values() for name in names}
    found["interfacefem"] = [
        f"interfacefem.{name}"
        for name in interfacefem.__all__
        if name != "__version__" and id(getattr(interfacefem, name)) not in there
    ]
    return found


def members(name: str) -> list[str]:
    """Return the public functions and classes that a module defines itself."""
    module = importlib.import_module(name)
    return [
        key
        for key, value in vars(module).items()
        if not key.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
    ]


@functools.cache
def public() -> dict[int, str]:
    """Return the full public name of every public object, by its identity."""
    return {id(load(name)): name for names in entries().values() for name in names}


def load(name: str) -> object:
    """Return the object of a full name.

    Raises
    ------
    LookupError
        If there is none.
    """
    found: object = interfacefem
    head, *parts = name.split(".")
    if head != "interfacefem":
        raise LookupError(name)
    for index, part in enumerate(parts):
        if part in getattr(found, "__annotations__", {}) and not hasattr(found, part):
            return found  # a field without a default
        try:
            found = getattr(found, part)
        except AttributeError:
            try:
                found = importlib.import_module(".".join([head, *parts[: index + 1]]))
            except ImportError:
                raise LookupError(name) from None
    return found


def group(name: str) -> str:
    """Return the heading under which a name of the package stands."""
    where = interfacefem._NAMES[name.rpartition(".")[2]].partition(".")[0]
    return next(title for title, modules in GROUPS.items() if where in modules)
