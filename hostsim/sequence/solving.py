"""Centering by the stars of a frame: what the telescope really looks at, whatever the mount believes."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.camera import Exposure
from hostsim.equipment.mount import NotCenteredError
from hostsim.sequence.host import Host
from hostsim.sky.stars import stars_near
from tsplug.instructions import Look, solve_pixels
from tsplug.ports import SkyStars, StarCatalogue

_FAINTEST_MAG = 13.0


class SolvingSettings(BaseModel):
    """How a frame is taken and solved to center by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure_s: float = Field(default=5.0, gt=0, le=600, description="Seconds of the frame.")
    catalogue: Literal["simulated", "installed"] = Field(
        default="simulated",
        description="The stars to match: those of the simulated sky, or of the star catalogue that is installed.",
    )
    tolerance_arcsec: float = Field(default=30.0, gt=0, le=7200, description="How far off is centered.")
    attempts: int = Field(default=3, ge=1, le=20, description="How many frames at most.")
    radius_deg: float = Field(default=1.0, gt=0, le=10, description="How far the mount may be off.")


class SimulatedStars:
    """The stars of the simulated sky as a catalogue."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return the stars within a radius, brightest first."""
        table = stars_near(ra_deg, dec_deg, radius_deg=radius_deg, faintest_mag=_FAINTEST_MAG)
        order = np.argsort(table.magnitude, kind="stable")
        return SkyStars(table.ra_deg[order], table.dec_deg[order], table.magnitude[order])


def center_by_stars(ra_hours: float, dec_deg: float, *, host: Host, settings: SolvingSettings) -> None:
    """Point so that frames look at J2000 coordinates; where a frame is not solved the mount's word counts.

    Raises:
        NotCenteredError: it is still off after so many frames.
        DeviceError: mount or camera failed.
    """
    mount, scale_arcsec = host.mount(), host.profile.pixel_scale_arcsec
    catalogue: StarCatalogue | None = SimulatedStars() if settings.catalogue == "simulated" else None
    aim_hours, aim_deg, off_arcsec = ra_hours, dec_deg, math.inf
    for _ in range(settings.attempts):
        mount.center(aim_hours, aim_deg)
        if scale_arcsec is None:
            host.warn("the profile tells no pixel size and focal length: centered by what the mount says")
            return
        pixels = host.camera().expose(Exposure(exposure_s=settings.exposure_s)).pixels
        look = Look(ra_hours * 15.0, dec_deg, scale_arcsec, settings.radius_deg)
        said, found = solve_pixels(pixels, look, catalogue=catalogue)
        if found is None:
            host.warn(f"not solved ({said.message}): centered by what the mount says")
            return
        east_deg, north_deg = _difference(found, (ra_hours * 15.0, dec_deg))
        off_arcsec = 3600.0 * math.hypot(east_deg, north_deg)
        if off_arcsec <= settings.tolerance_arcsec:
            host.display.note(f"centered by {said.found.stars if said.found else 0} stars, {off_arcsec:.0f} arcsec off")
            return
        aim_hours = (aim_hours - east_deg / 15.0 / max(0.02, math.cos(math.radians(dec_deg)))) % 24.0
        aim_deg = min(90.0, max(-90.0, aim_deg - north_deg))
    raise NotCenteredError(
        mount.label, f"looks {off_arcsec:.0f} arcsec beside after {settings.attempts} frames: align it, then run again"
    )


def _difference(found: tuple[float, float], wished: tuple[float, float]) -> tuple[float, float]:
    """Return degrees east and north from one place to another nearby."""
    across = (found[0] - wished[0] + 180.0) % 360.0 - 180.0
    return across * math.cos(math.radians(wished[1])), found[1] - wished[1]
