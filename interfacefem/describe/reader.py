# SPDX-License-Identifier: MIT
"""From the tables of a case file to the parts of a case, with every mistake collected.

A part that cannot be read is replaced by a harmless stand-in, so that the rest is still checked;
a case with stand-ins always has mistakes and is never handed on. Writing lives in ``writer``.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interfacefem.describe.checks import (
    case_mistakes,
    cycle_mistakes,
    die_mistakes,
    name_mistakes,
    separation_mistakes,
    time_mistakes,
)
from interfacefem.describe.interface import Interface
from interfacefem.describe.own_mesh import MeshTable, read_mesh_table
from interfacefem.describe.protocol import (
    MOST_STEPS,
    Cycle,
    Eject,
    Hold,
    Isostatic,
    Press,
    Protocol,
    PullOff,
    Release,
    Shear,
    protocol_mistakes,
)
from interfacefem.describe.settings import TEMPERATURE, CurrentLoad, Die, Numerics, Output
from interfacefem.describe.stack import MOST_LAYERS, Layer, Stack
from interfacefem.describe.stage import Stage, stage_mistakes, unique_names
from interfacefem.describe.start import Start
from interfacefem.describe.steps import Step
from interfacefem.describe.tables import (
    Table,
    read_current,
    read_die,
    read_interface,
    read_numerics,
    read_output,
    read_start_table,
)
from interfacefem.errors import InterfaceFEMError, Mistake
from interfacefem.materials import Elastic, Material
from interfacefem.quantities import did_you_mean, mistakes_of
from interfacefem.surfaces.topography import Topography
from interfacefem.units import ROOM

#: version of the file format; raised when an old file would be read wrongly
FORMAT = 1

#: stands in for a material that could not be read
_STAND_IN = Material(
    "unreadable", Elastic(1.0, 0.0), ionic_conductivity=1.0, electronic_conductivity=1.0
)
#: begins the name that stands in for one that could not be read
_UNREADABLE = "unreadable-"
#: stands in for a thickness that could not be read: no roughness crosses it [um]
_THICK = 1e9

_STEPS: dict[str, type[Step]] = {
    kind.kind: kind for kind in (Press, Hold, Release, Isostatic, Eject, Cycle, PullOff, Shear)
}


@dataclass(frozen=True)
class Parts:
    """What a case is made of; ``stack`` and ``protocol`` are None if they have mistakes."""

    name: str
    stack: Stack | None
    protocol: Protocol | None
    mesh: MeshTable
    numerics: Numerics
    current: CurrentLoad | None
    output: Output
    temperature: float = ROOM
    die: Die | None = None
    start: Start | None = None


def read_parts(data: Mapping[str, Any], folder: Path) -> tuple[Parts, list[Mistake]]:
    """Read a case.

    Parameters
    ----------
    data : mapping
        The tables of a case file; see the README of the cases.
    folder : Path
        Files are looked for here.

    Returns
    -------
    Parts, list of Mistake
        The parts are usable only if there is no mistake.
    """
    mistakes: list[Mistake] = []
    top = Table(data, "", mistakes)
    version = top.take("case_format", FORMAT)
    if version != FORMAT:
        top.wrong(
            "case_format",
            f"{version!r} is not a version this program reads",
            f"write case_format = {FORMAT}, or use the version that wrote the file",
        )
    name = top.text("name")
    mistakes += [] if name is None else name_mistakes(name)
    surfaces = _surfaces(Table(top.take("surface", {}), "surface", mistakes), folder)
    used: set[str] = set()
    items = top.items("layer", MOST_LAYERS)
    layers = [
        _layer(Table(item, f"layer[{index}]", mistakes), index, surfaces, used)
        for index, item in enumerate(items or [])
    ]
    start = read_start_table(top.take("start"), folder, mistakes)
    steps, step_names = _steps(top.items("step", MOST_STEPS), "", mistakes)
    stages, names = _stages(top.items("stage", MOST_STEPS) or [], surfaces, used, mistakes)
    left_out = _names(top, "left_out")
    mistakes += [
        Mistake(f"surface.{key}", "no layer uses it", f'write top = "{key}" in a layer, or drop it')
        for key in surfaces or ()
        if key not in used and _UNREADABLE not in used and items is not None
    ]
    joined = top.items("interface", MOST_LAYERS) or []
    joints = _interfaces(joined, [layer.name for layer in layers], mistakes)
    stack = None
    if items is not None:
        stack = _stack(top, layers, joints, faces_known=_UNREADABLE not in used)
    step_names = unique_names([*step_names, *names])
    initial = 0.0 if start is None else None
    protocol = _protocol(steps, stages, left_out, initial, mistakes)
    if stages:
        size = None if stack is None else stack.size
        known = [layer.name for layer in layers]
        mistakes += stage_mistakes(known, size, stages, left_out)
    mesh = read_mesh_table(Table(top.take("mesh", {}), "mesh", mistakes), folder)
    numerics = read_numerics(Table(top.take("numerics", {}), "numerics", mistakes))
    die = read_die(top.take("die"), mistakes)
    current = read_current(top.take("current", True), mistakes)
    output = read_output(Table(top.take("output", {}), "output", mistakes), folder)
    temperature = top.number("temperature", TEMPERATURE) or ROOM
    mistakes += case_mistakes(layers, step_names, mesh.size, current, output, mesh.file)
    if protocol is not None:
        mistakes += time_mistakes(layers, protocol)
        mistakes += separation_mistakes(layers, protocol, die)
        mistakes += cycle_mistakes(stack, protocol) if stack is not None else []
    if protocol is not None and (die is not None or "die" not in data):
        mistakes += die_mistakes(stack, protocol, die)
    top.finish()
    settings = (mesh, numerics, current, output, temperature, die, start)
    return Parts(name or "", stack, protocol, *settings), mistakes


def _surfaces(table: Table, folder: Path) -> dict[str, Topography | None] | None:
    """Read ``[surface.NAME]`` tables; None stands for one with a mistake, or for all of them."""
    if table.broken:
        return None
    found: dict[str, Topography | None] = {}
    for key, recipe in table.data.items():
        place = f"surface.{key}"
        found[key] = None
        if not isinstance(recipe, Mapping):
            table.wrong(key, f"{recipe!r} is not a table", f"write [{place}] and keys below it")
            continue
        try:
            found[key] = Topography.from_dict(recipe, folder=folder, place=place)
        except InterfaceFEMError as error:
            table.mistakes += mistakes_of(error, place)
    return found


def _layer(
    table: Table, index: int, surfaces: Mapping[str, Topography | None] | None, used: set[str]
) -> Layer:
    """Read a layer; ``used`` takes the surfaces it names, and a mark if one cannot be had."""
    if table.broken:
        used.add(_UNREADABLE)
        return Layer(f"{_UNREADABLE}{index}", _STAND_IN, _THICK)
    name = table.text("name") or f"{_UNREADABLE}{index}"
    material: Any = table.take("material")
    if material is None:
        table.wrong("material", "is missing", 'write for example material = "Li"')
        material = _STAND_IN
    else:
        try:
            material = Material.from_dict(material, place=table.at("material"))
        except InterfaceFEMError as error:
            table.mistakes += mistakes_of(error, table.at("material"))
            material = _STAND_IN
    if "thickness" not in table.data:
        table.wrong("thickness", "is missing", 'write for example thickness = "40 um"')
    thickness = table.number("thickness", Layer.scalars["thickness"]) or _THICK
    faces: dict[str, Topography | None] = {}
    for side in ("bottom", "top"):
        key = table.take(side)
        if key is None:
            continue
        if surfaces is not None and isinstance(key, str) and key in surfaces:
            used.add(key)
            faces[side] = surfaces[key]
        elif surfaces is not None:
            table.wrong(side, f"no surface {key!r}", did_you_mean(key, surfaces))
        if faces.get(side) is None:
            used.add(_UNREADABLE)
    flow: Any = table.take("flow_size")
    if isinstance(flow, (int, float)):
        table.wrong("flow_size", f"{flow} has no unit", f'write flow_size = "{flow} um"')
        flow = None
    bottom, top = faces.get("bottom"), faces.get("top")
    given: dict[str, Any] = faces | ({} if flow is None else {"flow_size": flow})
    table.finish()
    layer: Layer = table.build(
        lambda: Layer(name, material, thickness, **given),
        Layer(f"{_UNREADABLE}{index}", material, thickness, bottom=bottom, top=top),
    )
    return layer


def _interfaces(
    items: Sequence[Any], names: Sequence[str], mistakes: list[Mistake]
) -> dict[int, Interface]:
    """Read ``[[interface]]`` tables; the keys count the pairs of layers from the bottom."""
    found: dict[int, Interface] = {}
    for index, item in enumerate(items):
        table = Table(item, f"interface[{index}]", mistakes)
        if table.broken:
            continue
        pair = table.take("between")
        law = read_interface(table)
        position = _position(table, pair, names)
        if position in found:
            table.wrong("between", f"{pair!r} is described twice", "keep one of them")
        elif position is not None:
            found[position] = law
    return found


def _position(table: Table, pair: object, names: Sequence[str]) -> int | None:
    """Return which pair of neighbours an interface joins, or note why there is none."""
    if not isinstance(pair, list) or len(pair) != 2:
        problem = "is missing" if pair is None else f"{pair!r} is not a pair of layers"
        table.wrong("between", problem, 'write between = ["lower layer", "upper layer"]')
        return None
    readable = [name for name in names if not name.startswith(_UNREADABLE)]
    unknown = [one for one in pair if one not in readable]
    for one in unknown if names and len(readable) == len(names) else ():
        # Without layers, or with an unreadable one, the name may well be right.
        table.wrong("between", f"no layer {one!r}", did_you_mean(one, readable))
    if unknown:
        return None
    lower, upper = (names.index(one) for one in pair)
    if upper == lower + 1:
        return lower
    pairs = ", ".join(f'["{a}", "{b}"]' for a, b in itertools.pairwise(names))
    table.wrong("between", f"{pair!r} are not lower and upper neighbour", f"write one of {pairs}")
    return None


def _stack(
    top: Table, layers: Sequence[Layer], joints: Mapping[int, Interface], *, faces_known: bool
) -> Stack | None:
    """Put the stack together; a width that is or follows from a mistake is not asked for again."""
    width = top.take("width")
    if not layers:
        top.wrong("layer", "there is none", "write [[layer]] for each layer, bottom to top")
        return None
    parts = width if isinstance(width, list) else [] if width is None else [width]
    sizes: list[float] = []
    for part in parts:
        try:
            sizes.append(Stack.scalars["width"].read(part, "width", bare=False))
        except InterfaceFEMError as error:
            top.mistakes += mistakes_of(error, "width")
    given: tuple[float, ...] | None = tuple(sizes) or None
    rough = any(face is not None for layer in layers for face in (layer.bottom, layer.top))
    if given is None and not rough and (parts or not faces_known):
        given = (1.0,)
    items: list[Layer | Interface] = []
    for index, layer in enumerate(layers):
        items.append(layer)
        if index < len(layers) - 1:
            items.append(joints.get(index, Interface()))
    try:
        return Stack(*items, width=given)
    except InterfaceFEMError as error:
        top.mistakes += mistakes_of(error, "stack")
        return None


def _stages(
    items: Sequence[Any],
    surfaces: Mapping[str, Topography | None] | None,
    used: set[str],
    mistakes: list[Mistake],
) -> tuple[list[Stage | None], list[str]]:
    """Read ``[[stage]]`` tables; also return the names of their steps."""
    found: list[Stage | None] = []
    names: list[str] = []
    for index, item in enumerate(items):
        table = Table(item, f"stage[{index}]", mistakes)
        adds = _names(table, "adds")
        inside = table.items("step", MOST_STEPS) or []
        steps, more = _steps(inside, f"{table.place}.", mistakes)
        names += more
        punch = law = None
        if (data := table.take("punch")) is not None:
            punch = _layer(Table(data, table.at("punch"), mistakes), index, surfaces, used)
        if (data := table.take("punch_interface")) is not None:
            law = read_interface(Table(data, table.at("punch_interface"), mistakes))
        table.finish()
        sound = [step for step in steps or () if step is not None]
        given = Stage(adds, sound, punch=punch, punch_interface=law or Interface())
        found.append(None if table.broken else given)
    return found, names


def _names(table: Table, key: str) -> list[str]:
    value = table.take(key, [])
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return value
    table.wrong(key, f"{value!r} is no list of names", f'write {key} = ["separator"]')
    return []


def _protocol(
    steps: Sequence[Any] | None,
    stages: Sequence[Stage | None],
    left_out: Sequence[str],
    initial: float | None,
    mistakes: list[Mistake],
) -> Protocol | None:
    if steps is None:
        return None
    items = [*steps, *stages]
    wrong = protocol_mistakes(items, initial)
    mistakes += wrong
    parts = [part for item in items for part in (item, *getattr(item, "steps", ()))]
    return None if wrong or None in parts else Protocol(*items, left_out=left_out)


def _steps(
    items: Sequence[Any] | None, prefix: str, mistakes: list[Mistake]
) -> tuple[list[Step | None] | None, list[str]]:
    """Read ``[[step]]`` tables; None stands for a step with a mistake."""
    if items is None:
        return None, []
    steps: list[Step | None] = []
    names: list[str] = []
    for index, item in enumerate(items):
        table = Table(item, f"{prefix}step[{index}]", mistakes)
        kind = table.text("kind")
        make = _STEPS.get(kind or "")
        if make is None:
            if kind is not None and not table.broken:
                table.wrong("kind", f"{kind!r} is not a kind of step", did_you_mean(kind, _STEPS))
            steps.append(None)
            continue
        given_name = table.text("name", kind)
        name = str(kind) if given_name is None else given_name
        names.append(name)
        before = len(mistakes)
        given = {
            key: table.number(key, scalar)
            for key, scalar in make.scalars.items()
            if key in table.data or key not in make.optional
        }
        words = {key: table.take(key) for key in getattr(make, "words", ()) if key in table.data}
        table.known += [*make.scalars, *getattr(make, "words", ())]
        for key, value in given.items():
            if value is None and len(mistakes) == before:
                table.wrong(key, "is missing", f'write for example {key} = "{_example(make, key)}"')
        table.finish()
        if None in given.values():
            steps.append(None)
            continue
        steps.append(table.build(lambda m=make, g=given | words, n=name: m(**g, name=n), None))  # type: ignore[misc]
    return steps, names


def _example(kind: type[Step], key: str) -> str:
    examples = {"current": "0.5 mA/cm^2", "capacity": "0.5 mA*h/cm^2", "slip": "1 um"}
    return examples.get(key, "60 s" if kind is Hold else "5 MPa")
