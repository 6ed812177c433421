# SPDX-License-Identifier: MIT
"""Cycling of a pressed stack with a lithium electrode, in a fixture. Description only.

Lithium is taken from its interface and brought back by the current. How is worked out in
:mod:`interfacefem.drive.cycling`, which also says what that leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from interfacefem.quantities import Scalar, checked_name, did_you_mean, fill, one_mistake, written
from interfacefem.shown import Shown
from interfacefem.units import Dimensional

Begin = Literal["strip", "plate"]
#: every increment is stored, and takes its time: more than this are taken for a slip
MOST_INCREMENTS = 1_000_000
#: constant force, or a gap that does not change
Kept = Literal["force", "gap"]


@dataclass(frozen=True, init=False, repr=False)
class Cycle(Shown):
    """Pass a charge and take it back, some times over.

    Parameters
    ----------
    current : str, pint.Quantity or float
        Size of the current density over the area of the stack [uA/um^2].
    capacity : str, pint.Quantity or float
        Charge of each half cycle [uA s/um^2]; 1 mAh/cm^2 of lithium is 4.85 um.
    count : int
        Number of cycles.
    begin : {"strip", "plate"}
        What happens first at the lithium electrode; of two, at the lower one.
    fixture : {"force", "gap"} or str, pint.Quantity or float
        What the fixture keeps as the thickness changes: the force, the gap between its plates, or
        neither, with springs of this stiffness over the area of the stack [MPa/um].
    cathode : str, optional
        Outermost layer that takes up the lithium and swells by it.
    cathode_strain : float
        Relative change of its thickness when all of the capacity has gone from the electrode to it
        [-]; it shrinks by as much where it is the cathode that gives.
    diffusivity : str, pint.Quantity or float
        Self-diffusivity of the metal, by which its face levels out [um^2/s]; zero if not given. For
        lithium at room temperature 1e-15 to 1e-14 m^2/s is reported.
    increments : int
        Least number of increments of a half cycle.
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is out of range.
    """

    kind: ClassVar[str] = "cycle"
    scalars: ClassVar[dict[str, Scalar]] = {
        "current": Scalar("current_density", above=0.0),
        "capacity": Scalar("charge_per_area", above=0.0),
        "count": Scalar("dimensionless", at_least=1.0, whole=True),
        "increments": Scalar("dimensionless", at_least=1.0, whole=True),
        "cathode_strain": Scalar("dimensionless", above=-1.0, below=1.0),
        "diffusivity": Scalar("diffusivity", at_least=0.0),
    }
    optional: ClassVar[tuple[str, ...]] = ("count", "increments", "cathode_strain", "diffusivity")
    #: keys of a case file besides the scalars
    words: ClassVar[tuple[str, ...]] = ("begin", "fixture", "cathode")

    current: float
    capacity: float
    count: int
    begin: Begin
    fixture: Kept | float
    cathode: str | None
    cathode_strain: float
    diffusivity: float
    increments: int
    name: str

    def __init__(
        self,
        current: Dimensional,
        capacity: Dimensional,
        count: int = 1,
        *,
        begin: Begin = "strip",
        fixture: Kept | Dimensional = "force",
        cathode: str | None = None,
        cathode_strain: float = 0.0,
        diffusivity: Dimensional = "0 um^2/s",
        increments: int = 8,
        name: str = "cycling",
    ) -> None:
        checked_name(name)
        place = f"step '{name}'"
        if begin not in get_args(Begin):
            raise one_mistake(
                f"{place}.begin", f"{begin!r} is unknown", did_you_mean(begin, get_args(Begin))
            )
        if fixture not in get_args(Kept):
            remedy = 'write "force", "gap" or a stiffness such as "0.2 MPa/um"'
            stiffness = Scalar("stiffness", above=0.0, remedy=remedy)
            fixture = stiffness.read(fixture, f"{place}.fixture")
        given = {
            "current": current,
            "capacity": capacity,
            "count": count,
            "increments": increments,
            "cathode_strain": cathode_strain,
            "diffusivity": diffusivity,
        }
        if (cathode is None) != (cathode_strain == 0.0):
            remedy = (
                'write cathode = "NAME OF THE LAYER" and cathode_strain = 0.02, or none of them'
            )
            raise one_mistake(f"{place}.cathode", "needs a layer and its strain", remedy)
        read = {key: self.scalars[key].read(value, f"{place}.{key}")
                for key, value in given.items()}  # fmt: skip
        many = 2.0 * read["count"] * read["increments"]
        if not many <= MOST_INCREMENTS:
            raise one_mistake(
                f"{place}.count",
                f"{read['count']:g} cycles of 2 x {read['increments']:g} increments are {many:.4g}",
                f"take at most {MOST_INCREMENTS} increments in all",
            )
        fill(
            self,
            current=read["current"],
            capacity=read["capacity"],
            count=int(read["count"]),
            begin=begin,
            fixture=fixture,
            cathode=cathode,
            cathode_strain=read["cathode_strain"],
            diffusivity=read["diffusivity"],
            increments=int(read["increments"]),
            name=name,
        )

    @property
    def target_pressure(self) -> None:
        """None: no pressure is aimed at."""
        return None

    @property
    def duration(self) -> float:
        """How long all cycles take [s]."""
        return 2.0 * self.count * self.capacity / self.current

    def to_dict(self) -> dict[str, object]:
        """Return what a ``[[step]]`` table says besides name and kind."""
        springs = self.fixture
        swelling = {"cathode": self.cathode, "cathode_strain": self.cathode_strain}
        return {
            "current": written(self.current, "current_density"),
            "capacity": written(self.capacity, "charge_per_area"),
            "count": self.count,
            "begin": self.begin,
            "fixture": springs if isinstance(springs, str) else written(springs, "stiffness"),
            "increments": self.increments,
            **({} if self.cathode is None else swelling),
            **(
                {"diffusivity": written(self.diffusivity, "diffusivity")}
                if self.diffusivity
                else {}
            ),
        }
