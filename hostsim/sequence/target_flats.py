"""Immediate flats within the Scheduler Container: behind the closed cover, which opens only where it is safe."""

from __future__ import annotations

from functools import partial

from hostsim.sequence.flats import take_immediate_flats
from hostsim.sequence.host import Host
from hostsim.sequence.shelter import UnsafeError, check_safe, is_watched, take_shelter
from hostsim.sequence.store_patience import patiently
from tsplug import Cancelled, DeviceError, TsplugError
from tsplug.instructions import SchedulerImmediateFlats


def take_target_flats(wanted: SchedulerImmediateFlats.Parameters, host: Host, *, last: bool) -> None:
    """Take the flats of the target that is left; flats that fail cost a warning.

    Where the store cannot be reached they wait for it. The weather may have changed meanwhile: the cover opens only
    after a look at the safety monitor, and after the ``last`` ones of a container, whom nobody images after, not at
    all.

    Raises:
        UnsafeError: it is not safe to observe; a cover that flats have closed is closed still.
        DeviceError: the panel shines on, or its cover does not open for the next target.
    """
    check_safe(host)
    failed, panel, standing = False, host.rig.panel, host.journal.state.standing
    try:
        # Here, for the container begins anew without the target that they are of.
        closed = wanted.model_copy(update={"cover_at_end": "closed"})
        patiently(partial(take_immediate_flats, closed, host), host)
    except (Cancelled, UnsafeError):
        raise
    except TsplugError as error:
        host.warn(f"{error}; imaging goes on")
        failed = True
    # Where the cover ends is not for the flats to say: the next target needs it open.
    if panel is None or (not failed and standing.cover_open):
        return
    if last:
        if failed:
            _shut(host)
        standing.cover_open, standing.cover_shut = False, True
        return
    panel.light_off()
    # Whoever leaves the shelter opens what stood open.
    standing.cover_open = True
    check_safe(host)
    if host.journal.state.sheltered:
        raise UnsafeError("the shelter was taken while flats waited for their store")
    panel.open_cover()


def open_again(host: Host) -> None:
    """Open the cover behind which flats were taken on their own, for what a container images next.

    Where none images any more it stays closed until another begins.

    Raises:
        UnsafeError: it is not safe to observe: the cover stays closed, until the container leaves the shelter for that.
        DeviceError: it does not open.
    """
    standing = host.journal.state.standing
    if not is_watched(host):
        standing.cover_shut = True
        return
    # Whoever leaves the shelter opens what stood open.
    standing.cover_open = True
    check_safe(host)
    host.panel().open_cover()


def leave_open(host: Host) -> None:
    """Open the cover at the end of flats whose author wants it so, where that is safe: else the shelter is taken first.

    Raises:
        UnsafeError: it is not safe, amid the night of a container, which shelters and opens it later.
        DeviceError: it does not open, or the shelter cannot be taken.
    """
    state, panel = host.journal.state, host.rig.panel
    if panel is None:
        return
    # Whoever leaves the shelter opens what is to be open.
    state.standing.cover_open, state.standing.cover_shut = True, False
    try:
        check_safe(host)
    except UnsafeError as error:
        if is_watched(host):
            raise
        take_shelter(host, why=str(error))
    if not state.sheltered:
        panel.open_cover()


def open_after_flats(host: Host) -> None:
    """Open the cover where the last flats of an earlier container have closed it.

    Raises:
        DeviceError: it does not open.
    """
    panel, standing = host.rig.panel, host.journal.state.standing
    if standing.cover_shut and panel is not None:
        panel.open_cover()
        standing.cover_open = True
    standing.cover_shut = False


def _shut(host: Host) -> None:
    panel = host.panel()
    try:
        panel.light_off()
        panel.close_cover()
    except DeviceError as error:
        host.warn(f"{error}; the cover may be open")
