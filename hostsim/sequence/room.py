"""While a frame waits for room on its disk: its pixels are kept, and nothing stays out in the rain for them."""

from __future__ import annotations

from hostsim.sequence.host import Host
from hostsim.sequence.shelter import UnsafeError, is_exposed, sleep_watchfully, take_shelter


def wait_for_room(seconds: float, host: Host) -> None:
    """Let time pass; where it is not safe any more the shelter is taken first.

    Raises:
        UnsafeError: it is not safe, and the frame is a second camera's, which costs the first one nothing.
        DeviceError: the shelter cannot be taken.
    """
    if host.journal.state.sheltered or not is_exposed(host):
        host.clock.sleep(seconds)
        return
    try:
        sleep_watchfully(seconds, host)
    except UnsafeError as error:
        if not host.leads:
            raise
        take_shelter(host, why=str(error))


def check_out(host: Host) -> None:
    """Return where the telescope is not in the shelter: else what looks at the sky waits until that is left.

    Raises:
        UnsafeError: it is.
    """
    if host.journal.state.sheltered:
        raise UnsafeError("the shelter was taken while a frame waited to be saved")
