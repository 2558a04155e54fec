"""What is looked at around each light, because no device tells it by itself: tracking, guiding, the sensor's cold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.guider import GuidingReading
from hostsim.equipment.mount import Mount
from hostsim.sequence.flipping import past_meridian_s, sleep_and_flip
from hostsim.sequence.host import Host
from hostsim.sequence.meridian import Meridian
from hostsim.sequence.shelter import sleep_watchfully
from hostsim.sequence.sky_ready import ready_for_sky
from hostsim.sequence.state import Aim
from tsplug import DeviceError, PierSide, TsplugError

# What the sky moves on in a minute: whoever stood still for longer sees another field.
_SAME_FIELD_ARCSEC = 900.0
_TOO_WARM_C = 2.0
# Guided stars stay within a pixel; these move by more than they are wide.
_LOST_PX = 1.5


class NotPointedError(DeviceError):
    """The mount stands still where lights would be of another field than the target's, and nobody points it."""


def watch_mount(target: Aim, host: Host, *, center: Callable[[Aim], bool]) -> bool:
    """Return whether the mount tracks its target; with one that stopped the target is centered anew.

    With the profile's ``slew_and_center`` off it tracks again: where it pointed before flats or a wait let it stand
    still, else where it points, if that is its target still.

    Raises:
        NotPointedError: it must not track there, where it pointed has set, or it points beside its target.
        DeviceError: it does not track.
        UnsafeError: it is not safe to observe any more.
    """
    mount = host.rig.mount
    if mount is None or mount.tracking():
        return True
    if host.profile.planner.slew_and_center:
        host.warn(f"{mount.label}: had stopped tracking: pointing at {target.name} anew")
        return center(target)
    was_known = host.journal.state.standing.paused is not None
    ready_for_sky(host)
    if mount.tracking():
        return True
    where = _forbidden(mount, host) or _beside(target, mount, was_known=was_known)
    if where:
        said = f"stands still {where}, and nobody points it (`slew_and_center` is off): point it at {target.name}"
        raise NotPointedError(mount.label, said)
    host.warn(f"{mount.label}: had stopped tracking: it tracks again, where it points (`slew_and_center` is off)")
    mount.track(True)
    return True


def _beside(target: Aim, mount: Mount, *, was_known: bool) -> str:
    """Return in words that a mount which stands still has lost its target; empty where it has not."""
    if was_known:
        return "where the sky has moved on"
    off_arcsec = mount.off_arcsec(target.ra_hours, target.dec_deg)
    return "" if off_arcsec <= _SAME_FIELD_ARCSEC else f"{off_arcsec / 3600.0:.1f} degrees beside {target.name}"


def _forbidden(mount: Mount, host: Host) -> str:
    """Return in words where a mount points that must not track on; empty where it may."""
    reading, meridian = mount.reading(), host.meridian or Meridian.of(host.profile)
    place = reading.ra_deg / 15.0, reading.dec_deg
    past_s = past_meridian_s(*place, host=host)
    if reading.altitude_deg < 0.0:
        return "below the horizon"
    flips = reading.pier_side is not PierSide.UNKNOWN and mount.wrong_side(*place) == (past_s >= 0.0)
    return "in its pause at the meridian" if flips and meridian.pauses(past_s) else ""


class Warmth:
    """Watches the sensor's temperature, and warns once each time it leaves what the night asked for."""

    def __init__(self) -> None:
        """Start without a warning."""
        self._warned = False

    def watch(self, host: Host) -> None:
        """Warn when the sensor is warmer or colder than it was asked to be."""
        wanted_c, camera = host.journal.state.standing.cooled_to_c, host.rig.camera
        if wanted_c is None or camera is None:
            return
        celsius = camera.temperature_c()
        off = celsius is not None and abs(celsius - wanted_c) > _TOO_WARM_C
        if off and not self._warned:
            host.warn(
                f"{camera.label}: the sensor has {celsius:.1f} degrees C instead of {wanted_c:g}: lights get noisier "
                "and no longer fit their darks; look at the cooler and its power"
            )
        self._warned = off


class GuidingSettings(BaseModel):
    """What is done after an exposure in which guiding was lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when_lost: Literal["warn", "pause", "restart", "fail"] = Field(
        default="warn",
        description="`warn`: go on; `pause`: wait; `restart`: center the target anew; `fail`: the container fails.",
    )
    pause_min: float = Field(default=5.0, gt=0, le=240, description="How many minutes a pause lasts.")
    attempts: int = Field(
        default=3,
        ge=1,
        le=100,
        description="How many pauses or restarts in a row may be in vain before the container fails.",
    )


class Guiding:
    """Watches how lights were guided and warns once each time that guiding is lost; ``lost`` counts lights in a row."""

    def __init__(self) -> None:
        """Start without a warning."""
        self._warned = False
        self.lost = 0

    def watch(self, guiding: GuidingReading | None, host: Host) -> None:
        """Warn when the stars of a light moved by more than they are wide."""
        if guiding is None:
            self.lost = 0
            return
        # Where the scale is unknown a pixel counts as an arcsecond.
        lost = guiding.rms_arcsec > _LOST_PX * (host.profile.pixel_scale_arcsec or 1.0)
        if lost and not self._warned:
            host.warn(
                f"guider: guiding was lost: the stars of a light moved by {guiding.rms_arcsec:.1f} arcsec (rms): "
                "look at the guider and its star"
            )
        self._warned = lost
        self.lost = self.lost + 1 if lost else 0


def answer_lost(
    guiding: Guiding, settings: GuidingSettings, *, target: Aim, host: Host, center: Callable[[Aim], bool]
) -> None:
    """Do what a sequence wants when the last light was not guided; ``center`` does what is wanted of off targets.

    Raises:
        TsplugError: it wants to fail, or pauses and restarts did not help.
        UnsafeError: it is not safe any more.
        DeviceError: the mount does not obey.
    """
    if guiding.lost == 0 or settings.when_lost == "warn":
        return
    if settings.when_lost == "fail" or guiding.lost > settings.attempts:
        raise TsplugError(f"guider: guiding was lost in {guiding.lost} exposures in a row: look at the guider")
    if settings.when_lost == "pause":
        host.display.note(f"waiting {settings.pause_min:g} min for the guide star")
        until = host.clock.now() + timedelta(minutes=settings.pause_min)
        sleep_and_flip(until, host, sleep=partial(sleep_watchfully, host=host))
        return
    host.display.note(f"centering {target.name} to guide anew")
    center(target)
