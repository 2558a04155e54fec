"""What the telescope does while the Scheduler Container waits for a target: it stands still, or is parked."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from hostsim.sequence.flipping import sleep_and_flip
from hostsim.sequence.host import Host
from hostsim.sequence.shelter import sleep_watchfully
from hostsim.sequence.state import Waiting
from hostsim.sequence.unparking import park, unpark

_PARKING_PAYS = timedelta(seconds=60)


def wait_for(waiting: Waiting, host: Host) -> None:
    """Let the time pass until a wait is over, without tracking; with the profile's ``park_on_wait`` parked if it pays.

    With the profile's ``slew_and_center`` off nobody would bring the telescope back: it tracks on, pauses before the
    meridian, and is flipped.

    Raises:
        UnsafeError: it is not safe any more.
        DeviceError: the mount does not park or stop tracking.
    """
    planner = host.profile.planner
    left, mount = waiting.until - host.clock.now(), host.rig.mount
    if mount is not None and planner.slew_and_center and not mount.parked():
        if planner.park_on_wait and left > _PARKING_PAYS:
            park(mount, host)
            host.journal.state.stage.parked = True
        else:
            mount.track(False)
        # It is to be brought back by the container alone.
        host.journal.state.standing.paused = None
    # Kept before the time passes, so that an interrupted wait goes on to its end.
    host.journal.save()
    sleep_and_flip(waiting.until, host, sleep=partial(sleep_watchfully, host=host))


def end_standstill(host: Host) -> None:
    """Unpark a mount that was parked for a wait."""
    stage, mount = host.journal.state.stage, host.rig.mount
    if stage.parked and mount is not None:
        unpark(mount, host)
    stage.parked = False
