# SPDX-License-Identifier: MIT
"""Values that were fitted together, of which one was changed alone.

Which parameters go together is stated by each law in ``fitted_together``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interfacefem.materials.value import PROPERTIES
from interfacefem.quantities import spoken

if TYPE_CHECKING:
    from interfacefem.materials.base import Law


@dataclass(frozen=True)
class Alone:
    """A parameter that was changed without those it was fitted together with.

    Attributes
    ----------
    name : str
        The parameter.
    number : float
        Its new value [internal units].
    kept : mapping of str to float
        The others, as they were [internal units].
    alike : mapping of str to float
        Those of the same kind among them, in the proportion of before [internal units].
    """

    name: str
    number: float
    kept: Mapping[str, float]
    alike: Mapping[str, float]

    @property
    def stays(self) -> str:
        """What stays as it was, for a sentence."""
        parts = (
            f"{key} = {spoken(value, PROPERTIES[key].kind)}" for key, value in self.kept.items()
        )
        return ", ".join(parts)

    @property
    def advice(self) -> str:
        """What to write to change all in proportion; empty if that is not known."""
        if not self.alike:
            return ""
        both = {self.name: self.number, **self.alike}
        kind = PROPERTIES[self.name].kind
        return "write " + ", ".join(
            f'{key} = "{spoken(value, kind, self.number)}"' for key, value in both.items()
        )

    def __str__(self) -> str:
        text = f"was fitted together with {self.stays}, which stays as it was"
        return f"{text}; to keep the proportion {self.advice}" if self.alike else text


def changed_alone(law: Law, fitted: Mapping[str, float], given: Mapping[str, float]) -> list[Alone]:
    """Return the parameters that were changed without those they were fitted together with.

    Parameters
    ----------
    law : Law
        States which parameters go together.
    fitted : mapping of str to float
        Values before the change, by property name [internal units].
    given : mapping of str to float
        Those that were changed [internal units].
    """
    found = []
    for group in law.fitted_together:
        kept = {key: fitted[key] for key in group if key in fitted and key not in given}
        for name in group:
            if kept and name in given and name in fitted and given[name] != fitted[name]:
                alike = {
                    key: value * float(given[name]) / fitted[name]
                    for key, value in kept.items()
                    if PROPERTIES[key].kind == PROPERTIES[name].kind and fitted[name]
                }
                found.append(Alone(name, given[name], kept, alike))
    return found
