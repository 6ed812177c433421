"""Rising peaks in one run against a press of its own to each pressure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shared_sweep import rough

import interfacefem as ifem
from interfacefem import materials
from interfacefem.sweep.ladder import why_separate
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import SweepTable, number

#: largest difference that is accepted of contact and resistance [-], as the sweep promises
BOUND = 0.02
CONTACT = "contact_fraction[electrolyte|anode] [-]"
LOOKED_AT = ("asr [ohm cm^2]", CONTACT)


def _case(anode: ifem.Material, electrolyte: ifem.Material) -> ifem.Case:
    base = rough()
    layers = base.stack.layers
    stack = ifem.Stack(
        ifem.Layer("electrolyte", electrolyte, "4 um", top=layers[0].top),
        base.stack.joints[0],
        ifem.Layer("anode", anode, "4 um"),
    )
    return base.replace(stack=stack)


def _tables(case: ifem.Case, peaks: list[str], folder: Path) -> tuple[SweepTable, SweepTable]:
    over = {"step.press.to": peaks}
    together = Sweep(case, over, folder=folder / "together")
    assert len(together.plan.runs) == 1
    apart = Sweep(case, over, folder=folder / "apart", separate=True)
    assert len(apart.plan.runs) == len(peaks)
    return together.run(workers=1), apart.run(workers=2)


def _largest(one: SweepTable, other: SweepTable) -> float:
    """The largest relative difference of what is looked at, over all moments."""
    found = []
    columns = ["step.press.to [MPa]", "step"]
    rows = {tuple(row[name] for name in columns): row for row in other.rows}
    assert len(rows) == len(one.rows) == len(other.rows)
    assert not one.failures
    for row in one.rows:
        beside = rows[tuple(row[name] for name in columns)]
        for name in LOOKED_AT:
            found.append(abs(number(row[name]) / number(beside[name]) - 1.0))
    return float(np.max(found))  # NaN if a value is missing


@pytest.mark.slow
@pytest.mark.parametrize(
    ("anode", "electrolyte", "peaks"),
    [
        pytest.param(
            materials.get("Li6PS5Cl"), materials.get("LLZO"), ["60 MPa", "240 MPa"],
            id="ceramics",
        ),
        pytest.param(
            materials.get("LGPS", law="powder"), materials.get("Li6PS5Cl"),
            ["60 MPa", "120 MPa"], id="powder", marks=pytest.mark.campaign,
        ),
    ],
)  # fmt: skip
def test_a_staged_peak_equals_a_press_of_its_own(
    anode: ifem.Material,
    electrolyte: ifem.Material,
    peaks: list[str],
    tmp_path: Path,
) -> None:
    together, apart = _tables(_case(anode, electrolyte), peaks, tmp_path)
    assert _largest(together, apart) < BOUND
    contact = apart.values(CONTACT, apart.at("release"))
    assert contact.max() < 0.9  # where all touches there would be nothing to compare


def test_what_needs_separate_runs_says_why() -> None:
    metal = rough()
    assert "'anode' is a metal that flows" in why_separate(
        metal.stack, metal.protocol, metal.to_dict(), "step.press.to"
    )
    case = _case(materials.get("Li6PS5Cl"), materials.get("LLZO"))
    data = case.to_dict()
    assert why_separate(case.stack, case.protocol, data, "step.press.to") == ""
    apart = case.protocol
    assert "not the first" in why_separate(case.stack, apart, data, "step.other.to")
    held = ifem.Protocol(ifem.Press(to="2 MPa"), ifem.Hold("1 s"))
    assert "end with a release" in why_separate(case.stack, held, data, "step.press.to")
