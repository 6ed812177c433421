# SPDX-License-Identifier: MIT
"""The one place that knows which distribution of DOLFINx is installed.

The wheel ``dolfinx-solver-real`` sets up its libraries in ``dolfinx_solver``, which must be
imported first; conda-forge's ``fenics-dolfinx`` needs nothing. Import DOLFINx only after this
module.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import importlib.util
import os

from interfacefem import caches, signals
from interfacefem.environment import check_installed, is_launched
from interfacefem.errors import EnvironmentProblem

SUPPORTED = "0.11"
#: how long a form that another process is compiling is waited for [s]; forms in 3D take longer
#: than the ten seconds of DOLFINx
COMPILE_TIMEOUT = 120
#: parameters of glibc's malloc: most blocks that are mapped singly, and free memory kept [byte]
MALLOC_OPTIONS = {-4: 0, -1: 2**31 - 1}


def load() -> str:
    """Load DOLFINx and check its version and scalar type.

    Returns
    -------
    str
        Version of DOLFINx.

    Raises
    ------
    EnvironmentProblem
        If DOLFINx is missing, of an unsupported version, or complex.
    """
    if importlib.util.find_spec("h5py") is not None:
        # The wheel and h5py each bring an HDF5. With h5py second, it finds the wheel's older
        # library already loaded and fails with "Not a datatype"; with h5py first both work.
        importlib.import_module("h5py")
    if is_launched() and "OMP_NUM_THREADS" not in os.environ:
        # Threads of several processes fight for the same cores, so that a small matrix takes as
        # long as the system lets one of them run. Libraries ask when they are loaded; that of numpy
        # is.
        os.environ["OMP_NUM_THREADS"] = "1"
        with contextlib.suppress(ImportError):  # what is missing is said below
            importlib.import_module("threadpoolctl").threadpool_limits(1)
    if importlib.util.find_spec("dolfinx_solver") is not None:
        importlib.import_module("dolfinx_solver")
    try:
        dolfinx = importlib.import_module("dolfinx")
        jit = importlib.import_module("dolfinx.jit")
        petsc = importlib.import_module("petsc4py.PETSc")
    except ImportError as error:
        check_installed()
        raise EnvironmentProblem(
            f"DOLFINx cannot be imported ({error}); install the wheel dolfinx-solver-real "
            f"{SUPPORTED} (Linux x86-64) or conda-forge's fenics-dolfinx {SUPPORTED} "
            f"(environment.yml)"
        ) from None
    signals.ignore_broken_pipes()
    jit.DOLFINX_DEFAULT_JIT_OPTIONS["timeout"] = (COMPILE_TIMEOUT, "Timeout for JIT compilation")
    forms = caches.folder("forms")
    if forms is None:
        raise EnvironmentProblem(
            "no folder for compiled forms can be written; name one with the variable "
            f"{caches.VARIABLE}"
        )
    jit.DOLFINX_DEFAULT_JIT_OPTIONS["cache_dir"] = (forms, "Path for storing DOLFINx JIT cache")
    version = str(dolfinx.__version__)
    if not version.startswith(SUPPORTED):
        raise EnvironmentProblem(
            f"DOLFINx {version} is installed, this package was verified with {SUPPORTED}; "
            f"install the version in constraints.txt or environment.yml"
        )
    if petsc.ScalarType().dtype.kind == "c":
        raise EnvironmentProblem(
            "PETSc is built for complex numbers; install the real build of DOLFINx"
        )
    return version


def keep_memory() -> None:
    """Let malloc keep large blocks for the next of their kind, where it is glibc's.

    Factors and arrays of a problem in 3D come and go with every Newton iteration; to map their
    pages anew each time takes a tenth of it.
    """
    with contextlib.suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in MALLOC_OPTIONS.items():
            mallopt(option, value)


def give_memory_back() -> None:
    """Return to the system what malloc has kept and nothing uses; see :func:`keep_memory`."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


keep_memory()
load()
