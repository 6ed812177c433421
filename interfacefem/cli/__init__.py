# SPDX-License-Identifier: MIT
"""The command line: ``interfacefem VERB``, and case scripts that behave like it."""

from __future__ import annotations

from interfacefem.cli.main import main

__all__ = ["main"]
