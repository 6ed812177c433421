# SPDX-License-Identifier: MIT
"""Steps of a pressed stack: cycling in a fixture, pull-off and shear. Description only.

Lithium is taken from its interface and brought back by the current. How is worked out in
:mod:`interfacefem.drive.cycling`, which also says what that leaves out.

What they measure is read in :mod:`interfacefem.results.over_run`; the order of steps is checked
by ``protocol``.

A step may say how fast faces part or slide. Materials that flow in time need that; for all others
it only moves the clock, and without it the step takes no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from interfacefem.fields import Shown
from interfacefem.quantities import Scalar, checked_name, did_you_mean, fill, one_mistake, written
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


#: how fast a step goes: at most one of them
_PACE = {"rate": Scalar("speed", above=0.0), "duration": Scalar("time", above=0.0)}


def _rate(
    place: str, way: float | None, rate: Dimensional | None, duration: Dimensional | None
) -> float | None:
    """Return the speed along a way, from one of the two things that may be given [um/s]."""
    if rate is not None and duration is not None:
        raise one_mistake(place, "has a rate and a duration", "keep one of them")
    if rate is not None:
        return _PACE["rate"].read(rate, f"{place}.rate")
    if duration is None:
        return None
    if way is None:
        problem = "has a duration but no opening at which it ends"
        raise one_mistake(place, problem, 'give opening = "1 um" as well, or rate = "10 nm/s"')
    return way / _PACE["duration"].read(duration, f"{place}.duration")


@dataclass(frozen=True, init=False, repr=False)
class PullOff(Shown):
    """Pull the stack apart until an interface has separated.

    Both platens hold on to the stack. The force is first let go to zero; from there the sum of the
    mean openings of all interfaces grows and the force follows, into tension and through a
    snap-back if there is one. Side walls stay where they are.

    A pellet is taken out of its die before, by :class:`interfacefem.describe.steps.Eject`. The
    platens then grip both of its faces as they stand: along its axis all points of a face move
    alike, across it they are free, and nothing holds the rim.

    Parameters
    ----------
    opening : str, pint.Quantity or float, optional
        Sum of the mean openings at which the step ends at the latest [um]; without it, when all
        bonds of an interface are broken and it carries no force any more.
    rate : str, pint.Quantity or float, optional
        Speed at which the mean openings grow, e.g. ``"10 nm/s"`` [um/s]; while the force is let go,
        that of the platen. Needed where a material flows in time; without it the step takes none.
    duration : str, pint.Quantity or float, optional
        Or how long the opening takes [s]; needs ``opening``, and is kept as the rate.
    name : str
        Name of the step; the last one of a protocol.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, both ``rate`` and ``duration`` are given, or a duration without
        an opening.
    """

    kind: ClassVar[str] = "pull_off"
    scalars: ClassVar[dict[str, Scalar]] = {"opening": Scalar("length", above=0.0), **_PACE}
    optional: ClassVar[tuple[str, ...]] = tuple(scalars)

    opening: float | None
    rate: float | None
    name: str

    def __init__(
        self,
        opening: Dimensional | None = None,
        *,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        name: str = "pull-off",
    ) -> None:
        checked_name(name)
        place = f"step '{name}'"
        largest = None
        if opening is not None:
            largest = self.scalars["opening"].read(opening, f"{place}.opening")
        fill(self, opening=largest, rate=_rate(place, largest, rate, duration), name=name)

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step: none [MPa]."""
        return 0.0

    @property
    def duration(self) -> float:
        """How long the opening takes; zero where that is not known before [s]."""
        return 0.0 if self.opening is None or self.rate is None else self.opening / self.rate

    def to_dict(self) -> dict[str, object]:
        """Return what is particular in the ``[[step]]`` table."""
        found: dict[str, object] = {}
        if self.opening is not None:
            found["opening"] = written(self.opening, "length")
        return found | ({} if self.rate is None else {"rate": written(self.rate, "speed")})


@dataclass(frozen=True, init=False, repr=False)
class Shear(Shown):
    """Shear one interface under the present pressure, as in a shear box.

    The box is cut at the interface. Its lower half holds the lowest face and the side walls of all
    layers below; its upper half holds the uppermost face and the side walls above, and moves along
    x as one rigid body, so that the mean slip of the interface grows. It is free to rise under the
    constant force of the platen. Along x, walls pass what the interface bears; at the slave nodes
    on the walls themselves faces cannot slip relative to their wall, so stress is taken over the
    area of all others. In 3D, walls across y stay where they are and let faces slide along x.

    Parameters
    ----------
    slip : str, pint.Quantity or float
        Mean slip at the end of the step [um].
    interface : str
        ``"lower|upper"``; may be left out where there is only one.
    rate : str, pint.Quantity or float, optional
        Speed at which the mean slip grows, e.g. ``"10 nm/s"`` [um/s]. Needed where a material flows
        in time; without it the step takes none.
    duration : str, pint.Quantity or float, optional
        Or how long the step takes [s]; kept as the rate.
    name : str
        Name of the step; the last one of a protocol.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, or both ``rate`` and ``duration`` are given.
    """

    kind: ClassVar[str] = "shear"
    scalars: ClassVar[dict[str, Scalar]] = {"slip": Scalar("length", above=0.0), **_PACE}
    optional: ClassVar[tuple[str, ...]] = tuple(_PACE)
    words: ClassVar[tuple[str, ...]] = ("interface",)

    slip: float
    interface: str
    rate: float | None
    name: str

    def __init__(
        self,
        slip: Dimensional,
        *,
        interface: str = "",
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        name: str = "shear",
    ) -> None:
        checked_name(name)
        place = f"step '{name}'"
        if not isinstance(interface, str):
            raise one_mistake(
                f"{place}.interface",
                f"{interface!r} is not the name of an interface",
                'write for example interface = "Li|separator"',
            )
        largest = self.scalars["slip"].read(slip, f"{place}.slip")
        pace = _rate(place, largest, rate, duration)
        fill(self, slip=largest, interface=interface, rate=pace, name=name)

    @property
    def target_pressure(self) -> None:
        """None: the pressure stays as it is."""
        return None

    @property
    def duration(self) -> float:
        """How long the step takes; zero if nothing is said [s]."""
        return 0.0 if self.rate is None else self.slip / self.rate

    def to_dict(self) -> dict[str, object]:
        """Return what is particular in the ``[[step]]`` table."""
        found: dict[str, object] = {"slip": written(self.slip, "length")}
        found |= {"interface": self.interface} if self.interface else {}
        return found | ({} if self.rate is None else {"rate": written(self.rate, "speed")})
