"""The board of faults of one observatory: which are in force at a moment, and makes them act.

Nothing runs by itself: faults begin and end while the observatory is given time, at their own moments within it. What
is in force therefore follows from the schedule, the moment and what was used up, which the observatory's snapshot
holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.device import Device
from hostsim.faults.parts.entry import Entry
from hostsim.faults.parts.fault import AnswerFault, Fault, FolderFault
from hostsim.faults.parts.schedule import FAULT_ADAPTER


class FaultBoard:
    """Faults for one observatory, which it attaches itself to; thread-safe by the observatory's lock."""

    def __init__(
        self, observatory: Observatory, schedule: Sequence[Fault] = (), *, began: datetime | None = None
    ) -> None:
        """Put up ``schedule``; ``began`` is the start of the night, now if absent.

        Raises:
            LookupError: a fault is of a device that the observatory does not have.
        """
        self._observatory = observatory
        self._entries: list[Entry] = []
        self._last_id = 0
        now = observatory.clock.now()
        for fault in schedule:
            self._put_up(fault, began or now, scheduled=True)
        observatory.troubles = self
        self._turn(now)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return every fault that is not taken down, those that are over included."""
        return tuple(self._entries)

    def add(self, fault: Fault) -> Entry:
        """Put up a fault whose ``after_s`` counts from now.

        Raises:
            LookupError: it is of a device that the observatory does not have.
        """
        with self._observatory.lock:
            self._observatory.advance()
            now = self._observatory.clock.now()
            entry = self._put_up(fault, now, scheduled=False)
            self._turn(now)
            return entry

    def clear(self, number: int | None = None) -> int:
        """End faults for good, whether or not they have begun: one by its id, or all; return how many."""
        with self._observatory.lock:
            self._observatory.advance()
            chosen = [entry for entry in self._entries if number in (None, entry.id) and not entry.over]
            for entry in chosen:
                self._end(entry)
            return len(chosen)

    def pass_time(self, start: datetime, seconds: float) -> None:
        """Give the devices the seconds after ``start``, letting faults begin and end at their moments."""
        reached, end = start, start + timedelta(seconds=seconds)
        while reached < end:
            upcoming = [at for entry in self._entries if (at := entry.boundary()) is not None and reached < at < end]
            until = min(upcoming, default=end)
            self._give((until - reached).total_seconds())
            self._turn(until)
            reached = until

    def settle(self) -> None:
        """Keep active faults in force after a request has changed a device."""
        if any(entry.active for entry in self._entries):
            self._give(0.0)

    def answering(self, device: Device, member: str) -> AnswerFault | None:
        """Return the fault that the answer to a request for ``member`` suffers from, which counts it; else None."""
        for entry in self._active(AnswerFault):
            fault = entry.fault
            if isinstance(fault, AnswerFault) and fault.strikes(device) and fault.concerns(member):
                entry.count()
                return fault
        return None

    def before_writing(self, file: Path) -> None:
        """Be asked before a frame is written.

        Raises:
            OSError: a fault does not let it be written.
        """
        with self._observatory.lock:
            self._observatory.advance()
            for entry in self._active(FolderFault):
                if isinstance(entry.fault, FolderFault):
                    entry.fault.before_writing(file)

    def snapshot(self) -> list[dict[str, Any]]:
        """Return how far every fault has come, as JSON values."""
        return [entry.progress() for entry in self._entries]

    def restore(self, snapshot: list[dict[str, Any]]) -> None:
        """Take up what `snapshot` returned; the devices hold what the faults have done to them.

        Raises:
            ValueError: it is of another schedule.
        """
        scheduled = {entry.id: entry for entry in self._entries if entry.scheduled}
        entries = []
        for kept in snapshot:
            entry = self._live(kept) if "fault" in kept else scheduled.get(kept["id"])
            if entry is None:
                raise ValueError("the saved state is of another schedule of faults")
            entry.begun, entry.over, entry.used = kept["begun"], kept["over"], kept["used"]
            entries.append(entry)
        self._entries = entries
        self._last_id = max((entry.id for entry in entries), default=0)

    def _live(self, kept: dict[str, Any]) -> Entry:
        fault = FAULT_ADAPTER.validate_python(kept["fault"])
        return Entry(kept["id"], fault, datetime.fromisoformat(kept["begins"]), scheduled=False)

    def _put_up(self, fault: Fault, began: datetime, *, scheduled: bool) -> Entry:
        if fault.wanted is not None and not any(map(fault.strikes, self._observatory.devices)):
            kind, number = fault.wanted
            raise LookupError(f"there is no {kind} {number} for the fault {fault.type}: correct its number")
        begins = fault.at or began + timedelta(seconds=fault.after_s or 0.0)
        self._last_id += 1
        entry = Entry(self._last_id, fault, begins, scheduled=scheduled)
        self._entries.append(entry)
        return entry

    def _active(self, kind: type[Fault]) -> list[Entry]:
        return [entry for entry in self._entries if entry.active and isinstance(entry.fault, kind)]

    def _give(self, seconds: float) -> None:
        with ExitStack() as stack:
            for entry in self._entries:
                if entry.active:
                    stack.enter_context(entry.fault.passing(self._observatory, seconds))
            if seconds > 0:
                for device in self._observatory.devices:
                    device.advance(seconds)

    def _turn(self, moment: datetime) -> None:
        """Let begin and end what is due at a moment."""
        turned = False
        for entry in self._entries:
            if not entry.begun and not entry.over and entry.begins <= moment:
                entry.begun = turned = True
                entry.fault.begin(self._observatory, entry.begins)
            if entry.active and entry.ends is not None and entry.ends <= moment:
                turned = True
                self._end(entry)
        if turned:
            self.settle()

    def _end(self, entry: Entry) -> None:
        was_active, entry.over = entry.active, True
        if was_active:
            entry.fault.end(self._observatory)
            self.settle()


def board_of(observatory: Observatory) -> FaultBoard:
    """Return the board of an observatory, an empty one if it has none yet."""
    board = observatory.troubles
    return board if isinstance(board, FaultBoard) else FaultBoard(observatory)
