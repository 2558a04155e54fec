"""What is done when it is not safe to observe: cover closed, mount parked, and back to work when it is safe again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from hostsim.equipment.mount import MountReading
from hostsim.sequence.host import Host
from hostsim.sequence.state import Imaging
from hostsim.sequence.sun import has_risen, is_evening, sun_altitude_deg
from hostsim.sequence.unparking import is_idle, park, unpark
from tsplug import DeviceError, PierSide, TsplugError

LOOK_S = 60.0
"""How often it is asked whether it is safe, in seconds."""
_STAY_S = 120.0
_LOWEST_DEG = 5.0
_TRIES = 10
_TRY_AGAIN_S = 30.0


class UnsafeError(TsplugError):
    """It is not safe to observe; the text says who says so."""


class TooLateInDayError(TsplugError):
    """What waited in the shelter is not to be done any more; the text says why."""


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


def is_exposed(host: Host) -> bool:
    """Return whether the night wants the mount out of its park or the cover open, if not in the shelter."""
    standing = host.journal.state.standing
    return standing.unparked or standing.cover_open


def watch_of(host: Host) -> Callable[[], None]:
    """Return what looks whether it is safe, where cover or mount is out, else nothing."""
    return partial(check_safe, host) if is_exposed(host) else lambda: None


def sleep_watchfully(seconds: float, host: Host) -> None:
    """Let time pass, looking every minute whether it is safe.

    Raises:
        UnsafeError: it is not any more.
    """
    left_s = seconds
    while left_s > 0:
        check_safe(host)
        host.clock.sleep(min(left_s, LOOK_S))
        left_s -= LOOK_S


def take_shelter(host: Host, *, why: str, since: datetime | None = None, drops: bool = True) -> None:
    """Close the cover and park the mount, and drop the exposure under way; nothing happens when that has been done.

    Where nothing ``drops``, the exposure goes on: of the dark, or of the panel.
    ``since`` is when the night was last known to be at work, now if absent: by the day that follows nothing goes out.

    Raises:
        DeviceError: the cover does not close or the mount does not park, however often that is tried.
    """
    state = host.journal.state
    if state.sheltered:
        return
    host.warn(f"{why}: cover closed and mount parked until it is safe again")
    state.imaging = Imaging()
    _remember_place(host)
    for each in host.cameras:
        if drops and each.rig.camera is not None:
            with suppress(DeviceError):
                each.rig.camera.abort()
    _bring_in(host)
    state.sheltered, state.sheltered_at, state.sheltered_since = True, host.clock.now(), since or host.clock.now()
    host.journal.save()


def _bring_in(host: Host) -> None:
    """Close the cover and park the mount; what fails is tried again for a while, for nobody else is there to do it."""
    panel, mount = host.rig.panel, host.rig.mount
    left = [] if panel is None else [panel.close_cover]
    left += [] if mount is None else [partial(park, mount, host)]
    for number in range(_TRIES):
        failed: list[Callable[[], None]] = []
        for act in left:
            # A cover that jams must not leave the mount pointing into the rain.
            try:
                act()
            except DeviceError as error:
                failed.append(act)
                last = error
        if not failed:
            return
        left = failed
        if number + 1 < _TRIES:
            host.warn_once(f"{last}: trying again")
            host.clock.sleep(_TRY_AGAIN_S)
    raise last


def stay_sheltered(host: Host) -> None:
    """Let some time pass in the shelter.

    Raises:
        TsplugError: it has been unsafe for longer than the sequence wants to wait.
    """
    since, hours = host.journal.state.sheltered_at, host.safety.wait_hours
    if since is not None and host.clock.now() - since >= timedelta(hours=hours):
        raise TsplugError(f"it has not been safe for {hours:g} h: look at the weather and the safety monitor")
    host.clock.sleep(_STAY_S)


def _remember_place(host: Host) -> None:
    state, mount = host.journal.state, host.rig.mount
    if mount is None:
        return
    # What does not tell it is to be parked all the same.
    with suppress(DeviceError):
        if mount.tracking() and not mount.parked():
            # Whoever lets it follow the sky again has ended its pause at the meridian.
            state.standing.paused, state.standing.unparked = None, True
            reading = mount.reading()
            state.sheltered_from = None if is_idle(mount, host) else (reading.ra_deg / 15.0, reading.dec_deg)
    state.sheltered_from = state.standing.paused or state.sheltered_from


def day_has_come(host: Host, *, asked: bool = False) -> str:
    """Return in words why nothing goes out of the shelter: the Sun has risen since it was taken; empty where it may.

    What is ``asked`` for may go out from the evening on, as dusk flats do.
    """
    since, now = host.journal.state.sheltered_since, host.clock.now()
    risen = since is not None and has_risen(host.site, since=since, now=now)
    if risen and asked and is_evening(host.site, now):
        return ""
    return "the Sun has risen since the shelter was taken" if risen else ""


def check_early(host: Host, too_late: Callable[[Host], str] = lambda host: "", *, asked: bool = False) -> None:
    """Return where what waits in the shelter may still be done, or nothing waits; ``asked`` as above.

    Raises:
        TooLateInDayError: day has come, or ``too_late`` says in words why it is too late by night.
    """
    if host.journal.state.sheltered and (why := day_has_come(host, asked=asked) or too_late(host)):
        raise TooLateInDayError(why)


def leave_shelter(host: Host, *, back: bool = False, asked: bool = False) -> None:
    """Bring mount and cover back to what the night asked of them, and have the focus found anew.

    With ``back`` the telescope points where it pointed before, unless the mount refuses. Nothing happens outside the
    shelter. What is ``asked`` for may go out in the evening before the Sun has set.

    Raises:
        TooLateInDayError: the Sun has risen since the shelter was taken: everything stays in it.
        DeviceError: the mount does not unpark or the cover does not open.
    """
    state, rig = host.journal.state, host.rig
    if not state.sheltered:
        return
    check_early(host, asked=asked)
    host.display.note("it is safe again: going on")
    try:
        if state.standing.unparked and rig.mount is not None:
            unpark(rig.mount, host)
        if state.standing.cover_open and rig.panel is not None:
            rig.panel.open_cover()
    except DeviceError:
        # Half out of the shelter is no place to be: who does not end here tries again from within it.
        _go_back_in(host)
        raise
    if back:
        point_back(host)
    state.sheltered, state.sheltered_at, state.sheltered_since = False, None, None
    state.sheltered_from = state.focus = None
    host.journal.save()


def point_back(host: Host) -> None:
    """Point where the telescope pointed before the shelter, if it is out of the park.

    A refusal costs a warning, and so does a place that has set meanwhile, or that it is day: there it does not point.
    """
    state, mount = host.journal.state, host.rig.mount
    place, state.sheltered_from = state.sheltered_from, None
    if place is None or mount is None or not state.standing.unparked:
        return
    if (why := kept_from(place, host)) is not None:
        host.warn(f"{why}: going on where the telescope points after the shelter")
        return
    try:
        mount.slew(*place)
    except DeviceError as error:
        host.warn(f"{error}; going on where the telescope points after the shelter")


def _go_back_in(host: Host) -> None:
    panel, mount = host.rig.panel, host.rig.mount
    if panel is not None:
        with suppress(DeviceError):
            panel.close_cover()
    if mount is not None:
        with suppress(DeviceError):
            park(mount, host)


def kept_from(place: tuple[float, float], host: Host) -> str | None:
    """Return why nothing is to point at a place (hours, degrees, J2000) now; None where it may."""
    ra_hours, dec_deg = place
    site, now = host.site, host.clock.now()
    of_place = MountReading("", ra_hours * 15.0, dec_deg, 0.0, 0.0, PierSide.UNKNOWN)
    there = of_place.at(now, latitude_deg=site.latitude_deg, longitude_deg=site.longitude_deg)
    if there.altitude_deg < _LOWEST_DEG:
        return "where the telescope pointed before has set"
    return "the Sun has risen" if sun_altitude_deg(site, now) > 0.0 else None
