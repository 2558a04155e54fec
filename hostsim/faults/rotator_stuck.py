"""The rotator is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.observatory import Observatory
from hostsim.devices.rotator import Rotator
from hostsim.faults.parts.fault import DeviceFault


class RotatorStuck(DeviceFault):
    """The rotator says that it turns, and stays where it is."""

    help: ClassVar[str] = "The rotator says that it turns when it is told to, and stays where it is."
    kind = Rotator
    type: Literal["rotator_stuck"] = "rotator_stuck"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the rotator where it is."""
        state = observatory.device(Rotator, self.number).state
        motion = state.motion.model_copy()
        yield
        state.motion = motion


FAULT = RotatorStuck
