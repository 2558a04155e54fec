"""Cool the sensor."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.equipment.waiting import Patience
from hostsim.sequence.host import Host
from hostsim.sequence.indoors import look_out
from hostsim.sequence.instruction import Instruction


class CoolCamera(Instruction):
    """Cools the sensor and waits until it has the temperature."""

    help: ClassVar[str] = "Switch the cooler on and wait until the sensor has the temperature."
    is_long: ClassVar[bool] = True
    type: Literal["cool_camera"] = "cool_camera"
    temperature_c: float = Field(ge=-60, le=40, description="The temperature to reach, in degrees C.")
    tolerance_c: float = Field(default=0.5, gt=0, le=10, description="How near is near enough, in degrees C.")
    timeout_s: float = Field(default=1800.0, gt=0, description="How long to wait at most.")

    def run(self, host: Host) -> None:
        """Cool, and wait.

        Raises:
            UnsafeError: it is not safe any more, amid the night of a container.
            DeviceError: a sensor did not come to the temperature in time.
        """
        patience = Patience(timeout_s=self.timeout_s, poll_s=5.0)
        for each in host.cameras:
            each.camera().cool(
                self.temperature_c, tolerance_c=self.tolerance_c, patience=patience, watch=partial(look_out, host)
            )
        host.journal.state.standing.cooled_to_c = self.temperature_c


INSTRUCTION = CoolCamera
