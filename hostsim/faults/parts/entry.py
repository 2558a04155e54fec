"""One fault on the board: when it begins and ends, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hostsim.faults.parts.fault import Fault


@dataclass
class Entry:
    """A fault with its number on the board; ``scheduled`` ones were known when the night began."""

    id: int
    fault: Fault
    begins: datetime
    scheduled: bool
    begun: bool = False
    over: bool = False
    used: int = 0

    @property
    def ends(self) -> datetime | None:
        """Return when it ends by itself, None if it does not."""
        return None if self.fault.for_s is None else self.begins + timedelta(seconds=self.fault.for_s)

    @property
    def active(self) -> bool:
        """Return whether it is in force."""
        return self.begun and not self.over

    def boundary(self) -> datetime | None:
        """Return the next moment at which it changes by itself, None if there is none."""
        if self.over:
            return None
        return self.ends if self.begun else self.begins

    def count(self) -> None:
        """Count one time that it happened; after the last one it is over."""
        self.used += 1
        self.over = self.fault.limit is not None and self.used >= self.fault.limit

    def shown(self) -> dict[str, Any]:
        """Return it as JSON values, as the side API shows it."""
        return {
            "id": self.id,
            "fault": self.fault.model_dump(mode="json", exclude_none=True),
            "begins": self.begins.isoformat(),
            "ends": self.ends.isoformat() if self.ends is not None else None,
            "state": "over" if self.over else "active" if self.begun else "waiting",
            "used": self.used,
        }

    def progress(self) -> dict[str, Any]:
        """Return what must survive a restart as JSON values; a scheduled fault itself stands in the schedule."""
        kept: dict[str, Any] = {"id": self.id, "begun": self.begun, "over": self.over, "used": self.used}
        if not self.scheduled:
            kept |= {"fault": self.fault.model_dump(mode="json"), "begins": self.begins.isoformat()}
        return kept
