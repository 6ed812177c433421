# SPDX-License-Identifier: MIT
"""The whole pressure axis from one run: peaks that rise, with a release after each.

A stack that knows no time and no bonds is, under a new highest load, where a press of its own to
that load would have brought it: what it went through at lower loads is overwritten, but for a
little friction and plastic flow on the way back. Contact and resistance of ceramics and of a powder
agree within 0.3 % (``tests/unit/test_sweep_ladder.py``). A metal that flows does not
keep to that: its contact after a release differed by up to 13 % on a small section. Where staging
cannot hold, :func:`why_separate` says why.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence

from interfacefem.describe.checks import flows_in_time
from interfacefem.describe.protocol import Press, Protocol, Release
from interfacefem.describe.stack import Stack
from interfacefem.errors import CaseError
from interfacefem.materials import Material
from interfacefem.quantities import one_mistake, spoken
from interfacefem.sweep.inputs import Tables, changed
from interfacefem.units import Dimensional, to_internal

#: kinds of steps that a rung may have
_RUNG = ("press", "hold", "release")


def ladder(
    *pressures: Dimensional, release: Dimensional, name: str = "press", after: str = "release"
) -> Protocol:
    """Return a protocol of rising peaks with a release after each.

    Parameters
    ----------
    *pressures : str, pint.Quantity or float
        The peaks [MPa], in any order.
    release : str, pint.Quantity or float
        Pressure after each of them [MPa], below the lowest peak.
    name, after : str
        Names of presses and releases; the peak is added.

    Returns
    -------
    Protocol

    Raises
    ------
    CaseError
        If there is no peak, two are the same, or the release is not below all of them.
    UnitError
        If a value has no unit or one of another kind.

    Examples
    --------
    >>> ladder("25 MPa", "60 MPa", release="5 MPa").names
    ('press, 25 MPa', 'release, 25 MPa', 'press, 60 MPa', 'release, 60 MPa')
    """
    if not pressures:
        raise one_mistake("ladder", "has no pressure", 'write ladder("25 MPa", "60 MPa", ...)')
    peaks = sorted(float(to_internal(one, "pressure", place="ladder")) for one in pressures)
    if len(set(peaks)) < len(peaks):
        raise one_mistake("ladder", "has a pressure twice", "keep one of them")
    steps: list[Press | Release] = []
    for peak in peaks:
        said = spoken(peak, "pressure")
        steps += [Press(peak, name=f"{name}, {said}"), Release(release, name=f"{after}, {said}")]
    return Protocol(*steps)


def why_separate(stack: Stack, protocol: Protocol, data: Tables, path: str) -> str:
    """Return why each pressure needs a run of its own; empty where one run has them all.

    Parameters
    ----------
    stack, protocol : Stack, Protocol
        Of the case.
    data : dict
        Its tables.
    path : str
        The varied pressure or force.
    """
    steps = list(protocol)
    if protocol.stages:
        return "layers are added between presses"
    if "start" in data:
        return "the run begins with the state of another run"
    if any(step.kind not in _RUNG for step in steps):
        kinds = sorted({step.kind for step in steps} - set(_RUNG))
        return f"the protocol has steps of the kind {', '.join(kinds)}"
    name = path.removeprefix("step.").rpartition(".")[0]
    if steps[0].name != name:
        return f"'{name}' is not the first step"
    if sum(step.kind == "press" for step in steps) > 1:
        return "the protocol has several presses"
    if steps[-1].kind != "release":
        return "the protocol does not end with a release"
    flowing = [layer.name for layer in stack.layers if flows_in_time(layer)]
    if flowing:
        return f"layer '{flowing[0]}' creeps"
    metals = [layer.name for layer in stack.layers if _is_flowing_metal(layer.material)]
    if metals:
        return f"layer '{metals[0]}' is a metal that flows, and keeps what lower peaks did to it"
    if any(joint.adhesion is not None for joint in stack.joints):
        return "the faces adhere, and bonds that a release breaks are missing at the next peak"
    laws = [joint for joint in stack.joints if joint.normal is not None]
    if laws:
        return "an interface has a law of its own along its normal"
    return ""


def _is_flowing_metal(material: Material) -> bool:
    first = material.law.first_yield()
    return not material.brittle and first.internal_friction is None and math.isfinite(first.stress)


def staged(data: Tables, path: str, values: Sequence[str]) -> Tables:
    """Return the tables of a case that reaches several pressures one after the other.

    Parameters
    ----------
    data : dict
        The tables of a case with one press and its release.
    path : str
        The pressure or force that rises.
    values : sequence of str
        Rising; each stands in the place of the path once.

    Raises
    ------
    CaseError
        If there is no such place.
    """
    made = copy.deepcopy(data)
    steps: list[Tables] = []
    renamed: dict[str, list[str]] = {}
    for value in values:
        for step in changed(data, path, value)["step"]:
            name = f"{step['name']}, {value}"
            renamed.setdefault(str(step["name"]), []).append(name)
            steps.append(step | {"name": name})
    made["step"] = steps
    chosen = made.get("current", {}).get("steps")
    if isinstance(chosen, list):
        made["current"]["steps"] = [new for old in chosen for new in renamed.get(str(old), [])]
    return made


def is_pressure(data: Tables, path: str) -> bool:
    """Return whether a path is the pressure or the force of a press."""
    if not path.startswith("step."):
        return False
    name, _, key = path.removeprefix("step.").rpartition(".")
    steps = [*data.get("step", []), *(s for stage in data.get("stage", []) for s in stage["step"])]
    kinds = [step["kind"] for step in steps if step["name"] == name]
    return kinds == ["press"] and key in ("to", "force")


def require_one_pressure(paths: Sequence[str]) -> str:
    """Return the only pressure among the inputs, empty if there is none.

    Raises
    ------
    CaseError
        If two are varied.
    """
    if len(paths) > 1:
        raise CaseError(
            one_mistake(paths[1], f"varies beside {paths[0]}", "vary one of them").mistakes, "sweep"
        )
    return paths[0] if paths else ""
