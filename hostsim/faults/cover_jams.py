"""The cover jams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.covercalibrator import CoverCalibrator, CoverStatus
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class CoverJams(DeviceFault):
    """A cover that moves stops half-way."""

    help: ClassVar[str] = "A cover that moves stops half-way."
    kind = CoverCalibrator
    type: Literal["cover_jams"] = "cover_jams"
    says: Literal["error", "unknown"] = Field(default="error", description="The cover's state afterwards.")

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Stop a moving cover half-way."""
        panel = observatory.device(CoverCalibrator, self.number)
        left_s = panel.state.cover_s
        yield
        if left_s > 0 and left_s - seconds <= panel.config.cover_s / 2.0:
            panel.state.cover_s = 0.0
            panel.state.cover = CoverStatus[self.says.upper()]


FAULT = CoverJams
