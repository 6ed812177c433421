# SPDX-License-Identifier: MIT
"""The layers of a cell from bottom to top and the interfaces between them: description and checks.

No mesh, no solver, no load. A face's topography holds heights relative to the mean plane of that
face, positive upwards.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from interfacefem import materials
from interfacefem.contact.adhesion import Adhesion
from interfacefem.contact.base import Conductance, Friction, NormalLaw
from interfacefem.contact.conductance import PowerConductance
from interfacefem.contact.friction import Coulomb
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.describe import stack_checks
from interfacefem.errors import CaseError, Mistake
from interfacefem.materials import Material
from interfacefem.names import shown
from interfacefem.quantities import Scalar, checked_name, did_you_mean, fill, one_mistake
from interfacefem.surfaces.topography import Topography
from interfacefem.units import ROOM, Dimensional

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
#: more layers than this are taken for a slip
MOST_LAYERS = 200


@dataclass(frozen=True, init=False)
class Layer:
    """One layer of the stack.

    Parameters
    ----------
    name : str
        Letters, digits, ``_``, ``-``, ``.``; begins with a letter.
    material : Material or str
        A material, or the name of a library entry.
    thickness : str, pint.Quantity or float
        Distance between the mean planes of the two faces [um].
    bottom, top : Topography, optional
        Heights of the faces; flat if not given.

    Raises
    ------
    UnitError
        If the thickness has no unit or one of another kind.
    CaseError
        If the thickness is not positive, or the name or a topography is unusable.
    MaterialError
        If the material is unknown.
    """

    scalars: ClassVar[dict[str, Scalar]] = {"thickness": Scalar("length", above=0.0)}

    name: str
    material: Material
    thickness: float
    bottom: Topography | None
    top: Topography | None

    def __init__(
        self,
        name: str,
        material: Material | str,
        thickness: Dimensional,
        *,
        bottom: Topography | None = None,
        top: Topography | None = None,
    ) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise one_mistake(
                f"layer {shown(name)}.name",
                f"{shown(name)} is not a usable name",
                "begin with a letter and use letters, digits, '_', '-' and '.' only",
            )
        checked_name(name, f"layer {shown(name)}.name")
        place = f"layer '{name}'"
        if isinstance(material, str):
            material = materials.get(material)
        if not isinstance(material, Material):
            raise one_mistake(
                f"{place}.material",
                f"{material!r} is not a material",
                'write for example materials.get("Li")',
            )
        checked_name(material.name, f"{place}.material.name")
        for side, face in (("bottom", bottom), ("top", top)):
            if face is not None and not isinstance(face, Topography):
                raise one_mistake(
                    f"{place}.{side}",
                    f"{type(face).__name__} is not a topography",
                    "make one with interfacefem.surfaces, e.g. surfaces.from_heights(array, size)",
                )
        height = self.scalars["thickness"].read(thickness, f"{place}.thickness")
        fill(self, name=name, material=material, thickness=height, bottom=bottom, top=top)


@dataclass(frozen=True, init=False)
class Interface:
    """How two layers touch.

    Parameters
    ----------
    friction : float or Friction
        Coulomb coefficient [-], zero is frictionless; or a law of one's own.
    shear_cap : "yield", None, or str, pint.Quantity or float
        Largest shear traction [MPa]: ``"yield"`` is what the side that yields first bears in shear,
        None is no cap.
    resistance : str, pint.Quantity or float
        Area-specific resistance where there is contact [V um^2/uA].
    resistance_pressure_exponent : float
        m in R = R0 (p / p0)^-m [-]; zero is a constant resistance.
    reference_pressure : str, pint.Quantity or float
        p0 of that law [MPa].
    charge_transfer : ChargeTransfer, optional
        Kinetics of a lithium electrode in series with the resistance; none if not given.
    adhesion : Adhesion, optional
        How the faces hold on to each other once they were pressed; not at all if not given.
    conductance : Conductance, optional
        A law of one's own in place of ``resistance``, its exponent and its reference pressure.
    normal : NormalLaw, optional
        A law of one's own for the pressure at a gap; if not given faces do not penetrate.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "friction": Scalar("dimensionless", at_least=0.0),
        "shear_cap": Scalar("pressure", above=0.0),
        "resistance": Scalar("area_resistance", at_least=0.0),
        "resistance_pressure_exponent": Scalar("dimensionless", at_least=0.0),
        "reference_pressure": Scalar("pressure", above=0.0),
    }

    friction: float | Friction
    shear_cap: float | Literal["yield"] | None
    resistance: float
    resistance_pressure_exponent: float
    reference_pressure: float
    charge_transfer: ChargeTransfer | None
    adhesion: Adhesion | None
    conductance: Conductance | None
    normal: NormalLaw | None

    def __init__(
        self,
        friction: float | Friction = 0.0,
        shear_cap: Dimensional | Literal["yield"] | None = "yield",
        resistance: Dimensional = "0 ohm*cm^2",
        resistance_pressure_exponent: float = 0.0,
        reference_pressure: Dimensional = "1 MPa",
        charge_transfer: ChargeTransfer | None = None,
        adhesion: Adhesion | None = None,
        conductance: Conductance | None = None,
        normal: NormalLaw | None = None,
    ) -> None:
        given = {
            "friction": friction,
            "shear_cap": shear_cap,
            "resistance": resistance,
            "resistance_pressure_exponent": resistance_pressure_exponent,
            "reference_pressure": reference_pressure,
        }
        for name, value in given.items():
            if isinstance(value, Friction):
                continue
            if name != "shear_cap" or (value is not None and value != "yield"):
                given[name] = self.scalars[name].read(value, f"interface.{name}")
        if not isinstance(charge_transfer, ChargeTransfer | None):
            raise one_mistake(
                "interface.charge_transfer",
                f"{charge_transfer!r} is no kinetics",
                'write for example ChargeTransfer("5 mA/cm^2")',
            )
        if not isinstance(adhesion, Adhesion | None):
            raise one_mistake(
                "interface.adhesion",
                f"{adhesion!r} is no adhesion",
                'write for example Adhesion(strength="1 MPa", toughness="0.5 J/m^2")',
            )
        for key, part, kind in (
            ("conductance", conductance, Conductance),
            ("normal", normal, NormalLaw),
        ):
            if part is not None and not isinstance(part, kind):
                raise one_mistake(
                    f"interface.{key}",
                    f"{part!r} is no {kind.__name__}",
                    f"give a law that derives from contact.{kind.__name__}",
                )
        fill(
            self,
            charge_transfer=charge_transfer,
            adhesion=adhesion,
            conductance=conductance,
            normal=normal,
            **given,
        )

    def friction_between(
        self, lower: Material, upper: Material, temperature: float = ROOM
    ) -> Friction:
        r"""Return the friction law of two materials.

        Of a number it is Coulomb's. With a ``shear_cap`` of ``"yield"`` neither side bears more
        than where it yields first: the shear traction is at most :math:`Y/\sqrt{3}`, the shear
        yield stress of von Mises plasticity; where strength rises with pressure, as that of
        powders, the coefficient is at most the internal friction. A law of one's own is taken as
        it is.

        Parameters
        ----------
        lower, upper : Material
        temperature : float
            [K].
        """
        if isinstance(self.friction, Friction):
            return self.friction
        if self.shear_cap is None:
            return Coulomb(self.friction)
        if self.shear_cap != "yield":
            return Coulomb(self.friction, self.shear_cap)
        yields = [material.law.first_yield(temperature) for material in (lower, upper)]
        inner = [y.internal_friction for y in yields if y.internal_friction is not None]
        return Coulomb(min([self.friction, *inner]), min(each.shear for each in yields))

    @property
    def conduction(self) -> Conductance:
        """Law of the area resistance."""
        if self.conductance is not None:
            return self.conductance
        return PowerConductance(
            resistance=self.resistance,
            pressure_exponent=self.resistance_pressure_exponent,
            reference_pressure=self.reference_pressure,
        )


@dataclass(frozen=True, init=False)
class Stack:
    """Layers and interfaces from bottom to top.

    Parameters
    ----------
    *items : Layer or Interface
        Bottom to top; an interface stands between the two layers it joins and may be left out,
        which is a frictionless one without resistance.
    width : str, pint.Quantity, float, or a tuple of them, optional
        Width of the stack [um]; needed only if no face has a topography. A tuple for an area.

    Attributes
    ----------
    layers : tuple of Layer
    interfaces : dict of str to Interface
        Keys ``"lower|upper"``, bottom to top.
    size : tuple of float
        Extent in the plane [um]: one number for a section, two for an area.

    Raises
    ------
    CaseError
        With every mistake of the stack.
    """

    scalars: ClassVar[dict[str, Scalar]] = {"width": Scalar("length", above=0.0)}

    layers: tuple[Layer, ...]
    joints: tuple[Interface, ...]
    size: tuple[float, ...]

    def __init__(
        self,
        *items: Layer | Interface,
        width: Dimensional | tuple[Dimensional, ...] | None = None,
    ) -> None:
        if len(items) > 2 * MOST_LAYERS:
            raise one_mistake(
                "stack", f"has {len(items)} items", f"give at most {MOST_LAYERS} layers"
            )
        layers, joints, mistakes = _sort(items)
        given = None
        if width is not None:
            parts = width if isinstance(width, (tuple, list)) else (width,)
            given = tuple(self.scalars["width"].read(part, "stack.width") for part in parts)
        size, wrong = stack_checks.common_size(layers, given)
        mistakes += (
            wrong
            + stack_checks.duplicates(layers)
            + stack_checks.outer_faces(layers)
            + stack_checks.crossings(layers)
        )
        fill(self, layers=tuple(layers), joints=tuple(joints), size=size)
        mistakes += [
            Mistake(
                f"interface '{name}'.charge_transfer",
                "is for a lithium electrode, but neither layer or both of them are one",
                "leave it out, or give the metal a molar_volume",
            )
            for name, joint in self.interfaces.items()
            if joint.charge_transfer is not None and self.electrode(name) is None
        ]
        if mistakes:
            raise CaseError(mistakes, "stack")

    @property
    def names(self) -> tuple[str, ...]:
        """Layer names, bottom to top."""
        return tuple(layer.name for layer in self.layers)

    @property
    def interfaces(self) -> dict[str, Interface]:
        """Interfaces by ``"lower|upper"``, bottom to top."""
        return dict(zip(self.interface_names, self.joints, strict=True))

    @property
    def interface_names(self) -> tuple[str, ...]:
        """Names ``"lower|upper"``, bottom to top."""
        return tuple(f"{a}|{b}" for a, b in zip(self.names, self.names[1:], strict=False))

    @property
    def width(self) -> float:
        """Width along x [um]."""
        return self.size[0]

    @property
    def thickness(self) -> float:
        """Sum of the layers' thicknesses [um]."""
        return math.fsum(layer.thickness for layer in self.layers)

    def layer(self, name: str) -> Layer:
        """Return a layer by name.

        Raises
        ------
        CaseError
            If there is none of that name.
        """
        return self.layers[self._index(name, self.names, "layer")]

    def interface(self, name: str) -> Interface:
        """Return an interface by ``"lower|upper"``.

        Raises
        ------
        CaseError
            If there is none of that name.
        """
        return self.joints[self._index(name, self.interface_names, "interface")]

    def pair(self, name: str) -> tuple[Layer, Layer]:
        """Return the lower and the upper layer of an interface.

        Raises
        ------
        CaseError
            If there is no interface of that name.
        """
        index = self._index(name, self.interface_names, "interface")
        return self.layers[index], self.layers[index + 1]

    def electrode(self, name: str) -> Literal["lower", "upper"] | None:
        """Return which layer of an interface is the lithium electrode of the two, None if none is.

        A metal has a molar volume; between two of them, or without one, no lithium is exchanged.
        """
        lower, upper = (layer.material.molar_volume is not None for layer in self.pair(name))
        return None if lower == upper else "lower" if lower else "upper"

    @staticmethod
    def _index(name: str, names: Sequence[str], what: str) -> int:
        if name in names:
            return names.index(name)
        raise one_mistake(f"stack.{what}", f"no {what} {name!r}", did_you_mean(name, names))


def _sort(items: Iterable[object]) -> tuple[list[Layer], list[Interface], list[Mistake]]:
    """Split items into layers and the interfaces between them, one per pair of neighbours."""
    layers: list[Layer] = []
    joints: list[Interface] = []
    mistakes: list[Mistake] = []
    waiting: Interface | None = None
    for position, item in enumerate(items):
        if isinstance(item, Interface):
            if not layers or waiting is not None:
                mistakes.append(_misplaced(position))
            waiting = item
        elif isinstance(item, Layer):
            if layers:
                joints.append(waiting or Interface())
            waiting = None
            layers.append(item)
        else:
            mistakes.append(
                Mistake(
                    f"stack[{position}]",
                    f"{type(item).__name__} is neither a Layer nor an Interface",
                    "give layers and interfaces from bottom to top",
                )
            )
    if waiting is not None and layers:
        mistakes.append(_misplaced(position))
    if not layers:
        mistakes.append(Mistake("stack", "has no layer", "give at least one Layer"))
    return layers, joints, mistakes


def _misplaced(position: int) -> Mistake:
    return Mistake(
        f"stack[{position}]",
        "an Interface in a wrong place",
        "put each Interface between the two layers it joins",
    )
