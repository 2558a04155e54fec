"""Centering by the stars of a frame: what the telescope really looks at, whatever the mount believes."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hostsim.equipment.camera import Exposure
from hostsim.equipment.mount import NotCenteredError
from hostsim.sequence.host import Host
from hostsim.sky.clusters import separation_deg
from hostsim.sky.stars import stars_near
from tsplug.instructions import Look, solve_pixels
from tsplug.ports import SkyStars, SolveOutcome, SolveState

_FAINTEST_MAG = 13.0


class FrameSolving(BaseModel):
    """How a frame is taken and solved to center by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure_s: float = Field(default=5.0, gt=0, le=600, description="Seconds of the frame.")
    catalogue: Literal["simulated", "installed"] | None = Field(
        default=None,
        description="The stars that the matcher takes: those of the simulated sky, or of the star catalogue that is "
        "installed; absent takes the simulated ones with own simulators, else the installed ones.",
    )
    radius_deg: float = Field(default=1.0, gt=0, le=10, description="How far the mount may be off.")
    sync: bool = Field(
        default=True,
        description="Synchronise the mount with what was found; otherwise, and where it cannot, hostsim corrects its "
        "coordinates for the night.",
    )


class SolvingSettings(FrameSolving):
    """How a slew is centered by frames."""

    tolerance_arcsec: float = Field(default=30.0, gt=0, le=7200, description="How far off is centered.")
    attempts: int = Field(default=3, ge=1, le=20, description="How many frames at most.")


class NotSolvedError(NotCenteredError):
    """No frame was solved, so where the telescope looks is not known."""


class SimulatedStars:
    """The stars of the simulated sky as a catalogue."""

    def near(self, ra_deg: float, dec_deg: float, *, radius_deg: float) -> SkyStars:
        """Return the stars within a radius, brightest first."""
        table = stars_near(ra_deg, dec_deg, radius_deg=radius_deg, faintest_mag=_FAINTEST_MAG)
        order = np.argsort(table.magnitude, kind="stable")
        return SkyStars(table.ra_deg[order], table.dec_deg[order], table.magnitude[order])


def center_by_stars(ra_hours: float, dec_deg: float, *, host: Host, settings: SolvingSettings) -> None:
    """Point so that frames look at J2000 coordinates, and let the mount learn where it really points.

    Where nothing on this machine can solve a frame, the mount's word counts, with a warning.

    Raises:
        NotSolvedError: no frame could be solved.
        NotCenteredError: it is still off after so many frames.
        DeviceError: mount or camera failed.
    """
    mount, off_arcsec, why = host.mount(), math.inf, ""
    mount.center(ra_hours, dec_deg)
    for frame in range(settings.attempts):
        said, found = _solve((ra_hours, dec_deg), host, settings=settings)
        if found is None:
            if said.state is SolveState.UNAVAILABLE:
                host.warn_once(f"frames cannot be solved ({said.message}): centered by what the mount says")
                return
            why = said.message
            continue
        off_arcsec = 3600.0 * separation_deg(*found, place=(ra_hours * 15.0, dec_deg))
        if off_arcsec <= settings.tolerance_arcsec:
            # Programs of others do not tell how many.
            count = said.found.stars if said.found else 0
            host.display.note(f"centered by {count or 'its'} stars, {off_arcsec:.0f} arcsec off")
            return
        if frame + 1 < settings.attempts:
            mount.learn(found[0] / 15.0, found[1], sync=settings.sync)
            mount.center(ra_hours, dec_deg)
    if math.isinf(off_arcsec):
        raise NotSolvedError(
            mount.label,
            f"where it looks is not known, {settings.attempts} frames were not solved ({why}): look at the sky, the "
            "focus, and `exposure_s` of `solve`",
        )
    raise NotCenteredError(
        mount.label, f"looks {off_arcsec:.0f} arcsec beside after {settings.attempts} frames: align it, then run again"
    )


def _solve(
    aim: tuple[float, float], host: Host, *, settings: FrameSolving
) -> tuple[SolveOutcome, tuple[float, float] | None]:
    """Take a frame, and return how solving it went and where it looks, in degrees."""
    scale_arcsec = host.profile.pixel_scale_arcsec
    if scale_arcsec is None:
        return SolveOutcome("", SolveState.UNAVAILABLE, "the profile tells no pixel size and focal length"), None
    shot = host.camera().expose(Exposure(exposure_s=settings.exposure_s))
    look = Look(
        aim[0] * 15.0,
        aim[1],
        scale_arcsec,
        settings.radius_deg,
        mosaic=shot.reading.bayer_offset is not None,
        preferences=host.profile.pipeline,
    )
    simulated = settings.catalogue == "simulated" or (settings.catalogue is None and host.guider is not None)
    return solve_pixels(shot.pixels, look, catalogue=SimulatedStars() if simulated else None)
