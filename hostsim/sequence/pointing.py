"""Where the telescope looks, through which filter, and how the camera is turned."""

from __future__ import annotations

import math
import random

from hostsim.devices.parts import astrometry
from hostsim.sequence.host import Host
from hostsim.sequence.state import Aim
from hostsim.sequence.sun import sun_azimuth_deg
from tsplug import DeviceError, PierSide

_NULL_SPOT_DEG = 17.0
# More than any dither, less than anything that is done on purpose.
_MOVED_ARCSEC = 300.0


def rotate_to(position_angle_deg: float, host: Host, *, half_turn: bool) -> None:
    """Turn the rotator so that the frame has a position angle on the sky.

    Raises:
        DeviceError: there is no rotator, or it did not arrive.
    """
    rotator = host.rig.rotator
    if rotator is None:
        raise DeviceError("rotator", "there is none to turn the camera: set `has_rotator: false` in the profile")
    side = host.rig.mount.reading().pier_side if host.rig.mount else PierSide.UNKNOWN
    rotator.move_mechanical(rotator.mechanical_for(position_angle_deg, pier_side=side, half_turn=half_turn))


def point_at_even_sky(host: Host) -> None:
    """Point where the twilight sky is most even: a little beyond the zenith, away from the Sun.

    Source: Chromey & Hasselbacher 1996 (PASP 108, 944).

    Raises:
        DeviceError: there is no mount, it is parked, or it did not arrive.
    """
    moment, site = host.clock.now(), host.site
    azimuth_deg = (sun_azimuth_deg(site, moment) + 180.0) % 360.0
    ha_hours, dec_deg = astrometry.equatorial(90.0 - _NULL_SPOT_DEG, azimuth_deg, latitude_deg=site.latitude_deg)
    ra_hours = (astrometry.sidereal_hours(moment, site.longitude_deg) - ha_hours) % 24.0
    host.journal.state.standing.paused = None
    host.mount().slew(*astrometry.j2000(ra_hours, dec_deg, moment=moment))


def point_again(target: Aim, host: Host, *, half_turn: bool) -> None:
    """Point at a target again, and turn the rotator, where the telescope has been moved away from it, or parked.

    Raises:
        DeviceError: the mount or the rotator did not arrive.
    """
    mount = host.rig.mount
    if mount is None:
        return
    if mount.parked():
        mount.unpark()
    elif mount.tracking() and mount.off_arcsec(target.ra_hours, target.dec_deg) <= _MOVED_ARCSEC:
        return
    host.display.note(f"pointing at {target.name} again")
    host.journal.state.standing.paused = None
    mount.center(target.ra_hours, target.dec_deg)
    if host.profile.has_rotator and host.rig.rotator is not None:
        rotate_to(target.rotation_deg, host, half_turn=half_turn)


def switch_filter(name: str, host: Host, *, focus_offset: bool) -> None:
    """Bring a filter into the beam; with ``focus_offset`` the focuser moves by the difference of the offsets.

    Raises:
        DeviceError: there is no such filter, or a device did not arrive.
    """
    wheel = host.wheel()
    before = wheel.current()
    wheel.select(name)
    focuser = host.rig.focuser
    if focuser is not None and focus_offset and before != name:
        steps = wheel.offset_steps(name) - wheel.offset_steps(before)
        focuser.move(focuser.position() + steps)


def dither(ra_hours: float, dec_deg: float, *, host: Host, pixels: float) -> bool:
    """Point up to ``pixels`` away from J2000 coordinates, as the night's seed and the number of its lights draw it.

    With the profile's ``slew_and_center`` off, where others point, it is away from where the telescope is. Return
    whether that was done: no dither flips the mount, nor lets one track again that has stopped.
    """
    state = host.journal.state
    if not host.mount().tracking():
        return False
    if not host.profile.planner.slew_and_center:
        reading = host.mount().reading()
        ra_hours, dec_deg = reading.ra_deg / 15.0, reading.dec_deg
    return _slew_beside(ra_hours, dec_deg, host=host, pixels=pixels, draw=f"dither {state.seed} {state.lights}")


def nudge(host: Host, *, pixels: float, draw: str) -> None:
    """Point up to ``pixels`` beside where the telescope points now, as ``draw`` has it, unless that would be a flip.

    Raises:
        DeviceError: there is no mount, or it did not arrive.
    """
    reading = host.mount().reading()
    _slew_beside(reading.ra_deg / 15.0, reading.dec_deg, host=host, pixels=pixels, draw=draw)


def _slew_beside(ra_hours: float, dec_deg: float, *, host: Host, pixels: float, draw: str) -> bool:
    mount, drawn = host.mount(), random.Random(draw)
    # Where the scale is unknown a pixel counts as an arcsecond.
    scale_deg = (host.profile.pixel_scale_arcsec or 1.0) / 3600.0
    east_deg, north_deg = (drawn.uniform(-pixels, pixels) * scale_deg for _ in range(2))
    ra = ra_hours + east_deg / 15.0 / max(0.05, math.cos(math.radians(dec_deg)))
    place = ra % 24.0, min(90.0, max(-90.0, dec_deg + north_deg))
    if mount.wrong_side(*place):
        return False
    mount.slew(*place)
    return True
