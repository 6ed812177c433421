# SPDX-License-Identifier: MIT
r"""Internal units, and the only place where text or pint quantities become numbers.

Internal units are um, MPa, s, K, V, uA. Then force is uN, energy pJ, J/m2 = MPa um and
S/m = uA/(V um), all with factor 1; 1 mA/cm2 = 1e-5 uA/um2 and 1 ohm cm2 = 100 V um2/uA.

Signs: stress is positive in tension; contact pressure >= 0 in compression; gap > 0 is open;
normals point from the lower to the upper layer; closure > 0 approaches; current > 0 flows from
the lower to the upper layer.
"""

from __future__ import annotations

import functools
import math
import re
from typing import Any

import numpy as np

from interfacefem.errors import UnitError

#: kind of quantity -> (internal unit, an example to show in messages)
KINDS: dict[str, tuple[str, str]] = {
    "length": ("um", "40 um"),
    "area": ("um^2", "78.5 mm^2"),
    "volume": ("um^3", "1 mm^3"),
    "pressure": ("MPa", "187 MPa"),
    "pressure_rate": ("MPa/s", "1 MPa/s"),
    "force": ("uN", "1.5 t"),
    "time": ("s", "60 s"),
    "speed": ("um/s", "10 nm/s"),
    "diffusivity": ("um^2/s", "5e-15 m^2/s"),
    "temperature": ("K", "298 K"),
    "conductivity": ("uA/(V*um)", "0.2 S/m"),
    "area_resistance": ("V*um^2/uA", "2 ohm*cm^2"),
    "current_density": ("uA/um^2", "0.5 mA/cm^2"),
    "energy_per_area": ("MPa*um", "0.5 J/m^2"),
    "toughness": ("MPa*um^0.5", "0.23 MPa*m^0.5"),
    "density": ("g/cm^3", "2.04 g/cm^3"),
    "molar_volume": ("cm^3/mol", "13.0 cm^3/mol"),
    "charge_per_area": ("uA*s/um^2", "1 mA*h/cm^2"),
    "rate": ("1/s", "1e-3 1/s"),
    "molar_energy": ("J/mol", "37 kJ/mol"),
    "stiffness": ("MPa/um", "10 MPa/um"),
    "dimensionless": ("", "0.3"),
}

#: room temperature [K]
ROOM = 298.15

Dimensional = Any  #: str with a unit, pint quantity, or a float in internal units


@functools.cache
def registry() -> Any:
    """Return the pint registry, with ``t`` as a force (tonne-force) where a force is wanted."""
    import pint

    return pint.UnitRegistry(cache_folder=None)


def to_internal(value: Dimensional, kind: str, *, place: str = "value", bare: bool = True) -> float:
    """Convert a user's value to internal units.

    Parameters
    ----------
    value : str, pint.Quantity or float
        ``"350 nm"``, a pint quantity, or a number already in internal units.
    kind : str
        A key of :data:`KINDS`.
    place : str
        Where the value stands, for the message.
    bare : bool
        Whether a number without a unit is allowed (Python yes, files no).

    Returns
    -------
    float
        The value in internal units.

    Raises
    ------
    UnitError
        If the unit is missing, unknown or of another kind, or the number is not finite.
    """
    import pint

    unit, example = KINDS[kind]
    ureg = registry()
    remedy = f'write for example "{example}"' if kind != "dimensionless" else "write a plain number"
    wrong = UnitError(f"{place}: {value!r} is not a {kind}; {remedy}")
    if isinstance(value, pint.Quantity):  # first: one made from an array also has a dtype
        quantity = value
    elif isinstance(value, (bool, np.bool_)):
        raise wrong
    elif isinstance(value, (int, float, np.integer, np.floating)):
        if not bare and kind != "dimensionless":
            raise UnitError(f"{place}: {value!r} has no unit; {remedy}")
        return _finite(float(value), value, place, remedy)
    elif isinstance(value, str):
        text = value.strip()
        # "1.5 t" is what presses show: a tonne-force, not a mass.
        if kind == "force":
            text = re.sub(r"(?<=[\d.\s])t$", " * metric_ton * g_0", text)
        try:
            quantity = ureg.Quantity(text)
        except Exception:
            raise UnitError(f"{place}: cannot read {value!r} as a {kind}; {remedy}") from None
    else:
        raise wrong
    if not hasattr(quantity, "dimensionless") or np.ndim(quantity.magnitude) != 0:
        raise wrong
    if quantity.dimensionless and kind != "dimensionless":
        raise UnitError(f"{place}: {value!r} has no unit; {remedy}")
    try:
        number = quantity.to(unit or "dimensionless").magnitude
    except pint.DimensionalityError:
        raise wrong from None
    return _finite(float(number), value, place, remedy)


def _finite(number: float, value: object, place: str, remedy: str) -> float:
    if not math.isfinite(number):
        raise UnitError(f"{place}: {value!r} is not a finite number; {remedy}")
    return number


#: field name -> unit shown to people and stored on datasets
UNITS: dict[str, str] = {
    "contact_pressure": "MPa",
    "nominal_pressure": "MPa",
    "gap": "um",
    "gap_volume": "um",
    "slip": "um",
    "shear_traction": "MPa",
    "displacement": "um",
    "closure": "um",
    "von_mises_stress": "MPa",
    "mean_stress": "MPa",
    "max_principal_stress": "MPa",
    "stress": "MPa",
    "plastic_strain": "-",
    "contact_fraction": "-",
    "current_density": "mA/cm^2",
    "potential": "V",
    "asr": "ohm cm^2",
    "focusing_factor": "-",
}


def label(name: str) -> str:
    """Return ``contact pressure [MPa]`` for ``contact_pressure``.

    Raises
    ------
    KeyError
        If the name has no unit in :data:`UNITS`.
    """
    return f"{name.replace('_', ' ')} [{UNITS[name]}]"
