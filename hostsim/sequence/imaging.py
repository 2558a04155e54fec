"""The Scheduler Container at work: decide, do the steps, save, tell, again."""

from __future__ import annotations

from datetime import datetime

from hostsim.equipment.camera import TooLateError
from hostsim.sequence.centering import Centering
from hostsim.sequence.containers import EventName
from hostsim.sequence.delivery import deliver
from hostsim.sequence.extras import weather_now
from hostsim.sequence.flipping import Flips
from hostsim.sequence.frames import Frames
from hostsim.sequence.happenings import Happenings
from hostsim.sequence.host import Host
from hostsim.sequence.imaging_settings import ImagingSettings
from hostsim.sequence.outlasting import check_possible, outlasting
from hostsim.sequence.outlook import show_progress
from hostsim.sequence.pointing import dither, rotate_to, switch_filter
from hostsim.sequence.refocusing import Refocus
from hostsim.sequence.second import Second
from hostsim.sequence.settling import settle_earlier_nights
from hostsim.sequence.shelter import (
    TooLateInDayError,
    UnsafeError,
    check_safe,
    leave_shelter,
    stay_sheltered,
    take_shelter,
)
from hostsim.sequence.standstill import end_standstill, wait_for
from hostsim.sequence.state import Aim, Imaging, Stage, Waiting
from hostsim.sequence.target_flats import open_after_flats, take_target_flats
from hostsim.sequence.telling import tell_begun, tell_ended, tell_exposure, tell_waited, tell_waiting
from hostsim.sequence.watching import NotPointedError, Warmth, answer_lost, watch_mount
from tsplug import (
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
    WaitUntil,
)
from tsplug.instructions import SchedulerContainer


class Imager:
    """Images with one host, as one container's settings say."""

    def __init__(self, host: Host, settings: ImagingSettings) -> None:
        """Prepare; nothing moves yet."""
        self._host = host
        self._settings = settings
        self._frames = Frames(host)
        self._warmth = Warmth()
        self._second = Second(host)
        self._refocus = Refocus(host, settings)
        self._centering = Centering(host, settings.centering)
        self._flips = Flips(host, settings.flip, half_turn=settings.rotation_half_turn, centering=self._centering)
        self._happenings = Happenings(host, settings.events, half_turn=settings.rotation_half_turn)

    def run(self, container: SchedulerContainer) -> None:
        """Image until nothing is left for this night.

        Raises:
            TsplugError: a step failed.
        """
        state, self._host.meridian = self._host.journal.state, self._flips.meridian
        tell_begun(self._host)
        try:
            self._settle(container)
            self._until_nothing_is_left(container)
            tell_ended(self._host, reason=state.stage.over or "")
            # The runner keeps this together with its own step to what follows.
            state.stage = Stage()
        except Exception as error:
            tell_ended(self._host, reason="failed", error=error)
            raise
        finally:
            # The meridian stays as the container has it: what waits for the store goes by it, and the runner ends it.
            state.imaging, self._host.between = Imaging(), None
            self._host.ends = None

    def _until_nothing_is_left(self, container: SchedulerContainer) -> None:
        host = self._host
        until = None if self._settings.until is None else host.end_of(self._settings.until)
        host.between, host.ends = self._flips.amid, until
        if self._current is None:
            # Whoever goes on without a target points anew, on real equipment after an interruption.
            self._happenings.cut_short()
        if host.journal.state.outbox is not None:
            # What is best depends on all that was exposed.
            deliver(host.journal.state.outbox, host)
        while True:
            host.context.cancellation.check()
            try:
                if self._is_over(container, until):
                    return
            except UnsafeError as error:
                self._happenings.cut_short()
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
        try:
            # What a list finds, and what nobody points, is where the telescope pointed before.
            leave_shelter(self._host, back=self._happenings.due or not self._host.profile.planner.slew_and_center)
        except TooLateInDayError as error:
            self._give_up(str(error))
            self._end()
            return True
        if isinstance(decision, TakeExposure):
            # What waits, for the evening perhaps, does so behind a closed cover.
            open_after_flats(self._host)
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
        self._end_wait(container)
        if stage.waiting is not None:
            return None
        asked_at = self._host.clock.now()
        decided = container.decide(self._request(until), self._host.session)
        for note in decided.notes:
            self._host.warn_once(note)
        decision = self._unless_left_out(decided)
        check_possible(decision, asked_at=asked_at, shown=self._host.local)
        # Flats take their time: what is best after them has to be asked anew.
        return None if self._change_target(decision) else decision

    def _unless_left_out(self, decision: Decision) -> Decision:
        """Return a decision, or a wait for a target that is left out only for a while, where that comes first."""
        skipped = [(each.until, each) for each in self._centering.left_out() if each.until is not None]
        if isinstance(decision, TakeExposure) or not skipped:
            return decision
        until, first = min(skipped, key=lambda each: each[0])
        return decision if isinstance(decision, WaitUntil) and decision.until <= until else first.wait(until)

    def _carry_out(self, decision: Decision | None) -> None:
        waiting = self._host.journal.state.stage.waiting
        if isinstance(decision, TakeExposure):
            self._image(decision)
        elif isinstance(decision, WaitUntil):
            self._begin_wait(decision)
        elif waiting is not None:
            wait_for(waiting, self._host)

    def _change_target(self, decision: Decision) -> bool:
        """Keep what a decision makes of the target that has been imaged; return whether flats were looked to first."""
        stage, target = self._host.journal.state.stage, self._host.journal.state.stage.target
        if isinstance(decision, TakeExposure) and decision.target_guid == self._current:
            return False
        flats = self._take_immediate_flats(decision)
        over = isinstance(decision, NothingLeft)
        other = isinstance(decision, TakeExposure) and target is not None and target.guid != decision.target_guid
        if target is not None and (over or other):
            self._happenings.add("after_target", target=target)
        self._leave("after_each_target")
        if over or other:
            stage.target = None
        if isinstance(decision, NothingLeft):
            self._be_over(decision.reason)
        if stage.pending:
            self._host.journal.save()
        return flats

    def _give_up(self, why: str) -> None:
        """Be over amid whatever was imaged or waited for."""
        stage = self._host.journal.state.stage
        if stage.waiting is not None:
            stage.waiting = None
            tell_waited(self._host)
        if stage.target is not None:
            self._happenings.add("after_target", target=stage.target)
            stage.target = None
        self._be_over(why)

    def _be_over(self, why: str) -> None:
        """Note that nothing is left to image, and why."""
        self._host.display.note(f"nothing left to image: {why}")
        self._host.journal.state.stage.over = why
        self._happenings.add("after_night")

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
        # From here on nobody wants to image what the telescope pointed at before the shelter.
        state.sheltered_from = None

    def _take_immediate_flats(self, decision: Decision) -> bool:
        """Take the flats of the target that is left; return whether they are wanted. They never end the imaging.

        None are taken while the telescope is sheltered, or should be.

        Raises:
            UnsafeError: it is not safe to observe.
            DeviceError: the cover does not open after them.
        """
        host, wanted, last = self._host, self._settings.immediate_flats, isinstance(decision, NothingLeft)
        # At the end of the night what an interruption may have lost is taken too, as far as the rotator stands right.
        if wanted is None or (self._current is None and not last) or host.journal.state.sheltered:
            return False
        take_target_flats(wanted, host, last=last)
        return True

    def _request(self, until: datetime | None) -> DecisionRequest:
        imaging = self._host.journal.state.imaging
        wheel, weather = self._host.rig.wheel, weather_now(self._host)
        return DecisionRequest(
            profile_guid=self._host.profile.guid,
            current_target_guid=imaging.target_guid,
            current_filter=wheel.current() if wheel else None,
            until=until,
            stays_until=imaging.stays_until,
            since_dither=tuple(imaging.since_dither),
            left_out=tuple(each.target_guid for each in self._centering.left_out()),
            explain=False,
            on_wrong_side=self._flips.on_wrong_side(),
            flip_pause_min=self._flips.pause_min,
            flip_after_min=self._flips.after_min,
            host=self._host.journal.state.run,
            weather=weather.metrics() if weather is not None else {},
        )

    def _begin_wait(self, decision: WaitUntil) -> None:
        host = self._host
        if decision.until <= host.clock.now():
            # Leaving a shelter or a park took longer than there was to wait: what is best now is asked anew.
            return
        until = f"{host.local(decision.until):%H:%M %Z}"
        host.display.note(f"waiting until {until} for {decision.target_name}: {decision.reason}")
        waiting = Waiting.of(decision)
        host.journal.state.stage.waiting = waiting
        tell_waiting(waiting, host)
        self._happenings.add("before_wait")

    def _settle(self, container: SchedulerContainer) -> None:
        if self._settings.grade:
            settle_earlier_nights(container, self._host)

    def _end_wait(self, container: SchedulerContainer) -> None:
        stage = self._host.journal.state.stage
        if stage.waiting is not None and self._host.clock.now() >= stage.waiting.until:
            # It may have begun before the noon that an earlier night ended with.
            self._settle(container)
            stage.waiting = None
            tell_waited(self._host)
            self._happenings.add("after_wait")
            self._host.journal.save()

    def _image(self, decision: TakeExposure) -> None:
        host = self._host
        show_progress(host, decision)
        tell_exposure(decision, host, new=self._current != decision.target_guid)
        if self._current != decision.target_guid and not self._arrive(decision):
            return
        target = Aim.of(decision)
        # Before the steps: a dither would be lost with the place that it is made on.
        flipped = self._flips.if_due(target)
        if not self._tracks(target):
            return
        for step in decision.steps:
            if not isinstance(step, SlewCenter | RotateTo | Expose):
                self._prepare(step, decision)
        host.journal.state.imaging.stays_until = decision.stays_until
        for expose in (step for step in decision.steps if isinstance(step, Expose)):
            if not self._may_expose(target, expose, decision=decision, flipped=flipped):
                return
            host.display.exposing(expose.exposure_s)
            self._frames.meanwhile = self._second.meanwhile(decision, grade=self._settings.grade)
            try:
                self._frames.light(decision, expose, grade=self._settings.grade, look=self._refocus.look)
            except TooLateError as error:
                host.warn(f"{error}: asking anew")
                return
            host.display.saved()
        self._happenings.run()
        guiding, center = self._frames.guiding, self._centering.on
        answer_lost(guiding, self._settings.guiding, target=target, host=host, center=center)

    def _may_expose(self, target: Aim, expose: Expose, *, decision: TakeExposure, flipped: bool) -> bool:
        """Do what is due before an exposure; return whether it is to be taken, else what is best is asked anew."""
        host = self._host
        self._refocus.if_due()
        if self._flips.waited(target, exposure_s=expose.exposure_s):
            return False
        flipped = self._flips.if_due(target) or flipped
        if self._centering.leaves_out(target) or not self._tracks(target):
            return False
        if flipped and self._settings.flip.autofocus and self._refocus.possible:
            self._refocus.now()
        self._warmth.watch(host)
        why = outlasting(decision, host.clock.now(), shown=host.local)
        if not why and not SchedulerContainer().keep(decision, host.session):
            why = f"another rig takes the last {decision.filter_name} of {target.name}"
        if why:
            host.display.note(f"{why}: asking anew")
        return not why

    def _tracks(self, target: Aim) -> bool:
        """Return whether the mount follows a target; one that nobody points at it leaves it out."""
        try:
            return watch_mount(target, self._host, center=self._centering.on)
        except NotPointedError as error:
            self._centering.leave_out(target, why=str(error))
            return False

    def _arrive(self, decision: TakeExposure) -> bool:
        """Point at a new target; return whether it can be exposed at once, else what is best must be asked anew."""
        state, target = self._host.journal.state, Aim.of(decision)
        for step in decision.steps:
            if isinstance(step, SlewCenter) and not self._centering.on(target):
                return False
            if isinstance(step, RotateTo):
                rotate_to(step.position_angle_deg, self._host, half_turn=self._settings.rotation_half_turn)
        state.imaging = Imaging(target_guid=decision.target_guid, stays_until=decision.stays_until)
        state.stage.target, state.stage.on_target = target, True
        self._happenings.add("before_target", target=target)
        if self._settings.events.before_target:
            self._host.journal.save()
        return not self._happenings.run()

    def _prepare(self, step: Step, decision: TakeExposure) -> None:
        host = self._host
        match step:
            case SwitchFilter():
                switch_filter(step.filter_name, host, focus_offset=self._settings.focus_offset)
            case SetReadoutMode():
                host.camera().set_readout_mode(step.readout_mode)
            case Dither():
                # One that would flip the mount is due still after the flip.
                if dither(decision.ra_hours, decision.dec_deg, host=host, pixels=self._settings.dither_px):
                    host.journal.state.imaging.since_dither = []
