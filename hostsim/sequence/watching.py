"""What is looked at around each light, because no device tells it by itself: tracking, guiding, the sensor's cold."""

from __future__ import annotations

from hostsim.equipment.guider import GuidingReading
from hostsim.sequence.host import Host
from tsplug import TakeExposure

_TOO_WARM_C = 2.0
# Guided stars stay within a pixel; these move by more than they are wide.
_LOST_PX = 1.5


def watch_mount(decision: TakeExposure, host: Host) -> None:
    """Return when the mount tracks; one that stopped is made to point and track anew.

    Raises:
        DeviceError: it does not.
    """
    mount = host.rig.mount
    if mount is None or mount.tracking():
        return
    host.warn(f"{mount.label}: had stopped tracking: pointing at {decision.target_name} anew")
    mount.center(decision.ra_hours, decision.dec_deg)


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


class Guiding:
    """Watches how lights were guided, and warns once each time that guiding is lost."""

    def __init__(self) -> None:
        """Start without a warning."""
        self._warned = False

    def watch(self, guiding: GuidingReading | None, host: Host) -> None:
        """Warn when the stars of a light moved by more than they are wide."""
        if guiding is None:
            return
        # Where the scale is unknown a pixel counts as an arcsecond.
        lost = guiding.rms_arcsec > _LOST_PX * (host.profile.pixel_scale_arcsec or 1.0)
        if lost and not self._warned:
            host.warn(
                f"guider: guiding was lost: the stars of a light moved by {guiding.rms_arcsec:.1f} arcsec (rms): "
                "look at the guider and its star"
            )
        self._warned = lost
