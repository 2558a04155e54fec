"""The mount does not obey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.observatory import Observatory
from hostsim.devices.telescope import Telescope
from hostsim.faults.parts.fault import DeviceFault


class MountLost(DeviceFault):
    """Slews end half-way, or the mount stands still and cannot be made to track."""

    help: ClassVar[str] = "Slews and parking end half-way, or the mount stands still and cannot be made to track."
    kind = Telescope
    type: Literal["mount_lost"] = "mount_lost"
    how: Literal["slew_fails", "tracking_stops"] = Field(
        default="slew_fails", description="What fails: slews and parking, or tracking."
    )

    def begin(self, observatory: Observatory, moment: datetime) -> None:
        """Stop tracking, if that is what fails."""
        if self.how == "tracking_stops":
            telescope = observatory.device(Telescope, self.number)
            telescope.state.mount.set_tracking(False, moment)

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """End a slew in its middle, or keep tracking off."""
        telescope = observatory.device(Telescope, self.number)
        before = telescope.state.mount.model_copy(deep=True)
        yield
        if self.how == "tracking_stops":
            telescope.state.mount.set_tracking(False, telescope.moment())
        elif before.slew is not None:
            left_s = before.slew.duration_s / 2.0 - before.slew.elapsed_s
            if seconds >= left_s:
                before.advance(max(0.0, left_s), telescope.moment())
                before.stop(telescope.moment())
                telescope.state.mount = before


FAULT = MountLost
