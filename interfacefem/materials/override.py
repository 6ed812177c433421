# SPDX-License-Identifier: MIT
"""Values of a material that a user replaces, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interfacefem.errors import MaterialError
from interfacefem.materials.together import changed_alone
from interfacefem.materials.value import PROPERTIES, USER, check_physical, user_value
from interfacefem.quantities import did_you_mean, spoken
from interfacefem.units import Dimensional, to_internal

if TYPE_CHECKING:
    from interfacefem.materials.material import Material


def check_known(material: str, name: str) -> None:
    """Refuse a property that no material has.

    Raises
    ------
    MaterialError
        With the nearest property that exists.
    """
    if name not in PROPERTIES:
        raise MaterialError(
            f"{material}.{name}: is not a property of a material; {did_you_mean(name, PROPERTIES)}"
        )


def override(material: Material, **values: Dimensional) -> Material:
    """Return a material with some values replaced and marked as the user's.

    Parameters
    ----------
    material : Material
        The original.
    **values : str, pint.Quantity or float
        New values by property name, in internal units if without a unit.

    Raises
    ------
    MaterialError
        If a property is unknown or a value is out of range.
    UnitError
        If a value has no unit or one of another kind.
    """
    records = dict(material.records)
    for key, given in values.items():
        check_known(material.name, key)
        number = to_internal(given, PROPERTIES[key].kind, place=f"{material.name}.{key}")
        check_physical(key, number)
        old = records.get(key)
        if old is None:
            records[key] = user_value(key, number)
            continue
        records[key] = replace(
            old,
            value=number,
            low=min(old.low, number),
            high=max(old.high, number),
            source=USER,
            estimate=False,
            note=f"instead of {old.value:g} {old.unit}".rstrip() + f" from {old.source}",
        )
    fitted = {key: record.value for key, record in material.records}
    alone = changed_alone(material.law, fitted, {key: records[key].value for key in values})
    for one in alone:
        note = f"{records[one.name].note}; {one}"
        records[one.name] = replace(records[one.name], note=note)
    numbers = {key: record.value for key, record in records.items()}
    try:
        law = type(material.law).from_parameters(numbers)
    except MaterialError:
        for one in alone:
            if one.advice:
                said = spoken(one.number, PROPERTIES[one.name].kind, one.number)
                raise MaterialError(
                    f"{material.name}.{one.name}: {said} does not go with {one.stays}, with which "
                    f"it was fitted; {one.advice}"
                ) from None
        raise
    return replace(material, law=law, records=tuple(records.items()))
