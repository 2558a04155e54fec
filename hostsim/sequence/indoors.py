"""Before what needs no sky: nobody looks at weather and meridian while it goes on, so nothing stays out for them."""

from __future__ import annotations

from contextlib import suppress

from hostsim.sequence.host import Host
from hostsim.sequence.shelter import UnsafeError, check_safe, is_exposed, is_watched, take_shelter
from hostsim.sequence.unparking import is_idle
from tsplug import DeviceError


def come_in(host: Host, *, is_long: bool) -> None:
    """Take the shelter where it is not safe; before what takes long a mount that tracks is let stand still.

    Amid the night of a container that looks after both. Whatever follows the sky next brings the mount back.

    Raises:
        DeviceError: the shelter cannot be taken.
    """
    if is_watched(host) or not is_exposed(host):
        return
    try:
        check_safe(host)
    except UnsafeError as error:
        take_shelter(host, why=str(error))
    if is_long:
        _stand_still(host)


def look_out(host: Host, *, drops: bool = True) -> None:
    """Take the shelter where it has become unsafe, while what needs no sky goes on.

    Without ``drops`` exposures under way go on: they are of the dark, or of the panel.

    Raises:
        UnsafeError: it has, amid the night of a container, which shelters instead.
        DeviceError: the shelter cannot be taken.
    """
    if host.journal.state.sheltered or not is_exposed(host):
        return
    try:
        check_safe(host)
    except UnsafeError as error:
        if is_watched(host):
            raise
        take_shelter(host, why=str(error), drops=drops)


def leave_in(host: Host) -> None:
    """Bring in what a sequence leaves out at its end, with a warning: nobody looks after it from then on."""
    if not is_exposed(host):
        return
    standing = host.journal.state.standing
    if not host.journal.state.sheltered:
        host.warn(f"the sequence ends with the mount out of its park or the cover open; {host.leave_safe()}")
    # Whatever waits still, or is taken up again, has no need of them.
    standing.unparked = standing.cover_open = False
    host.journal.save()


def _stand_still(host: Host) -> None:
    mount, standing = host.rig.mount, host.journal.state.standing
    if mount is None:
        return
    # What does not answer now is not what the instruction needs.
    with suppress(DeviceError):
        if mount.parked() or not mount.tracking():
            return
        reading = mount.reading()
        standing.paused = None if is_idle(mount, host) else (reading.ra_deg / 15.0, reading.dec_deg)
        mount.track(False)
