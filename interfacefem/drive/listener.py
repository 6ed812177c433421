# SPDX-License-Identifier: MIT
"""What is told how a run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot


class Listener(Protocol):
    """Told how a run goes on; a method that a listener does not have is not called.

    A class of one's own takes this one for its base and has the methods it wants; the others do
    nothing. Listeners read what they are given and change nothing.
    """

    def on_start(self, info: Mapping[str, object]) -> None:
        """Begin a run.

        Parameters
        ----------
        info : mapping
            ``name``, ``path``, ``dofs`` and ``interfaces``. A run that is continued has
            ``resumed`` with ``step``, ``step_index``, ``increment`` and ``nominal_pressure`` of
            its last increment.
        """

    def on_step(self, name: str, target_pressure: float | None) -> None:
        """Begin a step, to a pressure [MPa]; None where it stays."""

    def on_increment(self, snapshot: IncrementSnapshot) -> None:
        """Look at an accepted increment."""

    def on_reject(self, text: str) -> None:
        """Hear why an attempt was thrown away."""

    def on_current(self, snapshot: CurrentSnapshot) -> None:
        """Look at a current that was solved for."""

    def on_end(self, status: str, message: str = "") -> None:
        """Hear how the run ended."""
