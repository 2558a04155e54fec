"""Bring a filter into the beam."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.host import Host
from hostsim.sequence.instruction import OneCamera
from hostsim.sequence.pointing import switch_filter


class SwitchFilter(OneCamera):
    """Brings a filter into the beam, and the focuser by the difference of the filters' focus offsets."""

    help: ClassVar[str] = "Bring a filter into the beam; the focuser follows the filters' focus offsets."
    type: Literal["switch_filter"] = "switch_filter"
    filter: str = Field(min_length=1, description="The name of the filter.")
    focus_offset: bool = Field(default=True, description="Move the focuser by the difference of the focus offsets.")

    def run(self, host: Host) -> None:
        """Turn the wheel."""
        switch_filter(self.filter, host.one(self.camera), focus_offset=self.focus_offset)


INSTRUCTION = SwitchFilter
