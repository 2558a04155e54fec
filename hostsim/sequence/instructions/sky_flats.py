"""Take flats by the light of the twilight sky."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Literal

from pydantic import Field

from hostsim.sequence.flats import end_flats, for_each_camera, ready_for_flats
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from hostsim.sequence.pointing import point_at_even_sky
from hostsim.sequence.shelter import check_safe
from hostsim.sequence.sun import is_past_twilight
from tsplug.instructions import SkyFlats as Flats


class SkyFlats(EachCamera, Flats.Parameters):
    """Takes sky flats; its parameters are those of tsplug's instruction, and whether the telescope is pointed."""

    help: ClassVar[str] = Flats.help
    type: Literal["sky_flats"] = "sky_flats"
    point: bool = Field(
        default=True, description="Point 17 degrees from the zenith, away from the Sun, where twilight is most even."
    )

    def is_outdoors(self, host: Host) -> bool:
        """Return whether it is to move anything: sky flats want the cover open."""
        return not self.dry_run

    def too_late(self, host: Host) -> str:
        """Return in words that its twilight is over."""
        return f"the {self.when} is over" if is_past_twilight(host.site, host.clock.now(), when=self.when) else ""

    def run(self, host: Host) -> None:
        """Point if any flats are to be taken, let tsplug take them, and keep its report; camera after camera.

        Raises:
            UnsafeError: it is not safe any more; what was begun is gone on with when it runs again in this twilight.
            TsplugError: something is missing, or a set failed.
        """
        for each in host.cameras:
            each.watch_sky = partial(check_safe, host)
        try:
            for_each_camera(self._take, host, camera=self.camera)
        finally:
            for each in host.cameras:
                each.watch_sky = None

    def _take(self, host: Host) -> None:
        flats = Flats()
        parameters = Flats.Parameters(**{name: getattr(self, name) for name in Flats.Parameters.model_fields})
        ready_for_flats(flats.obstacles(parameters, host.session), host, dry_run=self.dry_run)
        points = self.point and host.rig.mount is not None and not self.dry_run
        if points and flats.wanted(parameters, host.session):
            point_at_even_sky(host)
        end_flats(flats.run(parameters, host.session), host)


INSTRUCTION = SkyFlats
