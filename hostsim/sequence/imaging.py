"""The Scheduler Container at work: decide, do the steps, save, tell, again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from hostsim.sequence.conditions import Until
from hostsim.sequence.containers import EventLists, EventName
from hostsim.sequence.flats import take_immediate_flats
from hostsim.sequence.focusing import FocusSettings, NoFocusFoundError, autofocus
from hostsim.sequence.frames import Frames
from hostsim.sequence.happenings import Happenings
from hostsim.sequence.host import Host
from hostsim.sequence.outlook import show_progress
from hostsim.sequence.pointing import dither, rotate_to, switch_filter
from hostsim.sequence.shelter import (
    UnsafeError,
    check_safe,
    leave_shelter,
    stay_sheltered,
    take_shelter,
)
from hostsim.sequence.standstill import end_standstill, wait_for
from hostsim.sequence.state import Aim, Focus, Imaging, Stage, Waiting
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
    def events(self) -> EventLists:
        """Return the setting `events`."""
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
        self._happenings = Happenings(host, settings.events, half_turn=settings.rotation_half_turn)

    def run(self, container: SchedulerContainer) -> None:
        """Image until nothing is left for this night.

        Raises:
            TsplugError: a step failed.
        """
        state = self._host.journal.state
        try:
            self._until_nothing_is_left(container)
            # The runner keeps this together with its own step to what follows.
            state.stage = Stage()
        finally:
            state.imaging = Imaging()

    def _until_nothing_is_left(self, container: SchedulerContainer) -> None:
        host = self._host
        until = None if self._settings.until is None else host.end_of(self._settings.until)
        while True:
            host.context.cancellation.check()
            try:
                if self._is_over(container, until):
                    return
            except UnsafeError as error:
                self._leave("after_each_target")
                take_shelter(host, why=str(error))
                stay_sheltered(host)
            host.journal.save()

    def _is_over(self, container: SchedulerContainer, until: datetime | None) -> bool:
        """Do what is next, and return whether nothing is left."""
        decision, stage = self._decision(container, until), self._host.journal.state.stage
        if stage.over is not None:
            self._end()
            return True
        check_safe(self._host)
        leave_shelter(self._host)
        if stage.waiting is None:
            end_standstill(self._host)
        # Time may have passed while they ran: what is best now has to be asked anew.
        if not self._happenings.run():
            self._carry_out(decision)
        return False

    def _decision(self, container: SchedulerContainer, until: datetime | None) -> Decision | None:
        """Return what is best now, None while a wait goes on or when nothing is left."""
        stage = self._host.journal.state.stage
        if stage.over is not None:
            return None
        self._end_wait()
        if stage.waiting is not None:
            return None
        decision = container.decide(self._request(until), self._host.session)
        self._change_target(decision)
        return decision

    def _carry_out(self, decision: Decision | None) -> None:
        waiting = self._host.journal.state.stage.waiting
        if isinstance(decision, TakeExposure):
            self._image(decision)
        elif isinstance(decision, WaitUntil):
            self._begin_wait(decision)
        elif waiting is not None:
            wait_for(waiting, self._host)

    def _change_target(self, decision: Decision) -> None:
        """Keep what a decision makes of the target that has been imaged, before anything of it is done."""
        stage, target = self._host.journal.state.stage, self._host.journal.state.stage.target
        if isinstance(decision, TakeExposure) and decision.target_guid == self._current:
            return
        self._take_immediate_flats(decision)
        over = isinstance(decision, NothingLeft)
        other = isinstance(decision, TakeExposure) and target is not None and target.guid != decision.target_guid
        if target is not None and (over or other):
            self._happenings.add("after_target", target=target)
        self._leave("after_each_target")
        if over or other:
            stage.target = None
        if isinstance(decision, NothingLeft):
            self._host.display.note(f"nothing left to image: {decision.reason}")
            stage.over = decision.reason
            self._happenings.add("after_night")
        if stage.pending:
            self._host.journal.save()

    @property
    def _current(self) -> str | None:
        return self._host.journal.state.imaging.target_guid

    def _leave(self, event: EventName) -> None:
        """Forget where the telescope points; if that was a target being imaged, it is left."""
        state = self._host.journal.state
        if state.stage.on_target:
            self._happenings.add(event, target=state.stage.target)
        state.stage.on_target = False
        state.imaging = Imaging()

    def _end(self) -> None:
        """Run what is to follow the night; like what comes after the container it does not ask whether it is safe."""
        state = self._host.journal.state
        if not state.sheltered:
            end_standstill(self._host)
        self._happenings.run()

    def _take_immediate_flats(self, decision: Decision) -> None:
        """Take the flats of the target that is left, if they are wanted at once; they never end the imaging."""
        host, wanted = self._host, self._settings.immediate_flats
        # At the end of the night what an interruption may have lost is taken too, as far as the rotator stands right.
        if wanted is None or (self._current is None and not isinstance(decision, NothingLeft)):
            return
        try:
            take_immediate_flats(wanted, host)
        except Cancelled:
            raise
        except TsplugError as error:
            host.warn(f"{error}; imaging goes on")
            self._see_the_sky_again()

    def _see_the_sky_again(self) -> None:
        panel = self._host.rig.panel
        if panel is not None:
            panel.light_off()
            panel.open_cover()

    def _request(self, until: datetime | None) -> DecisionRequest:
        imaging = self._host.journal.state.imaging
        wheel = self._host.rig.wheel
        return DecisionRequest(
            profile_guid=self._host.profile.guid,
            current_target_guid=imaging.target_guid,
            current_filter=wheel.current() if wheel else None,
            until=until,
            stays_until=imaging.stays_until,
            since_dither=tuple(imaging.since_dither),
        )

    def _begin_wait(self, decision: WaitUntil) -> None:
        host = self._host
        if decision.until <= host.clock.now():
            raise TsplugError(f"asked to wait until {decision.until:%H:%M:%S} UTC, which has passed: {decision.reason}")
        host.display.note(f"waiting until {decision.until:%H:%M} UTC for {decision.target_name}: {decision.reason}")
        waiting = Waiting(until=decision.until, target_name=decision.target_name, reason=decision.reason)
        host.journal.state.stage.waiting = waiting
        self._happenings.add("before_wait")

    def _end_wait(self) -> None:
        stage = self._host.journal.state.stage
        if stage.waiting is not None and self._host.clock.now() >= stage.waiting.until:
            stage.waiting = None
            self._happenings.add("after_wait")
            self._host.journal.save()

    def _image(self, decision: TakeExposure) -> None:
        host = self._host
        show_progress(host, decision)
        if self._current != decision.target_guid and self._arrive(decision):
            return
        for step in decision.steps:
            if isinstance(step, Expose):
                self._host.journal.state.imaging.stays_until = decision.stays_until
                self._flip_if_due(decision)
                self._focus_if_due()
                watch_mount(decision, host)
                self._warmth.watch(host)
                host.display.exposing(step.exposure_s)
                self._frames.light(decision, step, grade=self._settings.grade)
                host.display.saved()
            elif not isinstance(step, SlewCenter | RotateTo):
                self._prepare(step, decision)
        self._happenings.run()

    def _arrive(self, decision: TakeExposure) -> bool:
        """Point at a new target; return whether instructions ran then, so that what is best must be asked anew."""
        state = self._host.journal.state
        for step in decision.steps:
            if isinstance(step, SlewCenter | RotateTo):
                self._prepare(step, decision)
        state.imaging = Imaging(target_guid=decision.target_guid, stays_until=decision.stays_until)
        state.stage.target, state.stage.on_target = Aim.of(decision), True
        self._happenings.add("before_target", target=state.stage.target)
        if self._settings.events.before_target:
            self._host.journal.save()
        return self._happenings.run()

    def _prepare(self, step: Step, decision: TakeExposure) -> None:
        host = self._host
        match step:
            case SlewCenter():
                host.mount().center(step.ra_hours, step.dec_deg)
            case RotateTo():
                rotate_to(step.position_angle_deg, host, half_turn=self._settings.rotation_half_turn)
            case SwitchFilter():
                switch_filter(step.filter_name, host, focus_offset=self._settings.focus_offset)
            case SetReadoutMode():
                host.camera().set_readout_mode(step.readout_mode)
            case Dither():
                dither(decision.ra_hours, decision.dec_deg, host=host, pixels=self._settings.dither_px)
                host.journal.state.imaging.since_dither = []

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
