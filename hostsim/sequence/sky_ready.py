"""Before something is exposed to the sky outside the exposures of a Scheduler Container: what earlier ones left."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from hostsim.sequence.flipping import past_meridian_s, pause_is_outlived, sleep_and_flip
from hostsim.sequence.host import Host
from hostsim.sequence.meridian import MARGIN_S, Meridian
from hostsim.sequence.shelter import check_safe, is_exposed, sleep_watchfully
from hostsim.sequence.target_flats import open_after_flats


def needs_sky(host: Host) -> bool:
    """Return whether an exposure is one of the sky: cover or mount is out, or the cover is opened for it."""
    return is_exposed(host) or host.journal.state.standing.cover_shut


def ready_for_sky(host: Host) -> None:
    """Open the cover that the last flats of a container closed, and follow the sky again.

    A mount that a wait let stand still before the meridian waits out its pause, and is flipped.

    Raises:
        UnsafeError: the cover would be opened, or time is to pass, and it is not safe to observe.
        DeviceError: the cover or the mount does not obey.
    """
    standing, mount = host.journal.state.standing, host.rig.mount
    if standing.cover_shut:
        check_safe(host)
        open_after_flats(host)
    if standing.paused is None or mount is None or mount.parked() or mount.tracking():
        return
    place, meridian = standing.paused, host.meridian or Meridian.of(host.profile)
    if pause_is_outlived(host):
        standing.paused = None
        return
    past_s = past_meridian_s(*place, host=host)
    if meridian.pauses(past_s):
        host.display.note("waiting for the end of the pause at the meridian")
        end = host.clock.now() + timedelta(seconds=meridian.after_s + MARGIN_S - past_s)
        sleep_and_flip(end, host, sleep=partial(sleep_watchfully, host=host))
    if not mount.tracking():
        mount.slew(*place)
    standing.paused = None
