# SPDX-License-Identifier: MIT
"""Case files: a script that is executed for its case, and a case as the tables of a file.

Reading lives in ``reader``.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.contact.base import to_dict
from interfacefem.describe.own_mesh import mesh_table
from interfacefem.describe.reader import FORMAT
from interfacefem.describe.settings import MeshSize
from interfacefem.describe.steps import step_to_dict
from interfacefem.errors import InterfaceFEMError
from interfacefem.quantities import Scalar, one_mistake, written

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.describe.interface import Interface
    from interfacefem.describe.settings import Moments, Numerics
    from interfacefem.describe.stack import Layer
    from interfacefem.describe.stage import Stage
    from interfacefem.surfaces.topography import Topography


def case_of_script[T](path: Path, kind: type[T]) -> T:
    """Execute a script, not as the main program, and return its ``case``.

    Raises
    ------
    CaseError
        If the script stops with an error, or has no case.
    """
    beside = str(path.parent.absolute())
    sys.path.insert(0, beside)
    try:
        found = runpy.run_path(str(path), run_name="interfacefem_case").get("case")
    except InterfaceFEMError:
        raise
    except (Exception, SystemExit) as error:
        raise one_mistake(
            f"{path}{_line(error, path)}",
            f"the script stopped with {type(error).__name__}: {error}",
            "correct the script",
        ) from error
    finally:
        sys.path.remove(beside)
    if found is None:
        raise one_mistake(
            str(path), "the script defines no variable 'case'", "write case = ifem.Case(...)"
        )
    if not isinstance(found, kind):
        raise one_mistake(
            str(path), f"'case' is a {type(found).__name__}", "write case = ifem.Case(...)"
        )
    return found


def _line(error: BaseException, path: Path) -> str:
    """Return ``:12``, the last line of the script that was reached, if known."""
    number = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            number = trace.tb_lineno
        trace = trace.tb_next
    return "" if number is None else f":{number}"


def tables(case: Description, folder: Path | None, *, listed: bool = True) -> dict[str, Any]:
    """Return the tables of a case file, every setting spelled out.

    Parameters
    ----------
    case : Description
    folder : Path, optional
        Where the file will stand: heights that no recipe makes are written there as npz, and
        files inside it are named relative to it. Without a folder heights are listed and names
        absolute.
    listed : bool
        False to give of each surface only what makes it equal to another one.
    """
    surfaces: dict[str, Topography] = {}
    layers = [_layer(layer, surfaces) for layer in case.stack.layers]
    flat = not surfaces
    stages = [_stage(stage, surfaces) for stage in case.protocol.stages]
    data: dict[str, Any] = {"case_format": FORMAT, "name": case.name}
    data["temperature"] = written(case.temperature, "temperature")
    if case.die is not None:
        data["die"] = _scalars(case.die, case.die.scalars)
    if flat:
        sizes = [written(length, "length") for length in case.stack.size]
        data["width"] = sizes[0] if len(sizes) == 1 else sizes
    if surfaces:
        data["surface"] = {
            key: face.to_dict(folder)
            if listed
            else {"checksum": face.checksum, "mirrored": face.mirrored}
            for key, face in surfaces.items()
        }
    data["layer"] = layers
    data["interface"] = [
        {"between": name.split("|"), **_interface(joint)}
        for name, joint in case.stack.interfaces.items()
    ]
    if stages:
        data["left_out"] = list(case.protocol.left_out)
        data["stage"] = stages
    else:
        data["step"] = case.protocol.to_list()
    if case.start is not None:
        step = {"step": case.start.step} if case.start.step else {}
        data["start"] = {**_file("run", case.start.run, folder), **step}
    mesh_file = _file("file", _mesh_file(case, folder, listed=listed), folder)
    data["mesh"] = mesh_table(case.mesh_size, mesh_file, case.mesh_unit, case.mesh_groups)
    data["numerics"] = numerics_table(case.numerics)
    data["current"] = {"steps": []}
    if case.current is not None:
        steps = case.current.steps
        known = case.current.scalars.items()
        given = {key: s for key, s in known if getattr(case.current, key) is not None}
        data["current"] = {
            **_scalars(case.current, given),
            "steps": steps if steps == "all" else list(steps),
        }
    data["output"] = {
        "layer_fields": case.output.layer_fields,
        **_moments(case.output.at),
        **_file("path", case.output.path, folder),
    }
    return data


def _mesh_file(case: Description, folder: Path | None, *, listed: bool) -> Path | None:
    """Return the file with the mesh of a case, if it brings one; an object is written into one."""
    if isinstance(case.mesh, MeshSize) or not listed:
        return case.mesh_file
    if folder is None:
        remedy = "give the folder of the file, or save() the mesh and name it as mesh_file"
        raise one_mistake("mesh", "a mesh cannot be listed", remedy)
    return case.mesh.save(folder / f"mesh-{case.mesh.key[:12]}.msh")


def _moments(at: Moments) -> dict[str, list[str]]:
    texts = [written(value, kind) for kind, value in at]
    return {"at": texts} if texts else {}


def _layer(layer: Layer, surfaces: dict[str, Topography]) -> dict[str, Any]:
    """Return the table of a layer; its faces join the surfaces."""
    table: dict[str, Any] = {
        "name": layer.name,
        "material": layer.material.to_dict(),
        "thickness": written(layer.thickness, "length"),
    }
    if layer.flow_size != "roughness":
        flow = layer.flow_size
        table["flow_size"] = flow if isinstance(flow, str) else written(flow, "length")
    for side, face in (("bottom", layer.bottom), ("top", layer.top)):
        if face is not None:
            same = (key for key, other in surfaces.items() if other == face)
            table[side] = next(same, f"{layer.name}_{side}")
            surfaces.setdefault(table[side], face)
    return table


def numerics_table(numerics: Numerics) -> dict[str, Any]:
    """Return the ``[numerics]`` table of a case file."""
    return {**_scalars(numerics, numerics.scalars), "solver": numerics.solver}


def _stage(stage: Stage, surfaces: dict[str, Topography]) -> dict[str, Any]:
    table: dict[str, Any] = {"adds": list(stage.adds)}
    if stage.punch is not None:
        table["punch"] = _layer(stage.punch, surfaces)
        table["punch_interface"] = _interface(stage.punch_interface)
    return table | {"step": [step_to_dict(step) for step in stage.steps]}


def _scalars(item: object, scalars: Mapping[str, Scalar]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, scalar in scalars.items():
        number = getattr(item, key)
        if number is None:
            continue  # chosen by the program
        found[key] = number if scalar.kind == "dimensionless" else written(number, scalar.kind)
    return found


def _interface(joint: Interface) -> dict[str, Any]:
    laws = joint.laws
    skip = ("shear_cap", *laws)
    found = _scalars(joint, {key: s for key, s in joint.scalars.items() if key not in skip})
    found |= {key: to_dict(law) for key, law in laws.items()}
    cap = joint.shear_cap
    found["shear_cap"] = cap if cap == "yield" else "none" if cap is None else ""
    if isinstance(cap, float):
        found["shear_cap"] = written(cap, "pressure")
    if (transfer := joint.charge_transfer) is not None:
        scalars = {k: s for k, s in transfer.scalars.items() if getattr(transfer, k) is not None}
        found["charge_transfer"] = {
            **_scalars(transfer, scalars),
            "law": transfer.law,
            "stress_shift": transfer.stress_shift,
        }
    if (bond := joint.bond) is not None:
        given = {key: s for key, s in bond.scalars.items() if getattr(bond, key) is not None}
        found["adhesion"] = _scalars(bond, given)
    return found


def _file(key: str, path: Path | None, folder: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    path = path.absolute()
    if folder is not None and path.is_relative_to(folder.absolute()):
        path = path.relative_to(folder.absolute())
    return {key: path.as_posix()}


def write(case: Description, path: Path) -> Path:
    """Write a case file, whole or not at all.

    Raises
    ------
    CaseError
        If the name does not end in ``.toml`` or the place cannot be written.
    """
    import tomlkit

    if path.suffix != ".toml":
        raise one_mistake(str(path), f"{path.suffix!r} is not a case file", "end it in .toml")
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = tomlkit.dumps(tables(case, path.parent))
        with temporary.open("x", encoding="utf-8") as file:  # never through a link
            file.write(text)
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise one_mistake(
            str(path), f"cannot be written: {error.strerror}", "give a place that can be written"
        ) from None
    return path
