"""What is done when it is not safe to observe: cover closed, mount parked, and back to work when it is safe again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hostsim.sequence.host import Host
from hostsim.sequence.state import Imaging
from hostsim.sequence.unparking import unpark
from tsplug import DeviceError, TsplugError

_LOOK_S = 60.0
_STAY_S = 120.0


class UnsafeError(TsplugError):
    """It is not safe to observe; the text says who says so."""


def check_safe(host: Host) -> None:
    """Return when it is safe to observe, or nobody can tell or wants to know; no answer counts as unsafe.

    Raises:
        UnsafeError: it is not.
    """
    monitor = host.rig.safety
    if monitor is None or host.safety.when_unsafe == "ignore":
        return
    try:
        safe = monitor.is_safe()
    except DeviceError as error:
        raise UnsafeError(f"{error}; that counts as unsafe") from error
    if not safe:
        raise UnsafeError(f"{monitor.label}: it is not safe to observe")


def is_watched(host: Host) -> bool:
    """Return whether a container shelters from what is unsafe: in what its lists do too, until nothing is left."""
    return host.between is not None and host.journal.state.stage.over is None


def sleep_watchfully(seconds: float, host: Host) -> None:
    """Let time pass, looking every minute whether it is safe.

    Raises:
        UnsafeError: it is not any more.
    """
    left_s = seconds
    while left_s > 0:
        check_safe(host)
        host.clock.sleep(min(left_s, _LOOK_S))
        left_s -= _LOOK_S


def take_shelter(host: Host, *, why: str) -> None:
    """Drop the exposure under way, close the cover and park the mount; nothing happens when that has been done.

    Raises:
        DeviceError: the cover does not close or the mount does not park.
    """
    state, rig = host.journal.state, host.rig
    if state.sheltered:
        return
    host.warn(f"{why}: cover closed and mount parked until it is safe again")
    state.imaging = Imaging()
    for each in host.cameras:
        if each.rig.camera is not None:
            with suppress(DeviceError):
                each.rig.camera.abort()
    try:
        if rig.panel is not None:
            rig.panel.close_cover()
    finally:
        # A cover that jams must not leave the mount pointing into the rain.
        if rig.mount is not None:
            rig.mount.park()
    state.sheltered, state.sheltered_at = True, host.clock.now()
    host.journal.save()


def stay_sheltered(host: Host) -> None:
    """Let some time pass in the shelter.

    Raises:
        TsplugError: it has been unsafe for longer than the sequence wants to wait.
    """
    since, hours = host.journal.state.sheltered_at, host.safety.wait_hours
    if since is not None and host.clock.now() - since >= timedelta(hours=hours):
        raise TsplugError(f"it has not been safe for {hours:g} h: look at the weather and the safety monitor")
    host.clock.sleep(_STAY_S)


def leave_shelter(host: Host) -> None:
    """Bring mount and cover back to what the night asked of them, and have the focus found anew.

    Nothing happens outside the shelter.

    Raises:
        DeviceError: the mount does not unpark or the cover does not open.
    """
    state, rig = host.journal.state, host.rig
    if not state.sheltered:
        return
    host.display.note("it is safe again: going on")
    if state.standing.unparked and rig.mount is not None:
        unpark(rig.mount, host)
    if state.standing.cover_open and rig.panel is not None:
        rig.panel.open_cover()
    state.sheltered, state.sheltered_at, state.focus = False, None, None
    host.journal.save()
