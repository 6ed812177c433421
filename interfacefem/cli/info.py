# SPDX-License-Identifier: MIT
"""``info``: versions of everything that matters, for a bug report."""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import sys
from typing import Any

import interfacefem
from interfacefem import environment
from interfacefem.cli.codes import BAD_INPUT, DONE
from interfacefem.cli.words import say
from interfacefem.errors import EnvironmentProblem

#: distributions whose versions are told
PACKAGES = (
    "numpy", "scipy", "numba", "h5py", "pint", "SurfaceTopography",
    "gmsh", "meshio", "matplotlib", "pyvista", "vtk",
)  # fmt: skip
#: the two distributions of DOLFINx
DISTRIBUTIONS = ("dolfinx-solver-real", "fenics-dolfinx")


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    info = verbs.add_parser("info", help="versions of everything, for bug reports")
    info.set_defaults(act=_info)


def facts() -> dict[str, str]:
    """Return what a bug report should say, nothing of it about the user."""
    found = {
        "interfacefem": interfacefem.__version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "DOLFINx": _dolfinx(),
    }
    found |= {name: _version(name) or "not installed" for name in PACKAGES}
    try:
        found["C compiler"] = " ".join(environment.compiler())
    except EnvironmentProblem as problem:
        found["C compiler"] = str(problem)
    return found


def _dolfinx() -> str:
    for name in DISTRIBUTIONS:
        version = _version(name)
        if version is not None:
            return f"{version} ({name})"
    if importlib.util.find_spec("dolfinx") is not None:
        return "version unknown (conda or built from source)"
    return "not installed"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _info(_: argparse.Namespace) -> int:
    told = facts()
    width = max(len(name) for name in told)
    for name, value in told.items():
        say(f"{name:<{width}}  {value}")
    missing = environment.problems(installed=True)
    for problem in missing:
        say(f"missing: {problem}", to=sys.stderr)
    return BAD_INPUT if missing else DONE
