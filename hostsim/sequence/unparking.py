"""Into the park, and out of it, remembering where that was: no instruction has pointed the telescope there."""

from __future__ import annotations

from contextlib import suppress

from hostsim.equipment.mount import CannotParkError, Mount
from hostsim.sequence.host import Host
from tsplug import DeviceError

_STILL_THERE_ARCSEC = 300.0


def park(mount: Mount, host: Host) -> None:
    """Park a mount; one that cannot park stands still instead, with a warning.

    Raises:
        DeviceError: it does not obey.
    """
    try:
        mount.park()
    except CannotParkError as error:
        host.warn_once(f"{error}: it stands still instead")
        mount.track(False)


def unpark(mount: Mount, host: Host) -> None:
    """Unpark a mount and let it follow the sky.

    Raises:
        DeviceError: it does not unpark or track.
    """
    was_parked = mount.parked()
    mount.unpark()
    if was_parked:
        with suppress(DeviceError):
            reading = mount.reading()
            host.journal.state.standing.idle = reading.ra_deg / 15.0, reading.dec_deg


def is_idle(mount: Mount, host: Host) -> bool:
    """Return whether a mount points still where it left its park, at the pole perhaps, where no side is a wrong one."""
    idle = host.journal.state.standing.idle
    return idle is not None and mount.off_arcsec(*idle) <= _STILL_THERE_ARCSEC
