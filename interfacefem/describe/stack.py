# SPDX-License-Identifier: MIT
"""The layers of a cell from bottom to top: description and checks.

No mesh, no solver, no load. A face's topography holds heights relative to the mean plane of that
face, positive upwards.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from interfacefem import materials
from interfacefem.describe import stack_checks
from interfacefem.describe.bonds import with_bonds
from interfacefem.describe.flow_size import Choice, follows_size, strengthened
from interfacefem.describe.interface import Interface
from interfacefem.errors import CaseError, MaterialError, Mistake
from interfacefem.fields import Shown, aligned, as_call, changed, html_table, in_words, screen
from interfacefem.materials import Material
from interfacefem.names import shown
from interfacefem.quantities import (
    Scalar,
    checked_name,
    did_you_mean,
    fill,
    mistakes_of,
    one_mistake,
    spoken,
)
from interfacefem.surfaces.topography import Topography
from interfacefem.units import Dimensional

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
#: more layers than this are taken for a slip
MOST_LAYERS = 200


@dataclass(frozen=True, init=False, repr=False)
class Layer(Shown):
    """One layer of the stack.

    Parameters
    ----------
    name : str
        Letters, digits, ``_``, ``-``, ``.``; begins with a letter.
    material : Material or str
        A material, or the name of a library entry.
    thickness : str, pint.Quantity or float
        Distance between height zero of the two faces [um]; ``levelled()`` puts the mean plane of a
        face there.
    bottom, top : Topography, optional
        Heights of the faces; flat if not given.
    flow_size : "roughness", "bulk", or str, pint.Quantity or float
        Size of what flows of lithium, which sets its strength [um]: by default that of the
        roughness at its faces, see :mod:`interfacefem.describe.flow_size`; ``"bulk"`` is as strong
        as the library says. Of no effect on other materials, and where a strength is given.

    Attributes
    ----------
    material : Material
        As it is used. In a stack lithium has the strength that follows from ``flow_size``, and
        its ``declared`` is what was given.

    Raises
    ------
    UnitError
        If a length has no unit or one of another kind.
    CaseError
        If the thickness is not positive, or the name, a topography or a flow size is unusable.
    MaterialError
        If the material is unknown.
    """

    POSITIONAL: ClassVar[tuple[str, ...]] = ("name", "material", "thickness")

    scalars: ClassVar[dict[str, Scalar]] = {"thickness": Scalar("length", above=0.0)}
    #: limits of a flow size, and what may stand in its place
    FLOW_SIZE: ClassVar[Scalar] = Scalar("length", above=0.0)
    FLOW_SIZES: ClassVar[tuple[str, ...]] = ("roughness", "bulk")

    name: str
    material: Material
    thickness: float
    bottom: Topography | None
    top: Topography | None
    flow_size: Choice

    def __init__(
        self,
        name: str,
        material: Material | str,
        thickness: Dimensional,
        *,
        bottom: Topography | None = None,
        top: Topography | None = None,
        flow_size: Dimensional | Literal["roughness", "bulk"] = "roughness",
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
                f"{shown(material)} is not a material",
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
        flow = self._flow_size(flow_size, material, f"{place}.flow_size")
        fill(self, name=name, material=material, thickness=height, bottom=bottom, top=top)
        fill(self, flow_size=flow)

    @classmethod
    def _flow_size(cls, given: object, material: Material, place: str) -> Choice:
        if given == "roughness" or given == "bulk":
            return given
        if isinstance(given, str) and not any(letter.isdigit() for letter in given):
            raise one_mistake(
                place, f"{shown(given)} is unknown", did_you_mean(given, cls.FLOW_SIZES)
            )
        length = cls.FLOW_SIZE.read(given, place)
        declared = material.declared or material
        if not follows_size(declared):
            problem = f"{declared.name} has no strength by size, or one was given"
            raise one_mistake(place, problem, "leave it out")
        try:
            strengthened(declared, length, ())
        except MaterialError as error:
            raise CaseError(mistakes_of(error, place)) from None
        return length

    def __repr__(self) -> str:
        return as_call(
            self,
            self.scalars,
            positional=self.POSITIONAL,
            material=self.material.in_brief(),
            **({} if self.flow_size == "roughness" else {"flow_size": _size_words(self)}),
        )


@dataclass(frozen=True, init=False, repr=False)
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
            if len(parts) not in (1, 2):
                problem = f"{shown(width)} are {len(parts)} lengths"
                raise one_mistake("stack.width", problem, "give 1 for a section, 2 for an area")
            given = tuple(self.scalars["width"].read(part, "stack.width") for part in parts)
        size, wrong = stack_checks.common_size(layers, given)
        mistakes += (
            wrong
            + stack_checks.duplicates(layers)
            + stack_checks.outer_faces(layers)
            + stack_checks.crossings(layers)
        )
        layers = [_strengthened(layers, index) for index in range(len(layers))]
        joints = with_bonds(layers, joints, mistakes)
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

    def lines(self) -> list[str]:
        """Return the stack in words, a line for each layer and interface, bottom to top."""
        return aligned(self._rows())

    def _rows(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for index, layer in enumerate(self.layers):
            rows.append(_words(layer))
            if index < len(self.joints):
                joint = self.joints[index]
                given = changed(joint, joint.scalars)
                words = ", ".join(f"{key}={' '.join(text.split())}" for key, text in given.items())
                rows.append(("|", "", words or "without friction and resistance"))
        return rows

    def __repr__(self) -> str:
        size = " x ".join(spoken(length, "length") for length in self.size)
        return screen(
            [f"<Stack of {len(self.layers)} layers, {size}, bottom to top>", *self.lines()]
        )

    def _repr_html_(self) -> str:
        size = " x ".join(spoken(length, "length") for length in self.size)
        head = ["bottom to top", "thickness", "of what"]
        return html_table(head, self._rows(), f"{len(self.layers)} layers, {size}")

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


def _strengthened(layers: Sequence[Layer], index: int) -> Layer:
    """Return a layer with the strength that the faces at it give its material."""
    layer = layers[index]
    faces = [layer.bottom, layer.top]
    faces += [layers[index - 1].top] if index > 0 else []
    faces += [layers[index + 1].bottom] if index + 1 < len(layers) else []
    declared = layer.material.declared or layer.material
    return replace(layer, material=strengthened(declared, layer.flow_size, faces))


def _size_words(layer: Layer) -> str:
    """Return the flow size of a layer as it is written."""
    if isinstance(layer.flow_size, str):
        return f'"{layer.flow_size}"'
    return in_words(layer.flow_size, layer.FLOW_SIZE)


def _words(layer: Layer) -> tuple[str, str, str]:
    """Return name and thickness of a layer, and its material and faces in words."""
    faces = (("bottom", layer.bottom), ("top", layer.top))
    told = [f"{side}: {face.in_brief()}" for side, face in faces if face is not None]
    thickness = in_words(layer.thickness, layer.scalars["thickness"]).strip('"')
    material = layer.material.in_brief()
    if layer.material.declared is not None:
        stress = layer.material.law.first_yield().stress
        material += f", yields at {stress:.3g} MPa"
    return layer.name, thickness, "; ".join([material, *told])


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
