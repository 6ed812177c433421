# SPDX-License-Identifier: MIT
"""The accepted state of a press as plain arrays, and back into a press built anew.

Everything that the next increment depends on, and nothing that follows from it: displacement, state
of the material points, multipliers and slip of the interfaces, force, work, and what the stepper
has learnt. Arrays are in the order of the mesh, not of the solver. A test compares a restored
press with the one it was taken from, attribute by attribute, so that history which is added to one
of the classes and forgotten here is found. Files are the business of
:mod:`interfacefem.results.checkpoint`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.drive.cycling import CycleState
from interfacefem.errors import ResultsError
from interfacefem.fem.work import Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.drive.press import Press

    Arrays = dict[str, npt.NDArray[Any]]

#: fields at the material points
POINT_FIELDS = ("cp_inverse", "state", "deviator_ratio", "plastic_rate")
#: fields of one value a degree of freedom
NODAL_FIELDS = ("displacement", "motion", "_nodal")
INTERFACE_FIELDS = ("pressure", "shear", "total_slip", "removed_volume", "removed")
RIGID_SURFACE_FIELDS = ("normal", "shear")
#: what a stepper has learnt; the last line is that of increments in time
STEPPER_MEMORY = (
    *("time", "_travel", "_pressure_cap", "_stiffness", "_closing", "_trouble", "_advance"),
    *("_stride", "_slid"),
    *("_duration", "_last", "_reach", "_holding"),
)


def take_state(press: Press) -> Arrays:
    """Return the accepted state.

    Parameters
    ----------
    press : Press
        Right after an increment was accepted, or before the first.

    Returns
    -------
    dict of str to ndarray
        ``points/FIELD`` (cells, values), ``nodes/FIELD`` (nodes, components),
        ``interfaces/NAME/FIELD`` and ``bonds/NAME/FIELD`` (slave nodes,),
        ``rigid_surfaces/NAME/FIELD`` (their nodes,), ``work/PART``, ``cycle/PART``,
        ``stepper/NAME``, ``force``, ``side``, ``stage``, ``datum`` of the platen, ``ejected``,
        ``split`` and, if it is, ``gripped``.
    """
    problem, bulk = press.problem, press.problem.bulk
    order = np.argsort(bulk.cell_index)
    arrays: Arrays = {
        "force": np.array(problem.force),
        "side": np.array(problem.side),
        "split": np.array(press.split),
        "stage": np.array(press.stage),
        "datum": np.array(press.datum),
        "ejected": np.array(press.ejected),
    }
    if press.gripped:  # not in checkpoints of before there was such a thing
        arrays["gripped"] = np.array(True)
    for name in POINT_FIELDS:
        arrays[f"points/{name}"] = getattr(bulk, name).reshape(len(order), -1)[order]
    for name in NODAL_FIELDS:
        arrays[f"nodes/{name}"] = getattr(problem, name)[bulk.node_dofs]
    for interface in problem.interfaces:
        for name in INTERFACE_FIELDS:
            arrays[f"interfaces/{interface.name}/{name}"] = getattr(interface, name).copy()
        for name in () if interface.bonds is None else interface.bonds.FIELDS:
            arrays[f"bonds/{interface.name}/{name}"] = getattr(interface.bonds, name).copy()
    for surface in problem.rigid_surfaces:
        for name in RIGID_SURFACE_FIELDS:
            arrays[f"rigid_surfaces/{surface.name}/{name}"] = getattr(surface, name).copy()
    for part in fields(CycleState):
        arrays[f"cycle/{part.name}"] = np.array(getattr(press.cycle, part.name))
    for part in fields(Work):
        arrays[f"work/{part.name}"] = np.array(getattr(problem.work, part.name))
    for name in _memory(press):
        arrays[f"stepper/{name}"] = np.array(getattr(press.stepper, name))
    return arrays


def restore_state(press: Press, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Bring a press that was built anew to a state of :func:`take_state`.

    Raises
    ------
    ResultsError
        If the state is that of another press or lacks a part.
    """
    press.rebuild(
        int(arrays.get("stage", 0)),
        ejected=bool(arrays.get("ejected", False)),
        gripped=bool(arrays.get("gripped", False)),
        split=int(arrays.get("split", 0)),
    )
    problem, bulk = press.problem, press.problem.bulk
    expected = {name: values.shape for name, values in take_state(press).items()}
    found = {name: values.shape for name, values in arrays.items()}
    if expected != found:
        wrong = sorted(n for n in {*expected, *found} if expected.get(n) != found.get(n))
        raise ResultsError(
            f"the checkpoint does not fit the case: {', '.join(wrong)} missing, unknown or of "
            "another size; continue with the interfacefem that wrote it or run the case again"
        )
    for name in POINT_FIELDS:
        target = getattr(bulk, name)
        target[:] = arrays[f"points/{name}"][bulk.cell_index].reshape(target.shape)
    for name in NODAL_FIELDS:
        values = np.empty(bulk.size)
        values[bulk.node_dofs] = arrays[f"nodes/{name}"]
        setattr(problem, name, values)
    for interface in problem.interfaces:
        for name in INTERFACE_FIELDS:
            setattr(interface, name, arrays[f"interfaces/{interface.name}/{name}"].copy())
        for name in () if interface.bonds is None else interface.bonds.FIELDS:
            setattr(interface.bonds, name, arrays[f"bonds/{interface.name}/{name}"].copy())
    for surface in problem.rigid_surfaces:
        for name in RIGID_SURFACE_FIELDS:
            setattr(surface, name, arrays[f"rigid_surfaces/{surface.name}/{name}"].copy())
    problem.work = Work(**{part.name: float(arrays[f"work/{part.name}"]) for part in fields(Work)})
    for part in fields(CycleState):
        setattr(press.cycle, part.name, float(arrays[f"cycle/{part.name}"]))
    problem.force = float(arrays["force"])
    problem.side = float(arrays["side"])
    press.datum = float(arrays["datum"])
    for name in _memory(press):
        setattr(press.stepper, name, arrays[f"stepper/{name}"].item())
    # What follows from the state: the pairing of the faces and what an increment starts from.
    problem._deviator_ratio = bulk.deviator_ratio.copy()
    problem._refresh(problem.displacement)


def _memory(press: Press) -> list[str]:
    return [name for name in STEPPER_MEMORY if hasattr(press.stepper, name)]
