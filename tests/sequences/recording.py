"""A store that cannot be reached for a while, and a plugin that records lights in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat

from hostsim.sequence.host import Host
from tsplug import ExposureOutcome, ExposureSaved, GradingStatus, InputError, PierSide, StoreUnavailableError, hookimpl


def away(times: int) -> Callable[[], None]:
    """Return a look at a store that cannot be reached so many times."""
    looks: Iterator[bool] = chain(repeat(True, times), repeat(False))

    def look() -> None:
        if next(looks):
            raise StoreUnavailableError("the store is locked by another program")

    return look


class Recorder:
    """A plugin that records each light once its store can be reached, but those that are ``refused``."""

    def __init__(self, look: Callable[[], None], *, refused: tuple[str, ...] = ()) -> None:
        self.look, self.refused, self.recorded = look, refused, list[str]()

    @hookimpl
    def on_exposure_saved(self, event: ExposureSaved) -> ExposureOutcome:
        self.look()
        if event.guid in self.refused:
            raise InputError(f"{event.guid} has a gain below 0")
        self.recorded.append(event.guid)
        return first_of_plan(event)


def first_of_plan(event: ExposureSaved) -> ExposureOutcome:
    """Return what becomes of a light that is the first of its plan and waits to be graded."""
    return ExposureOutcome(
        guid=event.guid,
        image_id=1,
        already_recorded=False,
        status=GradingStatus.PENDING,
        acquired=1,
        accepted=0,
        grading_wanted=False,
    )


def saved(guid: str, host: Host) -> ExposureSaved:
    """Return the news of a light."""
    now = host.clock.now()
    return ExposureSaved(
        guid=guid,
        profile_guid=host.profile.guid,
        plan_guid="p",
        file=host.out / f"{host.journal.state.lights}.fits",
        filter_name="L",
        started=now,
        ended=now,
        exposure_s=1.0,
        gain=None,
        offset=None,
        binning=1,
        readout_mode=None,
        readout_mode_name="",
        rotation_deg=None,
        position_angle_deg=None,
        roi_percent=100.0,
        session_id=1,
        pier_side=PierSide.UNKNOWN,
        focuser_position=None,
        focuser_temperature_c=None,
        camera_temperature_c=None,
        camera_set_temperature_c=None,
        guide_scale_arcsec=None,
        metrics={},
    )
