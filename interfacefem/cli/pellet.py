# SPDX-License-Identifier: MIT
"""``pellet``: what tilted or bowed platens do to a whole pellet, from runs of its interface."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from interfacefem.cli.shell import DONE, read_path, say
from interfacefem.pellet import InterfaceLaw, Pellet, PressureMap, answer, draw
from interfacefem.quantities import one_mistake
from interfacefem.results import Results

HELP = """
RUN: a run of the pair of layers alone that presses to 2.5 times the mean pressure or more, with a
release from there if --then is asked for; several runs are realisations.

example, platens that are 5 um out of parallel on a die of 10 mm:
  interfacefem pellet runs/pair --die "10 mm" --force "0.48 t" --punch steel --seat guided \\
      --wedge "5 um" --liner "0.1 um/MPa" --layers "Li6PS5Cl 0.8 mm | Li3InCl6 60 um"
"""


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    verb = verbs.add_parser(
        "pellet", help="uneven pressing: a whole pellet on tilted or bowed platens", epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    verb.add_argument("runs", nargs="+", type=read_path, metavar="RUN", help="folder of a run")
    verb.add_argument("--die", required=True, help='its diameter: "10 mm"')
    verb.add_argument("--force", help='largest force: "0.48 t" or "4.7 kN"; not needed with --film')
    verb.add_argument("--then", metavar="FORCE", help="force after release")
    verb.add_argument(
        "--punch", help='steel, carbide, rigid, or modulus and Poisson\'s ratio: "70 GPa, 0.33"'
    )
    verb.add_argument("--seat", help='guided, free, or a stiffness a radian: "100 N*m"')
    verb.add_argument("--wedge", default="0 um", help='gap from edge to edge: "5 um"')
    verb.add_argument(
        "--bow", default="0 um", help='gap at the edge less that in the middle: "4 um"'
    )
    verb.add_argument("--liner", default="0 um/MPa", help='how far it gives way: "0.1 um/MPa"')
    verb.add_argument(
        "--layers", default="0 ohm*cm^2",
        help='their resistance "40 ohm*cm^2", or "MATERIAL THICKNESS, ... | ...", bottom to top '
        "with | where the interface is",
    )  # fmt: skip
    verb.add_argument("--film", type=read_path, help="pressure-sensitive film: CSV or picture")
    verb.add_argument("--pixel", help='of the film: "125 um"')
    verb.add_argument("--unit", default="MPa", help="of a CSV without units; MPa by default")
    verb.add_argument(
        "--scale", metavar="SHADE=PRESSURE, ...",
        help='of a picture, 0 black to 255 white: "255=0 MPa, 60=50 MPa"',
    )  # fmt: skip
    verb.add_argument(
        "--channel", default="grey", choices=("grey", "red", "green", "blue"),
        help="of a picture; a red film is read in green",
    )  # fmt: skip
    verb.add_argument("-o", "--output", type=read_path, default=Path("pellet.png"), help="picture")
    verb.add_argument("--no-figure", action="store_true", help="words and numbers only")
    verb.set_defaults(act=_pellet)


def _pellet(chosen: argparse.Namespace) -> int:
    filmed = chosen.film is not None
    for name in ("punch", "seat", "force"):
        if getattr(chosen, name) is None and not filmed:
            ways = {"punch": "steel", "seat": "guided", "force": "4.7 kN"}
            raise one_mistake(f"--{name}", "is not given", f'write --{name} "{ways[name]}"')
    runs = []
    try:
        runs = [Results.open(folder) for folder in chosen.runs]
        law = InterfaceLaw.from_runs(runs)
    finally:
        for run in runs:
            run.close()
    pellet = Pellet(
        chosen.die, law, punch=_punch(chosen.punch or "rigid"), seat=chosen.seat or "free",
        wedge=chosen.wedge, bow=chosen.bow, liner=chosen.liner, layers=chosen.layers,
    )  # fmt: skip
    if filmed:
        film = PressureMap.read(
            chosen.film, pixel=chosen.pixel, scale=_scale(chosen.scale), unit=chosen.unit,
            channel=chosen.channel,
        )  # fmt: skip
        state = pellet.measured(film, force=chosen.force)
        say(state.to_text())
    else:
        found = answer(pellet, chosen.force, then=chosen.then)
        say(found.to_text())
        state = found.states[0]
    if not chosen.no_figure:
        from interfacefem import plots

        say(f"\n{plots.save(draw(state), chosen.output)}")
    return DONE


def _punch(text: str) -> str | tuple[str, float]:
    modulus, comma, poisson = text.partition(",")
    if not comma:
        return text
    try:
        return modulus.strip(), float(poisson)
    except ValueError:
        raise one_mistake(
            "--punch", f"{poisson.strip()!r} is no Poisson's ratio", 'write "70 GPa, 0.33"'
        ) from None


def _scale(text: str | None) -> dict[int, str] | None:
    if text is None:
        return None
    found = {}
    for part in text.split(","):
        shade, equals, pressure = part.partition("=")
        if not equals or not shade.strip().isdecimal():
            raise one_mistake(
                "--scale", f"{part.strip()!r} is no shade", 'write "255=0 MPa, 60=50 MPa"'
            )
        found[int(shade)] = pressure.strip()
    return found
