"""Where the telescope looks, through which filter, and how the camera is turned."""

from __future__ import annotations

import math
import random

from hostsim.sequence.host import Host
from tsplug import DeviceError, PierSide


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


def dither(ra_hours: float, dec_deg: float, *, host: Host, pixels: float) -> None:
    """Point up to ``pixels`` away from J2000 coordinates, as the night's seed and the number of its lights draw it."""
    state = host.journal.state
    draw = random.Random(f"dither {state.seed} {state.lights}")
    # Where the scale is unknown a pixel counts as an arcsecond.
    scale_deg = (host.profile.pixel_scale_arcsec or 1.0) / 3600.0
    east_deg, north_deg = (draw.uniform(-pixels, pixels) * scale_deg for _ in range(2))
    ra = ra_hours + east_deg / 15.0 / max(0.05, math.cos(math.radians(dec_deg)))
    host.mount().slew(ra % 24.0, min(90.0, max(-90.0, dec_deg + north_deg)))
