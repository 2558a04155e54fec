"""What needs the open sky beside a Scheduler Container's own work: it waits, and shelters, until it is safe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from hostsim.sequence.flipping import sleep_and_flip
from hostsim.sequence.host import Host
from hostsim.sequence.shelter import (
    LOOK_S,
    TooLateInDayError,
    UnsafeError,
    check_early,
    check_safe,
    is_exposed,
    is_watched,
    leave_shelter,
    sleep_watchfully,
    stay_sheltered,
    take_shelter,
)


def when_safe(work: Callable[[], None], host: Host, *, too_late: Callable[[Host], str] = lambda host: "") -> None:
    """Do something under the open sky where it is safe; what the weather cuts short is done again when it is safe.

    Amid the night of a container that shelters instead, and goes on with its list. What waits in
    the shelter is not done by the day that follows, nor where ``too_late`` says in words why.

    Raises:
        TooLateInDayError: it is too late for it; the equipment stays in the shelter.
        UnsafeError: it is not safe to observe, amid the night of a container.
        TsplugError: it could not be done, or has not been safe for longer than the sequence wants to wait.
        Cancelled: a stop was asked for.
    """
    while True:
        host.context.cancellation.check()
        try:
            check_safe(host)
            if not is_watched(host):
                check_early(host, too_late, asked=True)
                leave_shelter(host, back=True, asked=True)
            work()
        except UnsafeError as error:
            if is_watched(host):
                raise
            take_shelter(host, why=str(error))
            check_early(host, too_late, asked=True)
            stay_sheltered(host)
        else:
            return


def wait_safely(until: datetime, host: Host) -> None:
    """Let time pass until a moment, flipping what tracks, and in the shelter as long as it is not safe.

    The wait is over then, safe or not: what follows goes on in the shelter, or waits for the end of that. By the day
    that follows the shelter is not left. Nothing is sheltered where neither cover nor mount is out.

    Raises:
        UnsafeError: it is not safe, amid the night of a container, which shelters instead.
        DeviceError: the equipment does not obey.
        Cancelled: a stop was asked for.
    """
    if host.rig.safety is None or not (is_watched(host) or is_exposed(host)):
        sleep_and_flip(until, host)
        return
    while (left_s := (until - host.clock.now()).total_seconds()) > 0:
        host.context.cancellation.check()
        try:
            check_safe(host)
            if not is_watched(host):
                with suppress(TooLateInDayError):
                    leave_shelter(host, back=True)
            sleep_and_flip(until, host, sleep=partial(sleep_watchfully, host=host))
        except UnsafeError as error:
            if is_watched(host):
                raise
            take_shelter(host, why=str(error))
            host.clock.sleep(min(left_s, LOOK_S))
            # Nothing was missed so far: the sequence's patience begins where something is to be done.
            host.journal.state.sheltered_at = host.clock.now()
