# SPDX-License-Identifier: MIT
"""The verbs with their options, and what the program says and returns when something goes wrong.

Exit codes: 0 done, 2 bad input, 3 not converged, 130 stopped with Ctrl-C, 143 ended by SIGTERM;
after the last three what was reached is kept. Anything else is a mistake of the program and shows
its traceback.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import interfacefem
from interfacefem import logs, registry
from interfacefem.cli import cases, pellet, read, spectrum, sweep, validate
from interfacefem.cli.shell import DONE, guarded, is_first, read_path

EXAMPLES = """
examples:
  interfacefem check cases/wavy_interface.py       find all mistakes at once
  interfacefem run cases/wavy_interface.py         press it; results go to runs/wavy_interface
  interfacefem resume runs/wavy_interface          continue it where it was interrupted
  interfacefem report runs/wavy_interface          numbers, risks and pictures
  interfacefem compare runs/one runs/two           both side by side
  interfacefem sweep CASE --seeds 12 --over "step.press.to=25 MPa, 60 MPa, 150 MPa"
  interfacefem window sweeps/NAME --target "100 ohm*cm^2" --at "5 MPa"
exit codes: 0 done, 2 bad input, 3 not converged, 130 stopped by Ctrl-C, 143 ended by SIGTERM; after
the last three what was reached is kept
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all verbs."""
    top = argparse.ArgumentParser(
        prog="interfacefem",
        description="Rough interfaces of pressed solid-state cells: contact, resistance and risk.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=interfacefem.__version__)
    top.add_argument("-v", "--verbose", action="store_true", help="show what the solver does")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for module in (cases, sweep, pellet, read, spectrum, validate):
        module.add_verbs(verbs)
    for verb in verbs.choices.values():
        verb.add_argument(
            "--with",
            dest="files",
            action="append",
            default=[],
            type=read_path,
            metavar="FILE.py",
            help="load a file of your own laws, pictures, risks or stored fields; may be repeated",
        )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the name of the program; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    chosen = parser().parse_args(arguments)
    if chosen.verbose:
        logs.set_log_level("DEBUG")
    if chosen.act not in cases.SHARED and not is_first():
        return DONE  # nothing to share: the first process does it
    with logs.warnings_shown():
        return guarded(lambda: _act(chosen))


def _act(chosen: argparse.Namespace) -> int:
    for file in chosen.files:
        registry.load_file(file)
    return int(chosen.act(chosen))
