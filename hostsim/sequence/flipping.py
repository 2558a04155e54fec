"""The meridian flip: when it is due, what waits for it, and how it is made."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hostsim.devices.parts import astrometry
from hostsim.sequence.centering import Centering, CenteringSettings
from hostsim.sequence.flipped import flip_at, note_flip
from hostsim.sequence.host import Host
from hostsim.sequence.meridian import MARGIN_S, Meridian
from hostsim.sequence.pointing import rotate_to
from hostsim.sequence.shelter import kept_from, sleep_watchfully
from hostsim.sequence.state import Aim, Flipped
from hostsim.sequence.unparking import is_idle
from tsplug import NEVER_FLIPS_MIN, DeviceError, PierSide

_SOLAR_S_PER_SIDEREAL_HOUR = 3600.0 / 1.00273790935
_HALF_TURN_S = 12.0 * _SOLAR_S_PER_SIDEREAL_HOUR
_NEAR_ARCSEC = 300.0
_LOOK_AGAIN_S = 600.0


class FlipSettings(BaseModel):
    """When a mount that has a side of the pier is brought to the other one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Flip when the target has passed the meridian. No dither does.")
    after_min: float | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=120,
        description="Flip no sooner than so many minutes after the meridian; absent takes the profile's "
        "`planner.flip_after_min`.",
    )
    pause_min: float | None = Field(
        default=None,
        strict=True,
        ge=0,
        le=120,
        description="No exposure goes on into so many minutes before the meridian: the flip is waited for; 0 is off, "
        "absent takes the profile's `planner.flip_pause_min`.",
    )
    autofocus: bool = Field(default=False, description="Focus after each flip.")
    when_failed: Literal["skip_target", "continue", "stop"] = Field(
        default="skip_target",
        description="Where the mount says after a flip past the meridian that it stands as before: it is not flipped "
        "again, and the target left out as one that cannot be centered (`skip_target`), exposed all the same "
        "(`continue`), or the container fails (`stop`).",
    )


class Flips:
    """Watches the meridian for one container."""

    def __init__(
        self, host: Host, settings: FlipSettings, *, half_turn: bool, centering: Centering | None = None
    ) -> None:
        """Prepare; nothing moves yet. Targets are centered again as the container centers them."""
        self._host = host
        self._centering = centering or Centering(host, CenteringSettings())
        self._settings = settings
        self._half_turn = half_turn
        planner = host.profile.planner
        after_min = planner.flip_after_min if settings.after_min is None else settings.after_min
        self.after_min = after_min if settings.enabled else NEVER_FLIPS_MIN
        pause_min = planner.flip_pause_min if settings.pause_min is None else settings.pause_min
        # Where nothing is flipped there is nothing to wait for either.
        self.pause_min = pause_min if settings.enabled else 0.0
        self._after_s, self._pause_s = 60.0 * self.after_min, 60.0 * self.pause_min
        self.meridian = Meridian(settings.enabled, self._after_s, self._pause_s)

    def waited(self, target: Aim, *, exposure_s: float) -> bool:
        """Stand still in the time in which no exposure may go on, then flip; return whether there was such a time.

        Mounts that have to pause there must not track on, so this one does not.

        Raises:
            UnsafeError: it is not safe any more.
            NotCenteredError: the target cannot be centered then, and the sequence does not want to go on.
            DeviceError: the mount or the rotator does not obey.
        """
        mount = self._host.rig.mount
        if self._pause_s <= 0 or mount is None:
            return False
        past_s = past_meridian_s(target.ra_hours, target.dec_deg, host=self._host)
        if past_s + exposure_s <= -self._pause_s or past_s >= self._after_s:
            return False
        # What has no sides needs no flip; what stands right for the time after the meridian needs none either.
        wrong = mount.wrong_side(target.ra_hours, target.dec_deg)
        if mount.reading().pier_side is PierSide.UNKNOWN or wrong != (past_s >= 0.0):
            return False
        wait_s = self._after_s - past_s + MARGIN_S
        self._host.display.note(f"waiting {wait_s / 60.0:.0f} min for {target.name} to pass the meridian")
        mount.track(False)
        sleep_watchfully(wait_s, self._host)
        self._flip(target)
        return True

    def on_wrong_side(self) -> bool | None:
        """Return whether the mount would flip for the target that is imaged, None where nobody can tell."""
        stage, mount = self._host.journal.state.stage, self._host.rig.mount
        if not self._settings.enabled:
            return False
        if mount is None or stage.target is None or not stage.on_target:
            return None
        with suppress(DeviceError):
            return mount.wrong_side(stage.target.ra_hours, stage.target.dec_deg)
        return None

    def if_due(self, target: Aim) -> bool:
        """Flip where that is due; return whether it was. What cannot be centered on the other side is left out.

        Raises:
            NotCenteredError: it cannot be centered, and the sequence does not want to go on.
            DeviceError: the mount or the rotator did not arrive.
        """
        mount = self._host.rig.mount
        if not self._settings.enabled or mount is None or not mount.wrong_side(target.ra_hours, target.dec_deg):
            return False
        past_s = past_meridian_s(target.ra_hours, target.dec_deg, host=self._host)
        if 0.0 <= past_s < self._after_s:
            return False
        pier_side = mount.reading().pier_side
        known = flip_at(target.ra_hours, target.dec_deg, host=self._host, past=past_s >= 0.0, pier_side=pier_side)
        if known is None:
            self._flip(target)
        elif known.is_in_doubt and not self._centering.leaves_out(target):
            if not known.failed:
                self._host.warn_once(f"{mount.label}: says anew past the meridian that a flip is due for {target.name}")
            self._answer_failed(target)
        return known is None

    def _flip(self, target: Aim) -> None:
        host, mount = self._host, self._host.mount()
        host.display.note(f"{target.name} has passed the meridian: flipping")
        place = target.ra_hours, target.dec_deg
        # As it is when the mount begins to move: what it chose its side by.
        before, past = mount.reading().pier_side, past_meridian_s(*place, host=host) >= 0.0
        centered = self._centering.on(target)
        if centered and host.profile.has_rotator and not self._half_turn:
            rotate_to(target.rotation_deg, host, half_turn=False)
        failed = note_flipped(place, host, before=before, past=past)
        if failed and centered:
            self._answer_failed(target)

    def _answer_failed(self, target: Aim) -> None:
        """Do what the sequence wants of a mount that may stand past the meridian as it stood before."""
        label, wanted = self._host.mount().label, self._settings.when_failed
        if wanted == "stop":
            raise DeviceError(label, f"did not flip for {target.name}: look at its limits, and at its driver")
        if wanted == "skip_target":
            self._centering.leave_out(target, why=f"{label}: did not flip for {target.name}")

    def amid(self) -> None:
        """Flip where that is due while something else is done on a target, such as the instructions of a list."""
        stage, mount = self._host.journal.state.stage, self._host.rig.mount
        target = stage.target
        if target is None or not stage.on_target or mount is None or mount.parked() or not mount.tracking():
            return
        if mount.off_arcsec(target.ra_hours, target.dec_deg) <= _NEAR_ARCSEC:
            self.if_due(target)


def note_flipped(place: tuple[float, float], host: Host, *, before: PierSide, past: bool) -> bool:
    """Note that a mount was flipped at a place; return whether it failed.

    So it has where it says past the meridian that a flip is due still, and not that its side is another than
    ``before``. One that contradicts itself in another way costs a warning. ``past`` says whether it began to move past
    the meridian.
    """
    mount, (ra_hours, dec_deg) = host.mount(), place
    still, after = mount.wrong_side(*place), mount.reading().pier_side
    changed = PierSide.UNKNOWN not in (before, after) and after is not before
    failed = still and past and not changed
    stands, now = None if still else after, host.clock.now()
    made = Flipped(ra_hours=ra_hours, dec_deg=dec_deg, moment=now, failed=failed, past=past, pier_side=stands)
    note_flip(made, host=host)
    host.journal.save()
    if still:
        host.warn(f"{mount.label}: says after a flip that one is due: it is not flipped there again in this passage")
    return failed


def past_meridian_s(ra_hours: float, dec_deg: float, *, host: Host) -> float:
    """Return for how many seconds J2000 coordinates have been past the meridian of a host; negative before it."""
    moment = host.clock.now()
    ra_of_date, _ = astrometry.of_date(ra_hours, dec_deg, moment=moment)
    sidereal_hours = astrometry.sidereal_hours(moment, host.site.longitude_deg)
    return astrometry.wrap_hours(sidereal_hours - ra_of_date) * _SOLAR_S_PER_SIDEREAL_HOUR


def sleep_and_flip(until: datetime, host: Host, *, sleep: Callable[[float], None] | None = None) -> None:
    """Let time pass until a moment; a mount that tracks is flipped when what it points at has passed the meridian.

    One that must not track before that stands still in that time. Nobody else looks after it where an instruction
    waits. It is asked again only when something may be due. A mount that does not obey costs a warning: the wait goes
    on. ``sleep`` lets seconds pass in another way than the clock does.

    Raises:
        NotCenteredError: the target of a container's list cannot be centered on the other side, and the sequence does
            not want to go on.
    """
    while (left_s := (until - host.clock.now()).total_seconds()) > 0:
        if host.between is not None:
            host.between()
        try:
            quiet_s = _flipped_for_s(host)
        except DeviceError as error:
            host.warn_once(f"{error}; the wait goes on, and nobody sees to a flip")
            quiet_s = _LOOK_AGAIN_S
        (sleep or host.clock.sleep)(min(left_s, quiet_s))


def pause_is_outlived(host: Host) -> bool:
    """Return whether nothing is to point any more where a wait let the mount stand still, and say why."""
    paused = host.journal.state.standing.paused
    if paused is None or (why := kept_from(paused, host)) is None:
        return False
    host.warn(f"{why}: it stands still where it is")
    return True


def _flip_in_wait(place: tuple[float, float], host: Host, *, before: PierSide, past: bool) -> None:
    """Flip a mount where it points, once in a passage; one that may stand as before must not track on there."""
    mount, standing = host.mount(), host.journal.state.standing
    known = flip_at(*place, host=host, past=past, pier_side=before)
    if known is None or standing.paused:
        host.display.note("where the telescope points has passed the meridian: flipping")
        mount.slew(*place)
        standing.paused = None
        stops, why = note_flipped(place, host, before=before, past=past), "did not flip in a wait"
    else:
        stops = known.is_in_doubt
        why = "did not flip in a wait" if known.failed else "says anew in a wait past the meridian that a flip is due"
    if stops:
        host.warn_once(f"{mount.label}: {why}: it stands still from then on")
        mount.track(False)


def _pause(place: tuple[float, float], host: Host, *, flips: bool) -> None:
    """Let a mount that ``flips`` stand still before the meridian, if it does not yet."""
    standing = host.journal.state.standing
    if flips and not standing.paused:
        host.display.note("where the telescope points is about to pass the meridian: standing still")
        host.mount().track(False)
        standing.paused = place
        host.journal.save()


def _flipped_for_s(host: Host) -> float:
    """Flip a mount where that is due, or let it stand still, and return for how long it need not be looked at."""
    mount, standing = host.rig.mount, host.journal.state.standing
    if mount is None or mount.parked() or mount.tracking() or pause_is_outlived(host):
        standing.paused = None
    if mount is None or mount.parked() or not (mount.tracking() or standing.paused):
        return math.inf
    reading = mount.reading()
    place = standing.paused or (reading.ra_deg / 15.0, reading.dec_deg)
    meridian = host.meridian or Meridian.of(host.profile)
    past_s = past_meridian_s(*place, host=host)
    wrong = mount.wrong_side(*place)
    due = wrong and not 0.0 <= past_s < meridian.after_s
    if is_idle(mount, host):
        # Where it left its park nobody has pointed it: it is not flipped there, nor driven past its meridian.
        if meridian.pauses(past_s) or due:
            mount.track(False)
    elif meridian.pauses(past_s):
        # What has no sides, or stands right for the time after the meridian, may track on.
        _pause(place, host, flips=reading.pier_side is not PierSide.UNKNOWN and wrong == (past_s >= 0.0))
    elif meridian.flips and due:
        _flip_in_wait(place, host, before=reading.pier_side, past=past_s >= 0.0)
    elif standing.paused:
        # It goes back, which is no flip: whether one is due there is looked at anew.
        mount.slew(*place)
        standing.paused = None
        return MARGIN_S
    return meridian.is_quiet_for_s(past_s, half_turn_s=_HALF_TURN_S)
