"""Let the sensor warm up."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.equipment.waiting import Patience
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import look_out
from hostsim.sequence.instruction import Instruction


class WarmCamera(Instruction):
    """Lets the sensor warm up, then switches the cooler off."""

    help: ClassVar[str] = "Let the sensor warm up gently, then switch the cooler off."
    is_long: ClassVar[bool] = True
    type: Literal["warm_camera"] = "warm_camera"
    temperature_c: float = Field(default=10.0, le=40, description="Warm enough; in colder air, as warm as that.")
    timeout_s: float = Field(default=1800.0, gt=0, description="How long to wait at most.")

    def run(self, host: Host) -> None:
        """Warm up, and wait.

        Raises:
            UnsafeError: it is not safe any more, amid the night of a container.
            DeviceError: a sensor did not get warm in time.
        """
        patience = Patience(timeout_s=self.timeout_s, poll_s=5.0)
        for each in host.cameras:
            each.camera().warm(at_least_c=self.temperature_c, patience=patience, watch=partial(look_out, host))
        host.journal.state.standing.cooled_to_c = None


INSTRUCTION = WarmCamera
