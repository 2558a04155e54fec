"""The filter wheel is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.filterwheel import FilterWheel
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class WheelStuck(DeviceFault):
    """The wheel begins to turn when it is told to, and never arrives."""

    help: ClassVar[str] = "The filter wheel begins to turn when it is told to, and does not arrive."
    kind = FilterWheel
    type: Literal["wheel_stuck"] = "wheel_stuck"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep a turning wheel turning."""
        state = observatory.device(FilterWheel, self.number).state
        left_s = state.moving_s
        yield
        state.moving_s = left_s


FAULT = WheelStuck
