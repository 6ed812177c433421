# SPDX-License-Identifier: MIT
r"""What a material law is: parameters, first yield and an update at a point, in one class.

A law of one's own is a class in a case script, a notebook or an installed package:

.. code-block:: python

    @materials.law("swift")
    class Swift(materials.Law):
        strength: float = materials.parameter("pressure", above=0.0)
        ...
        def first_yield(self, temperature): return materials.FirstYield(...)
        @staticmethod
        def update(v, s, state, dt, row, new_state): ...

All laws are isotropic in the logarithmic elastic strain. Two invariants of the trial strain go in,
its trace ``v`` and ``s`` = sqrt(2/3) times the norm of its deviator, and two of the Kirchhoff
stress come out, the mean ``p`` (tension positive) and the von Mises stress ``q`` [MPa]. How the
update is compiled and called is in :mod:`interfacefem.materials.points`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

import attrs
import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError
from interfacefem.fields import Described, number, placed, quantity
from interfacefem.materials.value import PROPERTIES
from interfacefem.quantities import Scalar, did_you_mean
from interfacefem.registry import Registry, origin_of
from interfacefem.units import KINDS, ROOM, Dimensional

#: name in files -> law
LAWS: Registry[type[Law]] = Registry("material law", MaterialError)


@dataclass(frozen=True)
class FirstYield:
    """Where a material begins to flow.

    Attributes
    ----------
    stress : float
        Von Mises stress at first yield [MPa]; infinite for a material that never yields. Of a law
        that flows at every stress it is what a tension test at 1e-3 1/s shows.
    internal_friction : float or None
        Largest shear stress over the normal stress, where strength rises with pressure [-]. None
        where the shear strength is that of von Mises, stress over the square root of three.
    """

    stress: float = math.inf
    internal_friction: float | None = None

    @property
    def shear(self) -> float:
        """Largest shear stress that no pressure raises [MPa]; infinite where pressure does."""
        return math.inf if self.internal_friction is not None else self.stress / math.sqrt(3.0)

    def under(self, pressure: float) -> float:
        """Return the von Mises stress that is borne after a press to a pressure [MPa]."""
        if self.internal_friction is None:
            return self.stress
        return max(self.stress, math.sqrt(3.0) * self.internal_friction * pressure)


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
    if kind not in KINDS:
        raise MaterialError(f"{kind!r} is no kind of quantity; {did_you_mean(kind, KINDS)}")
    metadata = number(kind, above=above, at_least=at_least, below=below)
    made: Any = attrs.field(default=default, converter=quantity, metadata=metadata)
    return cast("float", made)


@attrs.frozen(field_transformer=placed, repr=False)
class Law(Described):
    """Isotropic elasticity, and what every law states.

    Attributes
    ----------
    youngs_modulus : float
        Young's modulus [MPa].
    poissons_ratio : float
        Poisson's ratio [-].
    """

    RAISES: ClassVar[type[MaterialError]] = MaterialError
    #: name in files
    kind: ClassVar[str] = ""
    #: whether the response depends on time
    rate_dependent: ClassVar[bool] = False
    #: whether the response depends on the temperature of the case
    uses_temperature: ClassVar[bool] = False
    #: parameters that go together: fitted to one curve, so that one alone makes little sense
    fitted_together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: whether mean stress depends on the deviator or the other way round
    coupled: ClassVar[bool] = False
    #: internal variables; the first is the equivalent plastic strain
    states: ClassVar[int] = 1

    youngs_modulus: float = attrs.field(converter=quantity, metadata=number("pressure", above=0.0))
    poissons_ratio: float = attrs.field(
        converter=quantity, metadata=number("dimensionless", above=-1.0, below=0.5)
    )

    @property
    def bulk_modulus(self) -> float:
        """Bulk modulus [MPa]."""
        return self.youngs_modulus / (3.0 * (1.0 - 2.0 * self.poissons_ratio))

    @property
    def shear_modulus(self) -> float:
        """Shear modulus [MPa]."""
        return self.youngs_modulus / (2.0 * (1.0 + self.poissons_ratio))

    @property
    def plane_strain_modulus(self) -> float:
        r"""Contact modulus of one body, :math:`E/(1-\nu^2)` [MPa]."""
        return self.youngs_modulus / (1.0 - self.poissons_ratio**2)

    # -- what a law states -----------------------------------------------------------------------

    def first_yield(self, temperature: float = ROOM) -> FirstYield:
        """Return where the material begins to flow at a temperature [K].

        Raises
        ------
        MaterialError
            If the law does not state it.
        """
        raise MaterialError(
            f"law '{self.kind}': states no first yield; define first_yield(self, temperature), "
            "which returns materials.FirstYield(stress), FirstYield() if it never yields"
        )

    @property
    def pressed_modulus(self) -> float:
        """Young's modulus of the material as a press leaves it, for penalties [MPa]."""
        return self.youngs_modulus

    def conduction(self, compression: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the factor on the conductivity of volumes that are compressed [-].

        Parameters
        ----------
        compression : array
            Volume at the start over the present volume, of a layer or of each of its cells [-].

        Returns
        -------
        array of the same shape
        """
        return np.ones(np.shape(compression))

    def conduction_under(
        self, compression: npt.ArrayLike, pressure: float
    ) -> npt.NDArray[np.float64]:
        """Return that factor where it depends on the present pressure as well [-].

        Parameters
        ----------
        compression : array
            Volume at the start over the present volume, of a layer or of each of its cells [-].
        pressure : float
            Nominal pressure [MPa]; negative where the stack is pulled.

        Returns
        -------
        array of the same shape
        """
        return self.conduction(compression)

    @property
    def conducts_evenly(self) -> bool:
        """Whether compression changes nothing of the conductivity."""
        own, base = type(self), Law
        return own.conduction is base.conduction and own.conduction_under is base.conduction_under

    def row(self, temperature: float = ROOM) -> list[float]:
        """Return the numbers that the update gets at a temperature [K].

        The shear and the bulk modulus of the undeformed material come first [MPa]; then, unless a
        law says otherwise, its own parameters in their order.
        """
        own = list(self.parameters().values())[2:]
        return [self.shear_modulus, self.bulk_modulus, *own]

    def initial_state(self, temperature: float = ROOM) -> list[float]:
        """Return the internal variables of the undeformed material; the first is zero."""
        return [0.0] * self.states

    @classmethod
    def respond(cls) -> Callable[..., object] | None:
        """Return a compiled update with its tangent, as the laws of the package have it.

        ``respond(v, s, state, dt, row, new_state)`` returns ``(ok, p, q, p_v, p_s, q_v, q_s, v_e,
        s_e, work, energy)``; None where the law has :meth:`update` instead.
        """
        return None

    # -- parameters ------------------------------------------------------------------------------

    @classmethod
    def scalars(cls) -> dict[str, Scalar]:
        """Return what its parameters must be, by property name, required ones first."""
        fields = {field.name: field for field in attrs.fields(cls)}
        found = {name: field.metadata.get("scalar") for name, field in fields.items()}
        return {name: scalar for name, scalar in found.items() if scalar is not None}

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """Return the names of the parameters that have no default."""
        known = cls.scalars()
        return tuple(
            field.name
            for field in attrs.fields(cls)
            if field.name in known and field.default is attrs.NOTHING
        )

    @classmethod
    def optional(cls) -> tuple[str, ...]:
        """Return the names of the parameters that have a default."""
        required = cls.required()
        return tuple(name for name in cls.scalars() if name not in required)

    def parameters(self) -> dict[str, float]:
        """Return the parameters by property name [internal units]."""
        return {name: getattr(self, name) for name in self.scalars()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, float]) -> Self:
        """Build the law from parameters by property name [internal units]."""
        names = [name for name in cls.scalars() if name in parameters]
        return cls(**{name: parameters[name] for name in names})


def law[T: type[Law]](name: str) -> Callable[[T], T]:
    """Register a material law; a decorator of a class that derives from :class:`Law`.

    Parameters
    ----------
    name : str
        Its name in files, e.g. ``"swift"``.

    Raises
    ------
    MaterialError
        If the class is no law, the name is taken by another one, or a parameter has the name of a
        property of another kind.
    """

    def register(cls: T) -> T:
        if not (isinstance(cls, type) and issubclass(cls, Law)):
            raise MaterialError(f"law {name!r}: {cls!r} is no class that derives from Law")
        made: Any = cls if "__attrs_attrs__" in vars(cls) else _frozen(cls)
        made.kind = name
        _own(name, made)
        LAWS.add(name, made, origin=origin_of(cls))
        registered: T = made
        return registered

    return register


def _frozen[T: type[Law]](cls: T) -> T:
    made: T = attrs.frozen(cls, field_transformer=placed, repr=False)
    return made


def _own(name: str, cls: type[Law]) -> None:
    """Make the parameters of a law properties of materials."""
    for key, scalar in cls.scalars().items():
        known = PROPERTIES.setdefault(key, scalar)
        if known.kind != scalar.kind:
            unit, other = (KINDS[kind][0] or "a plain number" for kind in (known.kind, scalar.kind))
            raise MaterialError(
                f"law {name!r}.{key}: is in {other}, but materials have a {key} in {unit} already; "
                "give it another name"
            )
