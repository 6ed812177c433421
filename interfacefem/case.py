# SPDX-License-Identifier: MIT
"""The case that a user makes: a description that knows its size and can be run.

It stands above the solver, so that descriptions depend on nothing that is made of them. The solver
is imported when a case is run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interfacefem import numbers
from interfacefem.describe.case import CaseReport, Description
from interfacefem.describe.own_mesh import UNIT
from interfacefem.describe.settings import TEMPERATURE, MeshSize
from interfacefem.errors import EnvironmentProblem, InterfaceFEMError, MeshError, Mistake
from interfacefem.fields import as_html, in_words, screen
from interfacefem.meshing.grading import TooManyNodes, planned_dofs
from interfacefem.quantities import AnyPath, spoken, user_path

if TYPE_CHECKING:
    from interfacefem.drive.snapshots import Listener
    from interfacefem.results import Results


class Case(Description):
    """Everything a run needs.

    Parameters
    ----------
    name : str
        Letters, digits, ``_``, ``-``, ``.``; also the name of the run's folder.
    stack : Stack
        What is pressed.
    protocol : Protocol
        How it is pressed.
    mesh : MeshSize or StackMesh
        How fine, or a mesh to use instead of a generated one.
    numerics : Numerics
        When an increment counts as solved.
    current : CurrentLoad or None
        Current through the pressed stack; None computes none.
    output : Output
        What is written, and where.
    mesh_file : str or Path, optional
        File of a mesh to use instead of a generated one; see :func:`interfacefem.read_mesh`.
    mesh_unit : str
        Unit of the coordinates in that file.
    mesh_groups : mapping, optional
        Names or numbers of the groups in that file -> the names used here.
    temperature : str, pint.Quantity or float
        Temperature before the first step, on which flow in time and conduction depend [K]; steps
        may state others.
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

    def __repr__(self) -> str:
        steps = repr(self.protocol).splitlines()
        lines = [*self.stack.lines(), *(f"  {line}" for line in steps), *self._settings()]
        return screen([self._head(), *lines])

    def _repr_html_(self) -> str:
        parts = [self.stack._repr_html_(), self.protocol._repr_html_()]
        settings = "\n".join([self._head(), *self._settings()])
        return f"<div>{as_html(settings)}{''.join(parts)}</div>"

    def _head(self) -> str:
        temperature = in_words(self.temperature, TEMPERATURE).strip('"')
        size = " x ".join(spoken(length, "length") for length in self.stack.size)
        return f"<Case {self.name}: {size}, {temperature}, to {self.folder}>"

    def _settings(self) -> list[str]:
        """Return what is not as it is by itself, a line for each."""
        parts: dict[str, object] = {
            "die": self.die,
            "start": self.start,
            "mesh": self.mesh if isinstance(self.mesh, MeshSize) else None,
            "numerics": self.numerics,
        }
        parts |= {"current": self.current, "output": self.output}
        settings = [
            f"  {name}: {part!r}"
            for name, part in parts.items()
            if part is not None and repr(part) != f"{type(part).__name__}()"
        ]
        own = self.mesh
        brought = [] if isinstance(own, MeshSize) else [f"  mesh: a mesh of key {own.key[:12]}"]
        where = brought if self.mesh_file is None else [f"  mesh_file: {self.mesh_file}"]
        if self.mesh_unit != UNIT:
            where.append(f"  mesh_unit: {self.mesh_unit}")
        where += [f"  mesh_groups: {self.mesh_groups}"] if self.mesh_groups else []
        return [*settings, *where]

    def look_ahead(self, found: Sequence[Mistake], *, laws_sound: bool) -> CaseReport:
        """Return what is to be said of what would be made of the case.

        Parameters
        ----------
        found : sequence of Mistake
            Mistakes that are known already.
        laws_sound : bool
            Whether the laws can be used.

        Returns
        -------
        CaseReport
            Mistakes of the state that the case begins with, of functions that others have added to
            what is stored, and of the mesh; notes on a mesh that the case brings; the displacement
            unknowns of the mesh that a run would use, None if punches are added to it.
        """
        from interfacefem.meshing import fit, own
        from interfacefem.results import trial

        begins: list[Mistake] = []
        if self.start is not None:
            from interfacefem.drive.begin import start_mistakes

            begins = start_mistakes(self)
        layers = [(layer.name, layer.material) for layer in self.stack.layers]
        dimension = len(self.stack.size) + 1
        more = begins + trial.mistakes(layers, dimension=dimension, temperature=self.temperature)
        punches = any(stage.punch is not None for stage in self.protocol.stages)
        notes: list[str] = []
        size: int | None = None
        place = "mesh.edge"
        if self.own_mesh:
            place = "mesh" if self.mesh_file is None else "mesh.file"
        try:
            if self.own_mesh:
                mesh = own.mesh_of(self)
                size, notes = mesh.dofs, fit.notes(mesh, self.stack, self.protocol)
            elif laws_sound:
                size = int(planned_dofs(self.stack, self.mesh_size, self.protocol))
        except MeshError as error:
            if all(mistake.place != place for mistake in found):
                many = isinstance(error, TooManyNodes)
                more.append(self._too_much(error, place) if many else _mesh_mistake(error, place))
        except EnvironmentProblem as problem:
            notes.append(f"mesh: {problem}")
        if punches or not laws_sound:
            size = None
        if size is not None:
            more += self._too_large(size, place)
        return CaseReport(tuple(more), tuple(notes), size)

    def _too_large(self, size: int, place: str) -> list[Mistake]:
        """Return what is wrong with a mesh of so many unknowns: whether it fits in memory."""
        from interfacefem.fem.effort import Size, require_memory

        try:
            # Faces add to it, but are not known yet; the run counts them.
            require_memory(Size(size, len(self.stack.size) + 1, 0), self.linear_solver)
        except EnvironmentProblem as error:
            return [_mesh_mistake(error, place) if self.own_mesh else self._too_much(error, place)]
        return []

    def _too_much(self, error: InterfaceFEMError, place: str) -> Mistake:
        """Return the mistake of a mesh that is too large, with what would fit."""
        from interfacefem.drive.forecast import what_fits

        if self.mesh_size.edge is not None:
            given = self.mesh_size
            size = MeshSize(growth=given.growth, face_ratio=given.face_ratio)
            with contextlib.suppress(MeshError):
                dofs = planned_dofs(self.stack, size, self.protocol)
                remedy = f"give a longer mesh edge; left out, it gives {dofs} degrees of freedom"
                return Mistake(place, str(error).partition("; ")[0], remedy)
        return Mistake(place, str(error).partition("; ")[0], what_fits(self))

    def run(
        self,
        path: AnyPath | None = None,
        *,
        overwrite: bool = False,
        listeners: Sequence[Listener] | None = None,
    ) -> Results:
        """Run the case and return its results; see :func:`interfacefem.run_case`.

        Parameters
        ----------
        path : str or Path, optional
            Folder to write to; :attr:`folder` if not given.
        overwrite : bool
            Replace a run that is already there.
        listeners : sequence of Listener, optional
            What is told how the run goes on. If not given, the run writes a line an increment to
            the terminal and to ``run.log``; ``()`` is silent.

        Raises
        ------
        CaseError
            If the case has mistakes, or the numbers that the environment replaces.
        ConvergenceError
            If the protocol cannot be followed to its end; what was reached is kept.
        ResultsError
            If a run is there already, or the results cannot be written; what was stored is kept.
        KeyboardInterrupt
            After Ctrl-C, so that what follows in a script or a notebook does not go on with half a
            run. What was accepted is kept: :func:`interfacefem.resume` goes on from there.
        """
        numbers.check()
        self.require()
        from interfacefem.drive import progress
        from interfacefem.drive.run import run_case

        folder = self.folder if path is None else user_path(path, "folder of the run")
        if listeners is None:
            listeners = progress.listeners(folder, [step.target_pressure for step in self.protocol])
        results = run_case(self, folder, overwrite=overwrite, listeners=listeners)
        if results.status.startswith("interrupted"):
            results.close()
            raise KeyboardInterrupt(f'go on with interfacefem.resume("{folder}")')
        return results


def _mesh_mistake(error: InterfaceFEMError, place: str) -> Mistake:
    problem, _, remedy = str(error).partition("; ")
    return Mistake(place, problem, remedy)
