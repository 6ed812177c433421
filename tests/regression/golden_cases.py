"""Eight small cases and two more whose every increment is kept: what they took and what they
reached.

``python tests/regression/golden_cases.py`` compares what is computed now with what is kept,
``--write`` keeps it instead. Names after that choose cases. There is no closed form behind these
numbers: they hold the solver's path, so that a change of it is seen and has to be explained.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

import interfacefem as ifem
from interfacefem import materials, surfaces

RECORD = Path(__file__).with_name("golden.json")
#: columns that are times, inputs, or differences of nearly equal numbers
LEFT_OUT = {
    "temperature",
    "wall_time",
    "force_balance_error",
    "current_balance_error",
    "energy_balance_error",
    "max_penetration",
    "pressure_in_open_gap",
}
#: fields that are products of others which are kept: current density and resistance
PRODUCTS = {"overpotential"}
#: largest difference, over the largest number of the column or field
TOLERANCE = 1e-9
#: size of a field below which it is round-off, over its size in other layers or interfaces
ROUND_OFF = 1e-6

STRONG = materials.Material(
    "strong lithium",
    materials.J2Plastic("7.8 GPa", 0.36, "0.8 MPa", materials.LinearHardening("10 MPa")),
    carrier="electrons",
    electronic_conductivity="1e7 S/m",
    molar_volume="13 cm^3/mol",
)
CERAMIC = materials.Material(
    "ceramic", materials.Elastic("25 GPa", 0.3), ionic_conductivity="1 mS/cm"
)


def wave(size: Any = "10 um", amplitude: str = "300 nm", length: str = "10 um") -> Any:
    return surfaces.sinusoid(size, amplitude=amplitude, wavelength=length)


def rough(seed: int, size: Any = "20 um", rms: str = "150 nm") -> Any:
    return surfaces.self_affine(
        size, hurst=0.8, rms_height=rms, long_cutoff="10 um", short_cutoff="5 um", seed=seed
    )


def pair(
    joint: ifem.Interface, *, face: Any = None, metal: Any = STRONG, **faces: Any
) -> ifem.Stack:
    return ifem.Stack(
        ifem.Layer("ceramic", CERAMIC, "8 um", top=faces.get("top")),
        joint,
        ifem.Layer("metal", metal, "8 um", bottom=face, flow_size="bulk"),
    )


def plane() -> ifem.Case:
    """Rough faces of three layers, with a current."""
    stack = ifem.Stack(
        ifem.Layer("separator", "Li3InCl6", "12 um", top=rough(1)),
        ifem.Interface(resistance="2 ohm*cm^2"),
        ifem.Layer("interlayer", "Li3OCl", "6 um", bottom=rough(2), top=rough(3)),
        ifem.Interface(resistance="2 ohm*cm^2"),
        ifem.Layer("anode", "Li", "10 um", bottom=rough(4), flow_size="bulk"),
    )
    steps = (
        ifem.Press(force="0.4 t", die="10 mm"),
        ifem.Hold("60 s"),
        ifem.Release(to="2 MPa"),
    )
    return ifem.Case("plane", stack, ifem.Protocol(*steps))


def die() -> ifem.Case:
    """Powders in a die with wall friction, taken out."""
    powder = materials.get("Li3InCl6", law="powder")
    stack = ifem.Stack(
        ifem.Layer("lower", powder, "6 um"),
        ifem.Interface(friction=0.2),
        ifem.Layer("upper", materials.get("LGPS", law="powder"), "5 um"),
        width="5 um",
    )
    steps = (
        ifem.Press(to="200 MPa"),
        ifem.Release(to="2 MPa"),
        ifem.Eject(),
    )
    return ifem.Case(
        "die",
        stack,
        ifem.Protocol(*steps),
        die=ifem.Die("10 um", wall_friction=0.25),
        mesh=ifem.MeshSize("1.25 um"),
        current=None,
    )


def area() -> ifem.Case:
    """An area, in three dimensions."""
    face = wave(("8 um", "8 um"), "200 nm", "8 um")
    steps = (ifem.Press(to="10 MPa"), ifem.Release(to="1 MPa"))
    return ifem.Case(
        "area",
        pair(ifem.Interface(friction=0.1), face=face),
        ifem.Protocol(*steps),
        mesh=ifem.MeshSize("1 um"),
    )


def friction() -> ifem.Case:
    """Friction, pressed again."""
    steps = (
        ifem.Press(to="8 MPa"),
        ifem.Release(to="0.5 MPa"),
        ifem.Press(to="12 MPa", name="again"),
    )
    stack = pair(ifem.Interface(friction=0.3), face=rough(5), top=rough(6))
    return ifem.Case("friction", stack, ifem.Protocol(*steps), current=None)


def bonds() -> ifem.Case:
    """Bonds that open on release, pulled off."""
    joint = ifem.Interface(friction=0.1, adhesion=ifem.Adhesion("2 MPa", "0.3 J/m^2"))
    steps = (ifem.Press(to="5 MPa"), ifem.Release(to="0.5 MPa"), ifem.PullOff())
    return ifem.Case(
        "bonds",
        pair(joint, face=wave()),
        ifem.Protocol(*steps),
        mesh=ifem.MeshSize("0.5 um"),
        current=None,
    )


def sheared() -> ifem.Case:
    """Bonds that are sheared."""
    joint = ifem.Interface(friction=0.1, adhesion=ifem.Adhesion("2 MPa", "0.3 J/m^2"))
    steps = (ifem.Press(to="1 MPa"), ifem.Shear("0.5 um"))
    stack = ifem.Stack(
        ifem.Layer("ceramic", CERAMIC, "8 um"),
        joint,
        ifem.Layer("metal", STRONG, "8 um"),
        width="10 um",
    )
    return ifem.Case(
        "sheared", stack, ifem.Protocol(*steps), mesh=ifem.MeshSize("1 um"), current=None
    )


def staged() -> ifem.Case:
    """Powders pressed one after the other, the first with a rough punch."""
    steel = materials.Material("steel", materials.Elastic("210 GPa", 0.3))
    first = ifem.Layer("punch", steel, "4 um", bottom=wave(amplitude="100 nm"))
    stack = ifem.Stack(
        ifem.Layer("lower", materials.get("Li3InCl6", law="powder"), "8 um"),
        ifem.Interface(friction=0.2),
        ifem.Layer("upper", materials.get("LGPS", law="powder"), "6 um", bottom=wave()),
        width="10 um",
    )
    protocol = ifem.Protocol(
        ifem.Stage("lower", [ifem.Press(to="100 MPa"), ifem.Release(to="1 MPa")], punch=first),
        ifem.Stage("upper", [ifem.Press(to="150 MPa"), ifem.Release(to="5 MPa")]),
    )
    return ifem.Case("staged", stack, protocol, mesh=ifem.MeshSize("1 um"))


def creeping() -> ifem.Case:
    """Lithium that flows in time: pressed, held, released, pulled off at a rate."""
    steps = (
        ifem.Press(to="2 MPa", rate="0.1 MPa/s"),
        ifem.Hold("10 min"),
        ifem.Release(to="0.3 MPa", rate="0.1 MPa/s"),
        ifem.PullOff(rate="10 nm/s"),
    )
    joint = ifem.Interface(adhesion=ifem.Adhesion("0.5 MPa", "0.05 J/m^2"))
    metal = materials.get("Li", law="anand")
    return ifem.Case(
        "creeping",
        pair(joint, face=wave(), metal=metal),
        ifem.Protocol(*steps),
        mesh=ifem.MeshSize("0.5 um"),
        current=None,
    )


def cycling(fixture: Any = "20 MPa/um") -> ifem.Case:
    """Lithium that is stripped and plated between springs."""
    steps = (
        ifem.Press(to="6 MPa"),
        ifem.Release(to="1 MPa"),
        ifem.Cycle("0.5 mA/cm^2", "0.02 mA*h/cm^2", 2, fixture=fixture, increments=4),
    )
    joint = ifem.Interface(resistance="5 ohm*cm^2")
    return ifem.Case(
        "cycling", pair(joint, face=wave()), ifem.Protocol(*steps), mesh=ifem.MeshSize("0.5 um")
    )


def creep_cycling() -> ifem.Case:
    """Lithium that flows in time while it is stripped, at constant force."""
    steps = (
        ifem.Press(to="1 MPa", duration="10 s"),
        ifem.Cycle("0.5 mA/cm^2", "0.01 mA*h/cm^2", 1, increments=2),
    )
    metal = materials.get("Li", law="anand")
    return ifem.Case(
        "creep_cycling",
        pair(ifem.Interface(), face=wave(amplitude="100 nm"), metal=metal),
        ifem.Protocol(*steps),
        mesh=ifem.MeshSize("1 um"),
    )


CASES: dict[str, Callable[[], ifem.Case]] = {
    made.__name__: made
    for made in (
        plane,
        area,
        die,
        friction,
        bonds,
        sheared,
        staged,
        creeping,
        cycling,
        creep_cycling,
    )
}


def computed(case: ifem.Case) -> dict[str, Any]:
    """Run a case in a folder that is gone afterwards; return its history and its last fields."""
    with tempfile.TemporaryDirectory() as folder:
        case.run(Path(folder) / "run", listeners=())
        with ifem.Results.open(Path(folder) / "run") as results:
            history = results.history
            columns = {
                name: np.asarray(history[name]).tolist()
                for name in history.names
                if name.partition("[")[0] not in LEFT_OUT
            }
            fields = {}
            for name in results.interfaces:
                state = results.interface(name).at()
                for key in (each for each in state.fields if each not in PRODUCTS):
                    fields[f"{name} {key}"] = digest(np.asarray(state.field(key).values))
            for name in results.layers:
                layer = results.layer(name).at()
                for key in layer.fields:
                    fields[f"{name} {key}"] = digest(np.asarray(layer.field(key).values))
    return {"history": columns, "fields": fields}


def digest(values: np.ndarray) -> list[float]:
    """Return a few numbers that change when any value or their order does."""
    flat = np.where(np.isfinite(values), values, 0.0).astype(float).ravel()
    weights = np.cos(np.arange(len(flat)))
    size = float(np.abs(flat).max(initial=0.0))
    return [size, float(np.sum(flat)), float(flat @ weights), float(len(flat))]


def kept_cases() -> dict[str, Any]:
    """Return what is kept of each case."""
    return json.loads(RECORD.read_text("utf-8")) if RECORD.is_file() else {}


def differences(kept: Any, now: Any) -> tuple[float, list[str]]:
    """Return the largest relative difference of numbers, and what differs, in words.

    Where there are more or fewer increments, those at the ends of the steps are compared.
    """
    worst, said = 0.0, []
    counts = [len(run["history"]["step"]) for run in (kept, now)]
    ends = [slice(None), slice(None)]
    if counts[0] != counts[1]:
        said.append(f"{counts[1]} increments, kept are {counts[0]}; at the ends of the steps:")
        ends = [last_rows(run["history"]["step"]) for run in (kept, now)]
    for part in ("history", "fields"):
        for name in sorted({*kept[part], *now[part]}):
            if name not in kept[part] and unknown(now[part][name]):
                continue  # a column that these cases have nothing to say in
            if name not in kept[part] or name not in now[part]:
                said.append(f"{name}: {'new' if name in now[part] else 'gone'}")
                continue
            one, two = (np.array(run[part][name]) for run in (kept, now))
            if part == "history":
                one, two = one[ends[0]], two[ends[1]]
            if len(one) != len(two):
                said.append(f"{name}: {len(two)} rows, kept are {len(one)}")
            elif one.dtype.kind != "f":
                if not np.array_equal(one, two) and counts[0] == counts[1]:
                    said.append(f"{name}: {two.tolist()}, kept are {one.tolist()}")
            else:
                found = difference(
                    one, two, size_of(kept[part], name) if part == "fields" else None
                )
                worst = max(worst, found)
                if found > TOLERANCE:
                    said.append(f"{name}: differs by {found:.2g}")
    return worst, said


def unknown(values: list[Any]) -> bool:
    """Return whether a column of numbers holds none that is known."""
    column = np.array(values)
    return column.dtype.kind == "f" and bool(np.isnan(column).all())


def last_rows(steps: list[str]) -> list[int]:
    """Return the last row of each step."""
    return [row for row, step in enumerate(steps) if steps[row + 1 : row + 2] != [step]]


def size_of(fields: dict[str, list[float]], name: str) -> float:
    """Return what a difference of a field is compared with: its largest value.

    A part that was pulled off is free of load, its stress is the round-off of that in the others:
    below `ROUND_OFF` of what the field is elsewhere, that is taken.
    """
    kind = name.rpartition(" ")[2]
    most = max(values[0] for one, values in fields.items() if one.rpartition(" ")[2] == kind)
    return fields[name][0] if fields[name][0] > ROUND_OFF * most else most


def difference(one: np.ndarray, two: np.ndarray, size: float | None) -> float:
    """Return the largest difference over the largest number; infinite where one is missing.

    Of digests of fields `size` is the largest number.
    """
    if not np.array_equal(np.isnan(one), np.isnan(two)):
        return np.inf
    one, two = np.nan_to_num(one), np.nan_to_num(two)
    if size is not None:  # sums over the largest value times their number
        scale = max(size, 1e-12) * np.array([1.0, one[3], one[3] ** 0.5, 1.0])
        return float(np.max(np.abs(two - one) / np.maximum(scale, 1e-300)))
    scale = float(np.max(np.abs(one), initial=0.0))
    return float(np.max(np.abs(two - one), initial=0.0)) / max(scale, 1e-9)


def main(words: Iterable[str]) -> int:
    """Compare or keep; return 1 if something differs."""
    words = list(words)
    write = "--write" in words
    names = [word for word in words if word != "--write"] or list(CASES)
    kept = kept_cases()
    wrong = False
    for name in names:
        now = computed(CASES[name]())
        history = now["history"]
        solves, rejected = sum(history["linear_solves"]), sum(history["rejected"])
        line = f"{name}: {len(history['step'])} increments, {solves} solves, {rejected} rejected"
        worst, said = differences(kept[name], now) if name in kept else (0.0, ["is not kept yet"])
        line += f", largest difference {worst:.2g}"
        wrong |= bool(said)
        line += "".join(f"\n  {text}" for text in said)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        kept[name] = now
    if write:
        rows = [f"{json.dumps(name)}: {json.dumps(kept[name])}" for name in CASES if name in kept]
        RECORD.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    return int(wrong and not write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
