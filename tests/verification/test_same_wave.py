"""One wave of lithium, three, half of one, and on a layer in two parts: the same resistance.

Meshes have 20 edges a wave. Lithium flows under the pressure and is let go. Contact ends where it
flowed; the face that conducts better is the finer one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.materials.models import Elastic, J2Plastic
from interfacefem.materials.models_solid import LinearHardening

Record = Callable[[str, float, float, str], None]
NAME = "ceramic|li"
LITHIUM = ifem.Material(
    "LiTest",
    J2Plastic(7800.0, 0.36, 0.8, LinearHardening(10.0)),
    carrier="electrons",
    electronic_conductivity="1e5 S/cm",
)
CERAMIC = ifem.Material("Ceramic", Elastic(25000.0, 0.3), ionic_conductivity="0.1 mS/cm")


def pressed(folder: Path, width: float, *, edge: float = 1.0, split: bool = False) -> ifem.Results:
    face = surfaces.sinusoid(f"{width} um", amplitude="1 um", wavelength="20 um")
    lower: list[ifem.Layer | ifem.Interface] = [ifem.Layer("ceramic", CERAMIC, "15 um")]
    if split:  # stuck by friction, which conducts perfectly
        joint = ifem.Interface(friction=1.0, shear_cap="1e5 MPa")
        lower = [ifem.Layer("base", CERAMIC, "7 um"), joint, ifem.Layer("ceramic", CERAMIC, "8 um")]
    stack = ifem.Stack(
        *lower, ifem.Interface(friction=0.0), ifem.Layer("li", LITHIUM, "20 um", bottom=face)
    )
    case = ifem.Case(
        folder.name,
        stack,
        ifem.Protocol(ifem.Press(to="3 MPa"), ifem.Release(to="1 MPa")),
        mesh=ifem.MeshSize(f"{edge} um"),
        current=ifem.CurrentLoad(),
    )
    return case.run(folder, listeners=())


def test_the_current_of_a_metal_with_the_finer_face(tmp_path: Path) -> None:
    with pressed(tmp_path / "one", 20.0) as results:
        for step in results.steps:
            state = results.current(step)
            parts = [*state.asr_layers.values(), *state.asr_interfaces.values()]
            total = sum(parts) + state.asr_constriction
            # origin: heat is the work of the current, whatever the mesh
            assert state.asr_total == pytest.approx(total, rel=1e-9)
            # it rises evenly from the middle of the contact to its edges, and does not alternate
            density = np.asarray(state.interfaces[NAME].values)
            across = np.argsort(results.interface(NAME).at(step).points[:, 0])
            half = density[across][len(across) // 2 :]
            highest = int(np.argmax(half))
            assert (half >= 0.0).all()
            assert (np.diff(half[: highest + 1]) > -0.1 * half[0]).all()
            assert half[highest] < 4.0 * half[0]


@pytest.mark.slow
def test_the_same_wave_has_the_same_resistance(tmp_path: Path, record: Record) -> None:
    runs = {
        "one": pressed(tmp_path / "one", 20.0),
        "three": pressed(tmp_path / "three", 60.0),
        "half": pressed(tmp_path / "half", 10.0),
        "split": pressed(tmp_path / "split", 20.0, split=True),
        "fine": pressed(tmp_path / "fine", 20.0, edge=0.25),
    }
    for step in runs["one"].steps:
        states = {name: run.current(step) for name, run in runs.items()}
        fine, one = states.pop("fine"), states["one"].asr_total
        spread = max(abs(state.asr_total / one - 1.0) for state in states.values())
        record(f"wave of lithium, {step}: three, half, split", spread, 0.01, "the same wave")
        for name, state in states.items():
            error = abs(state.asr_total - fine.asr_total)
            title = f"wave of lithium, {step}, {name}: error over what is said"
            stated = state.asr_uncertainty + fine.asr_uncertainty
            record(title, error / stated, 1.0, "a quarter of the edge")
            assert state.asr_uncertainty < 0.06 * state.asr_total
