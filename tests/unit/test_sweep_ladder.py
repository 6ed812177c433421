"""Rising peaks in one run against a press of its own to each pressure."""

from __future__ import annotations

from pathlib import Path

import pytest
from shared_sweep import rough

import interfacefem as ifem
from interfacefem import materials
from interfacefem.results import Results
from interfacefem.sweep.ladder import why_separate
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import SweepTable, number

#: largest difference that is accepted of contact and resistance [-], as the sweep promises
BOUND = 0.02
RESISTANCE, CONTACT = "asr [ohm cm^2]", "contact_fraction[electrolyte|anode] [-]"
PRESSURE = "step.press.to [MPa]"


#: a metal that flows while the gap is open needs small increments, in one run as in many
FINE = ifem.Numerics(growth=1.2, fraction=0.05)


def _case(anode: ifem.Material, electrolyte: ifem.Material, numerics: ifem.Numerics) -> ifem.Case:
    base = rough(numerics=numerics)
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


def _largest(one: SweepTable, other: SweepTable, step: str, name: str) -> float:
    """The largest difference at the end of a step, relative; of contact absolute."""
    there = {row[PRESSURE]: number(row[name]) for row in other.at(step)}
    rows = one.at(step)
    assert len(rows) == len(there)
    scale = (lambda value: 1.0) if name == CONTACT else (lambda value: value)
    return max(abs(number(r[name]) - there[r[PRESSURE]]) / scale(there[r[PRESSURE]]) for r in rows)


def _edge(table: SweepTable) -> float:
    """The largest part of the interface that one node stands for."""
    with Results.open(table.folder / "runs" / table.plan.runs[0].key) as results:
        weights = results.interface("electrolyte|anode").at("release").weights
    return float(weights.max() / weights.sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("anode", "electrolyte", "peaks", "numerics"),
    [
        pytest.param(
            materials.get("Li6PS5Cl"), materials.get("LLZO"), ["60 MPa", "240 MPa"],
            ifem.Numerics(), id="ceramics",
        ),
        pytest.param(
            materials.get("Li", yield_stress="5 MPa", saturation_stress="7.4 MPa"),
            materials.get("Li6PS5Cl"), ["4 MPa", "8 MPa"], FINE, id="metal",
        ),
        pytest.param(
            materials.get("LGPS", law="powder"), materials.get("Li6PS5Cl"),
            ["60 MPa", "120 MPa"], ifem.Numerics(), id="powder",
        ),
    ],
)  # fmt: skip
def test_a_staged_peak_equals_a_press_of_its_own(
    anode: ifem.Material,
    electrolyte: ifem.Material,
    peaks: list[str],
    numerics: ifem.Numerics,
    tmp_path: Path,
) -> None:
    together, apart = _tables(_case(anode, electrolyte, numerics), peaks, tmp_path)
    assert not [*together.failures, *apart.failures]
    for step in ("press", "release"):
        # of a metal that opens again the mesh knows the contact to one edge, and no more
        one_edge = numerics is FINE and step == "release"
        contact_bound = _edge(apart) if one_edge else BOUND * 0.2
        assert _largest(together, apart, step, CONTACT) < contact_bound * 1.01
        assert one_edge or _largest(together, apart, step, RESISTANCE) < BOUND
    contact = apart.values(CONTACT, apart.at("release"))
    assert max(contact) < 0.9  # where all touches there would be nothing to compare


def test_what_needs_separate_runs_says_why() -> None:
    case = rough()
    data = case.to_dict()
    assert why_separate(case.stack, case.protocol, data, "step.press.to") == ""
    apart = case.protocol
    assert "not the first" in why_separate(case.stack, apart, data, "step.other.to")
    held = ifem.Protocol(ifem.Press(to="2 MPa"), ifem.Hold("1 s"))
    assert "end with a release" in why_separate(case.stack, held, data, "step.press.to")
