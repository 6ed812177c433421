# SPDX-License-Identifier: MIT
"""Notes of a check: numbers that are unlikely, masses, temperature, values fitted together."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import contact, materials, surfaces
from interfacefem.case import Case
from interfacefem.cli.main import main
from interfacefem.contact.kinetics import ElectrodeKinetics
from interfacefem.errors import MaterialError
from interfacefem.materials.points import law_table
from interfacefem.materials.value import PROPERTIES

SOFT = materials.Material("soft", materials.Elastic("1 GPa", 0.3), ionic_conductivity="1 mS/cm")


def made(
    *steps: object,
    lower: object = "Li3OCl",
    upper: object = "Li",
    thickness: object = "5 um",
    joint: ifem.Interface | None = None,
    **options: object,
) -> Case:
    stack = ifem.Stack(
        ifem.Layer("a", lower, thickness),
        joint or ifem.Interface(),
        ifem.Layer("b", upper, "5 um"),
        width=options.pop("width", "20 um"),
    )
    return Case("noted", stack, ifem.Protocol(*(steps or (ifem.Press("5 MPa"),))), **options)


def notes(case: Case) -> list[str]:
    return [text for text in case.check().notes if "estimated, not measured" not in text]


def elastic(**properties: object) -> materials.Material:
    return materials.Material(
        "own", materials.Elastic("1 GPa", 0.3), **{"ionic_conductivity": "1 mS/cm", **properties}
    )


def law(modulus: object, ratio: object = 0.3) -> materials.Material:
    return materials.Material(
        "own", materials.Elastic(modulus, ratio), ionic_conductivity="1 mS/cm"
    )


@pytest.mark.parametrize(
    ("make", "place", "said"),
    [
        (lambda: made(ifem.Press("187 mPa")), "step[0].to", "'187 mPa'"),
        (lambda: made(ifem.Press(1e6)), "step[0].to", "1e+06 MPa"),
        (lambda: made(temperature="25 K"), "temperature", "'25 K'"),
        (lambda: made(temperature="298 degC"), None, ""),
        (lambda: made(temperature="2980 degC"), "temperature", "'2980 degC'"),
        (lambda: made(lower=law("22 kPa")), "layer[0].material.youngs_modulus", "'22 kPa'"),
        (lambda: made(lower=law("22 TPa")), "layer[0].material.youngs_modulus", "'22 TPa'"),
        (lambda: made(lower=law("22 GPa")), None, ""),
        (
            lambda: made(upper=materials.get("Li", youngs_modulus="7.8 kPa")),
            "layer[1].material.youngs_modulus",
            "'7.8 kPa'",
        ),
        (
            lambda: made(lower=elastic(fracture_toughness="23 GPa m^0.5")),
            "layer[0].material.fracture_toughness",
            "'23 GPa m^0.5'",
        ),
        (
            lambda: made(lower=elastic(ionic_conductivity="12 MS/cm")),
            "layer[0].material.ionic_conductivity",
            "'12 MS/cm'",
        ),
        (lambda: made(joint=ifem.Interface(friction=1e6)), "interface[0].friction", "1e+06"),
        (lambda: made(joint=ifem.Interface(friction="30")), "interface[0].friction", "'30'"),
        (lambda: made(joint=ifem.Interface(friction=0.3)), None, ""),
        (
            lambda: made(joint=ifem.Interface(resistance="1e30 ohm cm2")),
            "interface[0].resistance",
            "'1e30 ohm cm2'",
        ),
        (
            lambda: made(joint=ifem.Interface(adhesion=ifem.Adhesion("1 mPa", "0.5 J/m^2"))),
            "interface[0].adhesion.strength",
            "'1 mPa'",
        ),
        (
            lambda: made(joint=ifem.Interface(charge_transfer=ifem.ChargeTransfer("5 MA/cm2"))),
            "interface[0].charge_transfer.exchange_current_density",
            "'5 MA/cm2'",
        ),
        (lambda: made(thickness="15 km"), "layer[0].thickness", "'15 km'"),
        (lambda: made(width="20 m"), "width", "'20 m'"),
        (lambda: made(mesh=ifem.MeshSize("1 pm")), "mesh.edge", "'1 pm'"),
        (lambda: made(current=ifem.CurrentLoad("0.5 GA/cm2")), "current.mean_", "'0.5 GA/cm2'"),
        (
            lambda: made(ifem.Press(force="1.5 N", die="10 m"), temperature=298.0),
            "step[0].die",
            "'10 m'",
        ),
        (
            lambda: made(ifem.Press("5 MPa"), ifem.Hold("60 yr")),
            "step[1].duration",
            "'60 yr'",
        ),
        (
            lambda: made(
                ifem.Press("5 MPa"), ifem.Cycle("1 mA/cm2", "0.1 mAh/cm2", cathode="a",
                                                cathode_strain=0.9)
            ),
            "step[1].cathode_strain",
            "0.9",
        ),
    ],
)  # fmt: skip
def test_a_number_far_outside_of_its_range_is_a_note(
    make: Callable[[], Case], place: str | None, said: str
) -> None:
    found = [note for note in notes(make()) if "far outside" in note]
    if place is None:
        assert not found
        return
    (note,) = found
    assert note.startswith(place)
    assert f": {said} is far outside of " in note
    assert re.search(r" to .+ \(.+\); is the (unit|number) right\?$", note)


def test_it_is_no_mistake_and_stands_in_a_file_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = made(ifem.Press("187 mPa"), joint=ifem.Interface(friction=30.0), width="20 um")
    assert case.check().ok
    path = case.save(tmp_path / "case.toml")
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr().out
    assert "note: interface[0].friction: 30 is far outside of 1e-4 to 2" in said
    assert "note: step[0].to: " in said


def test_stages_and_faces_are_looked_at_too() -> None:
    rough = surfaces.sinusoid("20 um", amplitude="1.5 mm", wavelength="20 um")
    stack = ifem.Stack(ifem.Layer("a", SOFT, "9 mm", top=rough), ifem.Layer("b", "Li", "5 um"))
    punch = ifem.Layer("punch", law("210 TPa"), "5 um")
    protocol = ifem.Protocol(
        ifem.Stage(["a"], [ifem.Press("5 mPa"), ifem.Release("1 mPa")], punch=punch),
        ifem.Stage(["b"], [ifem.Press("5 MPa")]),
    )
    found = notes(Case("staged", stack, protocol))
    for place in (
        "layer[0].top.rms_height: 1060.66 um",
        "stage[0].punch.material.youngs_modulus: '210 TPa'",
        "stage[0].step[0].to: '5 mPa'",
        "stage[0].step[1].to: '1 mPa'",
    ):
        assert sum(note.startswith(place) for note in found) == 1


def test_the_cases_kept_with_the_program_have_no_such_note(repository: Path) -> None:
    for name in ("wavy_interface", "li_li3ocl_li3incl6", "lgps_pellet_two_step"):
        case = Case.load(repository / "cases" / f"{name}.py")
        assert not [note for note in notes(case) if "far outside" in note]


@pytest.mark.parametrize("name", materials.names())
def test_the_library_lies_in_the_ranges(name: str) -> None:
    for kind in materials.laws(name):
        entry = materials.get(name, law=kind)
        copy = materials.Material(
            "copy", entry.law, records=entry.records, carrier=entry.carrier, brittle=entry.brittle
        )
        press = ifem.Press("5 MPa", rate="1 MPa/s")
        found = [note for note in notes(made(press, lower=copy)) if "far outside" in note]
        assert not found


@pytest.mark.parametrize(
    ("step", "note"),
    [
        (
            ifem.Press(force="1500 kg", die="10 mm"),
            "step[0].force: '1500 kg' is a mass; its weight is taken, 14710 N",
        ),
        (
            ifem.Press(force="1.5 t", die="10 mm"),
            "step[0].force: '1.5 t' is a mass; its weight is taken, 14710 N",
        ),
        (
            ifem.Press("2 t/cm^2"),
            "step[0].to: '2 t/cm^2' is a mass; its weight is taken, 196.133 MPa",
        ),
        (ifem.Press(force="1500 kgf", die="10 mm"), None),
        (ifem.Press(force="15 kN", die="10 mm"), None),
        (ifem.Press("196 MPa"), None),
    ],
)
def test_a_mass_is_taken_as_its_weight_and_said(step: ifem.Press, note: str | None) -> None:
    # standard gravity 9.80665 m/s^2 (CGPM 1901)
    found = [text for text in notes(made(step)) if "is a mass" in text]
    assert found == ([] if note is None else [note])


# --- temperature ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", materials.names())
def test_laws_state_truly_whether_they_use_the_temperature(name: str) -> None:
    for kind in materials.laws(name):
        found = materials.get(name, law=kind).law
        cold, warm = (law_table([found], temperature) for temperature in (298.15, 333.15))
        differs = not ((cold.rows == warm.rows).all() and (cold.initial == warm.initial).all())
        assert found.uses_temperature == differs


def test_charge_transfer_states_truly_whether_it_uses_the_temperature() -> None:
    transfer = ifem.ChargeTransfer("5 mA/cm^2")
    cold, warm = (
        ElectrodeKinetics(transfer, kelvin).overpotential([1e-5]) for kelvin in (298, 333)
    )
    assert transfer.uses_temperature == bool(cold != warm)


def test_check_says_what_the_temperature_acts_on_and_what_not() -> None:
    paced = ifem.Press("5 MPa", rate="1 MPa/s")
    for flowing in ("anand", "norton"):
        lithium = materials.get("Li", law=flowing)
        (note,) = notes(made(paced, upper=lithium, temperature="100 degC"))
        assert note.startswith(f"temperature 100 degC acts on the flow of 'b' (Li, {flowing}). It ")
        for fixed in ("elastic constants", "yield stresses", "conductivities", "friction"):
            assert fixed in note
        assert "for 25 degC" in note
    (note,) = notes(made(temperature="100 degC"))
    assert note.startswith("temperature 100 degC has no effect: no law here uses it. It does not ")
    (note,) = notes(made(temperature=333.15))
    assert note.startswith("temperature 333.15 K has no effect")
    kinetics = ifem.Interface(charge_transfer=ifem.ChargeTransfer("5 mA/cm^2"))
    (note,) = notes(made(joint=kinetics, temperature="60 degC"))
    assert note.startswith("temperature 60 degC acts on the charge transfer of a|b, by RT/F. It ")
    assert "exchange currents" in note
    (note,) = notes(made(joint=kinetics, temperature="60 degC", current=None))
    assert "has no effect" in note  # no current, no charge transfer


@contact.law("test_notes_warm")
class Warm(contact.Friction):
    """Friction that falls with the temperature."""

    uses_temperature: ClassVar[bool] = True
    limit: float = contact.parameter("pressure", above=0.0)

    def shear_limit(self, points: contact.ContactPoints) -> Any:
        limit = np.full_like(points.pressure, self.limit * 298.15 / points.temperature)
        return limit, np.zeros_like(limit)


def test_laws_of_interfaces_of_ones_own_are_looked_at_like_any_other() -> None:
    joint = ifem.Interface(friction=Warm("900 GPa"))
    acts, far = notes(made(joint=joint, temperature="60 degC"))
    assert acts.startswith(
        "temperature 60 degC acts on the friction of a|b (test_notes_warm). It does not change "
    )
    assert "friction and resistance" not in acts
    assert far.startswith("interface[0].friction.limit: '900 GPa' is far outside of 1 Pa to 200 G")
    with pytest.raises(ifem.UnitError, match=re.escape("limit: '1,5 MPa' has a comma; write")):
        Warm("1,5 MPa")


def test_moments_of_the_output_are_looked_at_like_any_other_number() -> None:
    (far,) = notes(made(output=ifem.Output(at=["3 MPa", "1 mPa"])))
    assert far.startswith("output.at: '1 mPa' is far outside of 1 Pa to 200 GPa")
    for wrong in (5, None, ["3 um"]):
        with pytest.raises(ifem.UnitError, match=re.escape("output.at[0]: ")):
            ifem.Output(at=wrong)  # type: ignore[arg-type]


def test_room_temperature_needs_no_note() -> None:
    for room in ("25 degC", "298 K", 298.15):
        assert notes(made(temperature=room)) == []


# --- values fitted together ----------------------------------------------------------------------


def test_the_refused_one_of_a_pair_says_what_to_write() -> None:
    with pytest.raises(MaterialError) as caught:
        materials.get("Li", yield_stress="5 MPa")
    assert str(caught.value) == (
        "Li.yield_stress: 5 MPa does not go with saturation_stress = 1.18 MPa, with which it was "
        'fitted; write yield_stress = "5 MPa", saturation_stress = "7.375 MPa"'
    )
    # what it says to write works, and hardens by the same factor: 1.18 / 0.8
    found = materials.get("Li", yield_stress="5 MPa", saturation_stress="7.375 MPa").law
    assert found.hardening.saturation_stress / found.yield_stress == pytest.approx(1.18 / 0.8)
    with pytest.raises(MaterialError, match=re.escape('write yield_stress = "5000 kPa", satura')):
        materials.get("Li", yield_stress="5000 kPa")  # in the unit that was written
    data = {"base": "Li", "yield_stress": "5 MPa"}
    with pytest.raises(ifem.errors.CaseError) as told:
        materials.Material.from_dict(data, place="layer[1].material")
    (mistake,) = told.value.mistakes
    assert mistake.place == "layer[1].material.yield_stress"
    assert mistake.remedy == 'write yield_stress = "5 MPa", saturation_stress = "7.375 MPa"'


def test_one_of_a_pair_changed_alone_is_a_note_of_the_record_and_of_check() -> None:
    alone = materials.get("Li", yield_stress="0.4 MPa")
    told = (
        "was fitted together with saturation_stress = 1.18 MPa, which stays as it was; to keep the "
        'proportion write yield_stress = "0.4 MPa", saturation_stress = "0.59 MPa"'
    )
    assert told in alone.value("yield_stress").note
    assert notes(made(upper=alone)) == [f"layer[1].material.yield_stress: 0.4 MPa {told}"]
    both = materials.get("Li", yield_stress="0.4 MPa", saturation_stress="0.59 MPa")
    assert "fitted" not in both.value("yield_stress").note
    assert notes(made(upper=both)) == []
    assert notes(made(upper=materials.get("Li", yield_stress="0.8 MPa"))) == []  # as it was


@pytest.mark.parametrize(
    ("name", "kind", "given", "kept"),
    [
        ("Li", "anand", {"activation_energy": "40 kJ/mol"}, "rate_prefactor = 42500 1/s"),
        ("Li", "anand", {"initial_resistance": "2 MPa"}, "hardening_constant = 10 MPa, saturation"),
        ("Li", "norton", {"creep_temperature": "60 degC"}, "creep_rate = 0.001 1/s"),
        ("LGPS", "powder", {"yield_pressure": "200 MPa"}, "heckel_intercept = 0.8"),
    ],
)
def test_every_law_states_what_goes_together(
    name: str, kind: str, given: dict[str, str], kept: str
) -> None:
    material = materials.get(name, law=kind, **given)
    (key,) = given
    assert f"was fitted together with {kept}" in material.value(key).note
    case = made(ifem.Press("5 MPa", rate="1 MPa/s"), upper=material)
    (note,) = [text for text in notes(case) if "fitted" in text]
    assert note.startswith(f"layer[1].material.{key}: ")


def test_groups_are_parameters_of_their_law() -> None:
    for kind in materials.LAWS.values():
        for group in kind.fitted_together:
            assert len(group) > 1
            assert set(group) <= {*kind.required(), *kind.optional()} & set(PROPERTIES)


# --- nearly incompressible layers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("modulus", "ratio", "bound"),
    [
        ("5 GPa", 0.499999, 0.4999),
        ("5 MPa", 0.49991, 0.4999),
        ("5 GPa", 0.4999, None),
        ("30 GPa", 0.4999, 0.499),
        ("200 GPa", 0.499, 0.49),
        ("200 GPa", 0.49, None),
    ],
)
def test_a_poissons_ratio_that_does_not_converge_is_a_mistake(
    modulus: str, ratio: float, bound: float | None
) -> None:
    own = law(modulus, ratio)
    found = made(upper=own, lower=SOFT).check().mistakes
    if bound is None:
        assert not found
        return
    (mistake,) = found
    assert mistake.place == "layer[1].material.poissons_ratio"
    assert mistake.problem.startswith(f"{ratio:g} is too close to 0.5: ")
    assert modulus in mistake.problem
    assert mistake.remedy == f"write {bound:g} or less"
    data = made(lower=SOFT).to_dict()
    data["layer"][1]["material"] = own.to_dict()
    with pytest.raises(ifem.errors.CaseError, match=re.escape(f"write {bound:g} or less")):
        Case.from_dict(data)
    punch = ifem.Layer("punch", own, "5 um")
    staged = Case(
        "staged",
        made().stack,
        ifem.Protocol(
            ifem.Stage(["a"], [ifem.Press("5 MPa"), ifem.Release("1 MPa")], punch=punch),
            ifem.Stage(["b"], [ifem.Press("5 MPa")]),
        ),
    )
    assert [m.place for m in staged.check().mistakes] == ["stage[0].punch.material.poissons_ratio"]


def test_the_bound_converges_and_a_report_says_what_the_temperature_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # two wavy layers in plane strain, the softer one at the bound; any wave will do
    wave = surfaces.sinusoid("20 um", amplitude="100 nm", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("a", "Li6PS5Cl", "8 um", top=wave), ifem.Layer("b", law("5 GPa", 0.4999), "8 um")
    )
    protocol = ifem.Protocol(ifem.Press("3 MPa"))
    case = Case("bound", stack, protocol, current=None, temperature="60 degC")
    with case.run(tmp_path / "run", listeners=()) as results:
        assert results.status == "complete"
    assert main(["report", str(tmp_path / "run"), "--no-figures"]) == 0
    said = capsys.readouterr().out
    (line,) = [text for text in said.splitlines() if "temperature" in text]
    assert line.strip().startswith("note: temperature 333.15 K has no effect: no law here uses it.")
