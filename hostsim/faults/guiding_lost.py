"""Guiding is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.devices.observatory import Observatory
from hostsim.devices.telescope import Telescope
from hostsim.faults.parts.fault import DeviceFault


class GuidingLost(DeviceFault):
    """The guide star is lost: the stars of exposures that begin meanwhile drift."""

    help: ClassVar[str] = "The guide star is lost: in exposures that begin meanwhile the stars drift."
    kind = Telescope
    type: Literal["guiding_lost"] = "guiding_lost"
    drift_ra_arcsec_per_s: float = Field(
        default=0.05, ge=-60, le=60, description="Drift in right ascension, in arcseconds on the sky per second."
    )
    drift_dec_arcsec_per_s: float = Field(
        default=0.02, ge=-60, le=60, description="Drift in declination, in arcseconds per second."
    )

    @contextmanager
    def passing(self, observatory: Observatory, seconds: float) -> Iterator[None]:
        """Keep the drift."""
        state = observatory.device(Telescope, self.number).state
        yield
        state.drift_arcsec_per_s = (self.drift_ra_arcsec_per_s, self.drift_dec_arcsec_per_s)

    def end(self, observatory: Observatory) -> None:
        """Find the guide star again."""
        observatory.device(Telescope, self.number).state.drift_arcsec_per_s = (0.0, 0.0)


FAULT = GuidingLost
