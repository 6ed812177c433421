# SPDX-License-Identifier: MIT
"""A case: a stack, a protocol and the settings, together one thing that can be saved and run.

Reading and writing files live in ``reader`` and ``writer``, checks in ``checks``,
settings in ``settings``.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from interfacefem import numbers
from interfacefem.describe import checks, reader, writer
from interfacefem.describe.checks import CaseReport
from interfacefem.describe.die import Die
from interfacefem.describe.notes import case_notes
from interfacefem.describe.protocol import Protocol
from interfacefem.describe.script import case_of_script
from interfacefem.describe.settings import (
    TEMPERATURE,
    CurrentLoad,
    MeshSize,
    Numerics,
    Output,
    Solver,
)
from interfacefem.describe.stack import Stack
from interfacefem.describe.stage import stage_mistakes
from interfacefem.describe.start import Start, read_start
from interfacefem.errors import (
    CaseError,
    EnvironmentProblem,
    MeshError,
    Mistake,
)
from interfacefem.paths import AnyPath, is_file
from interfacefem.quantities import checked_path, did_you_mean, fill, one_mistake
from interfacefem.units import ROOM, Dimensional

__all__ = ["Case", "CaseReport", "CurrentLoad", "MeshSize", "Numerics", "Output"]

_MESH, _NUMERICS, _CURRENT, _OUTPUT = MeshSize(), Numerics(), CurrentLoad(), Output()


@dataclass(frozen=True, init=False)
class Case:
    """Everything a run needs.

    Parameters
    ----------
    name : str
        Letters, digits, ``_``, ``-``, ``.``; also the name of the run's folder.
    stack : Stack
        What is pressed.
    protocol : Protocol
        How it is pressed.
    mesh : MeshSize
        How fine.
    numerics : Numerics
        When an increment counts as solved.
    current : CurrentLoad or None
        Current through the pressed stack; None computes none.
    output : Output
        What is written, and where.
    mesh_file : str or Path, optional
        A mesh to use instead of a generated one.
    temperature : str, pint.Quantity or float
        Temperature of the press, of which flow in time depends [K].
    die : Die, optional
        Presses a whole pellet of revolution: the section runs from the axis to the wall of the
        die. Without one the section is a slice in plane strain, or an area, between side walls
        that are symmetry planes.
    start : tuple of (path, str), path or Start, optional
        Begin with the state at the end of a step of another run, e.g. ``("runs/press",
        "secondary press")``, instead of untouched layers. Stack, mesh, die and temperature are
        those of that run; protocol, numerics, current and output are free. Times go on from there.

    Raises
    ------
    CaseError
        If a part is of the wrong kind, the name unusable or the temperature not positive.
        Whether the parts fit together is told by :meth:`check`.
    """

    name: str
    stack: Stack
    protocol: Protocol
    mesh: MeshSize
    numerics: Numerics
    current: CurrentLoad | None
    output: Output
    mesh_file: Path | None
    temperature: float
    die: Die | None
    start: Start | None

    def __init__(
        self,
        name: str,
        stack: Stack,
        protocol: Protocol,
        *,
        mesh: MeshSize = _MESH,
        numerics: Numerics = _NUMERICS,
        current: CurrentLoad | None = _CURRENT,
        output: Output = _OUTPUT,
        mesh_file: str | Path | None = None,
        temperature: Dimensional = ROOM,
        die: Die | None = None,
        start: Start | tuple[AnyPath, str] | AnyPath | None = None,
    ) -> None:
        wrong = checks.name_mistakes(name)
        if wrong:
            raise CaseError(wrong)
        for key, part, kind in (
            ("stack", stack, Stack),
            ("protocol", protocol, Protocol),
            ("mesh", mesh, MeshSize),
            ("numerics", numerics, Numerics),
            ("current", current or _CURRENT, CurrentLoad),
            ("output", output, Output),
            *(() if die is None else (("die", die, Die),)),
        ):
            if not isinstance(part, kind):
                raise one_mistake(
                    key,
                    f"{type(part).__name__} is not a {kind.__name__}",
                    f"give a {kind.__name__}",
                )
        if current is not None and current.steps == ():
            current = None
        begins = read_start(start)
        if begins is None:
            protocol = protocol.after(0.0)
        fill(
            self,
            name=name,
            stack=stack,
            protocol=protocol,
            mesh=mesh,
            numerics=numerics,
            current=current,
            output=output,
            mesh_file=None if mesh_file is None else checked_path(mesh_file, "mesh.file"),
            temperature=TEMPERATURE.read(temperature, "temperature"),
            die=die,
            start=begins,
        )

    def replace(self, **changes: Any) -> Case:
        """Return the case with other parts, named as the parameters of the constructor.

        Raises
        ------
        CaseError
            As of the constructor.
        """
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return type(self)(**(parts | changes))

    @property
    def linear_solver(self) -> Solver:
        """How linear systems are solved: directly where a step takes the stack apart."""
        apart = any(step.kind in ("pull_off", "shear") for step in self.protocol)
        return "direct" if apart else self.numerics.solver

    @property
    def folder(self) -> Path:
        """Folder the run writes to unless told otherwise."""
        return Path("runs") / self.name if self.output.path is None else self.output.path

    def check(self) -> CaseReport:
        """Return mistakes, notes and the size of the problem; nothing is solved."""
        found = checks.case_mistakes(
            self.stack.layers,
            self.protocol.names,
            self.mesh,
            self.current,
            self.output,
            self.mesh_file,
        )
        laws = checks.law_mistakes(self.stack.layers, self.temperature)
        laws += checks.interface_law_mistakes(self.stack, self.temperature)
        found += laws
        found += checks.time_mistakes(self.stack.layers, self.protocol)
        found += checks.die_mistakes(self.stack, self.protocol, self.die)
        found += checks.separation_mistakes(self.stack.layers, self.protocol, self.die)
        found += checks.cycle_mistakes(self.stack, self.protocol)
        if self.start is not None:
            found += importlib.import_module("interfacefem.drive.start").start_mistakes(self)
        stages = self.protocol.stages
        punches = {f"stage[{n}].punch": stage.punch for n, stage in enumerate(stages)}
        found += checks.incompressible({k: body for k, body in punches.items() if body is not None})
        if stages:
            names, left_out = self.stack.names, self.protocol.left_out
            found += stage_mistakes(names, self.stack.size, stages, left_out)
        found += self._added_mistakes()
        size: int | None = None
        built = self.mesh_file is None and all(stage.punch is None for stage in stages)
        if built and not laws:
            # By name, because descriptions must not depend on what is made of them.
            grading = importlib.import_module("interfacefem.meshing.grading")
            try:
                size = int(grading.planned_dofs(self.stack, self.mesh))
            except MeshError as error:
                if all(mistake.place != "mesh.edge" for mistake in found):
                    problem, _, remedy = str(error).partition("; ")
                    found.append(Mistake("mesh.edge", problem, remedy))
            else:
                found += self._too_large(size)
        return CaseReport(tuple(found), tuple(case_notes(self)), size)

    def _added_mistakes(self) -> list[Mistake]:
        """Return what is wrong with functions that others have added to what is stored."""
        # By name, because descriptions must not depend on how results are stored.
        trial = importlib.import_module("interfacefem.results.trial")
        layers = [(layer.name, layer.material) for layer in self.stack.layers]
        dimension = len(self.stack.size) + 1
        mistakes: list[Mistake] = trial.mistakes(
            layers, dimension=dimension, temperature=self.temperature
        )
        return mistakes

    def _too_large(self, size: int) -> list[Mistake]:
        """Return what is wrong with a mesh of so many unknowns: whether it fits in memory."""
        effort = importlib.import_module("interfacefem.fem.effort")
        try:
            # Faces add to it, but are not known yet; the run counts them.
            effort.require_memory(
                effort.Size(size, len(self.stack.size) + 1, 0), self.linear_solver
            )
        except EnvironmentProblem as error:
            problem, _, remedy = str(error).partition("; ")
            return [Mistake("mesh.edge", problem, remedy)]
        return []

    def require(self) -> None:
        """Refuse a case with mistakes.

        Raises
        ------
        CaseError
            With all of them.
        """
        report = self.check()
        if not report.ok:
            raise CaseError(report.mistakes, self.name)

    def run(self, path: str | Path | None = None, **options: Any) -> Any:
        """Run the case and return its results; see :func:`interfacefem.drive.run.run_case`.

        Parameters
        ----------
        path : str or Path, optional
            Folder to write to; :attr:`folder` if not given.
        **options
            Handed on to ``run_case``. Unless ``listeners`` is given, the run writes a line an
            increment to the terminal and to ``run.log``; ``listeners=()`` is silent.

        Raises
        ------
        CaseError
            If the case has mistakes, or the numbers that the environment replaces.
        """
        numbers.check()
        self.require()
        folder = self.folder if path is None else _path(path)
        # By name, because descriptions must not depend on the solver.
        if "listeners" not in options:
            progress = importlib.import_module("interfacefem.drive.progress")
            targets = [step.target_pressure for step in self.protocol]
            options["listeners"] = progress.listeners(folder, targets)
        simulation = importlib.import_module("interfacefem.drive.run")
        return simulation.run_case(self, folder, **options)

    def to_dict(self, folder: str | Path | None = None) -> dict[str, Any]:
        """Return the case as plain values, every setting spelled out.

        Parameters
        ----------
        folder : str or Path, optional
            Where heights without a recipe are written as npz; without it they are listed.
        """
        return writer.tables(self, None if folder is None else checked_path(folder, "folder"))

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, folder: str | Path = ".", source: str = "case"
    ) -> Case:
        """Build a case from plain values.

        Parameters
        ----------
        data : mapping
            What :meth:`to_dict` returns or a case file holds.
        folder : str or Path
            Where files named in it are looked for.
        source : str
            What to call the case in messages.

        Raises
        ------
        CaseError
            With every mistake.
        """
        parts, mistakes = reader.read_parts(data, Path(folder).expanduser())
        if mistakes or parts.stack is None or parts.protocol is None:
            raise CaseError(mistakes, source)
        return cls(
            parts.name,
            parts.stack,
            parts.protocol,
            mesh=parts.mesh,
            numerics=parts.numerics,
            current=parts.current,
            output=parts.output,
            mesh_file=parts.mesh_file,
            temperature=parts.temperature,
            die=parts.die,
            start=parts.start,
        )

    def save(self, path: str | Path) -> Path:
        """Write the case as TOML; heights without a recipe go beside it as npz.

        Raises
        ------
        CaseError
            If the name does not end in ``.toml`` or the place cannot be written.
        """
        return writer.write(self, _path(path))

    @classmethod
    def load(cls, path: str | Path) -> Case:
        """Read a case from a TOML file, or take ``case`` from a Python script.

        Raises
        ------
        CaseError
            If the file is missing or unreadable, or with every mistake in it.
        """
        path = _path(path)
        if path.suffix not in (".toml", ".py"):
            raise one_mistake(
                str(path), f"{path.suffix!r} is not a case file", "give a .toml or a .py file"
            )
        if not is_file(path):
            near = [entry.name for entry in path.parent.glob(f"*{path.suffix}")]
            advice = did_you_mean(path.name, near) if near else "correct the path"
            raise one_mistake(str(path), "no such file", advice)
        return case_of_script(path, cls) if path.suffix == ".py" else cls._from_toml(path)

    @classmethod
    def _from_toml(cls, path: Path) -> Case:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise one_mistake(str(path), f"is not TOML: {error}", "correct the line") from None
        except OSError as error:
            raise one_mistake(
                str(path), f"cannot be read: {error.strerror}", "correct its permissions"
            ) from None
        return cls.from_dict(data, folder=path.parent, source=str(path))


def _path(path: AnyPath) -> Path:
    """Return a path as the user wrote it but for ``~``."""
    checked_path(path, "path")
    return Path(path).expanduser()
