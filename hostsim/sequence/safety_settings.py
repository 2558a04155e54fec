"""What a sequence says about safety: what is done when it is not safe, and what the simulated monitor calls unsafe."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hostsim.devices.safetymonitor import SafetyLimits


class SafetySettings(BaseModel):
    """What is done while the safety monitor says that it is not safe: by the Scheduler Container, and outside it.

    Panel flats, darks and what moves nothing under the sky do not look at the monitor: they run to their end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    when_unsafe: Literal["wait", "ignore"] = Field(
        default="wait", description="`wait`: cover closed and mount parked until it is safe again; `ignore`: go on."
    )
    frame: Literal["abort", "finish"] = Field(
        default="abort", description="Whether the exposure under way is dropped at once, or finished and saved first."
    )
    wait_hours: float = Field(
        default=8.0, gt=0, le=48, description="How long to wait for safety at most; then the instruction fails."
    )
    limits: SafetyLimits = Field(
        default=SafetyLimits(), description="What weather the simulated safety monitor calls unsafe."
    )
