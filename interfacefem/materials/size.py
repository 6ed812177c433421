# SPDX-License-Identifier: MIT
r"""Size-dependent strength of lithium: small asperities are far stronger than bulk metal.

Layers with a rough face take it by the scale of the roughness, see
:mod:`interfacefem.describe.flow_size`. The laws and the library of bulk values live elsewhere.

Notes
-----
Two data sets are known, and they disagree by a factor of 5 to 14.

``"pillars"``, 1.39 to 9.45 um: single crystals compressed at 5e-3 1/s at room temperature. Two
numbers are quoted, 105 MPa at 1.39 um and 15 MPa at 9.45 um; a line through these ends has the
exponent -1.02. The paper itself states -0.68 for all its pillars at room temperature, and -1.00 at
90 degC. The ends are one pillar each; the exponent is that of the paper's fit. Used here is
the line of slope -0.68 that is nearest to both ends, 40 MPa (d/3.6 um)^-0.68: it misses each by a
factor of 1.38, which is the band. :func:`pillar_fits` gives both.

``"indentation"``, 0.25 to 10 um: hardness against depth, 43 MPa at 0.25 um and 7.5 MPa at 10 um, a
third of which is taken for the flow stress (Tabor), thus 2.5 MPa (d/10 um)^-0.47, through its ends.

``"middle"``, 1.39 to 9.45 um: the geometric mean of both; they are its band. 10 MPa at 5.4 um.
This one strength is what cells with rough lithium show (``cases/experiments``).

The size is the diameter of a pillar or the depth of an indent; that it stands for the width of an
asperity is an assumption. Between orientations of a crystal lithium differs by more than the fit's
error. No hold or creep test of small lithium stands behind the scaling of a rate-dependent law: its
rate sensitivity is left as it is in bulk.

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
from interfacefem.materials.value import USER
from interfacefem.quantities import did_you_mean
from interfacefem.units import Dimensional, to_internal

Data = Literal["pillars", "indentation", "middle"]

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
    large: float  # [um]
    strength: float  # in the geometric middle of both [MPa]
    exponent: float  # [-]
    factor: float  # band about the line [-]
    source: str


class PillarFits(NamedTuple):
    """Two ways to read the same pillars: exponent, and strength at the middle size.

    Attributes
    ----------
    size : float
        Geometric middle of the two ends [um].
    strength : float
        There, on both lines [MPa].
    through_ends : float
        Exponent of the line through the two ends [-].
    stated : float
        Exponent that the paper states at room temperature [-].
    stated_hot : float
        At 90 degC [-].
    miss : float
        Factor by which the line of the stated exponent misses each end [-].
    """

    size: float
    strength: float
    through_ends: float
    stated: float
    stated_hot: float
    miss: float


#: sizes [um] and strengths [MPa] of the ends that are quoted
_PILLAR_ENDS = (1.39, 105.0), (9.45, 15.0)
_INDENT_ENDS = (0.25, 43.0 / 3.0), (10.0, 7.5 / 3.0)
#: exponents that Xu et al. state for room temperature and 90 degC [-]
_STATED, _STATED_HOT = -0.68, -1.00


def _through(ends: tuple[tuple[float, float], tuple[float, float]]) -> tuple[float, float, float]:
    """Return middle size [um], strength there [MPa] and exponent of a line through two ends."""
    (d1, s1), (d2, s2) = ends
    return math.sqrt(d1 * d2), math.sqrt(s1 * s2), math.log(s2 / s1) / math.log(d2 / d1)


def pillar_fits() -> PillarFits:
    """Return the line through the two quoted pillars, and that of the paper's own exponent."""
    size, strength, through = _through(_PILLAR_ENDS)
    miss = (size / _PILLAR_ENDS[0][0]) ** abs(through - _STATED)
    return PillarFits(size, strength, through, _STATED, _STATED_HOT, miss)


def _series() -> dict[str, _Series]:
    pillars = pillar_fits()
    _, middle, exponent = _through(_INDENT_ENDS)
    return {
        "pillars": _Series(
            _PILLAR_ENDS[0][0], _PILLAR_ENDS[1][0], pillars.strength, pillars.stated, pillars.miss,
            "Xu et al. (2017), Proc. Natl. Acad. Sci. 114, 57, pillars",
        ),
        "indentation": _Series(
            _INDENT_ENDS[0][0], _INDENT_ENDS[1][0], middle, exponent, 1.0,
            "Fincher et al. (2020), Acta Mater. 186, 215, a third of the hardness",
        ),
    }  # fmt: skip


_SERIES = _series()
_MIDDLE_SOURCE = (
    "geometric mean of pillars (Xu et al. (2017), Proc. Natl. Acad. Sci. 114, 57) and indents "
    "(Fincher et al. (2020), Acta Mater. 186, 215)"
)


def sizes(data: Data = "middle") -> tuple[float, float]:
    """Return the smallest and the largest size of the data [um].

    Raises
    ------
    MaterialError
        If the data are unknown.
    """
    _known(data)
    if data == "middle":
        return _SERIES["pillars"].small, _SERIES["pillars"].large
    return _SERIES[data].small, _SERIES[data].large


def flow_stress(size: Dimensional, data: Data = "pillars") -> float:
    """Return the flow stress of lithium of a size [MPa].

    Parameters
    ----------
    size : str or float
        Diameter or depth [um], within the range of the data.
    data : {"pillars", "indentation", "middle"}

    Raises
    ------
    MaterialError
        If the data are unknown or the size is outside of their range.
    UnitError
        If the size has no unit or is no length.
    """
    return band(size, data)[1]


def band(size: Dimensional, data: Data = "middle") -> tuple[float, float, float]:
    """Return the lowest, the middle and the highest flow stress of lithium of a size [MPa].

    Parameters
    ----------
    size : str or float
        Diameter or depth [um], within the range of the data.
    data : {"pillars", "indentation", "middle"}

    Raises
    ------
    MaterialError
        If the data are unknown or the size is outside of their range.
    UnitError
        If the size has no unit or is no length.
    """
    least, most = sizes(data)
    length = to_internal(size, "length", place="size")
    if not least * (1.0 - 1e-9) <= length <= most * (1.0 + 1e-9):
        raise MaterialError(
            f"size: {length:g} um is outside of the data of {_source(data)}; write "
            f"{least:g} to {most:g} um, or leave the size effect out"
        )
    if data == "middle":
        low, high = (_line(name, length) for name in ("indentation", "pillars"))
        return low, math.sqrt(low * high), high
    stress = _line(data, length)
    return stress / _SERIES[data].factor, stress, stress * _SERIES[data].factor


def _line(name: str, length: float) -> float:
    series = _SERIES[name]
    middle = math.sqrt(series.small * series.large)
    return float(series.strength * (length / middle) ** series.exponent)


def _source(data: Data) -> str:
    return _MIDDLE_SOURCE if data == "middle" else _SERIES[data].source


def _known(data: str) -> None:
    if data not in get_args(Data):
        raise MaterialError(f"size data: {data!r} is unknown; {did_you_mean(data, get_args(Data))}")


def is_given(material: Material) -> bool:
    """Return whether a user gave one of the stresses that a size would change."""
    return any(key in _STRESSES and record.source == USER for key, record in material.records)


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
    data : {"pillars", "indentation", "middle"}

    Returns
    -------
    Material
        Its records name the data and the factor; it is no longer an entry of the library.

    Raises
    ------
    MaterialError
        If the law has no flow stress, or the size is outside of the data.
    """
    lowest, wanted, highest = band(size, data)
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
                low=min(record.low * factor, record.value * factor * lowest / wanted),
                high=max(record.high * factor, record.value * factor * highest / wanted),
                source=f"{_source(data)}, at {length:.3g} um",
                confidence="L",
                estimate=True,
                note=f"{factor:.4g} times {record.value:g} {record.unit} from {record.source}",
            )
        records[key] = record
    scaled = type(law).from_parameters({key: record.value for key, record in records.items()})
    return replace(material, law=scaled, records=tuple(records.items()), base=None)


def strength_note(material: Material) -> str:
    """Return in words how strong lithium is by its size, with the band; empty if it is not.

    Parameters
    ----------
    material : Material
        As :func:`small` returns it, or as it is read from a run.
    """
    sources = {_source(data) for data in get_args(Data)}
    for key, record in material.records:
        if key in _STRESSES and any(record.source.startswith(source) for source in sources):
            _, _, length = record.source.rpartition(", at ")
            name = key.replace("_", " ")
            band = f"{record.low:.3g} to {record.high:.3g}"
            return (
                f"{name} {record.value:.3g} {record.unit} ({band}), as lithium has it in volumes "
                f"of {length}; twice as strong, it needs twice the pressure for the same contact"
            )
    return ""
