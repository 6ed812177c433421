# SPDX-License-Identifier: MIT
"""The description of a case: a stack, a protocol and the settings, together one thing to save.

Reading and writing files live in ``reader`` and ``writer``, checks in ``checks``,
settings in ``settings``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from interfacefem.describe import checks, files, reader
from interfacefem.describe.checks import CaseReport
from interfacefem.describe.files import case_of_script
from interfacefem.describe.notes import case_notes
from interfacefem.describe.own_mesh import UNIT, Groups, OwnMesh, checked_groups, checked_unit
from interfacefem.describe.protocol import Protocol
from interfacefem.describe.settings import (
    TEMPERATURE,
    CurrentLoad,
    Die,
    MeshSize,
    Numerics,
    Output,
    Solver,
)
from interfacefem.describe.stack import Stack
from interfacefem.describe.stage import stage_mistakes
from interfacefem.describe.start import Start, read_start
from interfacefem.errors import CaseError, Mistake
from interfacefem.quantities import AnyPath, checked_path, did_you_mean, fill, is_file, one_mistake
from interfacefem.units import ROOM, Dimensional

__all__ = ["CaseReport", "CurrentLoad", "Description", "MeshSize", "Numerics", "Output"]

_MESH, _NUMERICS, _CURRENT, _OUTPUT = MeshSize(), Numerics(), CurrentLoad(), Output()


@dataclass(frozen=True, init=False)
class Description:
    """Everything a run needs, without the run.

    Users meet it as :class:`interfacefem.case.Case`, which says what the fields are, knows the
    size of the problem and runs it. Nothing here depends on a mesh or on the solver.

    Raises
    ------
    CaseError
        If a part is of the wrong kind, the name unusable or the temperature not positive.
        Whether the parts fit together is told by :meth:`check`.
    """

    name: str
    stack: Stack
    protocol: Protocol
    mesh: MeshSize | OwnMesh
    numerics: Numerics
    current: CurrentLoad | None
    output: Output
    mesh_file: Path | None
    mesh_unit: str
    mesh_groups: Groups = field(hash=False)
    temperature: float
    die: Die | None
    start: Start | None

    def __init__(
        self,
        name: str,
        stack: Stack,
        protocol: Protocol,
        *,
        mesh: MeshSize | OwnMesh = _MESH,
        numerics: Numerics = _NUMERICS,
        current: CurrentLoad | None = _CURRENT,
        output: Output = _OUTPUT,
        mesh_file: str | Path | None = None,
        mesh_unit: str = UNIT,
        mesh_groups: Groups | None = None,
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
            ("mesh", mesh, MeshSize | OwnMesh),
            ("numerics", numerics, Numerics),
            ("current", current or _CURRENT, CurrentLoad),
            ("output", output, Output),
            *(() if die is None else (("die", die, Die),)),
        ):
            if not isinstance(part, kind):
                wanted = getattr(kind, "__name__", "MeshSize or a StackMesh")
                raise one_mistake(
                    key, f"{type(part).__name__} is not a {wanted}", f"give a {wanted}"
                )
        if mesh_file is not None and not isinstance(mesh, MeshSize):
            remedy = "give the mesh or its file"
            raise one_mistake("mesh", "there are a mesh and a mesh file", remedy)
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
            mesh_unit=checked_unit(mesh_unit, mesh_file is not None),
            mesh_groups=checked_groups(mesh_groups, mesh_file is not None),
            temperature=TEMPERATURE.read(temperature, "temperature"),
            die=die,
            start=begins,
        )

    def replace(self, **changes: object) -> Self:
        """Return the case with other parts, named as the parameters of the constructor.

        Raises
        ------
        CaseError
            As of the constructor.
        """
        parts: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        return type(self)(**{**parts, **changes})

    @property
    def linear_solver(self) -> Solver:
        """How linear systems are solved: directly where more is moved than one platen."""
        apart = any(step.kind in ("pull_off", "shear", "isostatic") for step in self.protocol)
        return "direct" if apart else self.numerics.solver

    @property
    def mesh_size(self) -> MeshSize:
        """How fine a mesh is made: the usual fineness where the case brings its mesh."""
        return self.mesh if isinstance(self.mesh, MeshSize) else _MESH

    @property
    def own_mesh(self) -> bool:
        """Whether the case brings its mesh."""
        return self.mesh_file is not None or not isinstance(self.mesh, MeshSize)

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
        stages = self.protocol.stages
        laws = checks.law_mistakes(self.stack, stages, self.temperature)
        found += laws
        found += checks.time_mistakes(self.stack.layers, self.protocol)
        found += checks.unchanged_mistakes(self.protocol)
        found += checks.die_mistakes(self.stack, self.protocol, self.die)
        found += checks.separation_mistakes(self.stack.layers, self.protocol, self.die)
        found += checks.cycle_mistakes(self.stack, self.protocol)
        punches = {f"stage[{n}].punch": stage.punch for n, stage in enumerate(stages)}
        found += checks.incompressible({k: body for k, body in punches.items() if body is not None})
        if stages:
            names, left_out = self.stack.names, self.protocol.left_out
            found += stage_mistakes(names, self.stack.size, stages, left_out)
        ahead = self.look_ahead(found, laws_sound=not laws)
        notes = (*case_notes(self), *ahead.notes)
        return CaseReport((*found, *ahead.mistakes), notes, ahead.degrees_of_freedom)

    def look_ahead(self, found: Sequence[Mistake], *, laws_sound: bool) -> CaseReport:
        """Return what is to be said of what would be made of the case.

        A description alone knows neither; :class:`interfacefem.case.Case` does.

        Parameters
        ----------
        found : sequence of Mistake
            Mistakes that are known already.
        laws_sound : bool
            Whether the laws can be used.
        """
        return CaseReport((), (), None)

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

    def to_dict(
        self, folder: str | Path | None = None, *, listed: bool = True
    ) -> dict[str, object]:
        """Return the case as plain values, every setting spelled out.

        Parameters
        ----------
        folder : str or Path, optional
            Where heights without a recipe are written as npz; without it they are listed.
        listed : bool
            False to give of each surface only what makes it equal to another one: to compare two
            cases, of which one may have read its heights from another file.
        """
        where = None if folder is None else checked_path(folder, "folder")
        return files.tables(self, where, listed=listed)

    @classmethod
    def from_dict(
        cls, data: Mapping[str, object], *, folder: str | Path = ".", source: str = "case"
    ) -> Self:
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
            mesh=parts.mesh.size,
            numerics=parts.numerics,
            current=parts.current,
            output=parts.output,
            mesh_file=parts.mesh.file,
            mesh_unit=parts.mesh.unit,
            mesh_groups=parts.mesh.groups,
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
        return files.write(self, _path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
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
    def _from_toml(cls, path: Path) -> Self:
        try:
            # some editors begin a file with a mark of its encoding
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise one_mistake(str(path), "is no text in UTF-8", "save it in UTF-8") from None
        except (ValueError, RecursionError) as error:
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
