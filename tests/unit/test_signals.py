"""A closed pipe is an error that Python raises, also after the libraries have been loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOAD_DOLFINX = "import interfacefem.fem.backend"
START_GMSH = "from interfacefem.meshing.session import session\nwith session(): pass"
WRITE = """
import os, sys
reader, writer = os.pipe()
os.close(reader)
try:
    os.write(writer, b"unheard")
except BrokenPipeError:
    sys.exit(7)
"""


@pytest.mark.skipif(os.name != "posix", reason="pipes and their signal are POSIX")
@pytest.mark.parametrize("first", [LOAD_DOLFINX, START_GMSH, f"{LOAD_DOLFINX}\n{START_GMSH}"])
def test_closed_pipe_raises(first: str) -> None:
    outcome = subprocess.run([sys.executable, "-c", f"{first}\n{WRITE}"], check=False)
    # without the remedy the process dies of the signal: -13
    assert outcome.returncode == 7
