# SPDX-License-Identifier: MIT
"""What the program returns to the shell, and for which error; the same in all processes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from interfacefem import numbers
from interfacefem.cli.processes import end_after_error, ranks, silence
from interfacefem.errors import ConvergenceError, InterfaceFEMError

DONE = 0
MISTAKE = 1  #: of the program
BAD_INPUT = 2
NOT_CONVERGED = 3  #: what was reached is kept
INTERRUPTED = 130  #: Ctrl-C; what was reached is kept; after SIGTERM a run ends with 143


def guarded(act: Callable[[], int]) -> int:
    """Do something and return its exit code; errors of the package become one message.

    Parameters
    ----------
    act : callable
        Returns an exit code.

    Returns
    -------
    int
        What ``act`` returned, or the code of the error it raised. Errors that are none of the
        package's are mistakes of the program and pass; of several processes they end all.
    """
    silence()
    try:
        numbers.check()
        return int(act())
    except ConvergenceError as error:
        return end_after_error(NOT_CONVERGED, f"interfacefem: {error}")
    except InterfaceFEMError as error:
        return end_after_error(BAD_INPUT, f"interfacefem: {error}")
    except KeyboardInterrupt:
        return end_after_error(INTERRUPTED, "interfacefem: stopped by Ctrl-C")
    except BrokenPipeError:
        # Whoever read the output has gone, for example head; that is no mistake.
        sys.stderr.close()
        return DONE
    except Exception:
        if ranks() is None:
            raise
        return end_after_error(MISTAKE, traceback.format_exc())
