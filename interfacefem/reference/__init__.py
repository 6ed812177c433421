# SPDX-License-Identifier: MIT
"""Closed-form solutions that the program is verified against, each with its source.

Plain functions of numbers and arrays; nothing here is used by a simulation.
"""

from __future__ import annotations
