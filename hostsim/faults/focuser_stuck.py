"""The focuser is stuck."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from hostsim.devices.focuser import Focuser
from hostsim.devices.observatory import Observatory
from hostsim.faults.parts.fault import DeviceFault


class FocuserStuck(DeviceFault):
    """The focuser says that it moves, and stays where it is."""

    help: ClassVar[str] = "The focuser says that it moves when it is told to, and stays where it is."
    kind = Focuser
    type: Literal["focuser_stuck"] = "focuser_stuck"

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the focuser where it is."""
        state = observatory.device(Focuser, self.number).state
        motion = state.motion.model_copy()
        yield
        state.motion = motion


FAULT = FocuserStuck
