"""A second camera on the mount: it exposes while the first one does, and both are done before the mount moves."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count as counting
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.pointing import switch_filter
from hostsim.sequence.shelter import UnsafeError
from tsplug import Cancelled, Expose, SetReadoutMode, SwitchFilter, TakeExposure, TsplugError
from tsplug.instructions import SchedulerContainer, SecondCamera


class SecondCameraSettings(BaseModel):
    """The second camera of a sequence: a profile with its templates, at the catalogue's site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: dict[str, Any] = Field(description="Its profile, as in the catalogue; with a name of its own.")
    templates: list[dict[str, Any]] = Field(
        min_length=1,
        description="Its templates, as in the catalogue: each is used with the first camera's template of its name.",
    )
    trained_flats: list[dict[str, Any]] = Field(default=[], description="Its trained flats, as in the catalogue.")


class Second:
    """Exposes with the second camera of a host, where it has one."""

    def __init__(self, host: Host) -> None:
        """Prepare; nothing moves yet."""
        self._first = host
        self._host = host.second
        self._frames = None if host.second is None else Frames(host.second)
        self._told = ""

    def meanwhile(self, decision: TakeExposure, *, grade: bool) -> Callable[[], None]:
        """Return what is done whenever the shutter of the first camera has opened for the decided exposure."""
        beside, times = self.beside(decision, grade=grade), counting()

        def begun() -> None:
            if next(times):
                # The first attempt failed, which took its time: other rigs must not take this exposure too.
                SchedulerContainer().keep(decision, self._first.session)
            if beside is not None:
                beside()

        return begun

    def beside(self, decision: TakeExposure, *, grade: bool) -> Callable[[], None] | None:
        """Return what takes the second camera's exposures while the first one takes the decided one, None without any.

        What goes wrong with it costs the first camera nothing.
        """
        host, frames = self._host, self._frames
        if host is None or frames is None or host.rig.camera is None:
            return None
        count, own, why = self._fitted(decision, host)
        if own is None:
            self._tell(f"the second camera takes nothing: {why}")
            return None
        exposure_s = sum(step.exposure_s for step in own.steps if isinstance(step, Expose))
        self._tell(f"beside it {own.target_name} {own.filter_name}, {count} x {exposure_s:g} s, with the second camera")

        # Once: where the first camera's exposure fails and is tried again, what was taken beside it is not.
        left = iter(range(count))

        def take() -> None:
            try:
                for _ in left:
                    self._take(own, host, frames=frames, grade=grade)
            except (Cancelled, UnsafeError):
                raise
            except TsplugError as error:
                self._first.warn(f"second camera: {error}; the first one goes on")

        return take

    def _fitted(self, decision: TakeExposure, host: Host) -> tuple[int, TakeExposure | None, str]:
        """Return how many exposures are taken, and one of them; else why none, with a warning where that is amiss."""
        parameters = SecondCamera.Parameters(profile_guid=host.profile.guid)
        try:
            fitted = SecondCamera().fit(parameters, self._first.session, decision=decision)
        except Cancelled:
            raise
        except TsplugError as error:
            # Somebody may have deleted the plan meanwhile: the first camera's light is recorded all the same.
            self._first.warn_once(f"second camera: {error}; the first one goes on")
            return 0, None, str(error)
        if fitted.amiss:
            self._first.warn_once(f"second camera: {fitted.reason}: it takes nothing")
        return fitted.count, fitted.exposure, fitted.reason

    def _tell(self, told: str) -> None:
        """Show what the second camera takes beside an exposure, or why nothing, whenever it is not as before."""
        if told != self._told:
            self._first.display.note(told)
        self._told = told

    def _take(self, own: TakeExposure, host: Host, *, frames: Frames, grade: bool) -> None:
        host.context.cancellation.check()
        for step in own.steps:
            if isinstance(step, SwitchFilter):
                if host.rig.wheel is not None and host.rig.wheel.current() != step.filter_name:
                    switch_filter(step.filter_name, host, focus_offset=True)
            elif isinstance(step, SetReadoutMode):
                host.camera().set_readout_mode(step.readout_mode)
            elif isinstance(step, Expose):
                frames.light(own, step, grade=grade)
