"""When a worker renews its leases, and when those of others count as ended, also where the machine's clock is set."""

from __future__ import annotations

from datetime import timedelta

from tsplug.ports import SteadyClock

_RENEWALS_PER_LEASE = 4


class LeaseTime:
    """Compares the time of day, by which leases are stored, with the time that passes in this process.

    A machine without a clock of its own has its time set when it reaches a network. Then all leases that were taken
    before seem to have ended, or last for hours: those of this worker are renewed at once, and workers beside it are
    given the time to do the same.
    """

    def __init__(self, clock: SteadyClock, lease: timedelta) -> None:
        """Take the time, and how long leases last."""
        self._clock = clock
        self._part_s = lease.total_seconds() / _RENEWALS_PER_LEASE
        self._ahead_s = self._ahead()
        self._renewed_s: float | None = clock.monotonic()
        self._set_s: float | None = None

    def is_renewal_due(self) -> bool:
        """Return whether it is time to renew leases."""
        self._look()
        return self._renewed_s is None or self._clock.monotonic() - self._renewed_s >= self._part_s

    def renewed(self) -> None:
        """Take in that leases were renewed."""
        self._renewed_s = self._clock.monotonic()

    def others_count(self) -> bool:
        """Return whether leases that have ended by the time of day belong to workers that are gone."""
        self._look()
        return self._set_s is None or self._clock.monotonic() - self._set_s >= self._part_s

    def _look(self) -> None:
        ahead_s = self._ahead()
        if abs(ahead_s - self._ahead_s) > self._part_s:
            self._ahead_s, self._set_s, self._renewed_s = ahead_s, self._clock.monotonic(), None

    def _ahead(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
