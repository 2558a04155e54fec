"""Find the best focus."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.focusing import FocusSettings, autofocus
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import OneCamera
from hostsim.sequence.shelter import watch_of
from hostsim.sequence.sky_ready import needs_sky, ready_for_sky


class Autofocus(OneCamera):
    """Finds the best focus with a V-curve and moves there."""

    help: ClassVar[str] = "Measure star sizes on both sides of focus, fit a hyperbola, move to its minimum."
    type: Literal["autofocus"] = "autofocus"
    settings: FocusSettings = Field(default_factory=FocusSettings, description="How the V-curve is measured.")

    def is_outdoors(self, host: Host) -> bool:
        """Return whether cover or mount is out, or will be; behind a closed cover in the park there is no weather."""
        return needs_sky(host)

    def run(self, host: Host) -> None:
        """Focus."""
        ready_for_sky(host)
        autofocus(self.settings, host.one(self.camera), look=watch_of(host))


INSTRUCTION = Autofocus
