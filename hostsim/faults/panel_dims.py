"""The panel is dimmer than it should be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.covercalibrator import CoverCalibrator
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class PanelDims(DeviceFault):
    """The panel gives less light than its level says, and does not know it."""

    help: ClassVar[str] = "The panel gives less light than its level says, and does not know it."
    kind = CoverCalibrator
    type: Literal["panel_dims"] = "panel_dims"
    to: float = Field(ge=0, lt=1, description="Which part of the light is left, 0 to 1.")

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the lamp dim."""
        state = observatory.device(CoverCalibrator, self.number).state
        yield
        state.lamp = min(state.lamp, self.to)

    def end(self, observatory: Observatory) -> None:
        """Give the panel its full light."""
        observatory.device(CoverCalibrator, self.number).state.lamp = 1.0


FAULT = PanelDims
