# SPDX-License-Identifier: MIT
"""Execute a case script, not as the main program, and take a variable from it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from interfacefem.errors import InterfaceFEMError
from interfacefem.quantities import one_mistake


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
