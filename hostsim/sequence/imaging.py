"""The Scheduler Container at work: decide, do the steps, save, tell, again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from hostsim.sequence.conditions import Until
from hostsim.sequence.flats import take_immediate_flats
from hostsim.sequence.focusing import FocusSettings, NoFocusFoundError, autofocus
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host
from hostsim.sequence.outlook import show_progress
from hostsim.sequence.pointing import dither, rotate_to, switch_filter
from hostsim.sequence.shelter import (
    UnsafeError,
    check_safe,
    leave_shelter,
    sleep_watchfully,
    stay_sheltered,
    take_shelter,
)
from hostsim.sequence.state import Focus, Imaging
from hostsim.sequence.watching import Warmth, watch_mount
from tsplug import (
    Cancelled,
    Decision,
    DecisionRequest,
    Dither,
    Expose,
    NothingLeft,
    RotateTo,
    SetReadoutMode,
    SlewCenter,
    Step,
    SwitchFilter,
    TakeExposure,
    TsplugError,
    WaitUntil,
)
from tsplug.instructions import SchedulerContainer, SchedulerImmediateFlats


class ImagingSettings(Protocol):
    """What a container lets its author choose."""

    @property
    def grade(self) -> bool:
        """Return the setting `grade`."""
        ...

    @property
    def until(self) -> Until | None:
        """Return the setting `until`."""
        ...

    @property
    def autofocus(self) -> bool:
        """Return the setting `autofocus`."""
        ...

    @property
    def autofocus_every_min(self) -> float:
        """Return the setting `autofocus_every_min`."""
        ...

    @property
    def autofocus_every_c(self) -> float:
        """Return the setting `autofocus_every_c`."""
        ...

    @property
    def focus(self) -> FocusSettings:
        """Return the setting `focus`."""
        ...

    @property
    def focus_offset(self) -> bool:
        """Return the setting `focus_offset`."""
        ...

    @property
    def dither_px(self) -> float:
        """Return the setting `dither_px`."""
        ...

    @property
    def immediate_flats(self) -> SchedulerImmediateFlats.Parameters | None:
        """Return the setting `immediate_flats`."""
        ...

    @property
    def rotation_half_turn(self) -> bool:
        """Return the setting `rotation_half_turn`."""
        ...


class Imager:
    """Images with one host, as one container's settings say."""

    def __init__(self, host: Host, settings: ImagingSettings) -> None:
        """Prepare; nothing moves yet."""
        self._host = host
        self._settings = settings
        self._frames = Frames(host)
        self._warmth = Warmth()

    def run(self, container: SchedulerContainer) -> None:
        """Image until nothing is left for this night.

        Raises:
            TsplugError: a step failed.
        """
        try:
            self._until_nothing_is_left(container)
        finally:
            self._host.journal.state.imaging = Imaging()

    def _until_nothing_is_left(self, container: SchedulerContainer) -> None:
        host = self._host
        until = None if self._settings.until is None else host.end_of(self._settings.until)
        while True:
            host.context.cancellation.check()
            decision = container.decide(self._request(until), host.session)
            self._leave_target(decision)
            if isinstance(decision, NothingLeft):
                host.display.note(f"nothing left to image: {decision.reason}")
                return
            try:
                self._carry_out(decision)
            except UnsafeError as error:
                take_shelter(host, why=str(error))
                stay_sheltered(host)
            host.journal.save()

    def _leave_target(self, decision: Decision) -> None:
        """Take the flats of the target that is left, if they are wanted at once; they never end the imaging."""
        host, wanted = self._host, self._settings.immediate_flats
        last = host.journal.state.imaging.target_guid
        stays = isinstance(decision, TakeExposure) and decision.target_guid == last
        # At the end of the night what an interruption may have lost is taken too, as far as the rotator stands right.
        if wanted is None or stays or (last is None and not isinstance(decision, NothingLeft)):
            return
        try:
            take_immediate_flats(wanted, host)
        except Cancelled:
            raise
        except TsplugError as error:
            host.warn(f"{error}; imaging goes on")
            self._see_the_sky_again()
        host.journal.state.imaging = Imaging()

    def _see_the_sky_again(self) -> None:
        panel = self._host.rig.panel
        if panel is not None:
            panel.light_off()
            panel.open_cover()

    def _carry_out(self, decision: WaitUntil | TakeExposure) -> None:
        check_safe(self._host)
        leave_shelter(self._host)
        if isinstance(decision, WaitUntil):
            self._wait(decision)
        else:
            self._image(decision)

    def _request(self, until: datetime | None) -> DecisionRequest:
        imaging = self._host.journal.state.imaging
        wheel = self._host.rig.wheel
        return DecisionRequest(
            profile_guid=self._host.profile.guid,
            current_target_guid=imaging.target_guid,
            current_filter=wheel.current() if wheel else None,
            until=until,
            exposures_since_dither=imaging.since_dither,
        )

    def _wait(self, decision: WaitUntil) -> None:
        host = self._host
        now = host.clock.now()
        if decision.until <= now:
            raise TsplugError(f"asked to wait until {decision.until:%H:%M:%S} UTC, which has passed: {decision.reason}")
        host.display.note(f"waiting until {decision.until:%H:%M} UTC for {decision.target_name}: {decision.reason}")
        host.journal.state.imaging = Imaging()
        if host.rig.mount is not None and not host.rig.mount.parked():
            host.rig.mount.track(False)
        sleep_watchfully((decision.until - now).total_seconds(), host)

    def _image(self, decision: TakeExposure) -> None:
        host = self._host
        show_progress(host, decision)
        new_target = host.journal.state.imaging.target_guid != decision.target_guid
        for step in decision.steps:
            if isinstance(step, Expose):
                if not new_target:
                    self._flip_if_due(decision)
                self._focus_if_due()
                watch_mount(decision, host)
                self._warmth.watch(host)
                host.display.exposing(step.exposure_s)
                self._frames.light(decision, step, grade=self._settings.grade)
                host.display.saved()
            else:
                self._prepare(step, decision)

    def _prepare(self, step: Step, decision: TakeExposure) -> None:
        host = self._host
        match step:
            case SlewCenter():
                host.mount().center(step.ra_hours, step.dec_deg)
                host.journal.state.imaging = Imaging(target_guid=decision.target_guid)
            case RotateTo():
                rotate_to(step.position_angle_deg, host, half_turn=self._settings.rotation_half_turn)
            case SwitchFilter():
                switch_filter(step.filter_name, host, focus_offset=self._settings.focus_offset)
            case SetReadoutMode():
                host.camera().set_readout_mode(step.readout_mode)
            case Dither():
                dither(decision.ra_hours, decision.dec_deg, host=host, pixels=self._settings.dither_px)
                host.journal.state.imaging.since_dither = 0

    def _flip_if_due(self, decision: TakeExposure) -> None:
        mount = self._host.rig.mount
        if mount is not None and mount.wrong_side(decision.ra_hours, decision.dec_deg):
            self._host.display.note(f"{decision.target_name} has passed the meridian: flipping")
            mount.center(decision.ra_hours, decision.dec_deg)
            if self._host.profile.has_rotator and not self._settings.rotation_half_turn:
                rotate_to(decision.rotation_deg, self._host, half_turn=False)

    def _focus_if_due(self) -> None:
        host, settings = self._host, self._settings
        if not settings.autofocus or host.rig.focuser is None:
            return
        if self._focus_is_due():
            self._focus()

    def _focus_is_due(self) -> bool:
        host, settings, last = self._host, self._settings, self._host.journal.state.focus
        if last is None:
            return True
        passed = host.clock.now() - last.moment
        if settings.autofocus_every_min > 0 and passed >= timedelta(minutes=settings.autofocus_every_min):
            return True
        celsius = host.focuser().temperature_c()
        if settings.autofocus_every_c <= 0 or celsius is None or last.temperature_c is None:
            return False
        return abs(celsius - last.temperature_c) >= settings.autofocus_every_c

    def _focus(self) -> None:
        host = self._host
        try:
            autofocus(self._settings.focus, host)
        except NoFocusFoundError as error:
            # A cloud must not end the night: the old focus is better than no frames, and the next try is not far.
            host.warn(f"{error}; imaging goes on at the old focus")
            host.journal.state.focus = Focus(moment=host.clock.now(), temperature_c=host.focuser().temperature_c())
