# SPDX-License-Identifier: MIT
"""The layout of ``results.h5``: names, units, version, and how one dataset is put and taken.

Plain HDF5; every dataset has the attribute ``unit``. Solver units are kept except for two kinds
people never think of in um and uA: current densities are stored in mA/cm^2 and area-specific
resistances in ohm cm^2. The file and everything read from it use these units.

::

    /                       format, format_version, status, message, created, changed, writer, run
    /case                   the resolved case, TOML text
    /provenance             JSON text
    /materials              JSON text, by layer, every value with range and source
    /mesh/...               points, cells, cell_layer, layer_names, layers/NAME/nodes,
                            interfaces/NAME/{lower,upper}, boundaries/SIDE
    /history/COLUMN         one value an increment
    /increments/000000      step, step_index, increment; where the run is large, a link to
                            results-001.h5
        interfaces/NAME/FIELD   attribute absent where a layer is not in the die
        layers/NAME/FIELD   only where the fields inside the layers were stored
        current/...         only where a current was solved
    /risk/000               JSON text, the ranked rows after a step (attribute step)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError

FORMAT = "interfacefem results"
FORMAT_VERSION = 1
FILE_NAME = "results.h5"

#: uA s/um^2 -> mAh/cm^2
CHARGE_FACTOR = 1e5 / 3600.0
#: uA/um^2 -> mA/cm^2
CURRENT_DENSITY_FACTOR = 1e5
#: V um^2/uA -> ohm cm^2
AREA_RESISTANCE_FACTOR = 1e-2

#: interface field -> unit in the file
INTERFACE_FIELDS: dict[str, str] = {
    "contact_pressure": "MPa",
    "gap": "um",
    "shear_traction": "MPa",
    "slip": "um",
    "in_contact": "-",
}

#: interface fields only where faces adhere, or where a current has taken metal or brought it
OPTIONAL_FIELDS: dict[str, str] = {
    "damage": "-",
    "bonded": "-",
    "adhesion": "MPa",
    "mode_mix": "-",
    "separation_energy": "MPa*um",
    "removed": "um",
}

#: layer field -> (unit in the file, where it lives)
LAYER_FIELDS: dict[str, tuple[str, str]] = {
    "displacement": ("um", "node"),
    "von_mises_stress": ("MPa", "cell"),
    "plastic_strain": ("-", "cell"),
    "mean_stress": ("MPa", "cell"),
    "max_principal_stress": ("MPa", "cell"),
    "stress": ("MPa", "cell"),
}

#: layer fields of powders only
POWDER_FIELDS: dict[str, tuple[str, str]] = {"relative_density": ("-", "cell")}

#: history column of an increment -> unit in the file, of a plane run
HISTORY_COLUMNS: dict[str, str] = {
    "step": "-",
    "step_index": "-",
    "increment": "-",
    "nominal_pressure": "MPa",
    "closure": "um",
    "newton_iterations": "-",
    "linear_solves": "-",
    "rejected": "-",
    "force_balance_error": "-",
    "max_penetration": "um",
    "pressure_in_open_gap": "MPa",
    "min_jacobian": "-",
    "applied_work": "pJ/um",
    "elastic_energy": "pJ/um",
    "plastic_work": "pJ/um",
    "friction_work": "pJ/um",
    "cohesive_work": "pJ/um",
    "shear_stress": "MPa",
    "energy_balance_error": "-",
    "bottom_pressure": "MPa",
    "wall_force": "uN",
    "wall_friction": "uN",
    "wall_time": "s",
    "time": "s",
    "stage": "-",
    "cycle": "-",
    "charge": "mA h/cm^2",
    "mean_current_density": "mA/cm^2",
    "asr": "ohm cm^2",
    "asr_layers": "ohm cm^2",
    "asr_interfaces": "ohm cm^2",
    "asr_constriction": "ohm cm^2",
    "current_balance_error": "-",
}

#: columns that are per um of depth of a slice, and not in space or of a pellet
ENERGY_COLUMNS = frozenset(
    {"applied_work", "elastic_energy", "plastic_work", "friction_work", "cohesive_work"}
)

#: history column of each interface, stored as ``COLUMN[lower|upper]`` -> unit in the file
HISTORY_INTERFACE_COLUMNS: dict[str, str] = {
    "contact_fraction": "-",
    "mean_pressure": "MPa",
    "max_pressure": "MPa",
    "gap_volume": "um",
    "max_penetration": "um",
    "focusing_factor": "-",
    "asr": "ohm cm^2",
    "bonded_fraction": "-",
    "mean_damage": "-",
    "opened_fraction": "-",
    "mode_mix": "-",
    "separation_energy": "MPa*um",
    "mean_removed": "um",
    "max_removed": "um",
}

INTEGER_COLUMNS = frozenset(
    {"step_index", "increment", "stage", "newton_iterations", "linear_solves", "rejected"}
)


def weight_unit(dimension: int) -> str:
    """Return the unit of area weights: areas in space, lengths per unit depth in the plane."""
    return "um^2" if dimension == 3 else "um"


def history_units(*, per_depth: bool) -> dict[str, str]:
    """Return the unit of each history column of an increment, of a slice or of a whole body."""
    whole = {} if per_depth else {name: "pJ" for name in ENERGY_COLUMNS}
    return HISTORY_COLUMNS | whole


def open_file(path: Path) -> Any:
    """Open ``results.h5`` for reading.

    Raises
    ------
    ResultsError
        If it is missing, damaged, no result of interfacefem or of another format version.
    """
    if not path.is_file():
        raise ResultsError(
            f"{path}: there is no such file; give the folder of a run (it holds {FILE_NAME})"
        )
    try:
        file = h5py.File(path, "r", locking="best-effort")
    except PermissionError as error:
        raise ResultsError(f"{path}: no permission to read; ask its owner") from error
    except OSError as error:
        raise ResultsError(
            f"{path}: is damaged, cut short or no HDF5 file; take the original or run again"
        ) from error
    found = file.attrs.get("format")
    version = file.attrs.get("format_version")
    if found != FORMAT:
        file.close()
        raise ResultsError(f"{path}: is HDF5 but no result of interfacefem; give another file")
    if version != FORMAT_VERSION:
        file.close()
        raise ResultsError(
            f"{path}: has format version {version}, this interfacefem reads "
            f"{FORMAT_VERSION}; open it with the interfacefem that wrote it or run again"
        )
    return file


def column(name: str, place: str) -> str:
    """Return the history column of one interface: ``contact_fraction[lower|upper]``."""
    return f"{name}[{place}]"


def put(group: Any, name: str, data: npt.ArrayLike, unit: str) -> None:
    """Store an array with its unit in an open HDF5 group."""
    array = np.asarray(data)
    group.create_dataset(name, data=array, track_times=False).attrs["unit"] = unit


def put_text(group: Any, name: str, text: str | list[str]) -> None:
    """Store one text, or a list of texts, in an open HDF5 group."""
    dataset = group.create_dataset(name, data=text, dtype=h5py.string_dtype(), track_times=False)
    dataset.attrs["unit"] = "-"


def text_of(dataset: Any) -> str:
    """Read one text."""
    return str(dataset.asstr()[()])


def suggestion(wanted: object, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'? there is: a, b, x`` for a message."""
    names = list(known)
    listed = ", ".join(repr(name) for name in names) if names else "nothing yet"
    close = difflib.get_close_matches(str(wanted), names, n=1)
    return (f"did you mean {close[0]!r}? " if close else "") + f"there is: {listed}"
