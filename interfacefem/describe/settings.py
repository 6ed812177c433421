# SPDX-License-Identifier: MIT
"""How a case is meshed, solved, charged with current and written: small frozen settings.

What is pressed and how lives in ``stack`` and ``protocol``; all of it together in ``case``.

With a die the section of a case is one of revolution: it runs from the axis to the wall, so its
width is the radius. Wall and punches are rigid; punches are smooth.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, get_args

from interfacefem.errors import UnitError
from interfacefem.fields import Shown, as_call, in_words
from interfacefem.names import shown
from interfacefem.quantities import Scalar, checked_path, did_you_mean, fill, one_mistake
from interfacefem.units import Dimensional, to_internal

LayerFields = Literal["steps", "increments"]
# a type statement: jedi cannot complete a class with a property that is a bare Literal
type Solver = Literal["auto", "direct", "iterative"]

#: most moments inside of steps at which fields are kept
MOST_MOMENTS = 1000
#: of the whole press [K]
TEMPERATURE = Scalar("temperature", above=0.0, remedy='write for example "25 degC"')


@dataclass(frozen=True, init=False, repr=False)
class MeshSize(Shown):
    """How fine the mesh is.

    Parameters
    ----------
    edge : str, pint.Quantity or float, optional
        Edge length along the coarser face of each interface [um]; None takes what the shortest
        wavelength of the faces needs.
    growth : float
        Largest ratio of neighbouring rows away from the interfaces [-].
    face_ratio : float
        Edges along the softer, finer face of an interface for each along the harder one [-].

    Raises
    ------
    UnitError, CaseError
        If a value has no unit or is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "edge": Scalar("length", above=0.0),
        "growth": Scalar("dimensionless", at_least=1.0, below=2.0),
        "face_ratio": Scalar("dimensionless", above=1.0, below=2.0),
    }

    edge: float | None
    growth: float
    face_ratio: float

    def __init__(
        self,
        edge: Dimensional | None = None,
        *,
        growth: float = 1.3,
        face_ratio: float = 4.0 / 3.0,
    ) -> None:
        fill(
            self,
            edge=None if edge is None else self.scalars["edge"].read(edge, "mesh.edge"),
            growth=self.scalars["growth"].read(growth, "mesh.growth"),
            face_ratio=self.scalars["face_ratio"].read(face_ratio, "mesh.face_ratio"),
        )


@dataclass(frozen=True, init=False, repr=False)
class Numerics(Shown):
    """How large increments are, when one counts as solved, and how often to try.

    Parameters
    ----------
    tolerance : float
        Force residual relative to the load [-].
    gap_tolerance : float
        Largest penetration relative to the rms height of the rougher face [-].
    closing : float, optional
        Largest closing of gaps in one increment, relative to their rms height [-]; 0.17 if not
        given.
    growth : float
        Largest ratio of the pressures after and before an increment under rising force [-].
    release : float
        Smallest ratio of the pressures after and before an increment under falling force [-].
    fraction : float
        Largest change of pressure in one increment, relative to the largest pressure of the stage
        [-].
    path_tolerance : float
        Error of the pressure by the size of an increment that presses, relative, which increments
        aim at [-].
    time_tolerance : float
        Local error of the plastic strain that increments aim at, relative, where a material flows
        in time [-].
    max_iterations : int
        Newton iterations, in all augmentations, before an increment is rejected; half of them
        in one augmentation.
    max_rejections : int
        Rejections before the run stops; two accepted increments make up for one.
    solver : {"auto", "direct", "iterative"}
        How linear systems are solved: by factors, which take much memory in 3D, or by
        iterations with a multigrid; ``auto`` takes what was measured to be faster.

    Raises
    ------
    UnitError, CaseError
        If a value is not a number or out of range, or the solver is something else.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "tolerance": Scalar("dimensionless", above=0.0, below=1e-3),
        "gap_tolerance": Scalar("dimensionless", above=0.0, below=1.0),
        "closing": Scalar("dimensionless", above=0.0, below=10.0),
        "growth": Scalar("dimensionless", above=1.0),
        "release": Scalar("dimensionless", above=0.0, below=1.0),
        "fraction": Scalar("dimensionless", above=0.0, below=1.0 + 1e-9),
        "path_tolerance": Scalar("dimensionless", above=0.0, below=1.0),
        "time_tolerance": Scalar("dimensionless", above=0.0, below=1.0),
        "max_iterations": Scalar("dimensionless", at_least=1.0, whole=True),
        "max_rejections": Scalar("dimensionless", at_least=1.0, whole=True),
    }

    tolerance: float
    gap_tolerance: float
    closing: float | None
    growth: float
    release: float
    fraction: float
    path_tolerance: float
    time_tolerance: float
    max_iterations: int
    max_rejections: int
    solver: Solver

    def __init__(
        self,
        *,
        tolerance: float = 1e-7,
        gap_tolerance: float = 1e-3,
        closing: float | None = None,
        growth: float = 2.0,
        release: float = 0.45,
        fraction: float = 0.34,
        path_tolerance: float = 0.05,
        time_tolerance: float = 0.03,
        max_iterations: int = 50,
        max_rejections: int = 8,
        solver: Solver = "auto",
    ) -> None:
        def read(name: str, value: float) -> float:
            return self.scalars[name].read(value, f"numerics.{name}")

        if solver not in get_args(Solver.__value__):
            raise one_mistake(
                "numerics.solver",
                f"{solver!r} is unknown",
                did_you_mean(solver, get_args(Solver.__value__)),
            )
        fill(
            self,
            tolerance=read("tolerance", tolerance),
            gap_tolerance=read("gap_tolerance", gap_tolerance),
            closing=None if closing is None else read("closing", closing),
            growth=read("growth", growth),
            release=read("release", release),
            fraction=read("fraction", fraction),
            path_tolerance=read("path_tolerance", path_tolerance),
            time_tolerance=read("time_tolerance", time_tolerance),
            max_iterations=int(read("max_iterations", max_iterations)),
            max_rejections=int(read("max_rejections", max_rejections)),
            solver=solver,
        )


#: what a case takes if it says nothing
USUAL = Numerics()


@dataclass(frozen=True, init=False, repr=False)
class CurrentLoad(Shown):
    """A mean current density through the pressed stack.

    Parameters
    ----------
    mean_current_density : str, pint.Quantity or float
        Current over the area of the stack [uA/um^2]; 1 mA/cm^2 is 1e-5 uA/um^2.
    critical : str, pint.Quantity or float, optional
        Local current density above which lithium is taken to pierce the electrolyte [uA/um^2]; None
        takes what the electrolyte's material says, with its range, and judges nothing where that
        says nothing.
    steps : "all" or names of steps
        At the end of which steps the current is computed.

    Raises
    ------
    UnitError, CaseError
        If a value has no unit or is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "mean_current_density": Scalar("current_density", above=0.0),
        "critical": Scalar("current_density", above=0.0),
    }

    mean_current_density: float
    critical: float | None
    steps: tuple[str, ...] | Literal["all"]

    def __init__(
        self,
        mean_current_density: Dimensional = "0.5 mA/cm^2",
        *,
        critical: Dimensional | None = None,
        steps: Iterable[str] | Literal["all"] = "all",
    ) -> None:
        def read(name: str, value: Dimensional) -> float:
            return self.scalars[name].read(value, f"current.{name}")

        mean = read("mean_current_density", mean_current_density)
        limit = None if critical is None else read("critical", critical)
        names: tuple[object, ...] = (steps,)
        if not isinstance(steps, str):
            with contextlib.suppress(TypeError):  # one number, for example
                names = tuple(steps)
        if not all(isinstance(name, str) for name in names):
            problem = f"{shown(steps)} are not names of steps"
            raise one_mistake("current.steps", problem, 'write "all" or a list of names')
        chosen = "all" if steps == "all" else names
        fill(self, mean_current_density=mean, critical=limit, steps=chosen)

    def applies_to(self, step: str) -> bool:
        """Return whether the current is computed at the end of a step."""
        return self.steps == "all" or step in self.steps


@dataclass(frozen=True)
class Moments:
    """Moments inside of steps at which fields are kept.

    Attributes
    ----------
    pressures : tuple of float
        Nominal pressures of presses and releases [MPa].
    times : tuple of float
        Since the beginning of a hold [s].
    charges : tuple of float
        Taken from the electrode that begins a cycle, on the way there and back [uA s/um^2].
    """

    pressures: tuple[float, ...] = ()
    times: tuple[float, ...] = ()
    charges: tuple[float, ...] = ()

    def __iter__(self) -> Iterator[tuple[str, float]]:
        """Yield kind and value of each."""
        kinds = (
            ("pressure", self.pressures),
            ("time", self.times),
            ("charge_per_area", self.charges),
        )
        return ((kind, value) for kind, values in kinds for value in values)


@dataclass(frozen=True, init=False, repr=False)
class Output(Shown):
    """What a run writes, and where.

    Parameters
    ----------
    path : str or Path, optional
        Folder of the run, kept as an absolute path with ``~`` expanded; None is
        ``runs/<name of the case>``.
    layer_fields : {"steps", "increments"}
        Whether fields in the layers are kept at the end of each step or at every increment;
        interfaces are kept at every increment.
    at : iterable of str, pint.Quantity or float
        Pressures, at which increments of a press or release end and such fields are kept too,
        times since the beginning of a hold, and charges of a cycle, as its history counts them,
        e.g. ``["1 MPa", "5 MPa", "30 s", "0.5 mA*h/cm^2"]``.

    Attributes
    ----------
    at : Moments

    Raises
    ------
    UnitError
        If a moment is no pressure, time or charge.
    CaseError
        If ``layer_fields`` is something else, the path none, or a moment not positive.
    """

    path: Path | None
    layer_fields: LayerFields
    at: Moments

    def __repr__(self) -> str:
        moments = ", ".join(in_words(value) for _, value in self.at)
        return as_call(self, {}, at=f"[{moments}]" if moments else "")

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        layer_fields: LayerFields = "steps",
        at: Iterable[Dimensional] | Moments = (),
    ) -> None:
        if layer_fields not in get_args(LayerFields):
            raise one_mistake(
                "output.layer_fields",
                f"{layer_fields!r} is unknown",
                did_you_mean(layer_fields, get_args(LayerFields)),
            )
        fill(
            self,
            path=None if path is None else checked_path(path, "output.path"),
            layer_fields=layer_fields,
            at=at if isinstance(at, Moments) else _moments(at),
        )


def _moments(given: Dimensional | Iterable[Dimensional]) -> Moments:
    """Sort pressures, times and charges."""
    found: dict[str, list[float]] = {"pressure": [], "time": [], "charge_per_area": []}
    values: tuple[object, ...] = (given,)
    if not isinstance(given, str | float):
        with contextlib.suppress(TypeError):  # one quantity of pint, for example
            values = tuple(itertools.islice(given, MOST_MOMENTS + 1))
    if len(values) > MOST_MOMENTS:
        raise one_mistake(
            "output.at", "has too many moments", f"write at most {MOST_MOMENTS} of them"
        )
    for index, value in enumerate(values):
        kind = "pressure"
        for other in ("time", "charge_per_area"):
            with contextlib.suppress(UnitError):
                to_internal(value, other, bare=False)
                kind = other
        found[kind].append(Scalar(kind, above=0.0).read(value, f"output.at[{index}]", bare=False))
    return Moments(*map(tuple, found.values()))


@dataclass(frozen=True, init=False, repr=False)
class Die(Shown):
    """A round die.

    Parameters
    ----------
    diameter : str, pint.Quantity or float
        Inner diameter [um].
    wall_friction : float
        Coulomb coefficient of all layers at the wall [-]; zero is a smooth one. Powders on steel or
        carbide have 0.1 (lubricated) to 0.4; of these electrolytes it was not measured.

    Raises
    ------
    UnitError
        If the diameter has no unit or one of another kind.
    CaseError
        If a value is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "diameter": Scalar("length", above=0.0),
        "wall_friction": Scalar("dimensionless", at_least=0.0),
    }

    diameter: float
    wall_friction: float

    def __init__(self, diameter: Dimensional, *, wall_friction: float = 0.0) -> None:
        fill(
            self,
            diameter=self.scalars["diameter"].read(diameter, "die.diameter"),
            wall_friction=self.scalars["wall_friction"].read(wall_friction, "die.wall_friction"),
        )

    @property
    def radius(self) -> float:
        """Half of the diameter [um]."""
        return 0.5 * self.diameter
