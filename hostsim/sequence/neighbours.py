"""Whether somebody else images with the profile of a host meanwhile, of which its plans know nothing."""

from __future__ import annotations

from hostsim.sequence.host import Host
from tsplug import AcquiredImage


class Neighbours:
    """Counts the lights of a profile beside those of the own night.

    Rigs that contribute to a project have profiles of their own, and leases hold them apart; two hosts of one profile
    are one rig to tsplug, and both take the last exposure of a plan.
    """

    def __init__(self, host: Host) -> None:
        """Prepare; what there is at the first look is nobody's."""
        self._host = host
        self._known: int | None = None

    def look(self, *, own: int = 0) -> None:
        """Look at the records of the profile, to which the night has added so many since the last look.

        Warns once where there are more.
        """
        with self._host.context.store.read() as unit:
            there = unit.count(AcquiredImage, profile_id=self._host.profile.id)
        if self._known is not None and there > self._known + own:
            self._host.warn_once(
                f"lights of profile {self._host.profile.name!r} come from elsewhere too: where another host images for "
                "it, both take the last exposure of a plan; give each host a profile of its own, and let it contribute"
            )
        self._known = there
