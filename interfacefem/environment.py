# SPDX-License-Identifier: MIT
"""What the machine must provide, checked early and said in words.

A C compiler and the Python headers (DOLFINx compiles its forms when they are used), the graphics
libraries that gmsh links to, and memory. Runs with the standard library only, so that it can be
asked before anything is installed: ``python -m interfacefem.environment``. Which DOLFINx is used
is not decided here.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import math
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from interfacefem.errors import EnvironmentProblem

#: library that gmsh links to -> Debian package that holds it
GRAPHICS_LIBRARIES: dict[str, str] = {
    "libGL.so.1": "libgl1",
    "libGLU.so.1": "libglu1-mesa",
    "libXrender.so.1": "libxrender1",
    "libXcursor.so.1": "libxcursor1",
    "libXft.so.2": "libxft2",
    "libXinerama.so.1": "libxinerama1",
}
COMPILERS = ("cc", "gcc", "clang")
#: what launchers tell their processes: MPICH and Intel, PMIx (Open MPI 5, Slurm), Open MPI
LAUNCHERS = ("PMI_SIZE", "PMIX_RANK", "OMPI_COMM_WORLD_SIZE")

GIGABYTE = 1e9
#: part of the machine's memory that one thing may take
SHARE = 0.9
#: where Linux says how much memory a container may take
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
#: variables by which a user says how many threads libraries take
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextlib.contextmanager
def one_thread(*, asked: bool = True) -> Iterator[None]:
    """Let numpy and scipy compute on one thread.

    Vectors of a run are short: a second thread waits for most of the time, and takes a core for
    that. Factors are computed on one thread anyway.

    Parameters
    ----------
    asked : bool
        Leave the threads as they are where a variable of `THREADS` says how many.
    """
    if asked and any(name in os.environ for name in THREADS):
        yield
        return
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        yield
        return
    with threadpool_limits(1):
        yield


def machine_memory() -> float:
    """Return the memory of this machine, or of the container the program is in [byte]."""
    if not hasattr(os, "sysconf"):  # Windows
        return math.inf
    found = [float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))]
    for path in LIMITS:
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            found.append(float(text))
    return min(found)


def is_launched() -> bool:
    """Return whether a launcher such as mpiexec has started this process."""
    return any(name in os.environ for name in LAUNCHERS)


def compiler() -> list[str]:
    """Return the command of the C compiler that compiled forms will use.

    Raises
    ------
    EnvironmentProblem
        If there is none.
    """
    for command in (os.environ.get("CC"), sysconfig.get_config_var("CC")):
        words = shlex.split(command) if command else []
        if words and shutil.which(words[0]):
            return words
    found = next((name for name in COMPILERS if shutil.which(name)), None)
    if found is None:
        raise EnvironmentProblem(
            f"no C compiler ({', '.join(COMPILERS)}) was found; DOLFINx compiles its "
            "forms with one: install gcc (Debian: apt-get install gcc libc6-dev)"
        )
    raise EnvironmentProblem(
        f"the C compiler that this Python was built with is missing, but {found} is there; set the "
        f"variable CC={found} and try again"
    )


def check_compiler() -> None:
    """Compile an empty program that includes ``Python.h``, as DOLFINx's form compiler does.

    Raises
    ------
    EnvironmentProblem
        If the compiler, the headers of C or those of Python are missing.
    """
    command = compiler()
    include = sysconfig.get_path("include")
    if not (Path(include) / "Python.h").is_file():
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise EnvironmentProblem(
            f"the Python headers are missing (no Python.h in {include}); install them (Debian: "
            f"apt-get install python{version}-dev)"
        )
    outcome = subprocess.run(
        [*command, f"-I{include}", "-fsyntax-only", "-x", "c", "-"],
        input="#include <Python.h>\n#include <math.h>\nint main(void) { return 0; }\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        reason = next(iter(outcome.stderr.strip().splitlines()), "no message")
        raise EnvironmentProblem(
            f"the C compiler {command[0]} does not work: {reason}; install its headers (Debian: "
            "apt-get install gcc libc6-dev)"
        )


def check_graphics() -> None:
    """Look for the shared libraries that gmsh links to; only Linux is known to lack them.

    Raises
    ------
    EnvironmentProblem
        Naming every library that is missing.
    """
    if sys.platform != "linux":
        return
    missing = []
    for library in GRAPHICS_LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    if missing:
        packages = " ".join(GRAPHICS_LIBRARIES[library] for library in missing)
        raise EnvironmentProblem(
            f"gmsh needs shared libraries that are not there: {', '.join(missing)}; install them "
            f"(Debian: apt-get install {packages})"
        )


def check_installed() -> None:
    """Look for one of the two distributions of DOLFINx and for gmsh, without importing them.

    Raises
    ------
    EnvironmentProblem
        If one is missing.
    """
    wanted = {"DOLFINx": ("dolfinx_solver", "dolfinx"), "gmsh": ("gmsh",)}
    missing = [
        name for name, modules in wanted.items() if not any(map(importlib.util.find_spec, modules))
    ]
    if missing:
        raise EnvironmentProblem(
            f"{' and '.join(missing)} not installed; on Linux x86-64: pip install "
            "'interfacefem[all]', elsewhere make the conda environment of environment.yml"
        )


def problems(*, installed: bool = False) -> list[str]:
    """Return what is missing, one text each; empty if nothing is.

    Parameters
    ----------
    installed : bool
        Look for DOLFINx and gmsh too.
    """
    checks = [check_compiler, check_graphics]
    if installed:
        checks.append(check_installed)
    found = []
    for check in checks:
        try:
            check()
        except EnvironmentProblem as problem:
            found.append(str(problem))
    return found


def main(arguments: Iterable[str] = ()) -> int:
    """Write what is missing to standard error; return 2 if anything is, else 0."""
    found = problems(installed="--installed" in arguments)
    for problem in found:
        print(f"interfacefem: {problem}", file=sys.stderr)
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
