# SPDX-License-Identifier: MIT
"""The command line: ``interfacefem check | mesh | run | report | plot | export | info``."""

from __future__ import annotations

from interfacefem.cli.main import main

__all__ = ["main"]
