# SPDX-License-Identifier: MIT
"""A current through contacts that were said beforehand: no run, no file, nothing pressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interfacefem.results.fields import InterfaceField
from interfacefem.results.states import CurrentState


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Conducted(CurrentState):
    """A current through prescribed contacts, in the units people use.

    What :class:`CurrentState` has holds here too; its fields go into the functions of
    :mod:`interfacefem.post`. There is no step and no pressure.

    Attributes
    ----------
    covered : mapping of str to InterfaceField
        Share of the area of each node in contact [-]; its mean is the contact fraction.
    potentials : mapping of str to InterfaceField
        Of the face whose layer conducts less, against the upper collector [V].
    """

    covered: Mapping[str, InterfaceField]
    potentials: Mapping[str, InterfaceField]
