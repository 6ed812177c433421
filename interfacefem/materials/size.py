# SPDX-License-Identifier: MIT
r"""Size-dependent strength of lithium: small asperities are far stronger than bulk metal.

An option, never applied unless asked for. The laws and the library of bulk values live elsewhere.

Notes
-----
Two data sets are known, and they disagree by a factor of 6 to 17, so the choice is explicit.

``"pillars"``, 1.39 to 9.45 um: single-crystal pillars compressed at 5e-3 1/s, 105 MPa at 1.39 um
and 15 MPa at 9.45 um, thus 15 MPa (d/9.45 um)^-1.02.

``"indentation"``, 0.25 to 10 um: hardness against depth, 43 MPa at 0.25 um and 7.5 MPa at 10 um, a
third of which is taken for the flow stress (Tabor), thus 2.5 MPa (d/10 um)^-0.47.

Both are power laws through the two ends. The size is the diameter of a pillar or the depth of an
indent; that it stands for the width of an asperity is an assumption. Between orientations of a
crystal lithium differs by more than the fit's error. No hold or creep test of small lithium stands
behind the scaling of a rate-dependent law: its rate sensitivity is left as it is in bulk.

References
----------
Xu, Ahmad, Aryanfar, Viswanathan and Greer (2017), Proc. Natl. Acad. Sci. 114, 57.
Fincher, Ojeda, Zhang, Pharr and Pharr (2020), Acta Mater. 186, 215.
Tabor (1951), The Hardness of Metals, Oxford University Press.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from interfacefem.errors import MaterialError
from interfacefem.materials.material import Material
from interfacefem.materials.models import Anand, J2Plastic, Norton
from interfacefem.quantities import did_you_mean
from interfacefem.units import Dimensional, to_internal

Data = Literal["pillars", "indentation"]

#: rate at which the pillars were compressed, at which bulk lithium is compared [1/s]
RATE = 5e-3

_STRESSES = (
    "yield_stress",
    "saturation_stress",
    "hardening_modulus",
    "initial_resistance",
    "hardening_constant",
    "saturation_resistance",
    "creep_stress",
)


class _Series(NamedTuple):
    small: float  # [um]
    strength_small: float  # [MPa]
    large: float  # [um]
    strength_large: float  # [MPa]
    source: str


_SERIES: dict[str, _Series] = {
    "pillars": _Series(
        1.39, 105.0, 9.45, 15.0, "Xu et al. (2017), Proc. Natl. Acad. Sci. 114, 57, pillars"
    ),
    "indentation": _Series(
        0.25,
        43.0 / 3.0,
        10.0,
        7.5 / 3.0,
        "Fincher et al. (2020), Acta Mater. 186, 215, a third of the hardness",
    ),
}


def flow_stress(size: Dimensional, data: Data = "pillars") -> float:
    """Return the flow stress of lithium of a size [MPa].

    Parameters
    ----------
    size : str or float
        Diameter or depth [um], within the range of the data.
    data : {"pillars", "indentation"}

    Raises
    ------
    MaterialError
        If the data are unknown or the size is outside of their range.
    UnitError
        If the size has no unit or is no length.
    """
    if data not in get_args(Data):
        raise MaterialError(f"size data: {data!r} is unknown; {did_you_mean(data, get_args(Data))}")
    series = _SERIES[data]
    length = to_internal(size, "length", place="size")
    if not series.small * (1.0 - 1e-9) <= length <= series.large * (1.0 + 1e-9):
        raise MaterialError(
            f"size: {length:g} um is outside of the data of {series.source}; write "
            f"{series.small:g} to {series.large:g} um, or leave the size effect out"
        )
    exponent = math.log(series.strength_large / series.strength_small) / math.log(
        series.large / series.small
    )
    return float(series.strength_large * (length / series.large) ** exponent)


def small(material: Material, size: Dimensional, *, data: Data = "pillars") -> Material:
    """Return lithium whose stresses are those of small asperities.

    All stresses of the law are multiplied by one factor, so that its flow stress at 5e-3 1/s and
    298.15 K, before hardening, is that of the data. Stiffness and rate sensitivity stay.

    Parameters
    ----------
    material : Material
        Bulk lithium with a plastic law; of another metal the data say nothing.
    size : str or float
        Width of the asperities [um].
    data : {"pillars", "indentation"}

    Returns
    -------
    Material
        Its records name the data and the factor; it is no longer an entry of the library.

    Raises
    ------
    MaterialError
        If the law has no flow stress, or the size is outside of the data.
    """
    wanted = flow_stress(size, data)
    law = material.law
    if isinstance(law, (Anand, Norton)):
        bulk = law.flow_stress(RATE)
    elif isinstance(law, J2Plastic):
        bulk = law.yield_stress
    else:
        raise MaterialError(
            f'{material.name}: a law of kind "{law.kind}" has no flow stress to scale; take '
            'materials.get("Li") or its law "anand"'
        )
    factor = wanted / bulk
    length = to_internal(size, "length", place="size")
    records = {}
    for key, record in material.records:
        if key in _STRESSES:
            record = replace(
                record,
                value=record.value * factor,
                low=record.low * factor,
                high=record.high * factor,
                source=f"{_SERIES[data].source}, at {length:g} um",
                confidence="L",
                estimate=True,
                note=f"{factor:.4g} times {record.value:g} {record.unit} from {record.source}",
            )
        records[key] = record
    scaled = type(law).from_parameters({key: record.value for key, record in records.items()})
    return replace(material, law=scaled, records=tuple(records.items()), base=None)
