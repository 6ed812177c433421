# SPDX-License-Identifier: MIT
"""What the program returns to the shell, and for which error."""

from __future__ import annotations

import sys
from collections.abc import Callable

from interfacefem.errors import ConvergenceError, InterfaceFEMError

DONE = 0
BAD_INPUT = 2
NOT_CONVERGED = 3  #: what was reached is kept
INTERRUPTED = 130  #: Ctrl-C; what was reached is kept


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
        package's are mistakes of the program and pass.
    """
    try:
        return int(act())
    except ConvergenceError as error:
        print(f"interfacefem: {error}", file=sys.stderr)
        return NOT_CONVERGED
    except InterfaceFEMError as error:
        print(f"interfacefem: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interfacefem: stopped by Ctrl-C", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone, for example head; that is no mistake.
        sys.stderr.close()
        return DONE
