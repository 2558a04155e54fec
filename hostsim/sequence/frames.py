"""Takes frames so that none is lost or doubled: expose, write, promise in the journal, name, tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hostsim.equipment.camera import Exposure, Shot
from hostsim.equipment.mount import MountReading
from hostsim.saving.facts import LIT_KINDS, FrameFacts, Readings, Subject
from hostsim.saving.fits import finish, free_name, write_part
from hostsim.saving.header import cards
from hostsim.saving.pattern import expand, folder_name
from hostsim.sequence.delivery import deliver
from hostsim.sequence.extras import tell_truth, weather_now
from hostsim.sequence.host import Host
from hostsim.sequence.known import known_metrics
from hostsim.sequence.pointing import nudge
from hostsim.sequence.room import check_out, wait_for_room
from hostsim.sequence.series import Darks, Snapshots
from hostsim.sequence.shelter import check_safe
from hostsim.sequence.state import Aim, Happening, Outbox
from hostsim.sequence.watching import Guiding
from tsplug import Expose, ExposureSaved, FileError, PierSide, TakeExposure
from tsplug.ports import FrameLevels, FrameRequest, SavedFrame

_SATURATED = 0.98
_WRITING_TRIES = 10
_WRITING_PAUSE_S = 30.0
_NUDGE_PX = 40.0
_FLAT_FOLDERS = {"FLAT": "flats", "DARKFLAT": "dark_flats"}


class Frames:
    """Exposes and saves lights and, as `tsplug.ports.FrameTaker`, flats."""

    def __init__(self, host: Host) -> None:
        """Take frames with the equipment of a host."""
        self._host = host
        self.meanwhile: Callable[[], None] | None = None
        self.guiding = Guiding()

    def light(
        self,
        decision: TakeExposure,
        expose: Expose,
        *,
        grade: bool,
        look: Callable[[NDArray[np.uint16]], None] | None = None,
    ) -> Path:
        """Take the light that was decided, and return its file when it is recorded (and graded).

        ``look`` sees the pixels when the light is recorded: nothing it does can cost it.
        """
        self._keep_promise()
        state = self._host.journal.state
        weather = weather_now(self._host)
        shot = self._shoot(
            _exposure(expose, ends_by=(decision.plan_until or decision.until) if self._host.leads else None),
            watch=partial(check_safe, self._host) if self._host.safety.frame == "abort" else None,
            meanwhile=self.meanwhile,
        )
        # Only now: a second camera has taken lights meanwhile.
        number = state.lights + 1
        subject = _subject(decision)
        facts = self._facts(shot, state.light_guid(number), kind="LIGHT", number=number, subject=subject)
        facts = facts.with_weather_from(weather)
        final = self._wanted("lights", self._host.profile.light_pattern, facts=facts)
        part = self._written(shot, facts, final=final)
        tell_truth(final, host=self._host)
        state.lights = number
        if not self._host.leads:
            state.beside += 1
        else:
            state.imaging.since_dither = [*state.imaging.since_dither, decision.filter_name]
        event = _event(facts, decision, expose=expose, file=final)
        # A second camera may have left a promise meanwhile, where the store could not be reached.
        outbox = Outbox(part=part, final=final, event=event, grade=grade, earlier=state.outbox)
        state.outbox = outbox
        # Kept with the promise: whatever interrupts, what is to follow an exposure follows each that is saved, once.
        if self._host.leads:
            state.stage.pending.append(Happening(event="after_exposure", target=Aim.of(decision)))
        self._host.journal.save()
        deliver(outbox, self._host)
        if look is not None:
            look(shot.pixels)
        self.guiding.watch(facts.readings.guiding, self._host)
        check_out(self._host)
        return final

    def take(self, request: FrameRequest) -> SavedFrame:
        """Expose and save one calibration frame; one that is on disk already is returned as it is."""
        self._keep_promise()
        state = self._host.journal.state
        known = state.taken.get(request.guid)
        if known is not None and known.file.exists():
            return known
        shot = self._calibration(request)
        subject = Subject(request.target_name, request.project_name, request.session_id)
        facts = self._facts(shot, request.guid, kind=request.kind, number=request.number, subject=subject)
        final = self._wanted(_FLAT_FOLDERS[request.kind], self._host.profile.flat_pattern, facts=facts)
        saved = _saved(request.guid, final, shot=shot, max_adu=self._host.camera().max_adu)
        part = self._written(shot, facts, final=final)
        state.taken[request.guid] = saved
        state.outbox = Outbox(part=part, final=final)
        self._host.journal.save()
        finish(part, final)
        state.outbox = None
        if self._host.watch_sky is not None:
            check_out(self._host)
        return saved

    def measure(self, request: FrameRequest) -> FrameLevels:
        """Expose one calibration frame and return its levels; nothing is saved (`tsplug.ports.FrameMeter`)."""
        shot = self._calibration(request)
        saved = _saved(request.guid, Path(), shot=shot, max_adu=self._host.camera().max_adu)
        return FrameLevels(**saved.model_dump(include=set(FrameLevels.model_fields)))

    def _calibration(self, request: FrameRequest) -> Shot:
        host = self._host
        host.context.cancellation.check()
        look = host.watch_sky or host.watch_out
        if look is not None:
            look()
        if request.readout_mode is not None:
            host.camera().set_readout_mode(request.readout_mode)
        if request.dither and host.rig.mount is not None and not host.rig.mount.parked():
            nudge(host, pixels=_NUDGE_PX, draw=request.guid)
        return self._shoot(
            Exposure(
                exposure_s=request.exposure_s,
                light=request.kind != "DARKFLAT",
                gain=request.gain,
                offset=request.offset,
                binning=request.binning,
                roi_percent=request.roi_percent,
            ),
            watch=None if host.watch_sky is not None and host.safety.frame != "abort" else look,
        )

    def snapshots(self, wanted: Snapshots, *, look: Callable[[], None] = lambda: None) -> None:
        """Take frames that belong to no plan; those taken before an interruption are not taken again.

        ``look`` is called before each frame, and amid it where what is unsafe is to cut it short.
        """
        host, state = self._host, self._host.journal.state
        self._keep_promise()
        was_out = not state.sheltered
        while state.repeats < wanted.count:
            host.context.cancellation.check()
            look()
            shot = self._shoot(
                Exposure(exposure_s=wanted.exposure_s, gain=wanted.gain, offset=wanted.offset, binning=wanted.binning),
                watch=look if host.safety.frame == "abort" else None,
            )
            number = state.lights + 1
            subject = Subject(wanted.target, "", 0)
            facts = self._facts(shot, state.light_guid(number), kind="LIGHT", number=number, subject=subject)
            final = self._wanted("lights", host.profile.light_pattern, facts=facts)
            part = self._written(shot, facts, final=final)
            tell_truth(final, host=host)
            state.lights, state.snapshots, state.repeats = number, state.snapshots + 1, state.repeats + 1
            state.outbox = Outbox(part=part, final=final)
            host.journal.save()
            deliver(state.outbox, host)
            if was_out:
                check_out(host)
        state.repeats = 0

    def darks(self, wanted: Darks, *, before: int = 0, look: Callable[[], None] = lambda: None) -> None:
        """Take frames with the shutter shut; those taken before an interruption are not taken again.

        ``look`` is called before and amid each.
        ``before`` is how many the same instruction takes with other cameras first. Those of a second camera have a
        folder of their own.
        """
        host, state = self._host, self._host.journal.state
        self._keep_promise()
        folder = wanted.folder if host.leads else f"{wanted.folder}/{folder_name(host.profile.name)}"
        while state.repeats < before + wanted.count:
            host.context.cancellation.check()
            exposure = Exposure(
                wanted.exposure_s, light=False, gain=wanted.gain, offset=wanted.offset, binning=wanted.binning
            )
            look()
            shot = self._shoot(exposure, watch=look)
            guid, number = state.dark_guid(state.darks + 1), state.repeats - before + 1
            facts = self._facts(shot, guid, kind=wanted.kind, number=number, subject=Subject("", "", 0))
            final = self._wanted(folder, wanted.file_pattern, facts=facts)
            part = self._written(shot, facts, final=final)
            state.darks, state.repeats = state.darks + 1, state.repeats + 1
            state.outbox = Outbox(part=part, final=final)
            host.journal.save()
            deliver(state.outbox, host)

    def _keep_promise(self) -> None:
        # An instruction may fail on a frame and the sequence go on: the next frame's promise must not replace it.
        outbox = self._host.journal.state.outbox
        if outbox is not None:
            deliver(outbox, self._host, resumed=True)

    def _shoot(
        self,
        exposure: Exposure,
        *,
        watch: Callable[[], None] | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> Shot:
        return self._host.camera().expose(exposure, watch=watch, meanwhile=meanwhile)

    def _written(self, shot: Shot, facts: FrameFacts, *, final: Path) -> Path:
        """Write a frame; where that is not possible, wait a while for somebody to make room: it has been exposed."""
        host = self._host
        for number in range(_WRITING_TRIES):
            try:
                return write_part(shot.pixels, cards(facts), final=final, disk=host.disk)
            except FileError as error:
                if number == 0:
                    host.warn(f"{error}; trying for {_WRITING_TRIES * _WRITING_PAUSE_S:g} s to save it")
                wait_for_room(_WRITING_PAUSE_S, host)
        return write_part(shot.pixels, cards(facts), final=final, disk=host.disk)

    def _facts(self, shot: Shot, guid: str, *, kind: str, number: int, subject: Subject) -> FrameFacts:
        host = self._host
        return FrameFacts(
            guid=guid,
            kind=kind,
            number=number,
            started=shot.started,
            ended=shot.ended,
            exposure_s=shot.exposure_s,
            filter_name=host.rig.wheel.current() if host.rig.wheel and kind in LIT_KINDS else "",
            subject=subject,
            readings=_readings(host, shot, guided=kind == "LIGHT"),
            profile=host.profile,
            site=host.site,
            sequence_title=host.title,
            night_began=host.journal.state.began,
        )

    def _wanted(self, folder: str, pattern: str, *, facts: FrameFacts) -> Path:
        relative = expand(pattern, facts)
        return free_name(self._host.out / folder / relative.parent / f"{relative.name}.fits")


def _exposure(expose: Expose, *, ends_by: datetime | None) -> Exposure:
    return Exposure(
        exposure_s=expose.exposure_s,
        gain=expose.gain,
        offset=expose.offset,
        binning=expose.binning,
        roi_percent=expose.roi_percent,
        ends_by=ends_by,
    )


def _subject(decision: TakeExposure) -> Subject:
    return Subject(
        target_name=decision.target_name,
        project_name=decision.project_name,
        session_id=decision.session_id,
        ra_hours=decision.ra_hours,
        dec_deg=decision.dec_deg,
        rotation_deg=decision.rotation_deg,
    )


def _readings(host: Host, shot: Shot, *, guided: bool) -> Readings:
    rig = host.rig
    return Readings(
        camera=shot.reading,
        mount=_mount_reading(host, shot),
        focuser=rig.focuser.reading() if rig.focuser else None,
        rotator=rig.rotator.reading() if rig.rotator else None,
        guiding=host.guider.during(shot.started, shot.exposure_s) if host.guider and guided else None,
        wheel_name=rig.wheel.name if rig.wheel else "",
        weather=weather_now(host),
    )


def _mount_reading(host: Host, shot: Shot) -> MountReading | None:
    """Return where the mount pointed in the middle of an exposure; it can be asked only afterwards."""
    if host.rig.mount is None:
        return None
    middle = shot.started + timedelta(seconds=shot.exposure_s / 2.0)
    site = host.site
    return host.rig.mount.reading().at(middle, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)


def _event(facts: FrameFacts, decision: TakeExposure, *, expose: Expose, file: Path) -> ExposureSaved:
    camera, focuser, rotator = facts.readings.camera, facts.readings.focuser, facts.readings.rotator
    mount, guiding = facts.readings.mount, facts.readings.guiding
    return ExposureSaved(
        guid=facts.guid,
        profile_guid=decision.profile_guid,
        plan_guid=decision.plan_guid,
        file=file,
        filter_name=facts.filter_name or decision.filter_name,
        started=facts.started,
        ended=facts.started + timedelta(seconds=facts.exposure_s),
        exposure_s=facts.exposure_s,
        gain=camera.gain,
        offset=camera.offset,
        binning=camera.binning,
        readout_mode=camera.readout_mode,
        readout_mode_name=camera.readout_mode_name,
        rotation_deg=rotator.mechanical_deg if rotator else None,
        position_angle_deg=_position_angle_deg(facts),
        roi_percent=expose.roi_percent,
        session_id=decision.session_id,
        pier_side=mount.pier_side if mount else PierSide.UNKNOWN,
        focuser_position=focuser.position if focuser else None,
        focuser_temperature_c=focuser.temperature_c if focuser else None,
        camera_temperature_c=camera.temperature_c,
        camera_set_temperature_c=camera.set_temperature_c,
        guide_scale_arcsec=guiding.scale_arcsec if guiding else None,
        metrics=known_metrics(facts),
        beside=decision.beside,
        host=decision.host,
    )


def _position_angle_deg(facts: FrameFacts) -> float | None:
    rotator, mount = facts.readings.rotator, facts.readings.mount
    if rotator is None or mount is None:
        return None
    return (rotator.sky_deg + (180.0 if mount.pier_side is PierSide.WEST else 0.0)) % 360.0


def _saved(guid: str, file: Path, *, shot: Shot, max_adu: int) -> SavedFrame:
    return SavedFrame(
        guid=guid,
        file=file,
        started=shot.started,
        ended=shot.ended,
        exposure_s=shot.exposure_s,
        adu_median=_median(shot.pixels),
        adu_max=float(shot.pixels.max()),
        saturated_fraction=float(np.count_nonzero(shot.pixels >= _SATURATED * max_adu) / shot.pixels.size),
        camera_temperature_c=shot.reading.temperature_c,
    )


def _median(pixels: NDArray[np.uint16]) -> float:
    return float(np.median(pixels))
