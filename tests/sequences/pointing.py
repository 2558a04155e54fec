"""A mount that points at a place of the sky, and writes down when it slews and stops."""

from __future__ import annotations

from datetime import datetime

from scripted import Telescope

from hostsim.devices.parts import astrometry
from hostsim.equipment.mount import MountReading
from hostsim.sequence.flipping import past_meridian_s
from hostsim.sequence.host import Host
from hostsim.sequence.instructions.wait_until import WaitUntil
from hostsim.sequence.state import Aim


def target(host: Host, *, transits_in_min: float) -> Aim:
    """Return a target that passes the meridian in so many minutes."""
    moment = host.clock.now()
    of_date = astrometry.sidereal_hours(moment, host.site.longitude_deg) + transits_in_min * 1.00273791 / 60.0
    ra_hours, dec_deg = astrometry.j2000(of_date % 24.0, 20.0, moment=moment)
    return Aim(guid="t", name="T", project_name="P", ra_hours=ra_hours, dec_deg=dec_deg, rotation_deg=0.0)


def wait(host: Host, until: datetime) -> None:
    WaitUntil.model_validate({"until": {"time": until.isoformat()}}).run(host)


def minutes_of(moments: list[datetime], began: datetime) -> list[float]:
    return [(moment - began).total_seconds() / 60.0 for moment in moments]


class Pointing(Telescope):
    """A mount that points at a place, and stands on the wrong side when that has passed the meridian."""

    def __init__(self, host: Host, place: Aim) -> None:
        super().__init__(host.clock)
        self.slews: list[datetime] = []
        self.stops: list[datetime] = []
        self.places: list[tuple[float, float]] = []
        self._host, self.place = host, place

    def reading(self) -> MountReading:
        return MountReading("M", 15.0 * self.place.ra_hours, self.place.dec_deg, 45.0, 180.0, self.pier_side)

    def wrong_side(self, ra_hours: float, dec_deg: float) -> bool:
        return not self.slews and past_meridian_s(ra_hours, dec_deg, host=self._host) > 0.0

    def track(self, on: bool) -> None:
        super().track(on)
        if not on:
            self.stops.append(self.clock.now())

    def slew(self, ra_hours: float, dec_deg: float) -> None:
        super().slew(ra_hours, dec_deg)
        self.slews.append(self.clock.now())
        self.places.append((ra_hours, dec_deg))
