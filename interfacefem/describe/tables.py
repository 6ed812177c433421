# SPDX-License-Identifier: MIT
"""Tables of a case file, read key by key with every mistake collected, and the small ones.

What the keys mean is said in ``reader``.

The stack and the protocol are read in ``reader``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from interfacefem.contact.adhesion import Adhesion
from interfacefem.contact.base import (
    Conductance,
    Friction,
    InterfaceLaw,
    NormalLaw,
    SurfaceFilm,
    from_dict,
)
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.describe.interface import Interface
from interfacefem.describe.settings import CurrentLoad, Die, Numerics, Output
from interfacefem.describe.start import Start
from interfacefem.errors import CaseError, InterfaceFEMError, Mistake
from interfacefem.names import shown
from interfacefem.quantities import Scalar, did_you_mean, mistakes_of, path_problem


class Table:
    """One table of a case file: takes keys out, collects mistakes, names what is left over."""

    def __init__(self, data: object, place: str, mistakes: list[Mistake]) -> None:
        self.place = place
        self.mistakes = mistakes
        self.known: list[str] = []
        self.broken = not isinstance(data, Mapping)
        self.data: dict[str, Any] = dict(data) if isinstance(data, Mapping) else {}
        if self.broken:
            self.wrong("", f"{shown(data)} is not a table", "write keys with values")

    def at(self, key: str) -> str:
        """Return the place of a key."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def wrong(self, key: str, problem: str, remedy: str) -> None:
        """Note a mistake at a key."""
        self.mistakes.append(Mistake(self.at(key), problem, remedy))

    def take(self, key: str, default: Any = None) -> Any:
        """Take a key out."""
        self.known.append(key)
        return self.data.pop(key, default)

    def text(self, key: str, default: str | None = None) -> str | None:
        """Take a key whose value must be text; without a default it must be there."""
        value = self.take(key, default)
        if self.broken:
            return default
        if value is None:
            self.wrong(key, "is missing", f'write {key} = "..."')
        elif not isinstance(value, str):
            self.wrong(key, f"{shown(value)} is not text", f'write {key} = "..."')
        else:
            return value
        return default

    def number(self, key: str, scalar: Scalar) -> float | None:
        """Take a number with its unit; None if it is absent or wrong."""
        value = self.take(key)
        if value is None:
            return None
        try:
            return scalar.read(value, self.at(key), bare=False)
        except InterfaceFEMError as error:
            self.mistakes += mistakes_of(error, self.at(key))
            return None

    def numbers(self, scalars: Mapping[str, Scalar], skip: Sequence[str] = ()) -> dict[str, Any]:
        """Take every number there is, by key."""
        found = {
            key: self.number(key, scalar) for key, scalar in scalars.items() if key not in skip
        }
        return {key: value for key, value in found.items() if value is not None}

    def items(self, key: str, most: int) -> list[Any] | None:
        """Take an array of tables; None if it is something else or has more than ``most``."""
        value = self.take(key, [])
        if isinstance(value, list) and len(value) > most:
            self.wrong(key, f"stands there {len(value)} times", f"write it at most {most} times")
            return None
        if isinstance(value, list):
            return value
        self.wrong(key, "is not a list", f"write [[{key}]] with two brackets for each one")
        return None

    def build(self, make: Callable[[], Any], stand_in: Any) -> Any:
        """Call a constructor; its error becomes a mistake of this table."""
        try:
            return make()
        except InterfaceFEMError as error:
            self.mistakes += [
                Mistake(self._inside(mistake.place), mistake.problem, mistake.remedy)
                for mistake in mistakes_of(error, self.place)
            ]
            return stand_in

    def _inside(self, place: str) -> str:
        """Return a place such as ``layer 'anode'.name`` or ``step.name`` as one of this table."""
        if place.startswith(self.place):
            return place
        key = place.rpartition("'.")[2]
        if key != place:
            return self.at(key)
        head, _, key = place.partition(".")
        same = self.place.rpartition(".")[2].partition("[")[0] == head
        return self.at(key) if same else self.place

    def finish(self) -> None:
        """Name the keys nobody took."""
        for key in self.data:
            self.wrong(key, "unknown key", did_you_mean(key, self.known))


def read_numerics_table(data: Mapping[str, Any]) -> Numerics:
    """Return the settings of a ``[numerics]`` table.

    Raises
    ------
    CaseError
        With every mistake in it.
    """
    mistakes: list[Mistake] = []
    numerics = read_numerics(Table(data, "numerics", mistakes))
    if mistakes:
        raise CaseError(mistakes)
    return numerics


def read_numerics(table: Table) -> Numerics:
    """Read when an increment counts as solved, and by what solver."""
    given = table.numbers(Numerics.scalars)
    solver = table.text("solver", "auto")
    table.finish()
    numerics: Numerics = table.build(
        lambda: Numerics(**given, solver=solver),  # type: ignore[arg-type]
        Numerics(**given),
    )
    return numerics


def read_die(data: Any, mistakes: list[Mistake]) -> Die | None:
    """Read the die, None if there is none or it cannot be read."""
    if data is None:
        return None
    table = Table(data, "die", mistakes)
    given = table.numbers(Die.scalars)
    if not (table.broken or "diameter" in given or "diameter" in data):
        table.wrong("diameter", "is missing", 'write for example diameter = "10 mm"')
    table.finish()
    return Die(**given) if "diameter" in given else None


def read_current(data: object, mistakes: list[Mistake]) -> CurrentLoad | None:
    """Read the current; ``false`` computes none."""
    if data is False:
        return None
    table = Table({} if data is True else data, "current", mistakes)
    given = table.numbers(CurrentLoad.scalars)
    steps = table.take("steps", "all")
    if isinstance(steps, str) or (
        isinstance(steps, list) and all(isinstance(step, str) for step in steps)
    ):
        given["steps"] = steps
    else:
        table.wrong("steps", f"{steps!r} are not names of steps", 'write "all" or a list of names')
    table.finish()
    return None if steps == [] else CurrentLoad(**given)


def read_charge_transfer(interface: Table) -> ChargeTransfer | None:
    """Read the kinetics of an interface, None if there are none or they cannot be read."""
    data = interface.take("charge_transfer")
    if data is None:
        return None
    table = Table(data, interface.at("charge_transfer"), interface.mistakes)
    key = "exchange_current_density"
    given = table.numbers(ChargeTransfer.scalars)
    if not (table.broken or key in given or key in data):
        table.wrong(key, "is missing", f'write for example {key} = "5 mA/cm^2"')
    given["law"] = table.text("law", "butler_volmer")
    given["stress_shift"] = table.take("stress_shift", False)
    table.finish()
    if key not in given:
        return None
    transfer: ChargeTransfer | None = table.build(lambda: ChargeTransfer(**given), None)
    return transfer


def read_adhesion(interface: Table) -> Adhesion | Literal["library"] | None:
    """Read the adhesion of an interface, None if there is none or it cannot be read."""
    data = interface.take("adhesion")
    if data is None:
        return None
    if data == "library":
        return "library"
    table = Table(data, interface.at("adhesion"), interface.mistakes)
    given = table.numbers(Adhesion.scalars)
    complete = True
    for key, example in (("strength", "1 MPa"), ("toughness", "0.5 J/m^2")):
        if not (table.broken or key in given or key in table.data or key in data):
            table.wrong(key, "is missing", f'write for example {key} = "{example}"')
        complete &= key in given
    table.finish()
    if not complete:
        return None
    adhesion: Adhesion | None = table.build(lambda: Adhesion(**given), None)
    return adhesion


def read_output(table: Table, folder: Path) -> Output:
    """Read what is written, and where."""
    path = read_path(table, "path", folder)
    fields = table.text("layer_fields", "steps")
    at = table.take("at", [])
    if not isinstance(at, list):
        table.wrong("at", f"{at!r} is no list of moments", 'write at = ["1 MPa", "5 MPa"]')
        at = []
    table.finish()
    output: Output = table.build(lambda: Output(layer_fields=fields, at=at), Output())  # type: ignore[arg-type]
    return Output(path, layer_fields=output.layer_fields, at=output.at)


def read_start_table(data: object, folder: Path, mistakes: list[Mistake]) -> Start | None:
    """Read the state of another run that a case begins with; None if there is none."""
    if data is None:
        return None
    table = Table(data, "start", mistakes)
    run = read_path(table, "run", folder)
    step = table.text("step", "")
    if run is None and not table.broken and not any(m.place == "start.run" for m in mistakes):
        table.wrong("run", "is missing", 'write run = "runs/press"')
    table.finish()
    if run is None:
        return None
    start: Start | None = table.build(lambda: Start(run, step or ""), None)
    return start


def read_path(table: Table, key: str, folder: Path) -> Path | None:
    """Read a path, which is looked for in the folder of the file; None if there is none."""
    if key not in table.data:
        table.take(key)
        return None
    text = table.text(key)
    if text is None:
        return None
    problem, _, remedy = path_problem(text).rpartition("; ")
    if problem:
        table.wrong(key, problem, remedy)
        return None
    return (folder / Path(text).expanduser()).absolute()


#: keys of an interface table that hold a law, and its kind
LAWS_OF_FACES: dict[str, type[InterfaceLaw]] = {
    "friction": Friction,
    "conductance": Conductance,
    "normal": NormalLaw,
    "film": SurfaceFilm,
}


def read_interface(table: Table) -> Interface:
    """Read what an interface table says about the law."""
    given: dict[str, Any] = {}
    for key, kind in LAWS_OF_FACES.items():
        if key != "friction" and key not in table.data:
            table.known.append(key)
        elif key != "friction" or isinstance(table.data.get(key), Mapping):
            data = table.take(key)
            law = table.build(partial(from_dict, data, kind, table.at(key)), None)
            given |= {} if law is None else {key: law}
    skip = ("shear_cap", *(("friction",) if "friction" in given else ()))
    given |= table.numbers(Interface.scalars, skip=skip)
    if table.data.get("shear_cap") in ("yield", "none"):
        given["shear_cap"] = "yield" if table.take("shear_cap") == "yield" else None
    elif (cap := table.number("shear_cap", Interface.scalars["shear_cap"])) is not None:
        given["shear_cap"] = cap
    given["charge_transfer"] = read_charge_transfer(table)
    given["adhesion"] = read_adhesion(table)
    table.finish()
    return Interface(**given)
