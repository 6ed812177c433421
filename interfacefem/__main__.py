# SPDX-License-Identifier: MIT
"""``python -m interfacefem VERB``, the same as the command ``interfacefem VERB``."""

from __future__ import annotations

import sys

from interfacefem.cli import main

if __name__ == "__main__":
    sys.exit(main())
