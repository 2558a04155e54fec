"""The panel goes dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.covercalibrator import CoverCalibrator
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class PanelDies(DeviceFault):
    """The panel's lamp gives no light."""

    help: ClassVar[str] = "The panel's lamp gives no light any more."
    kind = CoverCalibrator
    type: Literal["panel_dies"] = "panel_dies"
    unnoticed: bool = Field(
        default=False, description="Whether the panel says that it shines all the same, instead of an error."
    )

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the lamp dark."""
        state = observatory.device(CoverCalibrator, self.number).state
        yield
        state.lamp = 0.0
        state.lamp_failed = state.lamp_failed or not self.unnoticed

    def end(self, observatory: Observatory) -> None:
        """Give the panel a new lamp."""
        state = observatory.device(CoverCalibrator, self.number).state
        state.lamp, state.lamp_failed = 1.0, False


FAULT = PanelDies
