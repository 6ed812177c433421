# SPDX-License-Identifier: MIT
"""Cases as files: round trips, scripts, what cannot be read or written."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.case import Case
from interfacefem.errors import CaseError, SurfaceError
from interfacefem.quantities import written
from interfacefem.units import to_internal

SIZE = ("60 um",)


def rough(seed: int = 7) -> surfaces.Topography:
    return surfaces.self_affine(
        size=SIZE,
        points=512,
        hurst=0.8,
        rms_height="400 nm",
        long_cutoff="30 um",
        short_cutoff="4 um",
        seed=seed,
    )


def measured() -> surfaces.Topography:
    # Any array will do; a sum of two waves that no generator makes.
    x = np.linspace(0.0, 60.0, 200)
    return surfaces.from_heights(0.2 * np.sin(x / 3.0) + 0.1 * np.cos(x / 1.7), size=SIZE)


def full_case(**options: object) -> Case:
    stack = ifem.Stack(
        ifem.Layer("separator", "Li3InCl6", "40 um", top=rough()),
        ifem.Interface(friction=0.2, resistance="2 ohm*cm^2", shear_cap=None),
        ifem.Layer("interlayer", "Li3OCl", "8 um", bottom=rough(), top=measured()),
        ifem.Interface(
            shear_cap="0.4 MPa", resistance_pressure_exponent=0.5, reference_pressure="5 MPa"
        ),
        ifem.Layer("anode", materials.get("Li", yield_stress="0.6 MPa"), "30 um"),
        ifem.Layer(
            "collector",
            materials.Material(
                "copper",
                materials.Elastic("120 GPa", 0.34),
                carrier="electrons",
                electronic_conductivity="6e7 S/m",
            ),
            "1/3 um",
        ),
    )
    protocol = ifem.Protocol(
        ifem.Press(force="1.5 t", die="10 mm", name="secondary press"),
        ifem.Hold("1 min"),
        ifem.Release("5 MPa", name="stack pressure"),
        ifem.Press("187.3 MPa"),
        ifem.Press(190.0 + 1.0 / 3.0),
    )
    return Case("full", stack, protocol, **options)


def flat_case(**options: object) -> Case:
    stack = ifem.Stack(
        ifem.Layer("a", "Li3InCl6", "40 um"), ifem.Layer("b", "Li", "30 um"), width="60 um"
    )
    return Case("flat", stack, ifem.Protocol(ifem.Press("1 MPa")), **options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"current": None},
        {
            "mesh": ifem.MeshSize("0.4 um", growth=1.2),
            "numerics": ifem.Numerics(
                tolerance=1e-9, max_iterations=40, gap_tolerance=2e-4, solver="iterative"
            ),
            "current": ifem.CurrentLoad(
                "1 mA/cm^2", critical=2e-5, steps=["hold", "stack pressure"]
            ),
            "output": ifem.Output("results/here", layer_fields="increments"),
        },
    ],
)
def test_round_trip_through_a_file(tmp_path: Path, options: dict) -> None:
    case = full_case(**options)
    path = case.save(tmp_path / "new" / "case.toml")
    again = Case.load(path)
    assert again == case
    assert again.to_dict(path.parent) == case.to_dict(path.parent)
    # Saved again elsewhere the case stands alone: heights go along.
    other = again.save(tmp_path / "other" / "case.toml")
    for file in path.parent.glob("*.npz"):
        file.unlink()
    assert Case.load(other) == case
    assert sorted(entry.suffix for entry in other.parent.iterdir()) == [".npz", ".toml"]


def test_round_trip_through_plain_values() -> None:
    case = full_case()
    data = case.to_dict()
    assert Case.from_dict(json.loads(json.dumps(data))) == case
    assert Case.from_dict(data).to_dict() == data


def test_round_trip_of_flat_stacks_and_areas(tmp_path: Path) -> None:
    case = flat_case()
    assert case.to_dict()["width"] == "60 um"
    assert Case.load(case.save(tmp_path / "flat.toml")) == case
    area = ifem.Stack(ifem.Layer("a", "Li", "40 um"), width=("60 um", "50 um"))
    wide = Case("area", area, case.protocol)
    assert wide.to_dict()["width"] == ["60 um", "50 um"]
    assert Case.load(wide.save(tmp_path / "area.toml")).stack.size == (60.0, 50.0)


def test_the_file_is_what_a_person_would_write(tmp_path: Path) -> None:
    path = full_case().save(tmp_path / "case.toml")
    data = tomllib.loads(path.read_text())
    assert data["layer"][0]["material"] == "Li3InCl6"
    assert data["layer"][0]["top"] == data["layer"][1]["bottom"] == "separator_top"
    assert data["layer"][2]["material"] == {"base": "Li", "yield_stress": "0.6 MPa"}
    assert data["step"][0]["force"] == "1.5 t"
    assert data["mesh"]["edge"] == "auto"
    # nobody gave a critical current, so none is written
    assert data["current"] == {"mean_current_density": "0.5 mA/cm^2", "steps": "all"}
    assert data["interface"][0]["shear_cap"] == "none"
    assert data["surface"]["interlayer_top"]["kind"] == "file"


def test_a_minimal_file(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(
        textwrap.dedent(
            """
            name = "small"
            width = "20 um"
            [[layer]]
            name = "lower"
            material = "Li6PS5Cl"
            thickness = "10 um"
            [[layer]]
            name = "upper"
            material = { base = "Li", yield_stress = "0.9 MPa" }
            thickness = "5 um"
            [[step]]
            kind = "press"
            to = "10 MPa"
            """
        )
    )
    case = Case.load(path)
    assert case.stack.names == ("lower", "upper")
    assert case.stack.interface("lower|upper") == ifem.Interface()
    assert case.mesh == ifem.MeshSize()
    assert case.current == ifem.CurrentLoad()
    assert case.folder == Path("runs/small")


def test_files_are_found_beside_the_case(tmp_path: Path) -> None:
    case = flat_case(mesh_file=tmp_path / "mesh.msh", output=ifem.Output(tmp_path / "out"))
    path = case.save(tmp_path / "case.toml")
    data = tomllib.loads(path.read_text())
    assert data["mesh"]["file"] == "mesh.msh"
    assert data["output"]["path"] == "out"
    with pytest.raises(CaseError, match=r"mesh.file: .*mesh.msh does not exist"):
        Case.load(path)
    (tmp_path / "mesh.msh").touch()
    again = Case.load(path)
    assert again.mesh_file == tmp_path / "mesh.msh"
    assert again.folder == tmp_path / "out"
    assert again == case


def test_a_surface_read_from_elsewhere_goes_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("scan.npy", measured().heights)
    scan = surfaces.read("scan.npy", size=SIZE, unit="um")
    stack = ifem.Stack(ifem.Layer("a", "Li", 5.0, top=scan), ifem.Layer("b", "Li", 5.0))
    case = Case("scan", stack, ifem.Protocol(ifem.Press("1 MPa")))
    path = case.save(tmp_path / "run" / "case.toml")
    (tmp_path / "scan.npy").unlink()
    assert Case.load(path) == case


def test_a_script_gives_its_case(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("WIDTH = '60 um'\n")
    script = tmp_path / "press.py"
    script.write_text(
        textwrap.dedent(
            """
            import interfacefem as ifem
            from helper import WIDTH
            stack = ifem.Stack(ifem.Layer("a", "Li", "5 um"), width=WIDTH)
            case = ifem.Case("press", stack, ifem.Protocol(ifem.Press("1 MPa")))
            if __name__ == "__main__":
                raise RuntimeError("must not run")
            """
        )
    )
    assert Case.load(script).name == "press"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "the script defines no variable 'case'; write case = ifem.Case(...)"),
        ("case = 3\n", "'case' is a int; write case = ifem.Case(...)"),
        ("x = 1\n\ny = x / 0\n", "script.py:3: the script stopped with ZeroDivisionError"),
        ("x = (\n", "script.py:1: the script stopped with SyntaxError"),
        ("import no_such_module\n", "script.py:1: the script stopped with ModuleNotFoundError"),
        ("raise SystemExit(3)\n", "the script stopped with SystemExit: 3"),
        ("import interfacefem as i\ni.Layer('a', 'Li', '-3 um')\n", "layer 'a'.thickness: '-3 um'"),
    ],
)
def test_scripts_that_give_none(tmp_path: Path, text: str, message: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(text)
    with pytest.raises(CaseError, match=re.escape(message)):
        Case.load(script)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    full_case().save(tmp_path / "press.toml")
    with pytest.raises(CaseError, match=r'no such file; did you mean "press.toml"\?'):
        Case.load(tmp_path / "pres.toml")
    with pytest.raises(CaseError, match="no such file; correct the path"):
        Case.load(tmp_path / "none" / "press.py")
    with pytest.raises(CaseError, match=r"'.yaml' is not a case file; give a .toml or a .py file"):
        Case.load(tmp_path / "press.yaml")
    broken = tmp_path / "broken.toml"
    broken.write_text('name = "a"\nname = 3 4\n')
    with pytest.raises(CaseError, match=r"is not TOML: .*line 2"):
        Case.load(broken)
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match="is no text in UTF-8; save it in UTF-8"):
        Case.load(broken)


def test_files_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"'.yml' is not a case file; end it in .toml"):
        flat_case().save(tmp_path / "case.yml")
    (tmp_path / "file").touch()
    with pytest.raises(CaseError, match=r"cannot be written: .*; give a place"):
        flat_case().save(tmp_path / "file" / "case.toml")
    (tmp_path / "case.toml").mkdir()
    with pytest.raises(CaseError, match="cannot be written"):
        flat_case().save(tmp_path / "case.toml")
    # Nothing half-written stays behind.
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["case.toml", "file"]


def test_changed_heights_are_noticed(tmp_path: Path) -> None:
    path = full_case().save(tmp_path / "case.toml")
    (file,) = tmp_path.glob("*.npz")
    measured().scaled(factor=1.01).save(file)
    with pytest.raises(CaseError, match=r"surface.interlayer_top.checksum: .* does not match"):
        Case.load(path)


def test_too_many_heights_to_list_need_a_folder(tmp_path: Path) -> None:
    long = surfaces.from_heights(np.zeros(5000), size=SIZE)
    stack = ifem.Stack(ifem.Layer("a", "Li", 5.0, top=long), ifem.Layer("b", "Li", 5.0))
    case = Case("long", stack, ifem.Protocol(ifem.Press("1 MPa")))
    with pytest.raises(SurfaceError, match="give the folder"):
        case.to_dict()
    assert Case.load(case.save(tmp_path / "long.toml")) == case


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        # 1.5 t = 1500 kg x 9.80665 m/s2 = 14709.975 N
        (1.4709975e10, "force", "1.5 t"),
        (0.4, "length", "0.4 um"),
        (1e4, "length", "10 mm"),
        (187.0, "pressure", "187 MPa"),
        (7820.0, "pressure", "7820 MPa"),
        (200e3, "pressure", "200 GPa"),
        (1.0 / 3.0, "length", "0.3333333333333333 um"),
        # 1 ohm cm2 = 100 V um2/uA, 1 mA/cm2 = 1e-5 uA/um2
        (200.0, "area_resistance", "2 ohm*cm^2"),
        (0.5e-5, "current_density", "0.5 mA/cm^2"),
        (230.0, "toughness", "0.23 MPa*m^0.5"),
    ],
)
def test_numbers_are_written_short_and_read_back_exactly(
    number: float, kind: str, text: str
) -> None:
    assert written(number, kind) == text
    assert to_internal(written(number, kind), kind) == number


def test_numbers_of_any_size_read_back_exactly() -> None:
    generator = np.random.default_rng(1)
    for number in 10.0 ** generator.uniform(-9, 9, 60):
        for kind in ("length", "pressure", "force", "conductivity", "density", "temperature"):
            assert to_internal(written(float(number), kind), kind) == number


def test_run_hands_over_to_the_simulation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[tuple[tuple[object, ...], dict[str, Any]]] = []

    class Fake:
        @staticmethod
        def run_case(*arguments: object, **options: Any) -> SimpleNamespace:
            calls.append((arguments, options))
            return SimpleNamespace(status="complete")

    monkeypatch.setitem(sys.modules, "interfacefem.drive.run", Fake)
    case = flat_case()
    assert case.run().status == "complete"
    assert case.run(tmp_path, listeners=(1,)).status == "complete"
    assert [places for places, _ in calls] == [(case, Path("runs/flat")), (case, tmp_path)]
    assert len(calls[0][1]["listeners"]) == 2  # those that tell the progress
    assert calls[1][1] == {"overwrite": False, "listeners": (1,)}
    broken = flat_case(current=ifem.CurrentLoad(steps=["pres"]))
    with pytest.raises(CaseError, match=r'current.steps: no step .pres.; did you mean "press"'):
        broken.run()
    assert len(calls) == 2


def test_output_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()

    def problem(path: Path) -> list[str]:
        return [str(mistake) for mistake in flat_case(output=ifem.Output(path)).check()]

    assert problem(tmp_path / "file") == [
        f"output.path: {tmp_path / 'file'} is a file; give a folder"
    ]
    assert "cannot write in" in problem(tmp_path / "file" / "below")[0]
    assert problem(tmp_path / "new" / "below") == []
    # Permissions do not bind the superuser, so the answer of the system is put in its place.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot write in" in problem(tmp_path / "new")[0]
