# SPDX-License-Identifier: MIT
r"""Laws of an interface: what faces do where they meet, each kind with its base class.

A law of one's own is a class in a case script, a notebook or an installed package that derives from
:class:`NormalLaw`, :class:`Friction`, :class:`Conductance` or :class:`SurfaceFilm`:

.. code-block:: python

    @contact.law("saturating")
    class Saturating(contact.Friction):
        coefficient: float = contact.parameter("dimensionless", above=0.0)
        limit: float = contact.parameter("pressure", above=0.0)

        def shear_limit(self, points): ...

    ifem.Interface(friction=Saturating(0.3, "2 MPa"))

Laws are evaluated with numpy at all points of an interface at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import attrs

from interfacefem.errors import CaseError, InterfaceFEMError, MaterialError, Mistake
from interfacefem.fields import Described, number, placed, quantity, scalars
from interfacefem.quantities import did_you_mean, mistakes_of, written
from interfacefem.registry import Registry, origin_of
from interfacefem.units import Dimensional

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

#: name in files -> law, of all kinds
LAWS: Registry[type[InterfaceLaw]] = Registry("interface law", MaterialError)


@dataclass(frozen=True)
class ContactPoints:
    """What a law of an interface may depend on, at all its points.

    Attributes
    ----------
    pressure : (n,) array
        Contact pressure, >= 0 [MPa].
    gap : (n,) array
        Positive where open, infinite where nothing lies opposite [um].
    slip : (n,) array
        Path of slip up to the beginning of the increment [um].
    in_contact : (n,) bool array
        Where the faces touch.
    temperature : float
        [K].
    """

    pressure: Array
    gap: Array
    slip: Array
    in_contact: Mask
    temperature: float


@dataclass(frozen=True)
class FilmPoints:
    """What may break a film, at all points of an interface.

    Attributes
    ----------
    pressure : (n,) array
        Contact pressure, >= 0 [MPa].
    strain : (n,) array
        Growth of the area of the face that has the film, over its area before deformation [-].
    temperature : float
        [K].
    """

    pressure: Array
    strain: Array
    temperature: float


def parameter(
    kind: str,
    *,
    default: Dimensional | attrs.NothingType | None = attrs.NOTHING,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
) -> float:
    """Return a field of a law that holds a number.

    Parameters
    ----------
    kind : str
        Kind of quantity, a key of :data:`interfacefem.units.KINDS`, e.g. ``"pressure"``.
    default : float, optional
        Value where none is given.
    above, at_least, below : float, optional
        Limits of the value, in internal units.
    """
    metadata = number(kind, above=above, at_least=at_least, below=below)
    made: Any = attrs.field(default=default, converter=quantity, metadata=metadata)
    return cast("float", made)


class InterfaceLaw(Described):
    """A law with a name in files; its parameters are fields."""

    RAISES: ClassVar[type[MaterialError]] = MaterialError
    #: name in files
    kind: ClassVar[str] = ""
    #: whether it depends on the temperature of the case
    uses_temperature: ClassVar[bool] = False


class NormalLaw(InterfaceLaw):
    """How much pressure faces bear at a gap, where that is softer than not to penetrate.

    For roughness that is finer than the mesh, or a film that is squeezed.
    """

    def pressure(self, points: ContactPoints) -> tuple[Array, Array]:
        """Return the contact pressure and its derivative by closing, minus that by the gap.

        Parameters
        ----------
        points : ContactPoints
            Their pressure is that of the last increment.

        Returns
        -------
        pressure : (n,) array
            >= 0 [MPa].
        stiffness : (n,) array
            >= 0 [MPa/um].
        """
        raise MaterialError(f"interface law {self.kind!r}: has no pressure(self, points)")


class Friction(InterfaceLaw):
    """The largest shear traction that contact bears; below it faces stick."""

    @property
    def frictionless(self) -> bool:
        """Whether faces slide freely whatever the points; the law is then not asked."""
        return False

    def shear_limit(self, points: ContactPoints) -> tuple[Array, Array]:
        """Return the largest shear traction, and its derivative by the contact pressure.

        Parameters
        ----------
        points : ContactPoints

        Returns
        -------
        limit : (n,) array
            >= 0 [MPa].
        slope : (n,) array
            [-].
        """
        raise MaterialError(f"interface law {self.kind!r}: has no shear_limit(self, points)")


class Conductance(InterfaceLaw):
    """The area resistance of contact for the current."""

    def area_resistance(self, points: ContactPoints) -> Array:
        """Return the area resistance.

        Parameters
        ----------
        points : ContactPoints

        Returns
        -------
        (n,) array
            >= 0 [V um^2/uA]; infinite where nothing passes.
        """
        raise MaterialError(f"interface law {self.kind!r}: has no area_resistance(self, points)")


class SurfaceFilm(InterfaceLaw):
    """A film on the face of a metal: where it breaks, and what it costs where it is whole.

    Whether it is broken is remembered for each point: what is broken stays so.
    """

    #: whether it asks for the strain of the face
    uses_strain: ClassVar[bool] = True

    @property
    def whole_resistance(self) -> float:
        """Area resistance of a film that is not broken [V um^2/uA]; infinite: nothing passes."""
        return math.inf

    def margin(self, points: FilmPoints) -> Array:
        """Return by how much the film is beyond what breaks it.

        Parameters
        ----------
        points : FilmPoints

        Returns
        -------
        (n,) array
            Above zero where it breaks, finite everywhere [-]; between points it is interpolated to
            find the edge of what is broken.
        """
        raise MaterialError(f"interface law {self.kind!r}: has no margin(self, points)")


def is_own(law: InterfaceLaw) -> bool:
    """Return whether a law is not of the package."""
    return not type(law).__module__.startswith("interfacefem.")


def to_dict(law: InterfaceLaw) -> dict[str, object]:
    """Return the table of a law in files: ``{law = "name", ...}``."""
    found: dict[str, object] = {"law": law.kind}
    for name, scalar in scalars(type(law)).items():
        value = getattr(law, name)
        if value is not None:
            plain = scalar.kind == "dimensionless"
            found[name] = float(value) if plain else written(value, scalar.kind)
    return found


def from_dict[T: InterfaceLaw](data: object, kind: type[T], place: str) -> T:
    """Return the law that a table describes.

    Parameters
    ----------
    data : dict
        With the name of the law as ``law``, and its parameters.
    kind : type
        What is wanted, e.g. :class:`Friction`.
    place : str
        Where the table stands, for messages.

    Raises
    ------
    CaseError
        With every mistake in it.
    """
    known = [name for name, law in LAWS.items() if issubclass(law, kind)]
    own = "or give the file of a law of your own with: --with FILE.py"
    if not isinstance(data, Mapping) or "law" not in data:
        remedy = f'write {{ law = "...", ... }} with one of {", ".join(known)}, {own}'
        raise CaseError([Mistake(place, "names no law", remedy)])
    given = dict(data)
    name = given.pop("law")
    if name not in known:
        problem = f"{name!r} is no law of this kind that is known here"
        remedy = f"write one of {', '.join(known)}, {own}"
        raise CaseError([Mistake(f"{place}.law", problem, remedy)])
    cls: Any = LAWS[name]
    wanted = scalars(cls)
    needed = {field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING}
    mistakes, numbers = [], {}
    for key in given:
        if key not in wanted:
            mistakes.append(Mistake(f"{place}.{key}", "unknown key", did_you_mean(key, wanted)))
    for key in wanted:
        if key in given:
            try:
                numbers[key] = wanted[key].read(given[key], f"{place}.{key}", bare=False)
            except InterfaceFEMError as error:
                mistakes += mistakes_of(error, f"{place}.{key}")
        elif key in needed:
            mistakes.append(Mistake(f"{place}.{key}", "is missing", f"write {key} = ..."))
    if mistakes:
        raise CaseError(mistakes)
    made: T = cls(**numbers)
    return made


#: kinds of laws, and the method that each must define
REQUIRED: dict[type[InterfaceLaw], str] = {
    NormalLaw: "pressure",
    Friction: "shear_limit",
    Conductance: "area_resistance",
    SurfaceFilm: "margin",
}


def law[T: type[InterfaceLaw]](name: str) -> Callable[[T], T]:
    """Register a law; a decorator of a class that derives from one of the kinds.

    Parameters
    ----------
    name : str
        Its name in files, e.g. ``"saturating"``.

    Raises
    ------
    MaterialError
        If the class is of no kind or lacks the method of its kind.
    """

    def register(cls: T) -> T:
        kinds = [kind for kind in REQUIRED if isinstance(cls, type) and issubclass(cls, kind)]
        if not kinds:
            known = ", ".join(kind.__name__ for kind in REQUIRED)
            raise MaterialError(
                f"interface law {name!r}: {cls!r} is of no kind; derive it from one of {known}"
            )
        method = REQUIRED[kinds[0]]
        if getattr(cls, method) is getattr(kinds[0], method):
            raise MaterialError(
                f"interface law {name!r}: has no {method}(self, points); define it, see "
                f"contact.{kinds[0].__name__}"
            )
        made: Any = cls
        if "__attrs_attrs__" not in vars(cls):
            made = attrs.frozen(cls, field_transformer=placed, repr=False)
        made.kind = name
        LAWS.add(name, made, origin=origin_of(cls))
        registered: T = made
        return registered

    return register
