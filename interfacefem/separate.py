# SPDX-License-Identifier: MIT
"""The steps that take a pressed stack apart: pull-off and shear. No current is computed in them.

What they measure is read in :mod:`interfacefem.post.separation`; the order of steps is checked by
``protocol``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from interfacefem.quantities import Scalar, checked_name, fill, one_mistake, written
from interfacefem.units import Dimensional


@dataclass(frozen=True, init=False)
class PullOff:
    """Pull the stack apart until an interface has separated.

    Both platens hold on to the stack. The force is first let go to zero; from there the sum of the
    mean openings of all interfaces grows and the force follows, into tension and through a
    snap-back if there is one. Side walls stay where they are.

    Parameters
    ----------
    opening : str, pint.Quantity or float, optional
        Sum of the mean openings at which the step ends at the latest [um]; without it, when all
        bonds of an interface are broken and it carries no force any more.
    name : str
        Name of the step; the last one of a protocol.

    Raises
    ------
    UnitError
        If the opening has no unit or one of another kind.
    CaseError
        If it is not positive.
    """

    kind: ClassVar[str] = "pull_off"
    scalars: ClassVar[dict[str, Scalar]] = {"opening": Scalar("length", above=0.0)}
    optional: ClassVar[tuple[str, ...]] = ("opening",)

    opening: float | None
    name: str

    def __init__(self, opening: Dimensional | None = None, *, name: str = "pull-off") -> None:
        checked_name(name)
        place = f"step '{name}'.opening"
        largest = None if opening is None else self.scalars["opening"].read(opening, place)
        fill(self, opening=largest, name=name)

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step: none [MPa]."""
        return 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return what is particular in the ``[[step]]`` table."""
        return {} if self.opening is None else {"opening": written(self.opening, "length")}


@dataclass(frozen=True, init=False)
class Shear:
    """Shear one interface under the present pressure, as in a shear box.

    The box is cut at the interface. Its lower half holds the lowest face and the side walls of all
    layers below; its upper half holds the uppermost face and the side walls above, and moves along
    x as one rigid body, so that the mean slip of the interface grows. It is free to rise under the
    constant force of the platen. Along x, walls pass what the interface bears; at the slave nodes
    on the walls themselves faces cannot slip relative to their wall, so stress is taken over the
    area of all others.

    Parameters
    ----------
    slip : str, pint.Quantity or float
        Mean slip at the end of the step [um].
    interface : str
        ``"lower|upper"``; may be left out where there is only one.
    name : str
        Name of the step; the last one of a protocol.

    Raises
    ------
    UnitError
        If the slip has no unit or one of another kind.
    CaseError
        If it is not positive.
    """

    kind: ClassVar[str] = "shear"
    scalars: ClassVar[dict[str, Scalar]] = {"slip": Scalar("length", above=0.0)}
    optional: ClassVar[tuple[str, ...]] = ()
    words: ClassVar[tuple[str, ...]] = ("interface",)

    slip: float
    interface: str
    name: str

    def __init__(self, slip: Dimensional, *, interface: str = "", name: str = "shear") -> None:
        checked_name(name)
        if not isinstance(interface, str):
            raise one_mistake(
                f"step '{name}'.interface",
                f"{interface!r} is not the name of an interface",
                'write for example interface = "Li|separator"',
            )
        largest = self.scalars["slip"].read(slip, f"step '{name}'.slip")
        fill(self, slip=largest, interface=interface, name=name)

    @property
    def target_pressure(self) -> None:
        """None: the pressure stays as it is."""
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return what is particular in the ``[[step]]`` table."""
        found = {"slip": written(self.slip, "length")}
        return found | ({"interface": self.interface} if self.interface else {})
