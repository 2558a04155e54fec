"""The meridian flip: when it is due, what waits for it, and how it is made."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from hostsim.devices.parts import astrometry
from hostsim.sequence.centering import Centering, CenteringSettings
from hostsim.sequence.host import Host
from hostsim.sequence.pointing import rotate_to
from hostsim.sequence.shelter import sleep_watchfully
from hostsim.sequence.state import Aim
from tsplug import PierSide

_SOLAR_S_PER_SIDEREAL_HOUR = 3600.0 / 1.00273790935
_MARGIN_S = 30.0
_NEAR_ARCSEC = 300.0


class FlipSettings(BaseModel):
    """When a mount that has a side of the pier is brought to the other one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Flip when the target has passed the meridian.")
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
        pause_min = planner.flip_pause_min if settings.pause_min is None else settings.pause_min
        self._after_s, self._pause_s = 60.0 * after_min, 60.0 * pause_min

    def waited(self, target: Aim, *, exposure_s: float) -> bool:
        """Let the time pass in which no exposure may go on; return whether any did.

        Raises:
            UnsafeError: it is not safe any more.
        """
        mount = self._host.rig.mount
        if not self._settings.enabled or self._pause_s <= 0 or mount is None:
            return False
        past_s = self._past_meridian_s(target)
        if past_s + exposure_s <= -self._pause_s or past_s >= self._after_s:
            return False
        # What has no sides needs no flip; what stands right for the time after it needs none either.
        if mount.reading().pier_side is PierSide.UNKNOWN or mount.wrong_side(target.ra_hours, target.dec_deg):
            return False
        wait_s = self._after_s - past_s + _MARGIN_S
        self._host.display.note(f"waiting {wait_s / 60.0:.0f} min for {target.name} to pass the meridian")
        sleep_watchfully(wait_s, self._host)
        return True

    def if_due(self, target: Aim) -> bool:
        """Flip where that is due; return whether it was. What cannot be centered on the other side is left out.

        Raises:
            NotCenteredError: it cannot be centered, and the sequence does not want to go on.
            DeviceError: the mount or the rotator did not arrive.
        """
        mount = self._host.rig.mount
        if not self._settings.enabled or mount is None or not mount.wrong_side(target.ra_hours, target.dec_deg):
            return False
        if 0.0 <= self._past_meridian_s(target) < self._after_s:
            return False
        self._host.display.note(f"{target.name} has passed the meridian: flipping")
        if self._centering.on(target) and self._host.profile.has_rotator and not self._half_turn:
            rotate_to(target.rotation_deg, self._host, half_turn=False)
        return True

    def amid(self) -> None:
        """Flip where that is due while something else is done on a target, such as the instructions of a list."""
        stage, mount = self._host.journal.state.stage, self._host.rig.mount
        target = stage.target
        if target is None or not stage.on_target or mount is None or mount.parked() or not mount.tracking():
            return
        if mount.off_arcsec(target.ra_hours, target.dec_deg) <= _NEAR_ARCSEC:
            self.if_due(target)

    def _past_meridian_s(self, target: Aim) -> float:
        """Return for how many seconds a target has been past the meridian; negative before it."""
        moment = self._host.clock.now()
        ra_hours, _ = astrometry.of_date(target.ra_hours, target.dec_deg, moment=moment)
        sidereal_hours = astrometry.sidereal_hours(moment, self._host.site.longitude_deg)
        return astrometry.wrap_hours(sidereal_hours - ra_hours) * _SOLAR_S_PER_SIDEREAL_HOUR
